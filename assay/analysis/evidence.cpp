#include "assay/analysis/evidence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "assay/stats/clusters.hpp"
#include "assay/stats/equivalence.hpp"

namespace assay::analysis {
namespace {

constexpr std::int64_t kFewClusters = 15;

/// One counted comparison: who it depends on, and +1, 0 or -1.
struct Observation {
    std::string cluster;
    int value = 0;
    auto operator<=>(const Observation&) const = default;
};

/// Sorted, so that no rounding depends on the order in which the outcomes came.
std::vector<Observation> observations_of(std::span<const Outcome> outcomes, bool failed_as_losses) {
    std::vector<Observation> out;
    for (const Outcome& outcome : outcomes) {
        const auto value = value_of(outcome.kind, failed_as_losses);
        if (!value) continue;
        out.push_back({owner_of(outcome), *value});
    }
    std::sort(out.begin(), out.end());
    return out;
}

std::string why_of(const ClusterSummary& summary, bool flip_is_exact) {
    std::string why;
    if (!summary.design_effect) {
        why = fmt::format(
            "the design effect is undefined as all verdicts are alike; the mean cluster size {:.2f} is used, as if "
            "verdicts within a cluster were always the same",
            summary.design_effect_used);
    }
    if (summary.n_clusters < kFewClusters) {
        why += fmt::format("{}only {} clusters: the interval is rough", why.empty() ? "" : "; ", summary.n_clusters);
        if (summary.p_sign_flip) {
            why += fmt::format("; the {} sign-flip test on the clusters' sums gives p = {:.4f}",
                               flip_is_exact ? "exact" : "approximate", *summary.p_sign_flip);
        }
    }
    return why;
}

void add_clusters(Evidence& evidence, const std::vector<Observation>& observations) {
    std::vector<double> y, sums;
    std::vector<std::int64_t> labels;
    for (std::size_t i = 0; i < observations.size(); ++i) {
        if (i == 0 || observations[i].cluster != observations[i - 1].cluster) sums.push_back(0);
        sums.back() += observations[i].value;
        y.push_back(observations[i].value);
        labels.push_back(static_cast<std::int64_t>(sums.size()));
    }
    if (sums.size() == y.size()) return;  // every comparison is its own cluster
    const auto clustered = stats::cluster_mean(y, labels, 0.90);
    ClusterSummary summary;
    summary.n_clusters = clustered->n_clusters;
    summary.largest = clustered->largest;
    if (summary.n_clusters < 2) {
        evidence.why_not = "all comparisons belong to one cluster, so nothing shows how much clusters differ";
        summary.why = "one cluster: no interval is possible";
        evidence.clusters = summary;
        return;
    }
    summary.design_effect = clustered->design_effect;
    evidence.design_effect = stats::design_effect_to_use(*clustered);
    evidence.df = static_cast<double>(summary.n_clusters - 1);
    summary.design_effect_used = evidence.design_effect;
    const auto flip = stats::sign_flip_test(sums);
    if (flip) summary.p_sign_flip = flip->p_two;
    summary.why = why_of(summary, flip && flip->exact);
    evidence.clusters = summary;
}

}  // namespace

std::string owner_of(const Outcome& outcome) {
    // A prefix keeps a cluster's name apart from a question's.
    return outcome.cluster ? "c" + *outcome.cluster : "q" + outcome.question_id;
}

std::optional<int> value_of(OutcomeKind kind, bool failed_as_losses) {
    switch (kind) {
        case OutcomeKind::kWin:
            return 1;
        case OutcomeKind::kTie:
            return 0;
        case OutcomeKind::kLoss:
            return -1;
        case OutcomeKind::kInvalid:
        case OutcomeKind::kError:
        case OutcomeKind::kRefused:
            if (failed_as_losses) return -1;
            return std::nullopt;
        default:
            return std::nullopt;
    }
}

stats::NetCounts Evidence::effective() const {
    return stats::effective(stats::net_counts(wins, losses, ties), design_effect);
}

Evidence evidence_of_counts(std::int64_t wins, std::int64_t losses, std::int64_t ties) {
    Evidence evidence;
    evidence.wins = wins;
    evidence.losses = losses;
    evidence.ties = ties;
    if (evidence.n() == 0) evidence.why_not = "no comparison has a verdict";
    return evidence;
}

Evidence evidence_of(std::span<const Outcome> outcomes, bool failed_as_losses) {
    const std::vector<Observation> observations = observations_of(outcomes, failed_as_losses);
    std::int64_t wins = 0, losses = 0;
    for (const Observation& observation : observations) {
        if (observation.value > 0) ++wins;
        if (observation.value < 0) ++losses;
    }
    Evidence evidence =
        evidence_of_counts(wins, losses, static_cast<std::int64_t>(observations.size()) - wins - losses);
    if (!observations.empty()) add_clusters(evidence, observations);
    return evidence;
}

Estimate net_win_rate_of(const Evidence& evidence, double alpha) {
    Estimate out;
    out.confidence = 1 - 2 * alpha;
    out.n = evidence.n();
    out.method = "Tango score interval";
    if (evidence.clusters) {
        out.method = fmt::format(
            "effective-count score interval (clusters: {}, design effect {:.3g}, Student's t with {} degrees of "
            "freedom)",
            evidence.clusters->n_clusters, evidence.design_effect, evidence.clusters->n_clusters - 1);
    }
    out.why = evidence.why_not;
    if (!out.why.empty()) return out;
    const auto interval = stats::deciding_interval(evidence.effective(), alpha, evidence.df);
    out.value = static_cast<double>(evidence.wins - evidence.losses) / static_cast<double>(evidence.n());
    out.low = interval->low;
    out.high = interval->high;
    return out;
}

}  // namespace assay::analysis
