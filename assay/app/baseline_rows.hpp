#pragma once
// What the baseline wrote, with the rows of its tokens, for the variants that read it.

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "assay/base/result.hpp"
#include "assay/wire/draft.hpp"

namespace assay::app {

/// A file without a name, in a folder: it is gone with the process, however that ends. It holds at
/// most `most_bytes`.
class BaselineRows {
 public:
    BaselineRows(std::filesystem::path folder, std::uint64_t most_bytes);
    ~BaselineRows();
    BaselineRows(const BaselineRows&) = delete;
    BaselineRows& operator=(const BaselineRows&) = delete;

    /// Keeps an answer. False: it would be more than `most_bytes`. Fails where the file cannot be
    /// written.
    [[nodiscard]] Result<bool> keep(const std::string& question_id, const wire::Written& written);
    [[nodiscard]] bool has(const std::string& question_id) const {
        return places_.contains(question_id);
    }
    /// Null: it is not there. Throws Error kOperational where it cannot be read.
    [[nodiscard]] std::shared_ptr<const wire::Written> load(const std::string& question_id) const;
    [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }
    [[nodiscard]] std::size_t n_answers() const { return places_.size(); }

 private:
    struct Place {
        std::uint64_t offset = 0;
        std::vector<std::int32_t> tokens;
        std::uint64_t n_row_bytes = 0;
        std::uint64_t n_logit_bytes = 0;
    };
    std::filesystem::path folder_;
    std::uint64_t most_bytes_;
    int file_ = -1;
    std::uint64_t size_bytes_ = 0;
    std::map<std::string, Place> places_;
};

}  // namespace assay::app
