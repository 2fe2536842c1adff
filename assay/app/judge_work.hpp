#pragma once
// What a judge would be asked, and what that costs: known before anything runs, but for the lengths
// of answers and replies.

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "assay/records/plan.hpp"
#include "assay/records/question.hpp"

namespace assay::app {

/// Of a judge that is called. Tokens are rules of thumb: four bytes a token; answers as long as
/// `predict` allows, a reply as long as two to four sentences in JSON.
struct JudgeWork {
    std::string name;
    std::int64_t n_pairs = 0;     ///< at most, both orders and repeats included: identical answers
                                  ///< need no call
    std::int64_t n_controls = 0;  ///< of every kind
    double prompt_tokens = 0;     ///< of all calls together
    double reply_tokens = 0;
    double most_reply_tokens = 0;  ///< if every reply were as long as `max-tokens` allows
    std::optional<double> cost;  ///< in the currency of the judge's prices; nothing without prices
    std::optional<double> most_cost;  ///< with the longest replies

    [[nodiscard]] std::int64_t n_calls() const { return n_pairs + n_controls; }
};

/// 1234567 as "1.23 million": estimates have no more digits.
[[nodiscard]] std::string about_tokens(double n_tokens);

/// Nothing for a metric, which calls nobody. An embedded judge is asked in both orders in any case.
[[nodiscard]] std::optional<JudgeWork> judge_work(const JudgeSpec& judge,
                                                  const Plan& plan,
                                                  std::span<const Question> questions);

}  // namespace assay::app
