#pragma once
// What the verdicts themselves say against a judge's decisions: they follow the position, the
// length, or instructions in the answers. Beside the gates of its controls and of the known-bad
// variant.

#include <span>
#include <string>

#include "assay/report/report_model.hpp"

namespace assay::run {

/// Gates the decisions of one judge on all variants (`of_judge`, a part of `model`), and adds what
/// was found to the model's warnings. The variants' failure modes are counted already.
void gate_by_verdicts(report::ReportModel& model, std::span<report::ReportComparison> of_judge);

/// Holds back the decisions of the last judge of `model` where it prefers a filler, or is a metric
/// and the plan does not accept that (`accepts_metric`), and adds why to the model's warnings; also
/// where it accepts it.
void gate_by_sight(report::ReportModel& model,
                   std::span<report::ReportComparison> of_judge,
                   bool accepts_metric);

/// A judge, or a panel, that does not find the known-bad variant degraded decides nothing of the
/// others either. `of_one` are its comparisons; an empty name: there is no such variant.
void apply_known_bad(const std::string& known_bad, std::span<report::ReportComparison> of_one);

}  // namespace assay::run
