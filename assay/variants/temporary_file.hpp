#pragma once
// A file that is being made, under a name of its own until it is whole.

#include <filesystem>
#include <string>

namespace assay::variants {

/// "TARGET.PROCESS.part" beside the target: there, and locked, until this goes out of scope or the
/// file was renamed.
class TemporaryFile {
 public:
    /// Throws Error kOperational if it cannot be made.
    explicit TemporaryFile(const std::filesystem::path& target);
    ~TemporaryFile();
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
    std::filesystem::path path_;
    int descriptor_ = -1;
};

/// Removes the temporary files in a folder that no living process makes: a run that was killed
/// cannot remove its own. `target`: only those of this file; empty: of every one.
void remove_left_temporaries(const std::filesystem::path& folder, const std::string& target);

}  // namespace assay::variants
