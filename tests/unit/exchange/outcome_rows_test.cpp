#include <fmt/format.h>
#include <gtest/gtest.h>

#include "reading.hpp"

namespace assay::exchange {
namespace {

TEST(OutcomeRows, WordsAreTheVariantsOrTheSides) {
    const OutcomeSet set = outcomes_of(R"({"question": "q1", "verdict": "win"}
{"question": "q2", "verdict": "Loss", "order": "first"}

{"question": 3, "verdict": "A", "order": "a", "confidence": "high"}
{"question": "q4", "verdict": "a", "order": "second", "confidence": "LOW"}
{"question": "q5", "verdict": "B", "order": "b", "confidence": null}
{"question": "q6", "verdict": "TIE", "order": null, "identical": true}
{"question": "q7", "verdict": "INVALID"}
{"question": "q8", "verdict": "error"}
{"question": "q9", "verdict": "REFUSED", "other": [1, {"x": 2}]}
{"question": "q10", "verdict": "not_judged"})");
    ASSERT_EQ(set.groups.size(), 1u);
    EXPECT_EQ(words_of(set.groups[0]),
              "q1:win q2:loss/a 3:win/a q4:loss/b q5:win/b q6:tie q7:invalid q8:error q9:refused "
              "q10:not_judged");
    EXPECT_EQ(set.groups[0].outcomes[2].confidence, Confidence::kHigh);
    EXPECT_EQ(set.groups[0].outcomes[3].confidence, Confidence::kLow);
    EXPECT_EQ(set.groups[0].outcomes[4].confidence, Confidence::kNone);
    EXPECT_TRUE(set.groups[0].outcomes[5].identical);
    EXPECT_EQ(set.format, OutcomeFormat::kOutcomes);
}

TEST(OutcomeRows, JsonListsAndCsvAreTheSame) {
    const OutcomeSet list = outcomes_of(
        R"([{"id": "q1", "verdict": "A", "order": "b", "cluster": 7, "judge": "j", "variant": "v"},
 {"id": "q2", "verdict": "tie", "cluster": "p", "judge": "j", "variant": "v"}])");
    const OutcomeSet csv = outcomes_of(
        "\xEF\xBB\xBFid,verdict,order,note,cluster,judge,variant\r\nq1,A,b,\"x, "
        "y\",7,j,v\r\n\r\nq2,tie,,,p,j,v\r\n");
    for (const OutcomeSet& set : {list, csv}) {
        ASSERT_EQ(set.groups.size(), 1u);
        EXPECT_EQ(words_of(set.groups[0]), "q1:loss/b q2:tie");
        EXPECT_EQ(set.groups[0].outcomes[0].cluster, "7");
        EXPECT_EQ(set.groups[0].outcomes[1].cluster, "p");
        EXPECT_EQ(set.groups[0].judge, "j");
        EXPECT_EQ(set.groups[0].variant, "v");
    }
}

TEST(OutcomeRows, EachVariantAndJudgeIsAGroup) {
    const OutcomeSet set = outcomes_of(
        R"({"question": "q", "verdict": "win", "variant": "b", "judge": "1", "baseline": "f16"}
{"question": "q", "verdict": "loss", "variant": "a", "judge": "1"}
{"question": "q", "verdict": "tie", "variant": "b", "judge": "2"}
{"question": "r", "verdict": "tie", "variant": "b", "judge": "1"})");
    ASSERT_EQ(set.groups.size(), 3u);
    EXPECT_EQ(set.groups[0].variant + set.groups[0].judge + set.groups[0].baseline, "b1f16");
    EXPECT_EQ(set.groups[1].variant + set.groups[1].judge, "a1");
    EXPECT_EQ(set.groups[2].variant + set.groups[2].judge, "b2");
    EXPECT_EQ(words_of(set.groups[0]), "q:win r:tie");
}

TEST(OutcomeRows, NamesThatTheFileLeavesOutCanBeSaid) {
    const OutcomeSet set = outcomes_of(R"({"question": "q", "verdict": "win"})",
                                       {"", "mine", "me"});
    EXPECT_EQ(set.groups[0].variant, "mine");
    EXPECT_EQ(set.groups[0].judge, "me");
}

TEST(OutcomeRows, AnOrderByNameNeedsToKnowTheVariant) {
    const char* text = R"({"question": "q1", "verdict": "A", "order": "f16_first"}
{"question": "q2", "verdict": "A", "order": "q4_first"})";
    const OutcomeSet looks = outcomes_of(text);
    EXPECT_EQ(words_of(looks.groups[0]), "q1:loss/b q2:win/a");
    EXPECT_EQ(looks.groups[0].variant, "q4");
    EXPECT_EQ(looks.groups[0].baseline, "f16");
    ASSERT_EQ(looks.notes.size(), 1u);
    expect_has(looks.notes[0], "\"f16\" is taken as the baseline");
    const OutcomeSet said = outcomes_of(text, {"q4", "", ""});
    EXPECT_EQ(words_of(said.groups[0]), "q1:win/a q2:loss/b");
    EXPECT_EQ(said.groups[0].variant, "f16");
    EXPECT_TRUE(said.notes.empty());

