#include "assay/stats/robust.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/stats/distributions.hpp"
#include "assay/stats/numeric.hpp"
#include "assay/stats/sign_test_power.hpp"

namespace assay::stats {

std::optional<double> median(std::span<const double> x) {
    if (x.empty()) {
        return std::nullopt;
    }
    std::vector<double> sorted(x.begin(), x.end());
    std::sort(sorted.begin(), sorted.end());
    const std::size_t middle = sorted.size() / 2;
    return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

std::optional<double> quantile(std::span<const double> x, double share) {
    ASSAY_CHECK(share >= 0 && share <= 1);
    if (x.empty()) {
        return std::nullopt;
    }
    const double place = share * static_cast<double>(x.size() - 1), below = std::floor(place);
    std::vector<double> values(x.begin(), x.end());
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(below);
    std::nth_element(values.begin(), at, values.end());
    if (at + 1 == values.end() || place == below) {
        return *at;
    }
    return *at + (place - below) * (*std::min_element(at + 1, values.end()) - *at);
}

// Not boost::math::statistics::median_absolute_deviation: in 1.81 it is wrong (boostorg/math #997).
std::optional<MedianMad> median_mad(std::span<const double> x) {
    const auto centre = median(x);
    if (!centre) {
        return std::nullopt;
    }
    std::vector<double> deviations;
    for (const double value : x) {
        deviations.push_back(std::abs(value - *centre));
    }
    const double mad = *median(deviations);
    return MedianMad{*centre, mad, kMadToSd * mad};
}

std::optional<MedianRanks> median_ranks(std::int64_t n, double confidence) {
    ASSAY_CHECK(n >= 0 && confidence > 0 && confidence < 1);
    const std::int64_t k = sign_test_critical(n, 1 - confidence) + 1;
    if (k < 1) {
        return std::nullopt;
    }
    return MedianRanks{k, n - k + 1, 1 - 2 * binomial_cdf(k - 1, n, 0.5)};
}

std::optional<RatioEstimate> paired_ratio(std::span<const double> candidate,
                                          std::span<const double> reference,
                                          double confidence) {
    ASSAY_CHECK(candidate.size() == reference.size() && confidence > 0 && confidence < 1);
    if (candidate.empty()) {
        return std::nullopt;
    }
    std::vector<double> logs;
    for (std::size_t i = 0; i < candidate.size(); ++i) {
        if (!(candidate[i] > 0 && reference[i] > 0)) {
            return std::nullopt;
        }
        logs.push_back(std::log(candidate[i] / reference[i]));
    }
    const double centre = mean(logs);
    RatioEstimate out{std::exp(centre), std::nullopt};
    if (const auto variance = sample_variance(logs)) {
        const double n = static_cast<double>(logs.size());
        const double half = student_upper_quantile((1 - confidence) / 2, n - 1) *
                            std::sqrt(*variance / n);
        out.interval = Interval{std::exp(centre - half), std::exp(centre + half)};
    }
    return out;
}

}  // namespace assay::stats
