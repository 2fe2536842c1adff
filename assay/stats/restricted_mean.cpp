#include "assay/stats/restricted_mean.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/stats/distributions.hpp"

namespace assay::stats {
namespace {

/// A length at which something ended.
struct Step {
    std::int64_t length = 0;
    double n_at_risk = 0;  ///< of this length or longer
    double n_ended = 0;
    double survival = 1;  ///< behind it
    double area = 0;      ///< below the curve from here to the horizon
    double hazard = 0;    ///< sum over the steps up to here of area n_ended / (at risk (at risk -
                          ///< ended))
};

std::vector<Step> steps_of(std::span<const Lifetime> lifetimes, std::int64_t horizon) {
    std::map<std::int64_t, Step> by_length;
    std::vector<std::int64_t> lengths;
    for (const Lifetime& each : lifetimes) {
        lengths.push_back(each.length);
        if (each.ended && each.length < horizon) {
            ++by_length[each.length].n_ended;
        }
    }
    std::sort(lengths.begin(), lengths.end());
    std::vector<Step> out;
    double survival = 1;
    for (auto& [length, step] : by_length) {
        step.length = length;
        step.n_at_risk = static_cast<double>(
            lengths.end() - std::lower_bound(lengths.begin(), lengths.end(), length));
        survival *= (step.n_at_risk - step.n_ended) / step.n_at_risk;
        step.survival = survival;
        out.push_back(step);
    }
    return out;
}

/// Areas from the end, hazards from the beginning.
void fill_sums(std::vector<Step>& steps, std::int64_t horizon) {
    double area = 0;
    std::int64_t end = horizon;
    for (std::size_t i = steps.size(); i-- > 0;) {
        area += steps[i].survival * static_cast<double>(end - steps[i].length);
        steps[i].area = area;
        end = steps[i].length;
    }
    double hazard = 0;
    for (Step& step : steps) {
        const double left = step.n_at_risk - step.n_ended;
        hazard += left > 0 ? step.area * step.n_ended / (step.n_at_risk * left) : 0;
        step.hazard = hazard;
    }
}

/// What the mean gains when this lifetime's weight grows.
double influence(const Lifetime& lifetime, std::span<const Step> steps) {
    const auto behind = std::upper_bound(
        steps.begin(), steps.end(), lifetime.length, [](std::int64_t length, const Step& step) {
            return length < step.length;
        });
    if (behind == steps.begin()) {
        return 0;
    }
    const Step& last = *(behind - 1);
    const double left = last.n_at_risk - last.n_ended;
    const bool ended_here = lifetime.ended && lifetime.length == last.length;
    return last.hazard - (ended_here && left > 0 ? last.area / left : 0);
}

/// The curve ends above 0 where the last that were seen did not end.
std::int64_t known_horizon(std::span<const Lifetime> lifetimes, std::int64_t horizon) {
    const auto last = std::max_element(
        lifetimes.begin(), lifetimes.end(), [](const Lifetime& a, const Lifetime& b) {
            return std::pair(a.length, !a.ended) < std::pair(b.length, !b.ended);
        });
    return last->ended ? horizon : std::min(horizon, last->length);
}

void add_spread(RestrictedMean& out,
                std::span<const Lifetime> lifetimes,
                std::span<const Step> steps,
                double confidence) {
    struct Cluster {
        double influence = 0;
        double n = 0;
    };
    std::map<std::int64_t, Cluster> clusters;
    for (const Lifetime& each : lifetimes) {
        Cluster& cluster = clusters[each.cluster];
        cluster.influence += influence(each, steps);
        ++cluster.n;
    }
    double squares = 0, n = 0, size_squares = 0;
    for (const auto& [label, cluster] : clusters) {
        squares += cluster.influence * cluster.influence;
        n += cluster.n;
        size_squares += cluster.n * cluster.n;
    }
    out.n_clusters = static_cast<std::int64_t>(clusters.size());
    if (out.n_clusters < 2) {
        return;
    }
    const double g = static_cast<double>(out.n_clusters), n_effective = n * n / size_squares;
    out.se = std::sqrt(squares * g / (g - 1));
    if (n_effective < 2 || steps.empty()) {
        return;
    }
    const double half = student_upper_quantile((1 - confidence) / 2, n_effective - 1) * *out.se;
    out.interval = Interval{std::max(0.0, out.mean - half),
                            std::min(static_cast<double>(out.horizon), out.mean + half)};
}

}  // namespace

std::optional<RestrictedMean> restricted_mean(std::span<const Lifetime> lifetimes,
                                              std::int64_t horizon,
                                              double confidence) {
    ASSAY_CHECK(horizon >= 0 && confidence > 0 && confidence < 1);
    if (lifetimes.empty()) {
        return std::nullopt;
    }
    RestrictedMean out;
    out.horizon = known_horizon(lifetimes, horizon);
    std::vector<Step> steps = steps_of(lifetimes, out.horizon);
    fill_sums(steps, out.horizon);
    out.mean = steps.empty() ? static_cast<double>(out.horizon)
                             : static_cast<double>(steps.front().length) + steps.front().area;
    add_spread(out, lifetimes, steps, confidence);
    return out;
}

}  // namespace assay::stats
