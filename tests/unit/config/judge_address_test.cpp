#include "assay/config/judge_address.hpp"

#include <gtest/gtest.h>

namespace assay::config {
namespace {

TEST(JudgeAddress, AUrlLosesItsTrailingSlashes) {
    EXPECT_EQ(checked_url("http://127.0.0.1:9000/v1/").value(), "http://127.0.0.1:9000/v1");
    EXPECT_EQ(checked_url("https://[::1]:9000/v1").value(), "https://[::1]:9000/v1");
}

TEST(JudgeAddress, AnApiVersionIsTheOnlyQueryThatIsKept) {
    EXPECT_EQ(
        checked_url("https://me.openai.azure.com/openai/deployments/d/?api-version=2024-10-21")
            .value(),
        "https://me.openai.azure.com/openai/deployments/d?api-version=2024-10-21");
    for (const char* url :
         {"http://x/v1?", "http://x/v1?api-version=1&key=k", "http://x/v1?key=k"}) {
        const auto refused = checked_url(url);
        ASSERT_FALSE(refused) << url;
        EXPECT_NE(refused.error().remedy.find("?api-version=VERSION"), std::string::npos);
    }
    const auto judge = judge_of_text(
        "openai:gpt@https://me.openai.azure.com/openai/deployments/d?api-version=2024-10-21");
    ASSERT_TRUE(judge);
    EXPECT_EQ(judge->api().url,
              "https://me.openai.azure.com/openai/deployments/d?api-version=2024-10-21");
}

TEST(JudgeAddress, AUrlThatIsNoneIsRefusedWithAReason) {
    const auto message = [](std::string_view url) {
        return checked_url(url) ? "accepted" : checked_url(url).error().message;
    };
    EXPECT_EQ(message("127.0.0.1:9000/v1"), "must begin with http:// or https://");
    EXPECT_EQ(message("ftp://x/v1"), "must begin with http:// or https://");
    EXPECT_EQ(message("http:///v1"), "names no host");
    EXPECT_EQ(message("http://"), "names no host");
    EXPECT_EQ(message("http://a b/v1"), "holds white space or a control character");
    EXPECT_EQ(message("http://x:0/v1"), "has a port that is not from 1 to 65535");
    EXPECT_EQ(message("http://x:65536/v1"), "has a port that is not from 1 to 65535");
    EXPECT_EQ(message("http://x:/v1"), "has a port that is not from 1 to 65535");
    EXPECT_EQ(message("http://x/v1?key=1"),
              "must be a plain base address, without '?', '#' and '\\'");
    EXPECT_EQ(message("http://x/v1#a"), "must be a plain base address, without '?', '#' and '\\'");
}

TEST(JudgeAddress, APasswordInAUrlIsRefusedAndNotRepeated) {
    const auto url = checked_url("https://user:sk-secret@example.com/v1");
    ASSERT_FALSE(url);
    EXPECT_EQ(to_sentence(url.error()),
              "holds a user or password; keys come from the environment only. Name the variable "
              "with api-key-env.");
}

TEST(JudgeAddress, AJudgeCanBeWrittenAsOneWord) {
    EXPECT_EQ(judge_of_text("reference").value().provider, "reference");
    EXPECT_EQ(judge_of_text("reference").value().metric().metric, "token_f1");
    EXPECT_EQ(judge_of_text("reference:rouge_l").value().metric().metric, "rouge_l");
    EXPECT_EQ(judge_of_text("reference:chrf").value().provider, "reference");
    const auto judge = judge_of_text("openai:vendor/model@2@http://127.0.0.1:9000/v1/");
    ASSERT_TRUE(judge);
    EXPECT_EQ(judge->provider, "openai");
    EXPECT_EQ(judge->api().model, "vendor/model@2");
    EXPECT_EQ(judge->api().url, "http://127.0.0.1:9000/v1");
    EXPECT_EQ(judge->api().api_key_env, "");
    EXPECT_EQ(judge->api().concurrency, 4);
}

TEST(JudgeAddress, AFileIsKeptAsItWasWritten) {
    const auto judge = judge_of_text("gguf:models/a judge:v2.gguf");
    ASSERT_TRUE(judge);
    EXPECT_EQ(judge->provider, "gguf");
    EXPECT_EQ(judge->embedded().file, "models/a judge:v2.gguf");
    EXPECT_FALSE(judge_of_text("gguf"));
    EXPECT_FALSE(judge_of_text("gguf:"));
}

TEST(JudgeAddress, AJudgeByHandHasANameOrItsProvidersName) {
    const auto judge = judge_of_text("batch:panel");
    ASSERT_TRUE(judge);
    EXPECT_EQ(judge->provider, "batch");
    EXPECT_EQ(judge->name, "panel");
    EXPECT_EQ(judge->kind(), JudgeKind::kByHand);
    EXPECT_EQ(judge_of_text("human").value().provider, "human");
    EXPECT_EQ(judge_of_text("human").value().name, "");
}

TEST(JudgeAddress, AProviderWithAnAddressOfItsOwnCanDoWithoutOne) {
    EXPECT_EQ(judge_of_text("gemini:gemini-3-pro").value().api().model, "gemini-3-pro");
    EXPECT_EQ(judge_of_text("gemini:gemini-3-pro").value().api().url, "");
    const auto judge = judge_of_text("ollama:hf.co/x/y:Q4_K_M@http://10.0.0.1:11434/");
    ASSERT_TRUE(judge);
    EXPECT_EQ(judge->provider, "ollama");
    EXPECT_EQ(judge->api().model, "hf.co/x/y:Q4_K_M");
    EXPECT_EQ(judge->api().url, "http://10.0.0.1:11434");
}

TEST(JudgeAddress, OllamaHostIsReadAsOllamaReadsIt) {
    const std::pair<const char*, const char*> cases[] = {
        {"", "http://127.0.0.1:11434"},
        {" 10.0.0.1 ", "http://10.0.0.1:11434"},
        {"host:99", "http://host:99"},
        {":99", "http://127.0.0.1:99"},
        {"0.0.0.0", "http://127.0.0.1:11434"},
        {"0.0.0.0:99", "http://127.0.0.1:99"},
        {"[::1]", "http://[::1]:11434"},
        {"[::]:99", "http://127.0.0.1:99"},
        {"http://host", "http://host"},
        {"https://host/behind/", "https://host/behind"},
        {"host/behind", "http://host:11434/behind"}};
    for (const auto& [text, url] : cases) {
        EXPECT_EQ(ollama_url(text).value(), url) << text;
    }
    for (const char* text : {"a b", "ftp://x", "user:pass@host", "host:0", "host?x=1"}) {
        EXPECT_FALSE(ollama_url(text)) << text;
    }
}

TEST(JudgeAddress, AJudgeThatIsNoneIsRefused) {
    const auto message = [](std::string_view text) {
        return judge_of_text(text) ? "accepted" : judge_of_text(text).error().message;
    };
    EXPECT_EQ(message("gemin:x"), "unknown judge \"gemin:x\"");
    EXPECT_EQ(message("gemini"), "gemini needs a model");
    EXPECT_EQ(message("ollama:"), "ollama needs a model");
    EXPECT_EQ(message("anthropic:@http://x"), "anthropic needs a model");
    EXPECT_EQ(message("anthropic:m@http://x?k=1"),
              "the address must be a plain base address, without '?', '#' and '\\'");
    EXPECT_EQ(message("reference:x"),
              "the metric must be one of token_f1, rouge_l, chrf, not \"x\"");
    EXPECT_EQ(message("reference:"), "the metric must be one of token_f1, rouge_l, chrf, not \"\"");
    EXPECT_EQ(message("references"), "unknown judge \"references\"");
    EXPECT_EQ(message(""), "unknown judge \"\"");
    EXPECT_EQ(message("openai"), "openai needs a model and an address");
    EXPECT_EQ(message("openai:gpt"), "openai needs a model and an address");
    EXPECT_EQ(message("openai:@http://x/v1"), "openai needs a model and an address");
    EXPECT_EQ(message("openai:m@http://"), "the address names no host");
}

}  // namespace
}  // namespace assay::config
