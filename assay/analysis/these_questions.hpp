#pragma once
// The net win rate on exactly the questions that were asked: another claim than one about questions
// like them (docs/statistics.md, "These questions"). It is decided on only where the plan said so
// before the first verdict (AnalysisSettings::population); else it is shown beside the decision.

#include <optional>
#include <span>

#include "assay/analysis/evidence.hpp"
#include "assay/records/analysis.hpp"
#include "assay/records/dependence.hpp"
#include "assay/records/outcome.hpp"

namespace assay::analysis {

/// From several samples of a question or, without them, from both orders; with the interval at
/// `confidence`. Questions with a verdict of one sample, or in one order, are left out; n counts
/// the others. Nothing where fewer than two are left. To show beside a decision: of few questions
/// the interval is too narrow to decide.
[[nodiscard]] std::optional<Estimate> these_questions_of(std::span<const Outcome> outcomes,
                                                         const Dependence& dependence,
                                                         double confidence);

/// What decides about exactly these questions. Clusters play no part, as no other question is
/// meant; each question without a verdict, and each verdict that is missing, is bounded from both
/// sides. `failed` as in evidence_of; kLeftOut: losses in the lower limit, wins in the upper one.
/// `why_not` where no question has verdicts of two samples or of both orders.
[[nodiscard]] Evidence evidence_of_these(std::span<const Outcome> outcomes,
                                         const Dependence& dependence,
                                         Failed failed);

/// The mean over the questions that count, with the deciding interval at level 1 - 2 alpha.
/// evidence.these must be there or why_not say why it is not.
[[nodiscard]] Estimate net_on_these_questions(const Evidence& evidence, double alpha);

/// The p values of both one-sided tests, and the smallest margin at one-sided alpha `tail`.
[[nodiscard]] EquivalenceTest test_on_these_questions(const TheseQuestionsEvidence& these,
                                                      double margin,
                                                      double tail);

}  // namespace assay::analysis
