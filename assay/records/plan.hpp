#pragma once
// What an experiment file or a command line resolves to: every default filled in, every path
// absolute.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/records/judge_spec.hpp"
#include "assay/records/run_recipe.hpp"
#include "assay/records/variant_spec.hpp"

namespace assay {

/// Before the name of a model in Ollama's store on this machine, in place of a GGUF file's path.
inline constexpr std::string_view kOllamaFile = "ollama:";

struct DatasetSpec {
    std::string file;  ///< default: the baseline's answers, which then hold the questions, too
    std::int64_t limit = 0;                     ///< the first n questions; 0: all
    std::vector<std::string> ids;               ///< only these ids, may be empty: all
    std::vector<std::string> clusters;          ///< only these clusters, may be empty: all
    std::map<std::string, std::string> fields;  ///< ours (id, question, expected, contexts,
                                                ///< cluster) -> the file's field name
    std::string contexts_separator{};  ///< splits a text of several passages; empty: it is one
};

/// The word for no embedder, where one could be named: files, flags, stored plans and rules.
inline constexpr std::string_view kNoEmbedder = "none";

/// Where the contexts come from, if not from the dataset (docs/retrieval.md).
struct RetrievalSettings {
    std::string corpus;    ///< a folder, or a JSONL file of passages; empty: nothing is retrieved
    std::string embedder;  ///< GGUF of an embedding model; empty: passages are found by their words
                           ///< alone
    int max_tokens = 512;  ///< the embedder sees the first tokens of a text, up to this many
    std::string query_prefix;       ///< what the embedder is shown before a question
    std::string passage_prefix;     ///< ... and before a passage
    int top = 4;                    ///< passages that each question is given
    bool replace_contexts = false;  ///< what is retrieved takes the place of the dataset's contexts

    [[nodiscard]] bool asked_for() const { return !corpus.empty(); }
};

/// How every variant's answers are made. Names and meanings are llama.cpp's.
/// GenerationSettings::samples: kFirstSamples of each question, then one look, then as many as the
/// decision needs, at most kMostSamples (analysis/samples_look.hpp).
inline constexpr int kAutoSamples = 0;
inline constexpr int kFirstSamples = 2;
inline constexpr int kMostSamples = 8;

struct GenerationSettings {
    std::string system;            ///< system prompt; empty: none
    std::string prompt_template;   ///< Jinja text of the user turn; variables: question, contexts
                                   ///< (list), id
    std::string chat_template;     ///< Jinja text; empty: the baseline's own
    double temp = 0.0;             ///< 0: greedy, and top_k, top_p, min_p have no effect
    int top_k = 0;                 ///< 0: off
    double top_p = 0.9;            ///< 1: off
    double min_p = 0.0;            ///< 0: off
    double repeat_penalty = 1.05;  ///< 1: off
    int repeat_last_n = 64;        ///< penalty window in tokens, over the end of the prompt and the
                                   ///< answer so far; 0: off; -1: ctx_size
    int ctx_size = 4096;           ///< tokens, prompt and answer together
    int predict = 128;             ///< most tokens of an answer
    std::uint64_t seed = 42;       ///< used when temp > 0; each question gets a stream of its own
    std::vector<std::string> stop;    ///< the answer ends before the first of these
    std::string date = "2025-01-01";  ///< what templates that print today's date are told
    bool thinking = false;            ///< chat template's enable_thinking
    int samples = 1;            ///< answers of each model to a question, each with dice of its own;
                                ///< > 1 and kAutoSamples need temp > 0
    bool own_template = false;  ///< each variant uses its own chat template and tokens; then not
                                ///< only the weights differ

