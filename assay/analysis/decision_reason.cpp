#include "assay/analysis/decision_reason.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "assay/analysis/phrases.hpp"

namespace assay::analysis {
namespace {

/// What would settle it.
std::string further_text(const Decision& decision, double power) {
    if (!decision.n_more) {
        return "; no practicable number of questions would settle this margin";
    }
    const std::string level = percent_level(power);
    if (*decision.n_more == 0) {
        return fmt::format(
            "; the number of questions is what {} power asks for if the two are truly alike, so "
            "they may well differ",
            level);
    }
    if (decision.n_more_ship.value_or(0) == 0) {
        return fmt::format(
            "; if the two are truly alike, about {} would show that they are equivalent with {} "
            "power",
            count_of(*decision.n_more, "more question"),
            level);
    }
    return fmt::format(
        "; if the two are truly alike, about {} would show with {} power that it is not worse by "
        "more than the margin, and about {} that they are equivalent",
        count_of(*decision.n_more_ship, "more question"),
        level,
        *decision.n_more);
}

std::string inconclusive_tail(const Decision& decision,
                              const Estimate& net,
                              const AnalysisSettings& settings) {
    std::string out = decision.on_these_questions
                          ? "; further samples of these questions, or judges, would narrow it, and "
                            "further questions would not be these"
                          : further_text(decision, settings.power);
    if (std::abs(*net.value) >= settings.margin) {
        out += fmt::format(
            "; the observed difference of {} points is no smaller than the margin, so more "
            "{} are unlikely to show equivalence",
            points(*net.value),
            decision.on_these_questions ? "verdicts" : "questions");
    }
    return out;
}

/// With as many decimals as keep it apart from the nearest of -margin, 0 and +margin.
std::string limit_text(double value, double margin) {
    const std::array<double, 3> edges{-margin, 0.0, margin};
    const auto nearer = [&](double x, double y) {
        return std::abs(value - x) < std::abs(value - y);
    };
    return points_beside(value, *std::min_element(edges.begin(), edges.end(), nearer));
}

std::string degraded_reason(const Decision& decision,
                            const Estimate& net,
                            const std::string& interval,
                            const std::string& size) {
    if (decision.beyond_margin) {
        return fmt::format(
            "{} lies below -{} points: worse by more than the margin", interval, size);
    }
    const std::string unsettled = fmt::format(
        "{} lies below 0: worse; by more than the margin is not settled, as ", interval);
    if (*net.high <= -decision.margin) {
        return unsettled + "the exact unconditional test does not show it";
    }
    return fmt::format("{}it reaches to within -{} points", unsettled, size);
}

}  // namespace

std::string reason_of(const Decision& decision,
                      const Estimate& net,
                      const AnalysisSettings& settings) {
    const std::string interval = fmt::format(
        "The {} interval of the net win rate{}, {} to {} points,",
        percent_level(net.confidence),
        decision.on_these_questions ? " on exactly these questions" : "",
        limit_text(*net.low, settings.margin),
        limit_text(*net.high, settings.margin));
    const std::string size = plain_points(settings.margin);
    switch (decision.label) {
        case DecisionLabel::kEquivalent: {
            std::string out = fmt::format(
                "{} lies within the margin of -{} to +{} points", interval, size, size);
            if (decision.detectably_worse) {
                out += "; it lies below 0: detectably worse, but within the margin";
            }
            if (decision.detectably_better) {
                out += "; it lies above 0: detectably better";
            }
            return out;
        }
        case DecisionLabel::kNonInferior:
            return fmt::format(
                "{} lies above -{} points but not below +{}: not worse by more than the margin{}",
                interval,
                size,
                size,
                decision.detectably_better ? ", and detectably better, as it lies above 0" : "");
        case DecisionLabel::kDegraded: return degraded_reason(decision, net, interval, size);
        default:
            return fmt::format(
                "{} reaches down to the margin of -{} points or beyond and is not below 0: neither "
                "equivalence nor a "
                "loss of "
                "quality is shown{}",
                interval,
                size,
                inconclusive_tail(decision, net, settings));
    }
}

std::string bound_of(double least_net, double alpha) {
    return fmt::format("whatever the margin is, it is at most {} points worse ({} sure)",
                       points_up(std::max(0.0, -least_net)),
                       percent_level(1 - alpha));
}

}  // namespace assay::analysis
