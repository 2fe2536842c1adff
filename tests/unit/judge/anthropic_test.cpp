#include "assay/judge/anthropic.hpp"

#include "assay/judge/make_judge.hpp"
#include "http_bench.hpp"

namespace assay::judge {
namespace {

using test::anthropic_text_reply;
using test::anthropic_tool_reply;
using test::ScriptedReply;
using test::verdict_text;
using ::testing::HasSubstr;

class Anthropic : public ::testing::Test {
 protected:
    Variable key_{"ANTHROPIC_API_KEY", kBenchKey};
    HttpBench bench_{"anthropic", test::anthropic_complaints};
};

TEST_F(Anthropic, TheInputOfTheToolIsTheReplyInTheOrderOfWriting) {
    const Verdict verdict = bench_.one(anthropic_tool_reply(verdict_text("A", "A is \"right\".")));
    EXPECT_EQ(verdict.state, VerdictState::kA);
    EXPECT_EQ(verdict.reasoning, "A is \"right\".");
    EXPECT_EQ(verdict.raw, verdict_text("A", "A is \"right\"."));
    EXPECT_EQ(verdict.n_prompt_tokens, 10);  // those of the cache counted in
}

TEST_F(Anthropic, TwoCallsThatContradictEachOtherAreInvalid) {
    auto body = nlohmann::json::parse(anthropic_tool_reply(verdict_text("A")));
    body["content"].push_back(
        nlohmann::json::parse(anthropic_tool_reply(verdict_text("B")))["content"][0]);
    EXPECT_EQ(bench_.one(body.dump()).state, VerdictState::kInvalid);
}

TEST_F(Anthropic, TextBesideTheToolDoesNotSteerTheVerdict) {
    auto body = nlohmann::json::parse(anthropic_text_reply(verdict_text("B")));
    body["content"].push_back(
        nlohmann::json::parse(anthropic_tool_reply(verdict_text("A")))["content"][0]);
    body["content"].push_back(
        {{"type", "thinking"}, {"thinking", verdict_text("B")}, {"signature", ""}});
    EXPECT_EQ(bench_.one(body.dump()).state, VerdictState::kA);
}

TEST_F(Anthropic, ARefusalIsRefused) {
    const Verdict bare = bench_.one(anthropic_text_reply("", "refusal"));
    EXPECT_EQ(bare.state, VerdictState::kRefused);
    EXPECT_EQ(bare.failure, "The judge refused.");
    const Verdict worded = bench_.one(anthropic_text_reply("I cannot help.", "refusal"));
    EXPECT_EQ(worded.state, VerdictState::kRefused);
    EXPECT_EQ(worded.failure, "The judge refused: I cannot help.");
    EXPECT_EQ(worded.raw, "I cannot help.");
}

TEST_F(Anthropic, WhatWasCutOffIsInvalidUnlessItIsWhole) {
    const Verdict cut = bench_.one(anthropic_tool_reply(R"({"reasoning": "Both"})", "max_tokens"));
    EXPECT_EQ(cut.state, VerdictState::kInvalid);
    EXPECT_THAT(cut.failure,
                HasSubstr("It was cut off at 1024 tokens: raise the judge's max-tokens."));
    EXPECT_EQ(bench_.one(anthropic_tool_reply(verdict_text("B"), "max_tokens")).state,
              VerdictState::kB);
}

TEST_F(Anthropic, AVerdictAmongWordsThatWereCutOffMayBeADraft) {
    const nlohmann::json reply{
        {"type", "message"},
        {"role", "assistant"},
        {"model", "sim-1-2026"},
        {"content",
         {{{"type", "text"}, {"text", "Perhaps " + verdict_text("A") + "? Wait, the expected"}}}},
        {"stop_reason", "max_tokens"}};
    const Verdict cut = bench_.one(reply.dump());
    EXPECT_EQ(cut.state, VerdictState::kInvalid);
    EXPECT_THAT(cut.failure, HasSubstr("which may be a draft. It was cut off at 1024 tokens"));
}

TEST_F(Anthropic, WithoutTheToolTheVerdictIsText) {
    const Verdict verdict = bench_.one([](const auto& request, int) {
        if (request.body.find("\"tools\"") != std::string::npos) {
            return ScriptedReply{400,
                                 R"({"type": "error", "error": {"type": "invalid_request_error",
                "message": "tool_choice: forced use is not supported by this model"}})"};
        }
        return ScriptedReply{200, anthropic_text_reply(verdict_text("TIE"))};
    });
    EXPECT_EQ(verdict.state, VerdictState::kTie);
    ASSERT_EQ(bench_.notes_.lines.size(), 1u);
    EXPECT_THAT(bench_.notes_.lines[0], HasSubstr("the verdict as text instead of a tool's input"));
}

TEST_F(Anthropic, AnOverloadedServerIsAskedAgain) {
    const Verdict verdict = bench_.one([](const auto&, int n) {
        return n == 1
                   ? ScriptedReply{529,
                                   R"({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})"}
                   : ScriptedReply{200, anthropic_tool_reply(verdict_text("A"))};
    });
    EXPECT_EQ(verdict.state, VerdictState::kA);
    EXPECT_EQ(verdict.n_attempts, 2);
}

TEST_F(Anthropic, ATemperatureThatItDoesNotTakeIsRefusedBeforeAnythingRuns) {
    bench_.spec_.api().temp = 1.5;
    bench_.spec_.api().url = "http://127.0.0.1:9";
    const auto judge = make_judge(
        bench_.spec_,
        {[](const std::string&, const std::string&) -> Result<std::string> { return ""; }},
        bench_.notes_);
    ASSERT_FALSE(judge);
    EXPECT_EQ(
        to_sentence(judge.error()),
        "judge sim: temp is 1.5, and anthropic takes no more than 1. give it a temp from 0 to 1");
}

}  // namespace
}  // namespace assay::judge
