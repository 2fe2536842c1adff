#include "assay/analysis/evidence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "assay/analysis/panel_mean.hpp"
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

/// What a question gives to its cluster.
struct Member {
    std::uint32_t cluster = 0;
    double mean = 0;
    QuestionVerdicts verdicts;
    auto operator<=>(const Member&) const = default;
};

/// Observations and their sum.
using Total = std::pair<std::int64_t, double>;

Total of_means(const Member& question) {
    return {1, question.mean};
}
Total of_verdicts(const Member& question) {
    const QuestionVerdicts& verdicts = question.verdicts;
    return {verdicts.n(), verdicts.wins - verdicts.losses};
}

/// Of each cluster what its questions give. Sorted and counted, so that no rounding depends on the
/// order in which the outcomes came.
std::vector<stats::ClusterTotal> totals_of(std::span<const Member> sorted,
                                           Total (*given)(const Member&)) {
    std::map<Total, std::int64_t> kinds;
    for (std::size_t i = 0; i < sorted.size();) {
        Total total{0, 0};
        const std::uint32_t cluster = sorted[i].cluster;
        for (; i < sorted.size() && sorted[i].cluster == cluster; ++i) {
            const auto [n, sum] = given(sorted[i]);
            total.first += n;
            total.second += sum;
        }
        ++kinds[total];
    }
    std::vector<stats::ClusterTotal> out;
    for (const auto& [kind, times] : kinds) {
        out.push_back({kind.first, kind.second, times});
    }
    return out;
}

/// Sum over the verdicts of (value - mean)^2.
double squares_of_verdicts(const Evidence& evidence) {
    const double wins = static_cast<double>(evidence.wins),
                 losses = static_cast<double>(evidence.losses);
    const double ties = static_cast<double>(evidence.ties),
                 mean = (wins - losses) / (wins + losses + ties);
    return wins * (1 - mean) * (1 - mean) + ties * mean * mean + losses * (1 + mean) * (1 + mean);
}

/// A sum of half units is exact, and such sums only are what the sign-flip test takes.
void add_sign_flip(std::span<const stats::ClusterTotal> totals,
                   std::optional<double>& p,
                   std::string& method) {
    if (const auto flip = stats::sign_flip_test(sums_of(totals))) {
        p = flip->p_two;
        method = flip->exact ? "exact" : "normal approximation";
    }
}

void add_clusters(Evidence& evidence) {
    const std::span<const stats::ClusterTotal> totals = evidence.cluster_totals;
    if (std::all_of(totals.begin(), totals.end(), [](const auto& total) { return total.n == 1; })) {
        return;
    }
    const auto clustered = stats::cluster_mean(
        totals, stats::squares_of(evidence.questions.values), 0.90);
    ClusterSummary summary;
    summary.n_clusters = clustered->n_clusters;
    summary.largest = clustered->largest;
    const double n = static_cast<double>(evidence.n_questions);
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
    evidence.questions.design_effect = stats::design_effect_to_use(*clustered);
    evidence.questions.df = std::max(kLeastDf, summary.n_effective - 1);
    summary.design_effect_used = evidence.questions.design_effect;
    add_sign_flip(totals, summary.p_sign_flip, summary.p_sign_flip_method);
    summary.why = why_of(summary);
    evidence.clusters = summary;
}

/// Wins, ties, losses and the means follow from the kinds.
void add_counts(Evidence& evidence) {
    evidence.wins = evidence.ties = evidence.losses = evidence.n_questions = 0;
    std::map<double, std::int64_t> means;
    for (const auto& [verdicts, times] : evidence.kinds) {
        evidence.wins += times * verdicts.wins;
        evidence.ties += times * verdicts.ties;
        evidence.losses += times * verdicts.losses;
        evidence.n_questions += times;
        evidence.several_verdicts |= verdicts.n() > 1;
        means[verdicts.mean()] += times;
    }
    evidence.questions.values.clear();
    for (const auto& [mean, count] : means) {
        evidence.questions.values.push_back({mean, count});
    }
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

std::int64_t Evidence::count_of(std::int32_t QuestionVerdicts::*verdicts) const {
    std::int64_t count = 0;
    for (const QuestionKind& kind : kinds) {
        count += kind.times * (kind.verdicts.*verdicts);
    }
    return count;
}

stats::NetCounts Evidence::effective() const {
    return stats::effective(stats::net_counts(wins, losses, ties), verdict_design_effect);
}

void QuestionVerdicts::move(std::int32_t n_moved,
                            std::int32_t QuestionVerdicts::*from,
                            std::int32_t QuestionVerdicts::*to) {
    const double before = plain_mean();
    this->*from -= n_moved;
    this->*to += n_moved;
    if (panel_mean) {
        panel_mean = std::clamp(*panel_mean + plain_mean() - before, -1.0, 1.0);
    }
}

void add(QuestionVerdicts& question, OutcomeKind kind, Failed failed) {
    question.calls += kind != OutcomeKind::kNotJudged;
    if (const auto value = value_of(kind, failed)) {
        question.wins += *value > 0;
        question.ties += *value == 0;
        question.losses += *value < 0;
    }
}

std::vector<QuestionVerdicts> verdicts_by_question(std::span<const Outcome> outcomes,
                                                   const Dependence& dependence,
                                                   Failed failed) {
    std::vector<QuestionVerdicts> out(dependence.n_questions);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        add(out[dependence.question[i]], outcomes[i].kind, failed);
    }
    if (is_of_panel(outcomes)) {
        std::vector<std::optional<int>> values;
        for (const Outcome& outcome : outcomes) {
            values.push_back(value_of(outcome.kind, failed));
        }
        const std::vector<PanelMean> means = panel_means(outcomes, dependence, values);
        for (std::size_t q = 0; q < out.size(); ++q) {
            out[q].panel_mean = means[q].mean;
            out[q].enough_judges = means[q].enough_judges;
        }
    }
    return out;
}

