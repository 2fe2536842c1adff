// The engine dies; the run does not, and only the question that kills it pays.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "lab.hpp"

namespace assay::test {
namespace {

const std::string kVariants = "Q8_0,Q2_K";

TEST(EngineDeath, InTheMiddleOfABatchHarmsNobody) {
    const Lab lab(10);
    const int expected_code = lab.run(kVariants).exit_code;
    const auto expected = lab.artifacts();
    for (const int n : {1, 4, 10, 13, 25}) {
        lab.forget_run();
        const Ended ended = lab.run(kVariants, {}, {{"SCRIPT_DIE_AT", std::to_string(n)}});
        EXPECT_EQ(ended.exit_code, expected_code) << describe(ended);
        EXPECT_NE(ended.err.find("trying again what was in flight"), std::string::npos)
            << "n = " << n << "\n"
            << ended.err;
        EXPECT_EQ(difference(expected, lab.artifacts()), "") << "died at answer " << n;
    }
}

TEST(EngineDeath, AQuestionThatKillsOnlyTheVariantIsItsLoss) {
    const Lab lab(10);
    const Ended ended = lab.run(kVariants, {}, {{"SCRIPT_DIE_ON", "Q8_0/thing 4?"}});
    EXPECT_NE(ended.exit_code, 1) << describe(ended);
    const auto counts = lab.comparison("Q8_0")["counts"];
    EXPECT_EQ(counts["n_items"], 10);
    EXPECT_EQ(counts["n"], 10);
    EXPECT_EQ(counts["losses"], 1);
    EXPECT_EQ(counts["no_answer_variant"], 1);
    EXPECT_EQ(counts["ties"], 9);
    EXPECT_EQ(lab.answers("Q8_0").at("q04"), "");
    EXPECT_EQ(lab.answers("Q8_0").at("q05"), lab.answers("model").at("q05"));
    EXPECT_EQ(lab.comparison("Q2_K")["counts"]["no_answer_variant"], 0);
    // It is blamed after two deaths alone, and the report says how it died.
    EXPECT_NE(bytes_of(lab.run_dir() + "/evaluation/responses/Q8_0.jsonl")
                  .find("died on it 2 times, alone"),
              std::string::npos);
    EXPECT_NE(bytes_of(lab.run_dir() + "/evaluation/responses/Q8_0.jsonl")
                  .find("this prompt is too much"),
              std::string::npos);
}

TEST(EngineDeath, AQuestionThatKillsTheBaselineIsExcludedAndCounted) {
    const Lab lab(10);
    const Ended ended = lab.run(kVariants, {}, {{"SCRIPT_DIE_ON", "F16/thing 4?"}});
    EXPECT_NE(ended.exit_code, 1) << describe(ended);
    for (const char* name : {"Q8_0", "Q2_K"}) {
        const auto counts = lab.comparison(name)["counts"];
        EXPECT_EQ(counts["n_items"], 10);
        EXPECT_EQ(counts["n"], 9);
        EXPECT_EQ(counts["no_answer_baseline"], 1);
        EXPECT_EQ(counts["no_answer_variant"], 0);
    }
}

TEST(EngineDeath, AnAnswerThatTheEngineFailsAtIsAnObservation) {
    const Lab lab(10);
    const Ended ended = lab.run("Q8_0", {}, {{"SCRIPT_FAIL_ON", "Q8_0/thing 6?"}});
    EXPECT_NE(ended.exit_code, 1) << describe(ended);
    EXPECT_EQ(lab.comparison("Q8_0")["counts"]["no_answer_variant"], 1);
    EXPECT_NE(bytes_of(lab.run_dir() + "/report.md").find("not finite"), std::string::npos);
}

TEST(EngineDeath, AnEngineThatAlwaysDiesIsSaidAndNothingIsLost) {
    const Lab lab(12);
    const int expected_code = lab.run(kVariants).exit_code;
    const auto expected = lab.artifacts();
    lab.forget_run();
    const Ended ended = lab.run(kVariants, {}, {{"SCRIPT_DIE_ON", "Q8_0/"}});
    EXPECT_EQ(ended.exit_code, 1) << describe(ended);
    EXPECT_NE(ended.err.find("the engine dies on every question"), std::string::npos) << ended.err;
    EXPECT_NE(ended.err.find("Aborted"), std::string::npos) << ended.err;
    EXPECT_FALSE(std::filesystem::exists(lab.run_dir() + "/report.json"));
    // The model was to blame, no question: with an engine that works everything is as if nothing
    // had happened.
    lab.forget_journal();
    EXPECT_EQ(lab.run(kVariants).exit_code, expected_code);
    EXPECT_EQ(difference(expected, lab.artifacts()), "");
    EXPECT_EQ(lab.n_requests("answer"), 2 * 12 + 2 * 2) << "the baseline's answers were kept";
}

TEST(EngineDeath, QuestionsInARowThatAreAllPoisonedAreNotTakenForAnEngineThatIsBroken) {
    const Lab lab(12);
    // It answers anything but the questions.
    const Ended ended = lab.run("Q8_0", {}, {{"SCRIPT_DIE_ON", "Q8_0/Fact: "}});
    EXPECT_NE(ended.exit_code, 1) << describe(ended);
    const auto counts = lab.comparison("Q8_0")["counts"];
    EXPECT_EQ(counts["no_answer_variant"], 12);
    EXPECT_EQ(counts["losses"], 12);
}

TEST(EngineDeath, WhileItIsAskedAnythingElseIsASentence) {
    for (const char* verb : {"hello",
                             "inspect",
                             "load",
                             "render",
                             "render_template",
                             "tokenize",
                             "describe_start",
                             "start",
                             "quantize"}) {
        const Lab lab(2);
        const Ended ended = lab.run("Q8_0", {}, {{"SCRIPT_DIE_VERB", verb}});
        EXPECT_TRUE(ended.exit_code == 1 || ended.exit_code == 2) << verb << "\n"
                                                                  << describe(ended);
        EXPECT_NE(ended.err.find("assay: "), std::string::npos) << verb << "\n" << ended.err;
        EXPECT_NE(ended.err.find("Aborted"), std::string::npos) << verb << "\n" << ended.err;
        EXPECT_NE(lab.run("Q8_0").exit_code, 1) << verb;
    }
}

TEST(EngineDeath, PredictingMemoryIsNotNeeded) {
    const Lab lab(2);
    EXPECT_NE(lab.run("Q8_0", {}, {{"SCRIPT_DIE_VERB", "predict_memory"}}).exit_code, 1);
}

}  // namespace
}  // namespace assay::test
