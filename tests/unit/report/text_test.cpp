#include "assay/report/text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <type_traits>

namespace assay::report {
namespace {

// A literal is words; a string can hold anything, so it has to say what it is.
static_assert(std::is_convertible_v<const char (&)[4], Text>);
static_assert(!std::is_convertible_v<std::string, Text>);
static_assert(!std::is_convertible_v<std::string_view, Text>);
static_assert(!std::is_convertible_v<const char*, Text>);
static_assert(!std::is_constructible_v<Text, std::string>);

TEST(Text, APhraseKeepsWhatIsForeignApart) {
    const Text text = say("{} by {}, {} of {}", code("Q4"), foreign("me | <b>"), 3, "many");
    ASSERT_EQ(text.spans().size(), 4u);
    EXPECT_EQ(std::get<Code>(text.spans()[0].content).bytes, "Q4");
    EXPECT_EQ(std::get<Words>(text.spans()[1].content).text, " by ");
    EXPECT_EQ(std::get<Foreign>(text.spans()[2].content).bytes, "me | <b>");
    EXPECT_EQ(std::get<Words>(text.spans()[3].content).text, ", 3 of many");
}

TEST(Text, PlacesInForeignTextAreNotFilled) {
    EXPECT_EQ(raw_bytes(say("{} and {}", foreign("{}"), "b")), "{} and b");
}

TEST(Text, WordsOfOneWeightAreOneSpan) {
    const Text text = Text("a") + "b" + strong("c") + "" + strong("d") + "e";
    ASSERT_EQ(text.spans().size(), 3u);
    EXPECT_EQ(text.spans()[1].weight, Weight::kStrong);
    EXPECT_EQ(std::get<Words>(text.spans()[1].content).text, "cd");
}

TEST(Text, NoWordsAreNoText) {
    EXPECT_TRUE(Text("").empty());
    EXPECT_TRUE(Text().empty());
    EXPECT_FALSE(foreign("").empty()) << "there is a text, though nothing is in it";
}

TEST(Text, WeightGoesOntoForeignText) {
    const Text text = strong(foreign("x", 5));
    EXPECT_EQ(text.spans().front().weight, Weight::kStrong);
    EXPECT_EQ(std::get<Foreign>(text.spans().front().content).max_chars, 5u);
}

TEST(Text, ForeignTextIsCutAfterWholeCharacters) {
    EXPECT_EQ(shown_part({"äöü", 2}), "äö… (cut)");
    EXPECT_EQ(shown_part({" äöü ", 3}), "äöü");
    EXPECT_EQ(shown_part({"a\xFF", 0}), "a\uFFFD");
}

TEST(Text, NamesAreListed) {
    const std::vector<std::string> names{"a", "b"};
    EXPECT_EQ(code_list(names), code("a") + ", " + code("b"));
    EXPECT_TRUE(code_list({}).empty());
}

}  // namespace
}  // namespace assay::report
