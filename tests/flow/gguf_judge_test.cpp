// The whole program with a judge that is a model file, run by the scripted engine.

#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "lab.hpp"

namespace assay::test {
namespace {

using nlohmann::json;

std::string judge_file(const Lab& lab) {
    return lab.folder().write("judge.gguf", "type JUDGE\n");
}

Strings labels(const Lab& lab) {
    return {"--judge", "gguf:" + judge_file(lab)};
}

/// The verbs that the engines were asked, in their order.
Strings verbs(const Lab& lab) {
    std::istringstream lines(bytes_of(lab.journal()));
    Strings out;
    for (std::string line; std::getline(lines, line);) {
        out.push_back(line);
    }
    return out;
}

TEST(GgufJudge, IsUnblindedToWinsAndLossesAndPassesItsControls) {
    const Lab lab(20);
    const Ended ended = lab.run("Q2_K", labels(lab));
    EXPECT_EQ(ended.exit_code, 3) << describe(ended);
    const json counts = lab.comparison("Q2_K", "judge")["counts"];
    EXPECT_EQ(counts["wins"], 0);
    EXPECT_GT(counts["losses"], 5);
    EXPECT_EQ(counts["invalid"], 0);
    EXPECT_EQ(counts["errors"], 0);
    EXPECT_TRUE(lab.report()["controls"][0]["passed"]) << lab.report()["controls"].dump(1);
    const json judge = lab.report()["judges"][0];
    EXPECT_EQ(judge["provider"], "gguf");
    EXPECT_EQ(judge["model"], "judge");
    EXPECT_FALSE(judge["costs_nothing"]);
    EXPECT_GT(lab.n_requests("label_probs"), 20);
}

TEST(GgufJudge, IsNotLoadedBeforeTheLastAnswerIsThere) {
    const Lab lab(8);
    static_cast<void>(lab.run("Q2_K", labels(lab)));
    const Strings all = verbs(lab);
    const auto last_answer = std::find(all.rbegin(), all.rend(), "answer").base();
    EXPECT_EQ(std::find(all.begin(), last_answer, "label_probs"), last_answer);
    EXPECT_EQ(std::count(all.begin(), last_answer, "start"), 2) << "the two models that answer";
    EXPECT_EQ(std::count(last_answer, all.end(), "start"), 1) << "the judge";
}

TEST(GgufJudge, WritesJsonUnderAGrammarWhenItReasons) {
    const Lab lab(8);
    const std::string file = lab.folder().write(
        "exp.yaml",
        "baseline: {file: model.gguf}\nvariants: [Q2_K]\ndataset: {file: questions.jsonl}\n"
        "judges: [{name: slow, provider: gguf, file: " +
            judge_file(lab) + ", reasoning: true}]\noutput: {run: run}\n");
    const Ended ended = lab.assay({"run", file, "--engine", SCRIPTED_ENGINE});
    ASSERT_TRUE(ended.exit_code >= 3 && ended.exit_code <= 5) << describe(ended);
    EXPECT_EQ(lab.n_requests("label_probs"), 0);
    const json counts = lab.comparison("Q2_K", "slow")["counts"];
    EXPECT_EQ(counts["wins"], 0);
    EXPECT_GT(counts["losses"], 0);
    EXPECT_EQ(counts["invalid"], 0);
}

TEST(GgufJudge, AFileThatIsNoModelEndsTheRunBeforeAnythingIsAnswered) {
    const Lab lab(4);
    const Ended ended = lab.run("Q2_K",
                                {"--judge", "gguf:" + lab.folder().write("corrupt.gguf", "x")});
    EXPECT_EQ(ended.exit_code, 2) << describe(ended);
    EXPECT_NE(ended.err.find("corrupt.gguf: is not a GGUF file that can be read"),
              std::string::npos)
        << ended.err;
    EXPECT_EQ(lab.n_requests("answer"), 0);
    EXPECT_FALSE(std::filesystem::exists(lab.run_dir()));
    const Ended missing = lab.run("Q2_K", {"--judge", "gguf:none.gguf"});
    EXPECT_EQ(missing.exit_code, 2);
    EXPECT_NE(missing.err.find("no such file"), std::string::npos) << missing.err;
}

TEST(GgufJudge, APairThatKillsItIsAnErrorAndTheOthersAreJudged) {
    const Lab lab(12);
    const Ended ended = lab.run("Q2_K", labels(lab), {{"SCRIPT_DIE_ON", "JUDGE/What is thing 3?"}});
    ASSERT_TRUE(ended.exit_code >= 3 && ended.exit_code <= 5) << describe(ended);
    const json counts = lab.comparison("Q2_K", "judge")["counts"];
    EXPECT_LE(counts["errors"], 2) << "one question";
    EXPECT_EQ(counts["not_judged"], 0);
    // The next run asks for what failed, and for nothing else.
    lab.forget_journal();
    static_cast<void>(lab.run("Q2_K", labels(lab)));
    EXPECT_EQ(lab.comparison("Q2_K", "judge")["counts"]["errors"], 0);
    EXPECT_LE(lab.n_requests("label_probs"), 16)
        << "the question's pairs and the controls made of it";
}

TEST(GgufJudge, KilledAtAnyRequestOfItsGoesOnToTheSameReport) {
    const Lab lab(6);
    const Ended whole = lab.run("Q2_K", labels(lab));
    ASSERT_TRUE(whole.exit_code >= 3 && whole.exit_code <= 5) << describe(whole);
    const auto expected = lab.artifacts();
    const Strings all = verbs(lab);
    const auto first = std::find(all.begin(), all.end(), "label_probs") - all.begin();
    for (const std::ptrdiff_t at :
         {first + 1, first + 7, static_cast<std::ptrdiff_t>(all.size()) - 1}) {
        lab.forget_run();
        const Ended killed = lab.run(
            "Q2_K", labels(lab), {{"SCRIPT_KILL_PARENT_AT", std::to_string(at)}});
        EXPECT_NE(killed.exit_code, whole.exit_code) << at;
        const Ended resumed = lab.run("Q2_K", labels(lab));
        EXPECT_EQ(resumed.exit_code, whole.exit_code) << describe(resumed);
        EXPECT_EQ(difference(expected, lab.artifacts()), "") << at;
    }
    lab.forget_journal();
    static_cast<void>(lab.run("Q2_K", labels(lab)));
    EXPECT_EQ(lab.n_requests("label_probs"), 0) << "nothing is asked twice";
}

}  // namespace
}  // namespace assay::test
