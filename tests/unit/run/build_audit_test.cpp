#include "assay/run/build_audit.hpp"

#include <gtest/gtest.h>

#include "assay/base/result.hpp"
#include "assay/config/plan_json.hpp"
#include "assay/report/audit_json.hpp"
#include "assay/run/build_report.hpp"
#include "run_fixture.hpp"

namespace assay::run {
namespace {

/// A second judge whose verdicts are people's: of b it says the same as panel, if panel says
/// "loss".
void add_people(RunFixture& run) {
    JudgeFacts people;
    people.name = "people";
    people.provider = "human";
    people.key = "people key";
    run.facts.judges.push_back(people);
    save_facts(*run.store, run.plan_sha256, run.facts);
    JudgeSpec spec = judge_of("human");
    spec.name = "people";
    run.plan.judges.push_back(spec);
    run.store->save_plan(
        {run.plan_sha256, config::plan_to_json(run.plan), 0.1, 0.05, "2025-01-31T12:00:00Z", 3});
    run.store->save_judge("people key", "people", "{}");
    const Comparison comparison = run.comparison_of("b");
    store::VerdictRow row{comparison.id, "people key", "people", {}, "2025-01-31T12:00:00Z"};
    row.verdict.item_id = comparison.id;
    row.verdict.state = comparison.variant_is_a ? VerdictState::kB : VerdictState::kA;
    run.store->save_verdict(row);
}

TEST(BuildAudit, OfOneJudgeCountsItsVerdictsAndNothingOfAgreement) {
    RunFixture run;
    run.judge("b", "loss");
    run.judge("c", "invalid");
    const RunAudit audit = build_audit(run.stored(), "");
    EXPECT_EQ(audit.experiment, "science");
    EXPECT_EQ(audit.n_questions, 3);
    ASSERT_EQ(audit.judges.size(), 1u);
    const JudgeAudit& panel = audit.judges[0];
    EXPECT_TRUE(panel.decides);
    EXPECT_FALSE(panel.people);
    EXPECT_EQ(panel.conduct.n, 2);
    EXPECT_EQ(panel.conduct.n_invalid, 1);
    EXPECT_EQ(panel.conduct.versions, std::vector<std::string>{"m-2025"});
    EXPECT_FALSE(panel.cost.value);
    ASSERT_EQ(panel.variants.size(), 1u);
    EXPECT_EQ(panel.variants[0].name, "small");
    EXPECT_FALSE(panel.variants[0].calibration);
    EXPECT_FALSE(panel.warnings.empty()) << "there are no controls";
    EXPECT_TRUE(panel.with_people.empty());
    EXPECT_TRUE(audit.pairs.empty());
    EXPECT_FALSE(audit.panel);
}

TEST(BuildAudit, OfPeopleBesideAJudgeHasAgreementConfidenceAndCalibration) {
    RunFixture run;
    run.judge("b", "loss");
    run.judge("c", "win");
    add_people(run);
    const RunAudit audit = build_audit(run.stored(), "");
    ASSERT_EQ(audit.judges.size(), 2u);
    EXPECT_TRUE(audit.judges[1].people);
    EXPECT_FALSE(audit.judges[1].decides);
    ASSERT_EQ(audit.pairs.size(), 1u);
    EXPECT_EQ(audit.pairs[0].n, 1) << "identical answers are no agreement";
    EXPECT_EQ(audit.pairs[0].n_same, 1);
    ASSERT_EQ(audit.judges[0].with_people.size(), 1u);
    EXPECT_EQ(audit.judges[0].with_people[0].level, Confidence::kHigh);
    EXPECT_EQ(audit.judges[0].with_people[0].n_same, 1);
    EXPECT_TRUE(audit.judges[0].with_judges.empty());
    ASSERT_EQ(audit.judges[1].with_judges.size(), 1u);
    const auto& calibration = audit.judges[0].variants[0].calibration;
    ASSERT_TRUE(calibration);
    EXPECT_EQ(calibration->n_labelled, 1);
    EXPECT_EQ(calibration->n_judge_only, 1);
    EXPECT_EQ(calibration->n_settled, 1);
    EXPECT_NE(calibration->net.why.find("only 1 comparisons"), std::string::npos);
    EXPECT_FALSE(audit.judges[1].variants[0].calibration)
        << "people are not calibrated to themselves";
    const auto model = build_report(*run.store, run.plan_sha256);
    EXPECT_TRUE(model.comparisons[0].analysis.calibration);
    EXPECT_FALSE(model.comparisons[1].analysis.calibration);
}

TEST(BuildAudit, TheSameStoreGivesTheSameAudit) {
    RunFixture run;
    run.judge("b", "loss");
    run.judge("c", "win");
    add_people(run);
    EXPECT_EQ(report::audit_to_json(build_audit(run.stored(), ""), 2),
              report::audit_to_json(build_audit(run.stored(), ""), 2));
}

TEST(BuildAudit, OneJudgeIsShownWithItsPairs) {
    RunFixture run;
    run.judge("b", "loss");
    add_people(run);
    const RunAudit audit = build_audit(run.stored(), "people");
    ASSERT_EQ(audit.judges.size(), 1u);
    EXPECT_EQ(audit.judges[0].name, "people");
    EXPECT_EQ(audit.pairs.size(), 1u);
    try {
        (void)build_audit(run.stored(), "nobody");
        FAIL() << "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::kUsage);
        EXPECT_NE(std::string(error.what()).find("panel, people"), std::string::npos);
    }
}

TEST(BuildAudit, TokensCostWhatTheExperimentSays) {
    RunFixture run;
    run.plan.judges[0].api().price_input = 2;
    run.plan.judges[0].api().price_output = 10;
    run.store->save_plan(
        {run.plan_sha256, config::plan_to_json(run.plan), 0.1, 0.05, "2025-01-31T12:00:00Z", 3});
    const Comparison comparison = run.comparison_of("b");
    store::VerdictRow row{comparison.id, "judge key", "panel", {}, "2025-01-31T12:00:00Z"};
    row.verdict.state = VerdictState::kTie;
    row.verdict.n_attempts = 1;
    row.verdict.n_prompt_tokens = 1000;
    row.verdict.n_reply_tokens = 100;
    row.verdict.n_attempts = 1;
    run.store->save_verdict(row);
    const RunAudit audit = build_audit(run.stored(), "");
    ASSERT_TRUE(audit.judges[0].cost.value);
    EXPECT_NEAR(*audit.judges[0].cost.value, 0.003, 1e-12);
    EXPECT_EQ(audit.judges[0].conduct.n_prompt_tokens, 1000);
}

}  // namespace
}  // namespace assay::run
