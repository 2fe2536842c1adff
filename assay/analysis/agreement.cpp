#include "assay/analysis/agreement.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "assay/analysis/evidence.hpp"
#include "assay/analysis/rates.hpp"
#include "assay/analysis/tally.hpp"
#include "assay/stats/agreement.hpp"
#include "assay/stats/bootstrap.hpp"

namespace assay::analysis {
namespace {

/// Beyond this many clusters several are drawn together: the interval is narrow then, and time is
/// not.
constexpr std::size_t kMostDrawn = 10'000;
constexpr std::array<double, 3> kValues{-1, 0, 1};
constexpr const char* kNoneCommon = "no comparison was decided by both";
constexpr const char* kNoneOfAll = "no comparison was decided by all";

/// Sums that add up over comparisons, by cluster.
class RatioSums {
 public:
    explicit RatioSums(std::size_t n_sums) : total_(n_sums, 0.0) {}
    /// Those of one more comparison.
    void add(std::uint32_t cluster, std::span<const double> sums) {
        auto& of_cluster = by_cluster_.try_emplace(cluster, total_.size(), 0.0).first->second;
        for (std::size_t k = 0; k < total_.size(); ++k) {
            of_cluster[k] += sums[k];
            total_[k] += sums[k];
        }
        ++n_;
    }
    [[nodiscard]] std::int64_t n() const { return n_; }
    [[nodiscard]] bool independent() const {
        return static_cast<std::int64_t>(by_cluster_.size()) == n_;
    }

    [[nodiscard]] Estimate estimate(const stats::StatisticOfSums& statistic,
                                    const char* method,
                                    const char* why_none) const {
        Estimate out;
        out.confidence = kConfidence;
        out.n = n_;
        out.method = method;
        out.value = n_ > 0 ? statistic(total_) : std::nullopt;
        if (!out.value) {
            out.why = n_ == 0 ? why_none
                              : "undefined: the verdicts are all of one kind, so they would agree "
                                "by chance alone";
            return out;
        }
        // Clusters that are drawn together are clusters, too.
        std::vector<std::vector<double>> clusters(std::min(by_cluster_.size(), kMostDrawn),
                                                  std::vector<double>(total_.size(), 0.0));
        std::size_t next = 0;
        for (const auto& [number, sums] : by_cluster_) {
            std::vector<double>& drawn = clusters[next++ % clusters.size()];
            for (std::size_t k = 0; k < sums.size(); ++k) {
                drawn[k] += sums[k];
            }
        }
        const auto interval = stats::percentile_clustered(
            clusters, statistic, kConfidence, {.n_resamples = 2000, .seed = 1});
        if (interval) {
            out.low = interval->low;
            out.high = interval->high;
            out.method += ", percentile bootstrap over clusters";
        } else {
            out.why = "no interval: resampling shows no spread, or leaves it undefined";
        }
        return out;
    }
    /// sums[0] / n.
    [[nodiscard]] Estimate share(const char* why_none) const {
        const auto part = static_cast<std::int64_t>(total_[0]);
        if (n_ == 0 || independent()) {
            return wilson_rate(part, n_, why_none);
        }
        return estimate(
            [](std::span<const double> sums) { return std::optional(sums[0] / sums[1]); },
            "share of comparisons",
            why_none);
    }

