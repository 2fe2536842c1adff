#include "assay/analysis/length_control.hpp"

#include <algorithm>
#include <vector>

#include "assay/stats/distributions.hpp"
#include "assay/stats/equivalence.hpp"
#include "assay/stats/sensitivity.hpp"

namespace assay::analysis {
namespace {

/// What the variant gets for a verdict; nothing: there is none.
std::optional<double> points_of(OutcomeKind kind) {
    switch (kind) {
        case OutcomeKind::kWin: return 1;
        case OutcomeKind::kTie: return 0.5;
        case OutcomeKind::kLoss: return 0;
        default: return std::nullopt;
    }
}

}  // namespace

std::optional<LengthControl> length_control_of(std::span<const Outcome> outcomes,
                                               const Estimate& unadjusted,
                                               const AnalysisSettings& settings) {
    std::vector<double> y, length, position;
    for (const Outcome& outcome : outcomes) {
        const auto points = points_of(outcome.kind);
        if (!points) {
            continue;
        }
        if (!outcome.length_difference) {
            return std::nullopt;
        }
        y.push_back(*points);
        length.push_back(static_cast<double>(*outcome.length_difference));
        position.push_back(outcome.variant_is_a ? 0.5 : -0.5);
    }
    if (y.empty()) {
        return std::nullopt;
    }
    LengthControl out;
    out.net.confidence = 1 - 2 * settings.alpha;
    out.net.n = static_cast<std::int64_t>(y.size());
    out.net.method =
        "fractional logit on length difference and position, sandwich errors, normal interval";
    const auto fit = stats::length_controlled(y, length, position);
    if (!fit) {
        out.net.why =
            "the model has no finite unique maximum: the lengths do not vary, or they separate "
            "wins from losses";
        return out;
    }
    const double half = stats::normal_critical(out.net.confidence) * fit->net_se;
    out.net.value = fit->net;
    out.net.low = std::max(-1.0, fit->net - half);
    out.net.high = std::min(1.0, fit->net + half);
    // The model's interval is about questions like these.
    if (unadjusted.low && unadjusted.high && !settings.on_these_questions()) {
        out.label_differs = stats::region_of(*out.net.low, *out.net.high, settings.margin) !=
                            stats::region_of(*unadjusted.low, *unadjusted.high, settings.margin);
    }
    return out;
}

}  // namespace assay::analysis
