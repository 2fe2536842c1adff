// Replies with status 200 that are none, and errors that concern one pair, as servers in the wild
// write them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http_bench.hpp"

namespace assay::judge {
namespace {

using test::ScriptedReply;
using test::verdict_completion;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class HttpFaults : public ::testing::Test {
 protected:
    void SetUp() override { setenv("OPENAI_API_KEY", kBenchKey, 1); }
    void TearDown() override { unsetenv("OPENAI_API_KEY"); }

    HttpBench bench_{"openai", test::openai_complaints};
};

/// A whole completion whose choice was broken off with an error.
std::string broken_off(int code) {
    return R"({"choices": [{"message": {"content": "One of th"}, "finish_reason": "error",
                "error": {"message": "upstream closed the connection", "code": )" +
           std::to_string(code) + "}}]}";
}

std::string with_prompt_tokens(std::int64_t n) {
    auto document = nlohmann::json::parse(verdict_completion("A"));
    document["usage"] = {{"prompt_tokens", n}, {"completion_tokens", 40}};
    return document.dump();
}

TEST_F(HttpFaults, AnErrorInsideTheChoiceIsTriedAgain) {
    const Verdict verdict = bench_.one([](const auto&, int n) {
        return ScriptedReply{200, n == 1 ? broken_off(502) : verdict_completion("B")};
    });
    EXPECT_EQ(verdict.state, VerdictState::kB);
    EXPECT_EQ(verdict.n_attempts, 2);
}

TEST_F(HttpFaults, AnErrorInTheBodyGoesByTheRulesOfItsCode) {
    const Verdict limit = bench_.one(R"({"error": {"message": "Daily limit.", "code": 429}})");
    EXPECT_EQ(limit.state, VerdictState::kError);
    EXPECT_EQ(limit.n_attempts, 2);
    EXPECT_THAT(limit.failure, AllOf(HasSubstr("Daily limit."), HasSubstr("429")));
    const Verdict bad = bench_.one(R"({"error": {"message": "no such thing", "code": 400}})");
    EXPECT_EQ(bad.state, VerdictState::kError);
    EXPECT_EQ(bad.n_attempts, 1);
    const Verdict unknown = bench_.one(R"({"error": "the model is loading"})");
    EXPECT_EQ(unknown.n_attempts, 2);
    EXPECT_THAT(unknown.failure, HasSubstr("the model is loading"));
}

TEST_F(HttpFaults, AnAddressWithoutItsPathStopsTheJudgeInTheServersWords) {
    bench_.judge(3, [](const auto&, int) {
        return ScriptedReply{200, R"({"error": "Unexpected endpoint or method."})"};
    });
    EXPECT_EQ(bench_.result_.end, RunEnd::kStopped);
    EXPECT_THAT(bench_.result_.why.message, HasSubstr("Unexpected endpoint"));
    EXPECT_EQ(bench_.seen_.size(), 1u);
}

TEST_F(HttpFaults, AnEndThatIsNotKnownIsNoReply) {
    const Verdict verdict = bench_.one(test::completion_json(R"({"verdict": "A"})", "abort"));
    EXPECT_EQ(verdict.state, VerdictState::kError);
    EXPECT_EQ(verdict.n_attempts, 2);
    EXPECT_THAT(verdict.failure, HasSubstr("abort"));
}

TEST_F(HttpFaults, WhatCannotBeReadIsQuoted) {
    EXPECT_THAT(bench_.one("data: {\"choices\": []}\n\ndata: [DONE]\n").failure,
                HasSubstr("an event stream"));
    EXPECT_THAT(bench_.one("<!doctype html><p>Sign in</p>").failure,
                AllOf(HasSubstr("an HTML page"), HasSubstr("Sign in"), HasSubstr("/v1")));
    EXPECT_THAT(bench_.one("").failure, HasSubstr("it is empty"));
}

TEST_F(HttpFaults, AnEmptyTextBesideThoughtsSaysSo) {
    const Verdict verdict = bench_.one(
        R"({"choices": [{"message": {"content": null, "reasoning_content": "A"},
            "finish_reason": "stop"}]})");
    EXPECT_EQ(verdict.state, VerdictState::kInvalid);
    EXPECT_THAT(verdict.failure, HasSubstr("reasoning_content"));
}

TEST_F(HttpFaults, APairThatIsTooLongChangesNoOtherRequest) {
    bench_.judge(3, [](const test::SeenRequest& request, int) {
        if (request.body.find("question 1?") != std::string::npos) {
            return ScriptedReply{
                400,
                R"({"error": {"message": "'max_tokens' or 'max_completion_tokens' is too large: 1024. This model's maximum context length is 2048 tokens"}})"};
        }
        return ScriptedReply{200, verdict_completion("A")};
    });
    EXPECT_EQ(bench_.count(VerdictState::kA), 2);
    EXPECT_EQ(bench_.verdicts_.at("i1").state, VerdictState::kError);
    ASSERT_EQ(bench_.seen_.size(), 3u);
    EXPECT_TRUE(bench_.request(2).contains("max_tokens"));
    EXPECT_THAT(bench_.notes_.lines, IsEmpty());
}

TEST_F(HttpFaults, APlainerRequestThatFailsTooChangesNoOtherRequest) {
    bench_.judge(3, [](const test::SeenRequest& request, int) {
        if (request.body.find("question 1?") != std::string::npos) {
            return ScriptedReply{400, R"({"error": {"message": "max_tokens: I do not like it"}})"};
        }
        return ScriptedReply{200, verdict_completion("A")};
    });
    EXPECT_EQ(bench_.verdicts_.at("i1").state, VerdictState::kError);
    EXPECT_TRUE(bench_.request(bench_.seen_.size() - 1).contains("max_tokens"));
    EXPECT_THAT(bench_.notes_.lines, IsEmpty());
}

TEST_F(HttpFaults, APromptThatTheServerCutIsNoVerdict) {
    bench_.judge(2, [](const auto&, int) { return ScriptedReply{200, with_prompt_tokens(300)}; });
    EXPECT_EQ(bench_.count(VerdictState::kA), 2) << "short prompts of one length";
    bench_.long_questions_ = true;
    bench_.judge(8, [](const auto&, int) { return ScriptedReply{200, with_prompt_tokens(2050)}; });
    EXPECT_LE(bench_.count(VerdictState::kA), 2) << "the first ones, before it can be seen";
    EXPECT_EQ(bench_.verdicts_.at("i7").state, VerdictState::kError);
    EXPECT_THAT(bench_.verdicts_.at("i7").failure,
                AllOf(HasSubstr("2050"), HasSubstr("OLLAMA_CONTEXT_LENGTH")));
    EXPECT_EQ(bench_.notes_.lines.size(), 1u);
}

}  // namespace
}  // namespace assay::judge
