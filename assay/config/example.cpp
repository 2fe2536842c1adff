#include "assay/config/example.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "assay/records/settings.hpp"

namespace assay::config {
namespace {

constexpr std::size_t kCommentColumn = 34;

/// A line with default and comment for each setting that it is called with.
class SettingLines {
 public:
    explicit SettingLines(std::string_view indent) : indent_(indent) {}

    template <class Field, class Rule>
    void operator()(const Setting& setting, const Field& field, const Rule& rule) {
        std::string line = fmt::format("{}{}: {}", indent_, setting.key, written(field, rule));
        line.resize(std::max(line.size() + 1, kCommentColumn), ' ');
        text_ += fmt::format("{}# {}\n", line, description(setting, rule));
    }

    [[nodiscard]] const std::string& text() const { return text_; }

 private:
    std::string_view indent_;
    std::string text_;
};

/// The lines of what `visit_all` visits.
template <class VisitAll>
std::string lines(std::string_view indent, const VisitAll& visit_all) {
    SettingLines out(indent);
    visit_all(out);
    return out.text();
}

// Between the texts stand the plain settings, whose lines are made of their rows.

constexpr const char* kHead =
    R"(# An experiment of assay: can a quantized model replace the original on your questions?
#   assay plan experiment.yaml    shows what would be done
#   assay run experiment.yaml     does it; run it again to go on where it was stopped
# Relative paths are relative to this file. Every value below is the default; only baseline, variants and dataset are needed.
# A variant, and the baseline too, may be a file of answers that were made elsewhere; between such files no model is needed.

# name: science                   # of the report and of the run directory; default: this file's name without its ending

baseline:                         # the original that the others are compared with
  file: model-F16.gguf            # GGUF; of a split model the first part
  # checkpoint: my-model          # instead of file: a folder with safetensors and a tokenizer, which is converted (docs/variants.md)
  # answers: f16.jsonl            # instead of file: answers that exist already (the study's, lm-eval, AlpacaEval, FastChat, or id and answer)
  # lora: [adapter.gguf]          # LoRA adapters that are merged into the file before anything is made of it; {file: adapter.gguf, scale: 0.5}
  # name: original                # default: the file's name without its ending

variants:                         # a type that llama.cpp can make, a file, or a mapping of name and type or file
  - Q8_0
  - Q4_K_M
  # - {name: mine, file: other.gguf}
  # - {name: q4, answers: q4.jsonl}                        # or answers:q4.jsonl
  # - {name: served, provider: ollama, model: "qwen2.5:0.5b"}  # a server runs it; url: another address than OLLAMA_HOST's, pull: true fetches it first
  # - {name: theirs, type: Q4_K_M, provider: ollama}         # a file of ours, created there for the run
  # - {name: vllm, provider: openai, model: m, url: "http://127.0.0.1:8000/v1", concurrency: 4}   # urls: several at once; server: vllm, where it does not say so itself
  # - {name: pulled, file: "ollama:qwen2.5:0.5b"}            # the GGUF behind that name in Ollama's store, in assay's engine
  # - {name: others, answers: others.csv, fields: {answer: prediction, id: qid}}   # where that file calls them otherwise: also question, contexts, generator
  # - {name: part, answers: part.jsonl, allow-missing: true} # a question without an answer is left out (more than 5 %: not measured); else it is an error
  # - {name: kv8, file: model-F16.gguf, cache-type-k: q8_0, cache-type-v: q8_0}   # how it is run, where that is not as under engine: also flash-attn; the baseline takes these keys, too
  # - {type: Q4_K_M, lora: applied}                        # the base is quantized, and the baseline's one adapter is applied at run time
  # - {type: IQ2_XXS, imatrix: make, imatrix-text: text.txt, imatrix-chunks: 100}   # types below three bits need an importance matrix: made of a text, or a file

dataset:                          # may be left out where the baseline's answers hold their questions; JSONL, a JSON array or CSV with id, question, expected_answer, contexts, cluster
  file: questions.jsonl
)";

constexpr const char* kDataset = R"(  ids: []                         # only these ids; empty: all
  clusters: []                    # only these clusters; empty: all
  fields: {}                      # where the file calls them otherwise: {question: q, expected: answer, contexts: passages}; a name may be a path: doc.answer.value, target[0]
  # contexts-separator: "|"       # splits contexts that are one text into passages
)";

constexpr const char* kRetrieval = R"(
# retrieval:                      # contexts are found in a corpus, once, before any answer
#   corpus: documents             # a folder of .txt, .md, .html and .pdf, or a JSONL file of passages (id, title, text)
#   embedder: none                # GGUF of an embedding model, or none: passages are found by their words alone
)";

