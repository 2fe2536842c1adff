#include <gmock/gmock.h>

#include "folder.hpp"

namespace assay::config {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

class Flags : public PlanTest {
 protected:
    /// Flags that are enough for a plan without a file.
    Overrides needed() const {
        Overrides flags;
        flags.model = folder_.path("model-F16.gguf");
        flags.variants = std::vector<std::string>{"Q8_0"};
        flags.questions = folder_.path("questions.jsonl");
        return flags;
    }
    std::vector<std::string> errors_of_flags(const Overrides& flags) {
        const auto plan = load_plan(std::nullopt, flags);
        return plan ? std::vector<std::string>{} : sentences(plan.error(), folder_);
    }
};

TEST_F(Flags, AloneMakeAPlan) {
    Overrides flags = needed();
    flags.variants = std::vector<std::string>{"Q8_0", " q4_k_m", folder_.path("other.gguf")};
    flags.judges = std::vector<std::string>{"openai:m@http://127.0.0.1:9/v1", "reference"};
    const auto plan = load_plan(std::nullopt, flags);
    ASSERT_TRUE(plan) << testing::PrintToString(sentences(plan.error(), folder_));
    EXPECT_EQ(plan->source, "command line");
    EXPECT_EQ(plan->variants[1].name, "Q4_K_M");
    EXPECT_EQ(plan->variants[2].name, "other");
    EXPECT_EQ(plan->variants[2].file(), folder_.path("other.gguf"));
    EXPECT_EQ(plan->judges[0].name, "m");
    EXPECT_EQ(plan->judges[1].name, "reference");
}

TEST_F(Flags, EveryOneReachesThePlan) {
    folder_.write("system.txt", "Be brief.\n");
    folder_.write("prompt.jinja", "{{ question }}!\n");
    folder_.write("chat.jinja", "{{ messages }}\n");
    folder_.write("engine", "#!");
    folder_.write("imatrix", "x");
    Overrides flags = needed();
    flags.name = "mine";
    flags.settings["dataset.limit"] = std::int64_t{5};
    flags.ids = std::vector<std::string>{"a"};
    flags.run_dir = folder_.path("run");
    flags.system_file = folder_.path("system.txt");
    flags.prompt_template = folder_.path("prompt.jinja");
    flags.chat_template_file = folder_.path("chat.jinja");
    flags.settings["generation.temp"] = 0.5;
    flags.settings["generation.top-k"] = std::int64_t{3};
    flags.settings["generation.top-p"] = 0.4;
    flags.settings["generation.min-p"] = 0.1;
    flags.settings["generation.repeat-penalty"] = 1.2;
    flags.settings["generation.repeat-last-n"] = std::int64_t{12};
    flags.settings["generation.ctx-size"] = std::int64_t{1000};
    flags.settings["generation.predict"] = std::int64_t{20};
    flags.settings["generation.seed"] = std::int64_t{77};
    flags.stop = std::vector<std::string>{"."};
    flags.settings["blinding-seed"] = std::int64_t{78};
    flags.settings["analysis.margin"] = 0.2;
    flags.settings["analysis.alpha"] = 0.1;
    flags.settings["analysis.power"] = 0.7;
    flags.settings["analysis.stopping"] = std::string("none");
    flags.settings["analysis.expected-decisive-rate"] = 0.4;
    flags.settings["analysis.icc"] = 0.3;
    flags.engine = folder_.path("engine");
    flags.settings["engine.threads"] = std::int64_t{2};
    flags.settings["engine.slots"] = std::int64_t{8};
    flags.settings["engine.ubatch-size"] = std::int64_t{128};
    flags.settings["engine.n-gpu-layers"] = std::int64_t{4};
    flags.settings["engine.flash-attn"] = std::string("off");
    flags.settings["engine.cache-type-k"] = std::string("q4_0");
    flags.settings["engine.cache-type-v"] = std::string("f32");
    flags.imatrix = folder_.path("imatrix");
    flags.judges = std::vector<std::string>{"openai:m@http://127.0.0.1:9/v1"};
    flags.settings["judges.concurrency"] = std::int64_t{9};
    const auto plan = load_plan(std::nullopt, flags);
    ASSERT_TRUE(plan) << testing::PrintToString(sentences(plan.error(), folder_));
    EXPECT_EQ(plan->name, "mine");
    EXPECT_EQ(plan->dataset.limit, 5);
    EXPECT_THAT(plan->dataset.ids, ElementsAre("a"));
    EXPECT_EQ(plan->run_dir, folder_.path("run"));
    const GenerationSettings& g = plan->generation;
    EXPECT_EQ(g.system, "Be brief.");
    EXPECT_EQ(g.prompt_template, "{{ question }}!");
    EXPECT_EQ(g.chat_template, "{{ messages }}\n");
    EXPECT_EQ(g.temp, 0.5);
    EXPECT_EQ(g.top_k, 3);
    EXPECT_EQ(g.top_p, 0.4);
    EXPECT_EQ(g.min_p, 0.1);
    EXPECT_EQ(g.repeat_penalty, 1.2);
    EXPECT_EQ(g.repeat_last_n, 12);
    EXPECT_EQ(g.ctx_size, 1000);
    EXPECT_EQ(g.predict, 20);
    EXPECT_EQ(g.seed, 77u);
    EXPECT_THAT(g.stop, ElementsAre("."));
    EXPECT_EQ(plan->blinding_seed, 78u);
    EXPECT_EQ(plan->analysis.margin, 0.2);
    EXPECT_EQ(plan->analysis.alpha, 0.1);
    EXPECT_EQ(plan->analysis.power, 0.7);
    EXPECT_EQ(plan->analysis.stopping, "none");
    EXPECT_EQ(plan->analysis.expected_decisive_rate, 0.4);
    EXPECT_EQ(plan->analysis.icc, 0.3);
    EXPECT_EQ(plan->engine.path, folder_.path("engine"));
    EXPECT_EQ(plan->engine.threads, 2);
    EXPECT_EQ(plan->engine.slots, 8);
    EXPECT_EQ(plan->engine.ubatch_size, 128);
    EXPECT_EQ(plan->engine.n_gpu_layers, 4);
    EXPECT_EQ(plan->engine.recipe.flash_attn, "off");
    EXPECT_EQ(plan->engine.recipe.cache_type_k, "q4_0");
    EXPECT_EQ(plan->engine.recipe.cache_type_v, "f32");
    EXPECT_EQ(plan->variants[0].type()->imatrix, folder_.path("imatrix"));
    EXPECT_EQ(plan->judges[0].api().concurrency, 9);
}

TEST_F(Flags, WinOverTheFile) {
    Overrides flags;
    flags.settings["generation.temp"] = 0.25;
    flags.system = "";
    flags.variants = std::vector<std::string>{"Q6_K"};
    flags.judges = std::vector<std::string>{"reference"};
    flags.model = folder_.path("other.gguf");
    const Plan plan = plan_with(
        "generation: {temp: 1, system-file: none.txt, predict: 7}\njudges: "
        "[openai:m@http://x/v1]\n",
        flags);
    EXPECT_EQ(plan.generation.temp, 0.25);
    EXPECT_EQ(plan.generation.system, "");
    EXPECT_EQ(plan.generation.predict, 7);
    ASSERT_EQ(plan.variants.size(), 1u);
    EXPECT_EQ(plan.variants[0].name, "Q6_K");
    ASSERT_EQ(plan.judges.size(), 1u);
    EXPECT_EQ(plan.judges[0].provider, "reference");
    EXPECT_EQ(plan.baseline.name, "other");
}

TEST_F(Flags, NamesOfReplacedVariantsAndJudgesAreForgotten) {
    Overrides flags;
    flags.variants = std::vector<std::string>{"Q6_K"};
    flags.judges = std::vector<std::string>{"openai:m@http://x/v1"};
    const auto plan = load(
        "baseline: model-F16.gguf\nvariants: [{name: mine, type: Q8_0}]\ndataset: questions.jsonl\n"
        "judges: [{name: panel, provider: reference}]\n",
        flags);
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->variants[0].name, "Q6_K");
    EXPECT_EQ(plan->judges[0].name, "m");
}

