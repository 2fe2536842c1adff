// LoRA adapters behind servers: brought to Ollama for the run, and read back from llama-server.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "lab.hpp"
#include "sim_ollama.hpp"
#include "sim_providers.hpp"

namespace assay::test {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kQuestions = 6;

bool is_decision(const Ended& ended) {
    return ended.exit_code == 0 || (ended.exit_code >= 3 && ended.exit_code <= 5);
}

/// A llama-server with one adapter, whose scale is set from outside.
class ServerWithAdapter {
 public:
    [[nodiscard]] std::string url() const { return server_.url(); }
    [[nodiscard]] std::vector<json> questions() const {
        std::vector<json> out;
        for (const SeenRequest& request : server_.seen()) {
            if (request.path == "/v1/chat/completions") {
                out.push_back(json::parse(request.body));
            }
        }
        return out;
    }

    std::atomic<double> scale{1.0};
    /// From which question on the scale is 0.25, as if somebody had set it; 0: it is not.
    std::atomic<int> changed_at{0};

 private:
    ScriptedReply answer(const SeenRequest& request) {
        if (request.path == "/v1/models") {
            return {200, R"({"data": [{"id": "m", "owned_by": "llamacpp"}]})"};
        }
        if (request.path == "/props") {
            return {200,
                    R"({"build_info": "b1", "model_path": "m.gguf", "chat_template": "T",
                        "default_generation_settings": {"n_ctx": 8192}})"};
        }
        if (request.path == "/lora-adapters") {
            return {
                200,
                json{{{"id", 0}, {"path", "loras/tuned.gguf"}, {"scale", scale.load()}}}.dump()};
        }
        if (++n_asked_ == changed_at) {
            scale = 0.25;
        }
        const std::string user = json::parse(request.body)["messages"].back()["content"];
        return {200,
                json{{"model", "m"},
                     {"choices",
                      {{{"finish_reason", "stop"},
                        {"message", {{"role", "assistant"}, {"content", "answer to " + user}}}}}}}
                    .dump()};
    }

    std::atomic<int> n_asked_{0};
    SimServer server_{[this](const SeenRequest& request, int) { return answer(request); }};
};

class ServedLora : public testing::Test {
 protected:
    void SetUp() override { lab.folder().write("adapter.gguf", "lora yes\nskill 100\n"); }

    Ended run(const std::string& baseline, const std::string& variants) const {
        lab.folder().write("exp.yaml",
                           "baseline: " + baseline + "\nvariants: [" + variants +
                               "]\ndataset: questions.jsonl\n"
                               "generation: {repeat-penalty: 1}\n"
                               "output: {run: run}\nengine: {path: " SCRIPTED_ENGINE "}\n");
        return lab.assay({"run", "exp.yaml"});
    }
    [[nodiscard]] json variant(const std::string& name) const {
        const json report = lab.report();
        for (const json& each : report["variants"]) {
            if (each["name"] == name) {
                return each;
            }
        }
        return nullptr;
    }

    const Lab lab{kQuestions};
};

constexpr const char* kTuned = "{name: tuned, file: model.gguf, lora: [adapter.gguf]}";

