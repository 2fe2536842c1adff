// The same run directory again: what is there is taken, what is new is computed, what was drawn
// stays.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "lab.hpp"

namespace assay::test {
namespace {

using namespace std::chrono_literals;

constexpr int kRechecked = 2;  ///< answers of each variant that are computed a second time, alone

/// Every side of `before` is the same in `after`.
void expect_unchanged(const std::map<std::string, Side>& before,
                      const std::map<std::string, Side>& after) {
    for (const auto& [id, side] : before) {
        ASSERT_TRUE(after.contains(id)) << id;
        EXPECT_EQ(after.at(id).comparison_id, side.comparison_id) << id;
        EXPECT_EQ(after.at(id).presented_as_a, side.presented_as_a) << id;
    }
}

TEST(Extend, TheSameRunAgainComputesNothingAndLeavesTheSameBytes) {
    const Lab lab(9);
    const Ended first = lab.run("Q8_0,Q2_K");
    const auto before = lab.artifacts();
    EXPECT_EQ(lab.n_requests("answer"), 3 * (9 + kRechecked));
    lab.forget_journal();
    const Ended again = lab.run("Q8_0,Q2_K");
    EXPECT_EQ(again.exit_code, first.exit_code);
    EXPECT_EQ(again.out, first.out);
    EXPECT_EQ(lab.n_requests("answer"), 0);
    EXPECT_EQ(lab.n_requests("quantize"), 0);
    EXPECT_EQ(difference(before, lab.artifacts()), "");
}

TEST(Extend, SidesAreBalancedAndSoAreThoseOfFurtherQuestions) {
    const Lab lab(25);
    EXPECT_NE(lab.run("Q8_0,Q2_K", {"--limit", "11"}).exit_code, 1);
    const auto before = lab.sides("Q2_K", "reference");
    ASSERT_EQ(before.size(), 11U);
    EXPECT_LE(imbalance(before, "Q2_K"), 1);
    lab.forget_journal();
    EXPECT_NE(lab.run("Q8_0,Q2_K", {"--limit", "25"}).exit_code, 1);
    const auto after = lab.sides("Q2_K", "reference");
    ASSERT_EQ(after.size(), 25U);
    expect_unchanged(before, after);
    EXPECT_LE(imbalance(after, "Q2_K"), 1);
    EXPECT_EQ(lab.n_requests("answer"), 3 * (14 + kRechecked));
    EXPECT_EQ(lab.comparison("Q2_K")["counts"]["n_items"], 25);
}

TEST(Extend, AKillInAnExtensionLeavesTheSameBytesToo) {
    const Lab lab(10);
    const auto extended = [&](int kill_at) {
        lab.forget_run();
        EXPECT_NE(lab.run("Q2_K", {"--limit", "6"}).exit_code, 1);
        lab.forget_journal();
        if (kill_at > 0) {
            EXPECT_EQ(
                lab.run("Q2_K", {}, {{"SCRIPT_KILL_PARENT_AT", std::to_string(kill_at)}}).signal, 9)
                << kill_at;
        }
        lab.forget_journal();
        EXPECT_NE(lab.run("Q2_K").exit_code, 1);
        return lab.artifacts();
    };
    const auto expected = extended(0);
    const int n_requests = lab.n_requests("");
    for (int n = n_requests; n > n_requests - 22; n -= 3) {
        EXPECT_EQ(difference(expected, extended(n)), "") << "killed at request " << n;
    }
}

TEST(Extend, QuestionsWithTheSamePromptShareAnAnswer) {
    const Lab lab(3);
    const std::string rows = bytes_of(lab.questions());
    std::string twice = rows;
    for (std::size_t at = twice.find("\"q0"); at != std::string::npos;
         at = twice.find("\"q0", at)) {
        twice.replace(at, 3, "\"r");
    }
    lab.folder().write("questions.jsonl", rows + twice);
    EXPECT_NE(lab.run("Q2_K").exit_code, 1);
    EXPECT_EQ(lab.n_requests("answer"), 2 * (3 + kRechecked));
    const auto answers = lab.answers("Q2_K");
    ASSERT_EQ(answers.size(), 6U);
    EXPECT_EQ(answers.at("q01"), answers.at("r1"));
    EXPECT_EQ(lab.comparison("Q2_K")["counts"]["n_items"], 6);
    EXPECT_EQ(lab.sides("Q2_K", "reference").size(), 6U);
}

TEST(Extend, ARunThatWasBegunWithAnotherEngineIsNotGoneOnWith) {
    const Lab lab(3);
    const int expected = lab.run("Q2_K").exit_code;
    const auto before = lab.artifacts();
    const Ended other = lab.run("Q2_K", {}, {{"SCRIPT_BUILD", "another"}});
    EXPECT_EQ(other.exit_code, 1) << describe(other);
    EXPECT_NE(other.err.find("another engine"), std::string::npos) << other.err;
    EXPECT_EQ(difference(before, lab.artifacts()), "");
    lab.forget_journal();
    EXPECT_EQ(lab.run("Q2_K").exit_code, expected);
    EXPECT_EQ(lab.n_requests("answer"), 0);
    EXPECT_EQ(difference(before, lab.artifacts()), "");
}

TEST(Extend, AnotherVariantComputesItsAnswersOnly) {
    const Lab lab(9);
    EXPECT_NE(lab.run("Q8_0").exit_code, 1);
    const auto before = lab.sides("Q8_0", "reference");
    const auto answers = lab.answers("Q8_0");
    lab.forget_journal();
    EXPECT_NE(lab.run("Q8_0,Q2_K").exit_code, 1);
    EXPECT_EQ(lab.n_requests("answer"), 9 + kRechecked);
    expect_unchanged(before, lab.sides("Q8_0", "reference"));
    EXPECT_EQ(lab.answers("Q8_0"), answers);
    EXPECT_LE(imbalance(lab.sides("Q2_K", "reference"), "Q2_K"), 1);
}

TEST(Extend, AnEarlierLimitShowsTheEarlierReportAgain) {
    const Lab lab(20);
    EXPECT_NE(lab.run("Q2_K", {"--limit", "8"}).exit_code, 1);
    const auto counts = lab.comparison("Q2_K")["counts"];
    EXPECT_NE(lab.run("Q2_K").exit_code, 1);
    lab.forget_journal();
    EXPECT_NE(lab.run("Q2_K", {"--limit", "8"}).exit_code, 1);
    EXPECT_EQ(lab.n_requests("answer"), 0);
    EXPECT_EQ(lab.comparison("Q2_K")["counts"], counts);
    EXPECT_EQ(lab.answers("Q2_K").size(), 8U);
}

TEST(Extend, AnotherMarginMakesTheRunExploratory) {
    const Lab lab(9);
    EXPECT_NE(lab.run("Q8_0").exit_code, 1);
    EXPECT_EQ(bytes_of(lab.run_dir() + "/report.md").find("xploratory"), std::string::npos);
    EXPECT_NE(lab.run("Q8_0", {"--margin", "0.3"}).exit_code, 1);
    EXPECT_NE(bytes_of(lab.run_dir() + "/report.md").find("xploratory"), std::string::npos);
    EXPECT_NE(lab.run("Q8_0").exit_code, 1);
    EXPECT_EQ(bytes_of(lab.run_dir() + "/report.md").find("xploratory"), std::string::npos)
        << "the margin of the first verdict again";
}

TEST(Extend, OtherGenerationSettingsMakeNewAnswersAndTheReportIsOfThePresentPlan) {
    const Lab lab(6);
    EXPECT_NE(lab.run("Q8_0,Q2_K").exit_code, 1);
    const auto before = lab.artifacts();
    lab.forget_journal();
    EXPECT_NE(lab.run("Q8_0", {"--predict", "10"}).exit_code, 1);
    EXPECT_EQ(lab.n_requests("answer"), 2 * (6 + kRechecked));
    EXPECT_EQ(lab.answers("model").at("q01"), "thing 1 is");
    const auto after = lab.artifacts();
    EXPECT_TRUE(before.contains("evaluation/responses/Q2_K.jsonl"));
    for (const auto& [name, bytes] : after) {
        EXPECT_EQ(name.find("Q2_K"), std::string::npos) << name << " is of the plan before";
    }
    EXPECT_EQ(lab.report()["variants"].size(), 2U);
    // And back: nothing to compute.
    lab.forget_journal();
    EXPECT_NE(lab.run("Q8_0,Q2_K").exit_code, 1);
    EXPECT_EQ(lab.n_requests("answer"), 0);
    auto report_apart = [](std::map<std::string, std::string> files) {
        files.erase("report.md");
        files.erase("report.json");  // the recheck was of another session too
        return files;
    };
    EXPECT_EQ(difference(report_apart(before), report_apart(lab.artifacts())), "");
}

TEST(Extend, WhatAUserPutBesideTheFilesIsLeftAlone) {
    const Lab lab(3);
    EXPECT_NE(lab.run("Q8_0").exit_code, 1);
    lab.folder().write("run/evaluation/notes.txt", "mine");
    lab.folder().write("run/evaluation/exports/Q8_0/reference/human.csv", "mine too");
    EXPECT_NE(lab.run("Q2_K").exit_code, 1);
    EXPECT_EQ(bytes_of(lab.run_dir() + "/evaluation/notes.txt"), "mine");
    EXPECT_EQ(bytes_of(lab.run_dir() + "/evaluation/exports/Q8_0/reference/human.csv"), "mine too");
}

TEST(Extend, AChangedRowIsAnswered) {
    const Lab lab(5);
    EXPECT_NE(lab.run("Q8_0").exit_code, 1);
    std::string rows = bytes_of(lab.questions());
    const std::string old = "What is thing 2?";
    rows.replace(rows.find(old), old.size(), "And what, pray, is thing 2?");
    lab.folder().write("questions.jsonl", rows);
    lab.forget_journal();
    EXPECT_NE(lab.run("Q8_0").exit_code, 1);
    EXPECT_EQ(lab.n_requests("answer"), 2 * (1 + kRechecked));
}

TEST(Extend, AChangedModelFileIsAnotherModel) {
    const Lab lab(5);
    EXPECT_NE(lab.run("Q8_0").exit_code, 1);
    lab.folder().write("model.gguf", "type F16\nskill 40\nsalt new\n");
    lab.forget_journal();
    EXPECT_NE(lab.run("Q8_0").exit_code, 1);
    EXPECT_EQ(lab.n_requests("quantize"), 1);
    EXPECT_EQ(lab.n_requests("answer"), 2 * (5 + kRechecked));
}

TEST(Extend, RejudgeAsksAgainAndKeepsTheHistory) {
    const Lab lab(5);
    EXPECT_NE(lab.run("Q2_K").exit_code, 1);
    const auto before = lab.artifacts();
    lab.forget_journal();
    EXPECT_NE(lab.run("Q2_K", {"--rejudge"}).exit_code, 1);
    EXPECT_EQ(lab.n_requests("answer"), 0);
    auto evaluation = [](std::map<std::string, std::string> files) {
        std::erase_if(files, [](const auto& file) {
            return file.first.starts_with("report");
        });  // they hold the command line
        return files;
    };
    EXPECT_EQ(difference(evaluation(before), evaluation(lab.artifacts())), "");
}

TEST(Extend, ASecondProcessOnTheSameRunIsRefusedAndTheFirstIsNotHarmed) {
    const Lab lab(6);
    const int expected = lab.run("Q8_0,Q2_K").exit_code;
    const auto artifacts = lab.artifacts();
    lab.forget_run();
    Program first(lab.start("Q8_0,Q2_K", {}, {{"SCRIPT_SLEEP_MS", "150"}}));
    while (lab.n_requests("answer") == 0 && first.running()) {
        std::this_thread::sleep_for(5ms);
    }
    const Ended second = lab.run("Q8_0,Q2_K");
    EXPECT_TRUE(second.exit_code == 1 || second.exit_code == 2) << describe(second);
    EXPECT_NE(second.err.find(lab.run_dir()), std::string::npos) << second.err;
    EXPECT_NE(second.err.find(fmt::format("process {}", first.pid())), std::string::npos)
        << second.err;
    // A look at it meanwhile is allowed.
    EXPECT_EQ(lab.assay({"trace", lab.run_dir(), "q01"}).exit_code, 0);
    const Ended ended = first.wait();
    EXPECT_EQ(ended.exit_code, expected) << describe(ended);
    EXPECT_EQ(difference(artifacts, lab.artifacts()), "");
}

TEST(Extend, ARunIsBoundToItsFolderOnlyOnceItsPlanIsValid) {
    const Lab lab(3);
    std::ofstream(lab.questions(), std::ios::app) << "{\"id\": \"x\", \n";
    EXPECT_EQ(lab.run("Q8_0").exit_code, 2);
    EXPECT_FALSE(std::filesystem::exists(lab.run_dir()));
}

TEST(Extend, WithoutRunTheFolderIsNamedAfterModelAndPlan) {
    const Lab lab(3);
    const Strings flags{"run",
                        "-m",
                        "model.gguf",
                        "--variants",
                        "Q8_0",
                        "--questions",
                        "questions.jsonl",
                        "--engine",
                        SCRIPTED_ENGINE};
    const Ended ended = lab.assay(flags);
    EXPECT_NE(ended.exit_code, 1) << describe(ended);
    EXPECT_EQ(lab.assay(flags).exit_code, ended.exit_code);
    int n = 0;
    for (const auto& entry : std::filesystem::directory_iterator(lab.folder() / "runs")) {
        ++n;
        const std::string name = entry.path().filename().string();
        EXPECT_TRUE(name.starts_with("model-")) << name;
        EXPECT_EQ(name.size(), std::string("model-").size() + 8) << name;
    }
    EXPECT_EQ(n, 1);
}

}  // namespace
}  // namespace assay::test
