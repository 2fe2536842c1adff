#include "assay/http/budget.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::http {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kMostReply = 100;  ///< tokens

TEST(Budget, WithoutLimitsEverythingMayLeave) {
    Budget budget({}, kMostReply);
    for (int i = 0; i < 1000; ++i) {
        budget.take({1e9, 1e9});
    }
    EXPECT_FALSE(budget.refusal({1e9, 1e9}));
    EXPECT_EQ(budget.n_calls(), 1000);
}

TEST(Budget, TheEstimateIsFourBytesATokenAndTheLongestReply) {
    Budget budget({}, kMostReply);
    EXPECT_EQ(budget.estimate(400).prompt, 100);
    EXPECT_EQ(budget.estimate(400).reply, 100);
    budget.learn(400, 40);  // fewer tokens than thought: the estimate stays on the safe side
    EXPECT_EQ(budget.estimate(400).prompt, 100);
    budget.learn(400, 200);
    EXPECT_EQ(budget.estimate(400).prompt, 200);
}

TEST(Budget, TokensUnderWayCountWithTheirEstimateAndAfterwardsWithWhatTheyWere) {
    RequestLimits limits;
    limits.max_tokens_total = 500;
    Budget budget(limits, kMostReply);
    const TokenCount one{100, 100};
    budget.take(one);
    EXPECT_FALSE(budget.refusal(one));
    budget.take(one);
    EXPECT_THAT(budget.refusal(one).value_or(""),
                HasSubstr("could exceed its max-tokens-total of 500"));
    budget.book(one, {90, 5});
    EXPECT_FALSE(budget.refusal(one));
    budget.book(one, {90, 5});
    budget.take(one);
    EXPECT_THAT(budget.refusal({50, 61}).value_or(""), HasSubstr("asked 3 times for 390 tokens"));
    EXPECT_FALSE(budget.refusal({50, 60})) << "just enough is enough";
}

TEST(Budget, MoneyIsTokensTimesPrices) {
    RequestLimits limits;
    limits.price_input = 2;
    limits.price_output = 10;
    limits.max_cost = 0.0012;  // 100 x 2 + 100 x 10 millionths
    EXPECT_FALSE(Budget(limits, kMostReply).refusal({100, 100}));
    EXPECT_THAT(Budget(limits, kMostReply).refusal({101, 100}).value_or(""),
                HasSubstr("could exceed its max-cost of 0.0012"));
}

}  // namespace
}  // namespace assay::http
