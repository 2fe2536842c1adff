#include "assay/llm/openai_api.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "served_bench.hpp"
#include "sim_providers.hpp"

namespace assay::llm {
namespace {

using nlohmann::json;
using test::ScriptedReply;
using test::SeenRequest;
using test::SimServer;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A server of one kind with the model m:1.
class Kind {
 public:
    explicit Kind(const std::string& owned_by, std::string server)
        : server_kind_(std::move(server)),
          server_([this, owned_by](const SeenRequest& request, int) {
              return answer(request, owned_by);
          }) {}

    ScriptedReply answer(const SeenRequest& request, const std::string& owned_by) {
        if (request.path == "/v1/models") {
            return {200,
                    json{{"data",
                          {{{"id", "m:1"},
                            {"owned_by", owned_by},
                            {"root", "org/m"},
                            {"max_model_len", owned_by == "vllm" ? 8192 : 0},
                            {"meta", {{"size", 500}, {"n_params", 7000000}}}}}}}
                        .dump()};
        }
        if (request.path == "/props") {
            return {200,
                    json{{"build_info", "b1-abc"},
                         {"model_path", "/models/m.gguf"},
                         {"model_ftype", "Q8_0"},
                         {"chat_template", "T"},
                         {"default_generation_settings", {{"n_ctx", n_ctx}}}}
                        .dump()};
        }
        if (request.path == "/lora-adapters") {
            return lora_adapters;
        }
        if (request.path == "/version") {
            return {200, R"({"version": "0.9"})"};
        }
        for (const std::string& complaint : test::openai_answer_complaints(request, server_kind_)) {
            complaints.push_back(complaint);
        }
        const std::string user = json::parse(request.body)["messages"].back()["content"];
        return {200,
                json{{"model", version},
                     {"choices",
                      {{{"finish_reason", finish},
                        {"message", {{"role", "assistant"}, {"content", "answer to " + user}}}}}},
                     {"usage", {{"prompt_tokens", 12}, {"completion_tokens", 4}}},
                     {"timings", {{"prompt_n", 12}, {"prompt_ms", 6.5}, {"predicted_ms", 40.25}}}}
                    .dump()};
    }

    [[nodiscard]] std::string url() const { return server_.url(); }
    [[nodiscard]] json last_request() const {
        return json::parse(server_.seen().back().body, nullptr, false);
    }
    [[nodiscard]] json last_question() const {
        std::string last;
        for (const SeenRequest& request : server_.seen()) {
            if (request.path == "/v1/chat/completions") {
                last = request.body;
            }
        }
        return json::parse(last, nullptr, false);
    }
    [[nodiscard]] std::vector<SeenRequest> seen() const { return server_.seen(); }

    std::string version = "m-2026", finish = "stop";
    int n_ctx = 4096;
    ScriptedReply lora_adapters{404, ""};
    std::vector<std::string> complaints;

