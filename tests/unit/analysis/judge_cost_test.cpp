#include "assay/analysis/judge_cost.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace assay::analysis {
namespace {

Verdict verdict(VerdictState state, std::int64_t n_prompt_tokens, std::int64_t n_reply_tokens) {
    Verdict out;
    out.state = state;
    out.n_attempts = 1;
    out.n_prompt_tokens = n_prompt_tokens;
    out.n_reply_tokens = n_reply_tokens;
    return out;
}

TEST(JudgeCost, IsTheSumOverItsVerdicts) {
    JudgeSpec judge = judge_of("openai");
    judge.api().price_input = 1000;
    judge.api().price_output = 10000;
    const std::vector<Verdict> verdicts{verdict(VerdictState::kA, 1000, 100),
                                        verdict(VerdictState::kInvalid, 500, 50),
                                        verdict(VerdictState::kError, 0, 0)};
    const Estimate cost = judge_cost(judge, verdicts);
    EXPECT_DOUBLE_EQ(cost.value.value(), 3);
    EXPECT_EQ(cost.n, 3);
    EXPECT_FALSE(cost.low);
    judge.api().batch = true;
    EXPECT_DOUBLE_EQ(judge_cost(judge, verdicts).value.value(), 1.5);
    EXPECT_NE(judge_cost(judge, verdicts).method, cost.method);
    EXPECT_EQ(judge_cost(judge, {}).value, 0.0);
}

TEST(JudgeCost, IsNothingWithItsReasonWhereItIsNotKnown) {
    JudgeSpec judge = judge_of("reference");
    EXPECT_EQ(judge_cost(judge, {}).why, "a metric costs nothing");
    judge = judge_of("openai");
    EXPECT_EQ(judge_cost(judge, {}).why, "the judge has no prices (price-input, price-output)");
    judge.api().price_input = 1;
    const std::vector<Verdict> verdicts{verdict(VerdictState::kA, 1000, 100),
                                        verdict(VerdictState::kTie, 0, 0)};
    EXPECT_FALSE(judge_cost(judge, verdicts).value);
    EXPECT_EQ(judge_cost(judge, verdicts).why, "1 of 2 replies did not say their tokens");
}

}  // namespace
}  // namespace assay::analysis
