#include "assay/retrieval/chunks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/base/text.hpp"
#include "assay/base/unicode_text.hpp"

namespace assay::retrieval {
namespace {

using testing::ElementsAre;

/// A sentence of `n` words.
std::string sentence(int n, const std::string& word) {
    std::string out = "The";
    for (int i = 1; i < n; ++i) {
        out += " " + word;
    }
    return out + ".";
}

TEST(Chunks, SentencesThatFitAreOnePassageWithSingleSpaces) {
    EXPECT_THAT(passages_of("One  is here.\nTwo is there.\n\nThree is new."),
                ElementsAre("One is here. Two is there.\nThree is new."));
    EXPECT_THAT(passages_of(" \n\n \t"), ElementsAre());
}

TEST(Chunks, APassageEndsWhereASentenceDoes) {
    const std::string a = sentence(150, "apple"), b = sentence(60, "berry"),
                      c = sentence(140, "cherry");
    EXPECT_THAT(passages_of(a + " " + b + " " + c), ElementsAre(a, b + " " + c));
}

TEST(Chunks, TwoHundredWordsFitAndTwoHundredAndOneDoNot) {
    const std::string a = sentence(100, "apple"), b = sentence(100, "berry"),
                      c = sentence(101, "berry");
    EXPECT_THAT(passages_of(a + " " + b), ElementsAre(a + " " + b));
    EXPECT_THAT(passages_of(a + " " + c), ElementsAre(a, c));
}

TEST(Chunks, NoSentenceEndsBehindAnAbbreviation) {
    const std::string long_one = sentence(195, "apple");
    for (const std::string abbreviated : {"As Dr. Smith said it was so.",
                                          "See Fig. Seven for the rest of it.",
                                          "Smith et al. Found this to be so.",
                                          "Some are red, i.e. Not blue at all.",
                                          "They are many (e.g. Apples) in all.",
                                          "It is cf. Smith who said this."}) {
        EXPECT_THAT(passages_of(long_one + " " + abbreviated), ElementsAre(long_one, abbreviated));
    }
}

TEST(Chunks, ALongSentenceIsCutBetweenWordsAndNothingIsLost) {
    std::string text;
    for (int i = 0; i < 1000; ++i) {
        text += (i == 0 ? "w" : " w") + std::to_string(i);
    }
    const std::vector<std::string> passages = passages_of(text);
    ASSERT_EQ(passages.size(), 5U);
    std::string joined;
    for (const std::string& passage : passages) {
        EXPECT_LE(n_words(passage), kMostWords);
        joined += (joined.empty() ? "" : " ") + passage;
    }
    EXPECT_EQ(joined, text);
}

TEST(Chunks, TextWithoutSpacesIsCutToo) {
    std::string blob(10'000, 'x'), chinese;
    for (int i = 0; i < 2000; ++i) {
        chinese += "\xE4\xB8\xAD";
    }
    for (const std::string& text : {blob, chinese}) {
        std::string joined;
        const std::vector<std::string> passages = passages_of(text);
        EXPECT_GT(passages.size(), 1U);
        for (const std::string& passage : passages) {
            EXPECT_LE(n_characters(passage), kMostCharacters);
            EXPECT_TRUE(is_valid_utf8(passage));
            joined += passage;
        }
        EXPECT_EQ(joined, text);
    }
}

TEST(Chunks, BytesThatAreNoUtf8BecomeReplacements) {
    EXPECT_THAT(passages_of("a \xFF b"), ElementsAre("a \xEF\xBF\xBD b"));
}

}  // namespace
}  // namespace assay::retrieval
