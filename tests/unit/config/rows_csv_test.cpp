#include <gmock/gmock.h>

#include "assay/config/rows.hpp"

namespace assay::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// "line number|name=text|..." for each row; "-" is an empty cell.
std::vector<std::string> shown(const Rows& rows) {
    std::vector<std::string> out;
    for (const Row& row : rows.rows) {
        std::string text = std::to_string(row.line) + " " + std::to_string(row.number);
        for (const auto& [name, cell] : row.fields) {
            text += "|" + name + "=" + (cell.kind == Cell::Kind::kNull ? "-" : cell.text);
        }
        out.push_back(text);
    }
    return out;
}
std::vector<std::string> problems(const Rows& rows) {
    std::vector<std::string> out;
    for (const RowProblem& problem : rows.problems) {
        out.push_back(std::to_string(problem.line) + ": " + problem.message);
    }
    return out;
}

TEST(RowsCsv, QuotedCellsKeepCommasQuotesAndLines) {
    const Rows rows = rows_of_csv("id,question\r\n1,\"a, \"\"b\"\"\r\nc\"\r\n2,d\r\n");
    EXPECT_THAT(problems(rows), IsEmpty());
    EXPECT_THAT(shown(rows), ElementsAre("2 1|id=1|question=a, \"b\"\r\nc", "4 2|id=2|question=d"));
}

TEST(RowsCsv, BlankLinesAndAMissingLastLineEndAreFine) {
    EXPECT_THAT(shown(rows_of_csv("\na,b\n\n1,\n \n\"\",2")),
                ElementsAre("4 1|a=1|b=-", "6 2|a=-|b=2"));
    EXPECT_THAT(shown(rows_of_csv("a\r1\r2\r")), ElementsAre("2 1|a=1", "3 2|a=2"));
}

TEST(RowsCsv, AQuoteInsideAnUnquotedCellIsAQuote) {
    EXPECT_THAT(shown(rows_of_csv("a,b\n5\" pipe,x")), ElementsAre("2 1|a=5\" pipe|b=x"));
}

TEST(RowsCsv, BrokenRowsAreReportedWithTheLineWhereTheyBegin) {
    const Rows rows = rows_of_csv("a,b\n1\n1,\"x\ny\"z\n3,4\n5,\"6\n7,8\n");
    EXPECT_THAT(shown(rows), ElementsAre("5 3|a=3|b=4"));
    EXPECT_THAT(problems(rows),
                ElementsAre("2: has 1 cells, and the header has 2",
                            "3: cell 2 goes on after its closing quote",
                            "6: the quote that opens cell 2 is never closed"));
}

TEST(RowsCsv, TheHeaderMustBeRight) {
    EXPECT_THAT(problems(rows_of_csv("a, a\n1,2\n")),
                ElementsAre("1: the column \"a\" stands twice"));
    EXPECT_THAT(problems(rows_of_csv("\"a\n1,2\n")),
                ElementsAre("1: the quote that opens cell 1 is never closed"));
    EXPECT_THAT(shown(rows_of_csv(",id\n0,x\n")),
                ElementsAre("2 1|=0|id=x"));  // pandas writes such an index column
}

}  // namespace
}  // namespace assay::config
