// How a model is named on the command line: NAME=FILE, a path that holds a "=", and ollama:NAME.

#include <gtest/gtest.h>

#include <filesystem>

#include "lab.hpp"

namespace assay::test {
namespace {

namespace fs = std::filesystem;

const std::string kHash(64, 'a');

/// The lab with a store of Ollama's beside it, which has the model "own:f16".
class ModelNames : public testing::Test {
 protected:
    void SetUp() override {
        lab.folder().write("store/manifests/registry.ollama.ai/library/own/f16",
                           R"({"layers": [{"mediaType": "application/vnd.ollama.image.model", )"
                           R"("digest": "sha256:)" +
                               kHash + "\"}]}");
        lab.folder().write("store/blobs/sha256-" + kHash, "type F16\n");
    }
    /// With the store, and without a model of the machine's own user.
    [[nodiscard]] Ended assay(Strings arguments) const {
        return lab.assay(arguments, {{"OLLAMA_MODELS", (lab.folder() / "store").string()}});
    }
    [[nodiscard]] Ended run(const std::string& model,
                            const std::string& variants,
                            const Strings& more = {}) const {
        Strings arguments{"run",
                          "-m",
                          model,
                          "--variants",
                          variants,
                          "--questions",
                          lab.questions(),
                          "--run",
                          lab.run_dir(),
                          "--engine",
                          SCRIPTED_ENGINE};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return assay(arguments);
    }
    void expect_names(const std::string& baseline, const std::string& variant) const {
        const auto report = lab.report();
        EXPECT_EQ(report["variants"][0]["name"], baseline);
        EXPECT_EQ(report["variants"][1]["name"], variant);
    }

    const Lab lab{3};
};

TEST_F(ModelNames, AreGivenToFilesOnTheCommandLine) {
    lab.folder().write("models/small.gguf", "type Q8_0\n");
    const Ended ended = run("base=model.gguf", "q8=models/small.gguf");
    EXPECT_NE(ended.exit_code, 1) << describe(ended);
    EXPECT_NE(ended.exit_code, 2) << describe(ended);
    expect_names("base", "q8");
}

TEST_F(ModelNames, AreNotTakenOutOfAPathThatIsThere) {
    lab.folder().write("q=8.gguf", "type Q8_0\n");
    const Ended ended = run("model.gguf", "q=8.gguf");
    EXPECT_NE(ended.exit_code, 2) << describe(ended);
    expect_names("model", "q-8");
}

TEST_F(ModelNames, OfOllamasStoreAreRunCheckedAndQuantized) {
    const Ended ended = run("base=ollama:own:f16", "Q8_0");
    EXPECT_NE(ended.exit_code, 1) << describe(ended);
    EXPECT_NE(ended.exit_code, 2) << describe(ended);
    expect_names("base", "Q8_0");

    const Ended doctor = assay({"doctor", "-m", "ollama:own:f16", "--engine", SCRIPTED_ENGINE});
    EXPECT_NE(doctor.out.find("ok    model ollama:own:f16"), std::string::npos) << doctor.out;
    const Ended named = assay({"doctor", "-m", "base=model.gguf", "--engine", SCRIPTED_ENGINE});
    EXPECT_NE(named.out.find("ok    model base"), std::string::npos) << named.out;

    const Ended made = assay({"quantize", "ollama:own:f16", "Q8_0", "--engine", SCRIPTED_ENGINE});
    EXPECT_EQ(made.exit_code, 0) << describe(made);
    EXPECT_TRUE(fs::exists(lab.folder() / "own-f16-Q8_0.gguf")) << made.out;
    EXPECT_EQ(files_below((lab.folder() / "store/blobs").string()).size(), 1u)
        << "nothing is written into Ollama's store";
}

TEST_F(ModelNames, OfOllamasThatAreNotThereAreOneSentenceEverywhere) {
    const std::string sentence = "Ollama has no model none:1b here";
    for (const auto& [model, variants] :
         {std::pair<std::string, std::string>{"ollama:none:1b", "Q8_0"},
          {"model.gguf", "ollama:none:1b"},
          {"model.gguf", "q4=ollama:none:1b"}}) {
        SCOPED_TRACE(model + " " + variants);
        const Ended real = run(model, variants, {"-q"});
        EXPECT_EQ(real.exit_code, 2) << describe(real);
        EXPECT_NE(real.err.find(sentence), std::string::npos) << real.err;
        for (const Strings& flags : {Strings{"--dry-run"}, Strings{"--dry-run", "--json"}}) {
            const Ended dry = run(model, variants, flags);
            EXPECT_EQ(dry.exit_code, real.exit_code) << describe(dry);
            EXPECT_EQ(dry.err, real.err);
            EXPECT_EQ(dry.out, "");
        }
    }
    EXPECT_FALSE(fs::exists(lab.run_dir()));

    const Ended doctor = assay({"doctor", "ollama:none:1b", "--engine", SCRIPTED_ENGINE});
    EXPECT_EQ(doctor.exit_code, 1);
    EXPECT_NE(doctor.out.find("BAD   model ollama:none:1b"), std::string::npos) << doctor.out;
    EXPECT_NE(doctor.out.find(sentence), std::string::npos) << doctor.out;
    const Ended made = assay({"quantize", "ollama:none:1b", "Q8_0", "--engine", SCRIPTED_ENGINE});
    EXPECT_EQ(made.exit_code, 2) << describe(made);
    EXPECT_NE(made.err.find(sentence), std::string::npos) << made.err;
}

TEST_F(ModelNames, ThatLeadToNoModelStopADryRunAsTheyStopTheRun) {
    lab.folder().write("corrupt.gguf", "GGUFxxxx");
    lab.folder().write("few.jsonl",
                       R"({"id": "q01", "answer": "x"})"
                       "\n");
    for (const auto& [model, variants] :
         {std::pair<std::string, std::string>{"corrupt.gguf", "Q8_0"},
          {"model.gguf", "q4=corrupt.gguf"},
          {"model.gguf", "mine=answers:few.jsonl"}}) {
        SCOPED_TRACE(model + " " + variants);
        const Ended real = run(model, variants, {"-q"});
        const Ended dry = run(model, variants, {"--dry-run"});
        EXPECT_EQ(real.exit_code, 2) << describe(real);
        EXPECT_EQ(dry.exit_code, real.exit_code) << describe(dry);
        EXPECT_EQ(dry.err, real.err);
    }
    const Strings judge{"--judge", "gguf:ollama:none:1b"};
    const Ended real = run("model.gguf", "Q8_0", judge);
    const Ended dry = run("model.gguf", "Q8_0", {"--judge", "gguf:ollama:none:1b", "--dry-run"});
    EXPECT_EQ(real.exit_code, 2) << describe(real);
    EXPECT_EQ(dry.exit_code, 2) << describe(dry);
    EXPECT_NE(dry.err.find("Ollama has no model none:1b here"), std::string::npos) << dry.err;
    EXPECT_EQ(run("model.gguf", "Q8_0", {"--dry-run"}).exit_code, 0);
    EXPECT_FALSE(fs::exists(lab.run_dir()));
    EXPECT_EQ(lab.n_requests("answer"), 0);
}

}  // namespace
}  // namespace assay::test
