#include "assay/app/base_file_output.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "assay/base/result.hpp"
#include "assay/base/text.hpp"

namespace assay::app {

void check_room_for(const std::string& path, const perplexity::BaseFileHead& head) {
    namespace fs = std::filesystem;
    std::error_code error;
    const fs::path folder = fs::absolute(path).parent_path();
    if (!fs::is_directory(folder, error)) {
        throw_usage("there is no such folder", folder.string(), "Make it first.");
    }
    const auto space = fs::space(folder, error);
    if (!error && space.available < head.file_bytes()) {
        throw_operational(fmt::format("{} free, and the log-probabilities of {} chunks take {}",
                                      format_bytes(space.available),
                                      head.n_chunks,
                                      format_bytes(head.file_bytes())),
                          folder.string(),
                          "Free some space, lower --chunks, or leave --kl-divergence-base out: "
                          "without it nothing is kept on disk.");
    }
}

void BaseFileOutput::finish() {
    writer_.close();
    std::error_code error;
    std::filesystem::rename(temporary_.path(), path_, error);
    if (error) {
        throw_operational(
            fmt::format("the finished file cannot be put in place: {}", error.message()), path_);
    }
}

}  // namespace assay::app