    const OutcomeSet in_row = outcomes_of(
        R"({"question": "q1", "verdict": "A", "order": "x_first", "variant": "x"}
{"question": "q2", "verdict": "A", "order": "y_first", "variant": "x"})");
    EXPECT_EQ(words_of(in_row.groups[0]), "q1:win/a q2:loss/b");
    EXPECT_EQ(in_row.groups[0].baseline, "y");
}

TEST(OutcomeRows, NamesThatCannotBeToldApartAreRefused) {
    const char* text = R"({"question": "q1", "verdict": "A", "order": "x_first"}
{"question": "q2", "verdict": "A", "order": "y_first"})";
    expect_has(refusal_of(text), "which of \"x\" and \"y\" is the baseline");
    expect_has(refusal_of(text), "--baseline");
    expect_has(refusal_of(text, {"z", "", ""}), "not \"z\"");
    EXPECT_EQ(words_of(outcomes_of(text, {"", "y", ""}).groups[0]), "q1:loss/b q2:win/a");
    expect_has(refusal_of(R"({"question": "q1", "verdict": "A", "order": "q4_first"}
{"question": "q2", "verdict": "A", "order": "f16_first"}
{"question": "q3", "verdict": "A", "order": "q8_first"})"),
               "three models");
    expect_has(refusal_of(R"({"question": "q1", "verdict": "A", "order": "q4_first"}
{"question": "q2", "verdict": "A", "order": "q8_first"})"),
               "baseline");
    expect_has(
        refusal_of(
            R"({"question": "q1", "verdict": "A", "order": "z_first", "variant": "x", "baseline": "y"})"),
        "neither the variant \"x\" nor the baseline \"y\"");
}