TEST_F(Flags, ErrorsNameTheFlag) {
    Overrides flags = needed();
    flags.model = folder_.path("none.gguf");
    flags.variants = std::vector<std::string>{"Q4_K_X", "sub/gone.gguf"};
    flags.settings["generation.temp"] = std::int64_t{-1};
    flags.settings["generation.ctx-size"] = std::int64_t{1};
    flags.settings["engine.flash-attn"] = std::string("auto");
    flags.settings["dataset.limit"] = std::int64_t{-2};
    flags.judges = std::vector<std::string>{"oracle"};
    flags.settings["judges.concurrency"] = std::int64_t{0};
    flags.stop = std::vector<std::string>{""};
    const auto errors = errors_of_flags(flags);
    EXPECT_THAT(errors,
                ElementsAre("--temp: must be from 0 to 10, not -1",
                            "--ctx-size: must be from 64 to 10000000, not 1",
                            "--flash-attn: must be one of on, off, not \"auto\"",
                            "--limit: must be from 0 to 1000000000, not -2",
                            StartsWith("--variants: unknown type \"Q4_K_X\"; known: F32, "),
                            StartsWith("--judge: unknown judge \"oracle\"."),
                            "--max-concurrency: must be from 1 to 1024, not 0",
                            "--stop: holds an empty text",
                            "--model: no such file: none.gguf",
                            "--variants: no such file: " +
                                (std::filesystem::current_path() / "sub/gone.gguf").string()));
}

