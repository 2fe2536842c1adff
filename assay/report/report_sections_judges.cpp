#include "assay/records/judge_provider.hpp"
#include "assay/records/plan.hpp"
#include "assay/report/figure_text.hpp"
#include "assay/report/figures.hpp"
#include "assay/report/report_sections.hpp"

namespace assay::report {
namespace {

/// "19 of 20 (95.0 % [75.0, 100.0])"
Text part_text(std::int64_t part, std::int64_t whole, const Estimate& rate) {
    if (whole == 0) {
        return "none was judged";
    }
    return say("{} of {} ({})", part, whole, rate_text(rate));
}

Text truncated_text(const ControlsSummary& c) {
    if (c.n_truncated == 0) {
        return {};
    }
    return say(
        " Of answers beside their own first half, which decides nothing, the half lost in {}.",
        part_text(c.n_truncated_lost, c.n_truncated, c.truncated_lost));
}

/// "a number or unit (4 of 5), the second half missing (5 of 5)": the damages of one sight.
Text damages(const ControlsSummary& c, Sight sight) {
    Text out;
    for (const DamageRow& row : c.by_damage) {
        if (row.sight == sight) {
            out += out.empty() ? Text() : Text(", ");
            out += say("{} ({} of {})", own_words(damage_words(row.damage)), row.n_lost, row.n);
        }
    }
    return out;
}

Text damaged_text(const ControlsSummary& c) {
    if (c.n_damaged == 0) {
        return {};
    }
    Text out = say(" An answer with one thing made wrong lost in {} and won in {}.",
                   part_text(c.n_damaged_lost, c.n_damaged, c.damaged_lost),
                   c.n_damaged_won);
    const Text seen = damages(c, Sight::kSees), unseen = damages(c, Sight::kDoesNot),
               unknown = damages(c, Sight::kTooFewSay);
    if (!seen.empty()) {
        out += say(" It sees: {}.", seen);
    }
    if (!unseen.empty()) {
        out += say(" {}: {}. A variant that errs in this way would not be found.",
                   strong("It does not see"),
                   unseen);
    }
    if (!unknown.empty()) {
        out += say(" Too few to say: {}.", unknown);
    }
    return out;
}

Text form_text(const ControlsSummary& c) {
    Text out;
    if (c.n_reformatted > 0) {
        out += say(" A side was preferred in {} pairs that differ in form only.",
                   part_text(c.n_reformatted_preferred, c.n_reformatted, c.form_preferred));
    }
    if (c.n_padded > 0) {
        out += say(" An answer with an empty filler won in {}.",
                   part_text(c.n_padded_won, c.n_padded, c.padded_won));
    }
    return out;
}

/// What became of controls, after `which`.
Text controls_text(const Text& which, const ControlsSummary& c) {
    return say(
        "{}: {}. An answer to another question lost in {}; a side was preferred in {} identical "
        "pairs.{}{}{}{}",
        which,
        strong(c.passed ? Text("passed") : Text("not passed, so its verdicts decide nothing")),
        part_text(c.n_swapped_lost, c.n_swapped, c.swapped_lost),
        part_text(c.n_preferred, c.n_identical, c.side_preferred),
        damaged_text(c),
        form_text(c),
        truncated_text(c),
        c.passed ? Text() : say(" Not passed because {}.", foreign(c.why)));
}

Text recheck_text(const Recheck& r) {
    if (r.n + r.n_pending == 0) {
        return {};
    }
    return say(
        " Pairs that it had judged before, hidden among them: {}. The same verdict in {}; the "
        "variant fared better in {} and worse in {}.{}",
        strong(r.passed ? Text("passed") : Text("not passed, so its verdicts decide nothing")),
        part_text(r.n_same, r.n, r.same),
        r.n_better,
        r.n_worse,
        r.passed ? Text() : say(" Not passed because {}.", foreign(r.why)));
}

/// Added after a decision was shown.
Text extension_text(const ReportJudge& judge, const ExtensionSummary& extension) {
    return controls_text(say("Judge {}, controls hidden among what extension {} added",
                             code(judge.name),
                             extension.number),
                         extension.controls) +
           recheck_text(extension.recheck);
}

Text repeats_text(const ReportJudge& judge) {
    const RepeatStability& r = *judge.repeats;
    return say(
        "Judge {}, asked again about the same pair in the same order: the same verdict in {}. "
        "These verdicts are in no count.",
        code(judge.name),
        part_text(r.n_same, r.n, r.same));
}

/// What a judge saw beside the two answers.
Text saw_text(const ReportJudge& judge) {
    Text out = " Beside the two answers it saw the question";
    if (judge.show_expected) {
        out += judge.show_contexts ? Text(", the expected answer")
                                   : Text(" and the expected answer");
    }
    return out + (judge.show_contexts ? Text(" and the passages.") : Text("."));
}

Text metric_text(const ReportJudge& judge) {
    if (!judge.model.empty() && judge.model != kReferenceMetrics[0]) {
        return say(
            ": a metric, not a judge of meaning. It is the {} of each answer with the expected "
            "answer; the larger value wins, and a difference within the tie band (0.05 where none "
            "is named) is a tie. A right answer in other words scores low.",
            code(judge.model));
    }
    return ": a metric, not a judge of meaning. It is the token F1 of each answer with the "
           "expected answer, as SQuAD defines it; the larger value wins, and a difference of at "
           "most 0.05 is a tie. A right answer in other words scores low.";
}

Text by_hand_text(const ReportJudge& judge) {
    return say(
        ": its pairs were given out as batches (provider {}), and {} verdicts were imported; they "
        "are said to be by {}.",
        code(judge.provider),
        judge.n_calls,
        judge.versions.empty() ? Text("nobody") : code_list(judge.versions));
}

/// Who answered: a model file that was run here, or a service.
Text model_text(const ReportJudge& judge) {
    if (is_embedded(judge.provider)) {
        return say(": the model file {}, run by assay's own engine; {} prompts, one pair each{}.",
                   code(judge.model),
                   judge.n_calls,
                   judge.versions.empty() ? Text() : "; the file is " + code_list(judge.versions));
    }
    return say(": {} at {} (provider {}), {} calls, one pair a prompt; the replies named {}.",
               code(judge.model),
               code(judge.url),
               code(judge.provider),
               judge.n_calls,
               judge.versions.empty() ? Text("no model") : code_list(judge.versions));
}

/// A warning, where the replies named more than one model.
Text versions_text(const ReportJudge& judge) {
    if (judge.versions.size() <= 1) {
        return {};
    }
    Text counts;
    for (std::size_t i = 0; i < judge.versions.size(); ++i) {
        if (i > 0) {
            counts += ", ";
        }
        counts += say("{} of {}", judge.n_by_version[i], code(judge.versions[i]));
    }
    return say(" {} {}.", strong("These are verdicts of more than one model:"), counts);
}

/// Where verdicts of other runs were at hand.
Text reuse_text(const ReportJudge& judge) {
    if (!judge.reuse) {
        return {};
    }
    const VerdictReuse& r = *judge.reuse;
    return say(
        " {} verdicts were taken from other runs in which it passed its controls; {} were asked "
        "again, and {} of these were the same{}.",
        r.n_taken,
        r.n_again,
        r.n_same,
        r.stopped ? Text(": too few, so all was asked anew") : Text());
}

/// What the judge's verdicts count for.
Text role_text(const ReportModel& model, const ReportJudge& judge) {
    if (model.panel) {
        return " is one of the panel, whose judges decide together";
    }
    return decides(model, judge) ? Text(" decides")
                                 : Text(" is a further judge, for sensitivity only");
}

Text judge_text(const ReportJudge& judge, const Text& role) {
    Text out = code(judge.name) + role;
    if (is_metric(judge)) {
        return out + metric_text(judge);
    }
    if (is_by_hand(judge.provider)) {
        return out + by_hand_text(judge) + saw_text(judge);
    }
    out += model_text(judge);
    out += versions_text(judge);
    if (judge.cost.value) {
        out += say(" They cost {} at its prices.", digits_text(*judge.cost.value, 4));
    }
    return out + saw_text(judge) + reuse_text(judge);
}

}  // namespace

std::vector<Text> judge_controls(const ReportModel& model) {
    std::vector<Text> out;
    for (const ReportJudge& judge : model.judges) {
        out.push_back(
            controls_text(say("Judge {}, controls hidden among the questions", code(judge.name)),
                          judge.controls));
        for (const ExtensionSummary& extension : judge.extensions) {
            out.push_back(extension_text(judge, extension));
        }
        if (judge.repeats) {
            out.push_back(repeats_text(judge));
        }
    }
    return out;
}

Section blinding_section(const ReportModel& model) {
    Bullets bullets;
    for (const ReportJudge& judge : model.judges) {
        bullets.items.push_back(judge_text(judge, role_text(model, judge)));
    }
    bullets.items.push_back(
        say("Two answers are called A and B; no name of a variant is in what is judged. Which of "
            "them is A was drawn in balanced blocks with blinding seed {}, and so was the order of "
            "judging.",
            model.experiment.blinding_seed));
    bullets.items.push_back(
        "Byte-identical answers are ties without a call, and are counted apart.");
    Section section{"Blinding"};
    section.add(std::move(bullets));
    return section;
}

}  // namespace assay::report
