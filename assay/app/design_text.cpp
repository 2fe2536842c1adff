#include "assay/app/design_text.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "assay/analysis/phrases.hpp"
#include "assay/report/terminal_text.hpp"

namespace assay::app {
namespace {

using analysis::chance;
using analysis::count_of;
using analysis::percent_level;
using analysis::plain_points;
using Json = nlohmann::ordered_json;

constexpr std::size_t kNameWidth = 20;
constexpr std::size_t kTextWidth = 100;
constexpr double kHardlyEverTooMany = 0.95;  // above, the number of decisive verdicts is no
                                             // obstacle worth a line

std::string line(std::string_view name, std::string_view value) {
    return fmt::format("  {} {}\n", report::pad_right(name, kNameWidth), value);
}

std::string detectable_text(const DetectableEffect& mde) {
    if (!mde.net || !mde.decisive_win_rate) {
        return "none: " + mde.why;
    }
    return fmt::format(
        "{:.1f} points net; decisive win rate {:.1f} points from 50 % (two-sided sign test at {}, "
        "power {})",
        100 * *mde.net,
        100 * *mde.decisive_win_rate,
        percent_level(mde.alpha),
        percent_level(mde.power));
}

std::string margin_or_none(std::optional<double> margin) {
    return margin ? analysis::points_up(*margin) + " points" : "none";
}

std::string needed_text(const analysis::NeededQuestions& needed) {
    if (!needed.n) {
        return "more than any number that is practicable";
    }
    return needed.exact_power
               ? fmt::format("{} (exact power {})", *needed.n, chance(*needed.exact_power))
               : fmt::format("{} (normal approximation)", *needed.n);
}

std::string assumed_text(const analysis::Design& design) {
    const AnalysisSettings& settings = design.settings;
    std::string out = "assumed\n";
    out += line("decision",
                fmt::format("margin {} points net, alpha {:g} one-sided{}, power {}",
                            plain_points(settings.margin),
                            settings.alpha,
                            design.alpha_end
                                ? fmt::format(" ({:.3g} at the end, as looks before it use some)",
                                              *design.alpha_end)
                                : "",
                            percent_level(settings.power)));
    out += line("decisive verdicts",
                design.measured
                    ? fmt::format("{:.1f} % (measured)", 100 * settings.expected_decisive_rate)
                    : percent_level(settings.expected_decisive_rate));
    if (design.clusters) {
        out += line("clusters",
                    fmt::format("{}, a question shares its own with {:.1f} others in the mean; "
                                "correlation {:g} within",
                                design.clusters->n_clusters,
                                design.clusters->mean_size - 1,
                                settings.icc));
    }
    const stats::Covariances c = analysis::covariances_of(design);
    if (design.n_samples > 1) {
        out += line("samples",
                    fmt::format("{} pairs of answers a question, correlation {:.3g}",
                                design.n_samples,
                                c.sample / c.v));
    }
    if (design.both_orders) {
        out += line("both orders",
                    fmt::format("two verdicts a question, correlation {:.3g}", c.order / c.v));
    }
    return out;
}

std::string chances_row(std::string_view name,
                        const std::optional<analysis::LabelChances>& c,
                        std::string_view why_none) {
    if (!c) {
        return line(name, why_none);
    }
    return line(name,
                fmt::format("{:>12} {:>13} {:>12} {:>13}",
                            chance(c->equivalent),
                            chance(c->non_inferior),
                            chance(c->degraded),
                            chance(c->inconclusive)));
}

std::string reach_text(const analysis::Design& design, const analysis::DesignReach& reach) {
    std::string out = fmt::format("\nwhat {} can show\n", count_of(design.n_questions, "question"));
    if (!reach.why.empty()) {
        return out + line("nothing", reach.why);
    }
    if (design.clusters || design.verdicts_each() > 1) {
        out += line("worth",
                    fmt::format("{}, design effect {:.3g}",
                                count_of(reach.n_effective, "independent comparison"),
                                reach.design_effect));
    }
    out += line("smallest margin",
                fmt::format("{} for equivalence, {} for non-inferiority",
                            margin_or_none(reach.smallest_margin),
                            margin_or_none(reach.smallest_margin_non_inferior)));
    out += line("smallest difference", detectable_text(reach.mde));
    out += line("chance of a label",
                fmt::format("{:>12} {:>13} {:>12} {:>13}",
                            "equivalent",
                            "non-inferior",
                            "degraded",
                            "inconclusive"));
    out += chances_row("  truly alike", reach.alike, "");
    out += chances_row(fmt::format("  {} points worse", plain_points(design.settings.margin)),
                       reach.at_margin,
                       "impossible: fewer verdicts than that are decisive");
    const std::int64_t n_comparisons = design.n_questions * design.verdicts_each();
    if (reach.most_decisive < 0) {
        out += line("equivalent at all", "never, whatever the verdicts");
    } else if (reach.p_can_be_equivalent < kHardlyEverTooMany) {
        out += line(
            "equivalent at all",
            fmt::format("only with at most {} decisive verdicts of {}; so few have probability {}",
                        reach.most_decisive,
                        n_comparisons,
                        chance(reach.p_can_be_equivalent)));
    }
    return out + line("method", reach.method);
}

std::string stopping_text(std::string_view stopping, const analysis::StoppingForecast& forecast) {
    std::string out = fmt::format(
        "\nearly stopping, {}, of {}\n", stopping, count_of(forecast.n_questions, "question"));
    if (!forecast.why.empty()) {
        return out + line("expected", forecast.why);
    }
    out += line("truth",
                fmt::format("{:>12} {:>12} {:>13} {:>12} {:>13}",
                            "judged",
                            "equivalent",
                            "non-inferior",
                            "degraded",
                            "inconclusive"));
    for (const analysis::StoppingRow& row : forecast.rows) {
        const std::string name = row.delta == 0
                                     ? "truly alike"
                                     : fmt::format("{} points worse", plain_points(-row.delta));
        out += line("  " + name,
                    fmt::format("{:>12.0f} {:>10.0f} % {:>11.0f} % {:>10.0f} % {:>11.0f} %",
                                row.mean_questions,
                                100 * row.chances.equivalent,
                                100 * row.chances.non_inferior,
                                100 * row.chances.degraded,
                                100 * row.chances.inconclusive));
    }
    return out +
           line("method",
                fmt::format(
                    "{} simulated experiments a line: shares are right to about {:.0f} points; "
                    "judged: questions in the mean",
                    forecast.n_runs,
                    100 / std::sqrt(static_cast<double>(forecast.n_runs))));
}

Json json_of(std::optional<double> value) {
    return value ? Json(*value) : Json(nullptr);
}

Json json_of(const analysis::NeededQuestions& needed) {
    return {{"n", needed.n ? Json(*needed.n) : Json(nullptr)},
            {"exact_power", json_of(needed.exact_power)}};
}

Json json_of(const std::optional<analysis::LabelChances>& c) {
    if (!c) {
        return nullptr;
    }
    return {{"equivalent", c->equivalent},
            {"non_inferior", c->non_inferior},
            {"degraded", c->degraded},
            {"inconclusive", c->inconclusive}};
}

Json json_of(const analysis::Design& design) {
    const AnalysisSettings& settings = design.settings;
    return {
        {"n_questions", design.n_questions > 0 ? Json(design.n_questions) : Json(nullptr)},
        {"margin", settings.margin},
        {"alpha", settings.alpha},
        {"power", settings.power},
        {"decisive_rate", settings.expected_decisive_rate},
        {"n_clusters", design.clusters ? Json(design.clusters->n_clusters) : Json(nullptr)},
        {"mean_cluster_size", design.clusters ? Json(design.clusters->mean_size) : Json(nullptr)},
        {"icc", design.clusters ? Json(settings.icc) : Json(nullptr)},
        {"both_orders", design.both_orders},
        {"n_samples", design.n_samples},
        {"measured", design.measured.has_value()},
        {"stopping", design.alpha_end ? settings.stopping : "none"},
        {"alpha_end", design.alpha_end.value_or(settings.alpha)}};
}

Json json_of(const std::optional<analysis::DesignReach>& reach) {
    if (!reach) {
        return nullptr;
    }
    Json out{
        {"design_effect", reach->design_effect},
        {"n_effective", reach->n_effective},
        {"degrees_of_freedom", std::isinf(reach->df) ? Json(nullptr) : Json(reach->df)},
        {"smallest_margin", json_of(reach->smallest_margin)},
        {"smallest_margin_non_inferior", json_of(reach->smallest_margin_non_inferior)},
        {"mde",
         {{"net", json_of(reach->mde.net)},
          {"decisive_win_rate", json_of(reach->mde.decisive_win_rate)},
          {"power", reach->mde.power},
          {"alpha", reach->mde.alpha},
          {"method", reach->mde.method}}},
        {"chances", {{"alike", json_of(reach->alike)}, {"at_margin", json_of(reach->at_margin)}}},
        {"most_decisive", reach->most_decisive},
        {"p_can_be_equivalent", reach->p_can_be_equivalent},
        {"method", reach->method}};
    if (!reach->why.empty()) {
        out["why"] = reach->why;
    }
    return out;
}

Json json_of(const std::optional<analysis::StoppingForecast>& forecast) {
    if (!forecast) {
        return nullptr;
    }
    Json out{{"n_questions", forecast->n_questions},
             {"n_runs", forecast->n_runs},
             {"rows", Json::array()}};
    for (const analysis::StoppingRow& row : forecast->rows) {
        out["rows"].push_back({{"delta", row.delta},
                               {"mean_questions", row.mean_questions},
                               {"p_early", row.p_early},
                               {"chances", json_of(std::optional(row.chances))}});
    }
    if (!forecast->why.empty()) {
        out["why"] = forecast->why;
    }
    return out;
}

}  // namespace

DesignFigures figures_of(const analysis::Design& design) {
    DesignFigures out{design, analysis::questions_needed(design), {}, {}, {}};
    if (design.n_questions > 0) {
        out.reach = analysis::reach_of(design);
        out.warning = analysis::warning_of(design, out.needed, *out.reach);
    }
    if (!design.alpha_end || design.settings.stopping == "none") {
        return out;
    }
    analysis::Design planned = design;
    if (planned.n_questions == 0) {
        planned.n_questions = out.needed.equivalence.n.value_or(0);
    }
    if (planned.n_questions > 0) {
        out.stopping = analysis::forecast_stopping(planned);
    }
    return out;
}

std::string design_text(const DesignFigures& figures) {
    std::string out = assumed_text(figures.design);
    out += fmt::format("\nquestions needed, for {} power if the two are truly alike\n",
                       percent_level(figures.design.settings.power));
    out += line("equivalence", needed_text(figures.needed.equivalence));
    out += line("non-inferiority", needed_text(figures.needed.non_inferiority));
    if (figures.reach) {
        out += reach_text(figures.design, *figures.reach);
    }
    if (figures.stopping) {
        out += stopping_text(figures.design.settings.stopping, *figures.stopping);
    }
    if (figures.warning.empty()) {
        return out;
    }
    out += "\n";
    for (const std::string& row : report::wrap(figures.warning, kTextWidth)) {
        out += row + "\n";
    }
    return out;
}

std::string design_json(const DesignFigures& figures) {
    const Json out{{"assumed", json_of(figures.design)},
                   {"needed",
                    {{"equivalence", json_of(figures.needed.equivalence)},
                     {"non_inferiority", json_of(figures.needed.non_inferiority)}}},
                   {"reach", json_of(figures.reach)},
                   {"stopping", json_of(figures.stopping)},
                   {"warning", figures.warning.empty() ? Json(nullptr) : Json(figures.warning)}};
    return out.dump();
}

}  // namespace assay::app