TEST_F(Flags, WhatIsMissingIsSaidWithAnExample) {
    EXPECT_THAT(errors_of_flags({}),
                ElementsAre("no baseline is given. For example: -m model-F16.gguf",
                            "no variant is given. For example: --variants Q8_0,Q4_K_M,other.gguf",
                            "no dataset is given. For example: --questions questions.jsonl"));
}

TEST_F(Flags, TextAndFileOfTheSamePromptExcludeEachOther) {
    Overrides flags = needed();
    flags.system = "a";
    flags.system_file = "b";
    flags.chat_template = "c";
    flags.chat_template_file = "d";
    EXPECT_THAT(
        errors_of_flags(flags),
        ElementsAre("--system-file: is given beside --system; give one of them",
                    "--chat-template-file: is given beside --chat-template; give one of them"));
}

TEST_F(Flags, BytesThatAreNotUtf8AreRefused) {
    Overrides flags = needed();
    flags.name = "\xFF";
    flags.model = "/\xFF.gguf";
    flags.judges = std::vector<std::string>{"\xFF"};
    flags.ids = std::vector<std::string>{"\xFF"};
    EXPECT_THAT(errors_of_flags(flags),
                ElementsAre("--name: is not valid UTF-8",
                            "--model: the path /\xEF\xBF\xBD.gguf is not valid UTF-8. Rename it.",
                            "--judge: is not valid UTF-8",
                            "--ids: is not valid UTF-8"));
}

TEST_F(Flags, AnImatrixIsForEveryTypeThatNamesNone) {
    folder_.write("i1", "x");
    Overrides flags;
    flags.imatrix = folder_.write("i2", "x");
    const auto plan = load(
        "baseline: model-F16.gguf\nvariants: [{type: IQ2_S, imatrix: i1}, IQ1_S, "
        "other.gguf]\ndataset: "
        "questions.jsonl\n",
        flags);
    ASSERT_TRUE(plan) << testing::PrintToString(sentences(plan.error(), folder_));
    EXPECT_EQ(plan->variants[0].type()->imatrix, folder_.path("i1"));
    EXPECT_EQ(plan->variants[1].type()->imatrix, folder_.path("i2"));
    EXPECT_EQ(plan->variants[2].type(), nullptr);
}

