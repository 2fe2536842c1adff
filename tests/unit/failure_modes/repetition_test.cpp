#include "assay/failure_modes/repetition.hpp"

#include <gtest/gtest.h>

#include <string>

namespace assay::failure_modes {
namespace {

TEST(IsRepetitive, FindsASpanThatStandsThreeTimesInARow) {
    EXPECT_TRUE(is_repetitive("It is their mass, their mass, their mass"));
    EXPECT_TRUE(
        is_repetitive("I am here. I am here.\n\nI am HERE! Then something new follows, and more of "
                      "it, and yet more words."));
}

TEST(IsRepetitive, NeedsThreeTimesAndSixWords) {
    EXPECT_FALSE(is_repetitive("It is very very very large."));
    EXPECT_FALSE(is_repetitive(
        "It is warm in there. It is warm in there. So far so good, one might say, or not at all."));
    EXPECT_TRUE(is_repetitive(
        "It is warm in there all of the long day. So it is warm in there all of the long day."))
        << "half of it said twice";
    EXPECT_TRUE(is_repetitive("the the the the the the"));
}

TEST(IsRepetitive, FindsANumberedListOfOneSentence) {
    EXPECT_TRUE(
        is_repetitive("1. Comets come from the belt.\n2. Comets come from the disc.\n3. Comets "
                      "come from the disc.\n4. "
                      "Comets come from the disc."));
}

TEST(IsRepetitive, FindsADigitLoopInsideANumber) {
    EXPECT_TRUE(is_repetitive("The constant is 1.057820563497820563497820563497820563"));
    EXPECT_FALSE(is_repetitive("The constant is 1.0578205634978205"));
}

TEST(IsRepetitive, FindsALoopWithoutSpaces) {
    EXPECT_TRUE(is_repetitive("水是液体水是液体水是液体"));
}

TEST(IsRepetitive, LeavesAnOrdinaryComparisonAlone) {
    EXPECT_FALSE(
        is_repetitive("A strong acid gives up all of its protons, whereas a weak acid gives up "
                      "only a part of its protons. "
                      "The pH of the strong acid is therefore lower at the same concentration."));
}

TEST(RepeatedShare, CountsEachWordOnce) {
    EXPECT_DOUBLE_EQ(repeated_share("a b c d e a b c d e"), 0.5);
    EXPECT_DOUBLE_EQ(repeated_share("a b c d a b"), 0);
    EXPECT_DOUBLE_EQ(repeated_share(""), 0);
}

}  // namespace
}  // namespace assay::failure_modes
