#pragma once

#include <string>

#include "assay/base/progress.hpp"
#include "assay/store/store.hpp"

namespace assay::app {

/// SHA-256 of files, remembered in the store by path, size and time of modification.
class FileHashes {
 public:
    FileHashes(store::Store& store, Progress& progress) : store_(store), progress_(progress) {}
    /// Throws Error if the file cannot be read.
    [[nodiscard]] std::string of(const std::string& path) const;

 private:
    store::Store& store_;
    Progress& progress_;
};

}  // namespace assay::app
