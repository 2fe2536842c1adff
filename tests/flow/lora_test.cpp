// A LoRA adapter: merged into the baseline before anything is made of it, or applied at run time.

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>

#include "lab.hpp"

namespace assay::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr int kQuestions = 9;
constexpr int kEnough = 60;  ///< for a decision

/// A lab with an adapter that makes the model know half as much, and others that do not fit.
class Lora : public testing::Test {
 protected:
    explicit Lora(int n_questions = kQuestions) : lab(n_questions) {
        lab.folder().write("adapter.gguf", "lora yes\nskill 100\nsalt tuned\n");
        lab.folder().write("second.gguf", "lora yes\nsalt other\n");
    }

    /// `assay run` of an experiment with this baseline and these variants.
    Ended run(const std::string& baseline,
              const std::string& variants,
              const Environment& environment = {}) const {
        lab.folder().write("exp.yaml",
                           "baseline: " + baseline + "\nvariants: " + variants +
                               "\ndataset: questions.jsonl\n"
                               "analysis: {margin: 0.9, accept-metric: true}\n");
        return lab.assay({"run", "exp.yaml", "--run", lab.run_dir(), "--engine", SCRIPTED_ENGINE},
                         environment);
    }

    [[nodiscard]] json variant(const std::string& name) const {
        const json report = lab.report();
        for (const json& each : report["variants"]) {
            if (each["name"] == name) {
                return each;
            }
        }
        return {};
    }

    /// Files of the cache, of which a name holds the text.
    [[nodiscard]] std::vector<fs::path> cached(const std::string& text) const {
        std::vector<fs::path> out;
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(lab.folder() / "cache" / "models", error)) {
            if (entry.path().filename().string().find(text) != std::string::npos) {
                out.push_back(entry.path());
            }
        }
        return out;
    }

    const Lab lab;
};

constexpr const char* kTuned = "{name: tuned, file: model.gguf, lora: [{file: adapter.gguf}]}";
constexpr const char* kBoth = "[Q4_K_M, {type: Q4_K_M, lora: applied}]";

TEST_F(Lora, IsMergedOnceAndWhatIsMadeIsMadeOfTheMergedFile) {
    const Ended first = run(kTuned, kBoth);
    ASSERT_NE(first.exit_code, 1) << first.err;
    ASSERT_NE(first.exit_code, 2) << first.err;
    EXPECT_EQ(lab.n_requests("merge_lora"), 1);

    const json tuned = variant("tuned"), merged = variant("Q4_K_M"),
               applied = variant("Q4_K_M-applied");
    const std::string adapter = tuned["lora"]["adapters"][0]["sha256"];
    EXPECT_EQ(tuned["lora"]["mode"], "merged");
    EXPECT_EQ(tuned["lora"]["adapters"][0]["file"], "adapter.gguf");
    EXPECT_EQ(tuned["lora"]["adapters"][0]["scale"], 1.0);
    EXPECT_NE(tuned["file"]["sha256"], tuned["lora"]["base_sha256"]);
    EXPECT_FALSE(merged.contains("lora"))
        << "it is made of the merged file, which its origin names";
    EXPECT_THAT(merged["recipe"].get<std::string>(),
                HasSubstr(tuned["file"]["sha256"].get<std::string>()));
    EXPECT_EQ(applied["lora"]["mode"], "applied");
    EXPECT_EQ(applied["lora"]["base_sha256"], tuned["lora"]["base_sha256"]);
    EXPECT_EQ(applied["lora"]["adapters"][0]["sha256"], adapter);
    EXPECT_NE(applied["file"]["sha256"], merged["file"]["sha256"]);
    EXPECT_EQ(applied["engine"]["fingerprint"], tuned["engine"]["fingerprint"]);
    EXPECT_THAT(applied["engine"]["description"].get<std::string>(),
                HasSubstr("LoRA adapter " + adapter + " applied"));

    const std::string report = bytes_of(lab.run_dir() + "/report.md");
    EXPECT_THAT(report, HasSubstr("with the LoRA adapter `adapter.gguf` (scale 1) applied at run"));
    EXPECT_THAT(report, HasSubstr("| LoRA adapter of `tuned`, scale 1 | `" + adapter + "` |"));
    EXPECT_THAT(report,
                HasSubstr("Q4_K_M-applied: the LoRA adapter is applied to the quantized base at "
                          "run time"));
    EXPECT_EQ(cached(".part").size(), 0U);

    const auto before = lab.artifacts();
    lab.forget_journal();
    EXPECT_EQ(run(kTuned, kBoth).exit_code, first.exit_code);
    EXPECT_EQ(lab.n_requests("merge_lora") + lab.n_requests("answer"), 0);
    EXPECT_EQ(difference(before, lab.artifacts()), "");
    EXPECT_EQ(lab.assay({"verify", lab.run_dir()}).exit_code, 0);
}

