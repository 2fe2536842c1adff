#include <algorithm>
#include <set>
#include <string_view>

#include "assay/base/text.hpp"
#include "assay/report/divergence_text.hpp"
#include "assay/report/figure_text.hpp"
#include "assay/report/report_sections.hpp"

namespace assay::report {
namespace {

constexpr std::size_t kRowsInFull = 25;          // lost questions of one variant
constexpr std::size_t kFailuresInFull = 5;       // unusable verdicts of one comparison
constexpr std::size_t kCharactersInFull = 2000;  // of one text in a table

Text answer_text(const std::string& answer) {
    return trim(answer).empty() ? emphasis("empty") : foreign(answer, kCharactersInFull);
}

Text variant_answer_text(const JudgedItem& item) {
    if (!item.outcome.no_answer_variant) {
        return answer_text(item.variant_answer);
    }
    if (item.failure.empty()) {
        return emphasis("no answer");
    }
    return emphasis("no answer:") + " " + foreign(item.failure, kCharactersInFull);
}

Text reason_text(const Outcome& outcome) {
    if (outcome.no_answer_variant) {
        return "the judge was not called";
    }
    return trim(outcome.reasoning).empty() ? Text("none given")
                                           : foreign(outcome.reasoning, kCharactersInFull);
}

/// Where each pair was judged in both orders: which of the two this is.
Text order_text(const ComparisonAnalysis& a, const Outcome& outcome) {
    if (!a.both_orders) {
        return {};
    }
    return outcome.variant_is_a ? Text(" (shown first)") : Text(" (shown second)");
}

Text expected_text(const JudgedItem& item) {
    if (!item.expected) {
        return Text("none");
    }
    Text out = foreign(*item.expected, kCharactersInFull);
    for (const std::string& alternative : item.alternatives) {
        out = out + line_break() + Text("also right: ") + foreign(alternative, kCharactersInFull);
    }
    return out;
}

bool has_fidelity(const JudgedItem& item) {
    return item.distance || item.text_divergence;
}

Text fidelity_text(const JudgedItem& item) {
    if (item.text_divergence) {
        return foreign(divergence_words(*item.text_divergence));
    }
    if (!item.distance) {
        return not_measured();
    }
    return say("KLD {}, largest {}",
               own_words(nats(item.distance->mean_kld())),
               own_words(nats(item.distance->max_kld))) +
           line_break() + foreign(divergence_words(*item.distance));
}

bool has_samples(const ReportComparison& comparison) {
    return std::any_of(comparison.items.begin(),
                       comparison.items.end(),
                       [](const JudgedItem& item) { return item.sample > 0; });
}

/// "129 lost", of questions with several verdicts "129 verdicts lost, of 43 questions".
Text lost_heading(const ReportComparison& comparison) {
    const ComparisonAnalysis& a = comparison.analysis;
    std::int64_t n_lost = 0;
    std::set<std::string_view> questions;
    for (const JudgedItem& item : comparison.items) {
        if (item.outcome.kind == OutcomeKind::kLoss) {
            ++n_lost;
            questions.insert(item.outcome.question_id);
        }
    }
    if (!a.questions) {
        return say("{}: {} lost", code(a.variant), n_lost);
    }
    return say("{}: {} verdicts lost, of {} questions", code(a.variant), n_lost, questions.size());
}

std::vector<Text> lost_row(const ReportModel& model,
                           const ComparisonAnalysis& a,
                           const JudgedItem& item,
                           bool several_samples) {
    Text question = code(item.outcome.question_id);
    if (several_samples) {
        question += say(", sample {}", item.sample + 1);
    }
    if (model.panel) {
        const auto judge = static_cast<std::size_t>(item.outcome.judge);
        question += say(", by {}", code(model.judges[judge].name));
    }
    question += order_text(a, item.outcome) + line_break() +
                foreign(item.question, kCharactersInFull);
    return {question,
            expected_text(item),
            answer_text(item.baseline_answer),
            variant_answer_text(item),
            reason_text(item.outcome)};
}

/// The folder of the study's files that has all of them: a panel's judges have one each.
std::string files_of(const ReportModel& model, const ComparisonAnalysis& a) {
    return "evaluation/exports/" + a.variant + "/" + (model.panel ? "JUDGE" : a.judge) +
           "/evaluation_results.json";
}

Section lost_by_variant(const ReportModel& model, const ReportComparison& comparison) {
    const ComparisonAnalysis& a = comparison.analysis;
    const bool with_fidelity = std::any_of(
        comparison.items.begin(), comparison.items.end(), has_fidelity);
    const bool several_samples = has_samples(comparison);
    std::vector<Text> heads{"question",
                            "expected",
                            say("answer of {}", code(a.baseline)),
                            say("answer of {}", code(a.variant)),
                            "reason"};
    if (with_fidelity) {
        heads.push_back("first difference");
    }
    Table table(heads, with_fidelity ? "llllll" : "lllll");
    std::size_t n_lost = 0;
    for (const JudgedItem& item : comparison.items) {
        if (item.outcome.kind == OutcomeKind::kLoss && ++n_lost <= kRowsInFull) {
            std::vector<Text> row = lost_row(model, a, item, several_samples);
            if (with_fidelity) {
                row.push_back(fidelity_text(item));
            }
            table.add(std::move(row));
        }
    }
    Section section{lost_heading(comparison)};
    if (n_lost == 0) {
        section.add(a.counts.n > 0 ? Block(Paragraph{"No question was lost."})
                                   : nothing_was_judged());
        return section;
    }
    section.add(std::move(table));
    if (n_lost > kRowsInFull) {
        section.add(
            Paragraph{say("{} more are in {}.", n_lost - kRowsInFull, code(files_of(model, a)))});
    }
    return section;
}

Table answers_table(const ReportModel& model) {
    Table table({"variant",
                 "answers tried",
                 "no answer",
                 "empty",
                 "cut at the token limit",
                 "contexts cut"},
                "lrrrrr");
    for (const ReportVariant& v : model.variants) {
        const auto share = [&](std::int64_t n) {
            return v.n_answers == 0 ? not_measured()
                                    : say("{} ({})", n, share_text(n, v.n_answers));
        };
        table.add({code(v.variant.name),
                   say("{}", v.n_answers),
                   share(v.n_failed),
                   share(v.n_empty),
                   share(v.n_length_stop),
                   share(v.n_contexts_cut)});
    }
    return table;
}

/// A row for each mode that occurs.
void add_modes(Table& table,
               const std::vector<Text>& names,
               const std::vector<FailureModeRow>& rows) {
    for (const FailureModeRow& row : rows) {
        if (row.baseline + row.variant == 0) {
            continue;
        }
        const auto share = [&](std::int64_t n) { return say("{} ({})", n, share_text(n, row.n)); };
        std::vector<Text> cells = names;
        for (Text cell : {code(row.mode),
                          share(row.baseline),
                          share(row.variant),
                          points_text(row.difference),
                          p_text(row.p_mid),
                          p_text(row.p_holm)}) {
            cells.push_back(std::move(cell));
        }
        table.add(std::move(cells));
    }
}

Table failure_modes_table(const ReportModel& model) {
    Table table({"variant",
                 "mode",
                 "of the baseline",
                 "of the variant",
                 "difference, points",
                 "p, mid-p",
                 "p, Holm"},
                "llrrrrr");
    for (const ReportVariant& v : model.variants) {
        add_modes(table, {code(v.variant.name)}, v.failure_modes);
    }
    return table;
}

/// Tags that judges gave, by judge and variant.
Table tags_table(const ReportModel& model) {
    Table table({"variant",
                 "judge",
                 "pairs",
                 "tag",
                 "of the baseline",
                 "of the variant",
                 "difference, points",
                 "p, mid-p",
                 "p, Holm"},
                "llrlrrrrr");
    for (const ReportComparison& comparison : model.comparisons) {
        if (!comparison.tags.empty()) {
            add_modes(table,
                      row_of(comparison.analysis, {say("{}", comparison.tags.front().n)}),
                      comparison.tags);
        }
    }
    return table;
}

bool is_unusable(OutcomeKind kind) {
    return kind == OutcomeKind::kInvalid || kind == OutcomeKind::kError ||
           kind == OutcomeKind::kRefused;
}

void add_unusable(Bullets& bullets, const ReportComparison& comparison) {
    const Text who = say(
        "{} by {}", code(comparison.analysis.variant), code(comparison.analysis.judge));
    std::size_t n = 0;
    for (const JudgedItem& item : comparison.items) {
        if (!is_unusable(item.outcome.kind) || ++n > kFailuresInFull) {
            continue;
        }
        Text bullet = say(
            "{}, {}: {}", who, code(item.outcome.question_id), outcome_text(item.outcome.kind));
        if (!item.failure.empty()) {
            bullet += ": " + foreign(item.failure, kCharactersInFull);
        }
        bullets.items.push_back(std::move(bullet));
    }
    if (n > kFailuresInFull) {
        bullets.items.push_back(say("{}: {} more", who, n - kFailuresInFull));
    }
}

}  // namespace

Section lost_questions_section(const ReportModel& model) {
    Section section{"Lost questions"};
    const auto comparisons = deciding_comparisons(model);
    if (comparisons.empty()) {
        section.add(nothing_was_judged());
    }
    for (const ReportComparison* comparison : comparisons) {
        section.parts.push_back(lost_by_variant(model, *comparison));
    }
    return section;
}

Section failures_section(const ReportModel& model) {
    Section section{"Failures"};
    section.add(
        Paragraph{say("The limit is {} tokens an answer.", model.experiment.generation.predict)});
    section.add(answers_table(model));
    if (Table modes = failure_modes_table(model); !modes.empty()) {
        section.add(Paragraph{
            "Failure modes as far as text and facts of an answer show them, found by rules that "
            "have errors of their own; 95 % intervals. They decide nothing."});
        section.add(std::move(modes));
    }
    if (Table tags = tags_table(model); !tags.empty()) {
        section.add(Paragraph{
            "What judges tagged, blind to which answer is whose, over the pairs whose reply has "
            "tags for both answers (identical answers are shown to no judge and have none); 95 % "
            "intervals. They decide nothing."});
        section.add(std::move(tags));
    }
    Bullets unusable;
    for (const ReportComparison& comparison : model.comparisons) {
        add_unusable(unusable, comparison);
    }
    if (!unusable.items.empty()) {
        section.add(Paragraph{"Verdicts that could not be used (counted apart, never as ties):"});
        section.add(std::move(unusable));
    }
    return section;
}

}  // namespace assay::report
