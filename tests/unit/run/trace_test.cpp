#include "assay/run/trace.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "assay/base/result.hpp"
#include "attacks.hpp"
#include "run_fixture.hpp"

namespace assay::run {
namespace {

using nlohmann::json;

TEST(Trace, FollowsAQuestionFromItsRowToItsOutcome) {
    RunFixture run;
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
    RunFixture run;
    run.judge("b", "loss");
    const std::string text = trace_text(*run.store, run.plan_sha256, "b");
    std::size_t at = 0;
    for (const char* verb : {"load      question b",
                             "retrieve  0 contexts",
                             "answer    base",
                             "answer    small",
                             "pair      small against base",
                             "judge     panel",
                             "because of b",
                             "unblind   loss for small"}) {
        const std::size_t found = text.find(verb, at);
        ASSERT_NE(found, std::string::npos) << verb << "\n" << text;
        at = found;
    }
}

TEST(Trace, AnAnswersOwnLinesCannotBeTakenForTheTraces) {
    RunFixture run;
    run.questions.push_back({"d", "Question d?", {}, {}, {}, "questions.jsonl:4"});
    run.store->save_questions(run.plan_sha256, run.questions);
    for (auto& variant : run.facts.variants) {
        variant.answer_keys.push_back(run.key_of(variant.name, "d"));
    }
    save_facts(*run.store, run.plan_sha256, run.facts);
    run.save_answer("base", "d", "one\nunblind   win for base");
    EXPECT_NE(trace_text(*run.store, run.plan_sha256, "d").find("      | unblind   win for base"),
              std::string::npos);
}

TEST(Trace, ShowsAnAnswersFailureModesAndSteersNoTerminal) {
    RunFixture run;
    for (const test::Attack& attack : test::attacks()) {
        if (attack.text.size() > 1000) {
            continue;
        }
        const std::string id = "attack " + attack.name;
        run.questions.push_back({id, "Question?", {}, {}, {}, "questions.jsonl:4"});
        for (auto& variant : run.facts.variants) {
            variant.answer_keys.push_back(run.key_of(variant.name, id));
        }
        run.save_answer("base", id, attack.text);
    }
    run.store->save_questions(run.plan_sha256, run.questions);
    save_facts(*run.store, run.plan_sha256, run.facts);
    for (const test::Attack& attack : test::attacks()) {
        if (attack.text.size() > 1000) {
            continue;
        }
        const std::string text = trace_text(*run.store, run.plan_sha256, "attack " + attack.name);
        const std::string answer_line = text.substr(
            text.find("answer    base"),
            text.find('\n', text.find("answer    base")) - text.find("answer    base"));
        EXPECT_EQ(answer_line.find("instruction_to_judge") != std::string::npos,
                  attack.addresses_judge)
            << answer_line;
        for (const char c : text) {
            EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n') << attack.name;
        }
        for (const char* turning : {"\u009B", "\u202E", "\u2066"}) {
            EXPECT_EQ(text.find(turning), std::string::npos) << attack.name;
        }
        const json modes = json::parse(trace_json(
            *run.store, run.plan_sha256, "attack " + attack.name))["answers"][0]["failure_modes"];
        EXPECT_EQ(std::find(modes.begin(), modes.end(), "instruction_to_judge") != modes.end(),
                  attack.addresses_judge)
            << modes;
    }
}

TEST(Trace, ShowsWhatThereIsOfARunThatWasStopped) {
    RunFixture run;
    const json trace = json::parse(trace_json(*run.store, run.plan_sha256, "c"));
    EXPECT_EQ(trace["comparisons"][0]["outcome"], "not_judged");
    EXPECT_TRUE(trace["comparisons"][0]["verdicts"].empty());
}

TEST(Trace, OfAnUnknownQuestionIsAnError) {
    const RunFixture run;
    EXPECT_THROW(static_cast<void>(trace_text(*run.store, run.plan_sha256, "z")), Error);
}

}  // namespace
}  // namespace assay::run
