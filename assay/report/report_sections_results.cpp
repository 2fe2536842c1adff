#include <algorithm>

#include "assay/base/text.hpp"
#include "assay/report/figure_text.hpp"
#include "assay/report/report_sections.hpp"

namespace assay::report {
namespace {

BarChart outcomes_chart(const ComparisonAnalysis& a) {
    const Counts& c = a.counts;
    return {say("{} against {}, judge {}, {}n = {} of {}",
                code(a.variant),
                code(a.baseline),
                code(a.judge),
                a.questions ? Text("by verdict, ") : Text(),
                c.n,
                c.n_items),
            {{"wins", c.wins}, {"ties", c.ties}, {"losses", c.losses}},
            c.n};
}

/// Where questions have several verdicts: the questions by the mean of them.
BarChart questions_chart(const ComparisonAnalysis& a, const QuestionSummary& questions) {
    return {say("{} against {}, judge {}, by question (the mean of its verdicts), n = {}",
                code(a.variant),
                code(a.baseline),
                code(a.judge),
                questions.n),
            {{"ahead", questions.n_won}, {"even", questions.n_even}, {"behind", questions.n_lost}},
            questions.n};
}

/// "identical answers: 12 (among the ties); invalid: 3.": what the bars don't show; empty if there
/// is none.
Text other_counts(const Counts& c) {
    Text out;
    const auto add = [&](Text what, std::int64_t n, Text remark) {
        if (n <= 0) {
            return;
        }
        if (!out.empty()) {
            out += "; ";
        }
        out += say("{}: {}{}", what, n, remark);
    };
    add("identical answers", c.identical, " (among the ties, without a call)");
    add("no answer of the variant", c.no_answer_variant, " (among the losses)");
    add("an answer is missing", c.no_answer_baseline, " (left out)");
    add("invalid", c.invalid, "");
    add("errors", c.errors, "");
    add("refused", c.refused, "");
    add("not judged", c.not_judged, "");
    return out.empty() ? out : out + ".";
}

/// What the verdicts that could not be used might have changed.
Text failed_verdicts_text(const ComparisonAnalysis& a) {
    const std::int64_t failed = a.counts.failed(), missing = a.counts.no_answer_baseline;
    if (failed + missing == 0) {
        return {};
    }
    Text out = say(" Verdicts that could not be used: {}", failed);
    if (missing > 0) {
        out += say("; comparisons without one of the answers: {}", missing);
    }
    if (a.failure_rate.value) {
        out += say(", {} (95 % interval)", rate_text(a.failure_rate));
    }
    if (a.worst_case.net_win_rate.value) {
        out += say(
            "; had all of them gone against the variant: net win rate {} points, {}; all "
            "for it: {} points, {}",
            points_text(a.worst_case.net_win_rate),
            decision_sentence_text(a.worst_case.decision),
            points_text(a.best_case.net_win_rate),
            decision_sentence_text(a.best_case.decision));
    }
    return out + ".";
}

Text clusters_text(const ClusterSummary& clusters) {
    Text out = say(
        " The questions come in {} clusters of at most {}, worth {} equal ones; the interval "
        "allows "
        "for a design effect of {}.",
        clusters.n_clusters,
        clusters.largest,
        decimals_text(clusters.n_effective, 1),
        decimals_text(clusters.design_effect_used, 2));
    if (!clusters.why.empty()) {
        out += " " + foreign(clusters.why);
    }
    return out;
}

Text questions_text(const QuestionSummary& questions) {
    Text out = say(
        " Each question counts once, with the mean of its verdicts ({} on average): the variant is "
        "ahead in {} of {} questions, behind in {} and even in {}.",
        decimals_text(questions.verdicts_each, 1),
        questions.n_won,
        questions.n,
        questions.n_lost,
        questions.n_even);
    if (questions.n_left_out > 0) {
        out += say(" {} with a verdict in fewer than half of their calls are left out.",
                   questions.n_left_out);
    }
    return out;
}

Text decision_bullet(const ComparisonAnalysis& a) {
    Text out = say(
        "{} by {}: {}", code(a.variant), code(a.judge), strong(decision_sentence_text(a.decision)));
    const std::string& why = a.decision.why;
    if (!why.empty()) {
        out += ": " + foreign(why);
    }
    if (!trim(why).ends_with('.')) {
        out += ".";
    }
    out += failed_verdicts_text(a);
    if (a.clusters) {
        out += clusters_text(*a.clusters);
    }
    if (a.questions) {
        out += questions_text(*a.questions);
    }
    if (a.these_questions && a.net_win_rate.value) {
        out += say(
            " On exactly these {} questions: {} points; for questions like them, which is what is "
            "decided: {}. The first says nothing of other questions.",
            a.these_questions->n,
            points_text(*a.these_questions),
            points_text(a.net_win_rate));
    }
    if (a.questions_like_these && a.questions_like_these->value && a.net_win_rate.value) {
        out += say(
            " What is decided, as the plan asked for, is the net win rate on exactly these "
            "questions: {} points. For questions like them it would be: {}. Of these other "
            "questions the decision says nothing.",
            points_text(a.net_win_rate),
            points_text(*a.questions_like_these));
    }
    return out;
}

std::vector<Text> net_row(const ComparisonAnalysis& a) {
    const bool measured = a.counts.n > 0;
    const auto p = [&](double value) { return measured ? p_text(value) : not_measured(); };
    const std::optional<double>& smallest = a.tost.smallest_margin;
    return row_of(a,
                  {points_text(a.net_win_rate),
                   measured ? level_text(a.net_win_rate.confidence) : Text(),
                   p(a.tost.p_lower),
                   p(a.tost.p_upper),
                   p(a.tost.p_tost),
                   measured && smallest ? decimals_text(*smallest * 100, 1) : not_measured(),
                   foreign(a.net_win_rate.method),
                   decision_text(a.decision) + second_interval_text(a)});
}

Text n_more_text(const Decision& decision) {
    if (decision.n_more && decision.n_more_ship) {
        return say("{} / {}", *decision.n_more_ship, *decision.n_more);
    }
    if (decision.n_more) {
        return say("{}", *decision.n_more);
    }
    if (decision.on_these_questions) {
        return "none: these questions only";
    }
    return passes(decision.label) ? Text("none") : Text("not stated");
}

Text detectable_text(const DetectableEffect& mde, const std::optional<double>& effect) {
    if (effect) {
        return decimals_text(*effect * 100, 1);
    }
    return mde.why.empty() ? not_measured() : "undefined: " + foreign(mde.why);
}

}  // namespace

Section match_outcomes_section(const ReportModel& model) {
    Section section{"Match outcomes"};
    if (model.comparisons.empty()) {
        section.add(nothing_was_judged());
    }
    for (const ReportComparison* comparison : all_comparisons(model)) {
        section.add(outcomes_chart(comparison->analysis));
        if (const auto& questions = comparison->analysis.questions) {
            section.add(questions_chart(comparison->analysis, *questions));
        }
        Text others = other_counts(comparison->analysis.counts);
        if (!others.empty()) {
            section.add(Paragraph{std::move(others)});
        }
    }
    return section;
}

namespace {

/// A share of decisive verdicts. Where a question has several, Wilson's interval is too narrow.
Text decisive_rate_text(const ComparisonAnalysis& a, const Estimate& rate) {
    return a.questions && rate.value ? decimals_text(100 * *rate.value, 1) + Text(" %")
                                     : rate_text(rate);
}

bool any_has_questions(const ReportModel& model) {
    return std::any_of(model.comparisons.begin(), model.comparisons.end(), [](const auto& each) {
        return each.analysis.questions.has_value();
    });
}

}  // namespace

Section win_rates_section(const ReportModel& model) {
    Table table({"variant", "judge", "decisive", "won by the variant", "won by the baseline"},
                "llrll");
    for (const ReportComparison* comparison : all_comparisons(model)) {
        const ComparisonAnalysis& a = comparison->analysis;
        table.add(row_of(a,
                         {say("{}", a.counts.wins + a.counts.losses),
                          decisive_rate_text(a, a.win_rate_decisive),
                          decisive_rate_text(a, a.loss_rate_decisive)}));
    }
    Section section{"Win rates without ties"};
    section.add(Paragraph{
        Text("Wilson's 95 % intervals. Ties are left out here; the decision below keeps them.") +
        (any_has_questions(model)
             ? Text(" Verdicts are counted here, not questions: several of one question depend on "
                    "each other, so they have no such interval.")
             : Text())});
    section.add(table_or_nothing(std::move(table)));
    return section;
}

Section significance_section(const ReportModel& model) {
    Table table({"variant",
                 "judge",
                 "p, exact",
                 "p, mid-p",
                 "p, corrected normal",
                 "effect size, abs(2p - 1)",
                 "Cohen's h"},
                "llrrrrr");
    for (const ReportComparison* comparison : all_comparisons(model)) {
        const ComparisonAnalysis& a = comparison->analysis;
        const bool decisive = a.counts.wins + a.counts.losses > 0;
        const auto p = [&](double value) {
            return decisive ? p_text(value) : Text("no decisive verdict");
        };
        const auto effect = [](const std::optional<double>& value) {
            return value ? decimals_text(*value, 3) : Text("undefined");
        };
        table.add(row_of(a,
                         {p(a.sign_test.exact),
                          p(a.sign_test.mid_p),
                          p(a.sign_test.normal_corrected),
                          effect(a.effect_size.abs_2p_minus_1),
                          effect(a.effect_size.cohens_h)}));
    }
    Section section{"Significance of a difference"};
    section.add(Paragraph{say(
        "Sign test of \"no difference\" among the decisive verdicts. {}: it only says that these "
        "data do not show a difference. No decision is taken from it.",
        strong("A large p does not show equivalence"))});
    section.add(table_or_nothing(std::move(table)));
    return section;
}

Section net_win_rate_section(const ReportModel& model) {
    const ReportExperiment& e = model.experiment;
    Section section{"Net win rate and decision"};
    section.add(Paragraph{
        say("(wins - losses) / n in percentage points, ties kept. The decision follows from the "
            "interval and the margin of ±{} points, which was set before the first verdict{}. "
            "TOST: two one-sided score tests at alpha = {}.",
            digits_text(e.margin * 100, 4),
            e.exploratory ? Text(" and changed since (exploratory)") : Text(),
            digits_text(e.alpha, 4)) +
        (any_has_questions(model)
             ? Text(" A question with several verdicts counts once, with the mean of them.")
             : Text())});
    Table table({"variant",
                 "judge",
                 "net win rate",
                 "level",
                 "p of net ≤ -margin",
                 "p of net ≥ +margin",
                 "p, TOST",
                 "smallest margin shown",
                 "interval",
                 "decision"},
                "lllrrrrrll");
    Bullets bullets;
    for (const ReportComparison* comparison : all_comparisons(model)) {
        table.add(net_row(comparison->analysis));
        bullets.items.push_back(decision_bullet(comparison->analysis));
    }
    section.add(table_or_nothing(std::move(table)));
    if (!bullets.items.empty()) {
        section.add(std::move(bullets));
    }
    return section;
}

Section sample_size_section(const ReportModel& model) {
    Section section{"Sample size"};
    if (model.comparisons.empty()) {
        section.add(nothing_was_judged());
        return section;
    }
    Table table({"variant",
                 "judge",
                 "n",
                 "decisive",
                 "smallest net effect, points",
                 "smallest effect on the decisive win rate, points",
                 "further questions to ship / for equivalence"},
                "llrrrrr");
    for (const ReportComparison* comparison : all_comparisons(model)) {
        const ComparisonAnalysis& a = comparison->analysis;
        table.add(row_of(a,
                         {say("{}", a.counts.n),
                          say("{}", a.counts.wins + a.counts.losses),
                          detectable_text(a.mde, a.mde.net),
                          detectable_text(a.mde, a.mde.decisive_win_rate),
                          n_more_text(a.decision)}));
    }
    const DetectableEffect& mde = model.comparisons.back().analysis.mde;
    section.add(Paragraph{
        say("The smallest true effects that this design finds with {} % power, two-sided at {}. "
            "Smaller ones may be there unseen. Further questions: for the same power, if the true "
            "difference is 0.",
            digits_text(mde.power * 100, 4),
            digits_text(mde.alpha, 4))});
    section.add(std::move(table));
    return section;
}

}  // namespace assay::report
