#include "assay/stats/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "assay/base/random.hpp"
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
            if (k > 0) {
                p += p_win * now[k - 1];
            }
            if (k + 1 < size) {
                p += p_loss * now[k + 1];
            }
            next[k] = p;
        }
        std::swap(now, next);
    }
    return now;
}

/// Level of the bootstrap distribution at which the limit for the normal quantile z lies.
double bca_level(double z0, double acceleration, double z) {
    const double w = z0 + z, scale = 1 - acceleration * w;
    // Beyond the pole the formula turns round; the limit there is the end of the distribution.
    if (!(scale > 0)) {
        return w > 0 ? 1 : 0;
    }
    return normal_cdf(z0 + w / scale);
}

/// Uniform in [0, bound) without bias from 32 bits (Lemire 2019): the generator's 64 give two
/// draws, which is what the bootstrap's time goes into.
class SmallDraws {
 public:
    SmallDraws(Rng& rng, std::uint32_t bound)
        : rng_(rng), bound_(bound), threshold_((0u - bound) % bound) {}
    std::uint32_t next() {
        std::uint64_t product = std::uint64_t{half()} * bound_;
        while (static_cast<std::uint32_t>(product) < threshold_) {
            product = std::uint64_t{half()} * bound_;
        }
        return static_cast<std::uint32_t>(product >> 32);
    }

 private:
    std::uint32_t half() {
        has_half_ = !has_half_;
        if (has_half_) {
            bits_ = rng_.next();
        }
        return static_cast<std::uint32_t>(has_half_ ? bits_ >> 32 : bits_);
    }
    Rng& rng_;
    std::uint32_t bound_;
    std::uint32_t threshold_;
    std::uint64_t bits_ = 0;
    bool has_half_ = false;
};

/// Efron's acceleration from the leave-one-cluster-out means; nothing where they do not vary.
std::optional<double> jackknife_acceleration(std::span<const ClusterTotal> clusters,
                                             double n,
                                             double sum,
                                             double g) {
    const auto without = [&](const ClusterTotal& c) {
        return (sum - c.sum) / (n - static_cast<double>(c.n));
    };
    double mean = 0, squares = 0, cubes = 0;
    for (const ClusterTotal& c : clusters) {
        mean += static_cast<double>(c.times) * without(c) / g;
    }
    for (const ClusterTotal& c : clusters) {
        const double distance = mean - without(c);
        squares += static_cast<double>(c.times) * distance * distance;
        cubes += static_cast<double>(c.times) * distance * distance * distance;
    }
    if (!(squares > 1e-24 * g)) {
        return std::nullopt;  // rounding only
    }
    return cubes / (6 * std::pow(squares, 1.5));
}

}  // namespace

std::optional<BcaResult> bca_clustered(std::span<const ClusterTotal> clusters,
                                       double confidence,
                                       const Resampling& resampling) {
    ASSAY_CHECK(confidence > 0 && confidence < 1 && resampling.n_resamples > 0);
    struct Drawn {
        double n;
        double sum;
    };
    std::vector<Drawn> drawn_from;  // one for each cluster
    double n = 0, sum = 0;
    for (const ClusterTotal& cluster : clusters) {
        ASSAY_CHECK(cluster.n > 0 && cluster.times > 0);
        const double size = static_cast<double>(cluster.n);
        drawn_from.insert(
            drawn_from.end(), static_cast<std::size_t>(cluster.times), {size, cluster.sum});
        n += size * static_cast<double>(cluster.times);
        sum += cluster.sum * static_cast<double>(cluster.times);
    }
    if (drawn_from.size() < 2) {
        return std::nullopt;
    }
    const auto acceleration = jackknife_acceleration(
        clusters, n, sum, static_cast<double>(drawn_from.size()));
    if (!acceleration) {
        return std::nullopt;
    }

    ASSAY_CHECK(drawn_from.size() <= std::numeric_limits<std::uint32_t>::max());
    Rng rng(resampling.seed, "cluster bootstrap");
    SmallDraws draws(rng, static_cast<std::uint32_t>(drawn_from.size()));
    std::vector<double> means;
    double below = 0;
    for (std::int64_t r = 0; r < resampling.n_resamples; ++r) {
        double resampled_n = 0, resampled_sum = 0;
        for (std::size_t i = 0; i < drawn_from.size(); ++i) {
            const Drawn& cluster = drawn_from[draws.next()];
            resampled_n += cluster.n;
            resampled_sum += cluster.sum;
        }
        // Compared without a division, so that equal means are equal.
        const double left = resampled_sum * n, right = sum * resampled_n;
        if (left < right) {
            below += 1;
        } else if (left == right) {
            below += 0.5;
        }
        means.push_back(resampled_sum / resampled_n);
    }
    std::sort(means.begin(), means.end());
    const double share = std::clamp(below, 0.5, static_cast<double>(means.size()) - 0.5) /
                         static_cast<double>(means.size());
    const double z0 = -normal_upper_quantile(share), critical = normal_critical(confidence);
    const auto limit = [&](double z) {
        const double rank = std::ceil(bca_level(z0, *acceleration, z) *
                                      static_cast<double>(means.size()));
        return means[static_cast<std::size_t>(
                         std::clamp(rank, 1.0, static_cast<double>(means.size()))) -
                     1];
    };
    BcaResult out;
    out.interval = {limit(-critical), limit(critical)};
    out.acceleration = acceleration;
    out.bias_correction = z0;
    return out;
}

