#include "assay/failure_modes/endings.hpp"

#include <gtest/gtest.h>

namespace assay::failure_modes {
namespace {

TEST(EndsMidSentence, IsFalseAfterAFullStop) {
    for (const char* text : {"It is hot.",
                             "Is it?",
                             "He said \"it is hot.\"",
                             "It is hot (very).**",
                             "水是液体。",
                             "It is hot. \n"}) {
        EXPECT_FALSE(ends_mid_sentence(text)) << text;
    }
}

TEST(EndsMidSentence, IsTrueForAnOpenEnd) {
    for (const char* text : {"It is hot, and",
                             "First,",
                             "It is larger than the",
                             "It is hot. The star",
                             "It is larger than 3.5 kelvin and it becomes very very hot indeed",
                             "It is hot (as",
                             "some of the -"}) {
        EXPECT_TRUE(ends_mid_sentence(text)) << text;
    }
}

TEST(EndsMidSentence, IsFalseForAShortAnswerOrAListItem) {
    for (const char* text : {"Paris",
                             "The answer is: 2e46 joules",
                             "about 3.5 kelvin",
                             "They are:\n- Helium\n- Neon",
                             "A) 2%\nB) 3%"}) {
        EXPECT_FALSE(ends_mid_sentence(text)) << text;
    }
}

TEST(EndsMidSentence, IsFalseWhereThereIsNoAnswerAtAll) {
    for (const char* text : {"", "  ", "...", "The answer to this question is:", "\xFF"}) {
        EXPECT_FALSE(ends_mid_sentence(text)) << text;
    }
}

TEST(EndsMidSentence, IsFalseAfterAClosedFence) {
    EXPECT_FALSE(ends_mid_sentence("So it is:\n```\nx = a +\n```"));
}

TEST(IsTruncated, FollowsTheStopReasonWhateverTheText) {
    EXPECT_TRUE(is_truncated("It is hot.", StopReason::kLength));
    EXPECT_FALSE(is_truncated("It is hot.", StopReason::kStop));
    EXPECT_TRUE(is_truncated("It is hot because", StopReason::kStop));
}

}  // namespace
}  // namespace assay::failure_modes
