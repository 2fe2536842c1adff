#pragma once
// The errors of one file, with their places.

#include <cstdint>
#include <string>
#include <vector>

#include "assay/base/result.hpp"

namespace assay::intake {

/// At most this many errors of a file are told, and one that counts the rest.
inline constexpr std::size_t kMostRowProblems = 20;

class RowProblems {
 public:
    explicit RowProblems(std::string file_name) : file_name_(std::move(file_name)) {}
    /// An error at a line (0: of the whole file).
    void problem(std::int64_t line, std::string message, std::string remedy = {});
    [[nodiscard]] std::size_t n_problems() const { return n_problems_; }
    /// Counts a row that was read to its end, well or with a problem.
    void count_row(bool is_good) {
        ++n_rows_;
        n_good_rows_ += is_good;
    }
    /// By line; what comes after the first kMostRowProblems is one more. Where no row of those
    /// counted was good and three or more have the same kind of problem, it is one: the file is not
    /// what it is taken for.
    [[nodiscard]] std::vector<Failure> take_problems();
    /// "verdicts.jsonl:12", or the file's name for line 0.
    [[nodiscard]] std::string place_of(std::int64_t line) const;
    [[nodiscard]] const std::string& file_name() const { return file_name_; }

 private:
    struct Problem {
        std::int64_t line = 0;
        Failure failure;
    };
    [[nodiscard]] bool are_of_one_kind() const;

    std::string file_name_;
    std::vector<Problem> problems_;
    std::size_t n_problems_ = 0;
    std::size_t n_rows_ = 0;
    std::size_t n_good_rows_ = 0;
};

}  // namespace assay::intake
