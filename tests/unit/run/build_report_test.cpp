#include "assay/run/build_report.hpp"

#include <gtest/gtest.h>

#include "assay/base/result.hpp"
#include "assay/config/plan_json.hpp"
#include "assay/run/build_comparison.hpp"
#include "assay/run/study_rows.hpp"
#include "run_fixture.hpp"

namespace assay::run {
namespace {

TEST(BuildReport, BeforeAnyVerdictEverythingThatNeedsACallIsNotJudged) {
    const RunFixture run;
    const auto model = build_report(*run.store, run.plan_sha256);
    ASSERT_EQ(model.comparisons.size(), 1U);
    const Counts& counts = model.comparisons[0].analysis.counts;
    EXPECT_EQ(counts.n_items, 3);
    EXPECT_EQ(counts.n, 1);
    EXPECT_EQ(counts.identical, 1);
    EXPECT_EQ(counts.not_judged, 2);
    EXPECT_EQ(model.comparisons[0].analysis.decision.label, DecisionLabel::kNotMeasured);
    EXPECT_FALSE(model.recommendation.variant);
}

TEST(BuildReport, VerdictsAreUnblinded) {
    RunFixture run;
    run.judge("b", "win");
    run.judge("c", "loss");
    const auto model = build_report(*run.store, run.plan_sha256);
    const report::ReportComparison& comparison = model.comparisons[0];
    EXPECT_EQ(comparison.analysis.counts.wins, 1);
    EXPECT_EQ(comparison.analysis.counts.losses, 1);
    EXPECT_EQ(comparison.analysis.counts.ties, 1);
    EXPECT_EQ(comparison.analysis.variant, "small");
    EXPECT_EQ(comparison.analysis.baseline, "base");
    EXPECT_EQ(comparison.analysis.judge, "panel");
    ASSERT_EQ(comparison.items.size(), 3U);
    EXPECT_EQ(comparison.items[1].outcome.kind, OutcomeKind::kWin);
    EXPECT_EQ(comparison.items[1].outcome.question_id, "b");
    EXPECT_EQ(comparison.items[1].baseline_answer, "base says b");
    EXPECT_EQ(comparison.items[1].variant_answer, "small says b");
    EXPECT_EQ(comparison.items[1].outcome.cluster, "book");
    EXPECT_EQ(model.judges[0].n_calls, 2);
    EXPECT_EQ(model.judges[0].versions, std::vector<std::string>{"m-2025"});
}

TEST(BuildReport, AFailedVerdictIsCountedWithItsReason) {
    RunFixture run;
    run.judge("b", "invalid");
    run.judge("c", "error");
    const auto model = build_report(*run.store, run.plan_sha256);
    EXPECT_EQ(model.comparisons[0].analysis.counts.invalid, 1);
    EXPECT_EQ(model.comparisons[0].analysis.counts.errors, 1);
    EXPECT_EQ(model.comparisons[0].items[2].failure, "it is error");
    // A later attempt takes its place.
    run.judge("c", "tie");
    EXPECT_EQ(build_report(*run.store, run.plan_sha256).comparisons[0].analysis.counts.errors, 0);
}

TEST(BuildReport, AnAnswerThatIsMissingIsOfItsOwnSample) {
    RunFixture run;
    Plan plan = run.plan;
    plan.generation.samples = 2;
    plan.generation.temp = 0.7;
    const std::string sha256 = config::plan_sha256(plan);
    run.store->save_plan(
        {sha256, config::plan_to_json(plan), 0.1, 0.05, "2025-01-31T12:00:00Z", 3});
    run.store->save_questions(sha256, run.questions);
    const std::vector<Variant> variants = run.store->variants(run.plan_sha256);
    RunFacts facts = run.facts;
    for (std::size_t v = 0; v < variants.size(); ++v) {
        run.store->save_variant(sha256, variants[v], static_cast<int>(v));
        for (const char* second : {"a again", "b again", "c again"}) {
            facts.variants[v].answer_keys.push_back(run.key_of(variants[v].name, second));
        }
    }
    save_facts(*run.store, sha256, facts);
    run.save_answer("base", "b again", "", StopReason::kFailed);

    const StoredRun stored(*run.store, sha256);
    const report::ReportComparison comparison = comparison_of(
        stored, 1, stored.judges.front(), plan.analysis);
    ASSERT_EQ(comparison.items.size(), 6U);
    int n_second = 0, n_without_baseline = 0;
    for (const report::JudgedItem& item : comparison.items) {
        EXPECT_EQ(item.outcome.sample, item.sample);
        n_second += item.outcome.sample == 1;
        n_without_baseline += item.outcome.kind == OutcomeKind::kNoAnswerBaseline;
    }
    EXPECT_EQ(n_second, 3);
    EXPECT_EQ(n_without_baseline, 1);
}

TEST(BuildReport, AVerdictThatWasSetAsideDoesNotCount) {
    RunFixture run;
    run.judge("b", "win");
    run.store->set_aside_verdicts("judge key");
    EXPECT_EQ(build_report(*run.store, run.plan_sha256).comparisons[0].analysis.counts.wins, 0);
}

TEST(BuildReport, FactsOfAnswersAreSums) {
    RunFixture run;
    run.save_session("base", 2, 2, 5000);
    run.save_session("base", 1, 0, 4000);
    const auto model = build_report(*run.store, run.plan_sha256);
    const report::ReportVariant& base = model.variants[0];
    EXPECT_EQ(base.n_answers, 3);
    EXPECT_EQ(base.n_failed, 0);
    ASSERT_TRUE(base.speed);
    EXPECT_DOUBLE_EQ(base.speed->prefill_tokens_per_s, 3 * 20 / 0.030);
    EXPECT_DOUBLE_EQ(base.speed->decode_tokens_per_s, 3 * 10 / 0.300);
    EXPECT_EQ(base.prompt_ms, 10);
    EXPECT_EQ(base.speed->peak_memory_bytes, 5000U);
    EXPECT_EQ(base.independence.n_checked, 3);
    EXPECT_EQ(base.independence.n_equal, 2);
    EXPECT_EQ(model.variants[1].independence.n_checked, 0);
    EXPECT_FALSE(model.variants[1].independence.note.empty());
}

TEST(BuildReport, TheLoadTimeIsThatOfTheLatestProcessThatToldOne) {
    RunFixture run;
    const auto load_s = [&](std::size_t variant) {
        return build_report(*run.store, run.plan_sha256).variants[variant].speed->load_s;
    };
    run.save_session("base", 2, 2);
    EXPECT_EQ(load_s(0), 0) << "not measured, as in runs of before";
    run.save_session("base", 0, 0, 1000, 1500);
    run.save_session("base", 0, 0, 1000, 750);
    EXPECT_EQ(load_s(0), 0.75);
    run.save_session("base", 2, 2);
    EXPECT_EQ(load_s(0), 0.75);
    EXPECT_EQ(load_s(1), 0);
}

// What was verified was not written: no decode speed is made of it.
TEST(BuildReport, VerifiedTokensAreNoPartOfTheDecodeSpeed) {
    RunFixture run;
    const auto read_first = [&](const std::string& question, int n_verified, double decode_ms) {
        store::AnswerRow row = *run.store->answer(run.key_of("small", question));
        row.key = "read/" + question;
        row.answer.n_verified_tokens = n_verified;
        row.answer.decode_ms = decode_ms;
        run.store->save_answer(row);
        run.facts.variants[1].answer_keys[question[0] - 'a'] = row.key;
    };
    read_first("a", 4, 100);
    save_facts(*run.store, run.plan_sha256, run.facts);
    const auto decode = [&] {
        return build_report(*run.store, run.plan_sha256).variants[1].speed->decode_tokens_per_s;
    };
    EXPECT_DOUBLE_EQ(decode(), (6 + 10 + 10) / 0.300);
    read_first("b", 10, 0.5);  // all of it was read: no step was its own
    save_facts(*run.store, run.plan_sha256, run.facts);
    EXPECT_DOUBLE_EQ(decode(), (6 + 10) / 0.200);
    read_first("c", 10, 0);
    run.facts.variants[1].answer_keys[0] = "not made";
    save_facts(*run.store, run.plan_sha256, run.facts);
    EXPECT_EQ(decode(), 0) << "not measured";
}

TEST(BuildReport, SessionsOfAnotherEngineAreNotMixedIn) {
    RunFixture run;
    run.store->save_session({run.store->variants(run.plan_sha256)[0].file.sha256,
                             {"assay-engine", "2", "another", "parts"},
                             8,
                             9999,
                             "2025-01-31T12:00:00Z",
                             5,
                             0});
    const auto model = build_report(*run.store, run.plan_sha256);
    EXPECT_EQ(model.variants[0].independence.n_checked, 0);
    EXPECT_EQ(model.variants[0].speed->peak_memory_bytes, 0U);
}

TEST(BuildReport, AnotherMarginThanThatOfTheFirstVerdictIsExploratory) {
    RunFixture run;
    run.judge("b", "win");
    EXPECT_FALSE(build_report(*run.store, run.plan_sha256).experiment.exploratory);
    run.plan.analysis.margin = 0.2;
    const std::string sha256 = config::plan_sha256(run.plan);
    run.store->save_plan(
        {sha256, config::plan_to_json(run.plan), 0.2, 0.05, "2025-01-31T12:00:00Z", 3});
    run.store->save_questions(sha256, run.questions);
    int position = 0;
    for (const Variant& variant : run.store->variants(run.plan_sha256)) {
        run.store->save_variant(sha256, variant, position++);
    }
    save_facts(*run.store, sha256, run.facts);
    const auto model = build_report(*run.store, sha256);
    EXPECT_TRUE(model.experiment.exploratory);
    EXPECT_NE(model.experiment.exploratory_why.find("0.2"), std::string::npos);
    EXPECT_EQ(model.experiment.margin, 0.2);
}

TEST(BuildReport, APlanWhosePromptsWereNeverMadeHasNone) {
    RunFixture run;
    run.plan.name = "another";
    run.plan.generation.predict = 7;
    const std::string sha256 = config::plan_sha256(run.plan);
    run.store->save_plan(
        {sha256, config::plan_to_json(run.plan), 0.1, 0.05, "2025-01-31T12:00:00Z", 3});
    try {
        static_cast<void>(build_report(*run.store, sha256));
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    }
}

TEST(BuildReport, CandidatesAreThoseOfTheJudgeThatDecides) {
    RunFixture run;
    JudgeFacts second = run.facts.judges[0];
    second.name = "second";
    second.key = "another key";
    run.facts.judges.push_back(second);
    save_facts(*run.store, run.plan_sha256, run.facts);
    const auto candidates = candidates_of(build_report(*run.store, run.plan_sha256));
    ASSERT_EQ(candidates.size(), 1U);
    EXPECT_EQ(candidates[0].name, "small");
    EXPECT_EQ(candidates[0].size_bytes, 600U);
    EXPECT_EQ(candidates[0].path, "/models/small.gguf");
}

TEST(BuildReport, StudyItemsFollowTheOrderOfJudgingAndAnswersTheQuestions) {
    RunFixture run;
    run.judge("c", "tie");
    ComparisonAnalysis
        analysis = build_report(*run.store, run.plan_sha256).comparisons.front().analysis;
    const auto items = study_items(run.stored(), analysis);
    ASSERT_EQ(items.size(), 3U);
    for (std::size_t i = 0; i < items.size(); ++i) {
        EXPECT_EQ(items[i].comparison.order_index, static_cast<std::int64_t>(i));
        EXPECT_EQ(items[i].baseline, "base");
        EXPECT_EQ(items[i].verdict.has_value(), items[i].comparison.question_id == "c");
        EXPECT_FALSE(items[i].left_out);
    }
    const auto answers = study_answers(run.stored(), "base");
    ASSERT_EQ(answers.size(), 3U);
    EXPECT_EQ(answers[1].question.id, "b");
    EXPECT_EQ(answers[1].answer.text, "base says b");
    analysis.variant = "none";
    EXPECT_THROW(static_cast<void>(study_items(run.stored(), analysis)), Error);
    analysis.variant = "small";
    analysis.judge = "none";
    EXPECT_THROW(static_cast<void>(study_items(run.stored(), analysis)), Error);
}

TEST(BuildReport, CountsFailureModesOfEachVariantBesideTheBaseline) {
    RunFixture run;
    const auto model = build_report(*run.store, run.plan_sha256);
    EXPECT_TRUE(model.variants[0].failure_modes.empty());
    ASSERT_EQ(model.variants[1].failure_modes.size(), 10U);
    for (const FailureModeRow& row : model.variants[1].failure_modes) {
        EXPECT_EQ(row.n, 3);
        EXPECT_TRUE(row.difference.value.has_value()) << row.mode;
    }
}

}  // namespace
}  // namespace assay::run