 private:
    std::string server_kind_;
    SimServer server_;
};

TEST(OpenAiApi, LlamaServerIsKnownByItsListAndGetsEverySetting) {
    Kind server("llamacpp", "llama-server");
    ServedBench bench("openai", {server.url()});
    ServedGenerator generator(bench.options, bench.cancel, bench.notes);
    const ServedFacts facts = generator.connect();
    EXPECT_EQ(facts.server, "llama-server");
    EXPECT_EQ(facts.server_version, "b1-abc");
    EXPECT_EQ(facts.weights, "/models/m.gguf");
    EXPECT_EQ(facts.quantization, "Q8_0");
    EXPECT_EQ(facts.size_bytes, 500u);
    const auto answers = bench.run(generator, 1);
    EXPECT_THAT(server.complaints, IsEmpty());
    EXPECT_EQ(answers.at("q0").answer().text, "answer to u0");
    EXPECT_EQ(answers.at("q0").n_computed_tokens, 12);
    EXPECT_EQ(answers.at("q0").prefill_ms, 6.5);
    EXPECT_EQ(answers.at("q0").answer().decode_ms, 40.25);
    EXPECT_EQ(answers.at("q0").answer().n_answer_tokens, 4);
    EXPECT_EQ(generator.reply_version(), "m-2026");
}

/// What llama-server tells of two adapters.
ScriptedReply adapters_with(const json& first_scale, const json& second_scale) {
    return {200,
            json{{{"id", 0}, {"path", "/loras/a.gguf"}, {"scale", first_scale}},
                 {{"id", 1}, {"path", "/loras/b.gguf"}, {"scale", second_scale}}}
                .dump()};
}

TEST(OpenAiApi, ProbabilitiesAreAskedForOfServersThatAreKnownToTellThem) {
    for (const auto& [owner, asked] : std::vector<std::pair<std::string, bool>>{
             {"llamacpp", true}, {"vllm", true}, {"somebody", false}}) {
        Kind server(owner, "");
        ServedBench bench("openai", {server.url()});
        bench.options.generation.repeat_penalty = 1;
        bench.run(1);
        EXPECT_FALSE(server.last_question().contains("logprobs")) << owner;
        bench.options.tells_tokens = true;
        bench.run(1);
        EXPECT_EQ(server.last_question().contains("top_logprobs"), asked) << owner;
    }
}

TEST(OpenAiApi, WhereTheyAreRefusedTheAnswersAreAskedForWithoutThem) {
    SimServer server([](const SeenRequest& request, int) -> ScriptedReply {
        if (request.path == "/v1/models") {
            return {200, R"({"data": [{"id": "m:1", "owned_by": "vllm"}]})"};
        }
        if (request.path == "/version") {
            return {200, R"({"version": "0.9"})"};
        }
        if (json::parse(request.body).contains("logprobs")) {
            return {400, R"({"error": {"message": "top_logprobs must be at most 0"}})"};
        }
        return {200, R"({"choices": [{"finish_reason": "stop", "message": {"content": "yes"}}]})"};
    });
    ServedBench bench("openai", {server.url()});
    bench.options.tells_tokens = true;
    bench.options.generation.repeat_penalty = 1;
    bench.options.spec.retries = 0;
    const auto out = bench.run(5);
    ASSERT_EQ(out.size(), 5U);
    for (const auto& [id, generated] : out) {
        EXPECT_FALSE(generated.failed()) << id << ": " << generated.failure;
        EXPECT_TRUE(generated.answer().told.empty());
    }
    EXPECT_THAT(bench.notes.lines, testing::Contains(HasSubstr("tells no probabilities")));
}

TEST(OpenAiApi, LlamaServersAdaptersAreItsIdentityAndEveryQuestionNamesTheirScales) {
    Kind server("llamacpp", "llama-server");
    ServedBench bench("openai", {server.url()});
    const auto fingerprint = [&] {
        ServedGenerator generator(bench.options, bench.cancel, bench.notes);
        generator.connect();
        return generator.fingerprint();
    };
    const std::string of_no_list = fingerprint();
    EXPECT_EQ(bench.run(1).size(), 1u);
    EXPECT_FALSE(server.last_question().contains("lora"));
    server.lora_adapters = {200, "[]"};
    EXPECT_EQ(fingerprint(), of_no_list) << "a server without adapters has the keys of before";
    server.lora_adapters = adapters_with(1.0, 0);
    const std::string of_first = fingerprint();
    EXPECT_NE(of_first, of_no_list);
    ServedGenerator generator(bench.options, bench.cancel, bench.notes);
    const ServedFacts facts = generator.connect();
    EXPECT_THAT(facts.adapters,
                testing::ElementsAre(ServedAdapter{0, "/loras/a.gguf", 1},
                                     ServedAdapter{1, "/loras/b.gguf", 0}));
    EXPECT_THAT(describe(facts),
                HasSubstr("LoRA adapter /loras/a.gguf (scale 1), LoRA adapter /loras/b.gguf "
                          "(scale 0)"));
    EXPECT_EQ(bench.run(generator, 1).size(), 1u);
    EXPECT_EQ(server.last_question()["lora"],
              json::parse(R"([{"id": 0, "scale": 1.0}, {"id": 1, "scale": 0.0}])"));
    EXPECT_THAT(server.complaints, IsEmpty());
    server.lora_adapters = adapters_with(0.5, 0);
    EXPECT_NE(fingerprint(), of_first);
    server.lora_adapters = {200, R"([{"id": 0, "path": "/loras/c.gguf", "scale": 1.0}])"};
    EXPECT_NE(fingerprint(), of_first);
}

TEST(OpenAiApi, AdaptersThatAreNotAppliedOrCannotBeReadAreRefused) {
    Kind server("llamacpp", "llama-server");
    ServedBench bench("openai", {server.url()});
    server.lora_adapters = adapters_with(0, 0);
    EXPECT_THAT(bench.error_of_run(1),
                HasSubstr("has loaded the LoRA adapter /loras/a.gguf and 1 more with scale 0"));
    server.lora_adapters = adapters_with(0, -0.5);
    EXPECT_EQ(bench.error_of_run(1), "") << "a negative scale is one";
    server.lora_adapters = adapters_with(1, "1");
    EXPECT_THAT(bench.error_of_run(1), HasSubstr("without id, path or scale"));
    server.lora_adapters = adapters_with(1, nullptr);
    EXPECT_THAT(bench.error_of_run(1), HasSubstr("without id, path or scale"));
    for (const char* body : {"", "{}", "null", "[1", "oops"}) {
        server.lora_adapters = {200, body};
        EXPECT_THAT(bench.error_of_run(1), HasSubstr("/lora-adapters")) << body;
    }
    server.lora_adapters = {401, R"({"error": {"message": "Invalid API Key"}})"};
    EXPECT_THAT(bench.error_of_run(1), HasSubstr("/lora-adapters answered 401: Invalid API Key"));
    server.lora_adapters = {
        200,
        R"([{"id": 0, "path": "a.gguf", "scale": 1.0, "alora_invocation_tokens": [1, 2],
             "alora_invocation_string": "Think:"}])"};
    EXPECT_THAT(bench.error_of_run(1), HasSubstr("an activated LoRA"));
}