 private:
    std::vector<double> total_;
    std::map<std::uint32_t, std::vector<double>> by_cluster_;
    std::int64_t n_ = 0;
};

const Outcome* decided(const Outcome* outcome) {
    return outcome != nullptr && was_decided_by_a_judge(*outcome) ? outcome : nullptr;
}

std::size_t category_of(const Outcome& outcome) {
    return static_cast<std::size_t>(*value_of(outcome.kind) + 1);
}

stats::StatisticOfSums kappa_of_table(stats::KappaWeights weights) {
    return [weights](std::span<const double> cells) {
        stats::AgreementTable table(3, std::vector<std::int64_t>(3));
        for (std::size_t k = 0; k < 9; ++k) {
            table[k / 3][k % 3] = static_cast<std::int64_t>(cells[k]);
        }
        return stats::cohen_kappa(table, weights);
    };
}

/// Sums: disagreement, then how often loss, tie and win were given.
std::array<double, 4> alpha_sums(std::span<const double> ratings, stats::Metric metric) {
    std::array<double, 4> out{stats::alpha_disagreement(ratings, metric)};
    for (const double rating : ratings) {
        out[static_cast<std::size_t>(rating + 2)] += 1;
    }
    return out;
}

stats::StatisticOfSums alpha_of_sums(stats::Metric metric) {
    return [metric](std::span<const double> sums) {
        return stats::krippendorff_alpha(sums[0], kValues, sums.subspan(1), metric);
    };
}

/// The most frequent of -1, 0, 1; 0 where that is not one.
int most_say(std::span<const Outcome* const> outcomes) {
    std::array<int, 3> n{};
    for (const Outcome* outcome : outcomes) {
        ++n[category_of(*outcome)];
    }
    const auto most = std::max_element(n.begin(), n.end());
    return std::count(n.begin(), n.end(), *most) > 1 ? 0 : static_cast<int>(most - n.begin()) - 1;
}

}  // namespace

PairAgreement agreement_of(const Rater& first, const Rater& second) {
    PairAgreement out;
    out.first = first.name;
    out.second = second.name;
    RatioSums same(2), cells(9), alpha(4);
    const std::array<Rater, 2> raters{first, second};
    for (const RatedUnit& unit : rated_units(raters).units) {
        const Outcome *a = decided(unit.of[0]), *b = decided(unit.of[1]);
        if (a == nullptr || b == nullptr) {
            continue;
        }
        const std::size_t row = category_of(*a), column = category_of(*b);
        ++out.n;
        ++out.table[row][column];
        out.n_same += row == column;
        same.add(unit.cluster, std::array<double, 2>{row == column ? 1.0 : 0.0, 1.0});
        std::array<double, 9> cell{};
        cell[3 * row + column] = 1;
        cells.add(unit.cluster, cell);
        alpha.add(unit.cluster,
                  alpha_sums(std::array<double, 2>{kValues[row], kValues[column]},
                             stats::Metric::kInterval));
    }
    out.same = same.share(kNoneCommon);
    out.kappa = cells.estimate(
        kappa_of_table(stats::KappaWeights::kNone), "Cohen's kappa", kNoneCommon);
    out.kappa_weighted = cells.estimate(kappa_of_table(stats::KappaWeights::kQuadratic),
                                        "Cohen's kappa, quadratic weights",
                                        kNoneCommon);
    out.alpha = alpha.estimate(
        alpha_of_sums(stats::Metric::kInterval), "Krippendorff's alpha, interval", kNoneCommon);
    return out;
}

std::optional<PanelAgreement> panel_agreement_of(std::span<const Rater> raters) {
    if (raters.size() < 3) {
        return std::nullopt;
    }
    PanelAgreement out;
    RatioSums same(2), nominal(4), interval(4), fleiss(4);
    for (const Rater& rater : raters) {
        out.judges.push_back(rater.name);
    }
    for (const RatedUnit& unit : rated_units(raters).units) {
        std::vector<double> ratings;
        for (const Outcome* outcome : unit.of) {
            if (decided(outcome) != nullptr) {
                ratings.push_back(kValues[category_of(*outcome)]);
            }
        }
        if (ratings.size() < 2) {
            continue;
        }
        ++out.n;
        nominal.add(unit.cluster, alpha_sums(ratings, stats::Metric::kNominal));
        interval.add(unit.cluster, alpha_sums(ratings, stats::Metric::kInterval));
        if (ratings.size() < raters.size()) {
            continue;
        }
        ++out.n_all;
        std::array<double, 4> sums{};  // count (count - 1), then counts
        for (const double rating : ratings) {
            sums[static_cast<std::size_t>(rating + 2)] += 1;
        }
        for (std::size_t k = 1; k < 4; ++k) {
            sums[0] += sums[k] * (sums[k] - 1);
        }
        const bool alike = std::count(ratings.begin(), ratings.end(), ratings.front()) ==
                           static_cast<std::ptrdiff_t>(ratings.size());
        out.n_same += alike;
        same.add(unit.cluster, std::array<double, 2>{alike ? 1.0 : 0.0, 1.0});
        fleiss.add(unit.cluster, sums);
    }
    const char* none = "no comparison was decided by two judges";
    out.same = same.share(kNoneOfAll);
    out.alpha = nominal.estimate(
        alpha_of_sums(stats::Metric::kNominal), "Krippendorff's alpha, nominal", none);
    out.alpha_interval = interval.estimate(
        alpha_of_sums(stats::Metric::kInterval), "Krippendorff's alpha, interval", none);
    const auto n_raters = static_cast<double>(raters.size());
    out.fleiss = fleiss.estimate(
        [n_raters](std::span<const double> sums) {
            return stats::fleiss_kappa(sums[0], sums.subspan(1), n_raters);
        },
        "Fleiss' kappa",
        kNoneOfAll);
    return out;
}

std::vector<ConfidenceAgreement> agreement_by_confidence(const Rater& judge,
                                                         std::span<const Rater> others) {
    std::vector<Rater> raters{judge};
    raters.insert(raters.end(), others.begin(), others.end());
    std::array<ConfidenceAgreement, 4> rows;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i].level = kConfidenceLevels[i];
    }
    for (const RatedUnit& unit : rated_units(raters).units) {
        const Outcome* own = decided(unit.of[0]);
        std::vector<const Outcome*> rest;
        for (std::size_t r = 1; r < unit.of.size(); ++r) {
            if (decided(unit.of[r]) != nullptr) {
                rest.push_back(unit.of[r]);
            }
        }
        if (own == nullptr || rest.empty()) {
            continue;
        }
        ConfidenceAgreement& row = rows[place_of(own->confidence)];
        ++row.n;
        row.n_same += *value_of(own->kind) == most_say(rest);
    }
    std::vector<ConfidenceAgreement> out;
    for (ConfidenceAgreement& row : rows) {
        if (row.n == 0) {
            continue;
        }
        row.same = wilson_rate(row.n_same, row.n, kNoneCommon);
        out.push_back(row);
    }
    return out;
}

}  // namespace assay::analysis
