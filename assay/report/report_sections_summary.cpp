#include <algorithm>

#include "assay/report/figure_text.hpp"
#include "assay/report/panel_section.hpp"
#include "assay/report/report_sections.hpp"
#include "assay/report/second_interval.hpp"

namespace assay::report {
namespace {

std::vector<Text> finding_row(const ComparisonAnalysis& a) {
    const Counts& c = a.counts;
    const bool measured = c.n > 0;
    const bool decisive = c.wins + c.losses > 0;
    const auto count = [&](std::int64_t n) { return measured ? say("{}", n) : not_measured(); };
    const std::optional<double>& effect = a.effect_size.abs_2p_minus_1;
    return {code(a.variant),
            count(c.wins),
            count(c.ties),
            count(c.losses),
            points_text(a.net_win_rate),
            measured ? level_text(a.net_win_rate.confidence) : Text(),
            decisive ? p_text(a.sign_test.exact) : not_measured(),
            effect ? decimals_text(*effect, 3) : Text("undefined"),
            strong(decision_sentence_text(a.decision)) + not_claimed_text(a.decision) +
                second_interval_text(a)};
}

/// How several variants are claimed beside each other.
Text multiplicity_text(const ReportModel& model, std::size_t n_variants) {
    const std::string& rule = model.experiment.multiplicity;
    const Text alpha = digits_text(model.experiment.alpha, 4);
    if (rule == "holm") {
        return say("{} variants are claimed by Holm's adjusted p values at alpha = {}.",
                   n_variants,
                   alpha);
    }
    if (rule != "ladder") {
        return say(
            "{} variants are decided, each at alpha = {}, without a correction for their number.",
            n_variants,
            alpha);
    }
    const bool any_unknown = std::any_of(
        model.variants.begin() + 1, model.variants.end(), [](const ReportVariant& v) {
            return v.variant.size_bytes() == 0;
        });
    return say(
        "{} variants are claimed in a fixed sequence from the largest file to the smallest{}, "
        "each at alpha = {}; after the first that fails nothing is claimed.",
        n_variants,
        any_unknown ? Text(", those of unknown size last in the order of the plan") : Text(),
        alpha);
}

bool any_variant(const ReportModel& model, bool (*holds)(const ReportVariant&)) {
    return std::any_of(model.variants.begin(), model.variants.end(), holds);
}

/// What of the answers limits the result.
void add_answers_caveats(Bullets& bullets, const ReportModel& model) {
    if (any_variant(model, [](const ReportVariant& v) { return v.n_unknown_stop > 0; })) {
        bullets.items.push_back(
            "Of some answers it is not known whether the limit of tokens cut them: a cut answer "
            "that ends with a sentence is not seen as one.");
    }
    if (any_variant(model, [](const ReportVariant& v) { return v.n_length_stop > 0; })) {
        bullets.items.push_back(
            "Some answers were cut at the limit of tokens; a longer limit may change the result.");
    }
    if (!model.proof.same_engine) {
        bullets.items.push_back(
            "Not only the weights may differ: the variants did not run under one engine "
            "fingerprint.");
    }
    if (!any_answered_by_settings(model)) {
        return;
    }
    if (model.experiment.generation.own_template) {
        bullets.items.push_back(
            "Not only the weights differ: each variant used its own chat template.");
    }
    if (model.experiment.generation.temp > 0) {
        bullets.items.push_back("Answers were sampled; another seed gives other answers.");
    }
}

/// Of what the result holds.
Text scope_text(const ReportModel& model) {
    const std::int64_t n = model.experiment.n_questions;
    if (model.experiment.on_these_questions) {
        return say(
            "The result holds for exactly these {} questions, these settings, and this "
            "judge. It says nothing of other questions, be they like these or not.",
            n);
    }
    return say(
        "The result holds for these {} questions and others like them, these settings, and "
        "{}; not for other tasks.",
        n,
        model.panel ? Text("this panel of judges") : Text("this judge"));
}

}  // namespace

Section key_finding_section(const ReportModel& model) {
    Section section{"Key finding"};
    for (const std::string& warning : model.warnings) {
        section.add(Paragraph{say("Warning: {}", strong(foreign(warning)))});
    }
    Table table({"variant",
                 "wins",
                 "ties",
                 "losses",
                 "net win rate, points",
                 "level",
                 "p, exact sign test",
                 "effect size",
                 "decision"},
                "lrrrlrrrl");
    for (const ReportComparison* comparison : deciding_comparisons(model)) {
        table.add(finding_row(comparison->analysis));
    }
    if (table.empty()) {
        section.add(nothing_was_judged());
        return section;
    }
    const ReportVariant* baseline = baseline_of(model);
    section.add(
        Paragraph{say("Each variant against {} on {} questions, {}. Effect size: abs(2p - 1) of "
                      "the decisive win rate p.",
                      code(baseline ? baseline->variant.name : ""),
                      model.experiment.n_questions,
                      judged_by_text(model))});
    section.add(std::move(table));
    add_panel_parts(section, model);
    for (const ReportComparison* comparison : deciding_comparisons(model)) {
        const std::string said = second_interval_sentence(comparison->analysis);
        if (!said.empty()) {
            section.add(
                Paragraph{say("{}: {}", code(comparison->analysis.variant), foreign(said))});
        }
    }
    return section;
}

Section caveats_section(const ReportModel& model) {
    const auto deciding = deciding_comparisons(model);
    Bullets bullets;
    bullets.items.push_back(scope_text(model));
    for (const std::string& note : model.data_notes) {
        bullets.items.push_back(foreign(note));
    }
    if (std::any_of(model.judges.begin(), model.judges.end(), is_metric)) {
        bullets.items.push_back(
            "The reference metric compares words with the expected answer. It does not know "
            "whether an answer is right.");
    }
    if (deciding.size() > 1) {
        bullets.items.push_back(multiplicity_text(model, deciding.size()));
    }
    if (std::any_of(deciding.begin(), deciding.end(), [](const ReportComparison* c) {
            return c->analysis.counts.not_judged > 0;
        })) {
        bullets.items.push_back(
            "Some comparisons were not judged: judging stopped early, or run again to judge them.");
    }
    add_answers_caveats(bullets, model);
    if (model.experiment.exploratory) {
        bullets.items.push_back(say("Exploratory: {}.", foreign(model.experiment.exploratory_why)));
    }
    Section section{"Caveats"};
    section.add(std::move(bullets));
    return section;
}

Section conclusion_section(const ReportModel& model) {
    Bullets bullets;
    for (const ReportComparison* comparison : deciding_comparisons(model)) {
        const ComparisonAnalysis& a = comparison->analysis;
        bullets.items.push_back(say("{}: {}, net win rate {}{}.",
                                    code(a.variant),
                                    decision_sentence_text(a.decision),
                                    points_text(a.net_win_rate),
                                    a.net_win_rate.value ? Text(" points") : Text()));
    }
    const std::string& sentence = model.recommendation.sentence;
    Section section{"Conclusion and recommendation"};
    section.add(std::move(bullets));
    section.add(
        Paragraph{sentence.empty() ? Text("No recommendation.") : strong(foreign(sentence))});
    return section;
}

}  // namespace assay::report
