#pragma once
// What a judge is asked in a run: which comparisons and controls, in which order, under which
// design. The spine, the report and a dry run must see it alike, so it is decided here and nowhere
// else.

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "assay/pairing/controls.hpp"
#include "assay/records/analysis.hpp"
#include "assay/records/comparison.hpp"
#include "assay/records/control.hpp"
#include "assay/records/plan.hpp"
#include "assay/records/question.hpp"
#include "assay/run/extensions.hpp"
#include "assay/run/run_facts.hpp"
#include "assay/store/store.hpp"

namespace assay::run {

/// The note that holds the design (design_of) that was in force before the first verdict, as margin
/// and alpha are frozen.
inline constexpr const char* kFrozenDesign = "frozen design";
/// "stopping hybrid, multiplicity ladder", with ", population these-questions" and ", samples auto"
/// where that is wanted.
[[nodiscard]] std::string design_of(const AnalysisSettings& settings,
                                    const GenerationSettings& generation);

/// Keeps margin, alpha and design as they are before the first verdict; nothing happens if they are
/// kept already.
void freeze_design(store::Store& store,
                   const AnalysisSettings& settings,
                   const GenerationSettings& generation);

/// By order_index, and the order as drawn before the other.
void sort_in_judging_order(std::vector<Comparison>& comparisons);

/// How many of these comparisons (of one variant, in judging order) belong to the plan that the
/// judge's decision was first shown for; as many as there are if none was shown yet.
[[nodiscard]] std::int64_t planned_comparisons(const store::Store& store,
                                               const std::string& judge_key,
                                               std::span<const Comparison> in_order);
/// Whether a decision of this judge on these comparisons (of one variant, in judging order) was
/// shown.
[[nodiscard]] bool decision_was_shown(const store::Store& store,
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
/// How many pairs that were judged before are asked again in an extension, over all variants.
inline constexpr std::int64_t kRechecks = 20;
/// How many of each kind a judge is shown: one for each question if that costs nothing, never fewer
/// than kFewestControls, and kDamagedControls of damaged ones.
[[nodiscard]] pairing::ControlNumbers n_controls_for(bool costs_nothing, std::size_t n_questions);
/// The first of each kind.
[[nodiscard]] std::vector<Control> first_controls(std::span<const Control> controls,
                                                  const pairing::ControlNumbers& wanted);

/// The controls that a judge of the plan is shown, of all variants: the first of each kind among
/// those of the run's first comparisons, and likewise of each extension.
[[nodiscard]] std::vector<Control> controls_asked(const store::Store& store,
                                                  const RunFacts& facts,
                                                  const JudgeFacts& judge,
                                                  const Extensions& extensions);

/// Every comparison of a store, by id.
using ComparisonsById = std::map<std::string, Comparison>;
[[nodiscard]] ComparisonsById comparisons_by_id(const store::Store& store);
/// Those of one variant (its place in `facts`) in the present plan, as they were drawn, in judging
/// order. A question without one (no answer of the baseline, or not drawn yet) is not there.
[[nodiscard]] std::vector<Comparison> drawn_comparisons(const ComparisonsById& stored,
                                                        std::span<const Question> questions,
                                                        const RunFacts& facts,
                                                        std::size_t variant);

/// What a judge is asked of one variant.
struct Asked {
    std::vector<Comparison> in_order;  ///< what counts, in judging order: each pair once, or in
                                       ///< both orders
    std::vector<Comparison> repeats;   ///< asked again, in judging order
    /// Asked again among what an extension added, to see whether the judge still says the same; in
    /// judging order.
    std::vector<Comparison> rechecks;
};
/// `drawn`: the variant's comparisons as they were drawn, in judging order.
[[nodiscard]] Asked asked_of(const Plan& plan,
                             const JudgeFacts& judge,
                             const Extensions& extensions,
                             std::span<const Comparison> drawn);

/// Whether judging stopped before the comparison at this place of `Asked::in_order`: then whatever
/// is known of it counts for nothing.
[[nodiscard]] bool is_left_out(const ComparisonAnalysis& analysis, std::size_t place);

}  // namespace assay::run
