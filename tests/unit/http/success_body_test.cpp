#include "assay/http/success_body.hpp"

#include <gtest/gtest.h>

namespace assay::http {
namespace {

int status_in(const char* body) {
    const auto error = find_body_error(body);
    return error ? error->status : -1;
}

TEST(SuccessBody, AnErrorIsFoundInEveryFormThatServersWrite) {
    EXPECT_EQ(status_in(R"({"error": {"message": "Daily limit reached.", "code": 429}})"), 429);
    EXPECT_EQ(status_in(R"({"error": {"message": "x", "code": "502"}})"), 502);
    EXPECT_EQ(status_in(R"({"error": {"message": "x", "type": "rate_limit_error"}})"), 429);
    EXPECT_EQ(status_in(R"({"error": {"message": "x", "code": null, "type": "server_error"}})"),
              500);
    EXPECT_EQ(status_in(R"({"type": "error", "error": {"type": "overloaded_error"}})"), 529);
    EXPECT_EQ(status_in(R"({"error": {"status": "RESOURCE_EXHAUSTED", "message": "x"}})"), 429);
    EXPECT_EQ(status_in(R"({"error": "busy", "code": 503})"), 503);
    EXPECT_EQ(status_in(R"({"error": "the model is loading"})"), 0);
    EXPECT_EQ(status_in(R"x({"error": "Unexpected endpoint or method. (POST /chat)"})x"), 404);
    EXPECT_EQ(status_in(R"({"object": "error", "message": "too long", "code": 40303})"), 0);
    EXPECT_EQ(status_in(R"({"object": "error", "message": "too long", "type": "BadRequestError"})"),
              400);
    EXPECT_EQ(status_in(R"({"detail": "Not Found"})"), 0);
    EXPECT_EQ(status_in(R"({"detail": [{"msg": "field required"}]})"), 0);
    EXPECT_EQ(status_in(R"({"message": "no Route matched", "code": 404})"), 404);
    EXPECT_EQ(status_in(R"({"choices": [{"message": {"content": "half"}, "finish_reason": "error",
                       "error": {"code": 502, "message": "upstream closed"}}]})"),
              502);
}

TEST(SuccessBody, AnErrorKeepsTheServersWordsAndItsCode) {
    const auto error = find_body_error(
        R"({"choices": [{"message": {}, "error": {"code": 502, "message": "upstream\nclosed"}}]})");
    ASSERT_TRUE(error);
    EXPECT_EQ(error->message, "upstream closed (code 502)");
    EXPECT_TRUE(error->billed);
    EXPECT_EQ(find_body_error(R"({"error": "bare"})")->message, "bare");
    EXPECT_FALSE(find_body_error(R"({"error": "bare"})")->billed);
}

TEST(SuccessBody, AnEndThatIsNotKnownIsAnError) {
    for (const char* reason : {"error", "abort", "cancelled", "tool_calls", "OTHER", "load"}) {
        const std::string word(reason);
        EXPECT_TRUE(find_body_error(R"({"choices": [{"message": {}, "finish_reason": ")" + word +
                                    R"("}]})"))
            << word;
        EXPECT_TRUE(find_body_error(R"({"candidates": [{"finishReason": ")" + word + R"("}]})"));
        EXPECT_TRUE(find_body_error(R"({"content": [], "stop_reason": ")" + word + R"("})"));
        EXPECT_TRUE(find_body_error(R"({"message": {}, "done_reason": ")" + word + R"("})"));
    }
    EXPECT_NE(find_body_error(R"({"choices": [{"message": {}, "finish_reason": "abort"}]})")
                  ->message.find("\"abort\""),
              std::string::npos);
}

TEST(SuccessBody, AReplyIsNoError) {
    for (
        const char* body :
        {R"({"choices": [{"message": {"content": "x"}, "finish_reason": "stop"}]})",
         R"({"choices": [{"message": {"content": "x"}, "finish_reason": null}]})",
         R"({"choices": [{"message": {"content": "x"}, "finish_reason": "eos_token"}], "error": null})",
         R"({"choices": [{"message": {"content": "x"}, "error": {}}], "error": ""})",
         R"({"choices": [{"message": {}, "finish_reason": "content_filter"}], "detail": "d"})",
         R"({"candidates": [{"finishReason": "MAX_TOKENS"}]})",
         R"({"promptFeedback": {"blockReason": "SAFETY"}})",
         R"({"content": [{"type": "text", "text": "error"}], "stop_reason": "end_turn"})",
         R"({"message": {"content": "x"}, "done": true, "done_reason": "stop"})",
         "[1]",
         "no JSON",
         "",
         "{}"}) {
        EXPECT_FALSE(find_body_error(body)) << body;
    }
}

TEST(SuccessBody, WordsForAnEndAreThoseOfAllProviders) {
    EXPECT_EQ(finish_of("STOP"), Finish::kEnded);
    EXPECT_EQ(finish_of("end_turn"), Finish::kEnded);
    EXPECT_EQ(finish_of("length"), Finish::kLimit);
    EXPECT_EQ(finish_of("MAX_TOKENS"), Finish::kLimit);
    EXPECT_EQ(finish_of("content_filter"), Finish::kWithheld);
    EXPECT_EQ(finish_of("PROHIBITED_CONTENT"), Finish::kWithheld);
    EXPECT_EQ(finish_of(""), Finish::kNotSaid);
    EXPECT_EQ(finish_of("function_call"), Finish::kUnknown);
}

TEST(SuccessBody, WhatCannotBeReadIsQuotedWithTheCauseThatCanBeSeen) {
    const auto has = [](const char* body, const char* part) {
        return describe_unread(body).find(part) != std::string::npos;
    };
    EXPECT_EQ(describe_unread(" \n"), "; it is empty");
    EXPECT_TRUE(has("<!DOCTYPE html><html>", "an HTML page (\"<!DOCTYPE"));
    EXPECT_TRUE(has("<html>", "/v1"));
    EXPECT_TRUE(has("data: {\"choices\": []}\n\ndata: [DONE]\n", "an event stream"));
    EXPECT_TRUE(has("{\"choices\": []}\n\ndata: [DONE]\n", "an event stream"));
    EXPECT_TRUE(has("{\"choices\": [{\"mess", "cut off"));
    EXPECT_TRUE(has("Ollama is running", "\"Ollama is running\""));
    EXPECT_EQ(describe_unread("a\x01\x02\n\tb").find('\x01'), std::string::npos);
    EXPECT_LT(describe_unread(std::string(100000, 'x')).size(), 400u);
}

}  // namespace
}  // namespace assay::http