TEST_F(ServedLora, IsBroughtToOllamaBesideTheQuantizedBaseForTheRunOnly) {
    SimOllama server("users:1", "d1");
    const std::string
        theirs = "{name: theirs, type: Q8_0, lora: applied, provider: ollama, url: '" +
                 server.url() + "'}";
    const std::string merged = "{name: merged, type: Q8_0, provider: ollama, url: '" +
                               server.url() + "'}";
    const Ended ended = run(kTuned, theirs + ", " + merged + ", {type: Q8_0, lora: applied}");
    ASSERT_TRUE(is_decision(ended)) << describe(ended);
    EXPECT_THAT(server.names(), ElementsAre("users:1"));
    const json applied = variant("theirs"), ours = variant("Q8_0-applied");
    EXPECT_EQ(applied["lora"]["mode"], "applied");
    EXPECT_EQ(applied["lora"]["adapters"][0]["sha256"], ours["lora"]["adapters"][0]["sha256"]);
    EXPECT_EQ(applied["file"]["sha256"], ours["file"]["sha256"]);
    const std::string file = applied["file"]["sha256"],
                      adapter = applied["lora"]["adapters"][0]["sha256"],
                      of_merged = variant("merged")["file"]["sha256"];
    EXPECT_EQ(applied["served"]["digest"], "digest-of-sha256:" + file + "-with-sha256:" + adapter);
    EXPECT_EQ(variant("merged")["served"]["digest"], "digest-of-sha256:" + of_merged)
        << "what is merged is one file";
    EXPECT_FALSE(variant("merged").contains("lora"));
    const std::string report = bytes_of(lab.run_dir() + "/report.md");
    EXPECT_THAT(report,
                AllOf(HasSubstr("| LoRA adapter of `theirs`, scale 1 | `" + adapter + "` |"),
                      HasSubstr("theirs: the LoRA adapter is applied to the quantized base at run "
                                "time")));
    EXPECT_EQ(lab.assay({"verify", lab.run_dir()}).exit_code, 0);
}

TEST_F(ServedLora, OfLlamaServerIsReadBackAndInTheReport) {
    ServerWithAdapter server;
    const std::string theirs = "{name: theirs, provider: openai, model: m, url: '" + server.url() +
                               "'}";
    const Ended ended = run("model.gguf", theirs);
    ASSERT_TRUE(is_decision(ended)) << describe(ended);
    const json adapters = variant("theirs")["served"]["adapters"];
    EXPECT_EQ(adapters, json::parse(R"([{"id": 0, "path": "loras/tuned.gguf", "scale": 1.0}])"));
    EXPECT_THAT(bytes_of(lab.run_dir() + "/report.md"),
                HasSubstr("with the server's LoRA adapter `loras/tuned.gguf` (scale 1)"));
    ASSERT_EQ(server.questions().size(), std::size_t{kQuestions});
    for (const json& question : server.questions()) {
        EXPECT_EQ(question["lora"], json::parse(R"([{"id": 0, "scale": 1.0}])"));
    }
    const auto before = lab.artifacts();
    ASSERT_TRUE(is_decision(run("model.gguf", theirs)));
    EXPECT_EQ(server.questions().size(), std::size_t{kQuestions}) << "nobody is asked again";
    EXPECT_EQ(difference(before, lab.artifacts()), "");
    EXPECT_EQ(lab.assay({"verify", lab.run_dir()}).exit_code, 0);
}

TEST_F(ServedLora, WhoseScaleIsZeroOrChangesIsNoticed) {
    ServerWithAdapter server;
    const std::string theirs = "{name: theirs, provider: openai, model: m, concurrency: 1, url: '" +
                               server.url() + "'}";
    server.scale = 0;
    const Ended zero = run("model.gguf", theirs);
    EXPECT_EQ(zero.exit_code, 2) << describe(zero);
    EXPECT_THAT(zero.err,
                AllOf(HasSubstr("has loaded the LoRA adapter loras/tuned.gguf with scale 0"),
                      HasSubstr("POST /lora-adapters")));
    EXPECT_TRUE(server.questions().empty());

    server.scale = 1;
    server.changed_at = kQuestions / 2;
    const Ended changed = run("model.gguf", theirs);
    EXPECT_EQ(changed.exit_code, 1) << describe(changed);
    EXPECT_THAT(changed.err,
                AllOf(HasSubstr("theirs has changed while it answered"),
                      HasSubstr("loras/tuned.gguf (scale 1)"),
                      HasSubstr("loras/tuned.gguf (scale 0.25)")));
    // The run that goes on asks everything of the model as it is now.
    const std::size_t n_before = server.questions().size();
    const Ended again = run("model.gguf", theirs);
    ASSERT_TRUE(is_decision(again)) << describe(again);
    EXPECT_EQ(server.questions().size() - n_before, std::size_t{kQuestions});
    EXPECT_EQ(variant("theirs")["served"]["adapters"][0]["scale"], 0.25);
}

}  // namespace
}  // namespace assay::test
