#pragma once
// The looks that `generation.samples: auto` took in a run, by variant, in its store.

#include <optional>
#include <string>

#include "assay/records/taken_look.hpp"
#include "assay/report/report_model.hpp"
#include "assay/run/run_facts.hpp"
#include "assay/store/store.hpp"

namespace assay::run {

/// Nothing: none was taken. Throws Error kOperational where it cannot be read.
[[nodiscard]] std::optional<TakenLook> taken_look(const store::Store& store,
                                                  const std::string& variant);
/// The same, of these answers: nothing where it was taken at others, as of weights that were
/// replaced since.
[[nodiscard]] std::optional<TakenLook> taken_look_of(const store::Store& store,
                                                     const std::string& first_question,
                                                     const VariantFacts& baseline,
                                                     const VariantFacts& variant);
/// What a look's first_pair is for these answers.
[[nodiscard]] std::string first_pair_of(const std::string& first_question,
                                        const VariantFacts& baseline,
                                        const VariantFacts& variant);
void keep_look(store::Store& store, const std::string& variant, const TakenLook& look);

/// Looks at a comparison whose first samples are judged; first_pair is left empty. Nothing while
/// one of them is not, or where nothing is measured: then there is nothing to decide how many more
/// are worth.
[[nodiscard]] std::optional<TakenLook> look_at(const report::ReportComparison& comparison,
                                               const AnalysisSettings& settings,
                                               double cluster_design_effect);

/// "Q4_K_M: the look at 2 samples of each question asks for 5 in all"
[[nodiscard]] std::string sentence_of(const TakenLook& look, const std::string& variant);

}  // namespace assay::run
