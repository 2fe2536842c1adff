#include "assay/analysis/cluster_interval.hpp"

#include <fmt/format.h>

#include "assay/stats/bootstrap.hpp"
#include "assay/stats/clusters.hpp"

namespace assay::analysis {

Estimate cluster_interval_of(const Evidence& evidence, double confidence) {
    Estimate out;
    out.confidence = confidence;
    out.n = evidence.n_questions;
    out.why = evidence.why_not;
    if (!out.why.empty()) {
        out.method = "bootstrap of clusters";
        return out;
    }
    std::optional<stats::Interval> interval;
    const char* const units = evidence.clusters ? "clusters" : "questions";
    const std::int64_t n_units = evidence.clusters ? evidence.clusters->n_clusters
                                                   : evidence.n_questions;
    if (n_units <= kBootstrapClusters) {
        const stats::Resampling resampling;
        out.method = fmt::format("BCa bootstrap of {} {}, {} resamples, seed {}",
                                 n_units,
                                 units,
                                 resampling.n_resamples,
                                 resampling.seed);
        if (const auto bca = stats::bca_clustered(
                evidence.cluster_totals, out.confidence, resampling)) {
            interval = bca->interval;
        }
    } else {
        out.method = fmt::format(
            "CR1 standard error and Student's t (more than {} {})", kBootstrapClusters, units);
        interval = stats::cluster_mean(evidence.cluster_totals,
                                       stats::squares_of(evidence.questions.values),
                                       out.confidence)
                       ->interval;
    }
    if (!interval) {
        out.why = fmt::format("all {} are alike, so that resampling them shows no spread", units);
        return out;
    }
    out.value = stats::mean_of(evidence.questions.values);
    out.low = interval->low;
    out.high = interval->high;
    return out;
}

void add_cluster_interval(ComparisonAnalysis& analysis,
                          std::span<const Outcome> outcomes,
                          const Dependence& dependence) {
    const bool stopped_early = analysis.stopping && analysis.stopping->leaves_some_out();
    // It is about questions like these.
    if (!dependent(analysis) || stopped_early || analysis.decision.on_these_questions) {
        return;
    }
    const Evidence evidence = evidence_of(outcomes, dependence, Failed::kLeftOut);
    if (evidence.dependent()) {
        analysis.cluster_interval = cluster_interval_of(evidence, analysis.net_win_rate.confidence);
    }
}

}  // namespace assay::analysis
