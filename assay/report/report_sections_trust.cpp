#include "assay/report/figure_text.hpp"
#include "assay/report/report_sections.hpp"

namespace assay::report {
namespace {

void add_position_rows(Table& rows, const ComparisonAnalysis& a) {
    const auto add = [&](const PositionRow& row, const Text& shown) {
        rows.add(
            row_of(a, {shown, say("{}", row.wins), say("{}", row.ties), say("{}", row.losses)}));
    };
    add(a.position->variant_first, "first (A)");
    add(a.position->variant_second, "second (B)");
}

std::vector<Text> bias_row(const ComparisonAnalysis& a) {
    const Position& position = *a.position;
    return row_of(a,
                  {say("{}", position.first_shown_wins),
                   say("{}", position.second_shown_wins),
                   points_text(position.bias),
                   p_text(position.p_sign),
                   p_text(position.p_fisher),
                   points_text(position.net_stratified)});
}

Text both_orders_text(const ComparisonAnalysis& a) {
    const BothOrders& b = *a.both_orders;
    return say(
        "Both orders of {} questions for {} by {}: another verdict in the other order for {} ({}).",
        b.n,
        code(a.variant),
        code(a.judge),
        b.n_flipped,
        rate_text(b.flip_rate));
}

/// The label by one of the further judges.
Text label_by(const ReportModel& model, const std::string& judge, const std::string& variant) {
    for (const ReportComparison& comparison : model.comparisons) {
        if (comparison.analysis.judge == judge && comparison.analysis.variant == variant) {
            return decision_text(comparison.analysis.decision);
        }
    }
    return not_measured();
}

/// The net win rate if both answers had been equally long.
Text equal_length_text(const std::optional<LengthControl>& control) {
    if (!control) {
        return not_measured();
    }
    if (!control->net.value) {
        return "undefined: " + foreign(control->net.why);
    }
    return points_text(control->net);
}

/// What people would have said, by those comparisons that they labelled.
Text calibration_text(const ComparisonAnalysis& a) {
    const Calibration& c = *a.calibration;
    Text out = say("{}, calibrated to people ({} of {} comparisons labelled): ",
                   code(a.variant),
                   c.n_labelled,
                   c.n_labelled + c.n_judge_only);
    if (!c.net.low) {
        return out + say("not to be had, because {}.", foreign(c.net.why));
    }
    Decision decision;
    decision.label = c.label;
    decision.beyond_margin = *c.net.high <= -a.decision.margin;
    out += say("net win rate {} points, {}; the judge's verdicts count with weight {}. ",
               points_text(c.net),
               decision_text(decision),
               decimals_text(*c.lambda, 2));
    out += c.label_differs ? strong("The judge alone gives another label.")
                           : Text("The judge alone gives the same label.");
    return out + " " + foreign(c.note);
}

Table sensitivity_table(const ReportModel& model) {
    std::vector<Text> heads{"variant",
                            "decision",
                            "if every failed verdict were a loss",
                            "if every one were a win",
                            "net win rate at equal length, points"};
    std::string alignment = "llllr";
    const std::size_t first = model.panel ? 0 : 1;  // of the judges that do not decide alone
    for (std::size_t j = first; j < model.judges.size(); ++j) {
        heads.push_back(say("by {}", code(model.judges[j].name)));
        alignment += 'l';
    }
    Table table(std::move(heads), alignment);
    for (const ReportComparison* comparison : deciding_comparisons(model)) {
        const ComparisonAnalysis& a = comparison->analysis;
        std::vector<Text> row{code(a.variant),
                              decision_text(a.decision) + not_claimed_text(a.decision),
                              decision_text(a.worst_case.decision),
                              decision_text(a.best_case.decision),
                              equal_length_text(a.length_control)};
        for (std::size_t j = first; j < model.judges.size(); ++j) {
            row.push_back(label_by(model, model.judges[j].name, a.variant));
        }
        table.add(std::move(row));
    }
    return table;
}

Bullets sensitivity_notes(const ReportModel& model) {
    Bullets notes;
    for (const ReportComparison* comparison : deciding_comparisons(model)) {
        const ComparisonAnalysis& a = comparison->analysis;
        if (a.length_control && a.length_control->label_differs) {
            notes.items.push_back(
                say("{}: at equal length its label would be another one; read its lost questions.",
                    code(a.variant)));
        }
        if (a.calibration) {
            notes.items.push_back(calibration_text(a));
        }
        if (a.variant == model.experiment.known_bad) {
            notes.items.push_back(say("{} is there to be found bad: it was found {}.",
                                      code(a.variant),
                                      decision_text(a.decision)));
        }
    }
    return notes;
}

}  // namespace

Section position_section(const ReportModel& model) {
    Table rows({"variant", "judge", "variant shown", "wins", "ties", "losses"}, "lllrrr");
    Table bias({"variant",
                "judge",
                "won by first shown",
                "won by second shown",
                "position bias, points",
                "p, sign test",
                "p, same verdicts in both",
                "net win rate free of it, points"},
               "llrrlrrl");
    Bullets both;
    for (const ReportComparison& comparison : model.comparisons) {
        const ComparisonAnalysis& a = comparison.analysis;
        if (a.position) {
            add_position_rows(rows, a);
            bias.add(bias_row(a));
        }
        if (a.both_orders) {
            both.items.push_back(both_orders_text(a));
        }
    }
    Section section{"Position"};
    if (rows.empty()) {
        section.add(Paragraph{"Not measured: the sides are not known."});
        return section;
    }
    section.add(std::move(rows));
    section.add(std::move(bias));
    section.add(Paragraph{
        "A positive bias favours the answer shown first. An interval that holds 0 means that none "
        "was seen, not that there is none."});
    if (!both.items.empty()) {
        section.add(std::move(both));
    }
    return section;
}

Section confidence_section(const ReportModel& model) {
    Table table({"variant", "judge", "confidence", "wins", "ties", "losses"}, "lllrrr");
    for (const ReportComparison& comparison : model.comparisons) {
        for (const ConfidenceRow& row : comparison.analysis.confidence) {
            table.add(row_of(comparison.analysis,
                             {confidence_text(row.level),
                              say("{}", row.wins),
                              say("{}", row.ties),
                              say("{}", row.losses)}));
        }
    }
    Section section{"Confidence"};
    section.add(Paragraph{
        "What the judge said of itself, not calibrated. Identical answers need no call and have "
        "none."});
    section.add(table_or_nothing(std::move(table)));
    return section;
}

std::optional<Section> stopping_section(const ReportModel& model) {
    Bullets bullets;
    for (const ReportComparison& comparison : model.comparisons) {
        const auto& stopping = comparison.analysis.stopping;
        if (!stopping || stopping->design == "none") {
            continue;
        }
        bullets.items.push_back(
            say("{} by {}: {} {} of {} planned comparisons are used, {} looks, {} of alpha = {} "
                "spent.",
                code(comparison.analysis.variant),
                code(comparison.analysis.judge),
                foreign(stopping->sentence),
                stopping->n_used,
                stopping->n_planned,
                stopping->looks,
                digits_text(stopping->alpha_spent, 3),
                digits_text(model.experiment.alpha, 3)));
    }
    if (bullets.items.empty()) {
        return std::nullopt;
    }
    Section section{"Early stopping"};
    section.add(std::move(bullets));
    section.add(Paragraph{
        "The intervals shown are those that decide under this design. It saves most of the calls "
        "for a variant that is clearly worse, and few for one that is as good."});
    return section;
}

std::optional<Section> sensitivity_section(const ReportModel& model) {
    Table table = sensitivity_table(model);
    if (table.empty()) {
        return std::nullopt;
    }
    Section section{"Sensitivity"};
    section.add(Paragraph{
        "Nothing here decides. Length: quantization may change it, so the unadjusted value stays "
        "the primary one."});
    section.add(std::move(table));
    Bullets notes = sensitivity_notes(model);
    if (!notes.items.empty()) {
        section.add(std::move(notes));
    }
    return section;
}

}  // namespace assay::report
