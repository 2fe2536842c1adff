#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace assay::test {

/// A new folder, removed with all that is in it at the end.
class TempFolder {
 public:
    TempFolder();
    ~TempFolder();
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] std::filesystem::path operator/(std::string_view name) const {
        return path_ / name;
    }
    /// Writes a file in it, folders included, and gives its path.
    std::string write(std::string_view name, std::string_view text) const;

 private:
    std::filesystem::path path_;
};

/// A file's bytes; throws std::runtime_error if it cannot be read.
[[nodiscard]] std::string bytes_of(const std::filesystem::path& path);
/// Relative path -> bytes of every file below `root`; empty if there is no such folder.
[[nodiscard]] std::map<std::string, std::string> files_below(const std::filesystem::path& root);

}  // namespace assay::test
