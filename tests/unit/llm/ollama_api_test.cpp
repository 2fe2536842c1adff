#include "assay/llm/ollama_api.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "served_bench.hpp"
#include "sim_ollama.hpp"

namespace assay::llm {
namespace {

using nlohmann::json;
using test::SimOllama;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(OllamaApi, SendsEverySettingOfTheExperimentAndNothingElse) {
    SimOllama server("m:1", "d1");
    ServedBench bench("ollama", {server.url() + "/api"});
    bench.options.generation.temp = 0.7;
    bench.options.generation.top_k = 20;
    bench.options.generation.repeat_last_n = -1;
    bench.options.generation.stop = {"END"};
    const auto answers = bench.run(1);
    EXPECT_THAT(server.complaints(), IsEmpty());
    const json chat = server.chats().at(0);
    EXPECT_EQ(
        chat["messages"],
        json::parse(
            R"([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "u0"}])"));
    const json& options = chat["options"];
    EXPECT_EQ(options["temperature"], 0.7);
    EXPECT_EQ(options["top_k"], 20);
    EXPECT_EQ(options["top_p"], 0.9);
    EXPECT_EQ(options["repeat_penalty"], 1.05);
    EXPECT_EQ(options["repeat_last_n"], 4096);
    EXPECT_EQ(options["num_ctx"], 4096);
    EXPECT_EQ(options["num_predict"], 128);
    EXPECT_EQ(options["seed"], 5);
    EXPECT_EQ(options["stop"],
              json::parse(R"(["<|end|>", "END"])"));  // ours would replace the model's
    const Generated& answer = answers.at("q0");
    EXPECT_EQ(answer.answer().text, "answer to u0");
    EXPECT_EQ(answer.answer().stop_reason, StopReason::kStop);
    EXPECT_EQ(answer.answer().n_prompt_tokens, 30);
    EXPECT_EQ(answer.answer().n_answer_tokens, 7);
    EXPECT_EQ(answer.answer().decode_ms, 70);
    EXPECT_TRUE(answer.answer().tokens.empty());
}

TEST(OllamaApi, ReadsBackWhatTheServerTells) {
    SimOllama server("m:1", "d1");
    ServedBench bench("ollama", {server.url()});
    ServedGenerator generator(bench.options, bench.cancel, bench.notes);
    const ServedFacts& facts = generator.connect();
    EXPECT_EQ(facts.server_version, "0.17.4");
    EXPECT_EQ(facts.digest, "d1");
    EXPECT_EQ(facts.quantization, "Q4_K_M");
    EXPECT_EQ(facts.n_parameters, 134515008u);
    EXPECT_EQ(facts.size_bytes, 1000u);
    EXPECT_EQ(facts.stops, std::vector<std::string>{"<|end|>"});
    EXPECT_EQ(facts.thinks, false);
    EXPECT_EQ(describe(facts),
              "ollama 0.17.4, model digest d1, Q4_K_M, 134.5 M parameters, 1.0 kB");
}

TEST(OllamaApi, ASystemPromptOfTheModelsOwnIsNotLetIn) {
    SimOllama server("m:1", "d1", {{"system", "You are Mario."}});
    ServedBench bench("ollama", {server.url()});
    bench.options.generation.system = "";
    static_cast<void>(bench.run(1));
    EXPECT_EQ(server.chats().at(0)["messages"][0],
              json::parse(R"({"role": "system", "content": ""})"));
}

TEST(OllamaApi, ModelsThatWouldChangeTheExperimentInSilenceAreRefused) {
    const auto refusal = [](const json& show, bool thinking = false) {
        SimOllama server("m:1", "d1", show);
        ServedBench bench("ollama", {server.url()});
        bench.options.generation.thinking = thinking;
        return bench.error_of_run(1);
    };
    EXPECT_EQ(refusal(json::object()), "");
    EXPECT_THAT(refusal({{"messages", {{{"role", "user"}, {"content", "hi"}}}}}),
                HasSubstr("messages of its own"));
    EXPECT_THAT(refusal({{"template", "{{ .Prompt }}"}}), HasSubstr("no chat template"));
    EXPECT_THAT(refusal({{"model_info", {{"general.architecture", "qwen3"}}}}),
                HasSubstr("repeat-penalty 1.05 would have no effect: Ollama runs qwen3"));
    EXPECT_THAT(refusal(json::object(), true), HasSubstr("cannot think"));
    EXPECT_EQ(refusal({{"capabilities", {"completion", "thinking"}}}, true), "");
}

TEST(OllamaApi, HowAnAnswerEndedIsToldOrItIsNone) {
    SimOllama server("m:1", "d1");
    server.on_chat([](const json& request, int) {
        const std::string user = request["messages"].back()["content"];
        return test::ScriptedReply{200, test::ollama_answer("x", user == "u0" ? "length" : "load")};
    });
    ServedBench bench("ollama", {server.url()});
    const auto answers = bench.run(2);
    EXPECT_EQ(answers.at("q0").answer().stop_reason, StopReason::kLength);
    EXPECT_EQ(answers.at("q1").answer().stop_reason, StopReason::kFailed);
    EXPECT_THAT(answers.at("q1").failure, HasSubstr("load"));
}

TEST(OllamaApi, AModelThatIsNotThereIsNamedWithTheWayToIt) {
    SimOllama server("other:1", "d1");
    ServedBench bench("ollama", {server.url()});
    EXPECT_THAT(bench.error_of_run(1),
                testing::AllOf(HasSubstr("q4"),
                               HasSubstr("404"),
                               HasSubstr("model 'm:1' not found"),
                               HasSubstr("ollama pull m:1")));
}

TEST(OllamaApi, WhatIsNoOllamaIsSaidToBeNone) {
    test::SimServer server([](const auto&, int) { return test::ScriptedReply{200, "<html>"}; });
    ServedBench bench("ollama", {server.base()});
    EXPECT_THAT(bench.error_of_run(1), HasSubstr("Is it Ollama?"));
}

}  // namespace
}  // namespace assay::llm
