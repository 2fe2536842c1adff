#include <gmock/gmock.h>
#include <sys/stat.h>

#include "assay/config/defaults.hpp"
#include "assay/config/plan_json.hpp"
#include "folder.hpp"

namespace assay::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kNamesRemedy =
    " Give one of them a name of its own: {name: NAME, type: TYPE}, {name: NAME, file: FILE} or "
    "{name: NAME, answers: FILE}.";

class Resolve : public PlanTest {
 protected:
    std::vector<std::string> errors_of_variants(const std::string& variants,
                                                const std::string& baseline = "model-F16.gguf") {
        return errors_of("baseline: " + baseline + "\nvariants: " + variants +
                         "\ndataset: questions.jsonl\n");
    }
};

TEST_F(Resolve, TheDefaultsAreThoseOfTheStudy) {
    const Plan plan = plan_with("");
    EXPECT_EQ(plan.generation.temp, 0);
    EXPECT_EQ(plan.generation.top_p, 0.9);
    EXPECT_EQ(plan.generation.repeat_penalty, 1.05);
    EXPECT_EQ(plan.generation.ctx_size, 4096);
    EXPECT_EQ(plan.generation.system, kDefaultSystem);
    EXPECT_EQ(plan.generation.prompt_template, kDefaultPromptTemplate);
    EXPECT_EQ(plan.analysis.margin, 0.10);
    EXPECT_EQ(plan.analysis.alpha, 0.05);
    EXPECT_EQ(plan.analysis.stopping, "hybrid");
    ASSERT_EQ(plan.judges.size(), 1u);
    EXPECT_EQ(plan.judges[0].provider, "reference");
    EXPECT_EQ(plan.judges[0].name, "reference");
}

TEST_F(Resolve, NamesAreSlugsAndClashesAreRefused) {
    const auto plan = load(
        "baseline: {name: my model, file: model-F16.gguf}\nvariants: [Q8_0]\ndataset: "
        "questions.jsonl\n");
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->baseline.name, "my-model");
    EXPECT_THAT(
        errors_of_variants("[Q8_0, q8_0]"),
        ElementsAre("exp.yaml:2:18: variants[1]: the name \"Q8_0\" is that of variants[0], too." +
                    std::string(kNamesRemedy)));
    EXPECT_THAT(
        errors_of_variants("[Q4_K_M, Q4_K]"),
        ElementsAre("exp.yaml:2:20: variants[1]: the name \"Q4_K_M\" is that of variants[0], too." +
                    std::string(kNamesRemedy)));
    EXPECT_THAT(
        errors_of_variants("[{name: a/b, type: Q8_0}, {name: A b, type: Q6_K}]"),
        ElementsAre(
            "exp.yaml:2:44: variants[1].name: the name \"A-b\" is that of variants[0], too." +
            std::string(kNamesRemedy)));
    EXPECT_THAT(
        errors_of_variants("[model-F16.gguf]"),
        ElementsAre(
            "exp.yaml:2:12: variants[0]: the name \"model-F16\" is that of the baseline, too." +
            std::string(kNamesRemedy)));
}

TEST_F(Resolve, ANameThatCannotBeAFileNameOrMeansATieIsRefused) {
    EXPECT_THAT(
        errors_of_variants("[{name: 模型, type: Q8_0}, {name: Tie, type: Q6_K}]"),
        ElementsAre(
            testing::HasSubstr(
                "variants[0].name: has no ASCII letter or digit, and names are used as file names"),
            testing::HasSubstr(
                "variants[1].name: is the word for a tie in the results. Choose another name.")));
}

TEST_F(Resolve, JudgesWithTheSameNameAreRefused) {
    EXPECT_THAT(errors_with("judges: [openai:m@http://x/v1, openai:m@http://y/v1]\n"),
                ElementsAre("exp.yaml:4:32: judges[1]: the name \"m\" is that of judges[0], too. "
                            "Give one of them a name of its own."));
}

TEST_F(Resolve, FilesThatAreNotThereAreReported) {
    std::filesystem::create_directory(folder_.path("folder"));
    ::mkfifo(folder_.path("pipe").c_str(), 0600);
    EXPECT_THAT(
        errors_of(
            "baseline: {file: none.gguf}\nvariants: [gone.gguf, {name: a, file: folder}, {type: "
            "Q8_0, imatrix: "
            "no.dat}, ~/x.gguf]\n"
            "dataset: {file: pipe}\ngeneration: {system-file: s.txt, prompt-template: p.jinja, "
            "chat-template-file: c.jinja}\n"
            "judges: [{provider: openai, url: \"http://x/v1\", model: m, prompt-template: "
            "j.jinja}]\nengine: "
            "{path: e}\n"),
        ElementsAre("exp.yaml:1:18: baseline.file: no such file: none.gguf",
                    "exp.yaml:2:12: variants[0]: no such file: gone.gguf",
                    "exp.yaml:2:39: variants[1].file: is a folder, not a file: folder",
                    "exp.yaml:2:70: variants[2].imatrix: no such file: no.dat",
                    "exp.yaml:2:79: variants[3]: no such file: ~/x.gguf. \"~\" has no meaning "
                    "here; write the whole path.",
                    "exp.yaml:3:17: dataset.file: is not a file: pipe",
                    "exp.yaml:4:27: generation.system-file: no such file: s.txt",
                    "exp.yaml:4:51: generation.prompt-template: no such file: p.jinja",
                    "exp.yaml:4:80: generation.chat-template-file: no such file: c.jinja",
                    "exp.yaml:5:76: judges[0].prompt-template: no such file: j.jinja",
                    "exp.yaml:6:16: engine.path: no such file: e"));
}

