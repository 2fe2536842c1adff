// The whole program with the real engine, a real Ollama and a real llama-server.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine_places.hpp"
#include "lab.hpp"
#include "llama_server.hpp"
#include "ollama_server.hpp"

namespace assay::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kQuestions = 4;

bool is_decision(const Ended& ended) {
    return ended.exit_code == 0 || (ended.exit_code >= 3 && ended.exit_code <= 5);
}

class RealServers : public testing::Test {
 protected:
    static void SetUpTestSuite() {
        missing = missing_for_models();
        if (missing.empty() && ollama().empty()) {
            missing = "Ollama is not there: scripts/ollama.sh";
        }
        if (missing.empty()) {
            server = new OllamaServer(ollama());
        }
    }
    static void TearDownTestSuite() { delete server; }
    void SetUp() override {
        if (server == nullptr) {
            GTEST_SKIP() << missing;
        }
    }

    Ended run(const Strings& arguments) const {
        Start start{.command = {ASSAY_PROGRAM, "run"},
                    .environment = {{"ASSAY_CACHE", (lab.folder() / "cache").string()},
                                    {"OLLAMA_MODELS", server->models_folder()}},
                    .folder = lab.folder().path().string(),
                    .out_file = {}};
        start.command.insert(start.command.end(), arguments.begin(), arguments.end());
        return test::run(start);
    }
    Ended run_file(const std::string& variants, const std::string& baseline = real_model()) const {
        const std::string yaml = lab.folder().write(
            "exp.yaml",
            "baseline: " + baseline + "\nvariants:\n" + variants +
                "dataset: questions.jsonl\ngeneration: {predict: 16, ctx-size: "
                "1024}\noutput: {run: run}\nengine: {path: " +
                real_engine() + "}\n");
        return run({yaml});
    }
    json variant(const std::string& name) const {
        const json report = lab.report();
        for (const json& each : report["variants"]) {
            if (each["name"] == name) {
                return each;
            }
        }
        return nullptr;
    }

    const Lab lab{kQuestions};
    static std::string missing;
    static OllamaServer* server;
};

std::string RealServers::missing;
OllamaServer* RealServers::server = nullptr;

TEST_F(RealServers, AFileOfOursIsCreatedAskedReadBackAndRemovedAgain) {
    const std::string variants =
        "  - {name: ours, type: Q8_0}\n  - {name: theirs, type: Q8_0, provider: ollama, url: '" +
        server->url() + "', concurrency: 1}\n";
    const Ended ended = run_file(variants);
    ASSERT_TRUE(is_decision(ended)) << describe(ended);
    const json theirs = variant("theirs"), ours = variant("ours");
    EXPECT_EQ(theirs["file"]["sha256"], ours["file"]["sha256"]);
    EXPECT_EQ(theirs["served"]["quantization"], "Q8_0");
    EXPECT_EQ(theirs["served"]["digest"].get<std::string>().size(), 64u);
    EXPECT_EQ(theirs["answers"]["n"], kQuestions);
    EXPECT_EQ(theirs["answers"]["failed"], 0);
    EXPECT_GT(theirs["speed"]["decode_tokens_per_s"].get<double>(), 0);
    EXPECT_THAT(server->get("/api/tags"), Not(HasSubstr("assay-temporary")));
    // The same weights through two engines.
    const auto a = lab.answers("ours"), b = lab.answers("theirs");
    int n_equal = 0;
    for (const auto& [id, answer] : a) {
        n_equal += answer == b.at(id);
    }
    std::printf(
        "%d of %d answers of the same weights are equal in both engines\n", n_equal, kQuestions);
    for (const auto& [id, answer] : b) {
        EXPECT_NE(answer, "") << id;
    }
    // Made again, the model has the same digest: a run that goes on finds its answers.
    const std::string digest = theirs["served"]["digest"];
    std::filesystem::remove_all(lab.run_dir());
    ASSERT_TRUE(is_decision(run_file(variants)));
    EXPECT_EQ(variant("theirs")["served"]["digest"], digest);
}

