#include "assay/base/csv.hpp"

#include <gtest/gtest.h>

namespace assay {
namespace {

using Cells = std::vector<std::string>;

std::vector<CsvRecord> records_of(std::string_view text) {
    CsvReader reader(text);
    std::vector<CsvRecord> out;
    CsvRecord record;
    while (reader.next(record)) {
        out.push_back(record);
    }
    return out;
}

TEST(Csv, ReadsQuotesLineBreaksAndEveryLineEnd) {
    const auto r = records_of("a,b\r\n\"x, \"\"y\"\"\n2\",z\rlast,\n\nno end");
    ASSERT_EQ(r.size(), 5u);
    EXPECT_EQ(r[1].cells, (Cells{"x, \"y\"\n2", "z"}));
    EXPECT_EQ(r[1].line, 2);
    EXPECT_EQ(r[2].cells, (Cells{"last", ""}));
    EXPECT_EQ(r[2].line, 4) << "the quoted line break counts";
    EXPECT_TRUE(r[3].is_blank());
    EXPECT_EQ(r[4].cells, (Cells{"no end"}));
}

TEST(Csv, NamesBrokenQuotes) {
    EXPECT_NE(records_of("a,\"open").at(0).problem.find("never closed"), std::string::npos);
    EXPECT_NE(records_of("\"a\"b,c").at(0).problem.find("after its closing quote"),
              std::string::npos);
    EXPECT_EQ(records_of("a\"b,c").at(0).problem, "");
    const auto after = records_of("\"a\"b\nc");
    EXPECT_EQ(after.at(1).problem, "") << "the next record starts anew";
    EXPECT_TRUE(records_of("").empty());
}

}  // namespace
}  // namespace assay
