#include "assay/app/stats_input.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "assay/analysis/agreement.hpp"
#include "assay/analysis/analyse.hpp"
#include "assay/analysis/cluster_interval.hpp"
#include "assay/analysis/companions.hpp"
#include "assay/analysis/panel_mean.hpp"
#include "assay/analysis/phrases.hpp"
#include "assay/app/stats_doubts.hpp"
#include "assay/app/stats_files.hpp"
#include "assay/base/result.hpp"
#include "assay/base/text.hpp"
#include "assay/config/plan_json.hpp"
#include "assay/exchange/outcomes.hpp"
#include "assay/intake/encoding.hpp"
#include "assay/run/build_report.hpp"
#include "assay/store/store.hpp"

namespace assay::app {
namespace {

constexpr const char* kPlace = "assay stats";
constexpr const char* kNoControls =
    "there are no controls, so nothing shows that the judge could have seen a "
    "difference";
/// Each with each: beyond, the pairs are too many to read.
constexpr std::size_t kMostJudgesInAgreement = 10;

/// Reads the options and collects what is wrong with them.
class OptionReader {
 public:
    std::int64_t count(const char* name, const std::optional<std::string>& given) {
        if (!given) {
            complain(fmt::format("{}: is missing", name));
            return 0;
        }
        const std::string& text = *given;
        const bool digits = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
            return c >= '0' && c <= '9';
        });
        std::int64_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (text.size() > 1 && text[0] == '-' && end == text.data() + text.size()) {
            complain(name, text, "is negative; counts are 0 or more");
        } else if (digits && (error != std::errc() || value > kMaxCount)) {
            complain(name, text, fmt::format("is too large; the largest count is {}", kMaxCount));
        } else if (!digits) {
            complain(name, text, "is not a whole number");
        }
        return value;
    }

    /// A number strictly between low and high; `value` stays as it is if none is given.
    void between(const char* name,
                 const std::optional<std::string>& text,
                 double high,
                 const char* meaning,
                 double& value) {
        if (!text) {
            return;
        }
        const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
        if (error != std::errc() || end != text->data() + text->size() || !std::isfinite(value)) {
            complain(name, *text, "is not a number");
        } else if (!(value > 0 && value < high)) {
            complain(name, *text, fmt::format("is not between 0 and {} ({})", high, meaning));
        }
    }

    AnalysisSettings settings(const StatsOptions& options, AnalysisSettings defaults) {
        between("--margin", options.margin, 1, "a net win rate: 0.1 is 10 points", defaults.margin);
        between("--alpha", options.alpha, 0.5, "one-sided", defaults.alpha);
        between("--power", options.power, 1, "a probability", defaults.power);
        if (problems_.empty() && defaults.power <= defaults.alpha) {
            complain(fmt::format(
                "--power: {:.6g} is not above --alpha, {:.6g}", defaults.power, defaults.alpha));
        }
        return defaults;
    }

    void complain(const std::string& problem) {
        problems_ += (problems_.empty() ? "" : "; ") + problem;
    }
    /// Throws Error(kUsage) if anything was wrong.
    void finish() const {
        if (!problems_.empty()) {
            throw_usage(problems_, kPlace);
        }
    }

 private:
    void complain(const char* name, const std::string& text, const std::string& what) {
        complain(fmt::format("{}: \"{}\" {}", name, shorten(to_valid_utf8(text), 40), what));
    }
    std::string problems_;
};

StatsInput of_counts(const StatsOptions& options) {
    OptionReader reader;
    if (!options.wins && !options.losses && !options.ties) {
        throw_usage("nothing to analyse",
                    kPlace,
                    "Name a file of outcomes or a run directory, or give --wins and --losses (and "
                    "--ties).");
    }
    for (const auto& [name, text] : {std::pair("--format", &options.format),
                                     std::pair("--variant", &options.variant),
                                     std::pair("--judge", &options.judge),
                                     std::pair("--baseline", &options.baseline)}) {
        if (!text->empty()) {
            reader.complain(
                fmt::format("{}: is about a file or a run, and counts are given", name));
        }
    }
    const std::int64_t wins = reader.count("--wins", options.wins),
                       losses = reader.count("--losses", options.losses);
    const std::int64_t ties = options.ties ? reader.count("--ties", options.ties) : 0;
    const AnalysisSettings settings = reader.settings(options, {});
    reader.finish();
    StatsInput out;
    out.document.comparisons.push_back(analysis::analyse_counts(wins, losses, ties, settings));
    analysis::add_companions(out.document.comparisons.front(), settings);
    out.n_gated = 1;
    out.why_no_pass = kNoControls;
    return out;
}

