#pragma once
// What the spine and the report must see alike of judging: its order, its plan, and the controls
// that are put among the questions.

#include <atomic>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "assay/analysis/stopping.hpp"
#include "assay/app/verdict_cache.hpp"
#include "assay/base/progress.hpp"
#include "assay/judge/judge.hpp"
#include "assay/records/comparison.hpp"
#include "assay/records/control.hpp"
#include "assay/records/plan.hpp"
#include "assay/records/question.hpp"
#include "assay/report/report_model.hpp"
#include "assay/store/store.hpp"

namespace assay::app {

/// The note that holds the design (design_of) that was in force before the first verdict, as margin
/// and alpha are frozen.
inline constexpr const char* kFrozenDesign = "frozen design";
/// "stopping hybrid, multiplicity ladder".
[[nodiscard]] std::string design_of(const AnalysisSettings& settings);

/// The note that holds a small text of a judge's own (judge::Journal).
[[nodiscard]] std::string judge_note(const std::string& name, const std::string& judge_key);
/// Keeps margin, alpha and design as they are before the first verdict; nothing happens if they are
/// kept already.
void freeze_design(store::Store& store, const AnalysisSettings& settings);

/// By order_index, and the order as drawn before the other.
void sort_in_judging_order(std::vector<Comparison>& comparisons);

/// How many of these comparisons (of one variant, in judging order) belong to the plan that the
/// judge's decision was first shown for; as many as there are if none was shown yet.
[[nodiscard]] std::int64_t planned_comparisons(const store::Store& store,
                                               const std::string& judge_key,
                                               std::span<const Comparison> in_order);
/// From now on more comparisons are an extension of a run whose decision was seen (statistics.md
/// 2g, rule 6).
void note_decision_shown(store::Store& store,
                         const std::string& judge_key,
                         std::span<const Comparison> in_order);

/// The controls of the present plan: those among the comparisons of `variants` whose answers are
/// all in `answer_keys`.
[[nodiscard]] std::vector<Control> controls_of_plan(const store::Store& store,
                                                    std::span<const std::string> variants,
                                                    const std::set<std::string>& answer_keys);
/// How many of each kind a judge is shown: one for each question if that costs nothing, never fewer
/// than kFewestControls.
[[nodiscard]] std::int64_t n_controls_for(bool costs_nothing, std::size_t n_questions);
/// The first `n_each` of each kind.
[[nodiscard]] std::vector<Control> first_controls(std::span<const Control> controls,
                                                  std::int64_t n_each);

/// What a judge is asked of one variant.
struct Asked {
    std::vector<Comparison> in_order;  ///< what counts, in judging order: each pair once, or in
                                       ///< both orders
    std::vector<Comparison> repeats;   ///< asked again, in judging order
};
/// `drawn`: the variant's comparisons as they were drawn, in judging order.
[[nodiscard]] Asked asked_of(const Plan& plan,
                             const report::ReportJudge& judge,
                             std::span<const Comparison> drawn);

/// One judge on one variant's comparisons.
struct JudgingTask {
    const Plan& plan;
    const JudgeSpec& spec;
    const std::string& judge_key;
    const std::string& variant;
    std::span<const Question> questions;
    const Asked& asked;                   ///< of the variant
    std::span<const Control> controls;    ///< the judge's that stand among them
    const VerdictCache* cache = nullptr;  ///< of other runs' verdicts; null: none
    bool read_cache = false;              ///< false: it is only filled
};

/// How many pairs and controls judge_missing would ask for now, if early stopping ended nothing.
[[nodiscard]] std::int64_t n_missing(const JudgingTask& task,
                                     store::Store& store,
                                     const judge::Judge& judge);

/// Asks for what is missing, in the judging order with the controls in their places, and saves each
/// verdict; ends early where the design says so (analysis/stopping.hpp), but not before every
/// control was asked. False: the judge had to stop, and the rest stays pending.
[[nodiscard]] bool judge_missing(const JudgingTask& task,
                                 judge::Judge& judge,
                                 store::Store& store,
                                 const std::atomic<bool>& cancel,
                                 Progress& progress);

}  // namespace assay::app
