#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <set>
#include <string>

#include "assay/analysis/design_options.hpp"
#include "assay/app/command_stats.hpp"
#include "assay/app/commands.hpp"
#include "assay/app/interrupt.hpp"
#include "assay/app/plan_flags.hpp"
#include "assay/app/plan_summary.hpp"
#include "assay/app/retrieve_contexts.hpp"
#include "assay/app/terminal.hpp"
#include "assay/base/progress.hpp"
#include "assay/base/result.hpp"
#include "assay/config/flag_reader.hpp"

namespace assay::app {
namespace {

struct PlanCommandFlags {
    PlanFlags plan;
    std::optional<std::int64_t> n_questions;
    std::optional<std::int64_t> n_clusters;
    PlanningChoices choices;
    bool json = false;
    bool size_alone = false;  ///< nothing was given but what the question of size needs
};

/// Whether something is asked that needs no experiment: a design flag is given, and no other but
/// --json.
bool asks_for_size_alone(const CLI::App& command) {
    static const std::set<std::string> kOfDesign{"--margin",
                                                 "--alpha",
                                                 "--power",
                                                 "--stopping",
                                                 "--decisive-rate",
                                                 "--icc",
                                                 "--n",
                                                 "--clusters",
                                                 "--both-orders",
                                                 "--samples",
                                                 "--pilot",
                                                 "--question-cost"};
    bool any = false;
    for (const CLI::Option* option :
         command.get_options([](const CLI::Option* o) { return o->count() > 0; })) {
        if (option->check_lname("json")) {
            continue;
        }
        if (!kOfDesign.contains(option->get_name())) {
            return false;
        }
        any = true;
    }
    return any;
}

int samples_of(const config::SettingValue& given) {
    GenerationSettings settings;
    visit_samples(settings, [&](const Setting& setting, int& n, const auto& rule) {
        if (const std::string wrong = config::set_from_flag(n, given, rule); !wrong.empty()) {
            throw_usage(fmt::format("--{}: {}", setting.key, wrong));
        }
    });
    return settings.samples;
}

analysis::Design design_of(const PlanCommandFlags& flags) {
    AnalysisSettings settings = load_analysis_or_throw(flags.plan);
    if (!flags.plan.overrides.settings.contains("analysis.stopping")) {
        settings.stopping = "none";  // without a judge that costs something there is nothing to
                                     // save
    }
    if (flags.n_clusters && !flags.n_questions) {
        throw_usage("--clusters needs --n, the number of questions that are in them");
    }
    const std::int64_t n = flags.n_questions.value_or(0);
    if (flags.n_questions && (n < 1 || n > kMaxCount)) {
        throw_usage(fmt::format("--n: must be from 1 to {}, not {}", kMaxCount, n));
    }
    if (flags.n_clusters && (*flags.n_clusters < 1 || *flags.n_clusters > n)) {
        throw_usage(
            fmt::format("--clusters: must be from 1 to --n, {}, not {}", n, *flags.n_clusters));
    }
    const auto clusters = flags.n_clusters ? analysis::equal_clusters(n, *flags.n_clusters)
                                           : std::nullopt;
    const auto& given = flags.plan.overrides.settings;
    const auto samples = given.find("generation.samples");
    if (samples != given.end()) {
        settings.stopping = "none";  // as in a run with several
    }
    analysis::Design design = analysis::make_design(
        n, clusters, given.contains("judging.both-orders"), settings);
    if (samples != given.end()) {
        design.n_samples = samples_of(samples->second);
    }
    return design.n_samples == kAutoSamples ? analysis::with_auto_samples(design) : design;
}

int plan(const PlanCommandFlags& flags) {
    if (flags.size_alone) {
        const analysis::Design design = design_of(flags);
        std::fputs(
            (flags.json ? size_json(design, flags.choices) : size_text(design, flags.choices))
                .c_str(),
            stdout);
        return 0;
    }
    if (flags.n_questions || flags.n_clusters) {
        throw_usage(fmt::format("{} is for planning without an experiment; an experiment's dataset "
                                "says how many there are",
                                flags.n_questions ? "--n" : "--clusters"),
                    "",
                    "Leave it out, or give nothing of an experiment.");
    }
    const Plan plan = load_plan_or_throw(flags.plan);
    TerminalProgress progress(!stderr_is_terminal());
    const std::vector<Question> questions = retrieve_contexts(plan,
                                                              load_questions_or_throw(plan),
                                                              interrupted(),
                                                              progress)
                                                .questions;
    std::fputs((flags.json ? plan_json(plan, questions, flags.choices)
                           : plan_text(plan, questions, flags.choices))
                   .c_str(),
               stdout);
    return 0;
}

}  // namespace

void add_plan_command(CLI::App& app, Action& action) {
    auto flags = std::make_shared<PlanCommandFlags>();
    CLI::App* command = app.add_subcommand("plan",
                                           "what a run would do, cost and be able to show; or how "
                                           "many questions a margin needs. Nothing is loaded");
    add_plan_flags(*command, flags->plan);
    const auto size = "Size";
    command->add_option("--n", flags->n_questions, "without an experiment: number of questions")
        ->group(size);
    command
        ->add_option("--clusters",
                     flags->n_clusters,
                     "without an experiment: number of clusters, equal in size, that they are in")
        ->group(size);
    const auto ways = "Ways of asking";
    command
        ->add_option("--pilot",
                     flags->choices.pilot,
                     "run directory whose verdicts say how much verdicts vary; default: the "
                     "experiment's own, where it has some")
        ->group(ways);
    command
        ->add_option("--question-cost",
                     flags->choices.question_cost,
                     "what a further question costs, in calls of the judge: then questions may be "
                     "added, and the cheapest number of samples is looked at, too")
        ->check(CLI::Range(0.0, 1e9))
        ->group(ways);
    command->add_flag("--json", flags->json, "one JSON document");
    command->footer(
        "Examples:\n"
        "  assay plan science.yaml\n"
        "  assay plan --margin 0.1 --decisive-rate 0.6\n"
        "  assay plan --margin 0.1 --stopping hybrid\n"
        "  assay plan --margin 0.1 --n 154 --clusters 40\n"
        "  assay plan --margin 0.1 --n 154 --pilot runs/science --question-cost 20");
    command->callback([flags, command, &action] {
        flags->size_alone = asks_for_size_alone(*command);
        action = [flags] { return plan(*flags); };
    });
}

}  // namespace assay::app
