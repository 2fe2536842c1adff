#include "assay/llm/served_generator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "served_bench.hpp"
#include "sim_ollama.hpp"

namespace assay::llm {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using test::ollama_answer;
using test::ScriptedReply;
using test::SimOllama;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string user_of(const json& request) {
    return request["messages"].back()["content"];
}

TEST(ServedGenerator, EveryQuestionIsAnsweredOnceAtAllAddressesTogether) {
    SimOllama one("m:1", "d1"), two("m:1", "d1");
    test::Gate gate(6);
    const auto wait = [&](const json& request, int) {
        gate.pass();
        return ScriptedReply{200, ollama_answer("of " + user_of(request))};
    };
    one.on_chat(wait);
    two.on_chat(wait);
    ServedBench bench("ollama", {one.url(), two.url()});
    bench.options.spec.concurrency = 3;
    const auto answers = bench.run(20);
    ASSERT_EQ(answers.size(), 20u);
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(answers.at("q" + std::to_string(i)).answer().text, "of u" + std::to_string(i));
    }
    EXPECT_EQ(one.chats().size() + two.chats().size(), 20u);
    EXPECT_GE(one.chats().size(), 3u);
    EXPECT_GE(two.chats().size(), 3u);
    EXPECT_LE(one.n_chats_at_once(), 3);
}

TEST(ServedGenerator, AddressesWithDifferentModelsAreRefused) {
    SimOllama one("m:1", "d1"), two("m:1", "d2");
    ServedBench bench("ollama", {one.url(), two.url()});
    EXPECT_THAT(
        bench.error_of_run(1),
        AllOf(HasSubstr("not the same model everywhere"), HasSubstr("d1"), HasSubstr("d2")));
}

TEST(ServedGenerator, AFailedRequestIsAskedAgainAndInTheEndAFailedAnswer) {
    SimOllama server("m:1", "d1");
    int n_for_u1 = 0;
    server.on_chat([&](const json& request, int) {
        const std::string user = user_of(request);
        if (user == "u1" && ++n_for_u1 == 1) {
            return ScriptedReply{503, R"({"error": "busy"})", {{"Retry-After", "0"}}};
        }
        if (user == "u2") {
            return ScriptedReply{500, R"({"error": "it broke"})"};
        }
        if (user == "u3") {
            return ScriptedReply{400,
                                 R"({"error": "the input length exceeds the context length"})"};
        }
        return ScriptedReply{200, ollama_answer("of " + user)};
    });
    ServedBench bench("ollama", {server.url()});
    bench.options.spec.concurrency = 1;
    const auto answers = bench.run(5);
    ASSERT_EQ(answers.size(), 5u);
    EXPECT_EQ(answers.at("q1").answer().text, "of u1");
    EXPECT_EQ(answers.at("q2").answer().stop_reason, StopReason::kFailed);
    EXPECT_THAT(answers.at("q2").failure, HasSubstr("500: it broke"));
    EXPECT_THAT(answers.at("q3").failure, HasSubstr("exceeds the context length"));
    EXPECT_EQ(server.chats().size(), 5u + 2u);  // u1 and u2 twice
}

TEST(ServedGenerator, AKeyThatIsRefusedStopsTheRunAndIsNeverShown) {
    setenv("ASSAY_SERVED_KEY", "sk-very-secret", 1);
    test::SimServer server([](const test::SeenRequest& request, int) {
        if (request.path == "/v1/models") {
            return ScriptedReply{200, R"({"data": [{"id": "m:1", "owned_by": "vllm"}]})"};
        }
        return ScriptedReply{401, R"({"error": {"message": "wrong key sk-very-secret"}})"};
    });
    ServedBench bench("openai", {server.url()});
    bench.options.spec.api_key_env = "ASSAY_SERVED_KEY";
    bench.options.generation.repeat_penalty = 1;
    const std::string error = bench.error_of_run(4);
    EXPECT_EQ(server.seen().front().authorization, "Bearer sk-very-secret");
    EXPECT_THAT(error,
                AllOf(HasSubstr("401: wrong key [key]"),
                      HasSubstr("api-key-env"),
                      testing::Not(HasSubstr("secret"))));
    unsetenv("ASSAY_SERVED_KEY");
    EXPECT_THAT(bench.error_of_run(4), HasSubstr("ASSAY_SERVED_KEY is not set"));
}

