#include "assay/judge/completion.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sim_server.hpp"

namespace assay::judge {
namespace {

using nlohmann::ordered_json;

ApiSettings spec() {
    ApiSettings spec;
    spec.model = "m";
    spec.max_tokens = 99;
    return spec;
}

TEST(Completion, RequestAsksForAStrictSchemaWithReasoningFirst) {
    const auto request = ordered_json::parse(request_json(spec(), {}, "sys", "usr"));
    EXPECT_EQ(request["model"], "m");
    EXPECT_EQ(request["messages"],
              ordered_json::parse(
                  R"([{"role":"system","content":"sys"},{"role":"user","content":"usr"}])"));
    EXPECT_EQ(request["temperature"], 0.0);
    EXPECT_EQ(request["max_tokens"], 99);
    EXPECT_EQ(request["response_format"],
              ordered_json::parse(
                  R"({"type":"json_schema","json_schema":{"name":"verdict","strict":true,"schema":{
        "type":"object","properties":{"reasoning":{"type":"string"},"verdict":{"type":"string","enum":["A","B","TIE"]},
        "confidence":{"type":"string","enum":["high","medium","low"]}},
        "required":["reasoning","verdict","confidence"],"additionalProperties":false}}})"));
}

TEST(Completion, PlainerDialectsLeaveThingsOut) {
    const auto request = ordered_json::parse(
        request_json(spec(), {ReplyFormat::kNone, true, false}, "s", "u"));
    EXPECT_FALSE(request.contains("response_format") || request.contains("temperature") ||
                 request.contains("max_tokens"));
    EXPECT_EQ(request["max_completion_tokens"], 99);
    const auto object = ordered_json::parse(
        request_json(spec(), {ReplyFormat::kJsonObject, false, true}, "s", "u"));
    EXPECT_EQ(object["response_format"], (ordered_json{{"type", "json_object"}}));
    EXPECT_EQ(describe({ReplyFormat::kNone, true, false}),
              "without response_format, max_completion_tokens instead of max_tokens, without "
              "temperature");
    EXPECT_EQ(describe({}), "");
}

TEST(Completion, AnErrorMakesPlainerWhatItNames) {
    const Dialect full;
    EXPECT_EQ(plainer_dialect(
                  full, R"({"error":{"message":"'response_format.type' must be json_object"}})"),
              (Dialect{ReplyFormat::kJsonObject, false, true}));
    EXPECT_EQ(plainer_dialect({ReplyFormat::kJsonObject, false, true},
                              "json_schema and response_format are unknown"),
              (Dialect{ReplyFormat::kNone, false, true}));
    EXPECT_EQ(
        plainer_dialect(
            full,
            R"({"error":{"param":"max_tokens","message":"Use 'max_completion_tokens' and a temperature of 1"}})"),
        (Dialect{ReplyFormat::kJsonSchema, true, true}));
    EXPECT_EQ(
        plainer_dialect(
            full, R"({"error":{"message":"Unsupported value: 'temperature' does not support 0"}})"),
        (Dialect{ReplyFormat::kJsonSchema, false, false}));
}

TEST(Completion, AnErrorAboutSomethingElseChangesNothing) {
    EXPECT_FALSE(plainer_dialect({}, R"({"error":{"message":"maximum context length is 4096"}})"));
    EXPECT_FALSE(plainer_dialect(
        {}, R"({"error":{"param":"messages","message":"the temperature in the messages"}})"));
    EXPECT_FALSE(plainer_dialect({ReplyFormat::kNone, true, false},
                                 "response_format max_tokens temperature"));
    EXPECT_FALSE(plainer_dialect({}, ""));
    EXPECT_FALSE(plainer_dialect({}, std::string(100000, '[')));
}

TEST(Completion, ReadsTheReply) {
    const auto completion = read_completion(test::completion_json("hello", "length"));
    ASSERT_TRUE(completion);
    EXPECT_EQ(completion->content, "hello");
    EXPECT_EQ(completion->finish_reason, "length");
    EXPECT_EQ(completion->model, "sim-1-2026");
    EXPECT_EQ(completion->n_prompt_tokens, 10);
    EXPECT_EQ(completion->n_reply_tokens, 5);
    const auto parts = read_completion(
        R"({"choices":[{"message":{"content":[{"type":"text","text":"a"},{"type":"x"},{"text":"b"}],"refusal":"no"}}]})");
    ASSERT_TRUE(parts);
    EXPECT_EQ(parts->content, "ab");
    EXPECT_EQ(parts->refusal, "no");
    EXPECT_EQ(
        read_completion(
            R"({"choices":[{"message":{"content":null}}],"usage":{"prompt_tokens":-1,"completion_tokens":"x"}})")
            ->n_prompt_tokens,
        0);
}

TEST(Completion, WhatIsNoCompletionIsEmpty) {
    const std::string whole = test::completion_json("hello");
    for (std::size_t length = 0; length < whole.size(); ++length) {
        EXPECT_FALSE(read_completion(whole.substr(0, length)));
    }
    for (const char* body : {"",
                             "<html>",
                             "null",
                             "[]",
                             "{}",
                             R"({"choices":[]})",
                             R"({"choices":{}})",
                             R"({"choices":[1]})",
                             R"({"choices":[{"text":"x"}]})",
                             R"({"error":{"message":"x"}})"}) {
        EXPECT_FALSE(read_completion(body)) << body;
    }
    EXPECT_FALSE(read_completion(R"({"choices":)" + std::string(100000, '[')));
}

TEST(Completion, ErrorsAreReadInEveryShape) {
    EXPECT_EQ(read_error(R"({"error":{"message":"m","code":"c","type":"t"}})").message, "m");
    EXPECT_EQ(read_error(R"({"error":{"message":"m","code":"c","type":"t"}})").code, "c");
    EXPECT_EQ(read_error(R"({"error":{"message":"m","code":400,"type":"t"}})").code, "t");
    EXPECT_EQ(read_error(R"({"error":"gone"})").message, "gone");
    EXPECT_EQ(read_error("plain\xFF").message, "plain\xEF\xBF\xBD");
    EXPECT_LE(read_error(std::string(10000, 'x')).message.size(), 310u);
}

}  // namespace
}  // namespace assay::judge
