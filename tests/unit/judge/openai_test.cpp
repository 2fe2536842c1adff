#include "assay/judge/openai.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>

#include "assay/judge/make_judge.hpp"
#include "assay/judge/prompt.hpp"
#include "sim_server.hpp"

namespace assay::judge {
namespace {

using namespace std::chrono_literals;
using test::completion_json;
using test::free_port;
using test::RawServer;
using test::ScriptedReply;
using test::SimServer;
using test::verdict_completion;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kKey = "sk-secret-93b1";

struct Notes final : Progress {
    std::vector<std::string> lines;
    std::function<void()> on_note = [] {};
    void begin(std::string_view, std::uint64_t, std::string_view) override {}
    void advance(std::uint64_t) override {}
    void finish(std::string_view) override {}
    void note(std::string_view line) override {
        lines.emplace_back(line);
        on_note();
    }
};

class OpenAi : public ::testing::Test {
 protected:
    void SetUp() override {
        setenv("OPENAI_API_KEY", kKey, 1);
        spec_ = judge_of("openai");
        spec_.name = "sim";
        spec_.api().model = "sim-1";
        spec_.api().concurrency = 1;
        spec_.api().timeout_s = 5;
        spec_.api().retries = 1;
    }
    void TearDown() override { unsetenv("OPENAI_API_KEY"); }

    static std::vector<BlindedPair> pairs(int n) {
        std::vector<BlindedPair> out(static_cast<std::size_t>(n));
        for (int i = 0; i < n; ++i) {
            BlindedPair& pair = out[static_cast<std::size_t>(i)];
            pair.item_id = "i" + std::to_string(i);
            pair.question = "question " + std::to_string(i) + "?";
            pair.expected = "e";
            pair.answer_a = "a";
            pair.answer_b = "b";
        }
        return out;
    }

    void make(const std::string& url) {
        spec_.api().url = url;
        judge_ = make_judge(spec_,
                            {[this](const std::string& jinja, const std::string& json) {
                                return render(jinja, json);
                            }},
                            notes_)
                     .value();
    }

    Result<std::string> render(const std::string& jinja, const std::string& json) {
        EXPECT_EQ(jinja, builtin_template(false));
        if (json.find(unrenderable_) != std::string::npos) {
            return fail("undefined variable");
        }
        if (json.find(interrupting_) != std::string::npos) {
            cancel_ = true;
            throw Error(ErrorKind::kInterrupted, {"stopped", {}, {}});
        }
        return "rendered " + nlohmann::json::parse(json)["question"].get<std::string>();
    }

    RunResult run(int n) {
        const auto items = pairs(n);
        begin_ = std::chrono::steady_clock::now();
        auto result = judge_->run(
            source_of(items),
            [this](const Verdict& v) { verdicts_.emplace(v.item_id, v); },
            cancel_);
        took_ = std::chrono::steady_clock::now() - begin_;
        return result;
    }

    /// Judges one pair by a server with this script and checks that the key shows up nowhere.
    Verdict one(test::Script script) {
        SimServer server(std::move(script));
        make(server.url());
        result_ = run(1);
        seen_ = server.seen();
        EXPECT_EQ(verdicts_.size(), 1u);
        const Verdict verdict = verdicts_.at("i0");
        for (const std::string& text : {verdict.raw,
                                        verdict.reasoning,
                                        verdict.failure,
                                        verdict.model_version,
                                        to_sentence(result_.why)}) {
            EXPECT_THAT(text, Not(HasSubstr(kKey)));
        }
        for (const std::string& line : notes_.lines) {
            EXPECT_THAT(line, Not(HasSubstr(kKey)));
        }
        return verdict;
    }