TEST(OpenAiApi, AnAdapterWhoseScaleIsChangedWhileItAnswersStopsTheRun) {
    Kind server("llamacpp", "llama-server");
    ServedBench bench("openai", {server.url()});
    server.lora_adapters = adapters_with(1, 1);
    ServedGenerator generator(bench.options, bench.cancel, bench.notes);
    generator.connect();
    server.lora_adapters = adapters_with(1, 0);
    std::map<std::string, Generated> answers;
    EXPECT_THAT(bench.error_of([&] { bench.run(generator, 2, answers); }),
                AllOf(HasSubstr("has changed while it answered"),
                      HasSubstr("/loras/b.gguf (scale 1), and now"),
                      HasSubstr("/loras/b.gguf (scale 0)")));
    EXPECT_THAT(answers, IsEmpty()) << "no answer of it is taken";
}

TEST(OpenAiApi, AddressesWithOtherAdaptersAreNotOneModel) {
    Kind one("llamacpp", "llama-server"), two("llamacpp", "llama-server");
    one.lora_adapters = adapters_with(1, 1);
    two.lora_adapters = adapters_with(1, 0.5);
    ServedBench bench("openai", {one.url(), two.url()});
    EXPECT_THAT(bench.error_of_run(1),
                AllOf(HasSubstr("is not the same model everywhere"),
                      HasSubstr("/loras/b.gguf (scale 0.5)")));
}

TEST(OpenAiApi, VllmTakesAPenaltyWithoutAWindowOnly) {
    Kind server("vllm", "vllm");
    ServedBench bench("openai", {server.url()});
    EXPECT_THAT(bench.error_of_run(1),
                AllOf(HasSubstr("q4"),
                      HasSubstr("repeat-penalty with repeat-last-n 64 is not taken by vllm")));
    bench.options.generation.repeat_last_n = -1;
    EXPECT_EQ(bench.run(1).size(), 1u);
    EXPECT_THAT(server.complaints, IsEmpty());
    bench.options.generation.ctx_size = 16384;
    EXPECT_THAT(bench.error_of_run(1),
                HasSubstr("ctx-size 16384 is more than the 8192 tokens of vllm"));
}

TEST(OpenAiApi, ASettingThatIsNotTakenIsAnErrorThatNamesSettingAndServer) {
    Kind server("system", "openai");
    ServedBench bench("openai", {server.url()});
    EXPECT_THAT(bench.error_of_run(1), HasSubstr("repeat-penalty 1.05 is not taken by openai"));
    EXPECT_THAT(server.seen(), testing::SizeIs(1)) << "a question was asked all the same";
    GenerationSettings& settings = bench.options.generation;
    settings.repeat_penalty = 1;
    settings.top_k = 40;  // has no effect without a temperature
    EXPECT_EQ(bench.error_of_run(1), "");
    settings.temp = 0.5;
    settings.min_p = 0.1;
    EXPECT_THAT(bench.error_of_run(1), AllOf(HasSubstr("top-k 40"), HasSubstr("min-p 0.1")));
    settings.top_k = 0;
    settings.min_p = 0;
    settings.stop = {"1", "2", "3", "4", "5"};
    EXPECT_THAT(bench.error_of_run(1), HasSubstr("takes 4"));
    settings.stop.clear();
    settings.thinking = true;
    EXPECT_THAT(bench.error_of_run(1), HasSubstr("thinking is not taken by openai"));
    EXPECT_THAT(server.complaints, IsEmpty());
}

