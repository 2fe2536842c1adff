#include "assay/report/markdown_sensitivity.hpp"

#include <fmt/format.h>

#include <vector>

#include "assay/report/figures.hpp"
#include "assay/report/markdown_text.hpp"

namespace assay::report {
namespace {

std::string bullet(const std::string& text) {
    return "- " + text + "\n";
}

std::string rate_text(std::int64_t part, std::int64_t whole, const Estimate& rate) {
    if (whole == 0) {
        return "none was judged";
    }
    return fmt::format("{} of {} ({})", part, whole, rate_with_interval(rate));
}

std::string words_of(const Decision& decision) {
    return decision_words(decision) + (decision.claimed.value_or(true) ? "" : " (not claimed)");
}

/// The label by one of the further judges.
std::string label_by(const ReportModel& model,
                     const std::string& judge,
                     const std::string& variant) {
    for (const ReportComparison& comparison : model.comparisons) {
        if (comparison.analysis.judge == judge && comparison.analysis.variant == variant) {
            return decision_words(comparison.analysis.decision);
        }
    }
    return std::string(kNotMeasured);
}

/// What people would have said, by those comparisons that they labelled.
std::string calibration_bullet(const ComparisonAnalysis& a) {
    const Calibration& c = *a.calibration;
    std::string out = fmt::format("{}, calibrated to people ({} of {} comparisons labelled): ",
                                  md_code(a.variant),
                                  c.n_labelled,
                                  c.n_labelled + c.n_judge_only);
    if (!c.net.low) {
        return bullet(out + "not to be had, because " + md_text(c.net.why) + ".");
    }
    Decision decision;
    decision.label = c.label;
    decision.beyond_margin = *c.net.high <= -a.decision.margin;
    out += fmt::format(
        "net win rate {} points, {}; the judge's verdicts count with weight {:.2f}. ",
        points_with_interval(c.net),
        decision_words(decision),
        *c.lambda);
    out += c.label_differs ? "**The judge alone gives another label.** "
                           : "The judge alone gives the same label. ";
    return bullet(out + md_text(c.note));
}

}  // namespace

std::string md_judge_controls(const ReportModel& model) {
    std::string out;
    for (const ReportJudge& judge : model.judges) {
        const ControlsSummary& c = judge.controls;
        out += bullet(fmt::format(
            "Judge {}, controls hidden among the questions: **{}**. An answer to another question "
            "lost in {}; a side was preferred in {} identical pairs.{}{}",
            md_code(judge.name),
            c.passed ? "passed" : "not passed, so its verdicts decide nothing",
            rate_text(c.n_swapped_lost, c.n_swapped, c.swapped_lost),
            rate_text(c.n_preferred, c.n_identical, c.side_preferred),
            c.n_truncated == 0
                ? ""
                : fmt::format(" Of answers beside their own first half, which decides nothing, the "
                              "half lost in {}.",
                              rate_text(c.n_truncated_lost, c.n_truncated, c.truncated_lost)),
            c.passed ? "" : " Not passed because " + md_text(c.why) + "."));
        if (!judge.repeats) {
            continue;
        }
        const RepeatStability& r = *judge.repeats;
        out += bullet(
            fmt::format("Judge {}, asked again about the same pair in the same order: the "
                        "same verdict in {}. These verdicts are in no count.",
                        md_code(judge.name),
                        rate_text(r.n_same, r.n, r.same)));
    }
    return out;
}

std::string md_stopping(const ReportModel& model) {
    std::string out;
    for (const ReportComparison& comparison : model.comparisons) {
        const auto& stopping = comparison.analysis.stopping;
        if (!stopping || stopping->design == "none") {
            continue;
        }
        out += bullet(
            fmt::format("{} by {}: {} {} of {} planned comparisons are used, {} looks, "
                        "{:.3g} of alpha = {:.3g} spent.",
                        md_code(comparison.analysis.variant),
                        md_code(comparison.analysis.judge),
                        md_text(stopping->sentence),
                        stopping->n_used,
                        stopping->n_planned,
                        stopping->looks,
                        stopping->alpha_spent,
                        model.experiment.alpha));
    }
    if (out.empty()) {
        return out;
    }
    return "## Early stopping\n\n" + out +
           "\nThe intervals shown are those that decide under this design. It saves most of the "
           "calls for a variant that is clearly worse, and few for one that is as good.\n\n";
}

std::string md_sensitivity(const ReportModel& model) {
    std::vector<std::string> header{"variant",
                                    "decision",
                                    "if every failed verdict were a loss",
                                    "net win rate at equal length, points"};
    std::string alignment = "lllr";
    for (std::size_t j = 1; j < model.judges.size(); ++j) {
        header.push_back("by " + md_code(model.judges[j].name));
        alignment += 'l';
    }
    MarkdownTable table(header, alignment);
    std::string notes;
    for (const ReportComparison* comparison : deciding_comparisons(model)) {
        const ComparisonAnalysis& a = comparison->analysis;
        std::vector<std::string> row{
            md_code(a.variant), words_of(a.decision), decision_words(a.worst_case.decision)};
        row.push_back(!a.length_control ? std::string(kNotMeasured)
                      : a.length_control->net.value
                          ? points_with_interval(a.length_control->net)
                          : "undefined: " + md_text(a.length_control->net.why));
        for (std::size_t j = 1; j < model.judges.size(); ++j) {
            row.push_back(label_by(model, model.judges[j].name, a.variant));
        }
        table.add(row);
        if (a.length_control && a.length_control->label_differs) {
            notes += bullet(fmt::format(
                "{}: at equal length its label would be another one; read its lost questions.",
                md_code(a.variant)));
        }
        if (a.calibration) {
            notes += calibration_bullet(a);
        }
        if (a.variant == model.experiment.known_bad) {
            notes += bullet(fmt::format("{} is there to be found bad: it was found {}.",
                                        md_code(a.variant),
                                        decision_words(a.decision)));
        }
    }
    if (table.empty()) {
        return "";
    }
    return "## Sensitivity\n\nNothing here decides. Length: quantization may change it, so the "
           "unadjusted value stays the primary one.\n\n" +
           table.text() + notes + (notes.empty() ? "" : "\n");
}

}  // namespace assay::report
