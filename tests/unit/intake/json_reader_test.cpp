#include "assay/intake/json_reader.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "assay/base/random.hpp"

namespace assay::intake {
namespace {

/// Passes over the whole text; what is wrong with it, or nothing.
std::string json_problem_of(std::string_view text) {
    JsonReader reader(text);
    try {
        reader.skip();
        reader.expect_end();
        return "";
    } catch (const JsonProblem& problem) {
        EXPECT_LE(problem.offset, text.size());
        return problem.message.empty() ? "(without a message)" : problem.message;
    }
}

std::string text_of(std::string_view json) {
    JsonReader reader(json);
    return std::string(reader.read_text());
}

TEST(JsonReader, GivesMembersInTheirOrder) {
    JsonReader reader(R"( {"a" : "x", "b":[1, -2.5e3, {"c":null}], "d": true} )");
    ASSERT_EQ(reader.kind(), JsonKind::kObject);
    reader.enter_object();
    EXPECT_EQ(reader.next_key(), "a");
    EXPECT_EQ(reader.read_text(), "x");
    EXPECT_EQ(reader.next_key(), "b");
    ASSERT_EQ(reader.kind(), JsonKind::kList);
    reader.enter_list();
    ASSERT_TRUE(reader.next_item());
    EXPECT_EQ(reader.read_number(), "1");
    ASSERT_TRUE(reader.next_item());
    EXPECT_EQ(reader.read_number(), "-2.5e3");
    ASSERT_TRUE(reader.next_item());
    reader.skip();
    EXPECT_FALSE(reader.next_item());
    EXPECT_EQ(reader.next_key(), "d");
    EXPECT_TRUE(reader.read_bool());
    EXPECT_FALSE(reader.next_key());
    reader.expect_end();
    EXPECT_EQ(reader.kind(), JsonKind::kNone);
}

TEST(JsonReader, DecodesEscapesAndKeepsUtf8) {
    EXPECT_EQ(text_of(R"("a\"\\\/\b\f\n\r\té\u00e9\u20AC\uD83D\uDE00")"),
              "a\"\\/\b\f\n\r\té\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
    EXPECT_EQ(text_of(R"("\ud83d!")"), "\xEF\xBF\xBD!") << "Python writes half of a pair as it is";
    EXPECT_EQ(text_of(R"("\ud83d\u0041")"),
              "\xEF\xBF\xBD"
              "A");
    JsonReader two(R"(["\u0041", "\u0042"])");
    two.enter_list();
    ASSERT_TRUE(two.next_item());
    const std::string_view first = two.read_text();
    ASSERT_TRUE(two.next_item());
    EXPECT_EQ(two.read_text(), "B");
    EXPECT_EQ(first, "A") << "decoded texts stay until they are let go";
}

TEST(JsonReader, TakesPythonsNaNAndInfinitiesForNull) {
    for (const char* word : {"NaN", "Infinity", "-Infinity"}) {
        JsonReader reader(word);
        EXPECT_EQ(reader.kind(), JsonKind::kNull) << word;
        reader.skip();
        reader.expect_end();
    }
}

TEST(JsonReader, RefusesWhatIsNoJson) {
    for (const char* wrong : {"",           " ",       "{",          "}",
                              "[1,",        "[1 2]",   "{\"a\"}",    "{\"a\":}",
                              "{\"a\":1,}", "[1,]",    "{a:1}",      "nul",
                              "tru",        "NaNs",    "01",         "-",
                              "1.",         "1e",      ".5",         "+1",
                              "\"open",     "\"\\x\"", "\"\\u12\"",  "\"a\nb\"",
                              "\"\xFF\"",   "1 2",     "{\"a\":1}}", "[}",
                              "{]",         "'a'",     "Infinit",    "{\"a\":1 \"b\":2}",
                              "\"\\"}) {
        EXPECT_NE(json_problem_of(wrong), "") << wrong;
    }
    for (const char* right : {"0",
                              "-0.1e-5",
                              "[]",
                              "{}",
                              "[[],{}]",
                              "\"\"",
                              "null",
                              " [ 1 , 2 ] ",
                              "{\"a\":{\"b\":[{}]}}"}) {
        EXPECT_EQ(json_problem_of(right), "") << right;
    }
}

TEST(JsonReader, RefusesDeepNesting) {
    EXPECT_EQ(json_problem_of(std::string(64, '[') + std::string(64, ']')), "");
    EXPECT_NE(json_problem_of(std::string(65, '[') + std::string(65, ']')).find("64 levels"),
              std::string::npos);
    EXPECT_NE(json_problem_of(std::string(1'000'000, '[')), "");
}

TEST(JsonReader, AgreesWithAnotherParserOnBrokenTexts) {
    const std::string
        seed = R"({"question": "q\u00e91", "n": [-1.5e3, 0, true, null, {"x": ""}], "v": "wín"})";
    Rng rng(17);
    static constexpr std::string_view
        kBytes = "{}[]\",:\\/ \n\t0123456789.-+eEtrufalsn\x80\xC3\xA9";
    for (int round = 0; round < 20'000; ++round) {
        std::string text = seed;
        for (std::uint64_t edits = 1 + rng.below(3); edits > 0; --edits) {
            const std::size_t at = rng.below(text.size());
            const char byte = kBytes[rng.below(kBytes.size())];
            switch (rng.below(3)) {
                case 0: text[at] = byte; break;
                case 1: text.insert(at, 1, byte); break;
                default: text.erase(at, 1);
            }
        }
        // Half of a surrogate pair is the one thing that this reader lets pass.
        if (text.find("\\ud") != std::string::npos || text.find("\\uD") != std::string::npos) {
            continue;
        }
        EXPECT_EQ(json_problem_of(text).empty(), nlohmann::json::accept(text))
            << text << "\n"
            << json_problem_of(text);
    }
}

}  // namespace
}  // namespace assay::intake
