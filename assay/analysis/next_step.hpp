#pragma once
// What to do next where a run ended inconclusive: the cheapest way to the wanted power, from what
// the run's own verdicts say of their variance.
//
// None of it is a second alpha. Whatever is added to questions whose decision was shown is
// exploratory (docs/statistics.md, "Exploratory"); what confirms is new questions in a run of their
// own, with the design fixed beforehand.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "assay/analysis/design.hpp"
#include "assay/records/analysis.hpp"
#include "assay/records/verdict_variance.hpp"
#include "assay/stats/question_variance.hpp"

namespace assay::analysis {

/// Calls of each question with a verdict. `answers_alone`: without the repeats, in the same order:
/// what the question counts with; variance and the covariances between orders, judges and samples
/// are theirs. Of the repeats the correlation is taken, as a part of the pairs is asked again.
/// Below kFewestForVariance questions nothing is measured.
[[nodiscard]] VerdictVariance verdict_variance_of(
    std::span<const std::vector<stats::CallVerdict>> answers_alone,
    std::span<const std::vector<stats::CallVerdict>> with_repeats);

/// How a run may go on.
struct StepRoom {
    bool both_orders = true;  ///< each pair was judged once, and its other order would be another
                              ///< verdict
    std::string no_samples;   ///< a sentence without a full stop; empty: samples can be had
    bool calls_cost_nothing = false;
};
/// A variant of the run, by the judge that decides.
struct SteppedVariant {
    VerdictVariance variance;  ///< measured, or the step is without `same`
    Decision decision;
};
/// For all inconclusive ones together; calls are of all variants, as one run asks about them all.
/// `now`: what the run did, before anything was measured. Nothing where none is inconclusive, or
/// none whose further questions are known.
[[nodiscard]] std::optional<NextStep> next_step_of(const Design& now,
                                                   std::span<const SteppedVariant> variants,
                                                   const StepRoom& room);

/// "one verdict a question", "both orders", "4 samples a question", "4 samples a question, 3 judges
/// together, both orders".
[[nodiscard]] std::string way_of_asking(int n_samples, int n_judges, bool both_orders);

}  // namespace assay::analysis
