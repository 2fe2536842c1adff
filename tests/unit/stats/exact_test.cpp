#include "assay/stats/exact.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "assay/stats/equivalence.hpp"

namespace assay::stats {
namespace {

TEST(OperatingCharacteristics, GiveTheValidationTable) {
    const auto at = [](std::int64_t n, double delta) {
        return *operating_characteristics({.n = n, .decisive_rate = 0.6, .delta = delta});
    };
    EXPECT_NEAR(at(154, 0).sign_test_reject, 0.0393, 5e-5);
    EXPECT_NEAR(at(154, 0).tango_coverage, 0.9498, 5e-5);
    EXPECT_NEAR(at(154, -0.1).tango_coverage, 0.9502, 5e-5);
    EXPECT_NEAR(at(154, 0).p_degraded, 0.0505, 5e-5);
    EXPECT_NEAR(at(154, -0.1).p_equivalent + at(154, -0.1).p_non_inferior, 0.0510, 5e-5);
    EXPECT_NEAR(at(514, -0.1).p_equivalent, 0.0504, 5e-5);
    EXPECT_NEAR(at(514, 0).p_equivalent, 0.8034, 5e-5);
}

TEST(OperatingCharacteristics, AreProbabilitiesThatSumToOne) {
    for (const double delta : {-0.3, 0.0, 0.3}) {
        const auto r = operating_characteristics(
            {.n = 33, .decisive_rate = 0.3, .delta = delta, .margin = 0.2});
        EXPECT_NEAR(
            r->p_equivalent + r->p_non_inferior + r->p_degraded + r->p_inconclusive, 1, 1e-12);
        EXPECT_LE(r->tango_coverage, 1 + 1e-12);
    }
}

TEST(OperatingCharacteristics, WithoutDecisiveComparisonsAreThoseOfAllTies) {
    const auto small = operating_characteristics({.n = 20, .decisive_rate = 0, .delta = 0});
    EXPECT_DOUBLE_EQ(small->p_inconclusive, 1);
    const auto large = operating_characteristics({.n = 40, .decisive_rate = 0, .delta = 0});
    EXPECT_DOUBLE_EQ(large->p_equivalent, 1);
    EXPECT_EQ(large->sign_test_reject, 0);
}

TEST(OperatingCharacteristics, ImpossibleDesignsAreUndefined) {
    EXPECT_FALSE(operating_characteristics({.n = 50, .decisive_rate = 0.1, .delta = 0.2}));
    EXPECT_FALSE(operating_characteristics({.n = 0}));
    EXPECT_FALSE(operating_characteristics({.n = 10'000'000}));
}

TEST(UnconditionalNi, AllTiesAreSettledByTheirLikeliestNull) {
    // Only all ties are as extreme; their probability (1 - 2 p_loss + m)^n is largest at p_loss =
    // m.
    EXPECT_NEAR(*exact_unconditional_noninferiority(0, 0, 10, 0.2), std::pow(0.8, 10), 1e-9);
}

TEST(UnconditionalNi, IsNearTheScoreTestAndNoSmallerThanTheLikelihoodOfTheData) {
    const double exact = *exact_unconditional_noninferiority(20, 20, 80, 0.15);
    const double score = tost_score(net_counts(20, 20, 40), 0.15)->p_lower;
    EXPECT_NEAR(exact, score, 0.01);
    EXPECT_LT(*exact_unconditional_noninferiority(25, 15, 80, 0.15), exact);
    EXPECT_FALSE(exact_unconditional_noninferiority(0, 0, 0, 0.1));
    EXPECT_FALSE(exact_unconditional_noninferiority(0, 0, 100'000, 0.1));
}

}  // namespace
}  // namespace assay::stats
