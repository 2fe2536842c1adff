#include "assay/analysis/evidence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "assay/stats/clusters.hpp"
#include "assay/stats/equivalence.hpp"

namespace assay::analysis {
namespace {

constexpr double kFewClusters = 15, kRounding = 1e-9;
/// One cluster that holds nearly everything leaves next to nothing; nothing is claimed then
/// (small_sample.hpp), and the interval stays a number.
constexpr double kLeastDf = 0.5;

std::string why_of(const ClusterSummary& summary) {
    std::string why;
    if (!summary.design_effect) {
        why = fmt::format(
            "the design effect is undefined as all verdicts are alike; the mean cluster size "
            "{:.2f} is used, as if "
            "verdicts within a cluster were always the same",
            summary.design_effect_used);
    }
    if (summary.n_effective < kFewClusters - kRounding) {
        why += fmt::format(
            "{}only {}: the interval is rough", why.empty() ? "" : "; ", clusters_text(summary));
        if (summary.p_sign_flip) {
            why += fmt::format("; the {} sign-flip test on the clusters' sums gives p = {:.4f}",
                               summary.p_sign_flip_method == "exact" ? "exact" : "approximate",
                               *summary.p_sign_flip);
        }
    }
    return why;
}

/// The sum of each cluster, as the sign-flip test wants it.
std::vector<double> sums_of(std::span<const stats::ClusterTotal> totals) {
    std::vector<double> sums;
    for (const stats::ClusterTotal& total : totals) {
        sums.insert(sums.end(), static_cast<std::size_t>(total.times), total.sum);
    }
    return sums;
}

/// A cluster's counted comparisons and the sum of their values.
struct ClusterSum {
    std::int32_t n = 0;
    std::int32_t sum = 0;
    auto operator<=>(const ClusterSum&) const = default;
};

/// Sorted and counted, so that no rounding depends on the order in which the outcomes came.
std::vector<stats::ClusterTotal> totals_of(std::span<const ClusterSum> clusters) {
    std::map<ClusterSum, std::int64_t> kinds;
    for (const ClusterSum& cluster : clusters) {
        if (cluster.n > 0) {
            ++kinds[cluster];
        }
    }
    std::vector<stats::ClusterTotal> out;
    for (const auto& [kind, times] : kinds) {
        out.push_back({kind.n, static_cast<double>(kind.sum), times});
    }
    return out;
}

void add_clusters(Evidence& evidence) {
    const std::span<const stats::ClusterTotal> totals = evidence.cluster_totals;
    if (std::all_of(totals.begin(), totals.end(), [](const auto& total) { return total.n == 1; })) {
        return;
    }
    const auto clustered = stats::cluster_mean(totals, sum_of_squares(evidence), 0.90);
    ClusterSummary summary;
    summary.n_clusters = clustered->n_clusters;
    summary.largest = clustered->largest;
    const double n = static_cast<double>(evidence.n());
    summary.n_effective = n / clustered->mean_cluster_size;
    summary.largest_share = static_cast<double>(summary.largest) / n;
    if (summary.n_clusters < 2) {
        evidence.why_not =
            "all comparisons belong to one cluster, so nothing shows how much clusters differ";
        summary.why = "one cluster: no interval is possible";
        evidence.clusters = summary;
        return;
    }
    summary.design_effect = clustered->design_effect;
    evidence.design_effect = stats::design_effect_to_use(*clustered);
    evidence.df = std::max(kLeastDf, summary.n_effective - 1);
    summary.design_effect_used = evidence.design_effect;
    if (const auto flip = stats::sign_flip_test(sums_of(totals))) {
        summary.p_sign_flip = flip->p_two;
        summary.p_sign_flip_method = flip->exact ? "exact" : "normal approximation";
    }
    summary.why = why_of(summary);
    evidence.clusters = summary;
}

}  // namespace

std::string clusters_text(const ClusterSummary& clusters) {
    const double lost = static_cast<double>(clusters.n_clusters) - clusters.n_effective;
    const std::string n = fmt::format(
        "{} {}", clusters.n_clusters, clusters.n_clusters == 1 ? "cluster" : "clusters");
    return lost < 0.05
               ? n
               : fmt::format(
                     "{} (of unequal size, worth {:.1f} equal ones)", n, clusters.n_effective);
}

std::string owner_of(const Outcome& outcome) {
    // A prefix keeps a cluster's name apart from a question's.
    return outcome.cluster ? "c" + *outcome.cluster : "q" + outcome.question_id;
}

namespace {

std::optional<int> value_of_failed(Failed failed) {
    switch (failed) {
        case Failed::kLeftOut: return std::nullopt;
        case Failed::kLosses: return -1;
        case Failed::kWins: return 1;
    }
    return std::nullopt;
}

}  // namespace

std::optional<int> value_of(OutcomeKind kind, Failed failed) {
    switch (kind) {
        case OutcomeKind::kWin: return 1;
        case OutcomeKind::kTie: return 0;
        case OutcomeKind::kLoss: return -1;
        case OutcomeKind::kInvalid:
        case OutcomeKind::kError:
        case OutcomeKind::kRefused:
        case OutcomeKind::kNoAnswerBaseline: return value_of_failed(failed);
        default: return std::nullopt;
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
    if (evidence.n() == 0) {
        evidence.why_not = "no comparison has a verdict";
    }
    return evidence;
}

Evidence evidence_of(std::span<const Outcome> outcomes, Failed failed) {
    return evidence_of(outcomes, Dependence(outcomes), failed);
}

Evidence evidence_of(std::span<const Outcome> outcomes,
                     const Dependence& dependence,
                     Failed failed) {
    std::int64_t wins = 0, losses = 0, n = 0, n_questions = 0;
    std::vector<bool> counted(dependence.n_questions, false);
    std::vector<ClusterSum> clusters(dependence.n_clusters);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        const auto value = value_of(outcomes[i].kind, failed);
        if (!value) {
            continue;
        }
        ++n;
        wins += *value > 0;
        losses += *value < 0;
        n_questions += !counted[dependence.question[i]];
        counted[dependence.question[i]] = true;
        ++clusters[dependence.cluster[i]].n;
        clusters[dependence.cluster[i]].sum += *value;
    }
    Evidence evidence = evidence_of_counts(wins, losses, n - wins - losses);
    if (n == 0) {
        return evidence;
    }
    evidence.per_question = static_cast<double>(n) / static_cast<double>(n_questions);
    evidence.cluster_totals = totals_of(clusters);
    add_clusters(evidence);
    return evidence;
}

double sum_of_squares(const Evidence& evidence) {
    const double wins = static_cast<double>(evidence.wins),
                 losses = static_cast<double>(evidence.losses);
    const double ties = static_cast<double>(evidence.ties),
                 mean = (wins - losses) / (wins + losses + ties);
    return wins * (1 - mean) * (1 - mean) + ties * mean * mean + losses * (1 + mean) * (1 + mean);
}

Estimate net_win_rate_of(const Evidence& evidence, double alpha) {
    Estimate out;
    out.confidence = 1 - 2 * alpha;
    out.n = evidence.n();
    out.method = "Tango score interval";
    if (evidence.clusters) {
        out.method = fmt::format(
            "effective-count score interval (clusters: {}, design effect {:.3g}, Student's t with "
            "{:.4g} degrees of freedom)",
            evidence.clusters->n_clusters,
            evidence.design_effect,
            evidence.df);
    }
    out.why = evidence.why_not;
    if (!out.why.empty()) {
        return out;
    }
    const auto interval = stats::deciding_interval(evidence.effective(), alpha, evidence.df);
    out.value = static_cast<double>(evidence.wins - evidence.losses) /
                static_cast<double>(evidence.n());
    out.low = interval->low;
    out.high = interval->high;
    return out;
}

}  // namespace assay::analysis