/// Ollama applies it in llama.cpp's runner, which runs this architecture.
TEST_F(RealServers, AnAdapterIsAppliedByOllamaAsByUs) {
    const std::string adapter = ASSAY_SOURCE_DIR
        "/examples/science-qa/adapter/smollm2-pubmedqa-r8-f16.gguf";
    const Ended ended = run_file(
        "  - {name: ours, type: Q8_0, lora: applied}\n"
        "  - {name: theirs, type: Q8_0, lora: applied, provider: ollama, url: '" +
            server->url() +
            "', concurrency: 1}\n"
            "  - {name: base, file: " +
            real_model() + "}\n",
        "{name: tuned, file: " + real_model() + ", lora: ['" + adapter + "']}");
    ASSERT_TRUE(is_decision(ended)) << describe(ended);
    EXPECT_EQ(variant("theirs")["lora"]["adapters"], variant("ours")["lora"]["adapters"]);
    EXPECT_EQ(variant("theirs")["answers"]["failed"], 0);
    EXPECT_THAT(server->get("/api/tags"), Not(HasSubstr("assay-temporary")));
    const auto tuned = lab.answers("tuned"), ours = lab.answers("ours"),
               theirs = lab.answers("theirs"), base = lab.answers("base");
    int n_ours = 0, n_base = 0;
    for (const auto& [id, answer] : theirs) {
        n_ours += answer == ours.at(id);
        n_base += answer == base.at(id);
    }
    std::printf("with the adapter in Ollama: %d of %d answers equal ours, %d the base's\n",
                n_ours,
                kQuestions,
                n_base);
    EXPECT_GE(n_ours, kQuestions / 2);  // other kernels round otherwise
    EXPECT_LT(n_base, kQuestions) << "an adapter that is not applied leaves the base";
}

TEST_F(RealServers, ANameInOllamasStoreRunsInBothEngines) {
    server->create("smol:f16", real_model());
    const Ended ended = run({"-m",
                             "ollama:smol:f16",
                             "--variants",
                             "served=ollama:smol:f16@" + server->url(),
                             "--questions",
                             lab.questions(),
                             "--run",
                             lab.run_dir(),
                             "--engine",
                             real_engine(),
                             "--predict",
                             "16",
                             "--ctx-size",
                             "1024"});
    ASSERT_TRUE(is_decision(ended)) << describe(ended);
    const json ours = variant("ollama-smol-f16"), theirs = variant("served");
    EXPECT_EQ(ours["source"], "file");
    EXPECT_EQ(ours["engine"]["name"], "assay-engine");
    EXPECT_EQ(theirs["source"], "served");
    EXPECT_EQ(theirs["served"]["quantization"], "F16");
    EXPECT_THAT(server->get("/api/tags"), HasSubstr("smol:f16"));  // the user's model is left alone
}

/// One model as baseline and variant.
TEST_F(RealServers, OllamaTellsOfItsTokensWhatCanBeCompared) {
    server->create("told:f16", real_model());
    const std::string served = "=ollama:told:f16@" + server->url();
    const Ended ended = run({"-m",
                             "one" + served,
                             "--variants",
                             "other" + served,
                             "--questions",
                             lab.questions(),
                             "--run",
                             lab.run_dir(),
                             "--engine",
                             real_engine(),
                             "--predict",
                             "8",
                             "--ctx-size",
                             "1024"});
    ASSERT_TRUE(is_decision(ended)) << describe(ended);
    const json told = lab.report()["fidelity"]["variants"][0]["told"];
    ASSERT_TRUE(told.is_object()) << describe(ended);
    std::printf("Ollama beside itself: %s\n", told.dump().c_str());
    EXPECT_EQ(told["n_answers"], kQuestions);
    EXPECT_GE(told["n_tokens"], kQuestions);
    EXPECT_GT(told["same_top"]["value"], 0.9);
    EXPECT_LT(told["kld_at_least"]["value"], 0.01);
}

TEST_F(RealServers, AModelThatIsNotThereIsNamed) {
    const Ended ended = run_file("  - {name: x, provider: ollama, model: 'no-such:1', url: '" +
                                 server->url() + "'}\n");
    EXPECT_EQ(ended.exit_code, 1) << describe(ended);
    EXPECT_THAT(ended.err, HasSubstr("ollama pull no-such:1"));
}

TEST_F(RealServers, LlamaServerIsAVariant) {
    if (llama_server().empty()) {
        GTEST_SKIP() << "llama-server is not there: scripts/llama.sh peers";
    }
    const LlamaServer peer(llama_server(), real_model());
    const Ended ended = run_file("  - {name: theirs, provider: openai, model: any, url: '" +
                                 peer.url() + "/v1', concurrency: 1}\n");
    ASSERT_TRUE(is_decision(ended)) << describe(ended);
    const json theirs = variant("theirs");
    EXPECT_EQ(theirs["engine"]["name"], "llama-server");
    EXPECT_NE(theirs["engine"]["version"], nullptr);
    EXPECT_EQ(theirs["answers"]["failed"], 0);
    EXPECT_GT(theirs["speed"]["prefill_tokens_per_s"].get<double>(), 0);
    EXPECT_GT(theirs["speed"]["decode_tokens_per_s"].get<double>(), 0);
    const std::string name = lab.report()["variants"][0]["name"];
    const auto a = lab.answers(name), b = lab.answers("theirs");
    int n_equal = 0;
    for (const auto& [id, answer] : a) {
        n_equal += answer == b.at(id);
    }
    std::printf("%d of %d greedy answers equal llama-server's\n", n_equal, kQuestions);
    EXPECT_GE(n_equal, kQuestions / 2);  // other kernels round otherwise
}

}  // namespace
}  // namespace assay::test
