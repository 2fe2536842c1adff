#include "assay/validation/asked_questions.hpp"

#include <gtest/gtest.h>

#include <set>

#include "assay/analysis/analyse.hpp"
#include "assay/validation/copy_model.hpp"

namespace assay::validation {
namespace {

TEST(AskedQuestions, HaveTheirCallsTogetherAndTheVariantFirstInEveryOther) {
    const AskedQuestions asked(4, 2, 3);
    const auto outcomes = asked.outcomes(std::vector<int>{1, 0, -1, -1, 1, 1, 0, 0});
    ASSERT_EQ(outcomes.size(), 8u);
    EXPECT_EQ(outcomes[1].question_id, outcomes[0].question_id);
    EXPECT_NE(outcomes[2].question_id, outcomes[0].question_id);
    EXPECT_NE(outcomes[1].variant_is_a, outcomes[0].variant_is_a);
    EXPECT_EQ(outcomes[6].cluster, outcomes[0].cluster);
    EXPECT_NE(outcomes[2].cluster, outcomes[0].cluster);
    EXPECT_EQ(outcomes[0].kind, OutcomeKind::kWin);
    EXPECT_EQ(outcomes[2].kind, OutcomeKind::kLoss);
    EXPECT_EQ(outcomes[7].kind, OutcomeKind::kTie);
}

TEST(AskedQuestions, AreLabelledAsAnalyseDoes) {
    Rng rng(16, "labels");
    std::set<DecisionLabel> seen;
    for (const auto& asked :
         {AskedQuestions(20, 2), AskedQuestions(150, 4), AskedQuestions(150, 2, 35)}) {
        for (int i = 0; i < 40; ++i) {
            const CopyDraw copy({.truth = {0.25, 0.25 * (2 * rng.uniform() - 1)}});
            std::vector<int> verdicts;
            for (std::size_t question = 0; question < asked.n(); ++question) {
                const int value = copy.question(rng);
                for (std::size_t call = 0; call < asked.calls(); ++call) {
                    verdicts.push_back(copy.fresh_verdict(rng, value));
                }
            }
            const AnalysisSettings settings{.alpha = i % 2 == 0 ? 0.05 : 0.01};
            const DecisionLabel label = asked.label(rng, verdicts, settings);
            EXPECT_EQ(label, analysis::analyse(asked.outcomes(verdicts), settings).decision.label);
            seen.insert(label);
        }
    }
    EXPECT_EQ(seen.size(), 4u) << "not all labels came up";
}

}  // namespace
}  // namespace assay::validation
