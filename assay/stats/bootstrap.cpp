#include "assay/stats/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/stats/distributions.hpp"
#include "assay/stats/tango.hpp"

namespace assay::stats {
namespace {

constexpr std::int64_t kMaxConvolution = 20'000;

/// P(sum of n draws = k - n) at index k, for draws of +1, -1, 0.
std::vector<double> sum_distribution(std::int64_t n, double p_win, double p_loss) {
    const double p_tie = std::max(0.0, 1 - p_win - p_loss);
    const auto size = static_cast<std::size_t>(2 * n + 1), centre = static_cast<std::size_t>(n);
    std::vector<double> now(size, 0.0), next(size, 0.0);
    now[centre] = 1;
    for (std::size_t drawn = 1; drawn <= centre; ++drawn) {
        for (std::size_t k = centre - drawn; k <= centre + drawn; ++k) {
            double p = p_tie * now[k];
            if (k > 0) p += p_win * now[k - 1];
            if (k + 1 < size) p += p_loss * now[k + 1];
            next[k] = p;
        }
        std::swap(now, next);
    }
    return now;
}

}  // namespace

std::optional<BcaResult> bca_net(std::int64_t wins, std::int64_t losses, std::int64_t ties, double confidence) {
    const NetCounts counts = net_counts(wins, losses, ties);
    const std::int64_t n = wins + losses + ties;
    if (n == 0 || n > kMaxConvolution) return std::nullopt;
    const double critical = normal_critical(confidence), estimate = (counts.wins - counts.losses) / counts.n;
    BcaResult out;
    if (wins == n || losses == n || ties == n) {
        const auto tango = tango_interval(counts, critical);
        out.interval = {tango->low, tango->high};
        out.degenerate = true;
        return out;
    }
    const auto moment = [&](int power) {
        return counts.wins * std::pow(1 - estimate, power) + counts.losses * std::pow(-1 - estimate, power) +
               (counts.n - counts.wins - counts.losses) * std::pow(-estimate, power);
    };
    const double acceleration = moment(3) / (6 * std::pow(moment(2), 1.5));

    const std::vector<double> distribution = sum_distribution(n, counts.wins / counts.n, counts.losses / counts.n);
    const auto observed = static_cast<std::size_t>(n + wins - losses);
    double below = distribution[observed] / 2;
    for (std::size_t k = 0; k < observed; ++k) below += distribution[k];
    const double z0 = -normal_upper_quantile(below);

    const auto limit = [&](double z) {
        const double shifted = z0 + (z0 + z) / (1 - acceleration * (z0 + z)), level = normal_cdf(shifted);
        double total = 0;
        std::size_t k = 0;
        while (k + 1 < distribution.size()) {
            total += distribution[k];
            if (total >= level) break;
            ++k;
        }
        return static_cast<double>(static_cast<std::int64_t>(k) - n) / counts.n;
    };
    out.interval = {limit(-critical), limit(critical)};
    out.acceleration = acceleration;
    out.bias_correction = z0;
    return out;
}

}  // namespace assay::stats
