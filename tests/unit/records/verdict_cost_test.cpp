#include "assay/records/verdict_cost.hpp"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(VerdictCost, IsTokensTimesPricesOfAMillion) {
    ApiSettings judge;
    Verdict verdict;
    verdict.state = VerdictState::kA;
    verdict.n_attempts = 1;
    verdict.n_prompt_tokens = 1'000'000;
    verdict.n_reply_tokens = 500'000;
    EXPECT_FALSE(verdict_cost(judge, verdict)) << "no prices";
    judge.price_input = 3;
    EXPECT_DOUBLE_EQ(verdict_cost(judge, verdict).value(), 3);
    judge.price_output = 10;
    EXPECT_DOUBLE_EQ(verdict_cost(judge, verdict).value(), 8);
    judge.batch = true;
    EXPECT_DOUBLE_EQ(verdict_cost(judge, verdict).value(), 4);
}

TEST(VerdictCost, TheLimitsOfABatchHaveHalfThePrices) {
    ApiSettings judge;
    judge.price_input = 2;
    judge.price_output = 10;
    judge.max_cost = 7;
    EXPECT_EQ(limits_at_its_prices(judge).price_output, 10);
    judge.batch = true;
    EXPECT_EQ(limits_at_its_prices(judge).price_input, 1);
    EXPECT_EQ(limits_at_its_prices(judge).price_output, 5);
    EXPECT_EQ(limits_at_its_prices(judge).max_cost, 7);
}

TEST(VerdictCost, IsUnknownWhereTheReplySaidNoTokensAndNothingWhereNoneCame) {
    ApiSettings judge;
    judge.price_input = 3;
    Verdict verdict;
    verdict.state = VerdictState::kInvalid;
    verdict.n_attempts = 1;
    EXPECT_FALSE(verdict_cost(judge, verdict));
    verdict.state = VerdictState::kError;
    EXPECT_EQ(verdict_cost(judge, verdict), 0.0);
    verdict.state = VerdictState::kA;
    verdict.n_prompt_tokens = 1000;
    verdict.n_attempts = 0;  // from the cache of another run
    EXPECT_EQ(verdict_cost(judge, verdict), 0.0);
}

}  // namespace
}  // namespace assay
