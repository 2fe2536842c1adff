#include <gtest/gtest.h>

#include "reading.hpp"

namespace assay::exchange {
namespace {

constexpr const char* kJudgments =
    R"({"question_id": "aa", "model": "q4", "judge": "gpt-4", "games": [{"user_prompt": "x", "judgment": "y", "score": "A>>B"}, {"score": "A=B"}]}
{"question_id": "bb", "model": "q4", "judge": "gpt-4", "games": [{"score": "B>A"}, {"score": "A>B"}]}
{"uid": "cc", "model": "q4", "judge": "gpt-4", "games": [{"score": null}, {"score": "B<A"}]}
{"uid": "dd", "model": "q4", "judge": "gpt-4", "games": [null, {"score": "A>C>B"}]}
)";

TEST(ArenaHard, TheModelIsBInTheFirstGameAndAInTheSecond) {
    const OutcomeSet set = outcomes_of(kJudgments);
    EXPECT_EQ(set.format, OutcomeFormat::kArenaHard);
    ASSERT_EQ(set.groups.size(), 1u);
    EXPECT_EQ(set.groups[0].variant + " " + set.groups[0].judge, "q4 gpt-4");
    EXPECT_EQ(
        words_of(set.groups[0]),
        "aa:loss/b aa:tie/a bb:win/b bb:win/a cc:invalid/b cc:win/a dd:invalid/b dd:invalid/a");
}

TEST(ArenaHard, EveryWayToWriteAScoreIsKnown) {
    struct Score {
        const char* score;
        const char* outcome;  ///< of the model in the first game, as B
    };
    for (const Score& s : {Score{"A>>B", "loss"},
                           {"A>B", "loss"},
                           {"A=B", "tie"},
                           {"A<B", "win"},
                           {"A<<B", "win"},
                           {"B>A", "win"},
                           {"B>>A", "win"},
                           {"B=A", "tie"},
                           {"B<A", "loss"},
                           {"B<<A", "loss"},
                           {"A>A", "invalid"},
                           {"B", "invalid"},
                           {"A><B", "invalid"},
                           {"", "invalid"}}) {
        const std::string text = std::string(
                                     R"({"uid": "q", "model": "m", "games": [{"score": ")") +
                                 s.score + "\"}]}";
        EXPECT_EQ(words_of(outcomes_of(text).groups[0]), std::string("q:") + s.outcome + "/b")
            << s.score;
    }
}

TEST(ArenaHard, WhatIsNoJudgmentIsRefused) {
    expect_has(refusal_of(R"({"uid": "q", "model": "m", "games": []})"), "v.jsonl:1: no games");
    expect_has(refusal_of(R"({"uid": "q", "model": "m", "games": {"score": "A>B"}})"),
               "games: is an object");
    expect_has(refusal_of(R"({"uid": "q", "games": [{}, {}, {}]})"), "there are 3");
    expect_has(refusal_of(R"({"uid": "q", "games": [7]})"), "an item is a number");
    expect_has(refusal_of(R"({"uid": "q", "games": [{"score": ["A>B"]}]})"), "score: is a list");
    expect_has(refusal_of(R"({"model": "m", "games": [{"score": "A>B"}]})"),
               "no question_id or uid");
    expect_has(
        refusal_of(
            std::string(kJudgments) +
            R"({"uid": "cc", "model": "q4", "judge": "gpt-4", "games": [{"score": "A>B"}]})"),
        "v.jsonl:5: question \"cc\" stands twice with the variant second");
}

TEST(ArenaHard, NothingCrashes) {
    expect_that_nothing_crashes(kJudgments, OutcomeFormat::kArenaHard);
}

}  // namespace
}  // namespace assay::exchange
