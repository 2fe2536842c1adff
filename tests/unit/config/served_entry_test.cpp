#include "assay/config/served_entry.hpp"

#include <gmock/gmock.h>

#include <cstdlib>

#include "assay/config/plan_json.hpp"
#include "folder.hpp"

namespace assay::config {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ServedEntry : public PlanTest {
 protected:
    void SetUp() override { unsetenv("OLLAMA_HOST"); }

    std::vector<VariantSpec> variants(const std::string& list) {
        const auto plan = load("baseline: model-F16.gguf\ndataset: questions.jsonl\nvariants:\n" +
                               list);
        if (!plan) {
            ADD_FAILURE() << testing::PrintToString(sentences(plan.error(), folder_));
        }
        return plan ? plan->variants : std::vector<VariantSpec>{{}};
    }
    std::vector<std::string> errors(const std::string& entry) {
        return errors_of("baseline: model-F16.gguf\ndataset: questions.jsonl\nvariants: [" + entry +
                         "]\n");
    }
};

TEST_F(ServedEntry, EveryKeyReachesThePlan) {
    const auto list = variants(
        "  - {name: v, provider: openai, model: org/m, urls: [\"http://a:1/v1/\", "
        "\"http://b:2/v1\"], server: vllm, api-key-env: MY_KEY, concurrency: 9, timeout-s: 7, "
        "retries: 1}\n"
        "  - {provider: ollama, model: \"qwen2.5:0.5b\", pull: true}\n"
        "  - {name: theirs, type: q4_k_m, provider: ollama, url: \"http://c:3\"}\n"
        "  - {file: \"ollama:own\"}\n");
    ASSERT_EQ(list.size(), 4u);
    const ServedSpec& v = list[0].served()->server;
    EXPECT_EQ(v.provider, "openai");
    EXPECT_EQ(v.model, "org/m");
    EXPECT_THAT(v.urls, ElementsAre("http://a:1/v1", "http://b:2/v1"));
    EXPECT_EQ(v.server, "vllm");
    EXPECT_EQ(v.api_key_env, "MY_KEY");
    EXPECT_EQ(v.concurrency, 9);
    EXPECT_EQ(v.timeout_s, 7);
    EXPECT_EQ(v.retries, 1);
    EXPECT_EQ(list[1].name, "qwen2.5-0.5b");
    EXPECT_TRUE(list[1].served()->server.pull);
    EXPECT_THAT(list[1].served()->server.urls, ElementsAre("http://127.0.0.1:11434"));
    EXPECT_EQ(list[2].type()->type, "Q4_K_M");
    EXPECT_EQ(list[2].served()->server.model, "");
    EXPECT_EQ(list[3].file(), "ollama:own");
    EXPECT_EQ(list[3].served(), nullptr);
    EXPECT_EQ(list[3].name, "ollama-own");
}

TEST_F(ServedEntry, ItsLimitsAreThoseOfAJudge) {
    const auto list = variants(
        "  - {provider: openai, model: m, url: 'http://a:1/v1', requests-per-minute: 60, "
        "tokens-per-minute: 9000, max-calls: 50, max-tokens-total: 1000, max-cost: 2.5, "
        "price-input: 1, price-output: 4}\n  - {name: other, provider: ollama, model: m}\n");
    const RequestLimits& limits = list[0].served()->server;
    EXPECT_EQ(limits.requests_per_minute, 60);
    EXPECT_EQ(limits.tokens_per_minute, 9000);
    EXPECT_EQ(limits.max_calls, 50);
    EXPECT_EQ(limits.max_tokens_total, 1000);
    EXPECT_EQ(limits.max_cost, 2.5);
    EXPECT_EQ(limits.price_input, 1);
    EXPECT_EQ(limits.price_output, 4);
    EXPECT_EQ(static_cast<const RequestLimits&>(list[1].served()->server), RequestLimits{});
    EXPECT_THAT(errors("{provider: ollama, model: m, max-cost: 1}"),
                ElementsAre(HasSubstr("needs prices. Give price-input")));
    EXPECT_THAT(errors("{type: Q8_0, max-calls: 1}"),
                ElementsAre(HasSubstr("belongs to a model that a server runs")));
}

TEST_F(ServedEntry, OllamasOwnVariableSaysWhereItIs) {
    setenv("OLLAMA_HOST", "0.0.0.0:7777", 1);
    EXPECT_THAT(variants("  - {provider: ollama, model: m}\n")[0].served()->server.urls,
                ElementsAre("http://127.0.0.1:7777"));
    setenv("OLLAMA_HOST", "http://user:pw@x", 1);
    EXPECT_THAT(errors("{provider: ollama, model: m}"),
                ElementsAre(HasSubstr("the address in OLLAMA_HOST holds a user or password")));
    unsetenv("OLLAMA_HOST");
}

TEST_F(ServedEntry, OneWordIsServedIfItHasAnAddressAndElseAFileOfOllamas) {
    const auto list = variants(
        "  - q4=ollama:m:1@http://a:1\n  - openai:org/m@v2@http://b:2/v1\n  - ollama:m:1\n");
    EXPECT_EQ(list[0].name, "q4");
    EXPECT_EQ(list[0].served()->server.provider, "ollama");
    EXPECT_EQ(list[0].served()->server.model, "m:1");
    EXPECT_THAT(list[0].served()->server.urls, ElementsAre("http://a:1"));
    EXPECT_EQ(list[1].name, "org-m-v2");
    EXPECT_EQ(list[1].served()->server.model, "org/m@v2");
    EXPECT_EQ(list[2].file(), "ollama:m:1");
    EXPECT_EQ(list[2].served(), nullptr);
}

TEST_F(ServedEntry, AFileOfOllamasMayJudge) {
    const Plan plan = plan_with(
        "judges: [\"gguf:ollama:m:1\", {name: second, provider: gguf, file: \"ollama:m:2\"}]\n");
    ASSERT_EQ(plan.judges.size(), 2u);
    EXPECT_EQ(plan.judges[0].embedded().file, "ollama:m:1");
    EXPECT_EQ(plan.judges[0].name, "ollama-m-1");
    EXPECT_EQ(plan.judges[1].embedded().file, "ollama:m:2");
    Overrides flags;
    flags.judges = std::vector<std::string>{"gguf:ollama:m:3"};
    EXPECT_EQ(plan_with("", flags).judges[0].embedded().file, "ollama:m:3");
    EXPECT_THAT(errors_with("judges: [\"gguf:ollama:\"]\n"),
                Contains(HasSubstr("names no model of Ollama's")));
}

TEST_F(ServedEntry, TheBaselineMayBeServed) {
    const auto plan = load(
        "baseline: {name: f16, provider: ollama, model: m}\nvariants: [other.gguf]\ndataset: "
        "questions.jsonl\n");
    ASSERT_TRUE(plan) << testing::PrintToString(sentences(plan.error(), folder_));
    EXPECT_EQ(plan->baseline.name, "f16");
    EXPECT_EQ(plan->baseline.served()->server.model, "m");
    Overrides flags;
    flags.model = "f16=openai:m@http://a:1/v1";
    flags.variants = std::vector<std::string>{folder_.path("other.gguf")};
    flags.questions = folder_.path("questions.jsonl");
    const auto by_flags = load_plan(std::nullopt, flags);
    ASSERT_TRUE(by_flags) << testing::PrintToString(sentences(by_flags.error(), folder_));
    EXPECT_EQ(by_flags->baseline.name, "f16");
    EXPECT_EQ(by_flags->baseline.served()->server.provider, "openai");
    flags.variants = std::vector<std::string>{"Q8_0"};
    const auto made = load_plan(std::nullopt, flags);
    ASSERT_FALSE(made);
    EXPECT_THAT(sentences(made.error(), folder_),
                ElementsAre(HasSubstr("the baseline is a model that a server runs")));
}

TEST_F(ServedEntry, WhatDoesNotFitTogetherIsSaidWithItsPlace) {
    EXPECT_THAT(errors("{provider: openai, model: m}"),
                ElementsAre(HasSubstr("exp.yaml:3:12: variants[0]: openai needs url")));
    EXPECT_THAT(errors("{name: x, provider: openai, url: \"http://a/v1\"}"),
                Contains(HasSubstr("openai needs model")));
    EXPECT_THAT(errors("{type: Q8_0, provider: openai, model: m, url: \"http://a/v1\"}"),
                Contains(HasSubstr("only ollama takes one")));
    EXPECT_THAT(errors("{name: x, provider: ollama}"),
                Contains(HasSubstr("needs one of model, type and file, and has none")));
    EXPECT_THAT(errors("{type: Q8_0, provider: ollama, model: m}"),
                Contains(HasSubstr("and has several")));
    EXPECT_THAT(errors("{type: Q8_0, provider: ollama, pull: true}"),
                Contains(HasSubstr("belongs to a model of the server's")));
    EXPECT_THAT(errors("{provider: ollama, model: m, server: vllm}"),
                Contains(HasSubstr("belongs to openai")));
    EXPECT_THAT(errors("{provider: gemini, model: m}"),
                Contains(HasSubstr("variants[0].provider")));
    EXPECT_THAT(
        errors("{type: Q8_0, concurrency: 3, url: \"http://a\"}"),
        ElementsAre(HasSubstr("variants[0].concurrency: belongs to a model that a server runs"),
                    HasSubstr("variants[0].url: belongs")));
    EXPECT_THAT(errors("{provider: ollama, model: m, url: \"http://a\", urls: [\"http://b\"]}"),
                Contains(HasSubstr("is given beside url")));
    EXPECT_THAT(
        errors("{provider: ollama, model: m, url: \"http://u:secret@a\"}"),
        Contains(testing::AllOf(HasSubstr("user or password"), testing::Not(HasSubstr("secret")))));
    EXPECT_THAT(errors("{provider: ollama, model: m, api-key: sk-x}"),
                Contains(HasSubstr("keys come from the environment only")));
    EXPECT_THAT(errors("\"ollama:@http://a\""),
                Contains(HasSubstr("names no model before its address")));
    EXPECT_THAT(errors("\"=ollama:m@http://a\""), Contains(HasSubstr("empty name")));
    EXPECT_THAT(errors("\"ollama:m@http://\""), Contains(HasSubstr("names no host")));
    EXPECT_THAT(errors("\"ollama:\""), Contains(HasSubstr("names no model of Ollama's")));
}

TEST_F(ServedEntry, IsNotRunInAWayOfOurs) {
    const std::string remedy =
        "belongs to a variant that assay-engine runs. Leave it out: a server's own settings and "
        "answers that were made elsewhere are not ours to change.";
    EXPECT_THAT(errors("{provider: ollama, model: m, cache-type-k: q8_0}"),
                Contains(HasSubstr("cache-type-k: " + remedy)));
    folder_.write("a.jsonl", "{}");
    EXPECT_THAT(errors("{answers: a.jsonl, flash-attn: off}"),
                Contains(HasSubstr("flash-attn: " + remedy)));
}

TEST_F(ServedEntry, IsStoredAndReadBackAndHowItIsReachedIsNoPartOfTheHash) {
    const std::string yaml =
        "baseline: {name: f16, provider: ollama, model: m}\nvariants: [{name: q4, file: "
        "other.gguf, provider: ollama}, {provider: openai, model: n, url: "
        "\"http://a/v1\"}]\ndataset: questions.jsonl\n";
    const auto plan = load(yaml);
    ASSERT_TRUE(plan) << testing::PrintToString(sentences(plan.error(), folder_));
    const auto back = plan_from_json(plan_to_json(*plan));
    ASSERT_TRUE(back) << to_sentence(back.error());
    EXPECT_EQ(plan_to_json(*back), plan_to_json(*plan));
    EXPECT_EQ(plan_sha256(*back), plan_sha256(*plan));
    Plan other = *plan;
    other.variants[1].served()->server.concurrency = 1;
    other.variants[1].served()->server.timeout_s = 1;
    other.variants[1].served()->server.retries = 0;
    other.variants[1].served()->server.api_key_env = "X";
    other.variants[0].served()->server.pull = true;
    EXPECT_EQ(plan_sha256(other), plan_sha256(*plan));
    other.variants[1].served()->server.urls = {"http://b/v1"};
    EXPECT_NE(plan_sha256(other), plan_sha256(*plan));
}

}  // namespace
}  // namespace assay::config