std::string listed(std::vector<std::string> names) {
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    const std::size_t n = names.size();
    if (n > 10) {
        names.resize(10);
    }
    for (std::string& name : names) {
        name = name.empty() ? "(not named)" : shorten(name, 60);
    }
    return fmt::format("{}{}", fmt::join(names, ", "), n > 10 ? ", ..." : "");
}

/// Throws unless the chosen variant and judge are there.
void check_choice(const char* option,
                  const std::string& chosen,
                  const std::vector<std::string>& names,
                  const std::string& where) {
    if (chosen.empty() || std::find(names.begin(), names.end(), chosen) != names.end()) {
        return;
    }
    throw_usage(fmt::format("{}: \"{}\" is not in {}; there are {}",
                            option,
                            shorten(chosen, 60),
                            where,
                            listed(names)),
                kPlace);
}

bool is_chosen(const StatsOptions& options, const std::string& variant, const std::string& judge) {
    return (options.variant.empty() || options.variant == variant) &&
           (options.judge.empty() || options.judge == judge);
}

void check_chosen_any(const StatsInput& input, const StatsOptions& options) {
    if (input.document.comparisons.empty()) {
        throw_usage(fmt::format("{}: variant \"{}\" was not judged by \"{}\"",
                                options.input,
                                options.variant,
                                options.judge),
                    kPlace);
    }
}

/// What the judges of several comparisons say of each other. outcomes[i] are those of
/// document.comparisons[i]; a judge that did not judge a variant has none of it.
void add_agreement(report::StatsDocument& document,
                   const std::vector<std::span<const Outcome>>& outcomes) {
    std::vector<std::string> variants, judges;
    const auto place = [](std::vector<std::string>& names, const std::string& name) {
        const auto it = std::find(names.begin(), names.end(), name);
        const auto at = static_cast<std::size_t>(it - names.begin());
        if (it == names.end()) {
            names.push_back(name);
        }
        return at;
    };
    std::vector<analysis::Rater> raters;
    // A panel is no further judge: its verdicts are those of its judges.
    const auto is_panel = [&](std::size_t i) { return analysis::is_of_panel(outcomes[i]); };
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        if (!is_panel(i)) {
            place(variants, document.comparisons[i].variant);
            place(judges, document.comparisons[i].judge);
        }
    }
    for (const std::string& judge : judges) {
        raters.push_back({judge.empty() ? "(not named)" : judge,
                          std::vector<std::span<const Outcome>>(variants.size())});
    }
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        const ComparisonAnalysis& a = document.comparisons[i];
        if (is_panel(i)) {
            continue;
        }
        raters[place(judges, a.judge)].by_variant[place(variants, a.variant)] = outcomes[i];
    }
    if (raters.size() > kMostJudgesInAgreement) {
        return;
    }
    for (std::size_t i = 0; i < raters.size(); ++i) {
        for (std::size_t k = i + 1; k < raters.size(); ++k) {
            document.agreement.push_back(analysis::agreement_of(raters[i], raters[k]));
        }
    }
    document.panel = analysis::panel_agreement_of(raters);
}

/// One file, or several of the same questions.
StatsInput of_files(const StatsOptions& options, std::optional<exchange::OutcomeFormat> format) {
    OptionReader reader;
    const AnalysisSettings settings = reader.settings(options, {});
    reader.finish();
    std::vector<std::string> files{options.input};
    files.insert(files.end(), options.further.begin(), options.further.end());
    StatsInput out;
    out.document.source = fmt::format("{}", fmt::join(files, ", "));
    const GivenNames names{
        options.baseline, options.variant, options.further.empty() ? options.judge : ""};
    const std::vector<exchange::OutcomeSet> sets = read_outcome_files(
        files, names, format, out.document.notes);
    out.document.format = exchange::name_of(sets[0].format);
    std::vector<const exchange::OutcomeGroup*> groups;
    std::vector<std::string> variants, judges;
    for (const exchange::OutcomeSet& set : sets) {
        for (const exchange::OutcomeGroup& group : set.groups) {
            groups.push_back(&group);
            variants.push_back(group.variant);
            judges.push_back(group.judge);
        }
    }
    check_choice("--variant", options.variant, variants, out.document.source);
    check_choice("--judge", options.judge, judges, out.document.source);
    std::vector<std::span<const Outcome>> chosen;
    std::vector<const exchange::OutcomeGroup*> chosen_groups;
    for (const exchange::OutcomeGroup* group : groups) {
        if (!is_chosen(options, group->variant, group->judge)) {
            continue;
        }
        chosen.emplace_back(group->outcomes);
        chosen_groups.push_back(group);
        ComparisonAnalysis analysis = analysis::analyse(
            group->outcomes, group->dependence, settings);
        analysis::add_companions(analysis, group->outcomes, group->dependence, settings);
        analysis::add_cluster_interval(analysis, group->outcomes, group->dependence);
        analysis.decision.why +=
            " No controls were given, so nothing shows that the judge could have seen a "
            "difference.";
        analysis.variant = group->variant;
        analysis.baseline = group->baseline;
        analysis.judge = group->judge;
        out.document.comparisons.push_back(std::move(analysis));
    }
    check_chosen_any(out, options);
    gate_by_position(out.document.comparisons);
    add_agreement(out.document, chosen);
    out.n_gated = out.document.comparisons.size();
    out.why_no_pass = kNoControls;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        const ComparisonAnalysis& comparison = out.document.comparisons[i];
        const std::string one_sided = why_one_sided(*chosen_groups[i], comparison),
                          copy = why_a_copy(*chosen_groups[i], comparison);
        for (const std::string* said : {&one_sided, &copy}) {
            if (!said->empty()) {
                out.document.notes.push_back(analysis::sentence(*said));
            }
        }
        if (!one_sided.empty()) {
            out.why_no_pass += "; " + one_sided;
        }
        if (!copy.empty()) {
            out.why_a_copy = copy;
        }
    }
    return out;
}

