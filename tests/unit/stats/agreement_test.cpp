#include "assay/stats/agreement.hpp"

#include <gtest/gtest.h>

namespace assay::stats {
namespace {

TEST(CohenKappa, OfATextbookTable) {
    EXPECT_NEAR(*cohen_kappa({{20, 5}, {10, 15}}), 0.4, 1e-12);
    EXPECT_NEAR(*cohen_kappa({{25, 25}, {25, 25}}), 0, 1e-12);
    EXPECT_NEAR(*cohen_kappa({{10, 0}, {0, 7}}), 1, 1e-12);
    EXPECT_NEAR(*cohen_kappa_se({{20, 5}, {10, 15}}), 0.127, 5e-4);
}

TEST(CohenKappa, WeightsMatterOnlyWithMoreThanTwoCategories) {
    const AgreementTable two{{20, 5}, {10, 15}}, three{{10, 5, 0}, {4, 8, 3}, {1, 2, 9}};
    EXPECT_NEAR(*cohen_kappa(two, KappaWeights::kLinear), *cohen_kappa(two), 1e-12);
    EXPECT_NEAR(*cohen_kappa(two, KappaWeights::kQuadratic), *cohen_kappa(two), 1e-12);
    EXPECT_GT(*cohen_kappa(three, KappaWeights::kLinear), *cohen_kappa(three));
}

TEST(CohenKappa, IsUndefinedWithASingleCategory) {
    EXPECT_FALSE(cohen_kappa({{10, 0}, {0, 0}}));
    EXPECT_FALSE(cohen_kappa({{10}}));
    EXPECT_FALSE(cohen_kappa({}));
    EXPECT_FALSE(cohen_kappa({{0, 0}, {0, 0}}));
    EXPECT_FALSE(cohen_kappa_se({{10, 0}, {0, 0}}));
}

TEST(FleissKappa, OfFleissExampleAndEdges) {
    EXPECT_NEAR(*fleiss_kappa({{0, 0, 0, 0, 14},
                               {0, 2, 6, 4, 2},
                               {0, 0, 3, 5, 6},
                               {0, 3, 9, 2, 0},
                               {2, 2, 8, 1, 1},
                               {7, 7, 0, 0, 0},
                               {3, 2, 6, 3, 0},
                               {2, 5, 3, 2, 2},
                               {6, 5, 2, 1, 0},
                               {0, 2, 2, 3, 7}}),
                0.210, 5e-4);
    EXPECT_FALSE(fleiss_kappa({{3, 0}, {3, 0}}));
    EXPECT_FALSE(fleiss_kappa({{3, 0}, {2, 0}}));
    EXPECT_FALSE(fleiss_kappa({{1, 0}, {0, 1}}));
    EXPECT_FALSE(fleiss_kappa({}));
    EXPECT_NEAR(*fleiss_kappa({{2, 0}, {0, 2}}), 1, 1e-12);
}

TEST(Krippendorff, OfHisExampleAndEdges) {
    const std::optional<double> no;
    const std::vector<std::vector<std::optional<double>>> example{{1, 2, 3, 3, 2, 1, 4, 1, 2, no, no, no},
                                                                  {1, 2, 3, 3, 2, 2, 4, 1, 2, 5, no, 3},
                                                                  {no, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, no},
                                                                  {1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, no}};
    EXPECT_NEAR(*krippendorff_alpha(example, Metric::kNominal), 0.743, 5e-4);
    EXPECT_NEAR(*krippendorff_alpha(example, Metric::kInterval), 0.849, 5e-4);
    EXPECT_FALSE(krippendorff_alpha({{1, 1}, {1, 1}}, Metric::kNominal));
    EXPECT_FALSE(krippendorff_alpha({{1, no}, {no, 2}}, Metric::kNominal));
    EXPECT_FALSE(krippendorff_alpha({}, Metric::kNominal));
    EXPECT_NEAR(*krippendorff_alpha({{0, 1}, {1, 0}}, Metric::kNominal), -0.5, 1e-12);
}

}  // namespace
}  // namespace assay::stats
