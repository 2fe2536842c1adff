#include "assay/intake/rows.hpp"

#include <gmock/gmock.h>

namespace assay::intake {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct ReadFile {
    Rows rows;
    std::vector<std::string> problems;  ///< sentences
};

ReadFile read(const std::string& name, std::string_view bytes) {
    RowProblems problems(name);
    ReadFile out{read_rows(bytes, problems), {}};
    for (const Failure& failure : problems.take_problems()) {
        out.problems.push_back(to_sentence(failure));
    }
    return out;
}

/// "line number|name=text|..." for each row; "-" is null.
std::vector<std::string> shown(const ReadFile& file) {
    std::vector<std::string> out;
    for (const Row& row : file.rows.rows) {
        std::string text = std::to_string(row.line) + " " + std::to_string(row.number);
        for (const Member& member : row.fields.members) {
            const Value& value = member.value;
            text += "|" + member.name + "=" +
                    (value.is_null() ? "-" : text_of(value).value_or(kind_of(value)));
        }
        out.push_back(text);
    }
    return out;
}

TEST(Rows, OfCsvKeepCommasQuotesAndLinesInQuotedCells) {
    const ReadFile file = read("q.csv", "id,question\r\n1,\"a, \"\"b\"\"\r\nc\"\r\n2,d\r\n");
    EXPECT_THAT(file.problems, IsEmpty());
    EXPECT_THAT(shown(file), ElementsAre("2 1|id=1|question=a, \"b\"\r\nc", "4 2|id=2|question=d"));
    EXPECT_THAT(shown(read("q.csv", "\na,b\n\n1,\n \n\"\",2")),
                ElementsAre("4 1|a=1|b=-", "6 2|a=-|b=2"));
    EXPECT_THAT(shown(read("q.csv", "a\r1\r2\r")), ElementsAre("2 1|a=1", "3 2|a=2"));
    EXPECT_THAT(shown(read("q.csv", "a,b\n5\" pipe,x")), ElementsAre("2 1|a=5\" pipe|b=x"));
    EXPECT_THAT(shown(read("q.csv", ",id\n0,x\n")), ElementsAre("2 1|=0|id=x"))
        << "pandas writes such an index column";
}

TEST(Rows, OfCsvThatAreBrokenAreToldWithTheLineWhereTheyBegin) {
    const ReadFile file = read("q.csv", "a,b\n1\n1,\"x\ny\"z\n3,4\n5,\"6\n7,8\n");
    EXPECT_THAT(shown(file), ElementsAre("5 3|a=3|b=4"));
    EXPECT_THAT(file.problems,
                ElementsAre(HasSubstr("q.csv:2: has 1 cells, and the head has 2"),
                            HasSubstr("q.csv:3: cell 2 goes on after its closing quote"),
                            HasSubstr("q.csv:6: the quote that opens cell 2 is never closed")));
    EXPECT_THAT(read("q.csv", "\"a\n1,2\n").problems,
                ElementsAre(HasSubstr("q.csv:1: the quote that opens cell 1 is never closed")));
}

TEST(Rows, OfCsvWithSemicolonsOrTabsAreRead) {
    const std::vector<std::string> wanted{"2 1|id=1|question=a, b|expected=c"};
    EXPECT_EQ(shown(read("q.csv", "id;question;expected\n1;a, b;c\n")), wanted);
    EXPECT_EQ(shown(read("q.tsv", "id\tquestion\texpected\n1\ta, b\tc\n")), wanted);
    EXPECT_EQ(shown(read("q.csv", "\xEF\xBB\xBFid;question;expected\r\n1;\"a, b\";c\r\n")), wanted);
    EXPECT_THAT(shown(read("q.csv", "id;question, or text;expected\n1;a;c\n")),
                ElementsAre("2 1|id=1|question, or text=a|expected=c"));
    EXPECT_THAT(shown(read("q.csv", "sep=;\nid;question,expected\n1;a\n")),
                ElementsAre("3 1|id=1|question,expected=a"));
    EXPECT_THAT(shown(read("q.csv", "sep=\t\r\nid\tquestion\r\n1\ta\r\n")),
                ElementsAre("3 1|id=1|question=a"));
    EXPECT_THAT(
        read("q.csv", "x;y,z\n1;2,3\n").problems,
        ElementsAre(HasSubstr("q.csv:1: the head may be split at commas or at semicolons")));
}

TEST(Rows, OfJsonLinesKnowTheirLinesAndABrokenOneCostsItself) {
    const ReadFile file = read("q.jsonl",
                               "\r\n{\"a\": 1}\r\n\n{\"a\": NaN, \"b\": -Infinity}\n[1]\n{\"a\": "
                               "\n{\"a\": 1} x\n{\"a\": 4}\n\n");
    EXPECT_THAT(shown(file), ElementsAre("2 1|a=1", "4 2|a=-|b=-", "8 6|a=4"));
    EXPECT_THAT(file.problems,
                ElementsAre("q.jsonl:5: a row must be a JSON object, not a list",
                            HasSubstr("q.jsonl:6: broken JSON at column 7"),
                            HasSubstr("q.jsonl:7: broken JSON at column 10")));
}

TEST(Rows, OfAListOrOfObjectsOneAfterAnotherKnowTheirLines) {
    EXPECT_THAT(shown(read("q.json", "[\n  {\"a\": [\n1]},\n {\"a\": 2}]\n")),
                ElementsAre("2 1|a=a list", "4 2|a=2"));
    EXPECT_THAT(shown(read("q.json", "{\n \"a\": 1\n}\n{\n \"a\": 2\n}\n")),
                ElementsAre("1 1|a=1", "4 2|a=2"));
    EXPECT_THAT(shown(read("q.jsonl", "{\n \"a\": 1\n}\n{\n \"a\": 2\n}\n")),
                ElementsAre("1 1|a=1", "4 2|a=2"));
    EXPECT_THAT(shown(read("q.json", "{\"a\": 1}")), ElementsAre("1 1|a=1"));
    EXPECT_THAT(read("q.json", "[{\"a\": 1},\n{\"a\": 2]\n").problems,
                ElementsAre(HasSubstr("q.json:2: broken JSON")));
}

TEST(Rows, OfAnObjectAreThoseOfItsList) {
    EXPECT_THAT(
        shown(read("q.json", "{\"meta\": [[1]],\n \"examples\": [{\"a\": 1},\n{\"a\": 2}]}")),
        ElementsAre("2 1|a=1", "3 2|a=2"));
    EXPECT_THAT(read("q.json", R"({"data": [{}], "items": [{}]})").problems,
                ElementsAre(HasSubstr("holds two lists, \"data\" and \"items\"")));
    EXPECT_THAT(read("q.json", R"({"other": [{"a": 1}]})").problems,
                ElementsAre(HasSubstr("holds no list under data, questions, examples, items")));
}

TEST(Rows, OfToolsAreFoundInTheirLogs) {
    const ReadFile inspect = read(
        "log.json",
        R"({"version": 2, "status": "success", "eval": {"task": "t"}, "plan": {}, "samples": [{"id": 1, "input": "x"}]})");
    EXPECT_EQ(inspect.rows.tool, Tool::kInspect);
    EXPECT_THAT(shown(inspect), ElementsAre("1 1|id=1|input=x"));
    EXPECT_THAT(read("log.json", R"({"version": 2, "eval": {"task": "t"}, "plan": {}})").problems,
                ElementsAre(HasSubstr("log.json: is an Inspect log without samples")));
    const ReadFile promptfoo = read(
        "results.json",
        R"({"evalId": "e", "results": {"version": 3, "results": [{"testIdx": 0, "vars": {}}]}})");
    EXPECT_EQ(promptfoo.rows.tool, Tool::kPromptfoo);
    EXPECT_EQ(promptfoo.rows.rows.size(), 1u);
    EXPECT_EQ(read("r.csv", "question,[openai:m] p,Status,Score\nx,y,PASS,1\n").rows.answer_columns,
              std::vector<std::string>{"[openai:m] p"});
}

TEST(Rows, AFileThatIsSomethingElseGetsOneSentence) {
    std::string text;
    for (int i = 0; i < 30; ++i) {
        text += "{'question': 'single quotes'}\n";
    }
    EXPECT_THAT(read("q.jsonl", text).problems,
                ElementsAre(HasSubstr("q.jsonl:1: broken JSON at column 2")));
    EXPECT_THAT(read("q.jsonl", "PAR1....").problems,
                ElementsAre(HasSubstr("q.jsonl: is Parquet")));
    EXPECT_THAT(read("q.jsonl", "{\"a\": \"Z\xFCrich\"}\n").problems,
                ElementsAre(HasSubstr("q.jsonl:1: is not UTF-8, it looks like Windows-1252")));
}

}  // namespace
}  // namespace assay::intake
