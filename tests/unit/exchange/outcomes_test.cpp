#include "assay/exchange/outcomes.hpp"

#include <gtest/gtest.h>

#include "reading.hpp"

namespace assay::exchange {
namespace {

std::string detected(std::string_view text) {
    const auto format = detect_outcome_format({"v.jsonl", text, "", "", ""});
    return format ? std::string(name_of(*format)) : to_sentence(format.error());
}

TEST(Outcomes, FormatsAreKnownByTheirKeys) {
    EXPECT_EQ(detected(R"({"question": "q", "verdict": "win"})"), "outcomes");
    EXPECT_EQ(detected("\n\n  [ {\"verdict\": \"win\"} ]"), "outcomes");
    EXPECT_EQ(detected("question , verdict\nq,win\n"), "outcomes");
    EXPECT_EQ(detected(R"([{"task_id": "q", "verdict": "A", "winner_model": null}])"), "study");
    EXPECT_EQ(detected("\xEF\xBB\xBF[{\"preference\": 1, \"instruction\": \"x\"}]"), "alpaca-eval");
    EXPECT_EQ(detected(R"({"games": [{"score": "A>B"}], "uid": 1})"), "arena-hard");
    EXPECT_EQ(detected(R"({"question_id": 1, "g1_winner": "tie"})"), "fastchat");
}

TEST(Outcomes, WhatIsNoneOfThemIsSaidWithWhatWasSeen) {
    expect_has(detected(""), "v.jsonl: is empty");
    expect_has(detected(" \n\t"), "is empty");
    expect_has(detected("hello there\n"), "neither JSON nor CSV");
    expect_has(detected(R"({"a": 1, "b": {}})"), "the keys a, b");
    expect_has(detected("[]"), "no objects");
    expect_has(detected("[1, 2]"), "no objects");
    expect_has(detected("[\n{\"a\": }]"), "v.jsonl:2: broken JSON");
    expect_has(detected("{\"question\": \"q\", \"verdict\": \"win\"\n{}"),
               "v.jsonl:1: broken JSON");
    expect_has(detected(std::string("\0\1\2", 3)), "neither JSON nor CSV");
    expect_has(refusal_of(""), "is empty");
}

TEST(Outcomes, EveryFormatHasAWord) {
    for (const OutcomeFormat format : {OutcomeFormat::kOutcomes,
                                       OutcomeFormat::kStudy,
                                       OutcomeFormat::kAlpacaEval,
                                       OutcomeFormat::kArenaHard,
                                       OutcomeFormat::kFastChat}) {
        EXPECT_EQ(outcome_format_of(name_of(format)), format);
    }
    EXPECT_FALSE(outcome_format_of("csv"));
}

TEST(Outcomes, AForcedFormatIsTaken) {
    const char* text = R"({"question": "q", "verdict": "win"})";
    EXPECT_TRUE(read(text, {}, OutcomeFormat::kOutcomes));
    expect_has(refusal_of(text, {}, OutcomeFormat::kFastChat), "v.jsonl:1: no question_id");
    expect_has(refusal_of(text, {}, OutcomeFormat::kArenaHard), "no question_id or uid");
}

}  // namespace
}  // namespace assay::exchange
