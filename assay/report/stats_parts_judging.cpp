#include <fmt/format.h>

#include "assay/records/names.hpp"
#include "assay/report/figures.hpp"
#include "assay/report/stats_figures.hpp"
#include "assay/report/stats_parts.hpp"

namespace assay::report {

Section dependence_section(const ComparisonAnalysis& a) {
    Section out{"Dependent verdicts"};
    Facts facts;
    if (a.questions) {
        const QuestionSummary& questions = *a.questions;
        facts.add("questions",
                  fmt::format("{}", questions.n),
                  fmt::format("with {:.3g} verdicts each; a question counts once, with their mean",
                              questions.verdicts_each));
        facts.add("ahead, even, behind",
                  fmt::format("{}, {}, {}", questions.n_won, questions.n_even, questions.n_lost),
                  questions.n_left_out == 0
                      ? ""
                      : fmt::format("{} with a verdict in fewer than half of their calls left out",
                                    questions.n_left_out));
    }
    if (a.these_questions) {
        facts.add("on exactly these questions",
                  points_with_interval(*a.these_questions),
                  "another claim than the decision's, which is about questions like them");
    }
    if (a.questions_like_these) {
        facts.add("for questions like these",
                  points_with_interval(*a.questions_like_these),
                  "another claim than the decision's, which is about exactly these questions");
    }
    if (a.clusters) {
        const ClusterSummary& clusters = *a.clusters;
        facts.add("clusters",
                  fmt::format("{}", clusters.n_clusters),
                  fmt::format("of at most {} questions, worth {:.4g} equal ones",
                              clusters.largest,
                              clusters.n_effective));
        facts.add(
            "design effect",
            clusters.design_effect ? fmt::format("{:.3g}", *clusters.design_effect) : "undefined",
            fmt::format("the variance is multiplied by {:.3g}", clusters.design_effect_used));
    }
    if (a.cluster_interval) {
        const Estimate& second = *a.cluster_interval;
        facts.add("net win rate, second way",
                  second.value ? points_with_interval(second) : second.why,
                  method_of(second));
    }
    out.add(std::move(facts));
    out.add(Paragraph{
        "These verdicts depend on each other: an interval that takes them as independent is "
        "refused."});
    if (a.clusters && !a.clusters->why.empty()) {
        out.add(Paragraph{foreign(a.clusters->why)});
    }
    return out;
}

Section position_section(const ComparisonAnalysis& a) {
    const Position& p = *a.position;
    const std::string as_if = a.both_orders ? ", as if independent; both orders are below" : "";
    Section out{"Position (verdicts of a judge; which answer was shown first)"};
    Facts facts;
    facts.add("variant first: W, L, T",
              counts_text(p.variant_first.wins, p.variant_first.losses, p.variant_first.ties),
              "");
    facts.add("variant second: W, L, T",
              counts_text(p.variant_second.wins, p.variant_second.losses, p.variant_second.ties),
              "");
    facts.add("won by first, by second",
              fmt::format("{}, {}", p.first_shown_wins, p.second_shown_wins),
              p.p_sign ? p_equals(*p.p_sign) + ", sign test" + as_if : "");
    facts.add("position bias, points",
              points_with_interval(p.bias),
              p.bias.low ? method_of(p.bias) + "; above 0 favours the first" : p.bias.why);
    facts.add("net win rate free of it",
              points_with_interval(p.net_stratified),
              p.net_stratified.low ? method_of(p.net_stratified) : p.net_stratified.why);
    if (p.p_fisher) {
        facts.add("same verdicts in both", p_equals(*p.p_fisher), p.p_fisher_method);
    }
    out.add(std::move(facts));
    out.add(
        Paragraph{"An interval that holds 0 means that no bias was seen, not that there is none."});
    return out;
}

Section both_orders_section(const BothOrders& b) {
    Section out{"Both orders of a question"};
    Facts facts;
    facts.add("questions in both orders",
              fmt::format("{}", b.n),
              b.n_one_order > 0
                  ? fmt::format("{} more have a verdict in one order only", b.n_one_order)
                  : "");
    facts.add("flipped",
              fmt::format("{}", b.n_flipped),
              rate_with_interval(b.flip_rate) + ", " + method_of(b.flip_rate));
    facts.add("primacy, recency flips",
              fmt::format("{}, {}", b.primacy_flips, b.recency_flips),
              b.p_primacy_vs_recency ? p_equals(*b.p_primacy_vs_recency) + ", sign test" : "");
    facts.add("agreement beyond chance", two_decimals(b.kappa), "Cohen's kappa of the two orders");
    facts.add("mean -1, -1/2, 0, 1/2, 1",
              fmt::format(
                  "{}, {}, {}, {}, {}", b.means[0], b.means[1], b.means[2], b.means[3], b.means[4]),
              "questions; the mean of the two verdicts is what counts");
    facts.add("conservative W, L, T",
              counts_text(b.conservative_wins, b.conservative_losses, b.conservative_ties),
              "MT-Bench: won in both orders, else a tie; never decided on");
    out.add(std::move(facts));
    return out;
}

Section confidence_section(const std::vector<ConfidenceRow>& rows) {
    Section out{"Confidence that the judge gave (not calibrated)"};
    Facts facts;
    for (const ConfidenceRow& row : rows) {
        const std::int64_t n = row.wins + row.losses + row.ties;
        facts.add(fmt::format("{}: W, L, T",
                              row.level == Confidence::kNone ? "none given" : name_of(row.level)),
                  counts_text(row.wins, row.losses, row.ties),
                  fmt::format(
                      "net {} points",
                      points(static_cast<double>(row.wins - row.losses) / static_cast<double>(n))));
    }
    out.add(std::move(facts));
    return out;
}

}  // namespace assay::report
