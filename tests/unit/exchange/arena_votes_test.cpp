#include <gtest/gtest.h>

#include "reading.hpp"

namespace assay::exchange {
namespace {

// clang-format off
constexpr const char* kVotes = R"x(
{"question_id": "1", "model_a": "m-f16", "model_b": "m-q4", "winner": "model_a", "judge": "arena_user_7", "language": "English"}
{"question_id": "2", "model_a": "m-q4", "model_b": "m-f16", "winner": "model_a", "judge": "arena_user_8"}
{"question_id": "3", "model_a": "m-q4", "model_b": "m-f16", "winner": "tie", "judge": "arena_user_7"}
{"question_id": "4", "model_a": "m-f16", "model_b": "m-q4", "winner": "tie (bothbad)", "judge": "arena_user_9"}
{"question_id": "5", "model_a": "m-f16", "model_b": "m-q4", "winner": "both_bad", "judge": "arena_user_9"}
{"question_id": "6", "model_a": "m-f16", "model_b": "m-q4", "winner": "model_b", "judge": "arena_user_9"}
)x";
// clang-format on

TEST(ArenaVotes, AreOutcomesOfTheQuantizedOfTwoModels) {
    const OutcomeSet set = outcomes_of(kVotes);
    EXPECT_EQ(set.format, OutcomeFormat::kArenaVotes);
    ASSERT_EQ(set.groups.size(), 1u);
    EXPECT_EQ(set.groups[0].variant + " " + set.groups[0].baseline + " " + set.groups[0].judge,
              "m-q4 m-f16 voters");
    EXPECT_EQ(words_of(set.groups[0]), "1:loss/b 2:win/a 3:tie/a 4:tie/b 5:tie/b 6:win/b");
    ASSERT_EQ(set.notes.size(), 1u);
    expect_has(set.notes[0], "\"m-f16\" is taken as the baseline by its name");
}

TEST(ArenaVotes, AFlagSaysWhichIsTheVariant) {
    for (const Names& names : {Names{"m-q4", "", ""}, Names{"", "m-f16", ""}}) {
        const OutcomeSet set = outcomes_of(kVotes, names);
        EXPECT_EQ(set.groups[0].variant, "m-f16");
        EXPECT_EQ(set.groups[0].outcomes[0].kind, OutcomeKind::kWin);
        EXPECT_TRUE(set.notes.empty());
    }
    expect_has(refusal_of(kVotes, {"x", "", ""}), "no vote is of \"x\"; the models are");
    expect_has(refusal_of(R"([{"model_a": "x", "model_b": "y", "winner": "tie"}])"),
               "nothing tells which of \"x\" and \"y\" is the baseline. Say so with --baseline");
}

TEST(ArenaVotes, OfMoreModelsNeedABaseline) {
    constexpr const char* kMany =
        R"([{"model_a": "f16", "model_b": "q4", "winner": "model_a"},
{"model_a": "q8", "model_b": "f16", "winner": "model_a"},
{"model_a": "q8", "model_b": "q4", "winner": "tie"}])";
    expect_has(refusal_of(kMany), "more than two models (\"f16\", \"q4\", \"q8\")");
    const OutcomeSet all = outcomes_of(kMany, {"f16", "", ""});
    ASSERT_EQ(all.groups.size(), 2u);
    EXPECT_EQ(words_of(all.groups[0]), "vote 1:loss/b");
    EXPECT_EQ(words_of(all.groups[1]), "vote 2:win/a");
    expect_has(all.notes.at(0), "1 votes between other models were left out");
    const OutcomeSet one = outcomes_of(kMany, {"f16", "q8", ""});
    ASSERT_EQ(one.groups.size(), 1u);
    EXPECT_EQ(one.groups[0].variant, "q8");
}

TEST(ArenaVotes, AreReadAsCsvToo) {
    const OutcomeSet set = outcomes_of(
        "id,model_a,model_b,winner\n1,f16,q4,model_b\n2,q4,f16,\"tie (bothbad)\"\n");
    EXPECT_EQ(set.format, OutcomeFormat::kArenaVotes);
    EXPECT_EQ(words_of(set.groups[0]), "1:win/b 2:tie/a");
    expect_has(refusal_of("model_a,model_b,winner\nf16,q4\n"), "v.jsonl:2: has 2 cells");
}

TEST(ArenaVotes, WrongRowsAreToldWithTheirLines) {
    expect_has(refusal_of(R"([{"model_a": "f16", "model_b": "q4", "winner": "a"}])"),
               "v.jsonl:1: winner: unknown word \"a\"");
    expect_has(refusal_of(R"([{"model_a": "f16", "model_b": null, "winner": "tie"}])"),
               "v.jsonl:1: no model_b");
    expect_has(refusal_of(R"([{"model_a": "f16", "model_b": "f16", "winner": "tie"}])"),
               "model_a and model_b are both \"f16\"");
}

TEST(ArenaVotes, NothingCrashes) {
    expect_that_nothing_crashes(kVotes, OutcomeFormat::kArenaVotes);
}

TEST(ArenaVotes, OfCsvAreCheckedAsOtherRowsAre) {
    const std::string head = "question_id,model_a,model_b,winner\n";
    expect_has(refusal_of(head + "1,m-f16,m-\xff,model_a\n"), "is not valid UTF-8");
    expect_has(refusal_of(head + "1,m-f16,m-q4\n"), "has 3 cells, and the head has 4");
    expect_has(refusal_of("question_id,model_a,model_b,winner,winner\n1,m-f16,m-q4,tie,tie\n"),
               "the column \"winner\" stands twice");
}

}  // namespace
}  // namespace assay::exchange
