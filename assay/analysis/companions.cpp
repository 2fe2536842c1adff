#include "assay/analysis/companions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "assay/analysis/decide.hpp"
#include "assay/analysis/small_sample.hpp"
#include "assay/analysis/tally.hpp"
#include "assay/stats/bayes.hpp"
#include "assay/stats/bootstrap.hpp"
#include "assay/stats/equivalence.hpp"
#include "assay/stats/exact.hpp"
#include "assay/stats/sample_size.hpp"

namespace assay::analysis {
namespace {

constexpr const char*
    kDependent = "it takes the comparisons as independent, and these come in clusters";

DecisiveTost decisive_tost_of(const Evidence& evidence, double margin) {
    const stats::BinomialTost tost = stats::tost_binomial_decisive(
        evidence.wins, evidence.losses, margin);
    DecisiveTost out{tost.p_lower, tost.p_upper, tost.p_tost, std::nullopt, ""};
    const double decisive = static_cast<double>(evidence.wins + evidence.losses);
    if (decisive > 0) {
        out.same_margin = margin * static_cast<double>(evidence.n()) / (2 * decisive);
    }
    if (evidence.clusters) {
        out.why = kDependent;
    }
    return out;
}

ExactTost exact_tost_of(const Evidence& evidence, double margin) {
    ExactTost out;
    if (evidence.n() == 0) {
        out.why = evidence.why_not;
    } else if (evidence.clusters) {
        out.why = kDependent;
    } else if (evidence.n() >= kExactTostBelow) {
        out.why = fmt::format(
            "given below {} comparisons; from there on the score test is close to it",
            kExactTostBelow);
    } else {
        // H0: net >= margin is H0: net <= -margin with wins and losses exchanged.
        out.p_lower = stats::exact_unconditional_noninferiority(
            evidence.wins, evidence.losses, evidence.n(), margin);
        out.p_upper = stats::exact_unconditional_noninferiority(
            evidence.losses, evidence.wins, evidence.n(), margin);
        out.p_tost = std::max(*out.p_lower, *out.p_upper);
    }
    return out;
}

void add_posteriors(Companions& out, const Evidence& evidence, double margin) {
    if (!evidence.why_not.empty()) {
        out.posteriors_why = evidence.why_not;
        return;
    }
    if (evidence.design_effect > 1) {
        out.posteriors_why = fmt::format("the counts are divided by the design effect {:.3g}",
                                         evidence.design_effect);
    }
    const stats::NetCounts counts = evidence.effective();
    for (const double prior : {1.0, 0.5}) {
        const auto net = stats::dirichlet_net({counts.wins + prior,
                                               counts.n - counts.wins - counts.losses + prior,
                                               counts.losses + prior},
                                              margin);
        out.posteriors.push_back({prior,
                                  net->p_equivalent,
                                  net->p_noninferior,
                                  net->p_better,
                                  net->mean,
                                  net->low95,
                                  net->high95});
    }
}

Estimate cluster_interval_of(const Evidence& evidence, double alpha) {
    Estimate out;
    out.confidence = 1 - 2 * alpha;
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

/// Wins, losses and ties of which k were moved from one to another.
Evidence moved(const Evidence& evidence,
               std::int64_t k,
               std::int64_t Evidence::*from,
               std::int64_t Evidence::*to) {
    Evidence out = evidence;
    out.*from -= k;
    out.*to += k;
    return out;
}

/// The label of the deciding interval and, of a small sample, the exact test (`exact`: made once
/// for all moves).
DecisionLabel label_after(const Evidence& evidence,
                          const std::optional<ExactTests>& exact,
                          const AnalysisSettings& settings) {
    const auto interval = stats::deciding_interval(
        evidence.effective(), settings.alpha, evidence.df);
    const DecisionLabel label = label_of(
        stats::region_of(interval->low, interval->high, settings.margin));
    return label_with(
        exact ? std::optional(exact->of(evidence)) : std::nullopt, label, settings.alpha);
}

/// Moving verdicts one way moves both limits one way, and a label that was left does not come back:
/// bisection finds the first change. Dependent comparisons keep their design effect.
LabelFlip flip_of(const Evidence& evidence,
                  const std::function<DecisionLabel(const Evidence&)>& label_of_moved,
                  std::int64_t Evidence::*from,
                  std::int64_t Evidence::*to,
                  const char* change) {
    const auto after = [&](std::int64_t k) { return label_of_moved(moved(evidence, k, from, to)); };
    const DecisionLabel now = after(0);
    LabelFlip out;
    out.change = change;
    std::int64_t same = 0, other = evidence.*from;
    if (after(other) == now) {
        return out;
    }
    while (other - same > 1) {
        const std::int64_t middle = same + (other - same) / 2;
        (after(middle) == now ? same : other) = middle;
    }
    out.n = other;
    out.label = after(other);
    return out;
}

Outlook outlook_of(const Evidence& evidence,
                   DecisionLabel decided,
                   const AnalysisSettings& settings) {
    Outlook out;
    if (!evidence.why_not.empty()) {
        return out;
    }
    const auto interval = stats::deciding_interval(
        evidence.effective(), settings.alpha, evidence.df);
    const auto n_exact = exact_test_size(evidence);
    if (!n_exact) {  // else the interval alone does not say it
        out.smallest_margin_equivalent = std::max(std::abs(interval->low),
                                                  std::abs(interval->high));
        out.smallest_margin_noninferior = std::max(0.0, -interval->low);
    }
    out.n_more_if_observed = further_questions(evidence, settings, interval->estimate);
    if (decided == DecisionLabel::kNotMeasured) {
        return out;
    }
    std::optional<ExactTests> exact;
    if (n_exact) {
        exact.emplace(*n_exact, settings.margin);
    }
    const auto label = [&](const Evidence& other) { return label_after(other, exact, settings); };
    out.flips = {flip_of(evidence, label, &Evidence::losses, &Evidence::ties, "losses_to_ties"),
                 flip_of(evidence, label, &Evidence::ties, &Evidence::wins, "ties_to_wins"),
                 flip_of(evidence, label, &Evidence::wins, &Evidence::ties, "wins_to_ties"),
                 flip_of(evidence, label, &Evidence::ties, &Evidence::losses, "ties_to_losses")};
    return out;
}

/// `deciding`: the evidence that the label rests on, with failed
/// verdicts as losses where there are too many of them.
Companions companions_of(const Evidence& evidence,
                         const Evidence& deciding,
                         const ComparisonAnalysis& analysis,
                         const AnalysisSettings& settings) {
    Companions out;
    out.decisive_tost = decisive_tost_of(evidence, settings.margin);
    out.exact_tost = exact_tost_of(evidence, settings.margin);
    add_posteriors(out, evidence, settings.margin);
    if (evidence.clusters) {
        out.cluster_interval = cluster_interval_of(evidence, settings.alpha);
    }
    out.outlook = outlook_of(deciding, analysis.decision.label, settings);
    return out;
}

}  // namespace

void add_companions(ComparisonAnalysis& analysis,
                    std::span<const Outcome> outcomes,
                    const Dependence& dependence,
                    const AnalysisSettings& settings) {
    const Evidence evidence = evidence_of(outcomes, dependence, false);
    analysis.companions = companions_of(
        evidence,
        worst_case_decides(analysis.counts) ? evidence_of(outcomes, dependence, true) : evidence,
        analysis,
        settings);
}

void add_companions(ComparisonAnalysis& analysis, const AnalysisSettings& settings) {
    const Counts& counts = analysis.counts;
    const Evidence evidence = evidence_of_counts(counts.wins, counts.losses, counts.ties);
    analysis.companions = companions_of(evidence, evidence, analysis, settings);
}

}  // namespace assay::analysis
