// Replies with status 200 that are no answers, as servers in the wild write them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "served_bench.hpp"
#include "sim_server.hpp"

namespace assay::llm {
namespace {

using nlohmann::json;
using test::ScriptedReply;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr const char* kModels = R"({"data": [{"id": "m:1", "owned_by": "own"}]})";

/// A server with one model whose n-th question is answered with `body(n)`.
test::Script server_that_answers(const std::function<std::string(int n)>& body) {
    auto n_asked = std::make_shared<int>(0);
    return [=](const test::SeenRequest& request, int) {
        if (request.path.ends_with("/models")) {
            return ScriptedReply{200, kModels};
        }
        return ScriptedReply{200, body(++*n_asked)};
    };
}

struct Bench : ServedBench {
    explicit Bench(const test::SimServer& server) : ServedBench("openai", {server.url()}) {
        options.spec.concurrency = 1;
        options.generation.top_k = 0;
        options.generation.min_p = 0;
        options.generation.repeat_penalty = 1;
    }
};

TEST(ServedFaults, AnErrorInsideTheChoiceIsAskedAgainAndItsHalfTextIsNoAnswer) {
    const test::SimServer server(server_that_answers([](int n) {
        return n > 1
                   ? test::completion_json("A full answer.")
                   : std::string(
                         R"({"choices": [{"message": {"content": "A full ans"}, "finish_reason": "error",
                               "error": {"code": 502, "message": "upstream closed"}}]})");
    }));
    Bench bench(server);
    const auto answers = bench.run(1);
    EXPECT_EQ(answers.at("q0").answer().text, "A full answer.");
    const auto asked = json::parse(server.seen().at(1).body);
    EXPECT_EQ(asked.at("stream"), false);
}

TEST(ServedFaults, AnErrorThatStaysIsAFailedAnswerInTheServersWords) {
    const test::SimServer server(server_that_answers([](int n) {
        return n == 1 ? test::completion_json("x")
                      : std::string(R"({"error": {"message": "Daily limit.", "code": 429}})");
    }));
    Bench bench(server);
    const auto answers = bench.run(2);
    EXPECT_EQ(answers.at("q1").answer().stop_reason, StopReason::kFailed);
    EXPECT_THAT(answers.at("q1").failure, AllOf(HasSubstr("Daily limit."), HasSubstr("429")));
}

TEST(ServedFaults, AnEmptyTextBesideThoughtsIsAFailedAnswer) {
    const test::SimServer server(server_that_answers([](int) {
        return R"({"choices": [{"message": {"content": "", "reasoning_content": "Let me think"},
                   "finish_reason": "length"}]})";
    }));
    Bench bench(server);
    const auto answers = bench.run(1);
    EXPECT_EQ(answers.at("q0").answer().stop_reason, StopReason::kFailed);
    EXPECT_THAT(answers.at("q0").failure, HasSubstr("reasoning_content"));
}

TEST(ServedFaults, AReplyThatCannotBeReadIsQuoted) {
    const test::SimServer server(
        server_that_answers([](int) { return "<html><body>Sign in</body></html>"; }));
    Bench bench(server);
    const auto answers = bench.run(1);
    EXPECT_THAT(answers.at("q0").failure, AllOf(HasSubstr("HTML page"), HasSubstr("Sign in")));
}

}  // namespace
}  // namespace assay::llm
