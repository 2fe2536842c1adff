#pragma once
// Fidelity in report.json and in `assay trace --json` (docs/formats.md).

#include <string>

#include "assay/report/report_model.hpp"

namespace assay::report {

/// One JSON object: self_reading, variants, by_kld, lost. The model has fidelity.
[[nodiscard]] std::string fidelity_to_json(const ReportModel& model);
/// {n_tokens, mean_kld, max_kld, n_same_top, log_prob_difference, divergence}; the divergence is
/// null where there is none.
[[nodiscard]] std::string distance_to_json(const AnswerDistance& distance);
/// {n_words, baseline, variant}
[[nodiscard]] std::string divergence_to_json(const TextDivergence& divergence);

}  // namespace assay::report
