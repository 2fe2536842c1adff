#include "assay/intake/value.hpp"

#include <gmock/gmock.h>

#include "assay/intake/fields.hpp"

namespace assay::intake {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Value value_of(std::string_view json) {
    JsonReader reader(json);
    Value out = read_value(reader);
    reader.expect_end();
    return out;
}

std::string at(std::string_view json, std::string_view path) {
    const Value row = value_of(json);
    const Value* found = find(row, path);
    return found == nullptr ? "-" : text_of(*found).value_or(kind_of(*found));
}

TEST(Value, ScalarsAreTextAsTheyAreWritten) {
    for (const char* written : {"7", "2.5", "-0", "1e3", "18446744073709551616", "7.0"}) {
        EXPECT_EQ(text_of(value_of(written)), written);
    }
    EXPECT_EQ(text_of(value_of("true")), "true");
    EXPECT_EQ(text_of(value_of("\"a\"")), "a");
    for (const char* none : {"null", "NaN", "Infinity", "-Infinity", "[1]", "{}"}) {
        EXPECT_EQ(text_of(value_of(none)), std::nullopt) << none;
    }
    EXPECT_TRUE(value_of("NaN").is_null());
    EXPECT_TRUE(value_of("-Infinity").is_null());
}

TEST(Value, APathGoesIntoObjectsAndLists) {
    const char* row = R"({"doc": {"answer": {"value": "Danube"}}, "target": ["a", "b"],
        "messages": [{"content": "x"}, {"content": "y"}], "n": null})";
    EXPECT_EQ(at(row, "doc.answer.value"), "Danube");
    EXPECT_EQ(at(row, "target[0]"), "a");
    EXPECT_EQ(at(row, "target[-1]"), "b");
    EXPECT_EQ(at(row, "messages[1].content"), "y");
    EXPECT_EQ(at(row, "messages"), "a list");
    for (const char* none : {"",
                             "doc.answer.other",
                             "target[2]",
                             "target[-3]",
                             "target[x]",
                             "target[",
                             "messages.content",
                             "n",
                             "doc.answer.value.more",
                             ".",
                             "[0]",
                             "doc."}) {
        EXPECT_EQ(at(row, none), "-") << none;
    }
}

TEST(Value, ANameThatHoldsADotIsFoundFirst) {
    const char* row =
        R"({"a.b": "whole", "a": {"b": "inner", "c": "only inner"}, "x.y": {"z": "1"}, "l[0]": "odd"})";
    EXPECT_EQ(at(row, "a.b"), "whole");
    EXPECT_EQ(at(row, "a.c"), "only inner");
    EXPECT_EQ(at(row, "x.y.z"), "1");
    EXPECT_EQ(at(row, "l[0]"), "odd");
}

TEST(Value, AListWrittenAsTextIsReadAsJsonAsPythonAndAsNumPyWriteIt) {
    const auto texts = [](std::string_view text) {
        std::vector<std::string> out;
        if (const auto list = list_of_text(text)) {
            for (const Value& item : list->items) {
                out.push_back(text_of(item).value_or("?"));
            }
        }
        return out;
    };
    EXPECT_THAT(texts(R"(["a", "b"])"), ElementsAre("a", "b"));
    EXPECT_THAT(texts(R"(['a', "it's", 'say \'hi\'', 'two\nlines'])"),
                ElementsAre("a", "it's", "say 'hi'", "two\nlines"));
    EXPECT_THAT(texts("['a' 'b'\n 'c']"), ElementsAre("a", "b", "c"));
    for (const char* none :
         {"[1] is a source [2]", "['a'", "'a']", "['a', b]", "text", "[", "['a'] x"}) {
        EXPECT_FALSE(list_of_text(none)) << none;
    }
}

TEST(Value, EndlessNestingIsRefused) {
    const std::string deep(100000, '[');
    EXPECT_THROW(static_cast<void>(value_of(deep)), JsonProblem);
    EXPECT_FALSE(list_of_text(deep + "]"));
}

TEST(Value, AnExpectedAnswerMayHaveAliases) {
    EXPECT_THAT(*expected_of(value_of(R"(["Danube", null, "Donau", "", "Danube", 7])"), false),
                ElementsAre("Danube", "Donau", "7"));
    EXPECT_THAT(*expected_of(value_of("2.5"), false), ElementsAre("2.5"));
    EXPECT_THAT(*expected_of(value_of("[]"), false), IsEmpty());
    EXPECT_EQ(expected_of(value_of(R"({"value": "x", "aliases": []})"), false).error(),
              "an object of value, aliases");
    EXPECT_EQ(expected_of(value_of(R"(["x", {}])"), false).error(),
              "a list whose item 2 is an object");
    const Value cell = value_of(R"("['a', 'b']")");
    EXPECT_THAT(*expected_of(cell, true), ElementsAre("a", "b"));
    EXPECT_THAT(*expected_of(cell, false), ElementsAre("['a', 'b']")) << "JSON has lists";
    EXPECT_THAT(*expected_of(value_of(R"("[2, 3]")"), true), ElementsAre("[2, 3]"))
        << "a list of numbers may be the answer";
}

TEST(Value, PassagesAreATextAListOrAListAsText) {
    EXPECT_THAT(*passages_of(value_of(R"(["a", {"text": "b"}, {"page_content": "c"}, 4])"), ""),
                ElementsAre("a", "b", "c", "4"));
    EXPECT_THAT(*passages_of(value_of(R"("['a', 'b']")"), ""), ElementsAre("a", "b"));
    EXPECT_THAT(*passages_of(value_of(R"("[1]")"), ""), ElementsAre("[1]"));
    EXPECT_THAT(*passages_of(value_of(R"("a | b")"), ""), ElementsAre("a | b"));
    EXPECT_THAT(*passages_of(value_of(R"("a | b|")"), "|"), ElementsAre("a", "b"));
    EXPECT_EQ(passages_of(value_of("{}"), "").error(), "an object");
    EXPECT_EQ(passages_of(value_of(R"(["a", {}])"), "").error(),
              "a list whose item 2 is an object without text, content or passage");
}

TEST(Value, AQuestionIsATextOrTheOneMessageOfTheUser) {
    EXPECT_EQ(question_of(value_of(R"("Why?")")), "Why?");
    EXPECT_EQ(
        question_of(value_of(
            R"([{"role": "system", "content": "s"}, {"role": "user", "content": [{"type": "text", "text": "Why?"}]}])")),
        "Why?");
    EXPECT_EQ(
        question_of(value_of(
            R"([{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}, {"role": "user", "content": "c"}])")),
        std::nullopt);
}

}  // namespace
}  // namespace assay::intake
