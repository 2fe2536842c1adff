#include "assay/run/artifacts.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "assay/base/result.hpp"
#include "assay/run/build_report.hpp"
#include "run_fixture.hpp"

namespace assay::run {
namespace {

TEST(Artifacts, AreTheReportAndTheStudysFiles) {
    RunFixture run;
    run.judge("b", "win");
    run.write_files(run.folder / "out");
    const auto files = test::files_below(run.folder / "out");
    std::string names;
    for (const auto& [name, bytes] : files) {
        names += name + "\n";
    }
    EXPECT_EQ(names,
              "evaluation/exports/small/panel/batch_01.txt\nevaluation/exports/small/panel/"
              "batch_mapping.json\nevaluation/exports/small/panel/controls/"
              "batch_mapping.json\nevaluation/exports/small/panel/controls/"
              "evaluation_results.json\nevaluation/exports/small/panel/evaluation_results.json\n"
              "evaluation/exports/small/panel/raw_judge_responses.json\nevaluation/responses/"
              "base.jsonl\nevaluation/"
              "responses/small.jsonl\nreport.json\nreport.md\n");
    EXPECT_EQ(nlohmann::json::parse(files.at("report.json"))["experiment"]["name"], "science");
    // Identical answers are in mapping and results, and not in what is judged.
    EXPECT_EQ(
        nlohmann::json::parse(files.at("evaluation/exports/small/panel/batch_mapping.json")).size(),
        3U);
    EXPECT_EQ(files.at("evaluation/exports/small/panel/batch_01.txt").find("Question a?"),
              std::string::npos);
    EXPECT_NE(files.at("evaluation/exports/small/panel/batch_01.txt").find("Question b?"),
              std::string::npos);
    EXPECT_EQ(files.at("evaluation/exports/small/panel/batch_01.txt").find("small.gguf"),
              std::string::npos);
}

TEST(Artifacts, WrittenTwiceAreTheSameAndUntouched) {
    const RunFixture run;
    run.write_files(run.folder / "out");
    const auto before = test::files_below(run.folder / "out");
    const auto time = std::filesystem::last_write_time(run.folder / "out/report.json");
    run.write_files(run.folder / "out");
    EXPECT_EQ(test::files_below(run.folder / "out"), before);
    EXPECT_EQ(std::filesystem::last_write_time(run.folder / "out/report.json"), time);
}

TEST(Artifacts, OfAnEarlierPlanAreRemovedAndAUsersFilesAreNot) {
    const RunFixture run;
    for (const char* stale : {"out/evaluation/responses/old.jsonl",
                              "out/evaluation/exports/old/panel/batch_01.txt",
                              "out/evaluation/exports/old/panel/batch_mapping.json",
                              "out/evaluation/exports/small/panel/batch_02.txt"}) {
        run.folder.write(stale, "old");
    }
    run.folder.write("out/evaluation/exports/old2/panel/mine.txt", "mine");
    run.folder.write("out/evaluation/responses/notes.md", "mine");
    run.write_files(run.folder / "out");
    const auto files = test::files_below(run.folder / "out");
    EXPECT_EQ(files.size(), 12U);
    EXPECT_EQ(files.at("evaluation/exports/old2/panel/mine.txt"), "mine");
    EXPECT_EQ(files.at("evaluation/responses/notes.md"), "mine");
    EXPECT_FALSE(std::filesystem::exists(run.folder / "out/evaluation/exports/old"));
}

TEST(Artifacts, ThatCannotBeWrittenAreAnErrorWithTheirPlace) {
    const RunFixture run;
    const std::string file = run.folder.write("file", "x");
    try {
        run.write_files(file);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::kOperational);
        EXPECT_NE(std::string(error.what()).find(file), std::string::npos) << error.what();
    }
}

TEST(Artifacts, OfFailedAnswersNameTheFailure) {
    RunFixture run;
    run.questions.push_back({"d", "Question d?", {}, {}, {}, "questions.jsonl:4"});
    run.store->save_questions(run.plan_sha256, run.questions);
    for (auto& variant : run.facts.variants) {
        variant.answer_keys.push_back(run.key_of(variant.name, "d"));
    }
    save_facts(*run.store, run.plan_sha256, run.facts);
    run.save_answer("base", "d", "base says d");
    run.save_answer("small", "d", "", StopReason::kFailed);
    run.pair();
    const auto model = build_report(*run.store, run.plan_sha256);
    EXPECT_EQ(model.comparisons[0].analysis.counts.no_answer_variant, 1);
    EXPECT_EQ(model.variants[1].n_failed, 1);
    run.write_files(run.folder / "out");
    EXPECT_NE(test::bytes_of(run.folder / "out/evaluation/responses/small.jsonl")
                  .find("the engine died on it"),
              std::string::npos);
}

}  // namespace
}  // namespace assay::run
