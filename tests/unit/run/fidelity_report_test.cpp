#include "assay/run/fidelity_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "assay/report/render_json.hpp"
#include "assay/report/report_document.hpp"
#include "assay/run/build_report.hpp"
#include "assay/run/trace.hpp"
#include "run_fixture.hpp"

namespace assay::run {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// All three answers were read, and the baseline proved its path.
struct ReadRun : RunFixture {
    ReadRun() {
        save_fidelity("a", 0.0, -1);
        save_fidelity("b", 0.5, 4);
        save_fidelity("c", 0.25, 9);
        facts.self_reading = SelfReading{2, 20, 20, 0};
        save_facts(*store, plan_sha256, facts);
    }
};

TEST(FidelityReport, IsWhatWasStored) {
    ReadRun run;
    run.judge("b", "loss");
    const auto model = build_report(*run.store, run.plan_sha256);
    ASSERT_TRUE(model.fidelity);
    EXPECT_TRUE(model.fidelity->self_reading->exact());
    ASSERT_EQ(model.fidelity->variants.size(), 1U);
    const VariantFidelity& small = model.fidelity->variants[0];
    EXPECT_EQ(small.variant, "small");
    ASSERT_TRUE(small.tokens);
    EXPECT_EQ(small.tokens->n_answers, 3);
    EXPECT_EQ(small.tokens->n_tokens, 30);
    EXPECT_DOUBLE_EQ(*small.tokens->mean_kld.value, 0.25);
    EXPECT_DOUBLE_EQ(*small.tokens->same_top.value, 28.0 / 30);
    EXPECT_DOUBLE_EQ(*small.tokens->log_prob_difference.value, -0.25);
    EXPECT_EQ(small.tokens->n_diverged, 2);
    EXPECT_EQ(*small.identical.value, 1.0 / 3) << "a";
    const report::JudgedItem& b = model.comparisons[0].items[1];
    ASSERT_TRUE(b.distance);
    EXPECT_EQ(b.distance->divergence->position, 4);
    EXPECT_FALSE(b.text_divergence) << "tokens say more";
    EXPECT_TRUE(model.fidelity->by_kld.empty()) << "three questions have no fifths";
}

TEST(FidelityReport, OfARunWithoutFactsIsNotThere) {
    RunFixture run;
    run.judge("b", "loss");
    const auto model = build_report(*run.store, run.plan_sha256);
    EXPECT_FALSE(model.fidelity);
    EXPECT_THAT(report::report_markdown(model),
                AllOf(Not(HasSubstr("## Fidelity")), Not(HasSubstr("first difference"))));
    EXPECT_THAT(report::render_json(model), Not(HasSubstr("fidelity")));
    EXPECT_THAT(trace_json(*run.store, run.plan_sha256, "b"), Not(HasSubstr("fidelity")));
}

TEST(FidelityReport, ALostQuestionShowsItsFirstDifference) {
    ReadRun run;
    run.judge("b", "loss");
    const auto model = build_report(*run.store, run.plan_sha256);
    EXPECT_THAT(
        report::report_markdown(model),
        AllOf(HasSubstr("The baseline, reading 2 of its own answers: 20 of 20 tokens exactly 0"),
              HasSubstr("KLD 0.5, largest 0.5<br>after 4 of 10 tokens: \" yes&#92;n\" "
                        "(baseline 60.0 %, variant 30.0 %), with the variant \" "
                        "&lt;b&gt;\" (20.0 %, 50.0 %)")));
    const json fidelity = json::parse(report::render_json(model))["fidelity"];
    EXPECT_EQ(fidelity["self_reading"]["exact"], true);
    ASSERT_EQ(fidelity["lost"].size(), 1U);
    EXPECT_EQ(fidelity["lost"][0]["question_id"], "b");
    EXPECT_EQ(fidelity["lost"][0]["tokens"]["divergence"]["position"], 4);
    EXPECT_EQ(fidelity["lost"][0]["tokens"]["divergence"]["variant"]["text"], " <b>");
    EXPECT_EQ(fidelity["variants"][0]["tokens"]["mean_kld"]["value"], 0.25);
}

TEST(FidelityReport, WithoutAProofTheNoiseFloorIsSaid) {
    ReadRun run;
    run.facts.self_reading = SelfReading{2, 20, 19, 0.0125};
    save_facts(*run.store, run.plan_sha256, run.facts);
    EXPECT_THAT(report::report_markdown(build_report(*run.store, run.plan_sha256)),
                HasSubstr("**Not proven here:** the baseline, reading 2 of its own answers, has "
                          "exactly 0 for 19 of 20 tokens only. The noise floor is a mean KLD of "
                          "0.0125, and what is below it says nothing."));
    run.facts.self_reading.reset();
    save_facts(*run.store, run.plan_sha256, run.facts);
    EXPECT_THAT(report::report_markdown(build_report(*run.store, run.plan_sha256)),
                HasSubstr("**Not proven here:** the baseline read no answer of its own"));
}

TEST(FidelityReport, WithoutTokensTheTextsAreCompared) {
    RunFixture run;
    run.facts.variants[1].no_fidelity = "its vocabulary is another one.";
    save_facts(*run.store, run.plan_sha256, run.facts);
    run.judge("b", "loss");
    const auto model = build_report(*run.store, run.plan_sha256);
    ASSERT_TRUE(model.fidelity);
    EXPECT_FALSE(model.fidelity->variants[0].tokens);
    EXPECT_EQ(*model.fidelity->variants[0].identical.value, 1.0 / 3);
    EXPECT_THAT(
        report::report_markdown(model),
        AllOf(HasSubstr("`small`: not measured: its vocabulary is another one."),
              HasSubstr("after 0 words: \"base says b\", with the variant \"small says b\""),
              Not(HasSubstr("Not proven here"))));
    const json trace = json::parse(trace_json(*run.store, run.plan_sha256, "b"));
    EXPECT_FALSE(trace["answers"][0].contains("fidelity"));
    EXPECT_EQ(trace["answers"][1]["fidelity"]["texts"]["n_words"], 0);
    EXPECT_EQ(trace["answers"][1]["fidelity"]["why"], "its vocabulary is another one.");
    EXPECT_THAT(trace_text(*run.store, run.plan_sha256, "a"),
                HasSubstr("fidelity  small: the text is the baseline's\n"));
}

TEST(FidelityReport, ATraceShowsEveryToken) {
    ReadRun run;
    const json trace = json::parse(trace_json(*run.store, run.plan_sha256, "b"));
    const json& fidelity = trace["answers"][1]["fidelity"];
    EXPECT_EQ(fidelity["n_tokens"], 10);
    EXPECT_EQ(fidelity["mean_kld"], 0.5);
    ASSERT_EQ(fidelity["tokens"].size(), 10U);
    EXPECT_EQ(fidelity["tokens"][4]["rank"], 2);
    EXPECT_EQ(fidelity["divergence"]["baseline"]["p_variant"], 0.3);
    EXPECT_THAT(trace_text(*run.store, run.plan_sha256, "b"),
                HasSubstr("fidelity  small: mean KLD 0.5, largest 0.5; the likeliest token is the "
                          "same for 9 of 10; first difference after 4 of 10 tokens: \" yes\\n\" "));
    EXPECT_THAT(trace_text(*run.store, run.plan_sha256, "a"),
                HasSubstr("first difference none: the variant would have written all 10 tokens"));
}

// Two questions with one prompt have one answer, and it was read once.
TEST(FidelityReport, AnAnswerOfTwoQuestionsCountsForBoth) {
    ReadRun run;
    for (auto& variant : run.facts.variants) {
        variant.answer_keys[2] = variant.answer_keys[1];
    }
    save_facts(*run.store, run.plan_sha256, run.facts);
    EXPECT_EQ(build_report(*run.store, run.plan_sha256).fidelity->variants[0].tokens->n_answers, 3);
}

TEST(FidelityReport, AFailedAnswerHasNoTextToCompare) {
    RunFixture run;
    run.facts.variants[1].no_fidelity = "it is a server.";
    run.facts.variants[1].answer_keys[1] = "failed";
    run.facts.variants[1].answer_keys[2] = "not made";
    save_facts(*run.store, run.plan_sha256, run.facts);
    store::AnswerRow failed = *run.store->answer(run.key_of("small", "b"));
    failed.key = "failed";
    failed.answer.stop_reason = StopReason::kFailed;
    run.store->save_answer(failed);
    const auto model = build_report(*run.store, run.plan_sha256);
    EXPECT_EQ(model.fidelity->variants[0].identical.n, 1);
    const json trace = json::parse(trace_json(*run.store, run.plan_sha256, "b"));
    EXPECT_FALSE(trace["answers"][1].contains("fidelity"));
}

}  // namespace
}  // namespace assay::run
