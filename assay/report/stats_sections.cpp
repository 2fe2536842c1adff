#include "assay/report/stats_sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "assay/base/text.hpp"
#include "assay/records/names.hpp"
#include "assay/report/figures.hpp"

namespace assay::report {
namespace {

std::string method_of(const Estimate& estimate) {
    return fmt::format("{}, {}", estimate.method, confidence_level(estimate.confidence));
}

std::string in_points(double share) {
    return fmt::format("{:.6g}", 100 * share);
}

std::string distance_words(const std::optional<double>& value) {
    if (!value) {
        return "undefined";
    }
    return 100 * *value >= 0.995 ? fmt::format("{:.1f} points", 100 * *value)
                                 : fmt::format("{:.2g} points", 100 * *value);
}

std::string p_text(double p) {
    return p < 0.0001 ? "p < 0.0001" : fmt::format("p = {:.4f}", p);
}

std::string p_text(const std::optional<double>& p) {
    return p ? p_text(*p) : std::string(kNotMeasured);
}

std::string two_decimals(const std::optional<double>& value) {
    if (!value) {
        return "undefined";
    }
    return std::abs(*value) < 0.005 ? "0.00" : fmt::format("{:.2f}", *value);
}

std::string counts_text(std::int64_t wins, std::int64_t losses, std::int64_t ties) {
    return fmt::format("{}, {}, {}", wins, losses, ties);
}

StatsSection counts_section(const ComparisonAnalysis& a) {
    const Counts& c = a.counts;
    const std::int64_t decisive = c.wins + c.losses, failed = c.invalid + c.errors + c.refused;
    StatsSection out{"Counts, of the variant against the baseline", {}, {}};
    out.rows.push_back({"wins, losses, ties", counts_text(c.wins, c.losses, c.ties), ""});
    out.rows.push_back(
        {"together",
         fmt::format("{}", c.n),
         c.n > 0 ? fmt::format("{} decisive ({})", decisive, percent_of(decisive, c.n)) : ""});
    if (c.identical > 0) {
        out.rows.push_back({"identical answers", fmt::format("{}", c.identical), "among the ties"});
    }
    if (c.no_answer_variant > 0) {
        out.rows.push_back({"no answer of the variant",
                            fmt::format("{}", c.no_answer_variant),
                            "among the losses"});
    }
    if (failed > 0) {
        out.rows.push_back({"without a usable verdict",
                            fmt::format("{}", failed),
                            fmt::format("{} invalid, {} error, {} refused: never ties; {} of all",
                                        c.invalid,
                                        c.errors,
                                        c.refused,
                                        rate_with_interval(a.failure_rate))});
    }
    if (c.not_judged > 0) {
        out.rows.push_back({"not judged", fmt::format("{}", c.not_judged), ""});
    }
    if (c.no_answer_baseline > 0) {
        out.rows.push_back(
            {"no answer of the baseline", fmt::format("{}", c.no_answer_baseline), "left out"});
    }
    return out;
}

/// A rate among decisive verdicts. Wilson's interval takes them as independent, so with clusters it
/// is not shown.
StatsRow decisive_row(const char* name, const Estimate& rate, bool clustered) {
    if (!rate.value) {
        return {name, rate_with_interval(rate), ""};
    }
    if (clustered) {
        return {name, percent(*rate.value), "no interval: the verdicts depend on each other"};
    }
    return {name, rate_with_interval(rate), method_of(rate)};
}

StatsSection estimates_section(const ComparisonAnalysis& a) {
    StatsSection out{"Estimates", {}, {}};
    out.rows.push_back({"net win rate, points",
                        points_with_interval(a.net_win_rate),
                        method_of(a.net_win_rate) + ": this decides"});
    out.rows.push_back({"score, (wins + ties/2) / n",
                        rate_with_interval(a.score),
                        "the same interval as a share"});
    out.rows.push_back(
        decisive_row("win rate, decisive", a.win_rate_decisive, a.clusters.has_value()));
    out.rows.push_back(
        decisive_row("loss rate, decisive", a.loss_rate_decisive, a.clusters.has_value()));
    if (a.graded_net_win_rate) {
        out.rows.push_back({"graded net win rate, points",
                            points_with_interval(*a.graded_net_win_rate),
                            method_of(*a.graded_net_win_rate) + "; does not decide"});
    }
    return out;
}

StatsSection difference_section(const ComparisonAnalysis& a) {
    const std::string remark = a.clusters ? "as if the verdicts were independent" : "";
    StatsSection out{"Is there a difference? (a large p does not show that there is none)", {}, {}};
    if (a.clusters && a.clusters->p_sign_flip) {
        out.rows.push_back({"sign-flip test, clusters",
                            p_text(*a.clusters->p_sign_flip),
                            a.clusters->p_sign_flip_method});
    }
    out.rows.push_back({"sign test, exact", p_text(a.sign_test.exact), remark});
    out.rows.push_back({"sign test, mid-p", p_text(a.sign_test.mid_p), remark});
    out.rows.push_back({"sign test, normal",
                        p_text(a.sign_test.normal_corrected),
                        "McNemar, continuity-corrected" + (remark.empty() ? "" : "; " + remark)});
    out.rows.push_back(
        {"effect size |2p - 1|", two_decimals(a.effect_size.abs_2p_minus_1), a.effect_size.why});
    out.rows.push_back({"Cohen's h against 1/2", two_decimals(a.effect_size.cohens_h), ""});
    return out;
}

StatsSection detectable_section(const DetectableEffect& mde) {
    StatsSection out{
        fmt::format("Smallest true effect that this many comparisons show ({} power, two-sided {})",
                    confidence_level(mde.power),
                    confidence_level(mde.alpha)),
        {},
        {}};
    out.rows.push_back({"decisive win rate",
                        distance_words(mde.decisive_win_rate),
                        mde.decisive_win_rate ? "away from 50 %, exact sign test" : ""});
    out.rows.push_back({"net win rate", distance_words(mde.net), mde.net ? mde.method : ""});
    if (!mde.why.empty()) {
        out.paragraphs.push_back(mde.why);
    }
    return out;
}

StatsSection equivalence_section(const ComparisonAnalysis& a) {
    const std::string size = in_points(a.decision.margin);
    const std::string test = a.clusters ? "one-sided score test (effective counts)"
                                        : "one-sided score test (Tango)";
    StatsSection out{fmt::format("Is it as good, within {} points?", size), {}, {}};
    out.rows.push_back({"above -" + size + " points", p_text(a.tost.p_lower), test});
    out.rows.push_back({"below +" + size + " points", p_text(a.tost.p_upper), test});
    out.rows.push_back(
        {"both (TOST)", p_text(a.tost.p_tost), fmt::format("alpha {:.6g}", a.decision.alpha)});
    if (!a.companions) {
        return out;
    }
    const Companions& c = *a.companions;
    if (c.exact_tost.p_tost) {
        out.rows.push_back({"both, exact",
                            p_text(*c.exact_tost.p_tost),
                            fmt::format("unconditional; above {}, below {}",
                                        p_text(c.exact_tost.p_lower),
                                        p_text(c.exact_tost.p_upper))});
    }
    if (c.decisive_tost.same_margin) {
        std::string remark = fmt::format("exact binomial; {} net points are {} points here",
                                         size,
                                         fmt::format("{:.1f}", 100 * *c.decisive_tost.same_margin));
        if (!c.decisive_tost.why.empty()) {
            remark += "; as if independent";
        }
        out.rows.push_back(
            {fmt::format("decisive, 50 % ± {}", size), p_text(c.decisive_tost.p_tost), remark});
    }
    return out;
}

StatsSection bayes_section(const Companions& c, double margin) {
    StatsSection out{fmt::format("Bayesian companion ({})", kBayesStatus), {}, {}};
    const std::string size = in_points(margin);
    for (const Posterior& p : c.posteriors) {
        const std::string prior = p.prior == 1 ? "1" : "1/2";
        out.rows.push_back({fmt::format("prior {0}, {0}, {0}", prior),
                            fmt::format("P(within ±{}) = {:.3f}", size, p.p_equivalent),
                            fmt::format("above -{}: {:.3f}, better: {:.3f}; 95 % credible {} to {}",
                                        size,
                                        p.p_noninferior,
                                        p.p_better,
                                        points(p.low),
                                        points(p.high))});
    }
    if (!c.posteriors_why.empty() && !c.posteriors.empty()) {
        out.paragraphs.push_back(c.posteriors_why);
    }
    return out;
}

StatsSection dependence_section(const ComparisonAnalysis& a) {
    const ClusterSummary& clusters = *a.clusters;
    StatsSection out{"Dependent verdicts", {}, {}};
    out.rows.push_back({"clusters",
                        fmt::format("{}", clusters.n_clusters),
                        fmt::format("of at most {} verdicts; a question in both orders is one",
                                    clusters.largest)});
    out.rows.push_back(
        {"design effect",
         clusters.design_effect ? fmt::format("{:.3g}", *clusters.design_effect) : "undefined",
         fmt::format("counts are divided by {:.3g}", clusters.design_effect_used)});
    if (a.companions && a.companions->cluster_interval) {
        const Estimate& second = *a.companions->cluster_interval;
        out.rows.push_back({"net win rate, second way",
                            second.value ? points_with_interval(second) : second.why,
                            method_of(second)});
    }
    out.paragraphs.emplace_back(
        "These verdicts depend on each other: an interval that takes them as independent is "
        "refused.");
    if (!clusters.why.empty()) {
        out.paragraphs.push_back(clusters.why);
    }
    return out;
}

StatsSection position_section(const ComparisonAnalysis& a) {
    const Position& p = *a.position;
    const std::string as_if = a.both_orders ? "as if independent; both orders are below" : "";
    StatsSection out{"Position (verdicts of a judge; which answer was shown first)", {}, {}};
    out.rows.push_back(
        {"variant first: W, L, T",
         counts_text(p.variant_first.wins, p.variant_first.losses, p.variant_first.ties),
         ""});
    out.rows.push_back(
        {"variant second: W, L, T",
         counts_text(p.variant_second.wins, p.variant_second.losses, p.variant_second.ties),
         ""});
    out.rows.push_back(
        {"won by first, by second",
         fmt::format("{}, {}", p.first_shown_wins, p.second_shown_wins),
         p.p_sign ? p_text(*p.p_sign) + (as_if.empty() ? ", sign test" : ", sign test, " + as_if)
                  : ""});
    out.rows.push_back(
        {"position bias, points",
         points_with_interval(p.bias),
         p.bias.low ? method_of(p.bias) + "; above 0 favours the first" : p.bias.why});
    out.rows.push_back({"net win rate free of it",
                        points_with_interval(p.net_stratified),
                        p.net_stratified.low ? method_of(p.net_stratified) : p.net_stratified.why});
    if (p.p_fisher) {
        out.rows.push_back({"same verdicts in both", p_text(*p.p_fisher), p.p_fisher_method});
    }
    out.paragraphs.emplace_back(
        "An interval that holds 0 means that no bias was seen, not that there is none.");
    return out;
}

StatsSection both_orders_section(const BothOrders& b) {
    StatsSection out{"Both orders of a question", {}, {}};
    out.rows.push_back({"questions in both orders",
                        fmt::format("{}", b.n),
                        b.n_one_order > 0
                            ? fmt::format("{} more have a verdict in one order only", b.n_one_order)
                            : ""});
    out.rows.push_back({"flipped",
                        fmt::format("{}", b.n_flipped),
                        rate_with_interval(b.flip_rate) + ", " + method_of(b.flip_rate)});
    out.rows.push_back(
        {"primacy, recency flips",
         fmt::format("{}, {}", b.primacy_flips, b.recency_flips),
         b.p_primacy_vs_recency ? p_text(*b.p_primacy_vs_recency) + ", sign test" : ""});
    out.rows.push_back(
        {"agreement beyond chance", two_decimals(b.kappa), "Cohen's kappa of the two orders"});
    out.rows.push_back(
        {"mean -1, -1/2, 0, 1/2, 1",
         fmt::format(
             "{}, {}, {}, {}, {}", b.means[0], b.means[1], b.means[2], b.means[3], b.means[4]),
         "questions; the mean of the two verdicts is what counts"});
    out.rows.push_back(
        {"conservative W, L, T",
         counts_text(b.conservative_wins, b.conservative_losses, b.conservative_ties),
         "MT-Bench: won in both orders, else a tie; never decided on"});
    return out;
}

StatsSection confidence_section(const std::vector<ConfidenceRow>& rows) {
    StatsSection out{"Confidence that the judge gave (not calibrated)", {}, {}};
    for (const ConfidenceRow& row : rows) {
        const std::int64_t n = row.wins + row.losses + row.ties;
        out.rows.push_back(
            {fmt::format("{}: W, L, T",
                         row.level == Confidence::kNone ? "none given" : name_of(row.level)),
             counts_text(row.wins, row.losses, row.ties),
             fmt::format(
                 "net {} points",
                 points(static_cast<double>(row.wins - row.losses) / static_cast<double>(n)))});
    }
    return out;
}

StatsSection decision_section(const ComparisonAnalysis& a) {
    StatsSection out{fmt::format("Decision at a margin of {} points: {}",
                                 in_points(a.decision.margin),
                                 decision_words(a.decision)),
                     {},
                     {}};
    out.paragraphs.push_back(a.decision.why);
    const std::int64_t failed = a.counts.invalid + a.counts.errors + a.counts.refused;
    if (failed > 0 && a.worst_case.net_win_rate.value) {
        out.paragraphs.push_back(fmt::format(
            "Had all {} failed verdicts gone against the variant: net win rate {} points, {}.",
            failed,
            points_with_interval(a.worst_case.net_win_rate),
            decision_words(a.worst_case.decision)));
    }
    return out;
}

std::string words_of_change(const LabelFlip& flip) {
    const bool one = flip.n == 1;
    const char* word = flip.change == "losses_to_ties" ? (one ? "loss as a tie" : "losses as ties")
                       : flip.change == "ties_to_wins" ? (one ? "tie as a win" : "ties as wins")
                       : flip.change == "wins_to_ties" ? (one ? "win as a tie" : "wins as ties")
                                                       : (one ? "tie as a loss" : "ties as losses");
    return flip.n ? fmt::format("{} {}", *flip.n, word) : word;
}

StatsSection outlook_section(const ComparisonAnalysis& a) {
    const Outlook& outlook = a.companions->outlook;
    StatsSection out{"What would change it", {}, {}};
    if (outlook.smallest_margin_equivalent && outlook.smallest_margin_noninferior) {
        out.rows.push_back({"smallest margin",
                            distance_words(outlook.smallest_margin_equivalent),
                            fmt::format("from which on these are equivalent; {} for non-inferior",
                                        distance_words(outlook.smallest_margin_noninferior))});
    }
    if (a.decision.n_more) {
        out.rows.push_back(
            {"further questions",
             fmt::format("{}", *a.decision.n_more),
             outlook.n_more_if_observed
                 ? fmt::format("if truly alike; {} if the observed difference is true",
                               *outlook.n_more_if_observed)
                 : "if truly alike; out of reach if the observed difference is true"});
    }
    for (const LabelFlip& flip : outlook.flips) {
        if (!flip.n) {
            continue;
        }
        Decision then;
        then.label = *flip.label;
        then.beyond_margin = true;
        out.rows.push_back({words_of_change(flip), "would be " + decision_words(then), ""});
    }
    return out;
}

}  // namespace

std::string title_of(const ComparisonAnalysis& a) {
    std::string out = a.variant.empty() ? "" : a.variant;
    if (!a.baseline.empty()) {
        out += fmt::format("{}against {}", out.empty() ? "the variant " : " ", a.baseline);
    }
    if (!a.judge.empty()) {
        out += fmt::format("{}judged by {}", out.empty() ? "" : ", ", a.judge);
    }
    return out;
}

std::vector<StatsSection> stats_sections(const ComparisonAnalysis& a) {
    std::vector<StatsSection> out{counts_section(a),
                                  estimates_section(a),
                                  difference_section(a),
                                  detectable_section(a.mde),
                                  equivalence_section(a)};
    if (a.clusters) {
        out.push_back(dependence_section(a));
    }
    if (a.position) {
        out.push_back(position_section(a));
    }
    if (a.both_orders) {
        out.push_back(both_orders_section(*a.both_orders));
    }
    const bool says_confidence = std::any_of(
        a.confidence.begin(), a.confidence.end(), [](const ConfidenceRow& row) {
            return row.level != Confidence::kNone;
        });
    if (says_confidence) {
        out.push_back(confidence_section(a.confidence));
    }
    if (a.companions && !a.companions->posteriors.empty()) {
        out.push_back(bayes_section(*a.companions, a.decision.margin));
    }
    out.push_back(decision_section(a));
    if (a.companions) {
        StatsSection outlook = outlook_section(a);
        if (!outlook.rows.empty()) {
            out.push_back(std::move(outlook));
        }
    }
    return out;
}

StatsSection stats_overview(const StatsDocument& document) {
    StatsSection out{
        fmt::format("{} comparisons: wins/ties/losses, net win rate in points, decision",
                    document.comparisons.size()),
        {},
        {}};
    for (const ComparisonAnalysis& a : document.comparisons) {
        const Counts& c = a.counts;
        const std::string title = title_of(a);
        out.rows.push_back(
            {title.empty() ? "(not named)" : title,
             fmt::format("{}/{}/{}", c.wins, c.ties, c.losses),
             fmt::format(
                 "{}: {}", points_with_interval(a.net_win_rate), decision_sentence(a.decision))});
    }
    return out;
}

}  // namespace assay::report
