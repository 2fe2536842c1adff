// Exit codes: 0 may ship, 3 degraded, 4 not measured, 5 inconclusive, 6 exploratory.

#include <gtest/gtest.h>

#include <set>

#include "lab.hpp"

namespace assay::test {
namespace {

/// A variant's file that knows `skill` percent of the facts; another salt knows others.
std::string variant(const Lab& lab, const std::string& name, const std::string& lines) {
    return lab.folder().write(name + ".gguf", "type " + name + "\n" + lines);
}

TEST(Decisions, AVariantThatAnswersAlikeMayShip) {
    const Lab lab(30);
    const Ended ended = lab.run("Q8_0");
    EXPECT_EQ(ended.exit_code, 0) << describe(ended);
    const auto comparison = lab.comparison("Q8_0");
    EXPECT_EQ(comparison["decision"]["label"], "equivalent");
    EXPECT_EQ(comparison["counts"]["ties"], 30);
    // Its capitals are other bytes, and no other answer to token F1.
    EXPECT_GT(comparison["counts"]["identical"], 10);
    EXPECT_LT(comparison["counts"]["identical"], 30);
    EXPECT_EQ(lab.report()["recommendation"]["variant"], "Q8_0");
}

TEST(Decisions, AVariantThatLosesMostlyIsDegraded) {
    const Lab lab(20);
    const Ended ended = lab.run("Q2_K");
    EXPECT_EQ(ended.exit_code, 3) << describe(ended);
    EXPECT_EQ(lab.comparison("Q2_K")["decision"]["label"], "degraded");
    EXPECT_TRUE(lab.report()["recommendation"]["variant"].is_null());
}

TEST(Decisions, AVariantThatWinsAndLosesIsInconclusiveAndSaysHowManyMore) {
    const Lab lab(40);
    lab.folder().write("model.gguf", "type F16\nskill 85\n");
    const Ended ended = lab.run(variant(lab, "mixed", "skill 85\nsalt other\n"));
    EXPECT_EQ(ended.exit_code, 5) << describe(ended);
    const auto comparison = lab.comparison("mixed");
    EXPECT_EQ(comparison["decision"]["label"], "inconclusive");
    EXPECT_GT(comparison["counts"]["wins"], 0);
    EXPECT_GT(comparison["counts"]["losses"], 0);
    EXPECT_GT(comparison["decision"]["n_more"], 0);
}

TEST(Decisions, OfAJudgeThatCannotTellAnAnswerToAnotherQuestionNothingIsMeasured) {
    const Lab lab(20);
    lab.folder().write("model.gguf",
                       "type F16\nskill 30\n");  // most honest answers are as wrong as swapped-in
                                                 // ones
    const Ended ended = lab.run("Q8_0");
    EXPECT_EQ(ended.exit_code, 4) << describe(ended);
    const auto controls = lab.report()["controls"];
    ASSERT_EQ(controls.size(), 1U);
    EXPECT_EQ(controls[0]["judge"], "reference");
    EXPECT_EQ(controls[0]["passed"], false);
    EXPECT_EQ(controls[0]["identical"]["n"], 20);
    EXPECT_EQ(controls[0]["swapped"]["n"], 20);
    EXPECT_LT(controls[0]["swapped"]["n_lost"], 17);
    const auto decision = lab.comparison("Q8_0")["decision"];
    EXPECT_EQ(decision["label"], "not_measured");
    EXPECT_NE(decision["why"].get<std::string>().find("did not pass its controls"),
              std::string::npos);
    EXPECT_EQ(lab.comparison("Q8_0")["counts"]["n_items"], 20) << "controls are in no count";
}

TEST(Decisions, OfAJudgeThatDoesNotFindTheKnownBadVariantNothingIsMeasured) {
    const Lab lab(30);
    const std::string fine = variant(lab, "fine", "");
    EXPECT_EQ(lab.run("Q8_0,Q2_K", {"--known-bad", "Q2_K"}).exit_code, 0);
    const Ended ended = lab.run("Q8_0," + fine, {"--known-bad", "fine"});
    EXPECT_EQ(ended.exit_code, 4) << describe(ended);
    const auto decision = lab.comparison("Q8_0")["decision"];
    EXPECT_EQ(decision["label"], "not_measured");
    EXPECT_NE(decision["why"].get<std::string>().find("fine is there to be found degraded"),
              std::string::npos)
        << decision;
    EXPECT_EQ(lab.comparison("fine")["decision"]["label"], "equivalent");
}

TEST(Decisions, OfExtendedRunsAreNoPass) {
    const Lab lab(60);
    EXPECT_EQ(lab.run("Q8_0", {"--limit", "30"}).exit_code, 0);
    const Ended extended = lab.run("Q8_0");
    EXPECT_EQ(extended.exit_code, 6) << describe(extended);
    EXPECT_TRUE(lab.report()["recommendation"]["variant"].is_null());
    EXPECT_EQ(extended.out.find("Use Q8_0"), std::string::npos) << extended.out;
    EXPECT_EQ(lab.run("Q8_0", {"--accept-exploratory"}).exit_code, 0);
    EXPECT_EQ(lab.assay({"report", lab.run_dir()}).exit_code, 6);
    EXPECT_EQ(lab.assay({"stats", lab.run_dir(), "--gate"}).exit_code, 6);
    EXPECT_EQ(lab.assay({"stats", lab.run_dir(), "--gate", "--accept-exploratory"}).exit_code, 0);
}

TEST(Decisions, WhatComesAfterARungThatFailedIsNotClaimed) {
    const Lab lab(30);
    // A file that is larger than the others comes first.
    const std::string variants = variant(lab,
                                         "bad",
                                         "skill 80\nsalt other\npadding " + std::string(1000, 'x') +
                                             "\n") +
                                 ",Q8_0";
    const Ended ended = lab.run(variants);
    EXPECT_EQ(ended.exit_code, 5) << describe(ended);
    const auto decision = lab.comparison("Q8_0")["decision"];
    EXPECT_EQ(decision["label"], "equivalent");
    EXPECT_EQ(decision["claimed"], false);
    EXPECT_TRUE(lab.report()["recommendation"]["variant"].is_null());
    EXPECT_EQ(lab.assay({"stats", lab.run_dir(), "--variant", "Q8_0", "--gate"}).exit_code, 5)
        << "the ladder is not walked around by asking about one rung";
    EXPECT_EQ(lab.run(variants, {"--multiplicity", "none"}).exit_code, 6) << "once it was seen";
    EXPECT_EQ(lab.run(variants, {"--multiplicity", "none", "--accept-exploratory"}).exit_code, 0);
}

TEST(Decisions, WithoutAnyAnswerOfTheBaselineNothingIsMeasured) {
    const Lab lab(4);
    const Ended ended = lab.run("Q8_0", {}, {{"SCRIPT_FAIL_ON", "F16/"}});
    EXPECT_EQ(ended.exit_code, 4) << describe(ended);
    const auto comparison = lab.comparison("Q8_0");
    EXPECT_EQ(comparison["decision"]["label"], "not_measured");
    EXPECT_EQ(comparison["counts"]["no_answer_baseline"], 4);
    EXPECT_TRUE(comparison["net_win_rate"]["value"].is_null());
    EXPECT_FALSE(comparison["net_win_rate"]["why"].get<std::string>().empty());
}

TEST(Decisions, OneCandidateThatMayShipIsEnoughAndAGateAsksForMore) {
    const Lab lab(30);
    EXPECT_EQ(lab.run("Q8_0,Q2_K").exit_code, 0);
    EXPECT_EQ(lab.run("Q8_0,Q2_K", {"--gate", "Q8_0"}).exit_code, 0);
    EXPECT_EQ(lab.run("Q8_0,Q2_K", {"--gate", "Q2_K"}).exit_code, 3);
    EXPECT_EQ(lab.run("Q8_0,Q2_K", {"--gate", "all"}).exit_code, 3);
    EXPECT_EQ(lab.run("Q8_0,Q2_K", {"--gate", "Q2_K", "--fail-exit-code", "17"}).exit_code, 17);
    EXPECT_EQ(lab.run("Q8_0,Q2_K", {"--gate", "Q8_0", "--fail-exit-code", "17"}).exit_code, 0);
    EXPECT_EQ(lab.assay({"report", lab.run_dir(), "--gate", "Q2_K"}).exit_code, 3);
    EXPECT_EQ(lab.assay({"report", lab.run_dir()}).exit_code, 0);
}

TEST(Decisions, AGateThatIsNoVariantIsRefusedBeforeAnythingIsComputed) {
    const Lab lab(3);
    const Ended ended = lab.run("Q8_0", {"--gate", "Q4_K_M"});
    EXPECT_EQ(ended.exit_code, 2);
    EXPECT_NE(ended.err.find("Q4_K_M"), std::string::npos);
    EXPECT_EQ(lab.n_requests(""), 0);
}

TEST(Decisions, ReportAndJsonOnStdoutAreTheFiles) {
    const Lab lab(5);
    const Ended ended = lab.run("Q8_0", {"--json"});
    EXPECT_EQ(ended.out, bytes_of(lab.run_dir() + "/report.json"));
    const auto before = lab.artifacts();
    const Ended markdown = lab.assay({"report", lab.run_dir(), "--md"});
    EXPECT_EQ(markdown.out, bytes_of(lab.run_dir() + "/report.md"));
    EXPECT_EQ(difference(before, lab.artifacts()), "");
    EXPECT_EQ(lab.assay({"report", lab.run_dir(), "--json"}).out,
              bytes_of(lab.run_dir() + "/report.json"));
}

TEST(Decisions, AVariantWithAnotherTokenizerIsRefusedAndOwnTemplateSaysSo) {
    const Lab lab(3);
    const std::string other = variant(lab, "twin", "twin yes\n");
    const Ended ended = lab.run(other);
    EXPECT_EQ(ended.exit_code, 2) << describe(ended);
    EXPECT_NE(ended.err.find("twin.gguf"), std::string::npos);
    EXPECT_NE(ended.err.find("own-template"), std::string::npos);
    lab.folder().write("own.yaml",
                       "baseline: {file: model.gguf}\nvariants: [twin.gguf]\ndataset: {file: "
                       "questions.jsonl}\ngeneration: {own-template: true}\n");
    const Ended own = lab.assay({"run", "own.yaml", "--run", "own", "--engine", SCRIPTED_ENGINE});
    EXPECT_NE(own.exit_code, 2) << describe(own);
    EXPECT_NE(bytes_of(lab.folder() / "own/report.md").find("not only the weights differ"),
              std::string::npos);
}

TEST(Decisions, TheCutAnswerEndsAtTheLimitAndIsCounted) {
    const Lab lab(7);
    EXPECT_NE(lab.run("Q8_0").exit_code, 1);
    const std::string long_answer = lab.answers("model").at("q07");
    EXPECT_EQ(long_answer.size(), 128U);  // a byte is a token of the scripted engine
    EXPECT_NE(bytes_of(lab.run_dir() + "/evaluation/responses/model.jsonl").find("\"length\""),
              std::string::npos);
}

TEST(Decisions, AStopStringEndsAnAnswer) {
    const Lab lab(2);
    EXPECT_NE(lab.run("Q8_0", {"--stop", " is number"}).exit_code, 1);
    EXPECT_EQ(lab.answers("model").at("q01"), "thing 1");
}

TEST(Decisions, EachQuestionIsSampledWithASeedOfItsOwn) {
    const Lab lab(4);
    EXPECT_NE(lab.run("Q8_0", {"--temp", "0.8"}).exit_code, 1);
    const auto first = lab.answers("model");
    std::set<std::string> tails;
    for (const auto& [id, text] : first) {
        tails.insert(text.substr(text.rfind(' ')));
    }
    EXPECT_GT(tails.size(), 2U);
    lab.forget_run();
    EXPECT_NE(lab.run("Q8_0", {"--temp", "0.8"}).exit_code, 1);
    EXPECT_EQ(lab.answers("model"), first);
    lab.forget_run();
    EXPECT_NE(lab.run("Q8_0", {"--temp", "0.8", "--seed", "7"}).exit_code, 1);
    EXPECT_NE(lab.answers("model"), first);
}

}  // namespace
}  // namespace assay::test