constexpr const char* kEmbedding =
    R"(#   query-prefix: "query: "       # what some embedders want before a question, and before a passage
#   passage-prefix: "passage: "
)";

constexpr const char* kGenerationHead = R"(
generation:                       # how every answer is made; names and meanings are llama.cpp's
  system: "You are a careful assistant. Answer correctly and briefly, and say so when you do not know."   # "": none
  # system-file: system.txt       # instead of system
  # prompt-template: prompt.jinja # the user turn, with question, contexts (a list) and id; default: a built-in one
  # chat-template: "{% for m in messages %}..."   # Jinja text; default: the one in the baseline's file
  # chat-template-file: chat.jinja                # instead of chat-template
)";

constexpr const char* kGeneration =
    R"(  stop: []                        # an answer ends before the first of these texts
)";

constexpr const char* kJudges = R"(
judges:                           # the first decides, further ones show how sensitive the decision is
  - provider: reference           # a metric of the answer with the expected one; needs no model and no network
)";

constexpr const char* kApiJudge = R"(  # - name: panel-1               # default: the model's name
  #   provider: openai            # any server that speaks the OpenAI chat format; or gemini, anthropic, ollama
  #   url: "http://127.0.0.1:9000/v1"   # only openai needs one; the others have their own
  #   model: some-model
  #   api-key-env: MY_KEY         # variable that holds the key; default: OPENAI_API_KEY, GEMINI_API_KEY or ANTHROPIC_API_KEY for the
  #                               # provider's own host and this machine, AZURE_OPENAI_API_KEY for Azure's, else none
)";

constexpr const char* kTemplate = R"(  #   prompt-template: judge.jinja   # default: a built-in one
)";

constexpr const char* kEmbeddedJudge =
    R"(  # - provider: gguf              # a model file, in an engine of our own; judges each pair in both orders
  #   file: judge.gguf
)";

constexpr const char* kJudging =
    R"(  # - {name: panel-2, provider: batch}   # texts to paste into a chat (or human: for a person); see assay export batches, assay import verdicts

judging:
)";

constexpr const char* kEngine = R"(
engine:                           # this machine
  # path: /opt/assay/assay-engine # default: beside assay
)";

constexpr const char* kControls = R"(
# controls: {known-bad: Q2_K}     # a variant that nobody means to ship, to show that the judge finds a bad one

)";

constexpr const char* kOutput = R"(
# output:
#   run: runs/science             # default: runs/NAME under the folder where assay is started
)";

}  // namespace

std::string example_experiment() {
    const Plan plan;
    const MetricSettings metric;
    const EmbeddedSettings embedded;
    JudgeSpec api;
    api.settings = ApiSettings();

    std::string out = kHead;
    out += lines("  ", [&](auto& line) {
        visit_dataset(plan.dataset, line);
        visit_population(plan.analysis, line);
    });
    out += kDataset;
    out += kRetrieval;
    out += lines("#   ", [&](auto& line) { visit_retrieval(plan.retrieval, line); });
    out += lines("#   ", [&](auto& line) { visit_embedding(plan.retrieval, line); });
    out += kEmbedding;
    out += kGenerationHead;
    out += lines("  ", [&](auto& line) {
        visit_generation(plan.generation, line);
        visit_samples(plan.generation, line);
    });
    out += kGeneration;
    out += kJudges;
    out += lines("    ", [&](auto& line) { visit_metric(metric, line); });
    out += kApiJudge;
    out += lines("  #   ", [&](auto& line) { visit_judge(std::as_const(api), line); });
    out += kTemplate;
    out += kEmbeddedJudge;
    out += lines("  #   ", [&](auto& line) {
        visit_embedded_judge(embedded, line);
        visit_embedded_room(embedded, line);
    });
    out += kJudging;
    out += lines("  ", [&](auto& line) {
        visit_judging(plan.judging, line);
        visit_what_is_judged(plan.judging, line);
        visit_panel(plan.judging, line);
    });
    out += "\nanalysis:\n";
    out += lines("  ", [&](auto& line) {
        visit_analysis(plan.analysis, line);
        visit_planning(plan.analysis, line);
        visit_confirmations(plan.analysis, line);
    });
    out += kEngine;
    out += lines("  ", [&](auto& line) {
        visit_machine(plan.engine, line);
        visit_engine(plan.engine, line);
        visit_rope(plan.engine.recipe.rope, line);
    });
    out += kControls;
    out += lines("", [&](auto& line) { visit_blinding(plan, line); });
    out += kOutput;
    return out;
}

}  // namespace assay::config
