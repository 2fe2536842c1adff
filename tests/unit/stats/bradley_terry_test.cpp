#include "assay/stats/bradley_terry.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace assay::stats {
namespace {

TEST(Davidson, OfTwoItemsIsTheClosedForm) {
    const std::vector<Game> games{{.i = 0, .j = 1, .win_i = 45, .win_j = 48, .tie = 61}};
    const auto fit = davidson(2, games);
    ASSERT_TRUE(fit);
    EXPECT_NEAR(fit->log_ability[0] - fit->log_ability[1], std::log(45.0 / 48), 1e-9);
    EXPECT_NEAR(fit->log_nu, std::log(61 / std::sqrt(45.0 * 48)), 1e-9);
}

TEST(Davidson, SplittingAGameChangesNothing) {
    const std::vector<Game> one{{0, 1, 20, 15, 10}, {1, 2, 18, 12, 15}},
        split{{0, 1, 12, 5, 10}, {1, 0, 10, 8, 0}, {1, 2, 18, 12, 15}};
    const auto a = davidson(3, one), b = davidson(3, split);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_NEAR(a->log_ability[i], b->log_ability[i], 1e-9);
    }
    EXPECT_NEAR(std::accumulate(a->log_ability.begin(), a->log_ability.end(), 0.0), 0, 1e-12);
}

TEST(Davidson, HasNoFiniteMaximumWithoutTiesOrWithoutAWin) {
    EXPECT_FALSE(davidson(2, std::vector<Game>{{0, 1, 5, 4, 0}}));
    EXPECT_FALSE(davidson(2, std::vector<Game>{{0, 1, 0, 48, 61}}));
    EXPECT_FALSE(davidson(2, std::vector<Game>{{0, 1, 0, 0, 61}}));
    EXPECT_FALSE(davidson(2, std::vector<Game>{}));
    EXPECT_FALSE(davidson(3, std::vector<Game>{{0, 1, 5, 4, 3}}));  // item 2 never played
    // item 2 only lost
    EXPECT_FALSE(davidson(3, std::vector<Game>{{0, 1, 5, 4, 3}, {1, 2, 9, 0, 0}}));
    // steps of one explain everything
    EXPECT_FALSE(davidson(3, std::vector<Game>{{0, 1, 5, 0, 3}, {1, 2, 2, 0, 4}}));
    EXPECT_TRUE(davidson(3, std::vector<Game>{{0, 1, 5, 0, 3}, {1, 2, 2, 1, 4}, {0, 2, 1, 1, 1}}));
}

TEST(Davidson, PseudoCountsMakeItFinite) {
    const auto fit = davidson_penalised(2, std::vector<Game>{{0, 1, 0, 48, 61}}, 0.5);
    ASSERT_TRUE(fit);
    EXPECT_NEAR(fit->log_ability[0] - fit->log_ability[1], std::log(0.5 / 48.5), 1e-9);
    EXPECT_FALSE(davidson_penalised(3, std::vector<Game>{{0, 1, 0, 48, 61}}, 0.5));
}

TEST(Davidson, ConvergesForLopsidedResults) {
    const auto fit = davidson(
        4,
        std::vector<Game>{
            {0, 1, 100'000, 1, 3}, {1, 2, 5'000, 2, 1}, {2, 3, 900, 1, 2}, {0, 3, 50, 1, 0}});
    ASSERT_TRUE(fit);
    for (std::size_t i = 1; i < 4; ++i) {
        EXPECT_GT(fit->log_ability[i - 1], fit->log_ability[i]);
    }
    for (const double se : fit->se_log_ability) {
        EXPECT_TRUE(se > 0 && std::isfinite(se));
    }
}

TEST(RaoKupper, ReproducesTheObservedShares) {
    const auto fit = rao_kupper(45, 48, 61);
    const double ratio = std::exp(fit->log_ratio);
    EXPECT_NEAR(ratio / (ratio + fit->theta), 45.0 / 154, 1e-12);
    EXPECT_NEAR(1 / (1 + fit->theta * ratio), 48.0 / 154, 1e-12);
    EXPECT_NEAR(rao_kupper(3, 4, 0)->theta, 1, 1e-12);
    EXPECT_FALSE(rao_kupper(0, 4, 2));
    EXPECT_FALSE(rao_kupper(4, 0, 2));
}

}  // namespace
}  // namespace assay::stats
