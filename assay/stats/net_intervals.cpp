#include "assay/stats/net_intervals.hpp"

#include <algorithm>
#include <cmath>

#include "assay/base/result.hpp"
#include "assay/stats/distributions.hpp"
#include "assay/stats/proportion.hpp"

namespace assay::stats {
namespace {

/// Limits of p1 - p2 from the limits of each and their correlation.
NetInterval mover(
    double p1, const Interval& ci1, double p2, const Interval& ci2, double correlation) {
    const auto distance = [&](double a, double b) {
        return std::sqrt(std::max(0.0, a * a + b * b - 2 * correlation * a * b));
    };
    const double estimate = p1 - p2;
    return {estimate,
            estimate - distance(p1 - ci1.low, ci2.high - p2),
            estimate + distance(ci1.high - p1, p2 - ci2.low)};
}

NetInterval wald_around(double wins, double losses, double n, double confidence) {
    const double estimate = (wins - losses) / n;
    const double half = normal_critical(confidence) *
                        std::sqrt(std::max(0.0, (wins + losses) / n - estimate * estimate) / n);
    return {estimate, std::max(-1.0, estimate - half), std::min(1.0, estimate + half)};
}

}  // namespace

std::optional<NetInterval> mover_wilson(std::int64_t wins,
                                        std::int64_t losses,
                                        std::int64_t ties,
                                        double confidence) {
    const NetCounts counts = net_counts(wins, losses, ties);
    if (counts.n == 0) {
        return std::nullopt;
    }
    const std::int64_t n = wins + losses + ties;
    const double p_win = counts.wins / counts.n, p_loss = counts.losses / counts.n;
    const bool at_edge = wins == 0 || wins == n || losses == 0 || losses == n;
    const double correlation = at_edge ? 0.0
                                       : -std::sqrt(p_win * p_loss / ((1 - p_win) * (1 - p_loss)));
    return mover(
        p_win, wilson(wins, n, confidence), p_loss, wilson(losses, n, confidence), correlation);
}

NetInterval bonett_price(std::int64_t wins,
                         std::int64_t losses,
                         std::int64_t ties,
                         double confidence) {
    const NetCounts counts = net_counts(wins, losses, ties);
    return wald_around(counts.wins + 1, counts.losses + 1, counts.n + 2, confidence);
}

std::optional<NetInterval> wald(std::int64_t wins,
                                std::int64_t losses,
                                std::int64_t ties,
                                double confidence) {
    const NetCounts counts = net_counts(wins, losses, ties);
    if (counts.n == 0) {
        return std::nullopt;
    }
    const double estimate = (counts.wins - counts.losses) / counts.n;
    const double variance = std::max(
                                0.0,
                                (counts.wins + counts.losses) / counts.n - estimate * estimate) /
                            counts.n;
    const double half = normal_critical(confidence) * std::sqrt(variance);
    return NetInterval{estimate, estimate - half, estimate + half};
}

std::optional<NetInterval> newcombe_paired(const PairedTable& t, double confidence) {
    ASSAY_CHECK(t.both >= 0 && t.candidate_only >= 0 && t.reference_only >= 0 && t.neither >= 0);
    const std::int64_t n = t.n();
    if (n == 0) {
        return std::nullopt;
    }
    const std::int64_t x1 = t.both + t.candidate_only, x2 = t.both + t.reference_only;
    const double a = static_cast<double>(t.both), b = static_cast<double>(t.candidate_only);
    const double c = static_cast<double>(t.reference_only), d = static_cast<double>(t.neither);
    const double half_n = static_cast<double>(n) / 2;
    double numerator = a * d - b * c;
    if (numerator > half_n) {
        numerator -= half_n;
    } else if (numerator >= 0) {
        numerator = 0;
    }
    const double margins = (a + b) * (c + d) * (a + c) * (b + d);
    const double phi = margins > 0 ? numerator / std::sqrt(margins) : 0.0;
    return mover(static_cast<double>(x1) / static_cast<double>(n),
                 wilson(x1, n, confidence),
                 static_cast<double>(x2) / static_cast<double>(n),
                 wilson(x2, n, confidence),
                 phi);
}

}  // namespace assay::stats