TEST_F(Flags, FilesOfAnswersMakeAPlanWithoutAModel) {
    folder_.write("runs/a/f16.jsonl", "{}");
    folder_.write("q4.jsonl", "{}");
    Overrides flags;
    flags.model = "f16=answers:" + folder_.path("runs/a/f16.jsonl");
    flags.variants = std::vector<std::string>{"answers:" + folder_.path("q4.jsonl"),
                                              "other=answers:" + folder_.path("q4.jsonl")};
    const auto plan = load_plan(std::nullopt, flags);
    ASSERT_TRUE(plan) << testing::PrintToString(sentences(plan.error(), folder_));
    EXPECT_EQ(plan->baseline.name, "f16");
    EXPECT_EQ(plan->baseline.answers()->file, folder_.path("runs/a/f16.jsonl"));
    EXPECT_EQ(plan->baseline.file(), "");
    EXPECT_EQ(plan->variants[0].name, "q4");
    EXPECT_EQ(plan->variants[1].name, "other");
    EXPECT_EQ(plan->variants[1].answers()->file, folder_.path("q4.jsonl"));
    EXPECT_FALSE(plan->variants[1].answers()->allow_missing);
    EXPECT_EQ(plan->dataset.file, plan->baseline.answers()->file)
        << "the questions come from the baseline's answers";
    EXPECT_THAT(plan->name, StartsWith("f16-"));
}

TEST_F(Flags, AnswersThatMayBeMissingAreThoseThatAreReadFromAFile) {
    folder_.write("q4.jsonl", "{}");
    Overrides flags = needed();
    flags.variants = std::vector<std::string>{"Q8_0", "answers:" + folder_.path("q4.jsonl")};
    flags.allow_missing = true;
    const auto plan = load_plan(std::nullopt, flags);
    ASSERT_TRUE(plan) << testing::PrintToString(sentences(plan.error(), folder_));
    EXPECT_EQ(plan->baseline.answers(), nullptr);
    EXPECT_EQ(plan->variants[0].answers(), nullptr);
    EXPECT_TRUE(plan->variants[1].answers()->allow_missing);
    flags.variants = std::vector<std::string>{"Q8_0"};
    EXPECT_THAT(errors_of_flags(flags),
                ElementsAre("--allow-missing: no answers are read from a file"));
}

TEST_F(Flags, ATypeCannotBeMadeOfAnswersAndTheirFileMustBeThere) {
    Overrides flags = needed();
    flags.model = "answers:" + folder_.path("no.jsonl");
    EXPECT_THAT(errors_of_flags(flags),
                ElementsAre("--variants: Q8_0 is made from the baseline's file, and the baseline "
                            "is a file of answers. Name a GGUF file or a file of answers instead.",
                            "--model: no such file: no.jsonl"));
    flags = needed();
    flags.variants = std::vector<std::string>{"=answers:" + folder_.path("questions.jsonl")};
    EXPECT_THAT(
        errors_of_flags(flags),
        ElementsAre("--variants: has an empty name before \"=\". Write NAME=answers:FILE."));
}

TEST_F(Flags, AModelReplacesTheAnswersOfTheFile) {
    folder_.write("f16.jsonl", "{}");
    Overrides flags;
    flags.model = folder_.path("other.gguf");
    const auto plan = load(
        "baseline: {name: original, answers: f16.jsonl}\nvariants: [Q8_0]\ndataset: {file: "
        "questions.jsonl}\n",
        flags);
    ASSERT_TRUE(plan) << testing::PrintToString(sentences(plan.error(), folder_));
    EXPECT_EQ(plan->baseline.file(), folder_.path("other.gguf"));
    EXPECT_EQ(plan->baseline.answers(), nullptr);
    EXPECT_EQ(plan->baseline.name, "original");
}