TEST(ServedGenerator, AModelThatIsReplacedMeanwhileStopsTheRunAndItsAnswersAreNotTaken) {
    SimOllama server("m:1", "d1");
    server.on_chat([&](const json& request, int n) {
        if (n == 3) {
            server.set_digest("m:1", "d2");
        }
        return ScriptedReply{200, ollama_answer("of " + user_of(request))};
    });
    ServedBench bench("ollama", {server.url()});
    bench.options.spec.concurrency = 1;
    ServedGenerator generator(bench.options, bench.cancel, bench.notes);
    generator.connect();
    const std::string before = generator.fingerprint();
    std::map<std::string, Generated> taken;
    const std::string error = bench.error_of([&] { bench.run(generator, 5, taken); });
    EXPECT_THAT(
        error, AllOf(HasSubstr("has changed while it answered"), HasSubstr("d1"), HasSubstr("d2")));
    EXPECT_THAT(taken, IsEmpty());
    generator.connect();
    EXPECT_NE(generator.fingerprint(), before);  // the new one's answers have keys of their own
}

TEST(ServedGenerator, AServerThatGoesAwayLosesNoQuestionToAFailure) {
    auto server = std::make_unique<SimOllama>("m:1", "d1");
    ServedBench bench("ollama", {server->url()});
    bench.options.spec.retries = 20;
    ServedGenerator generator(bench.options, bench.cancel, bench.notes);
    generator.connect();
    server.reset();
    std::map<std::string, Generated> answers;
    const std::string error = bench.error_of([&] { answers = bench.run(generator, 3); });
    EXPECT_THAT(error,
                AllOf(HasSubstr("q4 is out of reach, 10 requests in a row failed"),
                      HasSubstr("run again")));
    EXPECT_TRUE(answers.empty());
}

TEST(ServedGenerator, OneDeadAddressOfTwoIsWorkedAround) {
    SimOllama one("m:1", "d1");
    auto two = std::make_unique<SimOllama>("m:1", "d1");
    ServedBench bench("ollama", {one.url(), two->url()});
    bench.options.spec.concurrency = 1;
    bench.options.spec.retries = 5;
    ServedGenerator generator(bench.options, bench.cancel, bench.notes);
    generator.connect();
    two.reset();
    const auto answers = bench.run(generator, 6);
    ASSERT_EQ(answers.size(), 6u);
    for (const auto& [id, answer] : answers) {
        EXPECT_EQ(answer.answer().stop_reason, StopReason::kStop) << id << answer.failure;
    }
}

TEST(ServedGenerator, ThreeRefusalsBeforeAnyAnswerStopTheRun) {
    SimOllama server("m:1", "d1");
    server.on_chat([](const json&, int) {
        return ScriptedReply{400, R"({"error": "no such option"})"};
    });
    ServedBench bench("ollama", {server.url()});
    EXPECT_THAT(bench.error_of_run(9),
                AllOf(HasSubstr("the first 3 questions failed"), HasSubstr("no such option")));
}

TEST(ServedGenerator, CancellingIsSeenWithinASecond) {
    SimOllama server("m:1", "d1");
    server.on_chat([](const json&, int) {
        return ScriptedReply{200, ollama_answer("late"), {}, 1500ms};
    });
    ServedBench bench("ollama", {server.url()});
    ServedGenerator generator(bench.options, bench.cancel, bench.notes);
    generator.connect();
    std::thread canceller([&] {
        std::this_thread::sleep_for(200ms);
        bench.cancel = true;
    });
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_THAT(bench.run(generator, 3), IsEmpty());
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 1200ms);
    canceller.join();
}

