#include "assay/judge/verdict_grammar.hpp"

#include <gtest/gtest.h>

namespace assay::judge {
namespace {

// That llama.cpp reads them, and what a model writes under them, is tested with the real engine (gguf_judge_model_test).
TEST(VerdictGrammar, AsksForTheFieldsInTheirOrder) {
    const std::string grammar = verdict_grammar(Thinking::kNone);
    EXPECT_TRUE(grammar.starts_with("root ::= object\n"));
    EXPECT_LT(grammar.find("reasoning"), grammar.find("verdict"));
    EXPECT_LT(grammar.find("verdict"), grammar.find("confidence"));
    EXPECT_EQ(grammar.find("think"), std::string::npos);
}

TEST(VerdictGrammar, LetsAThoughtStandBeforeItWhereThereMayBeOne) {
    EXPECT_NE(verdict_grammar(Thinking::kMayBegin).find("(\"<think>\" thought)? object"), std::string::npos);
    EXPECT_TRUE(verdict_grammar(Thinking::kHasBegun).starts_with("root ::= thought object\n"));
}

}  // namespace
}  // namespace assay::judge
