#include "assay/llm/engine_tasks.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace assay::llm {
namespace {

using Tokens = std::vector<std::int32_t>;

const AnswerDefaults kDefaults{{.temp = 0.5, .top_k = 3, .seed = 1}, 99};

TEST(EngineTasks, AnAnswerIsAskedForWithTheGeneratorsSamplingAndThePromptsOwnSeed) {
    const Prompt prompt{.id = "q",
                        .tokens = {1, 2, 3, 4, 5, 6},
                        .prefix_ends = {2, 4},
                        .task = AnswerTask{{"stop"}, 7, 5, "root"}};
    const auto request = std::get<wire::AnswerRequest>(request_of(prompt, true, kDefaults));
    EXPECT_EQ(request.prompt, prompt.tokens);
    EXPECT_EQ(request.sampling.temp, 0.5);
    EXPECT_EQ(request.sampling.top_k, 3);
    EXPECT_EQ(request.sampling.seed, 7U);
    EXPECT_EQ(request.predict, 5);
    EXPECT_EQ(request.stops, std::vector<std::string>{"stop"});
    EXPECT_EQ(request.prefix_ends, (Tokens{2, 4}));
    EXPECT_TRUE(request.alone);
    EXPECT_EQ(request.grammar, "root");
}

TEST(EngineTasks, AnAnswerOfNoGivenLengthIsAsLongAsTheGeneratorWasTold) {
    const Prompt prompt{.tokens = {1, 2}, .task = AnswerTask{}};
    EXPECT_EQ(std::get<wire::AnswerRequest>(request_of(prompt, false, kDefaults)).predict, 99);
}

TEST(EngineTasks, LabelsAreAskedForBehindBothPrefixes) {
    const Prompt prompt{
        .tokens = {1, 2, 3, 4, 5, 6}, .prefix_ends = {2, 4}, .task = LabelTask{{8, 9}}};
    const auto request = std::get<wire::LabelRequest>(request_of(prompt, false, kDefaults));
    EXPECT_EQ(request.prompt, prompt.tokens);
    EXPECT_EQ(request.labels, (Tokens{8, 9}));
    EXPECT_EQ(request.prefix_ends, (Tokens{2, 4}));
    EXPECT_FALSE(request.alone);
}

TEST(EngineTasks, AServersTaskIsABug) {
    EXPECT_THROW(static_cast<void>(request_of({.task = ChatTask{"hi"}}, false, kDefaults)),
                 std::logic_error);
}

TEST(EngineTasks, TheSmallestTaskIsOfTheSameKind) {
    const Prompt answer = smallest_like(AnswerTask{{"stop"}, 7, 500, "root"}, {4, 5});
    EXPECT_EQ(answer.tokens, (Tokens{4, 5}));
    EXPECT_EQ(std::get<AnswerTask>(answer.task).predict, 1);
    EXPECT_EQ(std::get<AnswerTask>(answer.task).grammar, "");
    const Prompt labels = smallest_like(LabelTask{{8, 9}}, {4, 5});
    EXPECT_EQ(std::get<LabelTask>(labels.task).labels, Tokens{4}) << "a token that there is";
    EXPECT_TRUE(labels.prefix_ends.empty());
}

TEST(EngineTasks, AResultHasAllThatTheReplyHas) {
    const Generated answer = result_of(
        wire::AnswerDone{"text", {1, 2}, "length", "trace", 12, 1.5, 2.5, 99});
    EXPECT_FALSE(answer.failed());
    EXPECT_EQ(answer.answer().text, "text");
    EXPECT_EQ(answer.answer().tokens, (Tokens{1, 2}));
    EXPECT_EQ(answer.answer().stop_reason, StopReason::kLength);
    EXPECT_EQ(answer.answer().trace_sha256, "trace");
    EXPECT_EQ(answer.n_computed_tokens, 12);
    EXPECT_EQ(answer.prefill_ms, 1.5);
    EXPECT_EQ(answer.answer().decode_ms, 2.5);
    EXPECT_TRUE(answer.labels().log_probs.empty()) << "they were not asked for";

    const wire::LabelDone done{{-1, -2}, 12, 1.5, 99};
    const Generated labels = result_of(done);
    EXPECT_EQ(labels.labels().log_probs, (std::vector<double>{-1, -2}));
    EXPECT_EQ(labels.n_computed_tokens, 12);
    EXPECT_EQ(labels.prefill_ms, 1.5);
    EXPECT_EQ(peak_memory_bytes(done), 99U);
}

TEST(EngineTasks, WhereNothingCameTheAnswerIsAFailedOne) {
    Generated failed;
    failed.failure = "the engine died on it";
    EXPECT_TRUE(failed.failed());
    EXPECT_EQ(failed.answer().stop_reason, StopReason::kFailed);
    EXPECT_EQ(failed.answer().text, "");
}

}  // namespace
}  // namespace assay::llm
