#pragma once
// How a judge's verdicts vary, and what would settle what they leave open.

#include <optional>
#include <span>
#include <string>

#include "assay/records/audit.hpp"
#include "assay/report/section.hpp"

namespace assay::report {

/// Of each variant: the variance of a verdict and the correlations of two verdicts of a question,
/// then its next step.
[[nodiscard]] Section variance_section(std::span<const AuditedVariant> variants);

/// The same of one variant as JSON objects (docs/formats.md, "assay audit --json").
[[nodiscard]] std::string variance_to_json(const VerdictVariance& variance);
/// "null" without a step.
[[nodiscard]] std::string next_step_to_json(const std::optional<NextStep>& step);

}  // namespace assay::report
