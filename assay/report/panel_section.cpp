#include "assay/report/panel_section.hpp"

#include <fmt/format.h>

#include <utility>

#include "assay/report/figure_text.hpp"
#include "assay/report/report_sections.hpp"
#include "assay/report/terminal_text.hpp"

namespace assay::report {
namespace {

/// A share of decimals, or why there is none.
std::string number(const PanelCorrelation& each) {
    return each.correlation ? fmt::format("{:.2f}", *each.correlation)
                            : std::string("undefined, as no verdict varies");
}

std::vector<Text> judge_names(const ReportModel& model) {
    std::vector<Text> out;
    for (const ReportJudge& judge : model.judges) {
        out.push_back(code(judge.name));
    }
    return out;
}

}  // namespace

std::string panel_names(const ReportModel& model) {
    std::string out;
    for (const ReportJudge& judge : model.judges) {
        out += (out.empty() ? "" : ", ") + plain_line(judge.name);
    }
    return out;
}

std::vector<std::string> panel_correlation_lines(const ReportModel& model) {
    std::vector<std::string> out;
    if (!model.panel) {
        return out;
    }
    for (const PanelCorrelation& each : model.panel->correlations) {
        out.push_back(fmt::format(
            "Correlation of two judges' verdicts on {}: {}", each.variant, number(each)));
    }
    return out;
}

Text judged_by_text(const ReportModel& model) {
    if (!model.panel) {
        return say("as judged by {}", code(model.judges.front().name));
    }
    Text names;
    for (const Text& name : judge_names(model)) {
        names += names.empty() ? name : ", " + name;
    }
    return say("in the eyes of this panel: {}", names);
}

void add_panel_parts(Section& section, const ReportModel& model) {
    if (!model.panel) {
        return;
    }
    section.add(Paragraph{
        "The panel's net win rate is the mean of its judges' net win rates, with equal weights; "
        "wins, ties and losses are the verdicts of all of them. Each judge alone, which decides "
        "nothing:"});
    Table table({"variant", "judge", "net win rate, points", "level", "alone it would say"},
                "lllrl");
    for (const ReportComparison& comparison : model.comparisons) {
        const ComparisonAnalysis& a = comparison.analysis;
        table.add(row_of(a,
                         {points_text(a.net_win_rate),
                          a.counts.n > 0 ? level_text(a.net_win_rate.confidence) : Text(),
                          decision_text(a.decision)}));
    }
    section.add(std::move(table));
    Bullets bullets;
    for (const PanelCorrelation& each : model.panel->correlations) {
        bullets.items.push_back(
            say("{}: correlation of two judges' verdicts of one question {}, of {} questions.",
                code(each.variant),
                own_words(number(each)),
                each.n_questions));
    }
    if (!bullets.items.empty()) {
        section.add(std::move(bullets));
        section.add(Paragraph{
            "Near 1 a further judge adds little, and two judges may be one model; near 0 it adds "
            "as much as the first one did."});
    }
}

}  // namespace assay::report
