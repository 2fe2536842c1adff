#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "assay/analysis/copies.hpp"
#include "assay/analysis/recommend.hpp"
#include "assay/app/command_line.hpp"
#include "assay/app/commands.hpp"
#include "assay/app/dry_run.hpp"
#include "assay/app/experiment.hpp"
#include "assay/app/hand_judged_run.hpp"
#include "assay/app/interrupt.hpp"
#include "assay/app/next_command.hpp"
#include "assay/app/plan_flags.hpp"
#include "assay/app/plan_summary.hpp"
#include "assay/app/retrieve_contexts.hpp"
#include "assay/app/terminal.hpp"
#include "assay/records/judge_provider.hpp"
#include "assay/report/render_json.hpp"
#include "assay/report/render_table.hpp"
#include "assay/run/build_report.hpp"

namespace assay::app {
namespace {

struct RunFlags {
    PlanFlags plan;
    bool only_judge = false;
    bool quiet = false;
    bool json = false;
    bool rejudge = false;
    bool dry_run = false;
    std::string judge_cache;
    std::string gate;
    std::optional<int> fail_exit_code;
    bool accept_exploratory = false;
    bool no_fidelity = false;
    GivenWords words;  ///< as typed, for the command of the next step
};

int run(const RunFlags& flags) {
    const Plan plan = load_plan_or_throw(flags.plan);
    check_gate(flags.gate, plan);
    TerminalProgress progress(flags.quiet);
    const QuestionsWithContexts loaded = retrieve_contexts(
        plan, load_questions_or_throw(plan), interrupted(), progress);
    const std::vector<Question>& questions = loaded.questions;
    if (!flags.quiet) {
        std::fputs(data_warnings(questions).c_str(), stderr);
    }
    if (flags.dry_run) {
        SilentProgress silent;
        check_experiment({plan, questions, command_line(), flags.only_judge, flags.rejudge},
                         interrupted(),
                         silent);
        const DryRun asked = dry_run(
            plan, analysis::with_copies_joined(questions), {flags.rejudge, flags.only_judge});
        std::fputs((flags.json ? dry_run_json(asked) : dry_run_text(asked)).c_str(), stdout);
        return 0;
    }
    if (!flags.quiet) {
        std::fputs(run_preface(plan, questions).c_str(), stderr);
    }
    const report::ReportModel model = run_experiment({plan,
                                                      questions,
                                                      command_line(),
                                                      flags.only_judge,
                                                      flags.rejudge,
                                                      !flags.no_fidelity,
                                                      flags.judge_cache,
                                                      loaded.retrieval},
                                                     interrupted(),
                                                     progress);
    std::fputs(next_steps_by_hand(model, plan.run_dir).c_str(), stderr);
    if (flags.json) {
        std::fputs(report::render_json(model).c_str(), stdout);
    } else {
        std::fputs(report::render_table(model, stdout_is_terminal(), terminal_width()).c_str(),
                   stdout);
        std::fputs(fmt::format("report: {}\n",
                               (std::filesystem::path(plan.run_dir) / "report.md").string())
                       .c_str(),
                   stdout);
    }
    std::fputs(next_step_text(plan, model, flags.words, terminal_width()).c_str(),
               flags.json ? stderr : stdout);
    return analysis::exit_code(
        run::candidates_of(model),
        {flags.gate, flags.fail_exit_code, run::exploratory_of(model, flags.accept_exploratory)});
}

std::string judge_list() {
    std::string out;
    for (const JudgeProvider& provider : kJudgeProviders) {
        for (const JudgeForm& form : provider.forms) {
            if (!form.form.empty()) {
                out += fmt::format("{}  {:<22} {}", out.empty() ? "" : "\n", form.form, form.what);
            }
        }
    }
    return out;
}

void add_run_flags(CLI::App& command, RunFlags& flags) {
    add_plan_flags(command, flags.plan);
    command.add_flag("--rejudge", flags.rejudge, "set the verdicts aside and ask the judges again")
        ->group("Decision");
    command
        .add_option("--judge-cache",
                    flags.judge_cache,
                    "folder of verdicts that runs share, so that a judge is not asked the same "
                    "twice; --rejudge asks, and keeps the new ones")
        ->group("Decision");
    command.add_flag(
        "--dry-run",
        flags.dry_run,
        "only say how many answers of served variants and calls of judges are still "
        "missing, with tokens and cost, or why the run cannot begin; sends and changes "
        "nothing");
    command
        .add_option(
            "--gate", flags.gate, "exit code for one variant's decision, or `all` for the worst")
        ->group("Decision");
    command
        .add_flag("--accept-exploratory",
                  flags.accept_exploratory,
                  "the plain exit code for an exploratory result, instead of 6")
        ->group("Decision");
    command.add_option("--fail-exit-code", flags.fail_exit_code, "instead of 3, 4, 5 and 6")
        ->check(CLI::Range(0, 255))
        ->group("Decision");
    command.add_flag("-q,--quiet", flags.quiet, "no plan, no progress");
    command.add_flag("--json", flags.json, "report.json on stdout instead of the table");
}

void set_action(CLI::App& command, const std::shared_ptr<RunFlags>& flags, Action& action) {
    command.callback([flags, &command, &action] {
        flags->words = words_for_next_step(command);
        action = [flags] { return run(*flags); };
    });
}

}  // namespace

void add_judge_command(CLI::App& app, Action& action) {
    auto flags = std::make_shared<RunFlags>();
    flags->only_judge = true;
    CLI::App* command = app.add_subcommand(
        "judge",
        "judge the answers that a run holds, with its judges or further ones; makes no answer");
    add_run_flags(*command, *flags);
    command->footer(
        "Examples:\n"
        "  assay judge science.yaml --run runs/science\n"
        "  assay judge science.yaml --run runs/science --judge "
        "openai:second@http://127.0.0.1:9000/v1\n"
        "The experiment is that of the run; answers that are missing are an error. Exit codes are "
        "those of `assay run`.\n"
        "Judges:\n" +
        judge_list());
    set_action(*command, flags, action);
}

void add_run_command(CLI::App& app, Action& action) {
    auto flags = std::make_shared<RunFlags>();
    CLI::App* command = app.add_subcommand(
        "run", "run an experiment, or go on with it: quantize, answer, judge, decide, report");
    add_run_flags(*command, *flags);
    command->add_flag("--no-fidelity",
                      flags->no_fidelity,
                      "the variants do not read the baseline's answers token by token");
    command->footer(
        "Examples:\n"
        "  assay run -m model-F16.gguf --variants Q8_0,Q4_K_M,Q2_K --questions questions.jsonl\n"
        "  assay run science.yaml\n"
        "  assay run -m model-F16.gguf --variants q4=ollama:qwen2.5:0.5b@http://127.0.0.1:11434 "
        "--questions questions.jsonl\n"
        "  assay run -m f16=answers:f16.jsonl --variants q4=answers:q4.jsonl --judge "
        "openai:my-judge@http://127.0.0.1:9000/v1\n"
        "  assay run science.yaml --judge openai:my-judge@http://127.0.0.1:9000/v1 --run "
        "runs/second-judge\n"
        "  assay run science.yaml --dry-run\n"
        "Exit codes: 0 a variant may ship; 1 it could not be done; 2 usage or data; 3 none may "
        "ship, one is degraded; 4 not measured;\n"
        "5 none may ship, one is inconclusive; 6 exploratory; 130 stopped by Ctrl-C (the same "
        "command goes on).\n"
        "Of a run that ends inconclusive the last line is a command: the cheapest next step.");
    set_action(*command, flags, action);
}

void add_init_command(CLI::App& app, Action& action) {
    struct InitFlags {
        std::string file = "experiment.yaml";
        bool force = false;
    };
    auto flags = std::make_shared<InitFlags>();
    CLI::App* command = app.add_subcommand("init", "write a commented experiment file");
    command->add_option("FILE", flags->file, "default experiment.yaml");
    command->add_flag("-f,--force", flags->force, "replace a file that is there");
    command->footer("Example:\n  assay init science.yaml && assay run science.yaml");
    command->callback([flags, &action] {
        action = [flags] { return write_example(flags->file, flags->force); };
    });
}

}  // namespace assay::app
