#include "assay/app/stats_input.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "assay/base/result.hpp"
#include "assay/base/text.hpp"
#include "run_fixture.hpp"
#include "temp_folder.hpp"

namespace assay::app {
namespace {

StatsOptions of_input(const std::string& input) {
    StatsOptions options;
    options.input = input;
    return options;
}

std::string refusal_of(const StatsOptions& options) {
    try {
        (void)load_stats(options);
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::kUsage);
        return error.what();
    }
    ADD_FAILURE() << "accepted";
    return {};
}

void expect_has(const std::string& text, std::string_view part) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
}

/// Two variants by one judge, and one of them by another.
constexpr const char* kThree =
    R"({"question": "q1", "verdict": "win", "variant": "q4", "judge": "one", "baseline": "f16"}
{"question": "q1", "verdict": "loss", "variant": "q8", "judge": "one", "baseline": "f16"}
{"question": "q1", "verdict": "tie", "variant": "q4", "judge": "two", "baseline": "f16"}
{"question": "q2", "verdict": "win", "variant": "q4", "judge": "one", "baseline": "f16"}
)";

TEST(StatsInput, OfSeveralJudgesHasTheirAgreementWhereQuestionsAreTheSame) {
    const test::TempFolder folder;
    StatsOptions options = of_input(folder.write("v.jsonl", kThree));
    const StatsInput all = load_stats(options);
    ASSERT_EQ(all.document.agreement.size(), 1u);
    EXPECT_EQ(all.document.agreement[0].first, "one");
    EXPECT_EQ(all.document.agreement[0].n, 1) << "q1 of q4; judge two judged nothing else";
    EXPECT_EQ(all.document.agreement[0].n_same, 0);
    EXPECT_FALSE(all.document.panel);
    options.judge = "one";
    EXPECT_TRUE(load_stats(options).document.agreement.empty());
}

TEST(StatsInput, OfAFileIsAnAnalysisOfEachVariantAndJudge) {
    const test::TempFolder folder;
    StatsOptions options = of_input(folder.write("v.jsonl", kThree));
    const StatsInput all = load_stats(options);
    ASSERT_EQ(all.document.comparisons.size(), 3u);
    EXPECT_EQ(all.n_gated, 3u);
    EXPECT_EQ(all.document.format, "outcomes");
    EXPECT_EQ(all.document.comparisons[0].variant, "q4");
    EXPECT_EQ(all.document.comparisons[0].baseline, "f16");
    EXPECT_EQ(all.document.comparisons[0].judge, "one");
    EXPECT_EQ(all.document.comparisons[0].counts.wins, 2);
    EXPECT_EQ(all.document.comparisons[1].counts.losses, 1);
    ASSERT_TRUE(all.document.comparisons[2].companions);
    expect_has(all.document.comparisons[0].decision.why, "No controls were given");

    options.variant = "q4";
    EXPECT_EQ(load_stats(options).document.comparisons.size(), 2u);
    options.judge = "two";
    EXPECT_EQ(load_stats(options).document.comparisons.size(), 1u);
    options.variant = "q8";
    expect_has(refusal_of(options), "variant \"q8\" was not judged by \"two\"");
    options.variant = "q5";
    expect_has(refusal_of(options), "--variant: \"q5\" is not in");
    expect_has(refusal_of(options), "there are q4, q8");
}

TEST(StatsInput, OfAssaysOwnResultsTakesTheNamesOfTheFolders) {
    const test::TempFolder folder;
    const auto place = folder.path() / "exports" / "tiny" / "panel";
    std::filesystem::create_directories(place);
    const std::string file = (place / "evaluation_results.json").string();
    ASSERT_TRUE(write_file_atomically(
        file, R"([{"task_id": "t", "verdict": "A", "winner_model": "tiny", "order": "tiny_first"},
 {"task_id": "u", "verdict": "A", "winner_model": "model", "order": "model_first"}])"));
    const StatsInput input = load_stats(of_input(file));
    const ComparisonAnalysis& a = input.document.comparisons.at(0);
    EXPECT_EQ(a.variant + " " + a.baseline + " " + a.judge, "tiny model panel");
    EXPECT_EQ(a.counts.wins, 1);
    EXPECT_EQ(a.counts.losses, 1);
}

TEST(StatsInput, WhatCannotBeReadIsSaid) {
    const test::TempFolder folder;
    expect_has(refusal_of(of_input("nowhere.jsonl")), "nowhere.jsonl: no such file");
    expect_has(refusal_of(of_input(folder.write("e.jsonl", ""))), "is empty");
    const std::string broken = refusal_of(
        of_input(folder.write("b.jsonl",
                              "{\"question\": \"q\", \"verdict\": \"win\"}\n{\"question\": \"r\", "
                              "\"verdict\": \"x\"}\n{\n")));
    expect_has(broken, "b.jsonl:2: verdict: unknown word \"x\"");
    expect_has(broken, "b.jsonl:3: broken JSON");
    StatsOptions options = of_input(folder.write("v.jsonl", kThree));
    options.format = "xml";
    expect_has(refusal_of(options), "--format: unknown word \"xml\"; known: outcomes, study");
    options.format = "fastchat";
    expect_has(refusal_of(options), "no question_id");
    options.format.clear();
    options.wins = "3";
    expect_has(refusal_of(options), "both");
    options.wins.reset();
    options.margin = "2";
    expect_has(refusal_of(options), "--margin");
    expect_has(refusal_of(of_input(folder.path().string())), folder.path().string());
    expect_has(refusal_of(StatsOptions{}), "nothing to analyse");
}

TEST(StatsInput, OfARunIsWhatItsReportSays) {
    run::RunFixture run;
    run.judge("b", "win");
    run.judge("c", "loss");
    run.store.reset();
    const StatsInput input = load_stats(of_input((run.folder / "run").string()));
    ASSERT_EQ(input.document.comparisons.size(), 1u);
    const ComparisonAnalysis& a = input.document.comparisons[0];
    EXPECT_EQ(a.variant + " " + a.baseline + " " + a.judge, "small base panel");
    EXPECT_EQ(a.counts.wins, 1);
    EXPECT_EQ(a.counts.identical, 1);
    EXPECT_EQ(a.decision.margin, run.plan.analysis.margin);
    EXPECT_TRUE(a.companions);
    EXPECT_EQ(input.document.format, "run");
    EXPECT_TRUE(input.document.notes.empty());
    EXPECT_EQ(input.n_gated, 1u);
}

TEST(StatsInput, AnotherMarginMakesARunExploratory) {
    run::RunFixture run;
    run.store.reset();
    StatsOptions options = of_input((run.folder / "run").string());
    options.margin = "0.3";
    const StatsInput input = load_stats(options);
    EXPECT_EQ(input.document.comparisons[0].decision.margin, 0.3);
    EXPECT_EQ(input.document.comparisons[0].variant, "small");
    ASSERT_EQ(input.document.notes.size(), 1u);
    expect_has(input.document.notes[0], "Exploratory");
    options.judge = "nobody";
    expect_has(refusal_of(options), "--judge: \"nobody\"");
}

}  // namespace
}  // namespace assay::app