    /// Samples of a question that are asked for in any case.
    [[nodiscard]] int first_samples() const {
        return samples == kAutoSamples ? kFirstSamples : samples;
    }
    /// The most that may be asked for.
    [[nodiscard]] int most_samples() const {
        return samples == kAutoSamples ? kMostSamples : samples;
    }
    [[nodiscard]] bool has_samples() const { return samples != 1; }
};

/// How the engine runs; chosen for the machine, proven or keyed not to change answers
/// (docs/engine.md).
struct EngineSettings {
    std::string path;  ///< assay-engine; empty: beside assay
    int threads = 0;   ///< 0: the machine's physical cores
    int slots = 0;  ///< questions decoded together, a multiple of 8; 0: chosen by memory, at most
                    ///< 16
    int ubatch_size = 512;  ///< tokens of one prefill piece; part of what an answer depends on
    int n_gpu_layers = -1;  ///< -1: all that fit the backend's own default
    RunRecipe recipe;       ///< of every variant that names no other, and of embedded judges
};

/// Questions that the decision is about (docs/statistics.md, "These questions"): those that the
/// asked ones are a sample of, or exactly the asked ones.
inline constexpr std::string_view kQuestionsLikeThese = "questions-like-these";
inline constexpr std::string_view kTheseQuestions = "these-questions";

struct AnalysisSettings {
    double margin = 0.10;  ///< net win rate, in (0, 1)
    double alpha = 0.05;   ///< one-sided; the deciding interval has level 1 - 2 alpha; in (0, 0.5)
    double power = 0.80;   ///< for n_more and the smallest detectable effect, in (alpha, 1)
    std::string stopping = "hybrid";      ///< hybrid | group-sequential | none: how judging may end
                                          ///< early, where a verdict costs something
    std::string multiplicity = "ladder";  ///< ladder | holm | none: how several variants are
                                          ///< claimed (analysis/claims.hpp)
    std::string population{kQuestionsLikeThese};  ///< or kTheseQuestions. It stands in the block
                                                  ///< dataset of files and stored plans
    double expected_decisive_rate = 0.6;  ///< wins and losses among all verdicts, in (0, 1];
                                          ///< planning only
    double icc = 0.1;  ///< expected correlation of two verdicts of one cluster, in [0, 1]; planning
                       ///< only
    bool accept_equal_answers = false;  ///< answers that equal what they should be compared with
                                        ///< are meant (analysis/equal_answers.hpp)
    bool accept_metric = false;  ///< what a metric decides may be recommended (a metric reads no
                                 ///< meaning)

    [[nodiscard]] bool on_these_questions() const { return population == kTheseQuestions; }
};

/// What the judges of a panel are called together, where a judge has its name.
inline constexpr std::string_view kPanelName = "panel";

/// How often a pair is put to the judges, and who of them decides.
struct JudgingSettings {
    bool panel = false;        ///< the judges named decide together, each with the same weight;
                               ///< false: the first decides
    bool both_orders = false;  ///< each pair twice, each answer first once: two comparisons of one
                               ///< question
    int repeats = 0;  ///< how often a part of the pairs is asked once more, to see whether a judge
                      ///< repeats itself; in no count. 0: never
    double repeat_share = 0.2;   ///< of the pairs, in (0, 1]
    bool strip_thoughts = true;  ///< judges compare what answers say, without the thoughts before
                                 ///< it (thoughts.hpp); answers are stored as they were written
};

struct Plan {
    std::string name;
    std::string source;    ///< the experiment file, or "command line"
    VariantSpec baseline;  ///< what the others are compared with
    std::vector<VariantSpec> variants;
    DatasetSpec dataset;
    RetrievalSettings retrieval;
    GenerationSettings generation;
    EngineSettings engine;
    std::vector<JudgeSpec> judges;  ///< never empty; the first decides, or all of a panel
    JudgingSettings judging;
    AnalysisSettings analysis;
    std::uint64_t blinding_seed = 1;
    std::string known_bad;  ///< name of a variant that is there only to show that the judge finds a
                            ///< bad one; empty: none
    std::string run_dir;
};

}  // namespace assay
