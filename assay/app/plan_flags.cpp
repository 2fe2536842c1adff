#include "assay/app/plan_flags.hpp"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <type_traits>

#include "assay/config/dataset.hpp"
#include "assay/records/judge_provider.hpp"
#include "assay/records/settings.hpp"

namespace assay::app {

void throw_all(const std::vector<Failure>& failures) {
    std::string text;
    for (const Failure& failure : failures) {
        text += (text.empty() ? "" : "\n") + to_sentence(failure);
    }
    throw_usage(text);
}

namespace {

// Groups of the flags in the help, in its order.
constexpr const char* kExperiment = "Experiment";
constexpr const char* kRetrieval = "Retrieval";
constexpr const char* kAnswers = "Answers";
constexpr const char* kDecision = "Decision";
constexpr const char* kEngine = "Engine";

const char* group_of(std::string_view block) {
    if (block == "dataset") {
        return kExperiment;
    }
    if (block == "retrieval") {
        return kRetrieval;
    }
    if (block == "generation") {
        return kAnswers;
    }
    return block == "engine" ? kEngine : kDecision;
}

/// "-ub: tokens of one piece of a prompt; 8 to 65536, default 512".
template <class Field, class Rule>
std::string help_of(const Setting& setting, const Field& field, const Rule& rule) {
    std::string out = setting.short_flag.empty() ? "" : std::string(setting.short_flag) + ": ";
    out += description(setting, rule);
    if constexpr (!std::is_same_v<Rule, YesNo>) {
        out += ", default " + written(field, rule);
    }
    return out;
}

/// What a field's flag is read as: whole numbers of every size, so that one that is out of the
/// setting's range is reported as that; text where a word is allowed.
template <class Field, class Rule>
using Given = std::conditional_t<
    std::is_same_v<Rule, RangeOrWord>,
    std::string,
    std::conditional_t<std::is_same_v<Field, int>, std::int64_t, Field>>;

/// The flag of each plain setting that has one.
class SettingFlags {
 public:
    SettingFlags(CLI::App& command, config::Overrides& overrides)
        : command_(command), overrides_(overrides) {}

    template <class Field, class Rule>
    void operator()(std::string_view block,
                    const Setting& setting,
                    const Field& field,
                    const Rule& rule) {
        if (setting.flag.empty()) {
            return;
        }
        const std::string flag(setting.flag), help = help_of(setting, field, rule);
        const auto keep = [&given = overrides_.settings,
                           path = key_path(block, setting)](const Given<Field, Rule>& value) {
            given.insert_or_assign(path, value);
        };
        CLI::Option* option = nullptr;
        if constexpr (std::is_same_v<Field, bool>) {
            // What is on by itself can only be turned off.
            option = command_.add_flag_callback(
                flag, [keep, value = !field] { keep(value); }, field ? "turn off: " + help : help);
        } else {
            option = command_.add_option_function<Given<Field, Rule>>(flag, keep, help);
        }
        option->group(group_of(block));
    }

