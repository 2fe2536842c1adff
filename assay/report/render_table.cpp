#include "assay/report/render_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "assay/records/judge_provider.hpp"
#include "assay/records/names.hpp"
#include "assay/records/plan.hpp"
#include "assay/report/figures.hpp"
#include "assay/report/panel_section.hpp"
#include "assay/report/second_interval.hpp"
#include "assay/report/shown_history.hpp"
#include "assay/report/terminal_text.hpp"

namespace assay::report {
namespace {

constexpr std::size_t kMinWidth = 60;
constexpr std::size_t kMinName = 8;
constexpr std::size_t kHeadLines = 2;

enum class Colour { kNone, kGreen, kRed, kYellow };

struct Column {
    std::string top;     ///< first line of the head
    std::string bottom;  ///< second line
    bool right = true;
    int dropped_as = 0;  ///< where columns are left out for the width: 1 goes first; 0 never goes
    std::vector<std::string> cells;
    [[nodiscard]] std::size_t width() const {
        const std::size_t heads = std::max(display_width(top), display_width(bottom));
        return std::max(heads, AlignedColumn{right, cells}.width());
    }
};

struct VariantTable {
    std::vector<Column> columns;
    std::vector<Colour> colours;  ///< of each row's last cell
    std::string dropped;          ///< names of the columns that were left out
    std::size_t gap = 2;
    [[nodiscard]] std::size_t width() const {
        std::size_t out = gap * (columns.size() - 1);
        for (const Column& column : columns) {
            out += column.width();
        }
        return out;
    }
};

/// In a narrow cell "-" stands for "not measured"; the line below the table says so.
std::string figure_or_dash(double value) {
    return value > 0 ? figure_or_not_measured(value) : "-";
}
std::string bytes_or_dash(std::uint64_t bytes) {
    return bytes > 0 ? short_bytes(bytes) : "-";
}

Colour colour_of(const Decision& decision) {
    switch (decision.label) {
        case DecisionLabel::kEquivalent:
        case DecisionLabel::kNonInferior: return Colour::kGreen;
        case DecisionLabel::kDegraded: return Colour::kRed;
        case DecisionLabel::kInconclusive:
        case DecisionLabel::kNotMeasured: return Colour::kYellow;
    }
    return Colour::kNone;
}

bool is_worse_within_margin(const Decision& d) {
    return d.label == DecisionLabel::kDegraded && !d.beyond_margin;
}

/// Questions until it may ship, if the two are alike; 0: not known, or none.
std::int64_t questions_to_ship(const Decision& decision) {
    return decision.n_more_ship.value_or(decision.n_more.value_or(0));
}

/// "inconclusive +219", "degraded*", "equivalent!": short enough for a column.
std::string decision_cell(const ComparisonAnalysis& analysis) {
    const Decision& decision = analysis.decision;
    const char* mark = second_interval_contradicts(analysis) ? "!" : "";
    if (decision.label == DecisionLabel::kDegraded) {
        return fmt::format("{}{}{}", words_of(decision), decision.beyond_margin ? "" : "*", mark);
    }
    std::string out = decision_words(decision) + mark;
    if (!decision.claimed.value_or(true)) {
        out += "~";
    }
    if (const std::int64_t n = questions_to_ship(decision); n > 0) {
        out += fmt::format(" +{}", n);
    }
    return out;
}

const ComparisonAnalysis* analysis_of(const std::vector<const ReportComparison*>& comparisons,
                                      const std::string& variant) {
    for (const ReportComparison* c : comparisons) {
        if (c->analysis.variant == variant) {
            return &c->analysis;
        }
    }
    return nullptr;
}

bool any_has_questions(const std::vector<const ReportComparison*>& comparisons) {
    return std::any_of(comparisons.begin(), comparisons.end(), [](const ReportComparison* c) {
        return c->analysis.questions.has_value();
    });
}

/// "12/80/8": questions in which the variant is ahead, even or behind by the mean of their
/// verdicts.
std::string questions_cell(const std::optional<QuestionSummary>& questions) {
    return questions
               ? fmt::format("{}/{}/{}", questions->n_won, questions->n_even, questions->n_lost)
               : "-";
}

constexpr const char* kQuestionsColumn = "questions";

VariantTable make_table(const ReportModel& model) {
    VariantTable table;
    table.columns = {{"variant", "", false, 0, {}},
                     {"", "size", true, 2, {}},
                     {"", "bpw", true, 3, {}},
                     {"prefill", "t/s", true, 4, {}},
                     {"decode", "t/s", true, 6, {}},
                     {"peak", "memory", true, 5, {}},
                     {"", "same", true, 1, {}},
                     {"", "W/T/L", true, 0, {}},
                     {kQuestionsColumn, "+/=/-", true, 7, {}},
                     {"net win rate,", "points", false, 0, {}},
                     {"", "decision", false, 0, {}}};
    const auto deciding = deciding_comparisons(model);
    for (const ReportVariant& v : model.variants) {
        const Speed speed = v.speed.value_or(Speed{});
        std::vector<std::string> row{plain_line(v.variant.name),
                                     bytes_or_dash(v.variant.size_bytes()),
                                     figure_or_dash(v.variant.file.bits_per_weight()),
                                     figure_or_dash(speed.prefill_tokens_per_s),
                                     figure_or_dash(speed.decode_tokens_per_s),
                                     bytes_or_dash(speed.peak_memory_bytes)};
        Colour colour = Colour::kNone;
        if (v.variant.role == Role::kBaseline) {
            row.insert(row.end(), {"", "", "", "", "baseline"});
        } else if (const ComparisonAnalysis* a = analysis_of(deciding, v.variant.name)) {
            const Counts& c = a->counts;
            row.insert(row.end(),
                       {c.n > 0 ? std::to_string(c.identical) : "-",
                        c.n > 0 ? fmt::format("{}/{}/{}", c.wins, c.ties, c.losses) : "-",
                        questions_cell(a->questions),
                        a->net_win_rate.value ? points_with_interval(a->net_win_rate) : "-",
                        decision_cell(*a)});
            colour = colour_of(a->decision);
        } else {
            row.insert(row.end(), {"-", "-", "-", "-", std::string(kNotMeasured)});
            colour = Colour::kYellow;
        }
        for (std::size_t i = 0; i < row.size(); ++i) {
            table.columns[i].cells.push_back(std::move(row[i]));
        }
        table.colours.push_back(colour);
    }
    if (!any_has_questions(deciding)) {
        std::erase_if(table.columns,
                      [](const Column& column) { return column.top == kQuestionsColumn; });
    }
    return table;
}

/// Shortens names to `limit` columns, if the table is too wide.
void fit_names(VariantTable& table, std::size_t width) {
    if (table.width() <= width) {
        return;
    }
    Column& names = table.columns.front();
    const std::size_t excess = table.width() - width;
    const std::size_t room = names.width() > excess + kMinName ? names.width() - excess : kMinName;
    for (std::string& name : names.cells) {
        name = cut_middle(name, room);
    }
}

/// One space between columns, then shorter names, then fewer columns.
void fit(VariantTable& table, std::size_t width) {
    const std::vector<std::string> names = table.columns.front().cells;
    if (table.width() > width) {
        table.gap = 1;
    }
    fit_names(table, width);
    for (int next = 1; table.width() > width; ++next) {
        const auto it = std::find_if(table.columns.begin(),
                                     table.columns.end(),
                                     [&](const Column& c) { return c.dropped_as == next; });
        if (it == table.columns.end()) {
            return;
        }
        table.dropped += fmt::format("{}{}{}{}",
                                     table.dropped.empty() ? "" : ", ",
                                     it->top,
                                     it->top.empty() ? "" : " ",
                                     it->bottom);
        table.columns.erase(it);
        table.columns.front().cells = names;
        fit_names(table, width);
    }
}

std::string_view code_of(Colour colour) {
    switch (colour) {
        case Colour::kNone: return "0";
        case Colour::kGreen: return "32";
        case Colour::kRed: return "31";
        case Colour::kYellow: return "33";
    }
    return "0";
}

std::string coloured(std::string_view text, Colour colour) {
    if (colour == Colour::kNone) {
        return std::string(text);
    }
    return fmt::format("\x1b[{}m{}\x1b[0m", code_of(colour), text);
}

/// `colour`: the last cells are coloured.
std::string table_text(const VariantTable& table, bool colour) {
    std::vector<AlignedColumn> columns;
    for (const Column& column : table.columns) {
        const bool one_line = column.bottom.empty();
        AlignedColumn aligned{column.right, {}};
        aligned.cells = {one_line ? "" : column.top, one_line ? column.top : column.bottom};
        aligned.cells.insert(aligned.cells.end(), column.cells.begin(), column.cells.end());
        columns.push_back(std::move(aligned));
    }
    std::vector<std::string>& decisions = columns.back().cells;
    for (std::size_t row = 0; colour && row < table.colours.size(); ++row) {
        std::string& cell = decisions[row + kHeadLines];
        cell = coloured(cell, table.colours[row]);
    }
    std::string out;
    for (const std::string& line : aligned_lines(columns, table.gap)) {
        out += line + "\n";
    }
    return out;
}

std::string title(const ReportModel& model) {
    const ReportExperiment& e = model.experiment;
    std::string out = fmt::format("{}: {} questions, margin ±{:.4g} points",
                                  plain_line(e.name),
                                  e.n_questions,
                                  e.margin * 100);
    if (model.panel) {
        out += fmt::format(", in the eyes of this panel: {}", panel_names(model));
    } else if (!model.judges.empty()) {
        const ReportJudge& judge = model.judges.front();
        out += ", judged by " + plain_line(judge.name);
        if (is_metric(judge.provider)) {
            out += fmt::format(" (a metric: {} with the expected answer)",
                               judge.model.empty() || judge.model == kReferenceMetrics[0]
                                   ? "token F1"
                                   : plain_line(judge.model));
        }
    }
    if (e.exploratory) {
        out += ", exploratory";
    }
    return out;
}

/// What the columns mean, and only what is needed for this table.
std::string legend(const ReportModel& model, const VariantTable& table) {
    const auto deciding = deciding_comparisons(model);
    std::optional<double> level;
    bool worse = false, more = false, unclaimed = false;
    const bool several = any_has_questions(deciding);
    for (const ReportComparison* c : deciding) {
        if (c->analysis.net_win_rate.value && !level) {
            level = c->analysis.net_win_rate.confidence;
        }
        worse |= is_worse_within_margin(c->analysis.decision);
        more |= questions_to_ship(c->analysis.decision) > 0;
        unclaimed |= !c->analysis.decision.claimed.value_or(true);
    }
    std::string out =
        several
            ? "bpw: bits per weight. t/s: tokens per second. W/T/L: verdicts won, tied, lost by "
              "the variant. questions: ahead, even, behind by the mean of their verdicts. same: "
              "identical answers, among the ties."
            : "bpw: bits per weight. t/s: tokens per second. W/T/L: won, tied, lost by the "
              "variant. same: identical answers, among the ties.";
    if (model.panel) {
        out += " W/T/L counts the verdicts of all judges.";
    }
    if (level) {
        out += fmt::format(" Net win rate: {} with its {} interval.",
                           several ? "the mean over questions of (W-L)/n" : "(W-L)/n",
                           confidence_level(*level));
    }
    if (more) {
        out += " +n: if it is as good, about n more questions would show it.";
    }
    if (worse) {
        out += " *: worse; by more than the margin is not settled.";
    }
    if (unclaimed) {
        out += " ~: would pass alone, but may not be claimed beside the others.";
    }
    out += " -: not measured.";
    if (!table.dropped.empty()) {
        out += " Left out for the width: " + table.dropped + ".";
    }
    return out;
}

/// One line for each judge that does not decide: "judge-2 (sensitivity): Q8_0 equivalent, Q4_K_M
/// inconclusive". Of a panel these are all of its judges, each with its net win rate.
std::vector<std::string> further_judges(const ReportModel& model) {
    std::vector<std::string> out;
    for (std::size_t i = model.panel ? 0 : 1; i < model.judges.size(); ++i) {
        std::string line;
        for (const ReportComparison& c : model.comparisons) {
            if (c.analysis.judge != model.judges[i].name) {
                continue;
            }
            const std::string why = why_not_measured(c);
            const bool shows_net = model.panel && c.analysis.net_win_rate.value;
            line += fmt::format(
                "{}{} {}{}{}",
                line.empty() ? "" : ", ",
                plain_line(c.analysis.variant),
                shows_net ? points_with_interval(c.analysis.net_win_rate) + " " : std::string(),
                decision_words(c.analysis.decision),
                why.empty() ? "" : " (" + plain_line(why) + ")");
        }
        if (!line.empty()) {
            out.push_back(plain_line(model.judges[i].name) +
                          (model.panel ? " alone (sensitivity): " : " (sensitivity): ") + line);
        }
    }
    return out;
}

/// Why a few questions, or failed verdicts, did not let the interval decide: a line a variant.
std::vector<std::string> why_inconclusive(const ReportModel& model) {
    std::vector<std::string> out;
    for (const ReportComparison* c : deciding_comparisons(model)) {
        const ComparisonAnalysis& a = c->analysis;
        const bool extreme_cases_differ = a.counts.unknown() > 0 &&
                                          a.worst_case.decision.label != a.best_case.decision.label;
        if ((a.small_sample || extreme_cases_differ) &&
            a.decision.label == DecisionLabel::kInconclusive) {
            out.push_back(fmt::format("{}: {}", plain_line(a.variant), plain_line(a.decision.why)));
        }
    }
    return out;
}

}  // namespace

std::string render_table(const ReportModel& model, bool colour, int width) {
    const std::size_t columns = std::max(
        kMinWidth, width < 0 ? std::size_t{0} : static_cast<std::size_t>(width));
    VariantTable table = make_table(model);
    fit(table, columns);
    std::string out;
    const auto add = [&](const std::string& paragraph) {
        for (const std::string& line : wrap(paragraph, columns)) {
            out += line + "\n";
        }
    };
    add(title(model));
    if (model.experiment.exploratory) {
        add("Exploratory: " + plain_line(model.experiment.exploratory_why));
    }
    for (const std::string& warning : model.warnings) {
        add("Warning: " + plain_line(warning));
    }
    out += "\n" + table_text(table, colour) + "\n";
    add(legend(model, table));
    for (const std::string& line : why_inconclusive(model)) {
        add(line);
    }
    for (const ReportComparison* c : deciding_comparisons(model)) {
        const std::string said = second_interval_sentence(c->analysis);
        if (!said.empty()) {
            add(fmt::format("! {}: {}", plain_line(c->analysis.variant), plain_line(said)));
        }
    }
    for (const std::string& line : further_judges(model)) {
        add(line);
    }
    for (const std::string& line : panel_correlation_lines(model)) {
        add(plain_line(line));
    }
    if (model.decisions_shown.size() > 1) {
        add("Decisions that were shown:");
        for (const std::string& line : shown_lines(model.decisions_shown)) {
            add(plain_line(line));
        }
    }
    if (!model.recommendation.sentence.empty()) {
        out += "\n";
        add(plain_line(model.recommendation.sentence));
    }
    return out;
}

}  // namespace assay::report
