#include "assay/retrieval/lexical.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::retrieval {
namespace {

using testing::ElementsAre;

std::vector<Passage> passages(const std::vector<std::string>& texts) {
    std::vector<Passage> out;
    for (const std::string& text : texts) {
        out.push_back({std::to_string(out.size()), "", text, "f"});
    }
    return out;
}

std::vector<std::size_t> places(const std::vector<Scored>& found) {
    std::vector<std::size_t> out;
    for (const Scored& each : found) {
        out.push_back(each.place);
    }
    return out;
}

TEST(QueryWords, AreSortedOnceEachAndWithoutStopWords) {
    EXPECT_THAT(query_words("Why does the Sun shine, and why does the sun set?"),
                ElementsAre("set", "shine", "sun"));
    EXPECT_THAT(query_words("\"quoted\" OR a-b* NEAR(x)"), ElementsAre("b", "near", "quoted", "x"));
    EXPECT_THAT(query_words("What is it?"), ElementsAre("is", "it", "what"));
    EXPECT_THAT(query_words("?!"), ElementsAre());
    EXPECT_THAT(query_words("\xC3\x89"
                            "COLE"),
                ElementsAre("\xC3\xA9"
                            "cole"));
}

TEST(LexicalIndex, FindsByStemsBestFirst) {
    const auto corpus = passages({"Cats sleep.", "Dogs are barking at dogs.", "A dog and a cat."});
    const LexicalIndex index(corpus);
    EXPECT_THAT(places(index.search("Which dog barks?", 10)), ElementsAre(1, 2));
    EXPECT_THAT(places(index.search("Which dog barks?", 1)), ElementsAre(1));
    EXPECT_THAT(places(index.search("Is there a whale?", 10)), ElementsAre());
    EXPECT_THAT(places(index.search("???", 10)), ElementsAre());
}

TEST(LexicalIndex, EqualScoresAreInTheOrderOfTheCorpus) {
    const auto corpus = passages({"x other", "red stone", "red brick", "red house"});
    const LexicalIndex index(corpus);
    const auto found = index.search("red", 10);
    EXPECT_THAT(places(found), ElementsAre(1, 2, 3));
    EXPECT_EQ(found[0].score, found[2].score);
    EXPECT_GT(found[0].score, 0);
}

TEST(LexicalIndex, WhatIsSyntaxForSqliteIsNotForUs) {
    const auto corpus = passages({"alpha beta", "gamma"});
    const LexicalIndex index(corpus);
    for (const std::string query :
         {"alpha\"", "\"", "alpha AND NOT", "text:alpha", "alpha*", "^alpha", "(alpha", "-alpha"}) {
        EXPECT_NO_THROW(static_cast<void>(index.search(query, 3))) << query;
    }
    EXPECT_THAT(places(index.search("text:alpha", 3)), ElementsAre(0));
}

TEST(LexicalIndex, TheTitleIsSearchedToo) {
    const std::vector<Passage> corpus{{"a", "White dwarfs", "They shrink.", "f"},
                                      {"b", "", "Giants grow.", "f"}};
    const LexicalIndex index(corpus);
    EXPECT_THAT(places(index.search("dwarf", 3)), ElementsAre(0));
}

TEST(LexicalIndex, AccentsAndUnicodeFormsAreOne) {
    const auto corpus = passages({"caf\xC3\xA9 culture", "tea"});
    const LexicalIndex index(corpus);
    EXPECT_THAT(places(index.search("cafe\xCC\x81?", 3)), ElementsAre(0));
    EXPECT_THAT(places(index.search("CAFE", 3)), ElementsAre(0));
}

}  // namespace
}  // namespace assay::retrieval
