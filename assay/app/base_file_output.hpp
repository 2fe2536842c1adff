#pragma once
// A file of a baseline's log-probabilities while it is being made.

#include <string>
#include <string_view>

#include "assay/perplexity/base_file.hpp"
#include "assay/variants/temporary_file.hpp"

namespace assay::app {

/// Throws Error where the folder is not there (kUsage) or its disk has no room (kOperational).
void check_room_for(const std::string& path, const perplexity::BaseFileHead& head);

/// Written under a temporary name beside `path`, and renamed by finish(): a file that is there is
/// whole. Throws Error kOperational.
class BaseFileOutput {
 public:
    BaseFileOutput(std::string path, const perplexity::BaseFileHead& head)
        : path_(std::move(path)), temporary_(path_), writer_(temporary_.path(), head) {}

    void append(std::string_view rows) { writer_.append(rows); }
    void finish();

 private:
    std::string path_;
    variants::TemporaryFile temporary_;
    perplexity::BaseFileWriter writer_;
};

}  // namespace assay::app