    JudgeSpec spec_;
    Notes notes_;
    std::unique_ptr<Judge> judge_;
    std::string unrenderable_ = "no such text", interrupting_ = "no such text";
    std::atomic<bool> cancel_{false};
    std::map<std::string, Verdict> verdicts_;
    std::vector<test::SeenRequest> seen_;
    RunResult result_;
    std::chrono::steady_clock::time_point begin_;
    std::chrono::steady_clock::duration took_{};
};

TEST_F(OpenAi, StoresTheVerdictWithAllThatBelongsToIt) {
    const Verdict verdict = one([](const auto&, int) {
        return ScriptedReply{200, verdict_completion("B", "B is right.")};
    });
    EXPECT_EQ(result_.end, RunEnd::kFinished);
    EXPECT_EQ(verdict.state, VerdictState::kB);
    EXPECT_EQ(verdict.confidence, Confidence::kHigh);
    EXPECT_EQ(verdict.reasoning, "B is right.");
    EXPECT_EQ(verdict.raw, R"({"confidence":"high","reasoning":"B is right.","verdict":"B"})");
    EXPECT_EQ(verdict.failure, "");
    EXPECT_EQ(verdict.model_version, "sim-1-2026");
    EXPECT_EQ(verdict.n_prompt_tokens, 10);
    EXPECT_EQ(verdict.n_reply_tokens, 5);
    EXPECT_EQ(verdict.n_attempts, 1);
    EXPECT_GT(verdict.elapsed_ms, 0);
    EXPECT_EQ(verdict.prompt_sha256.size(), 64u);
    ASSERT_EQ(seen_.size(), 1u);
    EXPECT_EQ(seen_[0].authorization, std::string("Bearer ") + kKey);
    const auto request = nlohmann::json::parse(seen_[0].body);
    EXPECT_EQ(request["messages"][0]["content"], system_text());
    EXPECT_EQ(request["messages"][1]["content"], "rendered question 0?");
}

TEST_F(OpenAi, AReplyWithoutAVerdictIsInvalidAndNotAskedAgain) {
    const Verdict verdict = one([](const auto&, int) {
        return ScriptedReply{200, completion_json("I like both of them.")};
    });
    EXPECT_EQ(verdict.state, VerdictState::kInvalid);
    EXPECT_EQ(verdict.raw, "I like both of them.");
    EXPECT_EQ(verdict.n_attempts, 1);
    EXPECT_FALSE(verdict.failure.empty());
}

TEST_F(OpenAi, AnEmptyReplyIsInvalid) {
    const Verdict verdict = one([](const auto&, int) {
        return ScriptedReply{200, completion_json("")};
    });
    EXPECT_EQ(verdict.state, VerdictState::kInvalid);
    EXPECT_EQ(verdict.failure, "The reply is empty.");
    EXPECT_THAT(verdict.raw, HasSubstr("choices"));
}

TEST_F(OpenAi, AReplyCutOffByItsLengthIsInvalidAndSaysSo) {
    const Verdict verdict = one([](const auto&, int) {
        return ScriptedReply{200, completion_json("{\"reasoning\": \"A is", "length")};
    });
    EXPECT_EQ(verdict.state, VerdictState::kInvalid);
    EXPECT_THAT(verdict.failure, HasSubstr("max-tokens"));
}

TEST_F(OpenAi, AFilterOrARefusalIsRefused) {
    const Verdict filtered = one([](const auto&, int) {
        return ScriptedReply{200, completion_json("", "content_filter")};
    });
    EXPECT_EQ(filtered.state, VerdictState::kRefused);
    verdicts_.clear();
    const Verdict refused = one([](const auto&, int) {
        return ScriptedReply{
            200,
            R"({"choices":[{"finish_reason":"stop","message":{"content":null,"refusal":"I cannot help."}}]})"};
    });
    EXPECT_EQ(refused.state, VerdictState::kRefused);
    EXPECT_EQ(refused.raw, "I cannot help.");
    EXPECT_THAT(refused.failure, HasSubstr("I cannot help."));
    verdicts_.clear();
    const Verdict azure = one([](const auto&, int) {
        return ScriptedReply{
            400, R"({"error":{"message":"filtered: response_format","code":"content_filter"}})"};
    });
    EXPECT_EQ(azure.state, VerdictState::kRefused);
}

TEST_F(OpenAi, PassingTroubleIsTriedAgain) {
    for (const int status : {408, 409, 425, 429, 500, 502, 503, 504}) {
        verdicts_.clear();
        const Verdict verdict = one([&](const auto&, int n) {
            return n == 1 ? ScriptedReply{status, "oops"}
                          : ScriptedReply{200, verdict_completion("A")};
        });
        EXPECT_EQ(verdict.state, VerdictState::kA) << status;
        EXPECT_EQ(verdict.n_attempts, 2) << status;
    }
}

TEST_F(OpenAi, TroubleThatDoesNotPassIsAnErrorAfterTheRetries) {
    const Verdict verdict = one([](const auto&, int) { return ScriptedReply{500, "oops"}; });
    EXPECT_EQ(verdict.state, VerdictState::kError);
    EXPECT_EQ(verdict.n_attempts, 2);
    EXPECT_EQ(verdict.raw, "oops");
    EXPECT_THAT(verdict.failure, HasSubstr("answered 500: oops"));
    EXPECT_EQ(result_.end, RunEnd::kFinished);
}

TEST_F(OpenAi, OtherStatusesAreErrorsAtOnce) {
    for (const int status : {301, 400, 402, 413, 422}) {
        verdicts_.clear();
        const Verdict verdict = one([&](const auto&, int) {
            return ScriptedReply{status, "no", {{"Location", "/elsewhere"}}};
        });
        EXPECT_EQ(verdict.state, VerdictState::kError) << status;
        EXPECT_EQ(verdict.n_attempts, 1) << status;
        EXPECT_THAT(verdict.failure, HasSubstr(std::to_string(status)));
        EXPECT_EQ(result_.end, RunEnd::kFinished) << status;
    }
}

TEST_F(OpenAi, RetryAfterIsHeeded) {
    const Verdict verdict = one([](const auto&, int n) {
        return n == 1 ? ScriptedReply{429, "{}", {{"Retry-After", "1"}}}
                      : ScriptedReply{200, verdict_completion("A")};
    });
    EXPECT_EQ(verdict.state, VerdictState::kA);
    EXPECT_GE(took_, 1s);  // the first backoff alone is at most 0.5 s
    EXPECT_LT(took_, 3s);
}

TEST_F(OpenAi, RetryAfterAsADateIsHeeded) {
    const Verdict verdict = one([](const auto&, int n) {
        return n == 1 ? ScriptedReply{503,
                                      "{}",
                                      {{"Date", "Sun, 06 Nov 1994 08:49:37 GMT"},
                                       {"Retry-After", "Sun, 06 Nov 1994 08:49:38 GMT"}}}
                      : ScriptedReply{200, verdict_completion("A")};
    });
    EXPECT_EQ(verdict.state, VerdictState::kA);
    EXPECT_GE(took_, 1s);
    EXPECT_LT(took_, 3s);
}

TEST_F(OpenAi, A200ThatIsNoCompletionIsTriedAgainAndThenAnError) {
    const std::string half = verdict_completion("A").substr(0, 60);
    for (const std::string& body : {half, std::string("<html>captive portal</html>")}) {
        verdicts_.clear();
        const Verdict verdict = one([&](const auto&, int) { return ScriptedReply{200, body}; });
        EXPECT_EQ(verdict.state, VerdictState::kError);
        EXPECT_EQ(verdict.n_attempts, 2);
        EXPECT_EQ(verdict.raw, body);
        EXPECT_THAT(verdict.failure, HasSubstr("completion document"));
    }
}

TEST_F(OpenAi, ATimeoutIsTriedAgainAndThenAnError) {
    spec_.api().timeout_s = 0.3;
    const Verdict verdict = one([](const auto&, int) {
        return ScriptedReply{200, verdict_completion("A"), {}, 600ms};
    });
    EXPECT_EQ(verdict.state, VerdictState::kError);
    EXPECT_EQ(verdict.n_attempts, 2);
    EXPECT_THAT(verdict.failure, HasSubstr("no whole reply within 0.3 s"));
}

TEST_F(OpenAi, AConnectionThatBreaksIsTriedAgain) {
    RawServer server("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"choices\"");
    make(server.url());
    run(1);
    EXPECT_EQ(verdicts_.at("i0").state, VerdictState::kError);
    EXPECT_EQ(verdicts_.at("i0").n_attempts, 2);
    EXPECT_THAT(verdicts_.at("i0").failure,
                HasSubstr("127.0.0.1:" + std::to_string(server.port())));
}

TEST_F(OpenAi, StopsAtOnceWhereNobodyMayOrCanAnswer) {
    for (const int status : {401, 403, 404}) {
        verdicts_.clear();
        SimServer server([&](const auto&, int) {
            return ScriptedReply{
                status,
                nlohmann::json{{"error", {{"message", std::string("bad key ") + kKey}}}}.dump()};
        });
        make(server.url());
        const RunResult result = run(20);
        EXPECT_EQ(result.end, RunEnd::kStopped);
        EXPECT_EQ(verdicts_.size(), 1u);
        EXPECT_EQ(verdicts_.at("i0").state, VerdictState::kError);
        EXPECT_EQ(server.seen().size(), 1u);
        const std::string sentence = to_sentence(result.why);
        EXPECT_THAT(sentence, HasSubstr("127.0.0.1:" + std::to_string(server.port())));
        EXPECT_THAT(sentence, HasSubstr(std::to_string(status)));
        EXPECT_THAT(sentence, HasSubstr(status == 404 ? "sim-1" : "OPENAI_API_KEY"));
        EXPECT_THAT(sentence, HasSubstr("bad key [key]"));
        EXPECT_THAT(sentence, Not(HasSubstr(kKey)));
        EXPECT_THAT(verdicts_.at("i0").raw, Not(HasSubstr(kKey)));
        EXPECT_THAT(verdicts_.at("i0").failure, Not(HasSubstr(kKey)));
    }
}

TEST_F(OpenAi, WhatWaitsForAnotherAttemptWhenItStopsIsAnErrorAndTheRestIsUntouched) {
    spec_.api().concurrency = 4;
    SimServer server([](const auto& request, int) {
        if (request.body.find("question 2?") != std::string::npos) {
            return ScriptedReply{401, "{}", {}, 300ms};
        }
        return ScriptedReply{503, "{}", {{"Retry-After", "20"}}};
    });
    make(server.url());
    EXPECT_EQ(run(20).end, RunEnd::kStopped);
    EXPECT_EQ(verdicts_.size(), 4u);
    for (const auto& [id, verdict] : verdicts_) {
        EXPECT_EQ(verdict.state, VerdictState::kError) << id;
    }
    EXPECT_LT(took_, 2900ms);
}

TEST_F(OpenAi, BecomesPlainerStepByStepAndRemembersIt) {
    SimServer server([](const auto& request, int) {
        const auto body = nlohmann::json::parse(request.body);
        if (body.contains("response_format")) {
            return ScriptedReply{
                400,
                R"({"error":{"message":"response_format of type json_schema or json_object is not supported"}})"};
        }
        if (body.contains("max_tokens")) {
            return ScriptedReply{
                400,
                R"({"error":{"param":"max_tokens","message":"Use 'max_completion_tokens' instead."}})"};
        }
        if (body.contains("temperature")) {
            return ScriptedReply{400, R"({"error":{"message":"temperature is not supported"}})"};
        }
        return ScriptedReply{200, verdict_completion("A")};
    });
    make(server.url());
    EXPECT_EQ(run(3).end, RunEnd::kFinished);
    for (const auto& [id, verdict] : verdicts_) {
        EXPECT_EQ(verdict.state, VerdictState::kA) << id << verdict.failure;
    }
    EXPECT_EQ(verdicts_.at("i0").n_attempts, 5);
    EXPECT_EQ(verdicts_.at("i1").n_attempts, 1);
    EXPECT_EQ(server.seen().size(), 7u);
    ASSERT_EQ(notes_.lines.size(), 4u);
    EXPECT_THAT(notes_.lines[0], HasSubstr("json_object instead of json_schema"));
    EXPECT_THAT(notes_.lines[3], HasSubstr("without temperature"));
    verdicts_.clear();
    run(1);  // the next wave
    EXPECT_EQ(server.seen().size(), 8u);
}

TEST_F(OpenAi, RequestsThatLeftBeforeItBecamePlainerAreSentAgain) {
    spec_.api().concurrency = 4;
    SimServer server([](const auto& request, int) {
        if (request.body.find("json_schema") != std::string::npos) {
            return ScriptedReply{400, "json_schema?", {}, 50ms};
        }
        return ScriptedReply{200, verdict_completion("A")};
    });
    make(server.url());
    run(4);
    for (const auto& [id, verdict] : verdicts_) {
        EXPECT_EQ(verdict.state, VerdictState::kA) << id;
        EXPECT_EQ(verdict.n_attempts, 2) << id;
    }
    EXPECT_EQ(verdicts_.size(), 4u);
    EXPECT_EQ(notes_.lines.size(), 1u);
}

TEST_F(OpenAi, AsManyRequestsRunTogetherAsTheSpecSays) {
    spec_.api().concurrency = 5;
    spec_.api().timeout_s = 20;
    test::Gate gate(5);
    SimServer server([&](const auto&, int) {
        gate.pass();
        return ScriptedReply{200, verdict_completion("A"), {}, 20ms};
    });
    make(server.url());
    EXPECT_EQ(run(18).end, RunEnd::kFinished);
    EXPECT_EQ(verdicts_.size(), 18u);
    EXPECT_EQ(server.n_at_once(), 5);
}

TEST_F(OpenAi, NobodyThereOpensTheCircuitWithinSeconds) {
    const int port = free_port();
    for (const int concurrency : {1, 4}) {
        spec_.api().concurrency = concurrency;
        spec_.api().retries = 5;
        verdicts_.clear();
        make("http://127.0.0.1:" + std::to_string(port) + "/v1");
        const RunResult result = run(100);
        EXPECT_EQ(result.end, RunEnd::kStopped);
        EXPECT_THAT(to_sentence(result.why), HasSubstr("127.0.0.1:" + std::to_string(port)));
        EXPECT_LE(verdicts_.size(), 4u);
        EXPECT_GE(verdicts_.size(), 1u);
        for (const auto& [id, verdict] : verdicts_) {
            EXPECT_EQ(verdict.state, VerdictState::kError) << id;
        }
        EXPECT_LT(took_, 10s);
    }
}

TEST_F(OpenAi, NobodyThereForTheOnlyPairIsSaidToo) {
    const int port = free_port();
    make("http://127.0.0.1:" + std::to_string(port) + "/v1");
    const RunResult result = run(1);
    EXPECT_EQ(result.end, RunEnd::kStopped);
    EXPECT_THAT(to_sentence(result.why), HasSubstr("127.0.0.1:" + std::to_string(port)));
    EXPECT_EQ(verdicts_.at("i0").state, VerdictState::kError);
}

TEST_F(OpenAi, AReplyInBetweenKeepsTheCircuitClosed) {
    spec_.api().retries = 0;
    SimServer server([](const auto&, int n) {
        return n % 8 == 0 ? ScriptedReply{200, verdict_completion("A")}
                          : ScriptedReply{200, "half"};
    });
    make(server.url());
    EXPECT_EQ(run(30).end, RunEnd::kFinished);
    EXPECT_EQ(verdicts_.size(), 30u);
}

TEST_F(OpenAi, ServerErrorsDoNotOpenTheCircuit) {
    spec_.api().retries = 0;
    SimServer server([](const auto&, int) { return ScriptedReply{503, "loading"}; });
    make(server.url());
    EXPECT_EQ(run(15).end, RunEnd::kFinished);
    EXPECT_EQ(verdicts_.size(), 15u);
}

TEST_F(OpenAi, CancelEndsWithinASecondAndKeepsWhatArrived) {
    spec_.api().concurrency = 2;
    SimServer server([](const auto&, int n) {
        return ScriptedReply{200, verdict_completion("A"), {}, n <= 2 ? 0ms : 2000ms};
    });
    make(server.url());
    std::chrono::steady_clock::time_point cancelled;
    std::thread canceller([&] {
        while (server.seen().size() < 4) {
            std::this_thread::sleep_for(5ms);
        }
        cancelled = std::chrono::steady_clock::now();
        cancel_ = true;
    });
    const RunResult result = run(10);
    canceller.join();
    EXPECT_EQ(result.end, RunEnd::kCancelled);
    EXPECT_LT(begin_ + took_ - cancelled, 1s);
    EXPECT_EQ(verdicts_.size(), 2u);
    for (const auto& [id, verdict] : verdicts_) {
        EXPECT_EQ(verdict.state, VerdictState::kA) << id;
    }
}

TEST_F(OpenAi, CancelDoesNotWaitForARetry) {
    SimServer server([](const auto&, int) {
        return ScriptedReply{429, "{}", {{"Retry-After", "200"}}};
    });
    make(server.url());
    notes_.on_note = [this] { cancel_ = true; };  // the wait has begun
    EXPECT_EQ(run(1).end, RunEnd::kCancelled);
    EXPECT_LT(took_, 2s);
    EXPECT_TRUE(verdicts_.empty());
    ASSERT_EQ(notes_.lines.size(), 1u);
    EXPECT_THAT(notes_.lines[0], HasSubstr("3 min 20 s"));
}

TEST_F(OpenAi, AKeyThatTheServerEchoesIsHidden) {
    const Verdict verdict = one([](const auto& request, int) {
        auto body = nlohmann::json::parse(
            verdict_completion("A", "I was sent " + request.authorization));
        body["model"] = request.authorization;
        return ScriptedReply{200, body.dump()};
    });
    EXPECT_EQ(verdict.state, VerdictState::kA);
    EXPECT_EQ(verdict.reasoning, "I was sent Bearer [key]");
    EXPECT_EQ(verdict.model_version, "Bearer [key]");
    verdicts_.clear();
    const Verdict error = one([](const auto& request, int) {
        return ScriptedReply{400, "temperature for " + request.authorization};
    });
    EXPECT_EQ(error.state, VerdictState::kError);  // without temperature it is the same error again
    EXPECT_THAT(error.raw, HasSubstr("[key]"));
}

TEST_F(OpenAi, AWordInPlaceOfAKeyDoesNotSpoilTexts) {
    setenv("OPENAI_API_KEY", "A", 1);
    const Verdict verdict = one([](const auto&, int) {
        return ScriptedReply{200, verdict_completion("A", "A is right")};
    });
    EXPECT_EQ(verdict.state, VerdictState::kA);
    EXPECT_EQ(verdict.reasoning, "A is right");
}

TEST_F(OpenAi, APromptThatCannotBeRenderedIsAnErrorOfItsPair) {
    unrenderable_ = "question 1?";
    SimServer server([](const auto&, int) { return ScriptedReply{200, verdict_completion("A")}; });
    make(server.url());
    EXPECT_EQ(run(3).end, RunEnd::kFinished);
    EXPECT_EQ(verdicts_.at("i0").state, VerdictState::kA);
    EXPECT_EQ(verdicts_.at("i1").state, VerdictState::kError);
    EXPECT_EQ(verdicts_.at("i1").n_attempts, 0);
    EXPECT_THAT(verdicts_.at("i1").failure, HasSubstr("undefined variable"));
    EXPECT_EQ(verdicts_.at("i2").state, VerdictState::kA);
}

TEST_F(OpenAi, ARendererThatIsInterruptedEndsTheRunLikeTheFlag) {
    interrupting_ = "question 2?";
    SimServer server([](const auto&, int) { return ScriptedReply{200, verdict_completion("A")}; });
    make(server.url());
    EXPECT_EQ(run(5).end, RunEnd::kCancelled);
    EXPECT_EQ(verdicts_.size(), 2u);
    EXPECT_FALSE(verdicts_.contains("i2"));
}

TEST_F(OpenAi, ASourceThatEndsEarlyEndsTheJudgingAndWhatWasBegunIsFinished) {
    SimServer server([](const auto&, int) {
        return ScriptedReply{
            .status = 200, .body = verdict_completion("A"), .delay = std::chrono::milliseconds(50)};
    });
    make(server.url());
    const auto items = pairs(9);
    int n_asked = 0;
    const auto all = source_of(items);
    const PairSource until_three_came = [&]() -> std::optional<BlindedPair> {
        ++n_asked;
        if (verdicts_.size() >= 3) {
            return std::nullopt;
        }
        return all();
    };
    const auto result = judge_->run(
        until_three_came, [this](const Verdict& v) { verdicts_.emplace(v.item_id, v); }, cancel_);
    EXPECT_EQ(result.end, RunEnd::kFinished);
    EXPECT_EQ(static_cast<int>(verdicts_.size()), n_asked - 1);
    EXPECT_LT(verdicts_.size(), items.size());
}

TEST_F(OpenAi, RepliesUnderWayAreWaitedForWhenTheJudgeStops) {
    // The second request is refused at once while the first one's reply takes its time.
    SimServer server([](const auto&, int n) {
        if (n == 1) {
            return ScriptedReply{.status = 200,
                                 .body = verdict_completion("B"),
                                 .delay = std::chrono::milliseconds(600)};
        }
        return ScriptedReply{.status = 401, .body = R"({"error": {"message": "no"}})"};
    });
    spec_.api().concurrency = 2;
    make(server.url());
    const auto result = run(20);
    EXPECT_EQ(result.end, RunEnd::kStopped);
    ASSERT_EQ(verdicts_.size(), 2u);  // the rest is untouched
    int n_b = 0;
    for (const auto& [id, verdict] : verdicts_) {
        n_b += verdict.state == VerdictState::kB;
    }
    EXPECT_EQ(n_b, 1);
}

TEST_F(OpenAi, AnExceptionOfTheSinkPassesThrough) {
    SimServer server([](const auto&, int) { return ScriptedReply{200, verdict_completion("A")}; });
    make(server.url());
    const auto items = pairs(3);
    EXPECT_THROW(
        static_cast<void>(judge_->run(
            source_of(items), [](const Verdict&) { throw_operational("disk full"); }, cancel_)),
        Error);
}

TEST_F(OpenAi, AnotherAddressGetsNoDefaultKey) {
    // A name that is not loopback by its spelling, sent through a proxy that is the test's server.
    SimServer proxy([](const auto&, int) { return ScriptedReply{200, verdict_completion("A")}; });
    setenv("http_proxy", ("http://127.0.0.1:" + std::to_string(proxy.port())).c_str(), 1);
    make("http://judge.example/v1");
    run(1);
    spec_.api().api_key_env = "OPENAI_API_KEY";
    make("http://judge.example/v1");
    run(1);
    unsetenv("http_proxy");
    ASSERT_EQ(proxy.seen().size(), 2u);
    EXPECT_EQ(proxy.seen()[0].authorization, "");
    EXPECT_EQ(proxy.seen()[1].authorization, std::string("Bearer ") + kKey);
    ASSERT_EQ(notes_.lines.size(), 1u);
    EXPECT_THAT(notes_.lines[0], HasSubstr("unencrypted"));
}

}  // namespace
}  // namespace assay::judge
