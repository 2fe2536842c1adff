#include "assay/app/design_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "assay/analysis/next_step.hpp"
#include "assay/analysis/phrases.hpp"
#include "assay/analysis/small_sample.hpp"
#include "assay/base/text.hpp"
#include "assay/report/terminal_text.hpp"
#include "assay/run/stored_run.hpp"
#include "assay/store/store.hpp"

namespace assay::app {
namespace {

using analysis::Design;
using analysis::DesignOption;
using Row = nlohmann::ordered_json;

constexpr std::size_t kLineWidth = 100;

std::string number_or_none(const analysis::NeededQuestions& needed) {
    return needed.n ? fmt::format("{}", *needed.n) : "none";
}

/// The questions that a row's costs are of: those there are where they suffice or nothing else is
/// known, else those that shipping needs. 0: out of reach.
double questions_of(const DesignOption& option) {
    const auto there_are = static_cast<double>(option.design.n_questions);
    if (option.reaches()) {
        return there_are;
    }
    const auto& needed = option.needed.non_inferiority.n;
    return needed ? std::max(there_are, static_cast<double>(*needed)) : 0;
}

/// What a row costs, as far as it is known.
struct RowCost {
    double n_questions = 0;
    double n_calls = 0;  ///< of all variants, without controls
    double n_controls = 0;
    std::optional<double> prompt_tokens{};
    std::optional<double> reply_tokens{};
    std::optional<double> money{};
    std::optional<double> answer_seconds{};
};

RowCost cost_of(const DesignTable& table, const DesignOption& option) {
    RowCost out;
    const Design& design = option.design;
    out.n_questions = questions_of(option);
    out.n_calls = table.costs.calls_cost ? analysis::calls_of(design, table.costs, out.n_questions)
                                         : 0;
    if (table.work.answer_seconds && design.n_questions > 0) {
        out.answer_seconds = table.work.answer_seconds(design.n_samples) * out.n_questions /
                             static_cast<double>(design.n_questions);
    }
    const auto& judges = table.work.judges;
    const auto n_judges = std::min(judges.size(), static_cast<std::size_t>(design.n_judges));
    double money = 0;
    bool all_priced = true;
    for (std::size_t i = 0; i < n_judges; ++i) {
        const JudgeWork& work = judges[i];
        const auto n_calls = static_cast<double>(work.n_calls());
        const double own_calls = out.n_calls / design.n_judges +
                                 static_cast<double>(work.n_controls);
        out.n_controls += static_cast<double>(work.n_controls);
        out.prompt_tokens = out.prompt_tokens.value_or(0) +
                            own_calls * work.prompt_tokens / n_calls;
        out.reply_tokens = out.reply_tokens.value_or(0) + own_calls * work.reply_tokens / n_calls;
        all_priced = all_priced && work.cost.has_value();
        money += own_calls * work.cost.value_or(0) / n_calls;
    }
    if (n_judges > 0 && all_priced) {
        out.money = money;
    }
    return out;
}

std::string name_of(const DesignOption& option) {
    const Design& d = option.design;
    const std::string way = analysis::way_of_asking(d.n_samples, d.n_judges, d.both_orders);
    return d.auto_samples ? "auto: about " + way : way;
}

std::string calls_cell(const DesignTable& table, const DesignOption& option) {
    if (!table.costs.calls_cost) {
        return "free";
    }
    const auto there_are = static_cast<double>(option.design.n_questions);
    const auto& needed = option.needed.non_inferiority.n;
    const double n = there_are > 0 ? there_are : static_cast<double>(needed.value_or(0));
    return fmt::format("{:.0f}", analysis::calls_of(option.design, table.costs, n));
}

/// What a pilot had no pairs for.
std::string but_assumed(const VerdictVariance& variance) {
    std::string what = variance.order ? "" : "order";
    if (!variance.sample) {
        what += what.empty() ? "sample" : " and sample";
    }
    if (what.empty()) {
        return "";
    }
    return fmt::format(", but for {}, where it is assumed", what);
}

std::string calls_text(const DesignTable& table, const RowCost& cost) {
    if (!table.costs.calls_cost) {
        return "calls cost nothing";
    }
    std::string out = analysis::count_of(std::llround(cost.n_calls), "call");
    if (cost.n_controls > 0) {
        out += fmt::format(" and {:.0f} controls", cost.n_controls);
    }
    return out;
}

/// Fewer clusters, or questions, than the interval may decide on alone.
bool has_few_units(const DesignTable& table) {
    const analysis::Design& design = table.options.front().design;
    const std::int64_t n = design.clusters ? design.clusters->n_clusters : design.n_questions;
    return n > 0 && n < analysis::kClustersAlone;
}

std::string sources_text(const DesignTable& table) {
    std::string out;
    const auto add = [&](const std::string& text) {
        for (const std::string& line : report::wrap(text, kLineWidth - 2)) {
            out += "  " + line + "\n";
        }
    };
    const auto c = analysis::covariances_of(table.options.front().design);
    const std::string correlations = fmt::format(
        "order {:.2f}, sample {:.2f}", c.order / c.v, c.sample / c.v);
    if (!table.measured) {
        add(fmt::format("correlation of two verdicts of a question, assumed: {}", correlations));
    } else {
        const MeasuredIn& from = *table.measured;
        const VerdictVariance& variance = from.variant.variance;
        add(fmt::format(
            "variance of a verdict {:.3f}, correlation of two of a question: {}; measured in {} on "
            "{} of {} by {}{}",
            c.v,
            correlations,
            report::plain_line(from.run_dir),
            analysis::count_of(variance.n_questions, "question"),
            report::plain_line(from.variant.name),
            report::plain_line(from.judge),
            but_assumed(variance)));
    }
    if (!table.note.empty()) {
        add("note: " + table.note);
    }
    if (!table.no_samples.empty()) {
        add("note: " + table.no_samples);
    }
    if (has_few_units(table)) {
        add(fmt::format(
            "note: below {} clusters or questions the exact test, which must agree, "
            "takes each as one verdict: further verdicts of a question do not raise the "
            "chances there, and those of several are given too high",
            analysis::kClustersAlone));
    }
    return out;
}

std::string table_text(const DesignTable& table) {
    const std::int64_t there_are = table.options.front().design.n_questions;
    std::vector<report::AlignedColumn> columns(there_are > 0 ? 7 : 5);
    const auto put = [&](std::vector<std::string> cells) {
        for (std::size_t i = 0; i < columns.size(); ++i) {
            columns[i].right = i > 0 && i + 1 < columns.size();
            columns[i].cells.push_back(std::move(cells[i]));
        }
    };
    if (there_are > 0) {
        put({"", "questions", "questions to", "calls", "chance", "chance of", ""});
        put({"",
             "to ship",
             "be equivalent",
             fmt::format("of {}", there_are),
             "to ship",
             "equivalent",
             ""});
    } else {
        put({"", "questions", "questions to", "calls", ""});
        put({"", "to ship", "be equivalent", "to ship", ""});
    }
    for (std::size_t i = 0; i < table.options.size(); ++i) {
        const DesignOption& option = table.options[i];
        std::vector<std::string> cells{"  " + name_of(option),
                                       number_or_none(option.needed.non_inferiority),
                                       number_or_none(option.needed.equivalence),
                                       calls_cell(table, option)};
        if (there_are > 0) {
            cells.push_back(option.alike ? analysis::chance(option.p_ship()) : "none");
            cells.push_back(option.alike ? analysis::chance(option.alike->equivalent) : "none");
        }
        cells.emplace_back(table.cheapest == i ? "<- cheapest" : "");
        put(std::move(cells));
    }
    std::string out;
    for (const std::string& line : report::aligned_lines(columns, 2)) {
        out += line + "\n";
    }
    return out;
}

std::string cost_text(const DesignTable& table, const DesignOption& option) {
    const RowCost cost = cost_of(table, option);
    const auto n = static_cast<std::int64_t>(std::llround(cost.n_questions));
    std::string out = fmt::format("{}, {}", name_of(option), analysis::count_of(n, "question"));
    if (option.design.n_questions > 0 && n > option.design.n_questions) {
        out += fmt::format(" ({} further)", n - option.design.n_questions);
    }
    out += ": " + calls_text(table, cost);
    if (cost.prompt_tokens) {
        out += fmt::format("; about {} prompt tokens and {} reply tokens",
                           about_tokens(*cost.prompt_tokens),
                           about_tokens(*cost.reply_tokens));
    }
    if (cost.money) {
        out += fmt::format("; about {:.2f} at the judge's prices", *cost.money);
    }
    if (cost.answer_seconds && *cost.answer_seconds > 0) {
        out += fmt::format("; answers in about {}", format_duration(*cost.answer_seconds));
    }
    return out;
}

/// The row with the fewest questions that ship.
const DesignOption* fewest_questions(const DesignTable& table) {
    const DesignOption* out = nullptr;
    for (const DesignOption& option : table.options) {
        const auto& n = option.needed.non_inferiority.n;
        if (n && (out == nullptr || *n < *out->needed.non_inferiority.n)) {
            out = &option;
        }
    }
    return out;
}

std::string verdict_text(const DesignTable& table) {
    if (table.cheapest) {
        return "cheapest: " + cost_text(table, table.options[*table.cheapest]) + ".";
    }
    const DesignOption* fewest = fewest_questions(table);
    if (fewest == nullptr) {
        return "No design reaches this margin with a practicable number of questions.";
    }
    const std::string least = cost_text(table, *fewest);
    if (table.options.front().design.n_questions > 0) {
        return fmt::format(
            "None ships with {} power on these {}. With the fewest further questions: {}.",
            analysis::percent_level(fewest->design.settings.power),
            analysis::count_of(fewest->design.n_questions, "question"),
            least);
    }
    return fmt::format(
        "Fewest calls: {}. Fewest questions: {}. Which is cheaper depends on what a "
        "question costs (--question-cost, in calls).",
        cost_text(table, table.options.front()),
        least);
}

Row number(const std::optional<double>& value) {
    return value ? Row(*value) : Row(nullptr);
}

Row needed_json(const analysis::NeededQuestions& needed) {
    return needed.n ? Row(*needed.n) : Row(nullptr);
}

Row option_json(const DesignTable& table, const DesignOption& option) {
    const RowCost cost = cost_of(table, option);
    const bool known = cost.n_questions > 0;
    return {{"n_samples", option.design.n_samples},
            {"auto_samples", option.design.auto_samples},
            {"n_judges", option.design.n_judges},
            {"both_orders", option.design.both_orders},
            {"questions_ship", needed_json(option.needed.non_inferiority)},
            {"questions_equivalent", needed_json(option.needed.equivalence)},
            {"chance_ship", option.alike ? Row(option.p_ship()) : Row(nullptr)},
            {"chance_equivalent", option.alike ? Row(option.alike->equivalent) : Row(nullptr)},
            {"reaches", option.reaches()},
            {"n_questions", known ? Row(std::llround(cost.n_questions)) : Row(nullptr)},
            {"n_calls", known ? Row(std::llround(cost.n_calls)) : Row(nullptr)},
            {"prompt_tokens", number(cost.prompt_tokens)},
            {"reply_tokens", number(cost.reply_tokens)},
            {"cost", number(cost.money)},
            {"answer_seconds", number(cost.answer_seconds)}};
}

}  // namespace

std::optional<MeasuredIn> measured_in(const std::string& run_dir,
                                      const std::string& judge,
                                      std::string& why) {
    const auto store = store::Store::open_read_only(run_dir);
    const run::StoredRun stored(*store, run::latest_plan(*store, run_dir));
    auto pilot = run::pilot_of(stored, judge, why);
    if (!pilot) {
        return std::nullopt;
    }
    const auto most = std::max_element(
        pilot->variants.begin(), pilot->variants.end(), [](const auto& a, const auto& b) {
            return *a.variance.v < *b.variance.v;
        });
    return MeasuredIn{run_dir, pilot->judge, *most};
}

DesignTable make_design_table(const Design& planned,
                              analysis::DesignRoom room,
                              const analysis::DesignCosts& costs) {
    DesignTable out;
    room.best_samples = analysis::cheapest_samples(planned, costs);
    out.options = analysis::design_options(planned, room);
    out.costs = costs;
    out.cheapest = analysis::cheapest_of(out.options, costs);
    return out;
}

std::string design_table_text(const DesignTable& table) {
    std::string out = fmt::format(
        "\nways of asking, for {} power if the two are truly alike\n",
        analysis::percent_level(table.options.front().design.settings.power));
    out += sources_text(table) + table_text(table);
    for (const std::string& line : report::wrap(verdict_text(table), kLineWidth - 2)) {
        out += "  " + line + "\n";
    }
    return out;
}

std::string design_table_json(const DesignTable& table) {
    const auto c = analysis::covariances_of(table.options.front().design);
    Row out{{"covariances",
             {{"v", c.v}, {"order", c.order}, {"judge", c.judge}, {"sample", c.sample}}}};
    out["measured_in"] = nullptr;
    if (const auto& from = table.measured) {
        out["measured_in"] = {{"run", from->run_dir},
                              {"judge", from->judge},
                              {"variant", from->variant.name},
                              {"n_questions", from->variant.variance.n_questions}};
    }
    out["question_cost"] = number(table.costs.question);
    out["rows"] = Row::array();
    for (const DesignOption& option : table.options) {
        out["rows"].push_back(option_json(table, option));
    }
    out["cheapest"] = table.cheapest ? Row(*table.cheapest) : Row(nullptr);
    out["notes"] = Row::array();
    for (const std::string* note : {&table.note, &table.no_samples}) {
        if (!note->empty()) {
            out["notes"].push_back(*note);
        }
    }
    return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace assay::app
