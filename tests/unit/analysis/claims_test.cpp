#include "assay/analysis/claims.hpp"

#include <gmock/gmock.h>

#include <vector>

namespace assay::analysis {
namespace {

using testing::HasSubstr;

ComparisonAnalysis analysis_of(std::string name,
                               DecisionLabel label,
                               double p_lower = 0.01,
                               double p_tost = 0.01) {
    ComparisonAnalysis out;
    out.variant = std::move(name);
    out.decision.label = label;
    out.tost.p_lower = p_lower;
    out.tost.p_tost = p_tost;
    return out;
}

AnalysisSettings with(std::string multiplicity) {
    AnalysisSettings settings;
    settings.multiplicity = std::move(multiplicity);
    return settings;
}

TEST(Claims, ALadderClaimsFromTheLargestFileUntilOneFails) {
    auto small = analysis_of("Q4_K_M", DecisionLabel::kEquivalent);
    auto large = analysis_of("Q8_0", DecisionLabel::kNonInferior);
    auto middle = analysis_of("Q6_K", DecisionLabel::kInconclusive);
    decide_claims(std::vector<Rung>{{&small, 100}, {&large, 300}, {&middle, 200}}, with("ladder"));
    EXPECT_EQ(large.decision.claimed, true);
    EXPECT_FALSE(middle.decision.claimed);  // nothing to claim
    EXPECT_EQ(small.decision.claimed, false);
    EXPECT_THAT(small.decision.why, HasSubstr("Q6_K, which comes before, did not pass"));
}

TEST(Claims, AFileOfUnknownSizeComesLast) {
    auto served = analysis_of("served", DecisionLabel::kEquivalent);
    auto file = analysis_of("Q4_K_M", DecisionLabel::kDegraded);
    decide_claims(std::vector<Rung>{{&served, 0}, {&file, 100}}, with("ladder"));
    EXPECT_EQ(served.decision.claimed, false);
    EXPECT_THAT(
        served.decision.why,
        HasSubstr(
            "those of unknown size last in the order of the plan, and Q4_K_M, which comes before"));
}

TEST(Claims, WithoutAnySizeALadderFollowsTheOrderOfThePlan) {
    auto first = analysis_of("zeta", DecisionLabel::kEquivalent),
         second = analysis_of("alpha", DecisionLabel::kInconclusive),
         third = analysis_of("beta", DecisionLabel::kEquivalent);
    decide_claims(std::vector<Rung>{{&first, 0}, {&second, 0}, {&third, 0}}, with("ladder"));
    EXPECT_EQ(first.decision.claimed, true);
    EXPECT_EQ(third.decision.claimed, false);
}

TEST(Claims, HolmAsksMoreOfTheSmallestPValue) {
    auto a = analysis_of("a", DecisionLabel::kNonInferior, 0.03, 0.5);
    auto b = analysis_of("b", DecisionLabel::kNonInferior, 0.04, 0.5);
    decide_claims(std::vector<Rung>{{&a, 1}, {&b, 2}}, with("holm"));
    EXPECT_EQ(a.decision.claimed, false);  // 2 x 0.03
    EXPECT_EQ(b.decision.claimed, false);
    a.tost.p_lower = 0.02;
    a.decision.claimed.reset();
    b.decision.claimed.reset();
    decide_claims(std::vector<Rung>{{&a, 1}, {&b, 2}}, with("holm"));
    EXPECT_EQ(a.decision.claimed, true);
    EXPECT_EQ(b.decision.claimed, true);
}

TEST(Claims, HolmDividesAPValueByTheShareOfAlphaThatItsLookHad) {
    auto early = analysis_of("a", DecisionLabel::kEquivalent, 0.006, 0.006);
    auto end = analysis_of("b", DecisionLabel::kEquivalent, 0.03, 0.03);
    early.stopping.emplace();
    early.stopping->design = "hybrid";
    early.stopping->stopped_early = true;
    end.stopping = early.stopping;
    end.stopping->stopped_early = false;
    decide_claims(std::vector<Rung>{{&early, 1}, {&end, 2}}, with("holm"));
    EXPECT_EQ(early.decision.claimed, false);  // 2 x 0.006 / 0.2 = 0.06
    EXPECT_EQ(end.decision.claimed, false);
    early.tost.p_lower = early.tost.p_tost = 0.004;
    decide_claims(std::vector<Rung>{{&early, 1}, {&end, 2}}, with("holm"));
    EXPECT_EQ(early.decision.claimed, true);  // 2 x 0.004 / 0.2 = 0.04
    EXPECT_EQ(end.decision.claimed, true);    // 0.03 / 0.8 = 0.0375, below the other one's 0.04
}

TEST(Claims, HolmCountsTheFailedVerdictsWhereTheyAreTooMany) {
    // Each label holds whatever they would have said, but not with two variants.
    auto a = analysis_of("a", DecisionLabel::kEquivalent, 0.001, 0.001);
    auto b = a;
    for (ComparisonAnalysis* each : {&a, &b}) {
        each->counts.n = 90;
        each->counts.invalid = 10;
        each->worst_case.p_not_worse = 0.03;
        each->best_case.p_not_better = 0.001;
    }
    decide_claims(std::vector<Rung>{{&a, 1}, {&b, 2}}, with("holm"));
    EXPECT_EQ(a.decision.claimed, false);  // 2 x 0.03
    for (ComparisonAnalysis* each : {&a, &b}) {
        each->counts.invalid = 2;  // few enough for the others to decide
        each->decision.claimed.reset();
    }
    decide_claims(std::vector<Rung>{{&a, 1}, {&b, 2}}, with("holm"));
    EXPECT_EQ(a.decision.claimed, true);
    for (ComparisonAnalysis* each : {&a, &b}) {
        each->counts.invalid = 10;
        each->worst_case.p_not_worse = 0.001;
        each->best_case.p_not_better = 0.03;
        each->decision.claimed.reset();
    }
    b.decision.label = DecisionLabel::kNonInferior;
    decide_claims(std::vector<Rung>{{&a, 1}, {&b, 2}}, with("holm"));
    EXPECT_EQ(a.decision.claimed, false) << "equivalent";
    EXPECT_EQ(b.decision.claimed, true) << "non-inferior does not ask whether it is better";
}

TEST(Claims, OneVariantOrNoCorrectionLeavesTheClaimOpen) {
    auto a = analysis_of("a", DecisionLabel::kEquivalent);
    auto b = analysis_of("b", DecisionLabel::kDegraded);
    decide_claims(std::vector<Rung>{{&a, 1}}, with("ladder"));
    EXPECT_FALSE(a.decision.claimed);
    decide_claims(std::vector<Rung>{{&a, 1}, {&b, 2}}, with("none"));
    EXPECT_FALSE(a.decision.claimed);
}

}  // namespace
}  // namespace assay::analysis
