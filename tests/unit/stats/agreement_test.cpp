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
                0.210,
                5e-4);
    EXPECT_FALSE(fleiss_kappa({{3, 0}, {3, 0}}));
    EXPECT_FALSE(fleiss_kappa({{3, 0}, {2, 0}}));
    EXPECT_FALSE(fleiss_kappa({{1, 0}, {0, 1}}));
    EXPECT_FALSE(fleiss_kappa({}));
    EXPECT_NEAR(*fleiss_kappa({{2, 0}, {0, 2}}), 1, 1e-12);
}

TEST(Krippendorff, OfHisExampleAndEdges) {
    const std::optional<double> no;
    const std::vector<std::vector<std::optional<double>>> example{
        {1, 2, 3, 3, 2, 1, 4, 1, 2, no, no, no},
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

// scikit-learn 1.9.1: cohen_kappa_score(weights=None, linear, quadratic); statsmodels 0.15.0:
// cohens_kappa(t).std_kappa.
TEST(CohenKappa, IsThatOfOtherPrograms) {
    const AgreementTable table{{30, 9, 4}, {7, 41, 10}, {2, 6, 45}};
    EXPECT_NEAR(*cohen_kappa(table), 0.6264044943820225, 1e-12);
    EXPECT_NEAR(*cohen_kappa(table, KappaWeights::kLinear), 0.6656798894809552, 1e-12);
    EXPECT_NEAR(*cohen_kappa(table, KappaWeights::kQuadratic), 0.7074229881937848, 1e-12);
    EXPECT_NEAR(*cohen_kappa_se(table), 0.052533512856813354, 1e-12);
}

// statsmodels 0.15.0: fleiss_kappa(table).
TEST(FleissKappa, IsThatOfAnotherProgramAndOfItsSums) {
    const std::vector<std::vector<std::int64_t>> rows{
        {3, 0, 0}, {2, 1, 0}, {0, 3, 0}, {0, 1, 2}, {1, 1, 1}, {0, 0, 3}, {0, 2, 1}, {3, 0, 0}};
    EXPECT_NEAR(*fleiss_kappa(rows), 0.4345549738219895, 1e-12);
    double agreeing = 0;
    std::vector<double> category(3);
    for (const auto& row : rows) {
        for (std::size_t k = 0; k < 3; ++k) {
            agreeing += static_cast<double>(row[k] * (row[k] - 1));
            category[k] += static_cast<double>(row[k]);
        }
    }
    EXPECT_NEAR(*fleiss_kappa(agreeing, category, 3), 0.4345549738219895, 1e-12);
    EXPECT_FALSE(fleiss_kappa(12, std::vector<double>{6, 0, 0}, 3));
    EXPECT_FALSE(fleiss_kappa(0, std::vector<double>{0, 0, 0}, 3));
}

// krippendorff 0.9.0: alpha(ratings, level_of_measurement="nominal"), "interval".
TEST(Krippendorff, IsThatOfAnotherProgramAndOfItsSums) {
    const std::optional<double> no;
    const std::vector<std::vector<std::optional<double>>> ratings{
        {1, 0, -1, 0, 1, no, -1, 0, 0, 1},
        {1, 0, -1, 1, 1, 0, no, 0, -1, 1},
        {no, 0, -1, 0, 0, 0, -1, 1, 0, no}};
    EXPECT_NEAR(*krippendorff_alpha(ratings, Metric::kNominal), 0.5370370370370371, 1e-12);
    EXPECT_NEAR(*krippendorff_alpha(ratings, Metric::kInterval), 0.7222222222222222, 1e-12);
    double observed = 0;
    std::vector<double> counts(3);
    for (std::size_t unit = 0; unit < 10; ++unit) {
        std::vector<double> given;
        for (const auto& rater : ratings) {
            if (rater[unit]) {
                given.push_back(*rater[unit]);
            }
        }
        observed += alpha_disagreement(given, Metric::kInterval);
        for (const double value : given) {
            counts[static_cast<std::size_t>(value + 1)] += 1;
        }
    }
    const std::vector<double> values{-1, 0, 1};
    EXPECT_NEAR(*krippendorff_alpha(observed, values, counts, Metric::kInterval),
                0.7222222222222222,
                1e-12);
    EXPECT_FALSE(krippendorff_alpha(0, values, std::vector<double>{0, 8, 0}, Metric::kNominal));
    EXPECT_FALSE(krippendorff_alpha(0, values, std::vector<double>{0, 0, 0}, Metric::kNominal));
}

}  // namespace
}  // namespace assay::stats