TEST_F(Lora, ChangesTheAnswersAndAtScaleZeroNothing) {
    ASSERT_NE(run("{name: base, file: model.gguf}", "[Q4_K_M]").exit_code, 1);
    const auto plain = lab.answers("base");
    lab.forget_run();
    lab.folder().write("adapter.gguf", "lora yes\nskill 20\n");
    ASSERT_NE(run(kTuned, kBoth).exit_code, 1);
    EXPECT_NE(lab.answers("tuned"), plain);
    EXPECT_NE(lab.answers("Q4_K_M-applied"), lab.answers("Q4_K_M"));
    lab.forget_run();
    ASSERT_NE(run("{name: tuned, file: model.gguf, lora: [{file: adapter.gguf, scale: 0}]}", kBoth)
                  .exit_code,
              1);
    EXPECT_EQ(lab.answers("tuned"), plain);
    EXPECT_EQ(lab.answers("Q4_K_M-applied"), lab.answers("Q4_K_M"));
}

TEST_F(Lora, OfAnotherScaleOrContentIsAnotherFileAndHasOtherAnswers) {
    ASSERT_NE(run(kTuned, kBoth).exit_code, 1);
    const std::string sha256 = variant("tuned")["file"]["sha256"];
    lab.forget_journal();
    ASSERT_NE(
        run("{name: tuned, file: model.gguf, lora: [{file: adapter.gguf, scale: 0.5}]}", kBoth)
            .exit_code,
        1);
    EXPECT_EQ(lab.n_requests("merge_lora"), 1);
    EXPECT_GE(lab.n_requests("answer"), kQuestions) << "of the applied adapter at least";
    lab.folder().write("adapter.gguf", "lora yes\nskill 100\nsalt new\n");
    lab.forget_journal();
    ASSERT_NE(run(kTuned, kBoth).exit_code, 1);
    EXPECT_EQ(lab.n_requests("merge_lora"), 1);
    EXPECT_NE(variant("tuned")["file"]["sha256"], sha256);
    EXPECT_GE(lab.n_requests("answer"), 3 * kQuestions);
}

class LoraOfMany : public Lora {
 protected:
    LoraOfMany() : Lora(kEnough) {}
};

