#pragma once
// What the judges of a run would be asked now, from what is stored. Nothing is sent, made or
// changed.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "assay/records/plan.hpp"
#include "assay/records/question.hpp"

namespace assay::app {

struct DryRunJudge {
    std::string name;
    std::int64_t n_calls = 0;  ///< pairs and controls without a verdict; early stopping and retries
                               ///< can change it
    bool exact = false;        ///< false: at most so many, see `why`
    std::string why;           ///< a sentence, if not exact
    std::int64_t n_in_batches = 0;  ///< pairs that are in batches already, which are only fetched
    double prompt_tokens = 0;  ///< of these calls, by the judge's own replies so far, or by the
                               ///< rule of thumb of judge_work.hpp
    double reply_tokens = 0;
    std::optional<double> cost;       ///< at the judge's prices; nothing without prices
    std::optional<double> most_cost;  ///< if every reply were as long as max-tokens allows
};

/// `rejudge`: as if no verdict were stored. Throws Error as a run would where a judge cannot be
/// made (a missing key).
[[nodiscard]] std::vector<DryRunJudge> dry_run(const Plan& plan,
                                               std::span<const Question> questions,
                                               bool rejudge);

[[nodiscard]] std::string dry_run_text(std::span<const DryRunJudge> judges);
/// One document with schema_version (docs/formats.md).
[[nodiscard]] std::string dry_run_json(std::span<const DryRunJudge> judges);

}  // namespace assay::app
