#pragma once
// What the served variants and the judges of a run would be asked now, from what is stored. Nothing
// is sent, made or changed.

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

/// A variant that a server runs, or such a baseline.
struct DryRunVariant {
    std::string name;
    std::int64_t n_answers = 0;       ///< that are missing; retries can make more calls of it
    bool exact = false;               ///< false: at most so many, as nothing was asked of it yet
    double prompt_tokens = 0;         ///< by its own answers so far, or four bytes a token
    double reply_tokens = 0;          ///< likewise, or as long as `predict` allows
    std::optional<double> cost;       ///< at its prices; nothing without prices
    std::optional<double> most_cost;  ///< if every answer were as long as `predict` allows
};

struct DryRun {
    std::vector<DryRunVariant> variants;  ///< the served ones; empty if only judging is asked for
    std::vector<DryRunJudge> judges;
};

struct DryRunOptions {
    bool rejudge = false;  ///< as if no verdict were stored
    bool only_judge = false;
};

/// Throws Error as a run would where a judge cannot be made (a missing key).
[[nodiscard]] DryRun dry_run(const Plan& plan,
                             std::span<const Question> questions,
                             const DryRunOptions& options);

[[nodiscard]] std::string dry_run_text(const DryRun& run);
/// One document with schema_version (docs/formats.md).
[[nodiscard]] std::string dry_run_json(const DryRun& run);

}  // namespace assay::app