TEST(OpenAiApi, OllamasSecondApiIsRefusedUnlessTheExperimentHasItsFixedSettings) {
    Kind server("library", "openai");
    ServedBench bench("openai", {server.url()});
    EXPECT_THAT(bench.error_of_run(1),
                AllOf(HasSubstr("repeat-penalty 1.05 is not taken by ollama"),
                      HasSubstr("provider: ollama")));
    bench.options.generation.repeat_penalty = 1.1;
    EXPECT_EQ(bench.error_of_run(1), "");
}

TEST(OpenAiApi, TheKindThatTheExperimentNamesCounts) {
    Kind server("somebody", "vllm");
    ServedBench bench("openai", {server.url()});
    bench.options.spec.server = "vllm";
    bench.options.generation.repeat_penalty = 1;
    EXPECT_EQ(bench.error_of_run(1), "");
    EXPECT_THAT(server.complaints, IsEmpty());
}

TEST(OpenAiApi, ASmallerContextThanTheExperimentsIsAnError) {
    Kind server("llamacpp", "llama-server");
    server.n_ctx = 2048;
    ServedBench bench("openai", {server.url()});
    EXPECT_THAT(bench.error_of_run(1), HasSubstr("write ctx-size: 2048"));
}

TEST(OpenAiApi, AModelThatIsNotListedIsNamed) {
    Kind server("vllm", "vllm");
    ServedBench bench("openai", {server.url()});
    bench.options.spec.model = "another";
    EXPECT_THAT(bench.error_of_run(1),
                AllOf(HasSubstr("does not list the model another"), HasSubstr("m:1")));
}

TEST(OpenAiApi, WhatTheContentFilterWithheldIsNoAnswer) {
    Kind server("llamacpp", "llama-server");
    server.finish = "content_filter";
    ServedBench bench("openai", {server.url()});
    const auto answers = bench.run(1);
    EXPECT_EQ(answers.at("q0").answer().stop_reason, StopReason::kFailed);
    EXPECT_THAT(answers.at("q0").failure, HasSubstr("content filter"));
}

TEST(OpenAiApi, AzureIsAskedForAnswersOnly) {
    Kind server("", "azure");
    const std::string base = server.url().substr(0, server.url().size() - 3) +
                             "/openai/deployments/my-deployment";
    for (const char* ending : {"", "/chat/completions"}) {
        setenv("ASSAY_TEST_AZURE", "sk-azure-secret", 1);
        ServedBench bench("openai", {base + ending + "?api-version=2024-10-21"});
        bench.options.spec.api_key_env = "ASSAY_TEST_AZURE";
        bench.options.generation.repeat_penalty = 1;
        const auto answers = bench.run(3);
        unsetenv("ASSAY_TEST_AZURE");
        ASSERT_EQ(answers.size(), 3u);
        EXPECT_EQ(answers.at("q2").answer().text, "answer to u2");
        EXPECT_THAT(bench.notes.lines, testing::Not(testing::Contains(HasSubstr("sk-azure"))));
    }
    EXPECT_THAT(server.complaints, IsEmpty());
    ASSERT_EQ(server.seen().size(), 6u);  // no list of models
    for (const SeenRequest& request : server.seen()) {
        EXPECT_EQ(request.headers.at("api-key"), "sk-azure-secret");
    }
}

TEST(OpenAiApi, AnotherVersionThanBeforeStopsTheRun) {
    Kind server("llamacpp", "llama-server");
    ServedBench bench("openai", {server.url()});
    ServedGenerator generator(bench.options, bench.cancel, bench.notes);
    generator.connect();
    generator.expect_version("m-2025");
    EXPECT_THAT(bench.error_of([&] { static_cast<void>(bench.run(generator, 1)); }),
                AllOf(HasSubstr("m-2025"), HasSubstr("m-2026")));
}

}  // namespace
}  // namespace assay::llm
