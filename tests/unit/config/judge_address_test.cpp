#include "assay/config/judge_address.hpp"

#include <gtest/gtest.h>

namespace assay::config {
namespace {

TEST(JudgeAddress, AUrlLosesItsTrailingSlashes) {
    EXPECT_EQ(checked_url("http://127.0.0.1:9000/v1/").value(), "http://127.0.0.1:9000/v1");
    EXPECT_EQ(checked_url("https://[::1]:9000/v1").value(), "https://[::1]:9000/v1");
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
    EXPECT_EQ(message("http://x/v1?key=1"), "must be a plain base address, without '?', '#' and '\\'");
    EXPECT_EQ(message("http://x/v1#a"), "must be a plain base address, without '?', '#' and '\\'");
}

TEST(JudgeAddress, APasswordInAUrlIsRefusedAndNotRepeated) {
    const auto url = checked_url("https://user:sk-secret@example.com/v1");
    ASSERT_FALSE(url);
    EXPECT_EQ(to_sentence(url.error()),
              "holds a user or password; keys come from the environment only. Name the variable with api-key-env.");
}

TEST(JudgeAddress, AJudgeCanBeWrittenAsOneWord) {
    EXPECT_EQ(judge_of_text("reference").value().provider, "reference");
    const auto judge = judge_of_text("openai:vendor/model@2@http://127.0.0.1:9000/v1/");
    ASSERT_TRUE(judge);
    EXPECT_EQ(judge->provider, "openai");
    EXPECT_EQ(judge->model, "vendor/model@2");
    EXPECT_EQ(judge->url, "http://127.0.0.1:9000/v1");
    EXPECT_EQ(judge->api_key_env, "");
    EXPECT_EQ(judge->concurrency, 4);
}

TEST(JudgeAddress, AJudgeThatIsNoneIsRefused) {
    const auto message = [](std::string_view text) {
        return judge_of_text(text) ? "accepted" : judge_of_text(text).error().message;
    };
    EXPECT_EQ(message("gemini:x"), "unknown judge \"gemini:x\"");
    EXPECT_EQ(message("reference:x"), "unknown judge \"reference:x\"");
    EXPECT_EQ(message(""), "unknown judge \"\"");
    EXPECT_EQ(message("openai"), "openai needs a model and an address");
    EXPECT_EQ(message("openai:gpt"), "openai needs a model and an address");
    EXPECT_EQ(message("openai:@http://x/v1"), "openai needs a model and an address");
    EXPECT_EQ(message("openai:m@http://"), "the address names no host");
}

}  // namespace
}  // namespace assay::config
