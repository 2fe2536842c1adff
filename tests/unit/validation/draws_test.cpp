#include "assay/validation/draws.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "assay/stats/exact.hpp"

namespace assay::validation {
namespace {

TEST(DrawVerdict, HasTheRatesOfTheTruth) {
    Rng rng(1);
    constexpr int kN = 100'000;
    const stats::NetCounts counts = draw_counts(rng, kN, {0.6, -0.2});
    EXPECT_NEAR(counts.wins / kN, 0.2, 4 * std::sqrt(0.2 * 0.8 / kN));
    EXPECT_NEAR(counts.losses / kN, 0.4, 4 * std::sqrt(0.4 * 0.6 / kN));
    EXPECT_EQ(counts.n, kN);
}

TEST(DecisionTable, AsksOnceForEachCell) {
    int asked = 0;
    DecisionTable table(10, [&](const stats::NetCounts& counts) {
        ++asked;
        return static_cast<int>(counts.wins - counts.losses);
    });
    EXPECT_EQ(table.at({7, 2, 10}), 5);
    EXPECT_EQ(table.at({7, 2, 10}), 5);
    EXPECT_EQ(table.at({10, 0, 10}), 10);
    EXPECT_EQ(table.at({3, 3, 10}), 0);
    EXPECT_EQ(table.at({3, 3, 10}), 0);
    EXPECT_EQ(asked, 3);
}

TEST(RegionTable, IsTheProductsRule) {
    DecisionTable table = region_table(154, 0.15, 0.05);
    EXPECT_EQ(table.at({45, 48, 154}), static_cast<int>(stats::Region::kEquivalent));
    EXPECT_EQ(table.at({20, 80, 154}), static_cast<int>(stats::Region::kDegraded));
}

TEST(ExactProbability, SumsToOneAndAgreesWithTheProductsEnumeration) {
    const Truth truth{0.6, -0.1};
    EXPECT_NEAR(
        exact_probability(40, truth, [](const stats::NetCounts&) { return true; }), 1, 1e-12);
    const double equivalent = exact_probability(40, truth, [](const stats::NetCounts& counts) {
        const auto interval = stats::deciding_interval(counts, 0.05);
        return stats::region_of(interval->low, interval->high, 0.3) == stats::Region::kEquivalent;
    });
    const auto rule = stats::operating_characteristics(
        {.n = 40, .decisive_rate = 0.6, .delta = -0.1, .margin = 0.3});
    EXPECT_NEAR(equivalent, rule->p_equivalent, 1e-12);
}

}  // namespace
}  // namespace assay::validation
