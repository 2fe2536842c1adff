#include <gmock/gmock.h>

#include "assay/config/rows.hpp"

namespace assay::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> problems(const Rows& rows) {
    std::vector<std::string> out;
    for (const RowProblem& problem : rows.problems) {
        out.push_back(std::to_string(problem.line) + ": " + problem.message);
    }
    return out;
}
std::vector<std::int64_t> lines(const Rows& rows) {
    std::vector<std::int64_t> out;
    for (const Row& row : rows.rows) {
        out.push_back(row.line);
    }
    return out;
}

TEST(RowsJson, CellsKeepTheirType) {
    const Rows rows = rows_of_json_lines(
        R"({"a": "x", "b": 5, "c": 1.5, "d": null, "e": ["p", {"text": "q"}, {"content": "r"}, {"passage": "s"}], "f": true, "g": {}, "h": [1], "i": [{}], "j": [], "k": 18446744073709551615})");
    ASSERT_EQ(rows.rows.size(), 1u);
    std::string shown;
    for (const auto& [name, cell] : rows.rows[0].fields) {
        shown += name + ":" + std::to_string(static_cast<int>(cell.kind)) + cell.text + cell.what;
        for (const std::string& text : cell.texts) {
            shown += "+" + text;
        }
        shown += " ";
    }
    EXPECT_EQ(shown,
              "a:1x b:25 c:4a number with a fraction d:0 e:3+p+q+r+s f:4true or false g:4an object "
              "h:4a list whose "
              "item 1 is a number "
              "i:4a list whose item 1 is an object without text, content or passage j:3 "
              "k:218446744073709551615 ");
}

TEST(RowsJson, LinesAreCountedAndBlankOnesSkipped) {
    const Rows rows = rows_of_json_lines("\r\n{\"a\": 1}\r\n\n{\"a\": 2}\n[1]\n{\"a\": 3}\n\n\n");
    EXPECT_THAT(lines(rows), ElementsAre(2, 4, 6));
    EXPECT_EQ(rows.rows[2].number, 4);
    EXPECT_THAT(problems(rows), ElementsAre("5: a question must be a JSON object, not a list"));
}

TEST(RowsJson, ABrokenLineIsReportedAndTheNextOneRead) {
    const Rows rows = rows_of_json_lines(
        "{\"a\": 1}\n{\"a\": \n{\"a\": 1, \"a\": 2}\n{\"b\": \"\xFF\"}\n{\"a\": 1} x\n{\"a\": "
        "1e999}\n{\"a\": 4}");
    EXPECT_THAT(lines(rows), ElementsAre(1, 7));
    EXPECT_THAT(
        problems(rows),
        ElementsAre("2: broken JSON at column 6: syntax error while parsing value - unexpected "
                    "end of input; expected '[', '{', or a literal",
                    "3: the key \"a\" stands twice",
                    "4: is not valid UTF-8",
                    "5: broken JSON at column 10: syntax error while parsing value - invalid "
                    "literal; last read: '1} x'; expected end of input",
                    "6: broken JSON: number overflow parsing '1e999'"));
}

TEST(RowsJson, ItemsOfAnArrayKnowTheirLines) {
    const Rows rows = rows_of_json_document(
        "[\n  {\"a\": [\n1,\n{\"b\": 2}]},\n  5\n,\"x\",\n null, {\"a\":\n 2}\n,\n[],{\n}]\n");
    EXPECT_THAT(lines(rows), ElementsAre(2, 7, 10));
    EXPECT_EQ(rows.rows[2].number, 7);
    EXPECT_THAT(problems(rows),
                ElementsAre("5: a question must be a JSON object, not a number",
                            "6: a question must be a JSON object, not text",
                            "7: a question must be a JSON object, not null",
                            "10: a question must be a JSON object, not a list"));
}

TEST(RowsJson, AnObjectMayHoldTheList) {
    const Rows rows = rows_of_json_document(
        "{\"meta\": [[1], {\"x\": [2]}],\n \"examples\": [{\"a\": 1},\n{\"a\": 2}],\n\"version\": "
        "3}");
    EXPECT_THAT(problems(rows), IsEmpty());
    EXPECT_THAT(lines(rows), ElementsAre(2, 3));
    EXPECT_THAT(problems(rows_of_json_document("{\"data\": [], \"items\": []}")),
                ElementsAre("1: holds two lists, \"data\" and \"items\""));
    EXPECT_THAT(problems(rows_of_json_document("{\"rows\": [], \"items\": 5}")),
                ElementsAre("1: holds no list under data, questions, examples, items"));
}

TEST(RowsJson, BrokenDocumentsNameTheLine) {
    EXPECT_THAT(problems(rows_of_json_document("[{\"a\": 1},\n{\"a\": 2]\n")),
                ElementsAre(HasSubstr("2: broken JSON at column 8: syntax error")));
    EXPECT_THAT(problems(rows_of_json_document("[{\"a\": 1},\n{\"a\": 2}\n")),
                ElementsAre(HasSubstr("3: broken JSON at column 1: syntax error")));
}

TEST(RowsJson, EndlessNestingIsRefused) {
    const std::string deep(100000, '[');
    EXPECT_THAT(problems(rows_of_json_document(deep)),
                ElementsAre("1: nests deeper than 64 levels"));
    EXPECT_THAT(problems(rows_of_json_lines("{\"a\": " + deep)),
                ElementsAre("1: nests deeper than 64 levels"));
    EXPECT_FALSE(texts_of_json(deep));
    EXPECT_FALSE(is_json_object("{\"a\":" + deep));
}

TEST(RowsJson, AListInACellIsRead) {
    EXPECT_THAT(texts_of_json("[\"a\", {\"text\": \"b\"}]").value(), ElementsAre("a", "b"));
    EXPECT_FALSE(texts_of_json("[1] as the first source says"));
    EXPECT_FALSE(texts_of_json("[1]"));
    EXPECT_FALSE(texts_of_json("\"a\""));
}

}  // namespace
}  // namespace assay::config
