#include "assay/records/thoughts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace assay {
namespace {

TEST(FindThoughts, EndsEachSpellingOfABlockAtTheBeginning) {
    for (const char* text :
         {"<think>Hm.</think>\n\nParis.",
          "\n<think>\nHm.\n</think>Paris.",
          "<think></think>\n\nParis.",
          "<THINK>Hm.</Think> Paris.",
          "<thinking>Hm.</thinking>\nParis.",
          "<thought>Hm.</thought>\nParis.",
          "<reasoning>Hm.</reasoning>\nParis.",
          "<seed:think>Hm.</seed:think>Paris.",
          "[THINK]Hm.[/THINK]Paris.",
          "<|START_THINKING|>Hm.<|END_THINKING|>Paris.",
          "\u25c1think\u25b7Hm.\u25c1/think\u25b7Paris.",
          "<|channel>thought\nHm.<channel|>Paris.",
          "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>"
          "Paris.",
          "<|channel|>analysis<|message|>Hm.<|channel|>final <|constrain|>JSON<|message|>Paris.",
          "analysisThe user asks for a city.assistantfinalParis.",
          "Here is my thought process:\nHm.\nHere is my response:\nParis.",
          "<think>one</think><think>two</think>\nParis.",
          "<think>Hm.</think></think>\n\nParis."}) {
        EXPECT_EQ(said_of(text), "Paris.") << text;
        EXPECT_TRUE(find_thoughts(text).any) << text;
        EXPECT_FALSE(find_thoughts(text).unfinished) << text;
    }
}

TEST(FindThoughts, EndsThoughtsThatTheTemplateHasOpened) {
    for (const char* text : {"Hm.\n</think>\n\nParis.",
                             "Hm.</think>\n\nParis.",
                             "Hm. </think> Paris.",
                             "</think>\n\nParis.",
                             "The set {1, 2 is not closed\n</think>\nParis.",
                             "Hm.\n[/THINK]Paris.",
                             "The tag <think> begins it.\n</think>\nParis.",
                             "Hm.\n</think>\n<think>again</think>\nParis."}) {
        EXPECT_EQ(said_of(text), "Paris.") << text;
    }
}

TEST(FindThoughts, LeaveATextAloneThatTalksAboutTheMarks) {
    for (const char* text : {"",
                             "  Paris. \n",
                             "The tag </think> ends the thoughts.",
                             "Models write `</think>` there.",
                             "Write <think> first, then \"</think>\".",
                             "It looks so:\n<think>\nHm.\n</think>\nand goes on.",
                             "```\nHm.\n</think>\n```\nends it.",
                             "analysis of the data shows nothing",
                             "Here is my thought process: I guess."}) {
        EXPECT_EQ(said_of(text), text);
        EXPECT_FALSE(find_thoughts(text).any) << text;
    }
}

TEST(FindThoughts, SayNothingWhereTheyHaveNoEnd) {
    for (const char* text : {"<think>Hm, so", "<think>a</think> <think>b", "[THINK]Hm"}) {
        EXPECT_EQ(said_of(text), "") << text;
        EXPECT_TRUE(find_thoughts(text).unfinished) << text;
    }
}

TEST(FindThoughts, TakeNoEndWhereTheCallerSaysThatItIsQuoted) {
    const std::string text = "Hm.\n</think>\nParis.";
    const auto always = [](std::string_view, std::size_t) { return true; };
    EXPECT_FALSE(find_thoughts(text, always).any);
    EXPECT_TRUE(find_thoughts(text).any);
}

}  // namespace
}  // namespace assay
