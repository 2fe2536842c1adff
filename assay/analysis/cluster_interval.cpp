#include "assay/analysis/cluster_interval.hpp"

#include <fmt/format.h>

#include "assay/stats/bootstrap.hpp"
#include "assay/stats/clusters.hpp"

namespace assay::analysis {

Estimate cluster_interval_of(const Evidence& evidence, double confidence) {
    Estimate out;
    out.confidence = confidence;
    out.n = evidence.n();
    out.why = evidence.why_not;
    if (!out.why.empty()) {
        out.method = "bootstrap of clusters";
        return out;
    }
    std::optional<stats::Interval> interval;
    if (evidence.clusters->n_clusters <= kBootstrapClusters) {
        const stats::Resampling resampling;
        out.method = fmt::format("BCa bootstrap of {} clusters, {} resamples, seed {}",
                                 evidence.clusters->n_clusters,
                                 resampling.n_resamples,
                                 resampling.seed);
        if (const auto bca = stats::bca_clustered(
                evidence.cluster_totals, out.confidence, resampling)) {
            interval = bca->interval;
        }
    } else {
        out.method = fmt::format("CR1 standard error and Student's t (more than {} clusters)",
                                 kBootstrapClusters);
        interval = stats::cluster_mean(
                       evidence.cluster_totals, sum_of_squares(evidence), out.confidence)
                       ->interval;
    }
    if (!interval) {
        out.why = "all clusters are alike, so that resampling them shows no spread";
        return out;
    }
    out.value = static_cast<double>(evidence.wins - evidence.losses) /
                static_cast<double>(evidence.n());
    out.low = interval->low;
    out.high = interval->high;
    return out;
}

void add_cluster_interval(ComparisonAnalysis& analysis,
                          std::span<const Outcome> outcomes,
                          const Dependence& dependence) {
    const bool stopped_early = analysis.stopping && analysis.stopping->stopped_early;
    if (!analysis.clusters || stopped_early) {
        return;
    }
    const Evidence evidence = evidence_of(outcomes, dependence, Failed::kLeftOut);
    if (evidence.clusters) {
        analysis.cluster_interval = cluster_interval_of(evidence, analysis.net_win_rate.confidence);
    }
}

}  // namespace assay::analysis
