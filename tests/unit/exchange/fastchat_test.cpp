#include <gtest/gtest.h>

#include "reading.hpp"

namespace assay::exchange {
namespace {

constexpr const char* kPairs =
    R"({"question_id": 81, "model_1": "q4", "model_2": "f16", "g1_winner": "model_1", "g2_winner": "model_1", "judge": ["gpt-4", "pair-v2"], "turn": 1, "tstamp": 1.5}
{"question_id": 81, "model_1": "q4", "model_2": "f16", "g1_winner": "model_1", "g2_winner": "model_2", "judge": ["gpt-4", "pair-v2-multi-turn"], "turn": 2, "tstamp": 1.5}
{"question_id": 82, "model_1": "q4", "model_2": "f16", "g1_winner": "tie", "g2_winner": "error", "judge": ["gpt-4", "pair-math-v1"], "turn": 1, "tstamp": 1.5}
)";

TEST(FastChat, EachGameIsAVerdictInItsOrder) {
    const OutcomeSet set = outcomes_of(kPairs);
    EXPECT_EQ(set.format, OutcomeFormat::kFastChat);
    ASSERT_EQ(set.groups.size(), 1u) << "the judge is the model, whatever its prompt";
    EXPECT_EQ(set.groups[0].variant + " " + set.groups[0].baseline + " " + set.groups[0].judge,
              "q4 f16 gpt-4");
    EXPECT_EQ(words_of(set.groups[0]),
              "81, turn 1:win/a 81, turn 1:win/b 81, turn 2:win/a 81, turn 2:loss/b 82, turn "
              "1:tie/a 82, turn 1:invalid/b");
    EXPECT_EQ(set.groups[0].dependence.n_clusters, 2u) << "a question's turns depend on each other";
}

TEST(FastChat, TheBaselineMayBeEitherModel) {
    const OutcomeSet set = outcomes_of(kPairs, {"q4", "", ""});
    EXPECT_EQ(set.groups[0].variant, "f16");
    EXPECT_EQ(words_of(set.groups[0]).substr(0, 35), "81, turn 1:loss/b 81, turn 1:loss/a");
}

TEST(FastChat, PairsWithoutTheBaselineAreLeftOutAndCounted) {
    const std::string all =
        std::string(kPairs) +
        R"({"question_id": 81, "model_1": "q4", "model_2": "q8", "g1_winner": "tie", "g2_winner": "tie", "judge": ["gpt-4", "p"], "turn": 1}
{"question_id": 81, "model_1": "f16", "model_2": "q8", "g1_winner": "tie", "g2_winner": "tie", "judge": ["gpt-4", "p"], "turn": 1}
)";
    expect_has(refusal_of(all), "v.jsonl:4: model_2 is \"q8\" here and \"f16\" before");
    const OutcomeSet set = outcomes_of(all, {"f16", "", ""});
    ASSERT_EQ(set.groups.size(), 2u);
    EXPECT_EQ(set.groups[1].variant, "q8");
    ASSERT_EQ(set.notes.size(), 1u);
    expect_has(set.notes[0], "1 judgments of pairs without f16 were left out");
    expect_has(refusal_of(all, {"x", "", ""}), "no judgment is of a pair with \"x\"");
}

TEST(FastChat, AGraderOfSingleAnswersSawNoSides) {
    const OutcomeSet set = outcomes_of(
        R"({"question_id": 1, "model_1": "a", "model_2": "b", "g1_winner": "model_1", "g2_winner": "model_1", "m1_score": 9, "m2_score": 7, "judge": "gpt-4"})");
    EXPECT_EQ(words_of(set.groups[0]), "1:win");
}

TEST(FastChat, WhatIsNoJudgmentIsRefused) {
    expect_has(
        refusal_of(R"({"question_id": 1, "model_1": "a", "model_2": "b", "g1_winner": "A"})"),
        "v.jsonl:1: g1_winner: unknown word \"A\"");
    expect_has(
        refusal_of(
            R"({"question_id": 1, "model_1": "a", "model_2": "b", "g1_winner": "tie", "g2_winner": "c"})"),
        "g2_winner: unknown word");
    expect_has(
        refusal_of(R"({"question_id": 1, "model_1": "a", "model_2": "a", "g1_winner": "tie"})"),
        "are both \"a\"");
    expect_has(refusal_of(R"({"question_id": 1, "model_1": "a", "g1_winner": "tie"})"),
               "no model_2");
    expect_has(refusal_of(R"({"model_1": "a", "model_2": "b", "g1_winner": "tie"})"),
               "no question_id");
    expect_has(
        refusal_of(R"({"question_id": 1, "model_1": ["a"], "model_2": "b", "g1_winner": "tie"})"),
        "model_1: is a list");
    expect_has(refusal_of(std::string(kPairs) + kPairs), "stands twice");
}

TEST(FastChat, NothingCrashes) {
    expect_that_nothing_crashes(kPairs, OutcomeFormat::kFastChat);
}

}  // namespace
}  // namespace assay::exchange
