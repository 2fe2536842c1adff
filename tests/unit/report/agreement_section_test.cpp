#include "assay/report/agreement_section.hpp"

#include <gtest/gtest.h>

#include "audit_builder.hpp"

namespace assay::report {
namespace {

std::vector<Fact> rows_of(const Section& section) {
    return std::get<Facts>(section.blocks.at(0)).rows;
}

TEST(AgreementSection, ShowsRawAgreementAndPrevalenceBesideTheIndices) {
    const RunAudit audit = example_audit();
    const Section section = agreement_section(std::span(audit.pairs).first(1), std::nullopt);
    const auto rows = rows_of(section);
    ASSERT_EQ(rows.size(), 3u);
    EXPECT_EQ(raw_bytes(rows[0].name), "panel-1, people");
    EXPECT_EQ(raw_bytes(rows[0].value), "29 of 40 alike");
    EXPECT_EQ(raw_bytes(rows[0].remark),
              "72.5 % [57.2, 83.9]; losses/ties/wins in % 38/40/22 and 30/45/25");
    EXPECT_EQ(raw_bytes(rows[1].value), "0.58 [0.36, 0.78]");
}

TEST(AgreementSection, OfNothingIsEmpty) {
    EXPECT_TRUE(agreement_section({}, std::nullopt).blocks.empty());
}

TEST(IndexWithInterval, IsUndefinedWithoutAValue) {
    Estimate e;
    EXPECT_EQ(index_with_interval(e), "undefined");
    e.value = -0.126;
    EXPECT_EQ(index_with_interval(e), "-0.13");
}

}  // namespace
}  // namespace assay::report