Evidence evidence_of_counts(std::int64_t wins, std::int64_t losses, std::int64_t ties) {
    Evidence evidence;
    const auto kind = [&](QuestionVerdicts verdicts, std::int64_t times) {
        if (times > 0) {
            verdicts.calls = 1;
            evidence.kinds.push_back({verdicts, times});
        }
    };
    kind({.losses = 1}, losses);
    kind({.ties = 1}, ties);
    kind({.wins = 1}, wins);
    add_counts(evidence);
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
    const std::vector<QuestionVerdicts> questions = verdicts_by_question(
        outcomes, dependence, failed);
    std::vector<std::uint32_t> cluster(dependence.n_questions);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        cluster[dependence.question[i]] = dependence.cluster[i];
    }
    Evidence evidence;
    std::map<QuestionVerdicts, std::int64_t> kinds;
    std::vector<Member> members;
    for (std::size_t i = 0; i < questions.size(); ++i) {
        const QuestionVerdicts& verdicts = questions[i];
        if (!verdicts.counts()) {
            evidence.n_left_out += verdicts.n() > 0;
            continue;
        }
        ++kinds[verdicts];
        members.push_back({cluster[i], verdicts.mean(), verdicts});
    }
    for (const auto& [verdicts, times] : kinds) {
        evidence.kinds.push_back({verdicts, times});
    }
    add_counts(evidence);
    if (members.empty()) {
        evidence.why_not = evidence.n_left_out > 0
                               ? "no question has a verdict in at least half of its calls"
                               : "no comparison has a verdict";
        return evidence;
    }
    std::sort(members.begin(), members.end());
    evidence.cluster_totals = totals_of(members, of_means);
    if (evidence.several_verdicts) {
        evidence.questions.df = static_cast<double>(evidence.n_questions - 1);
    }
    add_clusters(evidence);
    if (evidence.n_questions < 2 && evidence.several_verdicts) {
        evidence.why_not =
            "all verdicts are of one question, so nothing shows how much questions "
            "differ";
    }
    if (evidence.dependent() && evidence.why_not.empty()) {
        evidence.verdict_design_effect = stats::design_effect_to_use(*stats::cluster_mean(
            totals_of(members, of_verdicts), squares_of_verdicts(evidence), 0.90));
    }
    return evidence;
}

Evidence with_kinds(const Evidence& evidence, std::vector<QuestionKind> kinds) {
    Evidence out = evidence;
    out.kinds = std::move(kinds);
    add_counts(out);
    return out;
}

std::optional<QuestionSummary> question_summary_of(const Evidence& evidence) {
    if (!evidence.several_verdicts) {
        return std::nullopt;
    }
    QuestionSummary out;
    out.n = evidence.n_questions;
    out.n_left_out = evidence.n_left_out;
    out.verdicts_each = static_cast<double>(evidence.n()) /
                        static_cast<double>(evidence.n_questions);
    std::vector<stats::ClusterTotal> totals;
    for (const auto& [mean, count] : evidence.questions.values) {
        out.n_won += mean > 0 ? count : 0;
        out.n_even += mean == 0 ? count : 0;
        out.n_lost += mean < 0 ? count : 0;
        totals.push_back({1, mean, count});
    }
    if (!evidence.clusters) {
        add_sign_flip(totals, out.p_sign_flip, out.p_sign_flip_method);
    }
    return out;
}

namespace {

std::string method_of(const Evidence& evidence) {
    if (!evidence.dependent()) {
        return "Tango score interval";
    }
    const std::string student = fmt::format("Student's t with {:.4g} degrees of freedom",
                                            evidence.questions.df);
    if (!evidence.clusters) {
        return fmt::format(
            "question score interval ({} questions with {:.3g} verdicts each, {})",
            evidence.n_questions,
            static_cast<double>(evidence.n()) / static_cast<double>(evidence.n_questions),
            student);
    }
    return fmt::format("{} score interval (clusters: {}, design effect {:.3g}, {})",
                       evidence.several_verdicts ? "question" : "effective-count",
                       evidence.clusters->n_clusters,
                       evidence.questions.design_effect,
                       student);
}

}  // namespace

Estimate net_win_rate_of(const Evidence& evidence, double alpha) {
    Estimate out;
    out.confidence = 1 - 2 * alpha;
    out.n = evidence.n_questions;
    out.method = method_of(evidence);
    out.why = evidence.why_not;
    if (!out.why.empty()) {
        return out;
    }
    const auto interval = stats::deciding_interval(evidence.questions, alpha);
    out.value = stats::mean_of(evidence.questions.values);
    out.low = interval->low;
    out.high = interval->high;
    return out;
}

}  // namespace assay::analysis
