#include "assay/llm/prompt_cut.hpp"

#include <gtest/gtest.h>

namespace assay::llm {
namespace {

std::string words(int n) {
    std::string out;
    for (int i = 0; i < n; ++i) {
        out += "word" + std::to_string(i % 10) + " ";
    }
    return out;
}

TEST(PromptCut, ManyEqualCountsOfPromptsOfDifferentLengthAreACut) {
    PromptCut cut;
    EXPECT_FALSE(cut.look(words(1500), 1900)) << "a prompt that fits";
    EXPECT_FALSE(cut.look(words(1700), 2050));
    EXPECT_FALSE(cut.look(words(2000), 2050)) << "two may be an accident";
    const auto sentence = cut.look(words(2600), 2050);
    ASSERT_TRUE(sentence);
    EXPECT_NE(sentence->find("2050"), std::string::npos);
    EXPECT_NE(sentence->find("num_ctx"), std::string::npos);
    EXPECT_FALSE(cut.look(words(900), 1100)) << "a prompt that fits stays one";
}

TEST(PromptCut, EqualCountsBelowALargerOneAreAnAccident) {
    PromptCut cut;
    EXPECT_FALSE(cut.look(words(3000), 3600));
    for (const int n : {1500, 1800, 2100, 2400}) {
        EXPECT_FALSE(cut.look(words(n), 2050)) << n;
    }
}

TEST(PromptCut, EqualCountsOfPromptsOfOneLengthAreNone) {
    PromptCut cut;
    for (int i = 0; i < 100; ++i) {
        EXPECT_FALSE(cut.look(words(1500 + i % 10), 1800)) << i;
    }
}

TEST(PromptCut, ACountFarBelowTheTextIsACutAtOnce) {
    PromptCut cut;
    EXPECT_TRUE(cut.look(words(7000), 2048));
    EXPECT_FALSE(cut.look(words(2000), 2600));
}

TEST(PromptCut, LanguagesAndTablesOfAllKindsAreNone) {
    std::string hindi, chinese;
    for (int i = 0; i < 1000; ++i) {
        hindi += "\xE0\xA4\xA8\xE0\xA4\xAE\xE0\xA4\xB8\xE0\xA5\x8D\xE0\xA4\xA4\xE0\xA5\x87 ";
        chinese += "\xE4\xBD\xA0\xE5\xA5\xBD";
    }
    EXPECT_FALSE(PromptCut().look(hindi, 2000)) << "nine bytes a token";
    EXPECT_FALSE(PromptCut().look(chinese, 1000));
    EXPECT_FALSE(PromptCut().look(words(300) + std::string(50000, '-'), 1200)) << "a ruler";
    EXPECT_FALSE(PromptCut().look(words(300) + std::string(50000, ' '), 1200)) << "indented";
}

TEST(PromptCut, ASmallCountOrNoneSaysNothing) {
    PromptCut cut;
    EXPECT_FALSE(cut.look(words(5000), 0));
    EXPECT_FALSE(cut.look(words(5000), 30)) << "only what a cache did not have";
}

}  // namespace
}  // namespace assay::llm
