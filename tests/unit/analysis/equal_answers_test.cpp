#include "assay/analysis/equal_answers.hpp"

#include <gtest/gtest.h>

#include <deque>

namespace assay::analysis {
namespace {

using Texts = std::vector<std::optional<std::string_view>>;

/// n texts that differ from each other; of some length, or short.
class Maker {
 public:
    Texts texts(const std::string& word, int n, bool is_long = true) {
        Texts out;
        for (int i = 0; i < n; ++i) {
            out.push_back(keep_.emplace_back(word + std::to_string(i) +
                                             (is_long ? " and then a text of some length" : "")));
        }
        return out;
    }

 private:
    std::deque<std::string> keep_;
};

AnswerSource source(const std::string& name, const Texts& texts) {
    return {.name = name, .made_here = false, .answer_file = "", .texts = texts};
}

std::string said_of_variant(const AnswerSource& baseline,
                            const AnswerSource& variant,
                            const Texts& expected = {}) {
    return equal_answers(std::vector{baseline, variant}, expected)[1];
}

TEST(EqualAnswers, OfTheExpectedAnswersAreSaid) {
    Maker maker;
    const Texts expected = maker.texts("gold", 20), other = maker.texts("other", 20);
    Texts nearly = expected;
    nearly[3] = "something else";
    nearly[7] = "another thing";
    EXPECT_NE(said_of_variant(source("f16", other), source("q4", nearly), expected)
                  .find("18 of 20 answers of q4 are the expected answers"),
              std::string::npos);
    nearly[9] = "a third";
    EXPECT_EQ(said_of_variant(source("f16", other), source("q4", nearly), expected), "");
    EXPECT_NE(said_of_variant(source("f16", expected), source("q4", other), expected)
                  .find("20 of 20 answers of f16"),
              std::string::npos)
        << "the baseline's mistake is every variant's";
}

TEST(EqualAnswers, ShortOnesMustAllBeTheExpectedAnswers) {
    Maker maker;
    const Texts expected = maker.texts("", 40, false), other = maker.texts("x", 40, false);
    EXPECT_NE(said_of_variant(source("f16", other), source("q4", expected), expected), "");
    Texts one_wrong = expected;
    one_wrong[5] = "wrong";
    EXPECT_EQ(said_of_variant(source("f16", other), source("q4", one_wrong), expected), "");
}

TEST(EqualAnswers, TooFewSayNothing) {
    Maker maker;
    const Texts expected = maker.texts("gold", 9);
    EXPECT_EQ(said_of_variant(source("f16", expected), source("q4", expected), expected), "");
}

TEST(EqualAnswers, OfTwoSourcesAreSaid) {
    Maker maker;
    Texts texts = maker.texts("says", 12);
    EXPECT_NE(said_of_variant(source("f16", texts), source("q4", texts))
                  .find("all answers of q4 are those of f16"),
              std::string::npos);
    Texts other = texts;
    other[4] = "something else of some length";
    EXPECT_EQ(said_of_variant(source("f16", texts), source("q4", other)), "");
    other[4] = std::nullopt;
    EXPECT_NE(said_of_variant(source("f16", texts), source("q4", other)), "")
        << "a question that only one answered shows no difference";
}

TEST(EqualAnswers, ShortOnesOfTwoSourcesSaySomethingOnlyOfOneFile) {
    Maker maker;
    const Texts texts = maker.texts("", 30, false);
    AnswerSource f16 = source("f16", texts), q4 = source("q4", texts);
    EXPECT_EQ(said_of_variant(f16, q4), "");
    f16.answer_file = q4.answer_file = "one file";
    EXPECT_NE(said_of_variant(f16, q4), "");
}

TEST(EqualAnswers, ThatTheEngineMadeAreTrue) {
    Maker maker;
    const Texts texts = maker.texts("says", 30);
    AnswerSource f16 = source("f16", texts), f32 = source("f32", texts);
    f16.made_here = f32.made_here = true;
    EXPECT_EQ(said_of_variant(f16, f32), "");
    f32.made_here = false;
    EXPECT_NE(said_of_variant(f16, f32), "");
}

TEST(EqualAnswers, OfTwoVariantsAreSaidOfBoth) {
    Maker maker;
    const Texts base = maker.texts("base", 12), same = maker.texts("same", 12);
    const auto said = equal_answers(
        std::vector{source("f16", base), source("q4", same), source("q5", same)}, {});
    EXPECT_EQ(said[0], "");
    EXPECT_NE(said[1], "");
    EXPECT_EQ(said[1], said[2]);
}

TEST(EqualAnswers, TakeTheDecisionAwayUntilTheyAreAccepted) {
    Decision decision;
    decision.label = DecisionLabel::kEquivalent;
    EXPECT_EQ(gate_equal_answers(decision, "", false).label, DecisionLabel::kEquivalent);
    EXPECT_EQ(gate_equal_answers(decision, "they are equal", true).label,
              DecisionLabel::kEquivalent);
    const Decision gated = gate_equal_answers(decision, "they are equal", false);
    EXPECT_EQ(gated.label, DecisionLabel::kNotMeasured);
    EXPECT_NE(gated.why.find("they are equal. If it is meant, write accept-equal-answers: true"),
              std::string::npos);
}

}  // namespace
}  // namespace assay::analysis
