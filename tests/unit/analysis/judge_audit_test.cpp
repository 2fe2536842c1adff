#include "assay/analysis/judge_audit.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "assay/analysis/controls.hpp"
#include "builders.hpp"

namespace assay::analysis {
namespace {

bool any_has(const std::vector<std::string>& sentences, std::string_view part) {
    return std::any_of(sentences.begin(), sentences.end(), [&](const std::string& s) {
        return s.find(part) != std::string::npos;
    });
}

/// `lost` of 20 swapped answers lost, a side was preferred in `preferred` of 20 identical pairs,
/// and 20 damaged answers lost.
std::vector<ControlOutcome> controls_with(int lost, int preferred) {
    std::vector<ControlOutcome> out;
    for (int i = 0; i < 20; ++i) {
        out.push_back({ControlKind::kSwapped,
                       i < lost ? VerdictState::kB : VerdictState::kTie,
                       false,
                       Confidence::kHigh});
        out.push_back({ControlKind::kIdentical,
                       i < preferred ? VerdictState::kA : VerdictState::kTie,
                       true,
                       Confidence::kLow});
        out.push_back(
            {ControlKind::kDamaged, VerdictState::kB, false, Confidence::kHigh, Damage::kNumber});
    }
    return out;
}

/// Nothing to worry about.
JudgeAudit sound() {
    JudgeAudit out;
    out.name = "panel";
    out.controls = check_controls(controls_with(20, 0));
    out.position.emplace();
    out.position->bias = {0.01, -0.05, 0.07, 0.95, 400, "", ""};
    out.length = {100, 50, {0.5, 0.4, 0.6, 0.95, 100, "", ""}};
    out.conduct.n = out.conduct.n_usable = 440;
    out.conduct.versions = {"m-1"};
    return out;
}

TEST(LengthBias, CountsWinsOfTheLongerAnswer) {
    OutcomeList list;
    list.wins(3).losses(2).ties(4).no_answer_variant(1).identical(1).wins(1).losses(1);
    for (std::size_t i = 0; i < 11; ++i) {
        list.outcomes[i].length_difference = i < 2 ? -5 : 7;
    }
    list.outcomes[2].length_difference = 0;
    const LengthBias bias = length_bias_of(list.outcomes);
    // Two wins of a shorter answer, two losses of a longer one; the win at equal length and what
    // has no length are left out.
    EXPECT_EQ(bias.n, 4);
    EXPECT_EQ(bias.n_longer_won, 0);
    list.outcomes.back().length_difference = -1;
    EXPECT_EQ(length_bias_of(list.outcomes).n_longer_won, 1);
    EXPECT_FALSE(length_bias_of({}).longer_won.value);
}

TEST(ConductOf, CountsStatesAttemptsAndTokens) {
    std::vector<Verdict> verdicts;
    for (int i = 1; i <= 20; ++i) {
        Verdict v;
        v.state = VerdictState::kTie;
        v.n_attempts = 1;
        v.n_prompt_tokens = 100;
        v.n_reply_tokens = 10;
        v.elapsed_ms = 100 * i;
        v.reasoning = std::string(static_cast<std::size_t>(i), 'x');
        v.model_version = i % 2 == 0 ? "m-2" : "m-1";
        verdicts.push_back(v);
    }
    verdicts[0].state = VerdictState::kInvalid;
    verdicts[1].state = VerdictState::kRefused;
    verdicts[2].state = VerdictState::kError;
    verdicts[2].n_attempts = 6;
    verdicts[2].model_version = "";
    const JudgeConduct conduct = conduct_of(verdicts);
    EXPECT_EQ(conduct.n, 20);
    EXPECT_EQ(conduct.n_usable, 17);
    EXPECT_EQ(conduct.n_invalid, 1);
    EXPECT_EQ(conduct.n_refused, 1);
    EXPECT_EQ(conduct.n_errors, 1);
    EXPECT_NEAR(*conduct.failed.value, 0.15, 1e-12);
    EXPECT_EQ(conduct.n_retried, 1);
    EXPECT_EQ(conduct.n_attempts, 25);
    EXPECT_EQ(conduct.n_prompt_tokens, 2000);
    EXPECT_EQ(conduct.n_reply_tokens, 200);
    EXPECT_EQ(conduct.elapsed_ms->median, 1000);
    EXPECT_EQ(conduct.elapsed_ms->p95, 1900);
    EXPECT_EQ(conduct.reasoning_characters->median, 12) << "of 4 .. 20";
    EXPECT_EQ(conduct.versions, (std::vector<std::string>{"m-1", "m-2"}));
    const JudgeConduct nothing = conduct_of({});
    EXPECT_FALSE(nothing.failed.value);
    EXPECT_FALSE(nothing.elapsed_ms);
    EXPECT_FALSE(nothing.reasoning_characters);
}

TEST(ControlsByConfidence, CountsUsableVerdictsOfEachLevel) {
    auto outcomes = controls_with(18, 1);
    outcomes.push_back({ControlKind::kSwapped, VerdictState::kInvalid, true, Confidence::kNone});
    outcomes.push_back({ControlKind::kSwapped, VerdictState::kError, true, Confidence::kNone});
    const auto rows = controls_by_confidence(outcomes);
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[0].level, Confidence::kHigh);
    EXPECT_EQ(rows[0].n_swapped, 20);
    EXPECT_EQ(rows[0].n_swapped_lost, 18);
    EXPECT_EQ(rows[0].n_identical, 0);
    EXPECT_EQ(rows[1].level, Confidence::kLow);
    EXPECT_EQ(rows[1].n_identical, 20);
    EXPECT_EQ(rows[1].n_preferred, 1);
}

TEST(FlipsOf, AddsUpTheVariants) {
    std::vector<BothOrders> variants(2);
    EXPECT_FALSE(flips_of({}));
    EXPECT_FALSE(flips_of(variants));
    variants[0].n = 30;
    variants[0].n_flipped = 6;
    variants[1].n = 10;
    variants[1].n_flipped = 4;
    EXPECT_EQ(flips_of(variants)->n, 40);
    EXPECT_NEAR(*flips_of(variants)->rate.value, 0.25, 1e-12);
}

TEST(WarningsOfAJudge, AreNoneWhereNothingStandsOut) {
    EXPECT_TRUE(warnings_of(sound()).empty());
}

TEST(WarningsOfAJudge, NameControlsThatFailedOrNearlyDid) {
    JudgeAudit audit = sound();
    audit.controls = check_controls(controls_with(15, 0));
    EXPECT_TRUE(any_has(warnings_of(audit), "did not pass"));
    audit.controls = check_controls(controls_with(16, 0));
    EXPECT_TRUE(any_has(warnings_of(audit), "16 of 20"));
    audit.controls = check_controls(controls_with(20, 2));
    EXPECT_TRUE(any_has(warnings_of(audit), "narrowly"));
    audit.controls = check_controls(controls_with(18, 0));
    EXPECT_TRUE(warnings_of(audit).empty()) << "one more may fail";
}

TEST(WarningsOfAJudge, TellABiasThatIsSeenFromOneThatIsNotExcluded) {
    JudgeAudit audit = sound();
    audit.position->bias = {-0.09, -0.14, -0.04, 0.95, 400, "", ""};
    EXPECT_TRUE(
        any_has(warnings_of(audit), "favours the answer that is shown second: by 9.0 points"));
    audit.position->bias = {0.01, -0.08, 0.104, 0.95, 100, "", ""};
    EXPECT_TRUE(any_has(warnings_of(audit),
                        "10.4 points for the answer that is shown first is not excluded"));
    audit.position->bias.low.reset();
    EXPECT_TRUE(any_has(warnings_of(audit), "+1.0 points was seen, and no interval says"));
    audit.position->bias = {0.01, -0.05, 0.07, 0.95, 400, "", ""};
    EXPECT_TRUE(warnings_of(audit).empty());
    audit.position->variant_first = {.wins = 30};
    audit.position->variant_second = {.losses = 30};
    EXPECT_TRUE(any_has(warnings_of(audit), "follow the position, so they decide nothing"));
    audit.position->variant_first = audit.position->variant_second = {};
    audit.flips = Flips{100, 40, {0.4, 0.31, 0.5, 0.95, 100, "", ""}};
    EXPECT_TRUE(any_has(warnings_of(audit), "40 of 100"));
}

TEST(WarningsOfAJudge, NameAJudgeThatDoesNotRepeatItself) {
    JudgeAudit audit = sound();
    audit.repeats.emplace();
    audit.repeats->n = 50;
    audit.repeats->n_same = 30;
    audit.repeats->same = {0.6, 0.46, 0.72, 0.95, 50, "", ""};
    EXPECT_TRUE(any_has(warnings_of(audit), "same verdict in only 30 of 50"));
    audit.repeats->same.high = 0.8;
    EXPECT_TRUE(warnings_of(audit).empty());
}

TEST(WarningsOfAJudge, NameLengthCalibrationAndFailures) {
    JudgeAudit audit = sound();
    audit.length = {100, 80, {0.8, 0.71, 0.87, 0.95, 100, "", ""}};
    EXPECT_TRUE(any_has(warnings_of(audit), "longer answer won 80 of 100"));
    audit.length = {100, 30, {0.3, 0.22, 0.4, 0.95, 100, "", ""}};
    EXPECT_TRUE(any_has(warnings_of(audit), "shorter answer won 70 of 100"));
    audit = sound();
    audit.variants.push_back({"Q4", {}, {}, LengthControl{{}, true}, {}});
    EXPECT_TRUE(any_has(warnings_of(audit), "At equal length Q4"));
    audit.variants[0].length_control.reset();
    audit.variants[0].calibration.emplace().label_differs = true;
    EXPECT_TRUE(any_has(warnings_of(audit), "Calibrated to people, Q4"));
    audit = sound();
    audit.conduct.n_usable = 400;
    audit.conduct.n_invalid = 40;
    EXPECT_TRUE(any_has(warnings_of(audit), "40 of its 440 verdicts"));
    audit = sound();
    audit.conduct.versions = {"m-1", "m-2"};
    EXPECT_TRUE(any_has(warnings_of(audit), "m-1, m-2"));
}

TEST(WarningsOfAJudge, NameAConfidenceThatTellsNothing) {
    JudgeAudit audit = sound();
    audit.with_people = {{Confidence::kHigh, 30, 15, {}}, {Confidence::kLow, 20, 10, {}}};
    EXPECT_TRUE(
        any_has(warnings_of(audit), "what people say in 15 of 30 pairs, and the rest in 10 of 20"));
    audit.with_people[0].n_same = 16;
    EXPECT_TRUE(warnings_of(audit).empty());
    audit.with_people = {{Confidence::kHigh, 19, 1, {}}, {Confidence::kLow, 20, 10, {}}};
    EXPECT_TRUE(warnings_of(audit).empty()) << "too few";
}

TEST(WarningsOfPairs, NameLowAgreementAndFewCommonOnes) {
    PairAgreement pair;
    pair.first = "one";
    pair.second = "two";
    EXPECT_TRUE(warnings_of(std::vector{pair}).empty()) << "nothing in common is seen in the table";
    pair.n = 19;
    EXPECT_TRUE(any_has(warnings_of(std::vector{pair}), "only 19 comparisons"));
    pair.n = 100;
    pair.n_same = 45;
    pair.same.value = 0.45;
    pair.kappa = {0.15, -0.01, 0.3, 0.95, 100, "", ""};
    EXPECT_TRUE(any_has(warnings_of(std::vector{pair}), "more than chance is not shown"));
    pair.kappa.low = 0.05;
    EXPECT_TRUE(any_has(warnings_of(std::vector{pair}), "kappa 0.15"));
    pair.kappa.value = 0.4;
    EXPECT_TRUE(warnings_of(std::vector{pair}).empty());
}

}  // namespace
}  // namespace assay::analysis