 private:
    CLI::App& command_;
    config::Overrides& overrides_;
};

void add_experiment_flags(CLI::App& command, PlanFlags& flags) {
    config::Overrides& o = flags.overrides;
    command.add_option("EXPERIMENT",
                       flags.file,
                       "experiment file (YAML; `assay init` writes one); without it the flags "
                       "describe the experiment");
    command
        .add_option(
            "-m,--model",
            o.model,
            "the original: a GGUF, checkpoint:FOLDER (safetensors), ollama:NAME, a served model "
            "as PROVIDER:MODEL@URL, or answers:FILE; NAME= before it gives it a name: "
            "base=model-F16.gguf")
        ->group(kExperiment);
    command
        .add_option("--lora",
                    o.lora,
                    "LoRA adapter (GGUF) that is merged into the original before anything is made "
                    "of it; several separated by commas")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->group(kExperiment);
    command
        .add_option("--lora-scaled",
                    o.lora_scaled,
                    "the same with its scale: FILE:SCALE; several separated by commas")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->group(kExperiment);
    command
        .add_option(
            "--variants",
            flags.variants,
            "what is compared with it, separated by commas: types to make of it "
            "(Q8_0,Q4_K_M), GGUF files, checkpoint:FOLDER, ollama:NAME (a GGUF of Ollama's), "
            "served models as ollama:MODEL@URL or openai:MODEL@URL, or answers:FILE; NAME= before "
            "one gives "
            "it a name: q4=path/model-Q4.gguf")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->group(kExperiment);
    command
        .add_option("--questions",
                    o.questions,
                    "dataset: JSONL, JSON or CSV; may be left out where the baseline's answers "
                    "hold their questions")
        ->group(kExperiment);
    command
        .add_option("--fields",
                    flags.fields,
                    "how files call their fields, separated by commas: FIELD=NAME for all answers "
                    "(answer=prediction,id=qid), VARIANT.FIELD=NAME for those of one variant, "
                    "dataset.FIELD=NAME for the dataset (dataset.expected=answer); NAME may be a "
                    "path: doc.answer.value, target[0]")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->group(kExperiment);
    command
        .add_option("--contexts-separator",
                    o.contexts_separator,
                    "splits contexts that are one text into passages, for example \"|\"")
        ->group(kExperiment);
    command
        .add_option("--corpus",
                    o.corpus,
                    "contexts are retrieved from it: a folder of .txt, .md, .html and .pdf, or a "
                    "JSONL file of passages (id, title, text)")
        ->group(kRetrieval);
    command
        .add_option("--embedder",
                    o.embedder,
                    "GGUF of an embedding model that finds passages beside their words, or none")
        ->group(kRetrieval);
    command
        .add_option("--query-prefix",
                    o.query_prefix,
                    "what the embedder is shown before a question: \"query: \" for E5")
        ->group(kRetrieval);
    command.add_option("--passage-prefix", o.passage_prefix, "... and before a passage")
        ->group(kRetrieval);
    command
        .add_flag("--allow-missing",
                  o.allow_missing,
                  "a question without an answer in a file of answers counts as no answer instead "
                  "of stopping the run")
        ->group(kExperiment);
    command.add_option("--ids", flags.ids, "only the questions with these ids")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->group(kExperiment);
    command
        .add_option("--judge",
                    flags.judges,
                    judge_forms() + "; may be given several times, the first decides")
        ->allow_extra_args(false)
        ->group(kExperiment);
    command.add_option("--name", o.name, "the experiment's name")->group(kExperiment);
    command
        .add_option("--run", o.run_dir, "run directory: made, or gone on with; default runs/NAME")
        ->group(kExperiment);
    command
        .add_option("--imatrix",
                    o.imatrix,
                    "importance matrix for the types that are made: a file, or make, which makes "
                    "one from --imatrix-text")
        ->group(kExperiment);
    command
        .add_option("--imatrix-text",
                    o.imatrix_text,
                    "text file that --imatrix make shows the model: the kind of text that it is "
                    "used for, but none of the questions")
        ->group(kExperiment);
    command
        .add_option("--imatrix-chunks",
                    o.imatrix_chunks,
                    "only the first N chunks (512 tokens) of that text; 0: all, default 0")
        ->group(kExperiment);
}

void add_answer_flags(CLI::App& command, PlanFlags& flags) {
    config::Overrides& o = flags.overrides;
    command.add_option("--system", o.system, "system prompt")->group(kAnswers);
    command.add_option("--system-file", o.system_file, "file with the system prompt")
        ->group(kAnswers);
    command
        .add_option("--prompt-template",
                    o.prompt_template,
                    "Jinja file of the user turn; variables: question, contexts, id")
        ->group(kAnswers);
    command
        .add_option("--chat-template",
                    o.chat_template,
                    "Jinja text instead of the baseline's own chat template")
        ->group(kAnswers);
    command.add_option("--chat-template-file", o.chat_template_file, "the same from a file")
        ->group(kAnswers);
    command
        .add_option(
            "--stop", flags.stop, "an answer ends before this text; may be given several times")
        ->allow_extra_args(false)
        ->group(kAnswers);
}

}  // namespace

void add_plan_flags(CLI::App& command, PlanFlags& flags) {
    config::Overrides& o = flags.overrides;
    add_experiment_flags(command, flags);
    add_answer_flags(command, flags);
    command
        .add_option("--known-bad",
                    o.known_bad,
                    "name of a variant that is there only to show that the judge finds a bad one")
        ->group(kDecision);
    SettingFlags setting_flags(command, o);
    const Plan defaults;
    visit_plan(defaults, setting_flags);
    const ApiSettings of_judges;
    visit_judge_transport(of_judges,
                          [&](const Setting& setting, const auto& field, const auto& rule) {
                              setting_flags("judges", setting, field, rule);
                          });
    command.add_option("--engine", o.engine, "the program assay-engine; default: beside assay")
        ->group(kEngine);
}

Plan load_plan_or_throw(PlanFlags flags) {
    const auto take = [](std::vector<std::string>& from,
                         std::optional<std::vector<std::string>>& to) {
        if (!from.empty()) {
            to = std::move(from);
        }
    };
    take(flags.variants, flags.overrides.variants);
    take(flags.fields, flags.overrides.fields);
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
            {"the questions were to come from the same file as the baseline's answers",
             plan.baseline.answers()->file,
             "If they are in another file, name it with --questions (dataset)."});
    }
    if (!questions) {
        throw_all(questions.error());
    }
    return std::move(*questions);
}

}  // namespace assay::app