/// Answers as a server whose limits stop it hands them on, and the sentence that it stops with.
std::pair<std::map<std::string, Generated>, std::string> stopped_run(ServedBench& bench, int n) {
    std::map<std::string, Generated> answers;
    ServedGenerator generator(bench.options, bench.cancel, bench.notes);
    generator.connect();
    std::string why = bench.error_of([&] { bench.run(generator, n, answers); });
    return {std::move(answers), std::move(why)};
}

TEST(ServedGenerator, WhatItsLimitOfCallsLetOutIsKeptAndTheRestIsNoFailedAnswer) {
    SimOllama server("m:1", "d1");
    ServedBench bench("ollama", {server.url()});
    bench.options.spec.max_calls = 5;
    const auto [answers, why] = stopped_run(bench, 9);
    EXPECT_THAT(why, HasSubstr("q4 was asked 5 times, which is its max-calls"));
    EXPECT_EQ(server.chats().size(), 5u);
    ASSERT_EQ(answers.size(), 5u);
    for (const auto& [id, generated] : answers) {
        EXPECT_EQ(generated.failure, "") << id;
    }
    bench.options.spec.max_calls = 9;
    EXPECT_EQ(bench.run(9).size(), 9u);
}

TEST(ServedGenerator, ARetryThatItsLimitDoesNotLetOutIsNoFailedAnswer) {
    SimOllama server("m:1", "d1");
    server.on_chat([](const json&, int) { return ScriptedReply{500, R"({"error": "busy"})"}; });
    ServedBench bench("ollama", {server.url()});
    bench.options.spec.retries = 5;
    bench.options.spec.max_calls = 2;
    const auto [answers, why] = stopped_run(bench, 1);
    EXPECT_THAT(why, HasSubstr("max-calls"));
    EXPECT_THAT(answers, IsEmpty());
    EXPECT_EQ(server.chats().size(), 2u);
}

TEST(ServedGenerator, ARequestThatCouldCostTooMuchIsNotSent) {
    SimOllama server("m:1", "d1");  // 30 prompt tokens and 7 of the answer, each
    ServedBench bench("ollama", {server.url()});
    bench.options.spec.concurrency = 1;
    bench.options.generation.predict = 100;
    bench.options.spec.price_output = 1e6;  // a token costs 1
    bench.options.spec.max_cost = 125;
    const auto [answers, why] = stopped_run(bench, 9);
    EXPECT_THAT(why, AllOf(HasSubstr("asked 4 times for 28"), HasSubstr("max-cost of 125")));
    EXPECT_EQ(answers.size(), 4u);
    bench.options.spec.price_output = 0;
    EXPECT_THAT(bench.error_of_run(1), HasSubstr("max-cost needs price-input or price-output"));
}

TEST(ServedGenerator, RequestsLeaveNoFasterThanItsLimitAllows) {
    SimOllama server("m:1", "d1");
    ServedBench bench("ollama", {server.url()});
    bench.options.spec.requests_per_minute = 120;
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(bench.run(4).size(), 4u);
    EXPECT_GE(std::chrono::steady_clock::now() - begin, 900ms);  // two at once, then 0.5 s each
    EXPECT_EQ(server.chats().size(), 4u);
}

TEST(ServedGenerator, WhatNamesNoDigestIsToldApartByItsAddress) {
    const auto tell = [](const test::SeenRequest&, int) {
        return ScriptedReply{200, R"({"data": [{"id": "m:1", "owned_by": "system"}]})"};
    };
    test::SimServer one(tell), two(tell);
    const auto fingerprint = [](std::vector<std::string> urls) {
        ServedBench bench("openai", std::move(urls));
        bench.options.generation.repeat_penalty = 1;
        ServedGenerator generator(bench.options, bench.cancel, bench.notes);
        generator.connect();
        return generator.fingerprint();
    };
    EXPECT_NE(fingerprint({one.url()}), fingerprint({two.url()}));
    EXPECT_EQ(fingerprint({one.url(), two.url()}), fingerprint({two.url(), one.url()}));
}

}  // namespace
}  // namespace assay::llm
