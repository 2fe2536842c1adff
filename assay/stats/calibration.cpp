#include "assay/stats/calibration.hpp"

#include <array>
#include <cmath>
#include <map>
#include <set>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/stats/numeric.hpp"
#include "assay/stats/sensitivity.hpp"

namespace assay::stats {
namespace {

double small_sample(std::size_t n_clusters) {
    const auto g = static_cast<double>(n_clusters);
    return std::sqrt(g / (g - 1));
}

}  // namespace

std::optional<CalibratedMean> calibrated_mean(std::span<const CalibrationItem> items) {
    std::vector<double> judge_only, judge_labelled, human;
    std::set<std::int64_t> clusters_only, clusters_labelled, clusters;
    double settled_sum = 0;
    CalibratedMean out;
    for (const CalibrationItem& item : items) {
        clusters.insert(item.cluster);
        if (item.settled) {
            ++out.n_settled;
            settled_sum += item.judge;
        } else if (item.human) {
            judge_labelled.push_back(item.judge);
            human.push_back(*item.human);
            clusters_labelled.insert(item.cluster);
        } else {
            judge_only.push_back(item.judge);
            clusters_only.insert(item.cluster);
        }
    }
    if (clusters_only.size() < 2 || clusters_labelled.size() < 2) {
        return std::nullopt;
    }
    const auto plain = ppi_mean(judge_only, judge_labelled, human);
    ASSAY_CHECK(plain);  // two clusters have two items
    const double lambda = plain->lambda, asked = plain->estimate_tuned;
    const auto n_labelled = static_cast<double>(human.size()),
               n_only = static_cast<double>(judge_only.size());
    const auto n_all = static_cast<double>(items.size());
    const double share = (n_labelled + n_only) / n_all;
    out.estimate = (settled_sum + (n_labelled + n_only) * asked) / n_all;

    // What an item adds to the estimate's error: of the judge's mean, of people's correction, of
    // the shares of settled items and their values.
    const double mean_only = plain->judge_only,
                 mean_rest = plain->human_only - lambda * mean(judge_labelled);
    const std::array<double, 3> factor{small_sample(clusters_only.size()),
                                       small_sample(clusters_labelled.size()),
                                       small_sample(clusters.size())};
    std::map<std::int64_t, double> error;
    for (const CalibrationItem& item : items) {
        double& of_cluster = error[item.cluster];
        of_cluster += factor[2] * ((item.settled ? item.judge : asked) - out.estimate) / n_all;
        if (item.settled) {
            continue;
        }
        if (item.human) {
            of_cluster += factor[1] * share * (*item.human - lambda * item.judge - mean_rest) /
                          n_labelled;
        } else {
            of_cluster += factor[0] * share * lambda * (item.judge - mean_only) / n_only;
        }
    }
    double variance = 0;
    for (const auto& [cluster, sum] : error) {
        variance += sum * sum;
    }
    out.se = std::sqrt(variance);
    out.lambda = lambda;
    out.df = static_cast<double>(clusters_labelled.size() - 1);
    out.human_mean = plain->human_only;
    out.judge_on_labelled = mean(judge_labelled);
    out.judge_mean = plain->judge_only;
    out.n_labelled = static_cast<std::int64_t>(human.size());
    out.n_judge_only = static_cast<std::int64_t>(judge_only.size());
    return out;
}

}  // namespace assay::stats