TEST_F(LoraOfMany, ThatIsAppliedIsPartOfWhatIsRecommended) {
    const Ended ended = run(kTuned, "[{type: Q4_K_M, lora: applied}]");
    ASSERT_EQ(ended.exit_code, 0) << describe(ended);
    const std::string adapter = (lab.folder() / "adapter.gguf").string();
    EXPECT_THAT(bytes_of(lab.run_dir() + "/report.md"),
                HasSubstr("with --lora-scaled " + adapter + ":1)"));
    EXPECT_EQ(variant("Q4_K_M-applied")["file"]["size_bytes"], 630'000)
        << "the file's own; what is compared is file and adapter";
}

TEST_F(Lora, OfTheCommandLineIsThatOfTheFile) {
    ASSERT_NE(run(kTuned, "[Q4_K_M]").exit_code, 1);
    const std::string merged = variant("tuned")["file"]["sha256"];
    const auto answers = lab.answers("tuned");
    const auto with = [&](const Strings& flags) {
        lab.forget_run();
        const Ended ended = lab.run("Q4_K_M", flags);
        EXPECT_NE(ended.exit_code, 1) << ended.err;
        EXPECT_NE(ended.exit_code, 2) << ended.err;
        return variant("model-lora")["file"]["sha256"];
    };
    EXPECT_EQ(with({"--lora", "adapter.gguf"}), merged);
    EXPECT_EQ(with({"--lora-scaled", "adapter.gguf:1"}), merged);
    EXPECT_EQ(with({"--lora-scaled", "adapter.gguf:0.5"}), merged) << "scripted: the same but at 0";
    EXPECT_NE(with({"--lora", "adapter.gguf,second.gguf"}), merged);
    EXPECT_EQ(lab.answers("model-lora").size(), answers.size());
    const Ended planned = lab.assay({"plan",
                                     "-m",
                                     lab.model(),
                                     "--lora",
                                     "adapter.gguf",
                                     "--variants",
                                     "Q4_K_M",
                                     "--questions",
                                     lab.questions()});
    EXPECT_EQ(planned.exit_code, 0) << planned.err;
    EXPECT_THAT(planned.out, HasSubstr("LoRA       model-lora: "));
}

/// The sentence of a refusal; nothing may be there after it.
class LoraRefused : public Lora {
 protected:
    std::string refusal(const std::string& baseline, const std::string& variants = "[Q4_K_M]") {
        const Ended ended = run(baseline, variants);
        EXPECT_EQ(ended.exit_code, 2) << describe(ended);
        EXPECT_FALSE(fs::exists(lab.run_dir())) << baseline;
        EXPECT_FALSE(fs::exists(lab.folder() / "cache")) << baseline;
        return ended.err;
    }
    static std::string with(const std::string& file, const std::string& adapter) {
        return "{name: tuned, file: " + file + ", lora: [" + adapter + "]}";
    }
};

TEST_F(LoraRefused, BeforeAnythingIsWritten) {
    lab.folder().write("q8.gguf", "type Q8_0\n");
    lab.folder().write("other.gguf", "lora yes\narch gemma\n");
    EXPECT_THAT(refusal(with("q8.gguf", "adapter.gguf")), HasSubstr("q8.gguf: is quantized"));
    EXPECT_THAT(refusal(with("model.gguf", "other.gguf")),
                HasSubstr("other.gguf: is a LoRA adapter for another architecture"));
    EXPECT_THAT(refusal(with("model.gguf", "model.gguf")), HasSubstr("is no LoRA adapter"));
    EXPECT_THAT(refusal(with("model.gguf", "none.gguf")),
                HasSubstr("baseline.lora[0]: no such file: "));
    EXPECT_THAT(refusal(with("model.gguf", "adapter.gguf, other.gguf")),
                HasSubstr("other.gguf: is a LoRA adapter for another architecture"));
    // An adapter of a variant's own file is looked at, too.
    EXPECT_THAT(refusal("model.gguf", "[" + with("model.gguf", "other.gguf") + "]"),
                HasSubstr("other.gguf: is a LoRA adapter for another architecture"));
}

TEST_F(LoraRefused, WhereItBelongsToNothing) {
    EXPECT_THAT(refusal("model.gguf", "[{type: Q4_K_M, lora: applied}]"),
                HasSubstr("variants[0].lora: applies the baseline's LoRA adapter, and the baseline "
                          "has none"));
    EXPECT_THAT(
        refusal(with("model.gguf", "adapter.gguf, second.gguf"), "[{type: Q4_K_M, lora: applied}]"),
        HasSubstr("applies one LoRA adapter, and the baseline has 2"));
    const Ended ended = lab.assay({"plan",
                                   "-m",
                                   "answers:questions.jsonl",
                                   "--lora",
                                   "adapter.gguf",
                                   "--variants",
                                   "answers:questions.jsonl"});
    EXPECT_EQ(ended.exit_code, 2);
    EXPECT_THAT(ended.err, HasSubstr("--lora: changes the baseline's file, and the baseline is "));
}

TEST_F(Lora, AMergeThatDiesOrIsInterruptedLeavesNothingUnderItsName) {
    const Ended died = run(kTuned, "[Q4_K_M]", {{"SCRIPT_DIE_VERB", "merge_lora"}});
    EXPECT_EQ(died.exit_code, 1) << describe(died);
    EXPECT_THAT(died.err, HasSubstr("while it was to merge an adapter"));
    EXPECT_EQ(cached("").size(), 0U);
    EXPECT_NE(run(kTuned, "[Q4_K_M]").exit_code, 1);
    EXPECT_EQ(cached("-lora-").size(), 2U) << "the merged file and Q4_K_M of it";
}

TEST_F(Lora, AMadeFileThatWasCutOffIsMadeAnew) {
    const Ended first = run(kTuned, "[Q4_K_M]");
    ASSERT_NE(first.exit_code, 1);
    const auto expected = lab.artifacts();
    for (const fs::path& file : cached("-lora-")) {
        fs::resize_file(file, fs::file_size(file) - 5);
    }
    lab.forget_journal();
    const Ended again = run(kTuned, "[Q4_K_M]");
    EXPECT_EQ(again.exit_code, first.exit_code) << describe(again);
    EXPECT_THAT(again.err, HasSubstr("was made earlier and is damaged (is cut off): it is made"));
    EXPECT_EQ(lab.n_requests("merge_lora"), 1);
    EXPECT_EQ(lab.n_requests("quantize"), 1);
    EXPECT_EQ(lab.n_requests("answer"), 0) << "the bytes are the same, so the answers are";
    EXPECT_EQ(difference(expected, lab.artifacts()), "");
}

TEST_F(Lora, ARunThatWasKilledGoesOnWithBothWays) {
    ASSERT_NE(run(kTuned, kBoth).exit_code, 1);
    const auto expected = lab.artifacts();
    const int n_requests = lab.n_requests("");
    for (int n = 3; n < n_requests; n += 17) {
        lab.forget_run();
        EXPECT_EQ(run(kTuned, kBoth, {{"SCRIPT_KILL_PARENT_AT", std::to_string(n)}}).signal, 9)
            << n;
        lab.forget_journal();
        ASSERT_NE(run(kTuned, kBoth).exit_code, 1) << n;
        EXPECT_EQ(difference(expected, lab.artifacts()), "") << "killed at request " << n;
    }
}

}  // namespace
}  // namespace assay::test
