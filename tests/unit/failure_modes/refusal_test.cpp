#include "assay/failure_modes/refusal.hpp"

#include <gtest/gtest.h>

namespace assay::failure_modes {
namespace {

constexpr std::string_view
    kAbsent = "The contexts do not state the depth. They only report three eruptions.";
constexpr std::string_view kPresent = "It is about 8 kilometres deep.";

TEST(IsEmptyAnswer, MeansNoWordOrALeadInWithNothingAfterIt) {
    for (const char* text : {"",
                             " \n",
                             "...",
                             "\xFF\xFE",
                             "The answer is:",
                             "\nThe answer to this question is:",
                             "ANSWER",
                             "Here is what the passages say:",
                             "The answer is: [1]\n\n[2]",
                             "Answer briefly. The answer is:"}) {
        EXPECT_TRUE(is_empty_answer(text)) << text;
    }
    for (const char* text :
         {"The answer is: 3", "The answer is yes.", "It is [very] hot", "水", "[1"}) {
        EXPECT_FALSE(is_empty_answer(text)) << text;
    }
}

TEST(Declines, IsAboutTheWriterOnly) {
    for (const char* text : {"I don't know.",
                             "The answer is: I don’t know.",
                             "I'm not sure.",
                             "Sorry, but I cannot say.",
                             "As an AI, I have no view."}) {
        EXPECT_TRUE(declines(text)) << text;
    }
    for (const char* text : {"Answer correctly, and say so when you do not know.",
                             "You're unsure of the answer.",
                             "It cannot escape.",
                             "I canter."}) {
        EXPECT_FALSE(declines(text)) << text;
    }
}

TEST(Declines, LooksAtTheBeginningOnly) {
    EXPECT_FALSE(
        declines("It is held up by the pressure of its electrons, which follows from the exclusion "
                 "principle and does "
                 "not depend on "
                 "temperature, though the reason for it is something that I cannot explain here."));
}

TEST(SaysSourcesDoNotSay, NeedsANegationASourceAndAVerbOfSaying) {
    for (const char* text : {"The passages do not contain the answer.",
                             "This is not stated in any of the contexts.",
                             "There is no information on this.",
                             "The text doesn't mention the depth."}) {
        EXPECT_TRUE(says_sources_do_not_say(text)) << text;
    }
    for (const char* text : {"The method does not give the mass.",
                             "The passages describe comets.",
                             "It is not a passage for ships."}) {
        EXPECT_FALSE(says_sources_do_not_say(text)) << text;
    }
}

TEST(IsNoAnswer, HonestyIsNoRefusalWhereTheExpectedAnswerIsThatSourcesDoNotSay) {
    for (const char* text : {"The passages do not state the depth.", "I don't know."}) {
        EXPECT_FALSE(is_no_answer(text, kAbsent)) << text;
        EXPECT_TRUE(is_no_answer(text, kPresent)) << text;
        EXPECT_TRUE(is_no_answer(text, std::nullopt)) << text;
    }
    EXPECT_TRUE(is_no_answer("", kAbsent));
    EXPECT_FALSE(is_no_answer("It is 8 km deep.", kPresent));
}

}  // namespace
}  // namespace assay::failure_modes
