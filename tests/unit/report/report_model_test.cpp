#include "assay/report/report_model.hpp"

#include <gtest/gtest.h>

#include "report_builder.hpp"

namespace assay::report {
namespace {

TEST(ReportModel, TheFirstJudgeDecides) {
    ReportModel model = example_report();
    const auto deciding = deciding_comparisons(model);
    ASSERT_EQ(deciding.size(), 6u);
    for (const ReportComparison* c : deciding) {
        EXPECT_EQ(c->analysis.judge, "panel-1");
    }
    std::swap(model.judges[0], model.judges[1]);
    EXPECT_EQ(deciding_comparisons(model).size(), 2u);
    EXPECT_TRUE(deciding_comparisons(ReportModel{}).empty());
}

TEST(ReportModel, EntriesAreFoundByName) {
    const ReportModel model = example_report();
    ASSERT_NE(find_variant(model, "Q2_K"), nullptr);
    EXPECT_EQ(find_variant(model, "Q2_K")->variant.name, "Q2_K");
    EXPECT_EQ(find_variant(model, "Q9_K"), nullptr);
    ASSERT_NE(find_judge(model, "reference"), nullptr);
    EXPECT_EQ(find_judge(model, "other"), nullptr);
}

}  // namespace
}  // namespace assay::report
