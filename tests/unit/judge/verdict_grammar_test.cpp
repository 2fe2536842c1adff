#include "assay/judge/verdict_grammar.hpp"

#include <gtest/gtest.h>

namespace assay::judge {
namespace {

// That llama.cpp reads them, and what a model writes under them, is tested with the real engine
// (gguf_judge_model_test).
TEST(VerdictGrammar, AsksForTheFieldsInTheirOrder) {
    const std::string grammar = verdict_grammar(Thinking::kNone, false);
    EXPECT_TRUE(grammar.starts_with("root ::= object\n"));
    EXPECT_LT(grammar.find("reasoning"), grammar.find("verdict"));
    EXPECT_LT(grammar.find("verdict"), grammar.find("confidence"));
    EXPECT_EQ(grammar.find("think"), std::string::npos);
    EXPECT_EQ(grammar.find("tags_a"), std::string::npos);
    const std::string tagged = verdict_grammar(Thinking::kNone, true);
    EXPECT_LT(tagged.find("confidence"), tagged.find("tags_a"));
    EXPECT_LT(tagged.find("tags_a"), tagged.find("tags_b"));
    for (const char* word : {"\"incorrect\"", "\"off_topic\"", "\"formatting\"", "{0,7}"}) {
        EXPECT_NE(tagged.find(word), std::string::npos) << word;
    }
}

TEST(VerdictGrammar, LetsAThoughtStandBeforeItWhereThereMayBeOne) {
    EXPECT_NE(verdict_grammar(Thinking::kMayBegin, false).find("(\"<think>\" thought)? object"),
              std::string::npos);
    EXPECT_TRUE(
        verdict_grammar(Thinking::kHasBegun, false).starts_with("root ::= thought object\n"));
}

}  // namespace
}  // namespace assay::judge
