#include "assay/run/gate_by_verdicts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "assay/analysis/controls.hpp"
#include "assay/analysis/held_back.hpp"
#include "assay/analysis/position_gate.hpp"
#include "assay/records/judge_provider.hpp"

namespace assay::run {
namespace {

using report::ReportComparison;
using report::ReportModel;

void warn(ReportModel& model, const std::string& about, const std::string& why) {
    if (why.empty()) {
        return;
    }
    std::string warning = fmt::format("{}: {}.", about, why);
    if (std::find(model.warnings.begin(), model.warnings.end(), warning) == model.warnings.end()) {
        model.warnings.push_back(std::move(warning));
    }
}

void gate_positions(ReportModel& model, std::span<ReportComparison> of_judge) {
    std::vector<ComparisonAnalysis*> all;
    for (ReportComparison& each : of_judge) {
        all.push_back(&each.analysis);
    }
    const std::vector<std::string> why = analysis::gate_positions(all);
    for (std::size_t i = 0; i < all.size(); ++i) {
        warn(model, fmt::format("{} on {}", all[i]->judge, all[i]->variant), why[i]);
    }
}

void hold_back(ReportModel& model, ReportComparison& comparison) {
    ComparisonAnalysis& own = comparison.analysis;
    const std::string length = analysis::why_longer_wins(report::outcomes_of(comparison));
    const std::string instructions = analysis::why_instructions(
        report::find_variant(model, own.variant)->failure_modes);
    own.decision = analysis::hold_back(own.decision, length.empty() ? instructions : length);
    warn(model, fmt::format("{} on {}", own.judge, own.variant), length);
    warn(model, own.variant, instructions);
}

}  // namespace

void gate_by_verdicts(ReportModel& model, std::span<ReportComparison> of_judge) {
    gate_positions(model, of_judge);
    for (ReportComparison& comparison : of_judge) {
        hold_back(model, comparison);
    }
}

void gate_by_sight(ReportModel& model, std::span<ReportComparison> of_judge, bool accepts_metric) {
    const report::ReportJudge& judge = model.judges.back();
    std::string why = analysis::why_padding(judge.controls), way_out = analysis::kLetOthersJudge;
    std::string accepted;
    if (is_metric(judge.provider)) {
        const std::string alone = analysis::why_metric_alone(judge.name, judge.controls);
        if (accepts_metric) {
            accepted = alone + "; the plan accepts it (accept-metric)";
        } else {
            why = alone;
            way_out = analysis::kAcceptMetric;
        }
    }
    for (ReportComparison& each : of_judge) {
        Decision& decision = each.analysis.decision;
        if (!passes(decision.label)) {
            continue;
        }
        decision = analysis::hold_back(decision, why, way_out);
        if (passes(decision.label)) {
            warn(model, each.analysis.variant, accepted);
        } else {
            warn(model, each.analysis.variant + " is held back", why + "; " + way_out);
        }
    }
}

void apply_known_bad(const std::string& known_bad, std::span<ReportComparison> of_one_judge) {
    const auto bad = std::find_if(
        of_one_judge.begin(), of_one_judge.end(), [&](const ReportComparison& each) {
            return each.analysis.variant == known_bad;
        });
    if (bad == of_one_judge.end()) {
        return;
    }
    for (ReportComparison& each : of_one_judge) {
        if (&each != &*bad) {
            each.analysis.decision = analysis::gate_known_bad(
                each.analysis.decision, known_bad, bad->analysis.decision);
        }
    }
}

}  // namespace assay::run
