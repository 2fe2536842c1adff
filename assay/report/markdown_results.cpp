#include "assay/report/markdown_results.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "assay/base/text.hpp"
#include "assay/records/names.hpp"
#include "assay/report/figures.hpp"
#include "assay/report/markdown_text.hpp"

namespace assay::report {
namespace {

constexpr std::size_t kRowsInFull = 25;          // lost questions of one variant
constexpr std::size_t kFailuresInFull = 5;       // unusable verdicts of one comparison
constexpr std::size_t kCharactersInFull = 2000;  // of one text in a table
constexpr int kBarWidth = 30;

constexpr std::string_view kNothing = "Nothing was judged: not measured.\n\n";

std::vector<std::string> names_of(const ComparisonAnalysis& a) {
    return {md_code(a.variant), md_code(a.judge)};
}

std::vector<std::string> row_of(const ComparisonAnalysis& a, std::vector<std::string> figures) {
    std::vector<std::string> cells = names_of(a);
    cells.insert(cells.end(), figures.begin(), figures.end());
    return cells;
}

/// With a value only digits and brackets; a why may hold anything.
std::string md_rate(const Estimate& e) {
    return e.value ? rate_with_interval(e) : md_text(rate_with_interval(e));
}

std::string p_or_not_measured(const std::optional<double>& p) {
    return p ? p_value(*p) : std::string(kNotMeasured);
}

std::string bar_line(std::string_view word, std::int64_t part, std::int64_t whole) {
    int filled = whole > 0 ? static_cast<int>(std::lround(static_cast<double>(part) * kBarWidth /
                                                          static_cast<double>(whole)))
                           : 0;
    if (part > 0) {
        filled = std::max(filled, 1);
    }
    std::string bar;
    for (int i = 0; i < kBarWidth; ++i) {
        bar += i < filled ? "█" : "·";
    }
    return fmt::format("  {:<7}{:>6}  {}  {}\n", word, part, bar, percent_of(part, whole));
}

/// "identical answers: 12 (among the ties); invalid: 3": what the bars don't show; empty if there
/// is none.
std::string other_counts(const Counts& c) {
    std::string out;
    const auto add = [&](std::string_view what, std::int64_t n, std::string_view remark = {}) {
        if (n > 0) {
            out += fmt::format("{}{}: {}{}", out.empty() ? "" : "; ", what, n, remark);
        }
    };
    add("identical answers", c.identical, " (among the ties, without a call)");
    add("no answer of the variant", c.no_answer_variant, " (among the losses)");
    add("no answer of the baseline", c.no_answer_baseline, " (left out)");
    add("invalid", c.invalid);
    add("errors", c.errors);
    add("refused", c.refused);
    add("not judged", c.not_judged);
    return out;
}

std::string worst_case_text(const ComparisonAnalysis& a) {
    const std::int64_t failed = a.counts.invalid + a.counts.errors + a.counts.refused;
    if (failed == 0) {
        return {};
    }
    std::string out = fmt::format(" Verdicts that could not be used: {}", failed);
    if (a.failure_rate.value) {
        out += fmt::format(", {} (95 % interval)", rate_with_interval(a.failure_rate));
    }
    if (a.worst_case.net_win_rate.value) {
        out += fmt::format("; had all of them gone against the variant: net win rate {} points, {}",
                           points_with_interval(a.worst_case.net_win_rate),
                           decision_sentence(a.worst_case.decision));
    }
    return out + ".";
}

std::string decision_bullet(const ComparisonAnalysis& a) {
    std::string out = fmt::format(
        "- {} by {}: **{}**", md_code(a.variant), md_code(a.judge), decision_sentence(a.decision));
    if (!a.decision.why.empty()) {
        out += ": " + md_text(a.decision.why);
    }
    if (!out.ends_with('.')) {
        out += ".";
    }
    out += worst_case_text(a);
    if (a.clusters) {
        out += fmt::format(
            " The questions come in {} clusters of at most {}; the interval allows for a design "
            "effect of {:.2f}.",
            a.clusters->n_clusters,
            a.clusters->largest,
            a.clusters->design_effect_used);
        if (!a.clusters->why.empty()) {
            out += " " + md_text(a.clusters->why);
        }
    }
    return out + "\n";
}

std::string answer_cell(const std::string& answer, bool failed, const std::string& failure) {
    if (failed) {
        return failure.empty() ? "*no answer*"
                               : "*no answer:* " + md_text(failure, kCharactersInFull);
    }
    return trim(answer).empty() ? "*empty*" : md_text(answer, kCharactersInFull);
}

std::string lost_table(const ReportComparison& comparison) {
    const ComparisonAnalysis& a = comparison.analysis;
    MarkdownTable table({"question",
                         "expected",
                         "answer of " + md_code(a.baseline),
                         "answer of " + md_code(a.variant),
                         "reason"},
                        "lllll");
    std::size_t n_lost = 0;
    for (const JudgedItem& item : comparison.items) {
        if (item.outcome.kind != OutcomeKind::kLoss || ++n_lost > kRowsInFull) {
            continue;
        }
        const bool no_answer = item.outcome.no_answer_variant;
        std::string reason = no_answer ? "the judge was not called"
                                       : md_text(item.outcome.reasoning, kCharactersInFull);
        if (reason.empty()) {
            reason = "none given";
        }
        const char* shown = !a.both_orders              ? ""
                            : item.outcome.variant_is_a ? " (shown first)"
                                                        : " (shown second)";
        table.add({md_code(item.outcome.question_id) + shown + "<br>" +
                       md_text(item.question, kCharactersInFull),
                   item.expected ? md_text(*item.expected, kCharactersInFull) : "none",
                   answer_cell(item.baseline_answer, false, {}),
                   answer_cell(item.variant_answer, no_answer, item.failure),
                   reason});
    }
    std::string out = fmt::format("### {}: {} lost\n\n", md_code(a.variant), n_lost);
    if (n_lost == 0) {
        return out + (a.counts.n > 0 ? "No question was lost.\n\n" : std::string(kNothing));
    }
    out += table.text();
    if (n_lost > kRowsInFull) {
        out += fmt::format("{} more are in {}.\n\n",
                           n_lost - kRowsInFull,
                           md_code("evaluation/exports/" + a.variant + "/" + a.judge +
                                   "/evaluation_results.json"));
    }
    return out;
}

std::string unusable_verdicts(const ReportModel& model) {
    std::string out;
    for (const ReportComparison& comparison : model.comparisons) {
        std::size_t n = 0;
        for (const JudgedItem& item : comparison.items) {
            const OutcomeKind kind = item.outcome.kind;
            if (kind != OutcomeKind::kInvalid && kind != OutcomeKind::kError &&
                kind != OutcomeKind::kRefused) {
                continue;
            }
            if (++n > kFailuresInFull) {
                continue;
            }
            out += fmt::format(
                "- {} by {}, {}: {}{}\n",
                md_code(comparison.analysis.variant),
                md_code(comparison.analysis.judge),
                md_code(item.outcome.question_id),
                name_of(kind),
                item.failure.empty() ? "" : ": " + md_text(item.failure, kCharactersInFull));
        }
        if (n > kFailuresInFull) {
            out += fmt::format("- {} by {}: {} more\n",
                               md_code(comparison.analysis.variant),
                               md_code(comparison.analysis.judge),
                               n - kFailuresInFull);
        }
    }
    return out.empty()
               ? out
               : "Verdicts that could not be used (counted apart, never as ties):\n\n" + out + "\n";
}

void add_modes(MarkdownTable& table,
               const std::vector<std::string>& names,
               const std::vector<FailureModeRow>& rows) {
    for (const FailureModeRow& row : rows) {
        if (row.baseline + row.variant == 0) {
            continue;
        }
        const auto share = [&](std::int64_t n) {
            return fmt::format("{} ({})", n, percent_of(n, row.n));
        };
        std::vector<std::string> cells = names;
        for (const std::string& cell : {md_code(row.mode),
                                        share(row.baseline),
                                        share(row.variant),
                                        points_with_interval(row.difference),
                                        p_value(row.p_mid),
                                        p_value(row.p_holm)}) {
            cells.push_back(cell);
        }
        table.add(std::move(cells));
    }
}

/// Modes that occur, by variant.
std::string failure_modes_table(const ReportModel& model) {
    MarkdownTable table({"variant",
                         "mode",
                         "of the baseline",
                         "of the variant",
                         "difference, points",
                         "p, mid-p",
                         "p, Holm"},
                        "llrrrrr");
    for (const ReportVariant& v : model.variants) {
        add_modes(table, {md_code(v.variant.name)}, v.failure_modes);
    }
    if (table.empty()) {
        return "";
    }
    return "Failure modes as far as text and facts of an answer show them, found by rules that "
           "have errors of their own; "
           "95 % intervals. They decide nothing.\n\n" +
           table.text();
}

/// Tags that judges gave, by judge and variant.
std::string tags_table(const ReportModel& model) {
    MarkdownTable table({"variant",
                         "judge",
                         "pairs",
                         "tag",
                         "of the baseline",
                         "of the variant",
                         "difference, points",
                         "p, mid-p",
                         "p, Holm"},
                        "llrlrrrrr");
    for (const ReportComparison& c : model.comparisons) {
        if (!c.tags.empty()) {
            add_modes(table,
                      {md_code(c.analysis.variant),
                       md_code(c.analysis.judge),
                       std::to_string(c.tags.front().n)},
                      c.tags);
        }
    }
    if (table.empty()) {
        return "";
    }
    return "What judges tagged, blind to which answer is whose, over the pairs whose reply has "
           "tags for both answers (identical answers are shown to no "
           "judge and have none); 95 % intervals. They decide nothing.\n\n" +
           table.text();
}

}  // namespace

std::string md_match_outcomes(const ReportModel& model) {
    std::string out = "## Match outcomes\n\n";
    if (model.comparisons.empty()) {
        return out + std::string(kNothing);
    }
    for (const ReportComparison& comparison : model.comparisons) {
        const ComparisonAnalysis& a = comparison.analysis;
        const Counts& c = a.counts;
        out += md_code_block(fmt::format("{} against {}, judge {}, n = {} of {}\n{}{}{}",
                                         a.variant,
                                         a.baseline,
                                         a.judge,
                                         c.n,
                                         c.n_items,
                                         bar_line("wins", c.wins, c.n),
                                         bar_line("ties", c.ties, c.n),
                                         bar_line("losses", c.losses, c.n)));
        if (const std::string others = other_counts(c); !others.empty()) {
            out += others + ".\n\n";
        }
    }
    return out;
}

std::string md_win_rates(const ReportModel& model) {
    MarkdownTable table(
        {"variant", "judge", "decisive", "won by the variant", "won by the baseline"}, "llrll");
    for (const ReportComparison& comparison : model.comparisons) {
        const ComparisonAnalysis& a = comparison.analysis;
        table.add(row_of(a,
                         {std::to_string(a.counts.wins + a.counts.losses),
                          md_rate(a.win_rate_decisive),
                          md_rate(a.loss_rate_decisive)}));
    }
    return "## Win rates without ties\n\nWilson's 95 % intervals. Ties are left out here; the "
           "decision below keeps "
           "them.\n\n" +
           (table.empty() ? std::string(kNothing) : table.text());
}

std::string md_significance(const ReportModel& model) {
    MarkdownTable table({"variant",
                         "judge",
                         "p, exact",
                         "p, mid-p",
                         "p, corrected normal",
                         "effect size, abs(2p - 1)",
                         "Cohen's h"},
                        "llrrrrr");
    for (const ReportComparison& comparison : model.comparisons) {
        const ComparisonAnalysis& a = comparison.analysis;
        const bool decisive = a.counts.wins + a.counts.losses > 0;
        const auto p = [&](double value) {
            return decisive ? p_value(value) : std::string("no decisive verdict");
        };
        const auto effect = [](const std::optional<double>& v) {
            return v ? fmt::format("{:.3f}", *v) : std::string("undefined");
        };
        table.add(row_of(a,
                         {p(a.sign_test.exact),
                          p(a.sign_test.mid_p),
                          p(a.sign_test.normal_corrected),
                          effect(a.effect_size.abs_2p_minus_1),
                          effect(a.effect_size.cohens_h)}));
    }
    return "## Significance of a difference\n\nSign test of \"no difference\" among the decisive "
           "verdicts. **A large p "
           "does not show "
           "equivalence**: it only says that these data do not show a difference. No decision is "
           "taken from it.\n\n" +
           (table.empty() ? std::string(kNothing) : table.text());
}

std::string md_net_win_rate(const ReportModel& model) {
    std::string out = fmt::format(
        "## Net win rate and decision\n\n(wins - losses) / n in percentage points, ties kept. The "
        "decision follows "
        "from the interval and the margin of "
        "±{:.4g} points, which was set before the first verdict{}. TOST: two one-sided score tests "
        "at alpha = "
        "{:.4g}.\n\n",
        model.experiment.margin * 100,
        model.experiment.exploratory ? " and changed since (exploratory)" : "",
        model.experiment.alpha);
    MarkdownTable table({"variant",
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
    std::string bullets;
    for (const ReportComparison& comparison : model.comparisons) {
        const ComparisonAnalysis& a = comparison.analysis;
        const bool measured = a.counts.n > 0;
        const auto p = [&](double value) {
            return measured ? p_value(value) : std::string(kNotMeasured);
        };
        table.add(row_of(a,
                         {points_with_interval(a.net_win_rate),
                          measured ? confidence_level(a.net_win_rate.confidence) : "",
                          p(a.tost.p_lower),
                          p(a.tost.p_upper),
                          p(a.tost.p_tost),
                          measured && a.tost.smallest_margin
                              ? fmt::format("{:.1f}", *a.tost.smallest_margin * 100)
                              : std::string(kNotMeasured),
                          md_text(a.net_win_rate.method),
                          decision_words(a.decision)}));
        bullets += decision_bullet(a);
    }
    if (table.empty()) {
        return out + std::string(kNothing);
    }
    return out + table.text() + bullets + "\n";
}

std::string md_position(const ReportModel& model) {
    MarkdownTable rows({"variant", "judge", "variant shown", "wins", "ties", "losses"}, "lllrrr");
    MarkdownTable bias({"variant",
                        "judge",
                        "won by first shown",
                        "won by second shown",
                        "position bias, points",
                        "p, sign test",
                        "p, same verdicts in both",
                        "net win rate free of it, points"},
                       "llrrlrrl");
    for (const ReportComparison& comparison : model.comparisons) {
        const ComparisonAnalysis& a = comparison.analysis;
        if (!a.position) {
            continue;
        }
        const auto add = [&](const PositionRow& r, const char* shown) {
            rows.add(row_of(
                a,
                {shown, std::to_string(r.wins), std::to_string(r.ties), std::to_string(r.losses)}));
        };
        add(a.position->variant_first, "first (A)");
        add(a.position->variant_second, "second (B)");
        bias.add(row_of(a,
                        {std::to_string(a.position->first_shown_wins),
                         std::to_string(a.position->second_shown_wins),
                         points_with_interval(a.position->bias),
                         p_or_not_measured(a.position->p_sign),
                         p_or_not_measured(a.position->p_fisher),
                         points_with_interval(a.position->net_stratified)}));
    }
    std::string both;
    for (const ReportComparison& comparison : model.comparisons) {
        if (!comparison.analysis.both_orders) {
            continue;
        }
        const BothOrders& b = *comparison.analysis.both_orders;
        both += fmt::format(
            "- Both orders of {} questions for {} by {}: another verdict in the other order for {} "
            "({}).\n",
            b.n,
            md_code(comparison.analysis.variant),
            md_code(comparison.analysis.judge),
            b.n_flipped,
            rate_with_interval(b.flip_rate));
    }
    std::string out = "## Position\n\n";
    if (rows.empty()) {
        return out + "Not measured: the sides are not known.\n\n";
    }
    return out + rows.text() + bias.text() +
           "A positive bias favours the answer shown first. An interval that holds 0 means that "
           "none was seen, not "
           "that there is none.\n\n" +
           both + (both.empty() ? "" : "\n");
}

std::string md_confidence(const ReportModel& model) {
    MarkdownTable table({"variant", "judge", "confidence", "wins", "ties", "losses"}, "lllrrr");
    for (const ReportComparison& comparison : model.comparisons) {
        const ComparisonAnalysis& a = comparison.analysis;
        for (const ConfidenceRow& r : a.confidence) {
            table.add(
                row_of(a,
                       {r.level == Confidence::kNone ? "none given" : std::string(name_of(r.level)),
                        std::to_string(r.wins),
                        std::to_string(r.ties),
                        std::to_string(r.losses)}));
        }
    }
    return "## Confidence\n\nWhat the judge said of itself, not calibrated. Identical answers need "
           "no call and have "
           "none.\n\n" +
           (table.empty() ? std::string(kNothing) : table.text());
}

std::string md_lost_questions(const ReportModel& model) {
    std::string out = "## Lost questions\n\n";
    const auto comparisons = deciding_comparisons(model);
    if (comparisons.empty()) {
        return out + std::string(kNothing);
    }
    for (const ReportComparison* comparison : comparisons) {
        out += lost_table(*comparison);
    }
    return out;
}

std::string md_failures(const ReportModel& model) {
    MarkdownTable table({"variant",
                         "answers tried",
                         "no answer",
                         "empty",
                         "cut at the token limit",
                         "contexts cut"},
                        "lrrrrr");
    for (const ReportVariant& v : model.variants) {
        const auto share = [&](std::int64_t n) {
            return v.n_answers == 0 ? std::string(kNotMeasured)
                                    : fmt::format("{} ({})", n, percent_of(n, v.n_answers));
        };
        table.add({md_code(v.variant.name),
                   std::to_string(v.n_answers),
                   share(v.n_failed),
                   share(v.n_empty),
                   share(v.n_length_stop),
                   share(v.n_contexts_cut)});
    }
    return fmt::format("## Failures\n\nThe limit is {} tokens an answer.\n\n",
                       model.experiment.generation.predict) +
           table.text() + failure_modes_table(model) + tags_table(model) + unusable_verdicts(model);
}

std::string md_sample_size(const ReportModel& model) {
    MarkdownTable table({"variant",
                         "judge",
                         "n",
                         "decisive",
                         "smallest net effect, points",
                         "smallest effect on the decisive win rate, points",
                         "further questions needed"},
                        "llrrrrr");
    double power = 0.8, alpha = 0.05;
    for (const ReportComparison& comparison : model.comparisons) {
        const ComparisonAnalysis& a = comparison.analysis;
        power = a.mde.power;
        alpha = a.mde.alpha;
        const auto effect = [&](const std::optional<double>& v) {
            if (v) {
                return fmt::format("{:.1f}", *v * 100);
            }
            return a.mde.why.empty() ? std::string(kNotMeasured)
                                     : "undefined: " + md_text(a.mde.why);
        };
        const bool shown = a.decision.label == DecisionLabel::kEquivalent ||
                           a.decision.label == DecisionLabel::kNonInferior;
        table.add(row_of(a,
                         {std::to_string(a.counts.n),
                          std::to_string(a.counts.wins + a.counts.losses),
                          effect(a.mde.net),
                          effect(a.mde.decisive_win_rate),
                          a.decision.n_more ? std::to_string(*a.decision.n_more)
                          : shown           ? "none"
                                            : "not stated"}));
    }
    std::string out = "## Sample size\n\n";
    if (table.empty()) {
        return out + std::string(kNothing);
    }
    return out +
           fmt::format(
               "The smallest true effects that this design finds with {:.4g} % power, two-sided at "
               "{:.4g}. Smaller "
               "ones may be there "
               "unseen. Further questions: for the same power, if the true difference is 0.\n\n",
               power * 100,
               alpha) +
           table.text();
}

}  // namespace assay::report
