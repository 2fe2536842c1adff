#include "assay/pairing/unblind.hpp"

#include <gtest/gtest.h>

#include <tuple>
#include <vector>

#include "assay/pairing/draw.hpp"

namespace assay::pairing {
namespace {

Comparison comparison(bool variant_is_a) {
    Comparison c;
    c.id = "c1";
    c.question_id = "q1";
    c.variant = "Q4_K_M";
    c.variant_is_a = variant_is_a;
    return c;
}

Question question() {
    Question q;
    q.id = "q1";
    q.text = "Why\xFF?";
    q.expected = "Because\xFE.";
    q.contexts = {"one", "two\xC0"};
    q.cluster = "paper 7";
    return q;
}

Answer whole_answer(std::string text) {
    Answer a;
    a.question_id = "q1";
    a.text = std::move(text);
    a.stop_reason = StopReason::kStop;
    return a;
}

Verdict verdict_of(VerdictState state) {
    Verdict v;
    v.item_id = "c1";
    v.state = state;
    return v;
}

TEST(Blind, ShowsTheVariantOnTheDrawnSideAndOnlyValidUtf8) {
    const BlindedPair first = blind(
        question(), comparison(true), whole_answer("base"), whole_answer("var\xE2\x82"));
    EXPECT_EQ(first.item_id, "c1");
    EXPECT_EQ(first.question, "Why\uFFFD?");
    EXPECT_EQ(first.expected, "Because\uFFFD.");
    EXPECT_EQ(first.contexts, (std::vector<std::string>{"one", "two\uFFFD"}));
    EXPECT_EQ(first.answer_a, "var\uFFFD\uFFFD");
    EXPECT_EQ(first.answer_b, "base");
    const BlindedPair second = blind(
        question(), comparison(false), whole_answer("base"), whole_answer("var"));
    EXPECT_EQ(second.answer_a, "base");
    EXPECT_EQ(second.answer_b, "var");
}

TEST(Blind, WithoutAnExpectedAnswerThereIsNone) {
    Question q = question();
    q.expected.reset();
    EXPECT_FALSE(
        blind(q, comparison(true), whole_answer("a"), whole_answer("b")).expected.has_value());
}

TEST(Blind, RefusesTheWrongQuestion) {
    Question q = question();
    q.id = "q2";
    EXPECT_THROW(
        static_cast<void>(blind(q, comparison(true), whole_answer("a"), whole_answer("b"))),
        std::logic_error);
    EXPECT_THROW(static_cast<void>(make_outcome(q, comparison(true), std::nullopt)),
                 std::logic_error);
}

TEST(Unblind, TurnsEachStateIntoTheVariantsOutcome) {
    const std::vector<std::tuple<VerdictState, OutcomeKind, OutcomeKind>> table{
        {VerdictState::kA, OutcomeKind::kWin, OutcomeKind::kLoss},
        {VerdictState::kB, OutcomeKind::kLoss, OutcomeKind::kWin},
        {VerdictState::kTie, OutcomeKind::kTie, OutcomeKind::kTie},
        {VerdictState::kInvalid, OutcomeKind::kInvalid, OutcomeKind::kInvalid},
        {VerdictState::kError, OutcomeKind::kError, OutcomeKind::kError},
        {VerdictState::kRefused, OutcomeKind::kRefused, OutcomeKind::kRefused},
    };
    for (const auto& [state, as_a, as_b] : table) {
        EXPECT_EQ(make_outcome(question(), comparison(true), verdict_of(state)).kind, as_a);
        EXPECT_EQ(make_outcome(question(), comparison(false), verdict_of(state)).kind, as_b);
    }
}

TEST(MakeOutcome, CarriesTheVerdictAndTheQuestion) {
    Verdict v;
    v.state = VerdictState::kB;
    v.confidence = Confidence::kMedium;
    v.reasoning = "B cites the trial";
    const Outcome o = make_outcome(question(), comparison(true), v);
    EXPECT_EQ(o.question_id, "q1");
    EXPECT_EQ(o.cluster, "paper 7");
    EXPECT_EQ(o.kind, OutcomeKind::kLoss);
    EXPECT_TRUE(o.variant_is_a);
    EXPECT_FALSE(o.identical);
    EXPECT_FALSE(o.no_answer_variant);
    EXPECT_EQ(o.confidence, Confidence::kMedium);
    EXPECT_EQ(o.reasoning, "B cites the trial");
}

TEST(MakeOutcome, WithoutAVerdictIsNotJudged) {
    const Outcome o = make_outcome(question(), comparison(false), std::nullopt);
    EXPECT_EQ(o.kind, OutcomeKind::kNotJudged);
    EXPECT_EQ(o.confidence, Confidence::kNone);
    EXPECT_FALSE(o.variant_is_a);
}

TEST(MakeOutcome, IdenticalAnswersAreATieWithoutACall) {
    Comparison c = comparison(true);
    c.identical = true;
    const Outcome o = make_outcome(question(), c, std::nullopt);
    EXPECT_EQ(o.kind, OutcomeKind::kTie);
    EXPECT_TRUE(o.identical);
    EXPECT_FALSE(o.no_answer_variant);
}

TEST(MakeOutcome, AVariantThatFailedAloneLoses) {
    Comparison c = comparison(false);
    c.variant_failed = true;
    const Outcome o = make_outcome(question(), c, std::nullopt);
    EXPECT_EQ(o.kind, OutcomeKind::kLoss);
    EXPECT_TRUE(o.no_answer_variant);
    EXPECT_FALSE(o.identical);
}

TEST(MakeOutcome, WhereNeitherSideAnswersThereIsNothingToCompare) {
    Comparison both_empty = comparison(true);
    both_empty.identical = true;
    both_empty.answers_sha256 = answers_sha256("", "");
    EXPECT_TRUE(neither_answers(both_empty));
    const Outcome outcome = make_outcome(question(), both_empty, {});
    EXPECT_EQ(outcome.kind, OutcomeKind::kNoAnswerBaseline);
    EXPECT_FALSE(outcome.identical);
    Comparison alike = both_empty;
    alike.answers_sha256 = answers_sha256("yes", "yes");
    EXPECT_EQ(make_outcome(question(), alike, {}).kind, OutcomeKind::kTie);
}

}  // namespace
}  // namespace assay::pairing