std::optional<Interval> percentile_clustered(const std::vector<std::vector<double>>& clusters,
                                             const StatisticOfSums& statistic,
                                             double confidence,
                                             const Resampling& resampling) {
    ASSAY_CHECK(confidence > 0 && confidence < 1 && resampling.n_resamples > 0);
    if (clusters.size() < 2) {
        return std::nullopt;
    }
    ASSAY_CHECK(clusters.size() <= std::numeric_limits<std::uint32_t>::max());
    Rng rng(resampling.seed, "percentile bootstrap");
    SmallDraws draws(rng, static_cast<std::uint32_t>(clusters.size()));
    std::vector<double> values, sums(clusters.front().size());
    for (std::int64_t r = 0; r < resampling.n_resamples; ++r) {
        std::fill(sums.begin(), sums.end(), 0.0);
        for (std::size_t i = 0; i < clusters.size(); ++i) {
            const std::vector<double>& drawn = clusters[draws.next()];
            ASSAY_CHECK(drawn.size() == sums.size());
            for (std::size_t k = 0; k < sums.size(); ++k) {
                sums[k] += drawn[k];
            }
        }
        if (const auto value = statistic(sums)) {
            values.push_back(*value);
        }
    }
    if (static_cast<double>(values.size()) < 0.9 * static_cast<double>(resampling.n_resamples)) {
        return std::nullopt;
    }
    std::sort(values.begin(), values.end());
    if (values.front() == values.back()) {
        return std::nullopt;
    }
    // The k lowest and the k highest are cut off, k = floor((1 - confidence) / 2 of them).
    const auto cut = static_cast<std::size_t>((1 - confidence) / 2 *
                                              static_cast<double>(values.size()));
    return Interval{values[cut], values[values.size() - 1 - cut]};
}

std::optional<BcaResult> bca_net(std::int64_t wins,
                                 std::int64_t losses,
                                 std::int64_t ties,
                                 double confidence) {
    const NetCounts counts = net_counts(wins, losses, ties);
    const std::int64_t n = wins + losses + ties;
    if (n == 0 || n > kMaxConvolution) {
        return std::nullopt;
    }
    const double critical = normal_critical(confidence),
                 estimate = (counts.wins - counts.losses) / counts.n;
    BcaResult out;
    if (wins == n || losses == n || ties == n) {
        const auto tango = tango_interval(counts, critical);
        out.interval = {tango->low, tango->high};
        out.degenerate = true;
        return out;
    }
    const auto moment = [&](int power) {
        return counts.wins * std::pow(1 - estimate, power) +
               counts.losses * std::pow(-1 - estimate, power) +
               (counts.n - counts.wins - counts.losses) * std::pow(-estimate, power);
    };
    const double acceleration = moment(3) / (6 * std::pow(moment(2), 1.5));

    const std::vector<double> distribution = sum_distribution(
        n, counts.wins / counts.n, counts.losses / counts.n);
    const auto observed = static_cast<std::size_t>(n + wins - losses);
    double below = distribution[observed] / 2;
    for (std::size_t k = 0; k < observed; ++k) {
        below += distribution[k];
    }
    const double z0 = -normal_upper_quantile(below);

    const auto limit = [&](double z) {
        const double level = bca_level(z0, acceleration, z);
        double total = 0;
        std::size_t k = 0;
        while (k + 1 < distribution.size()) {
            total += distribution[k];
            if (total >= level) {
                break;
            }
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
