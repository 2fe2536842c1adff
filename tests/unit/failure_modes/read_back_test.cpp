#include "assay/failure_modes/read_back.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace assay::failure_modes {
namespace {

const std::vector<std::string> kInstructions = {
    "You are a careful assistant. Answer correctly and briefly, and say so when you do not know.",
    "Answer the question with facts from the numbered passages below. If they do not contain the "
    "answer, say so."};

TEST(ReadsInstructionsBack, FindsTheirBeginningWithAWordChanged) {
    for (const char* text : {"You are a careful assistant.",
                             "It is blue.\n\nyou're a CAREFUL assistant, so I help",
                             "You are a care assistant.",
                             "You are a very careful assistant.",
                             "You are careful assistant.",
                             "Answer the question by facts from it."}) {
        EXPECT_TRUE(reads_instructions_back(text, kInstructions)) << text;
    }
    for (const char* text : {"You are a skilled physician.",
                             "A careful assistant answers.",
                             "Answer: the question is hard.",
                             "",
                             "You are"}) {
        EXPECT_FALSE(reads_instructions_back(text, kInstructions)) << text;
    }
}

TEST(ReadsInstructionsBack, FindsEightOfTheirWordsInARow) {
    EXPECT_TRUE(reads_instructions_back("I answer correctly and briefly, and say so when asked.",
                                        kInstructions));
    EXPECT_FALSE(reads_instructions_back("I answer correctly and briefly, and say nothing else.",
                                         kInstructions));
}

TEST(ReadsInstructionsBack, AnHonestRefusalIsNone) {
    for (const char* text : {"The passages do not contain the answer.",
                             "They do not contain the answer, so I do not know.",
                             "I do not know."}) {
        EXPECT_FALSE(reads_instructions_back(text, kInstructions)) << text;
    }
}

TEST(ReadsInstructionsBack, ShortOrNoInstructionsAreNeverReadBack) {
    EXPECT_FALSE(reads_instructions_back("Be brief.", std::vector<std::string>{"Be brief.", ""}));
    EXPECT_FALSE(reads_instructions_back("You are a careful assistant.", {}));
}

TEST(ReadsQuestionBack, IsTheQuestionInTheOrderOfAQuestion) {
    const char* question =
        "Why do the ion tail and the dust tail of a comet point in different directions?";
    EXPECT_TRUE(
        reads_question_back("Q: Why do the ion tail and the dust tail point away?", question));
    EXPECT_FALSE(reads_question_back(
        "The ion tail and the dust tail of a comet point in different directions because ...",
        question));
    EXPECT_TRUE(reads_question_back("why is it blue", "Why is it blue?"));
    EXPECT_FALSE(reads_question_back("why blue", "Why blue?")) << "too short to tell";
}

TEST(FixedTexts, AreWhatATemplateSaysWhateverItsVariablesAre) {
    EXPECT_EQ(fixed_texts("A {{ x }} B{% if y %}C{% endif %}{# no #} {D} {"),
              (std::vector<std::string>{"A ", " B", "C", " {D} {"}));
    EXPECT_EQ(fixed_texts("A {{ x"), (std::vector<std::string>{"A "}));
    EXPECT_EQ(fixed_texts(""), std::vector<std::string>{});
}

}  // namespace
}  // namespace assay::failure_modes
