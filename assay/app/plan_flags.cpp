#include "assay/app/plan_flags.hpp"

#include <CLI/CLI.hpp>

#include "assay/config/dataset.hpp"
#include "assay/records/judge_provider.hpp"

namespace assay::app {
void throw_all(const std::vector<Failure>& failures) {
    std::string text;
    for (const Failure& failure : failures) {
        text += (text.empty() ? "" : "\n") + to_sentence(failure);
    }
    throw_usage(text);
}

void add_plan_flags(CLI::App& command, PlanFlags& flags) {
    config::Overrides& o = flags.overrides;
    command.add_option("EXPERIMENT",
                       flags.file,
                       "experiment file (YAML; `assay init` writes one); without it the flags "
                       "describe the experiment");

    const auto what = "Experiment";
    command
        .add_option("-m,--model",
                    o.model,
                    "the original: a GGUF, ollama:NAME, a served model as "
                    "[NAME=]PROVIDER:MODEL@URL, or [NAME=]answers:FILE")
        ->group(what);
    command
        .add_option("--variants",
                    flags.variants,
                    "what is compared with it, separated by commas: types to make of it "
                    "(Q8_0,Q4_K_M), GGUF files, ollama:NAME (a GGUF of Ollama's), served models as "
                    "[NAME=]ollama:MODEL@URL or [NAME=]openai:MODEL@URL, or [NAME=]answers:FILE")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->group(what);
    command
        .add_option("--questions",
                    o.questions,
                    "dataset: JSONL, JSON or CSV; may be left out where the baseline's answers "
                    "hold their questions")
        ->group(what);
    command
        .add_flag("--allow-missing",
                  o.allow_missing,
                  "a question without an answer in a file of answers counts as no answer instead "
                  "of stopping the run")
        ->group(what);
    command.add_option("--limit", o.limit, "the first N questions only")->group(what);
    command.add_option("--ids", flags.ids, "only the questions with these ids")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->group(what);
    command
        .add_option("--judge",
                    flags.judges,
                    judge_forms() + "; may be given several times, the first decides")
        ->allow_extra_args(false)
        ->group(what);
    command.add_option("--name", o.name, "the experiment's name")->group(what);
    command
        .add_option("--run", o.run_dir, "run directory: made, or gone on with; default runs/NAME")
        ->group(what);
    command.add_option("--imatrix", o.imatrix, "importance matrix for the types that are made")
        ->group(what);

    const auto how = "Answers";
    command.add_option("--system", o.system, "system prompt")->group(how);
    command.add_option("--system-file", o.system_file, "file with the system prompt")->group(how);
    command
        .add_option("--prompt-template",
                    o.prompt_template,
                    "Jinja file of the user turn; variables: question, contexts, id")
        ->group(how);
    command
        .add_option("--chat-template",
                    o.chat_template,
                    "Jinja text instead of the baseline's own chat template")
        ->group(how);
    command.add_option("--chat-template-file", o.chat_template_file, "the same from a file")
        ->group(how);
    command.add_option("--temp", o.temp, "temperature; 0: greedy (default)")->group(how);
    command.add_option("--top-k", o.top_k, "0: off (default)")->group(how);
    command.add_option("--top-p", o.top_p, "default 0.9")->group(how);
    command.add_option("--min-p", o.min_p, "0: off (default)")->group(how);
    command.add_option("--repeat-penalty", o.repeat_penalty, "default 1.05")->group(how);
    command
        .add_option("--repeat-last-n",
                    o.repeat_last_n,
                    "penalty window in tokens over the end of prompt and answer; default 64")
        ->group(how);
    command
        .add_option(
            "-c,--ctx-size", o.ctx_size, "tokens of prompt and answer together; default 4096")
        ->group(how);
    command.add_option("-n,--predict", o.predict, "most tokens of an answer; default 128")
        ->group(how);
    command
        .add_option(
            "--stop", flags.stop, "an answer ends before this text; may be given several times")
        ->allow_extra_args(false)
        ->group(how);
    command.add_option("-s,--seed", o.seed, "seed of sampling, for temperatures above 0")
        ->group(how);

    const auto decision = "Decision";
    command
        .add_flag("--both-orders", o.both_orders, "judge every pair twice, each answer first once")
        ->group(decision);
    command
        .add_option("--repeats",
                    o.repeats,
                    "ask a part of the pairs this often once more, to see whether a judge repeats "
                    "itself; default 0")
        ->group(decision);
    command.add_option("--repeat-share", o.repeat_share, "that part, in (0, 1]; default 0.2")
        ->group(decision);
    command.add_option("--margin", o.margin, "margin of the net win rate, in (0, 1); default 0.10")
        ->group(decision);
    command
        .add_option("--alpha",
                    o.alpha,
                    "one-sided error; the deciding interval has level 1 - 2 alpha; default 0.05")
        ->group(decision);
    command.add_option("--power", o.power, "for the number of further questions; default 0.80")
        ->group(decision);
    command
        .add_option("--stopping",
                    o.stopping,
                    "whether judging may end early: hybrid (default), group-sequential or none")
        ->group(decision);
    command
        .add_option("--multiplicity",
                    o.multiplicity,
                    "what may be claimed of several variants: ladder (default), holm or none")
        ->group(decision);
    command
        .add_option("--known-bad",
                    o.known_bad,
                    "name of a variant that is there only to show that the judge finds a bad one")
        ->group(decision);
    command
        .add_option(
            "--decisive-rate",
            o.decisive_rate,
            "for planning: expected wins and losses among all verdicts, in (0, 1]; default 0.6")
        ->group(decision);
    command
        .add_option(
            "--icc",
            o.icc,
            "for planning: expected correlation of verdicts of one cluster, 0 to 1; default 0.1")
        ->group(decision);
    command.add_option("--blinding-seed", o.blinding_seed, "seed of sides and order of judging")
        ->group(decision);
    command
        .add_option("-j,--max-concurrency",
                    o.max_concurrency,
                    "requests in flight to each judge; default 4")
        ->group(decision);

    const auto engine = "Engine";
    command.add_option("-t,--threads", o.threads, "default: the physical cores")->group(engine);
    command
        .add_option(
            "--slots",
            o.slots,
            "questions decoded together, a multiple of 8; default 16, or 8 when memory is short")
        ->group(engine);
    command
        .add_option("--ubatch-size", o.ubatch_size, "-ub: tokens of one prefill piece; default 512")
        ->group(engine);
    command
        .add_option(
            "--n-gpu-layers,--gpu-layers", o.n_gpu_layers, "-ngl: layers on the GPU; default all")
        ->group(engine);
    command.add_option("--flash-attn", o.flash_attn, "-fa: on (default) or off")->group(engine);
    command.add_option("--cache-type-k", o.cache_type_k, "-ctk: type of the K cache; default f16")
        ->group(engine);
    command.add_option("--cache-type-v", o.cache_type_v, "-ctv: type of the V cache; default f16")
        ->group(engine);
    command.add_option("--engine", o.engine, "the program assay-engine; default: beside assay")
        ->group(engine);
}

Plan load_plan_or_throw(PlanFlags flags) {
    const auto take = [](std::vector<std::string>& from,
                         std::optional<std::vector<std::string>>& to) {
        if (!from.empty()) {
            to = std::move(from);
        }
    };
    take(flags.variants, flags.overrides.variants);
    take(flags.ids, flags.overrides.ids);
    take(flags.judges, flags.overrides.judges);
    take(flags.stop, flags.overrides.stop);
    auto plan = config::load_plan(
        flags.file.empty() ? std::nullopt : std::optional<std::filesystem::path>(flags.file),
        flags.overrides);
    if (!plan) {
        throw_all(plan.error());
    }
    return std::move(*plan);
}

AnalysisSettings load_analysis_or_throw(const PlanFlags& flags) {
    const auto settings = config::load_analysis(flags.overrides);
    if (!settings) {
        throw_all(settings.error());
    }
    return *settings;
}

std::vector<Question> load_questions_or_throw(const Plan& plan) {
    auto questions = config::load_questions(plan.dataset);
    if (!questions && plan.baseline.answers() &&
        plan.dataset.file == plan.baseline.answers()->file) {
        questions.error().push_back(
            {"no dataset is given, so the questions were to come from the baseline's answers",
             plan.baseline.answers()->file,
             "Name the dataset with --questions (dataset)."});
    }
    if (!questions) {
        throw_all(questions.error());
    }
    return std::move(*questions);
}

}  // namespace assay::app
