#include "assay/app/trace.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "assay/base/result.hpp"
#include "stored_run.hpp"

namespace assay::app {
namespace {

using nlohmann::json;

TEST(Trace, FollowsAQuestionFromItsRowToItsOutcome) {
    StoredRun run;
    run.judge("b", "error");
    run.judge("b", "win");
    const json trace = json::parse(trace_json(*run.store, run.plan_sha256, "b"));
    EXPECT_EQ(trace["schema_version"], 1);
    EXPECT_EQ(trace["question"]["place"], "questions.jsonl:2");
    EXPECT_EQ(trace["question"]["cluster"], "book");
    ASSERT_EQ(trace["answers"].size(), 2U);
    EXPECT_EQ(trace["answers"][0]["text"], "base says b");
    ASSERT_EQ(trace["comparisons"].size(), 1U);
    EXPECT_EQ(trace["comparisons"][0]["outcome"], "win");
    // Every attempt is shown, the oldest first.
    ASSERT_EQ(trace["comparisons"][0]["verdicts"].size(), 2U);
    EXPECT_EQ(trace["comparisons"][0]["verdicts"][0]["failure"], "it is error");
    EXPECT_EQ(trace["comparisons"][0]["verdicts"][1]["raw"], "raw reply on b");
}

TEST(Trace, TextHasAVerbForEachStepInOrder) {
    StoredRun run;
    run.judge("b", "loss");
    const std::string text = trace_text(*run.store, run.plan_sha256, "b");
    std::size_t at = 0;
    for (const char* verb :
         {"load      question b", "retrieve  0 contexts", "answer    base", "answer    small",
          "pair      small against base", "judge     panel", "because of b", "unblind   loss for small"}) {
        const std::size_t found = text.find(verb, at);
        ASSERT_NE(found, std::string::npos) << verb << "\n" << text;
        at = found;
    }
}

TEST(Trace, AnAnswersOwnLinesCannotBeTakenForTheTraces) {
    StoredRun run;
    run.questions.push_back({"d", "Question d?", {}, {}, {}, "questions.jsonl:4"});
    run.store->save_questions(run.plan_sha256, run.questions);
    for (auto& variant : run.facts.variants) variant.answer_keys.push_back(run.key_of(variant.name, "d"));
    save_facts(*run.store, run.plan_sha256, run.facts);
    run.save_answer("base", "d", "one\nunblind   win for base");
    EXPECT_NE(trace_text(*run.store, run.plan_sha256, "d").find("      | unblind   win for base"), std::string::npos);
}

TEST(Trace, ShowsWhatThereIsOfARunThatWasStopped) {
    StoredRun run;
    const json trace = json::parse(trace_json(*run.store, run.plan_sha256, "c"));
    EXPECT_EQ(trace["comparisons"][0]["outcome"], "not_judged");
    EXPECT_TRUE(trace["comparisons"][0]["verdicts"].empty());
}

TEST(Trace, OfAnUnknownQuestionIsAnError) {
    const StoredRun run;
    EXPECT_THROW(static_cast<void>(trace_text(*run.store, run.plan_sha256, "z")), Error);
}

}  // namespace
}  // namespace assay::app
