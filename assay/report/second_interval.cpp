#include "assay/report/second_interval.hpp"

#include <fmt/format.h>

#include "assay/report/figures.hpp"

namespace assay::report {

bool second_interval_contradicts(const ComparisonAnalysis& analysis) {
    const auto& second = analysis.cluster_interval;
    if (!second || !second->low || !second->high) {
        return false;
    }
    const double margin = analysis.decision.margin;
    const bool reaches_minus_margin = *second->low <= -margin;
    switch (analysis.decision.label) {
        case DecisionLabel::kEquivalent: return reaches_minus_margin || *second->high >= margin;
        case DecisionLabel::kNonInferior: return reaches_minus_margin;
        case DecisionLabel::kDegraded: return *second->high >= 0;
        case DecisionLabel::kInconclusive:
        case DecisionLabel::kNotMeasured: return false;
    }
    return false;
}

std::string second_interval_sentence(const ComparisonAnalysis& analysis) {
    if (!second_interval_contradicts(analysis)) {
        return "";
    }
    const Estimate& second = *analysis.cluster_interval;
    const bool degraded = analysis.decision.label == DecisionLabel::kDegraded;
    return fmt::format(
        "The second interval of the net win rate, {} to {} points ({}), reaches {} and does not "
        "bear out the label {}: more clusters would settle it.",
        points(*second.low),
        points(*second.high),
        second.method,
        degraded ? std::string("0")
                 : fmt::format("the margin of {:.4g} points", 100 * analysis.decision.margin),
        decision_words(analysis.decision));
}

}  // namespace assay::report
