#include "assay/report/section.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "assay/report/bar_lines.hpp"

namespace assay::report {
namespace {

TEST(Table, ARowWithAnotherNumberOfCellsIsABug) {
    Table table({"a", "b"}, "lr");
    EXPECT_TRUE(table.empty());
    table.add({"1", "2"});
    EXPECT_FALSE(table.empty());
    EXPECT_THROW(table.add({"1"}), std::logic_error);
    EXPECT_THROW(Table({"a", "b"}, "l"), std::logic_error);
}

TEST(Facts, AllOfARowIsForeignText) {
    Facts facts;
    facts.add("Q4 | x", "[1, 2]", "");
    ASSERT_EQ(facts.rows.size(), 1u);
    EXPECT_EQ(facts.rows[0].name, foreign("Q4 | x"));
    EXPECT_EQ(facts.rows[0].value, foreign("[1, 2]"));
    EXPECT_TRUE(facts.rows[0].remark.empty());
}

TEST(BarChart, AnyPartThatIsThereIsSeen) {
    const BarChart chart{"title", {{"one", 1}, {"none", 0}, {"most", 999}}, 1000};
    const std::vector<std::string> lines = bar_lines(chart);
    ASSERT_EQ(lines.size(), 3u);
    EXPECT_EQ(lines[0], "one         1  █·····························  0.1 %");
    EXPECT_EQ(lines[1], "none        0  ······························  0.0 %");
    EXPECT_EQ(lines[2], "most      999  ██████████████████████████████  99.9 %");
}

TEST(BarChart, OfNothingIsNotMeasured) {
    EXPECT_EQ(bar_lines({"title", {{"wins", 0}}, 0}).at(0),
              "wins        0  ······························  not measured");
}

}  // namespace
}  // namespace assay::report
