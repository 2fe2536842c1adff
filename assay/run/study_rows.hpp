#pragma once
// A stored run's answers, comparisons and controls as rows of the study's files.

#include <string>
#include <vector>

#include "assay/exchange/study.hpp"
#include "assay/records/analysis.hpp"
#include "assay/records/verdict.hpp"
#include "assay/run/stored_run.hpp"

namespace assay::run {

/// The comparisons of the variant and judge that `analysis` is of, with what was said of them, in
/// the order of judging.
[[nodiscard]] std::vector<exchange::StudyItem> study_items(const StoredRun& stored,
                                                           const ComparisonAnalysis& analysis);
/// The controls that stand among them.
[[nodiscard]] std::vector<exchange::StudyControl> study_controls(const StoredRun& stored,
                                                                 const std::string& variant,
                                                                 const std::string& judge);
/// A variant's answers in the order of the questions; those that were never made are left out.
[[nodiscard]] std::vector<exchange::StudyAnswer> study_answers(const StoredRun& stored,
                                                               const std::string& variant);

/// As a judge is shown it.
[[nodiscard]] BlindedPair blinded(const StoredRun& stored, const Comparison& comparison);
[[nodiscard]] BlindedPair blinded(const StoredRun& stored, const Control& control);

}  // namespace assay::run
