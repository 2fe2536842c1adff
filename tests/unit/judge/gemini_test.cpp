#include "assay/judge/gemini.hpp"

#include "http_bench.hpp"

namespace assay::judge {
namespace {

using namespace std::chrono_literals;
using test::gemini_reply;
using test::ScriptedReply;
using test::verdict_text;
using ::testing::HasSubstr;

class Gemini : public ::testing::Test {
 protected:
    Variable key_{"GEMINI_API_KEY", kBenchKey};
    HttpBench bench_{"gemini", test::gemini_complaints};
};

TEST_F(Gemini, ThoughtsAreNotTheReply) {
    const Verdict verdict = bench_.one(
        R"({"candidates": [{"content": {"parts": [{"text": "{\"verdict\": \"A\"}", "thought": true},
            {"text": "{\"reasoning\": \"r\", "}, {"text": "\"verdict\": \"B\"}"}]}, "finishReason": "STOP"}]})");
    EXPECT_EQ(verdict.state, VerdictState::kB);
    EXPECT_EQ(verdict.raw, R"({"reasoning": "r", "verdict": "B"})");
}

TEST_F(Gemini, WhatGoogleBlockedIsRefused) {
    for (const char* reason : {"SAFETY", "RECITATION", "PROHIBITED_CONTENT", "BLOCKLIST", "SPII"}) {
        const Verdict verdict = bench_.one(gemini_reply("", reason));
        EXPECT_EQ(verdict.state, VerdictState::kRefused) << reason;
        EXPECT_THAT(verdict.failure, HasSubstr(reason));
        EXPECT_EQ(verdict.n_attempts, 1);
    }
    const Verdict prompt = bench_.one(
        R"({"promptFeedback": {"blockReason": "OTHER"}, "modelVersion": "m"})");
    EXPECT_EQ(prompt.state, VerdictState::kRefused);
    EXPECT_THAT(prompt.failure, HasSubstr("OTHER"));
    EXPECT_THAT(prompt.raw, HasSubstr("promptFeedback"));
}

TEST_F(Gemini, AReplyThatIsAllThoughtIsInvalidAndSaysSo) {
    const Verdict verdict = bench_.one(gemini_reply("", "MAX_TOKENS"));
    EXPECT_EQ(verdict.state, VerdictState::kInvalid);
    EXPECT_EQ(verdict.failure,
              "The reply is empty. It was cut off at 1024 tokens, 7 of which were thoughts: raise "
              "the judge's "
              "max-tokens.");
}

TEST_F(Gemini, NoCandidateAndNoReasonIsInvalid) {
    for (const char* body : {R"({"candidates": [], "modelVersion": "m"})",
                             R"({"usageMetadata": {"promptTokenCount": 3}})"}) {
        const Verdict verdict = bench_.one(std::string(body));
        EXPECT_EQ(verdict.state, VerdictState::kInvalid) << body;
        EXPECT_EQ(verdict.failure, "The reply is empty.");
        EXPECT_EQ(verdict.n_attempts, 1);
    }
}

TEST_F(Gemini, AnEndForAnUnknownReasonIsNoReply) {
    const Verdict verdict = bench_.one(
        std::string(R"({"candidates": [{"finishReason": "OTHER"}]})"));
    EXPECT_EQ(verdict.state, VerdictState::kError);
    EXPECT_NE(verdict.failure.find("ended for the reason \"OTHER\""), std::string::npos)
        << verdict.failure;
    EXPECT_EQ(verdict.n_attempts, 2) << "asked again";
}

TEST_F(Gemini, AWholeVerdictCountsWhateverEndedIt) {
    EXPECT_EQ(bench_.one(gemini_reply(verdict_text("TIE"), "MAX_TOKENS")).state,
              VerdictState::kTie);
}

TEST_F(Gemini, AWrongKeyOrRegionStopsTheRunThoughItIsA400) {
    for (
        const char* error :
        {R"({"error": {"code": 400, "message": "API key not valid.", "status": "INVALID_ARGUMENT",
              "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}]}})",
         R"({"error": {"code": 400, "message": "User location is not supported.", "status": "FAILED_PRECONDITION"}})"}) {
        bench_.judge(5, [&](const auto&, int) { return ScriptedReply{400, error}; });
        EXPECT_EQ(bench_.result_.end, RunEnd::kStopped);
        EXPECT_EQ(bench_.seen_.size(), 1u);
        EXPECT_THAT(to_sentence(bench_.result_.why), HasSubstr("GEMINI_API_KEY"));
    }
}

TEST_F(Gemini, AnotherBad400IsThePairsError) {
    bench_.judge(2, [](const auto&, int) {
        return ScriptedReply{
            400,
            R"({"error": {"code": 400, "message": "too long", "status": "INVALID_ARGUMENT"}})"};
    });
    EXPECT_EQ(bench_.result_.end, RunEnd::kFinished);
    EXPECT_EQ(bench_.count(VerdictState::kError), 2);
}

TEST_F(Gemini, TheDelayInTheBodyOfA429IsHeeded) {
    const Verdict verdict = bench_.one([](const auto&, int n) {
        return n == 1
                   ? ScriptedReply{429,
                                   R"({"error": {"code": 429, "message": "quota", "status": "RESOURCE_EXHAUSTED",
            "details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1.2s"}]}})"}
                   : ScriptedReply{200, gemini_reply(verdict_text("A"))};
    });
    EXPECT_EQ(verdict.state, VerdictState::kA);
    EXPECT_GE(bench_.took_, 1200ms);
}

TEST_F(Gemini, AModelWithoutSystemTurnsGetsTheTextInTheUsersTurn) {
    const Verdict verdict = bench_.one([](const auto& request, int) {
        if (request.body.find("systemInstruction") != std::string::npos) {
            return ScriptedReply{
                400,
                R"({"error": {"message": "Developer instruction is not enabled for models/sim-1"}})"};
        }
        if (request.body.find("responseMimeType") != std::string::npos) {
            return ScriptedReply{
                400, R"({"error": {"message": "JSON mode is not enabled for models/sim-1"}})"};
        }
        return ScriptedReply{200, gemini_reply("```json\n" + verdict_text("B") + "\n```")};
    });
    EXPECT_EQ(verdict.state, VerdictState::kB);
    const auto request = bench_.request(bench_.seen_.size() - 1);
    EXPECT_EQ(request["contents"][0]["parts"][0]["text"],
              std::string(system_text()) + "\n\nrendered question 0?");
    ASSERT_EQ(bench_.notes_.lines.size(), 3u);
    EXPECT_THAT(
        bench_.notes_.lines[2],
        HasSubstr("without systemInstruction, without responseSchema and responseMimeType"));
}

TEST_F(Gemini, AModelsNameCannotLeaveItsPlaceInTheAddress) {
    const test::SimServer server([](const auto&, int) {
        return ScriptedReply{200, gemini_reply(verdict_text("A"))};
    });
    for (const char* model : {"tunedModels/mine", "a?b#c d"}) {
        bench_.spec_.api().model = model;
        bench_.make(server.base());
        bench_.run(1);
    }
    ASSERT_EQ(server.seen().size(), 2u);
    EXPECT_EQ(server.seen()[0].path, "/v1beta/tunedModels/mine:generateContent");
    EXPECT_EQ(server.seen()[1].path,
              "/v1beta/models/a?b#c d:generateContent");  // decoded by the server: still one path
}

}  // namespace
}  // namespace assay::judge
