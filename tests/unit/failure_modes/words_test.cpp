#include "assay/failure_modes/words.hpp"

#include <gmock/gmock.h>

namespace assay::failure_modes {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Words, AreLowerCaseRunsOfLettersDigitsAndInnerApostrophes) {
    EXPECT_THAT(words("It DOESN’T—don't cost 'much': 3.5 µm"),
                ElementsAre("it", "doesn't", "don't", "cost", "much", "3", "5", "m"));
}

TEST(Words, OfScriptsWithoutSpacesAreSingleCharacters) {
    EXPECT_THAT(words("水 is H2O。水"), ElementsAre("水", "is", "h2o", "水"));
}

TEST(Words, OfBytesThatAreNoUtf8AreWhatIsLeft) {
    EXPECT_THAT(words("a\xFF\xFE b\xC3"), ElementsAre("a", "b"));
    EXPECT_THAT(words(std::string(3, '\0')), IsEmpty());
    EXPECT_THAT(words(""), IsEmpty());
}

TEST(CodePoints, OfEveryLengthOfUtf8) {
    EXPECT_THAT(code_points("a\u00e9\u6c34\U0001F600\xFF"),
                ElementsAre(U'a', 0xE9, 0x6C34, 0x1F600, 0xFFFD));
}

TEST(ScriptOf, KnowsLettersFromPunctuation) {
    EXPECT_EQ(script_of(U'z'), Script::kLatin);
    EXPECT_EQ(script_of(0xE9), Script::kLatin);
    EXPECT_EQ(script_of(0x3B1), Script::kGreek);
    EXPECT_EQ(script_of(0x436), Script::kCyrillic);
    EXPECT_EQ(script_of(0x6C34), Script::kCjk);
    EXPECT_EQ(script_of(0xD55C), Script::kHangul);
    for (const char32_t c : {U'1',
                             U' ',
                             U'\0',
                             char32_t{0xD7},
                             char32_t{0x2019},
                             char32_t{0xFF01},
                             char32_t{0xFFFD},
                             char32_t{0x10FFFF}}) {
        EXPECT_EQ(script_of(c), Script::kNone) << static_cast<unsigned>(c);
    }
}

TEST(WithoutCode, LeavesTheTextAroundFencesAndSpans) {
    EXPECT_EQ(without_code("a `b` c"), "a     c");
    EXPECT_EQ(without_code("a ```b\nc``` d"), "a           d");
    EXPECT_EQ(without_code("a ```b"), "a     ");
    EXPECT_EQ(without_code("5` of arc"), "5` of arc");
}

}  // namespace
}  // namespace assay::failure_modes
