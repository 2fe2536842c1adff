#pragma once
// What follows from the decisions of all variants: which one to use, and the program's exit code.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "assay/records/analysis.hpp"

namespace assay::analysis {

/// A variant with the decision of the judge that decides.
struct Candidate {
    std::string name;
    std::uint64_t size_bytes = 0;  ///< of its file; 0: not known
    std::string path;              ///< of its file; may be empty
    DecisionLabel label = DecisionLabel::kNotMeasured;
    bool claimed = true;  ///< false: an equivalent or non_inferior that may not be claimed counts
                          ///< as inconclusive
    std::optional<std::int64_t> n_more;  ///< further questions until it may ship, for inconclusive
                                         ///< ones
    std::string why_not_measured{};      ///< a short reason without a full stop; may be empty
    bool on_these_questions = false;     ///< Decision::on_these_questions
};

/// What makes a result no pass, whatever the labels are: rules that were changed, or comparisons
/// that were added, after something had been seen.
struct Exploratory {
    bool is = false;
    std::string why{};      ///< a sentence, with or without a full stop
    bool accepted = false;  ///< the caller wants the plain exit code all the same
};

/// The smallest candidate that is equivalent or non-inferior (one of unknown size only if no other
/// is; among equals the first), with one sentence that gives its path and the share of the
/// baseline's size that it saves; or none, and a sentence that says why for each.
/// `baseline_size_bytes` 0: not known, and no share is given. None of an exploratory result: the
/// sentence says why, and what it looks like.
[[nodiscard]] Recommendation recommend(std::span<const Candidate> candidates,
                                       std::uint64_t baseline_size_bytes,
                                       const Exploratory& exploratory = {});

struct ExitCodeOptions {
    std::string gate;  ///< name of the variant that is asked about; "all": the worst of all; empty:
                       ///< whether any may ship
    std::optional<int> fail_exit_code;  ///< replaces 3, 4, 5 and 6
    Exploratory exploratory{};
};

/// Exit code of `run`, `judge` and `report`: 0 a candidate may ship (equivalent or non_inferior),
/// or there was none to decide about; 3 none may ship, at least one is degraded and none
/// inconclusive; 5 none may ship and at least one is inconclusive; 4 nothing was measured. With
/// gate "all" every candidate must pass, and the worst failure counts: degraded (3), then not
/// measured (4), then inconclusive (5). 6 in place of 0 for an exploratory result that nobody
/// accepts. Throws Error(kUsage) for a gate that names no candidate.
[[nodiscard]] int exit_code(std::span<const Candidate> candidates,
                            const ExitCodeOptions& options = {});

}  // namespace assay::analysis