TEST_F(Resolve, TemplatesThatCannotBeMeantAreRefused) {
    folder_.write("empty", " \n");
    folder_.write("latin1", "gr\xFC\xDF dich");
    folder_.write("fixed", "Always the same.");
    folder_.write("large", std::string((1 << 20) + 1, 'x'));
    EXPECT_THAT(
        errors_with(
            "generation: {system-file: latin1, prompt-template: fixed, chat-template: chatml}\n"
            "judges: [{provider: openai, url: \"http://x/v1\", model: m, prompt-template: empty}, "
            "{provider: "
            "openai, url: "
            "\"http://x/v1\", model: n, prompt-template: large}]\n"),
        ElementsAre("exp.yaml:4:27: generation.system-file: latin1:1: is not UTF-8, it looks "
                    "like Windows-1252. Save the file as UTF-8 (iconv -f WINDOWS-1252 -t UTF-8).",
                    "exp.yaml:4:52: generation.prompt-template: fixed never shows the question. "
                    "Write {{ question }} "
                    "where it belongs.",
                    "exp.yaml:4:74: generation.chat-template: is not a chat template in Jinja: it "
                    "never uses "
                    "`messages`. Give the template's "
                    "text, not its name.",
                    "exp.yaml:5:76: judges[0].prompt-template: empty is empty",
                    "exp.yaml:5:150: judges[1].prompt-template: large is larger than 1 MiB, which "
                    "no prompt is"));
}

TEST_F(Resolve, ATypeThatNeedsAnImatrixSaysSo) {
    EXPECT_THAT(
        errors_of_variants("[IQ2_XXS, {type: q2_k_s}, Q2_K]"),
        ElementsAre(
            "exp.yaml:2:12: variants[0]: IQ2_XXS needs an importance matrix. Write {type: "
            "IQ2_XXS, imatrix: make, imatrix-text: FILE} (or --imatrix make --imatrix-text FILE) "
            "to have one made from a text, or imatrix: FILE with one of llama-imatrix.",
            testing::HasSubstr("variants[1].type: Q2_K_S needs an importance matrix. Write {type: "
                               "Q2_K_S, imatrix: make, imatrix-text: FILE}")));
}

TEST_F(Resolve, OfASplitModelTheFirstPartIsNamed) {
    folder_.write("big-00001-of-00003.gguf", "GGUF");
    const auto plan = load(
        "baseline: big-00001-of-00003.gguf\nvariants: [Q8_0]\ndataset: questions.jsonl\n");
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->baseline.name, "big");
}

// The file itself says which part it is; the engine looks into it (files_model_test.cpp).
TEST_F(Resolve, OfAPartTheNameAloneSaysNothing) {
    folder_.write("big-00002-of-00003.gguf", "GGUF");
    EXPECT_THAT(errors_of_variants("[Q8_0]", "big-00002-of-00003.gguf"), IsEmpty());
}

TEST_F(Resolve, SettingsThatContradictEachOtherAreRefused) {
    EXPECT_THAT(
        errors_with("generation: {ctx-size: 128}\n"),
        ElementsAre(
            "exp.yaml:4:24: generation.ctx-size: predict (128) must be below ctx-size (128), which "
            "holds prompt and answer"));
    EXPECT_THAT(
        errors_with(
            "generation: {predict: 5000}\nengine: {slots: 12, flash-attn: off, cache-type-v: "
            "q8_0}\nanalysis: {alpha: 0.3, power: 0.2}\n"),
        ElementsAre(
            "exp.yaml:4:23: generation.predict: predict (5000) must be below ctx-size (4096), "
            "which "
            "holds prompt and answer",
            "exp.yaml:5:17: engine.slots: must be a multiple of 8, not 12. 0 chooses by memory.",
            "exp.yaml:5:52: engine.cache-type-v: q8_0 needs flash-attn: on",
            "exp.yaml:6:31: analysis.power: power (0.2) must be above alpha (0.3)"));
}

TEST_F(Resolve, TheNameIsTheFilesStemOrTheModelsWithThePlansHash) {
    EXPECT_EQ(plan_with("").name, "exp");
    EXPECT_EQ(plan_with("name: Two words\n").name, "Two words");
    EXPECT_EQ(plan_with("name: Two words\n").run_dir,
              (std::filesystem::current_path() / "runs/Two-words").string());
    Overrides flags;
    flags.model = folder_.path("model-F16.gguf");
    flags.variants = std::vector<std::string>{"Q8_0"};
    flags.questions = folder_.path("questions.jsonl");
    const auto plan = load_plan(std::nullopt, flags);
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->name, "model-F16-" + plan_sha256(*plan).substr(0, 8));
    EXPECT_EQ(plan->run_dir, (std::filesystem::current_path() / "runs" / plan->name).string());
}

TEST_F(Resolve, ANameOfSeveralLinesOrNoneIsRefused) {
    EXPECT_THAT(errors_with("name: \"a\\nb\"\n"),
                ElementsAre("exp.yaml:4:7: name: must be one line of at most 200 bytes"));
    EXPECT_THAT(errors_with("name: \" \"\n"), ElementsAre("exp.yaml:4:7: name: is empty"));
}

}  // namespace
}  // namespace assay::config
