#pragma once
// One function a format, each in a file of its name. All of them: pure; on failure every error with
// its line, at most kMostRowProblems of them; one question may not be judged twice in one order by
// one judge for one variant.

#include "assay/exchange/outcomes.hpp"

namespace assay::exchange {

/// assay's own (outcome_rows.cpp): fields question, verdict, and optionally order, cluster,
/// confidence, judge, variant, baseline, experiment, identical. One JSON object a line, a JSON list
/// of them, or CSV with these columns.
[[nodiscard]] OutcomesOrProblems read_outcome_rows(const OutcomeSource& source);

/// evaluation_results.json of the study and of assay (study_results.cpp): task_id, verdict, order
/// "<name>_first", winner_model, confidence. Which of the two names is the baseline:
/// source.baseline, source.variant, or the names themselves, where one is that of a quantization
/// and the other of a full-precision type.
[[nodiscard]] OutcomesOrProblems read_study_results(const OutcomeSource& source);

/// AlpacaEval's annotations.json (alpaca_eval.cpp): preference in [1, 2] between output_1 (of
/// generator_1, the baseline) and output_2; above 1.5 a win, below a loss; 1.5, and 0 in older
/// files, a tie. `generator` is the one that has no number. The sides that the annotator saw are
/// not in it. null: INVALID.
[[nodiscard]] OutcomesOrProblems read_alpaca_eval(const OutcomeSource& source);

/// arena-hard's judgments (arena_hard.cpp): one or two games, in the first the baseline is A, in
/// the second the model; scores A>>B, A>B, A=B, B>A, B>>A. A score that is null or none of these:
/// INVALID.
[[nodiscard]] OutcomesOrProblems read_arena_hard(const OutcomeSource& source);

/// Arena votes (arena_votes.cpp): model_a, model_b, winner (model_a, model_b, tie, "tie
/// (bothbad)"), as JSON or CSV. Which model is the baseline: source.baseline, source.variant, or
/// the names' looks where there are two models.
[[nodiscard]] OutcomesOrProblems read_arena_votes(const OutcomeSource& source);

/// FastChat's pairwise judgments of mt-bench (fastchat.cpp): g1_winner with model_1 as A, g2_winner
/// with model_2 as A; model_1, model_2, tie or error. The baseline is source.baseline, or model_2
/// if it is the same in all rows. A question's turns are one cluster.
[[nodiscard]] OutcomesOrProblems read_fastchat(const OutcomeSource& source);

}  // namespace assay::exchange
