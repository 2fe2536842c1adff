#include "assay/intake/row_problems.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace assay::intake {
namespace {

constexpr std::size_t kSameProblems = 3;

/// What two messages of one kind have in common: all before a number, a quote or a colon.
std::string_view kind_of(std::string_view message) {
    return message.substr(0, message.find_first_of("0123456789\":"));
}

}  // namespace

void RowProblems::problem(std::int64_t line, std::string message, std::string remedy) {
    if (++n_problems_ > kMostRowProblems) {
        return;
    }
    problems_.push_back({line, Failure{std::move(message), place_of(line), std::move(remedy)}});
}

std::string RowProblems::place_of(std::int64_t line) const {
    return line > 0 ? fmt::format("{}:{}", file_name_, line) : file_name_;
}

bool RowProblems::are_of_one_kind() const {
    return n_rows_ > 0 && n_good_rows_ == 0 && problems_.size() >= kSameProblems &&
           std::all_of(problems_.begin(), problems_.end(), [&](const Problem& each) {
               return each.line > 0 &&
                      kind_of(each.failure.message) == kind_of(problems_.front().failure.message);
           });
}

std::vector<Failure> RowProblems::take_problems() {
    std::stable_sort(problems_.begin(), problems_.end(), [](const Problem& a, const Problem& b) {
        return a.line < b.line;
    });
    std::vector<Failure> out;
    if (are_of_one_kind()) {
        Failure one = std::move(problems_.front().failure);
        one.message += " (and no other row is better)";
        out.push_back(std::move(one));
        return out;
    }
    for (Problem& problem : problems_) {
        out.push_back(std::move(problem.failure));
    }
    if (n_problems_ > out.size()) {
        out.push_back(Failure{"there are more errors than these", file_name_, ""});
    }
    return out;
}

}  // namespace assay::intake