TEST(OutcomeRows, EveryMistakeIsToldWithItsLine) {
    const std::string all = refusal_of(R"({"question": "q1", "verdict": "win"}
{"question": "q2", "verdict": "refuse"}
{"question": "q3"}
{"verdict": "win"}
{"question": "q4", "verdict": "A"}
{"question": "q5", "verdict": "win", "order": "left"}
{"question": "q6", "verdict": "win", "confidence": "sure"}
{"question": ["q7"], "verdict": "win"}
{"question": 1.5, "verdict": "win"}
{"question": "q8", "verdict": true}
{"question": "q9", "verdict": "win"
"win"
{"question": "q10", "verdict": "win", "verdict": "loss"}
{"question": "q11", "id": "x", "verdict": "win"}
{"question": "", "verdict": "win"}
{"question": "q12", "verdict": "win", "identical": true}
{"question": "q13", "verdict": "tie", "identical": "maybe"})");
    for (const char* part : {"v.jsonl:2: verdict: unknown word \"refuse\", did you mean refused; "
                             "known: win, loss, tie",
                             "v.jsonl:3: no verdict",
                             "v.jsonl:4: no question",
                             "v.jsonl:5: verdict: A means nothing without an order",
                             "v.jsonl:6: order: unknown word \"left\"",
                             "v.jsonl:7: confidence: unknown word \"sure\"",
                             "v.jsonl:8: question: is a list",
                             "v.jsonl:9: question: 1.5 is not a whole number",
                             "v.jsonl:10: verdict: is true or false",
                             "v.jsonl:11: broken JSON",
                             "v.jsonl:12: the line is text, not a JSON object",
                             "v.jsonl:13: \"verdict\": this field stands twice",
                             "v.jsonl:14: \"id\": this field stands twice",
                             "v.jsonl:15: no question",
                             "v.jsonl:16: identical: true, but the verdict is no tie",
                             "v.jsonl:17: identical: \"maybe\""}) {
        expect_has(all, part);
    }
}

TEST(OutcomeRows, AQuestionTwiceInOneOrderIsRefused) {
    const std::string twice = refusal_of(
        R"({"question": "q1", "verdict": "win", "order": "a", "variant": "v"}
{"question": "q2", "verdict": "win", "order": "a", "variant": "v"}
{"question": "q1", "verdict": "loss", "order": "b", "variant": "v"}
{"question": "q1", "verdict": "loss", "order": "a", "variant": "v"})");
    expect_has(twice,
               "v.jsonl:4: question \"q1\" stands twice with the variant first for variant \"v\", "
               "here and at line 1");
    expect_has(refusal_of(R"({"question": "q1", "verdict": "win"}
{"question": "q1", "verdict": "win"})"),
               "v.jsonl:2: question \"q1\" stands twice without an order, here and at line 1");
    expect_has(refusal_of(R"({"question": "q1", "verdict": "win"}
{"question": "q1", "verdict": "win", "order": "b"})"),
               "and once without an order");
    EXPECT_EQ(words_of(outcomes_of(R"({"question": "q1", "verdict": "win", "order": "a"}
{"question": "q1", "verdict": "win", "order": "b"})")
                           .groups[0]),
              "q1:win/a q1:win/b")
        << "both orders are as they should be";
}

TEST(OutcomeRows, TwoExperimentsInOneFileAreRefused) {
    expect_has(refusal_of(R"({"question": "q1", "verdict": "win", "experiment": "may"}
{"question": "q2", "verdict": "win", "experiment": "june"})"),
               "v.jsonl:2: experiment \"june\", but line 1 is of experiment \"may\"");
    expect_has(refusal_of(R"({"question": "q1", "verdict": "win", "plan_sha256": "ab"}
{"question": "q2", "verdict": "win"})"),
               "no experiment, but line 1");
    expect_has(refusal_of(R"({"question": "q1", "verdict": "win", "order": "a", "cluster": "p1"}
{"question": "q1", "verdict": "win", "order": "b", "cluster": "p2"})"),
               "v.jsonl:2: question \"q1\" is in another cluster here than at line 1");
    expect_has(refusal_of(R"({"question": "q1", "verdict": "win", "cluster": "p1", "judge": "a"}
{"question": "q1", "verdict": "win", "cluster": "p2", "judge": "b"})"),
               "another cluster here than at line 1");
    expect_has(refusal_of(R"({"question": "q1", "verdict": "win", "order": "a"}
{"question": "q1", "verdict": "win", "order": "b", "cluster": "p2"})"),
               "another cluster");
    expect_has(refusal_of(R"({"question": "q1", "verdict": "win", "variant": "v", "baseline": "x"}
{"question": "q2", "verdict": "win", "variant": "v", "baseline": "y"})"),
               "the baseline is \"y\" here and \"x\" before");
    expect_has(refusal_of(R"({"question": "q1", "verdict": "win", "variant": "v"}
{"question": "q2", "verdict": "win"})"),
               "some rows name a variant and others do not");
    expect_has(refusal_of(R"({"question": "q1", "verdict": "win", "judge": "v"}
{"question": "q2", "verdict": "win"})"),
               "some rows name a judge and others do not");
    expect_has(refusal_of(R"({"question": "q1", "verdict": "win", "variant": "q4"}
{"question": "q1", "verdict": "A", "order": "q4_first"}
{"question": "q2", "verdict": "A", "order": "f16_first"})"),
               "some rows name a variant and others do not");
}

TEST(OutcomeRows, CsvMistakesAreToldWithTheirLine) {
    expect_has(refusal_of("question,verdict\nq1,win\nq2,what\n"),
               "v.jsonl:3: verdict: unknown word \"what\"");
    expect_has(refusal_of("question,verdict\nq1,win,more\n"),
               "v.jsonl:2: has 3 cells, and the head has 2");
    expect_has(refusal_of("question,verdict\n,win\n"), "v.jsonl:2: no question");
    expect_has(refusal_of("question,verdict\nq1,\"win\n"), "v.jsonl:2: the quote");
    expect_has(refusal_of("question,verdict\nq\xFF,win\n"), "v.jsonl:2: is not valid UTF-8");
    expect_has(refusal_of("name,verdict\nq1,win\n"),
               "v.jsonl:1: the head names no column question");
    expect_has(refusal_of("id,question,verdict\nq1,x,win\n"),
               "v.jsonl:1: the column \"question\" stands twice");
    expect_has(refusal_of("question,verdict\n"), "holds no verdict");
}

TEST(OutcomeRows, ALongListOfErrorsIsCut) {
    std::string text;
    for (int i = 0; i < 500; ++i) {
        text += "{\"question\": \"q\", \"verdict\": \"x\"}\n";
    }
    const auto set = read(text);
    ASSERT_FALSE(set);
    EXPECT_EQ(set.error().size(), kMostRowProblems + 1);
    expect_has(to_sentence(set.error().back()), "more errors");
}

TEST(OutcomeRows, TooManyVariantsAreAMistake) {
    std::string text;
    for (int i = 0; i < 1100; ++i) {
        text += fmt::format("{{\"question\": \"q\", \"verdict\": \"tie\", \"variant\": \"v{}\"}}\n",
                            i);
    }
    expect_has(refusal_of(text), "more than 1000 pairs of variant and judge");
}

TEST(OutcomeRows, NothingCrashes) {
    expect_that_nothing_crashes(
        R"({"question": "q1", "verdict": "A", "order": "a", "cluster": "p", "judge": "j", "variant": "v"}
{"question": "q1", "verdict": "TIE", "order": "b", "cluster": "p", "confidence": "high", "judge": "j", "variant": "v"}
{"question": 2, "verdict": "INVALID", "order": "f16_first", "judge": "j", "variant": "v"}
)",
        OutcomeFormat::kOutcomes);
    expect_that_nothing_crashes(
        "question,verdict,order,cluster\nq1,A,a,p\n\"q2\",B,b,\"p, q\"\nq2,TIE,a,\"p, q\"\n",
        OutcomeFormat::kOutcomes);
}

}  // namespace
}  // namespace assay::exchange