TEST_F(Flags, OfTheEngineAreTheDefaultOfEveryVariantThatSaysNothingElse) {
    Overrides flags;
    flags.settings["engine.cache-type-k"] = std::string("q8_0");
    const auto plan = load(
        "baseline: model-F16.gguf\nvariants: [{type: Q8_0, cache-type-k: f16}, Q4_K_M]\ndataset: "
        "questions.jsonl\n",
        flags);
    ASSERT_TRUE(plan) << testing::PrintToString(sentences(plan.error(), folder_));
    EXPECT_EQ(plan->baseline.recipe.cache_type_k, "q8_0");
    EXPECT_EQ(plan->variants[0].recipe.cache_type_k, "f16");
    EXPECT_EQ(plan->variants[1].recipe.cache_type_k, "q8_0");
    flags.variants = std::vector<std::string>{"Q8_0"};
    const auto replaced = load(
        "baseline: model-F16.gguf\nvariants: [{type: Q8_0, cache-type-k: f16}]\ndataset: "
        "questions.jsonl\n",
        flags);
    ASSERT_TRUE(replaced) << testing::PrintToString(sentences(replaced.error(), folder_));
    EXPECT_EQ(replaced->variants[0].recipe.cache_type_k, "q8_0")
        << "a flag replaces the entry with all that it says";
}

TEST_F(Flags, FieldsAreOfAllAnswersOfOneVariantOrOfTheDataset) {
    folder_.write("f16.jsonl", "{}");
    folder_.write("q4.jsonl", "{}");
    Overrides flags = needed();
    flags.model = "f16=answers:" + folder_.path("f16.jsonl");
    flags.variants = std::vector<std::string>{"answers:" + folder_.path("q4.jsonl")};
    flags.fields = std::vector<std::string>{
        "answer=prediction", "q4.id = meta.qid", "dataset.expected=answer"};
    flags.contexts_separator = "|";
    const auto plan = load_plan(std::nullopt, flags);
    ASSERT_TRUE(plan) << testing::PrintToString(sentences(plan.error(), folder_));
    EXPECT_EQ(plan->baseline.answers()->fields,
              (std::map<std::string, std::string>{{"answer", "prediction"}}));
    EXPECT_EQ(plan->variants[0].answers()->fields,
              (std::map<std::string, std::string>{{"answer", "prediction"}, {"id", "meta.qid"}}));
    EXPECT_EQ(plan->dataset.fields, (std::map<std::string, std::string>{{"expected", "answer"}}));
    EXPECT_EQ(plan->dataset.contexts_separator, "|");
    flags.fields = std::vector<std::string>{"answer", "colour=x", "q8.id=x", "dataset.answer=x"};
    EXPECT_THAT(errors_of_flags(flags),
                ElementsAre(StartsWith("--fields: \"answer\" names no field of a file"),
                            StartsWith("--fields: \"colour\" is no field of answers"),
                            StartsWith("--fields: there are no answers of \"q8\""),
                            StartsWith("--fields: \"answer\" is no field of a dataset")));
}

TEST_F(Flags, AFileThatIsDatasetAndAnswersCallsItsFieldsOnce) {
    folder_.write("f16.jsonl", "{}");
    Overrides flags = needed();
    flags.questions.reset();
    flags.model = "answers:" + folder_.path("f16.jsonl");
    flags.variants = std::vector<std::string>{"q4=answers:" + folder_.path("f16.jsonl")};
    flags.fields = std::vector<std::string>{"id=qid", "answer=prediction"};
    const auto plan = load_plan(std::nullopt, flags);
    ASSERT_TRUE(plan) << testing::PrintToString(sentences(plan.error(), folder_));
    EXPECT_EQ(plan->dataset.fields, (std::map<std::string, std::string>{{"id", "qid"}}));
}

}  // namespace
}  // namespace assay::config