/// What a run says of itself, with other settings where they were given: then it is exploratory.
StatsInput of_run(const StatsOptions& options) {
    if (!options.baseline.empty()) {
        throw_usage("--baseline: a run knows its baseline", kPlace);
    }
    const auto store = store::Store::open_read_only(options.input);
    const auto plan = store->latest_plan();
    if (!plan) {
        throw_usage("no plan was stored: the run was stopped before it began",
                    options.input,
                    "Run it again with the same command.");
    }
    const auto own = config::plan_from_json(plan->json);
    if (!own) {
        throw Error(ErrorKind::kOperational, own.error());
    }
    OptionReader reader;
    const AnalysisSettings settings = reader.settings(options, own->analysis);
    reader.finish();
    // With other settings everything is done anew: early stopping, the judges' controls, what may
    // be claimed.
    const report::ReportModel model = run::build_report(*store, plan->sha256, settings);
    std::vector<std::string> variants, judges;
    for (const report::ReportComparison* c : report::all_comparisons(model)) {
        variants.push_back(c->analysis.variant);
        judges.push_back(c->analysis.judge);
    }
    check_choice("--variant", options.variant, variants, options.input);
    check_choice("--judge", options.judge, judges, options.input);
    StatsInput out;
    out.document.source = options.input;
    out.document.format = "run";
    out.exploratory = model.experiment.exploratory;
    if (model.experiment.exploratory) {
        out.document.notes.push_back(
            fmt::format("Exploratory: {}.", model.experiment.exploratory_why));
    }
    for (const auto* sentences : {&model.warnings, &model.data_notes}) {
        out.document.notes.insert(out.document.notes.end(), sentences->begin(), sentences->end());
    }
    std::vector<std::vector<Outcome>> all;
    const std::string deciding(model.panel ? kPanelName : model.judges.front().name);
    for (const report::ReportComparison* comparison : report::all_comparisons(model)) {
        if (!is_chosen(options, comparison->analysis.variant, comparison->analysis.judge)) {
            continue;
        }
        const std::vector<Outcome>& outcomes = all.emplace_back(report::outcomes_of(*comparison));
        ComparisonAnalysis analysis = comparison->analysis;
        analysis::add_companions(analysis, outcomes, Dependence(outcomes), settings);
        const bool decides = !options.judge.empty() || analysis.judge == deciding;
        out.document.comparisons.push_back(std::move(analysis));
        if (decides) {
            out.n_gated = out.document.comparisons.size();  // the judge that decides comes first
        }
    }
    check_chosen_any(out, options);
    add_agreement(out.document, std::vector<std::span<const Outcome>>(all.begin(), all.end()));
    return out;
}

}  // namespace

StatsInput load_stats(const StatsOptions& options) {
    if (options.input.empty()) {
        return of_counts(options);
    }
    if (options.wins || options.losses || options.ties) {
        throw_usage(fmt::format("both {} and counts are given", options.input),
                    kPlace,
                    "Give one of them.");
    }
    std::error_code error;
    const bool is_folder = std::filesystem::is_directory(options.input, error);
    if (options.format == "run" || (options.format.empty() && is_folder)) {
        if (!options.further.empty()) {
            throw_usage("several inputs must be files of outcomes, and the first is a run",
                        kPlace,
                        "A run shows the agreement of its own judges.");
        }
        return of_run(options);
    }
    if (options.format.empty()) {
        return of_files(options, std::nullopt);
    }
    const auto format = exchange::outcome_format_of(options.format);
    if (!format) {
        throw_usage(fmt::format("--format: unknown word \"{}\"; known: outcomes, study, "
                                "alpaca-eval, arena-hard, arena-votes, fastchat, run",
                                shorten(options.format, 40)),
                    kPlace);
    }
    return of_files(options, format);
}

}  // namespace assay::app
