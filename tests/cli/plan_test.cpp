// `assay plan`: what it says of an experiment and of a size alone; that odd sizes are answered
// quickly and never crash.

#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "lab.hpp"

namespace assay::test {
namespace {

using nlohmann::json;

Strings experiment(const Lab& lab, const Strings& more = {}) {
    Strings arguments{
        "plan", "-m", lab.model(), "--variants", "Q8_0,Q2_K", "--questions", lab.questions()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

TEST(Plan, OfAnExperimentIsOnStdoutAndNothingIsLoaded) {
    const Lab lab(17);
    const Ended ended = lab.assay(experiment(lab));
    EXPECT_EQ(ended.exit_code, 0) << describe(ended);
    EXPECT_EQ(ended.err, "");
    for (const char* part : {"Q8_0, Q2_K",
                             "17 of ",
                             "questions needed",
                             "what 17 questions can show",
                             "51 answers",
                             "This design cannot reach its margin"}) {
        EXPECT_TRUE(contains(ended.out, part)) << part << "\n" << ended.out;
    }
    EXPECT_EQ(lab.n_requests(""), 0);
}

TEST(Plan, OfAJudgeThatIsCalledHasCallsTokensAndCost) {
    const Lab lab(7);
    lab.folder().write(
        "exp.yaml",
        "baseline: {file: model.gguf}\nvariants: [Q8_0]\ndataset: {file: questions.jsonl}\n"
        "judges: [{provider: openai, url: \"http://127.0.0.1:9/v1\", model: m, price-input: 2, "
        "price-output: 8}]\n");
    const Ended ended = lab.assay({"plan", "exp.yaml"});
    EXPECT_EQ(ended.exit_code, 0) << describe(ended);
    for (const char* part : {"at most 112 calls, 105 of them controls",
                             "m: 7 pairs and 105 controls",
                             "at its prices",
                             "early stopping, hybrid"}) {
        EXPECT_TRUE(contains(ended.out, part)) << part << "\n" << ended.out;
    }
    const json document = json::parse(lab.assay({"plan", "exp.yaml", "--json"}).out);
    EXPECT_EQ(document["schema_version"], 1);
    EXPECT_EQ(document["judges"][0]["n_calls"], 112);
    EXPECT_GT(document["judges"][0]["cost"].get<double>(), 0);
    EXPECT_EQ(document["experiment"]["n_questions"], 7);
}

TEST(Plan, OfASizeAloneNeedsNoExperiment) {
    const Lab lab(1);
    const Ended needed = lab.assay({"plan", "--margin", "0.1", "--decisive-rate", "0.6"});
    EXPECT_EQ(needed.exit_code, 0) << describe(needed);
    EXPECT_EQ(needed.err, "");
    EXPECT_TRUE(contains(needed.out, "equivalence          514")) << needed.out;
    EXPECT_FALSE(contains(needed.out, "early stopping"));
    EXPECT_TRUE(contains(lab.assay({"plan", "--margin", "0.3", "--stopping", "hybrid"}).out,
                         "early stopping, hybrid, of 6"));
    const Ended clusters = lab.assay(
        {"plan", "--margin", "0.1", "--n", "154", "--clusters", "40", "--json"});
    const json document = json::parse(clusters.out);
    EXPECT_EQ(document["experiment"], nullptr);
    EXPECT_EQ(document["assumed"]["n_clusters"], 40);
    EXPECT_GT(document["reach"]["design_effect"].get<double>(), 1.2);
}

TEST(Plan, SeveralSamplesOfAQuestionNeedFewerOfThem) {
    const Lab lab(1);
    const auto needed = [&](const Strings& more) {
        Strings words{"plan", "--margin", "0.1", "--json"};
        words.insert(words.end(), more.begin(), more.end());
        const json document = json::parse(lab.assay(words).out);
        return document["needed"]["equivalence"]["n"].get<int>();
    };
    const int one = needed({}), four = needed({"--samples", "4"});
    EXPECT_GT(four, one / 4) << "samples of a question are worth less than questions";
    EXPECT_LT(four, one / 2);
}

TEST(Plan, PutsWaysOfAskingBesideEachOtherAndMarksTheCheapest) {
    const Lab lab(1);
    const json designs = json::parse(
        lab.assay({"plan", "--margin", "0.1", "--n", "154", "--json"}).out)["designs"];
    ASSERT_EQ(designs["rows"].size(), 6U);
    const json& one = designs["rows"][0];
    EXPECT_EQ(one["questions_ship"], 371);
    EXPECT_EQ(one["questions_equivalent"], 514);
    EXPECT_EQ(one["reaches"], false);
    EXPECT_NEAR(one["chance_ship"].get<double>(), 0.49, 0.005);
    const json& cheapest = designs["rows"][designs["cheapest"].get<std::size_t>()];
    EXPECT_EQ(cheapest["n_samples"], 4);
    EXPECT_EQ(cheapest["n_calls"], 616);
    EXPECT_EQ(designs["measured_in"], nullptr);
    EXPECT_EQ(designs["notes"][0], "samples need a temperature above 0");
    const Ended text = lab.assay({"plan", "--margin", "0.1", "--n", "154"});
    EXPECT_TRUE(contains(text.out, "cheapest: 4 samples a question, 154 questions: 616 calls."))
        << text.out;
    const Ended none = lab.assay({"plan", "--margin", "0.1", "--n", "60"});
    EXPECT_TRUE(contains(none.out, "None ships with 80 % power on these 60 questions")) << none.out;
    const Ended unknown = lab.assay({"plan", "--margin", "0.1"});
    EXPECT_TRUE(contains(unknown.out, "Fewest calls: one verdict a question, 371 questions"))
        << unknown.out;
}

TEST(Plan, BuysQuestionsOnlyWhereTheyHaveACost) {
    const Lab lab(1);
    const auto cheapest = [&](const char* cost) {
        const json designs = json::parse(
            lab.assay({"plan", "--margin", "0.1", "--n", "60", "--question-cost", cost, "--json"})
                .out)["designs"];
        return designs["rows"][designs["cheapest"].get<std::size_t>()];
    };
    EXPECT_EQ(cheapest("0")["n_samples"], 1) << "another question for nothing beats another call";
    const json dear = cheapest("50");
    EXPECT_GE(dear["n_samples"], 8);
    EXPECT_EQ(dear["n_questions"], dear["questions_ship"]);
    EXPECT_EQ(lab.assay({"plan", "--question-cost", "-1"}).exit_code, 2);
}

TEST(Plan, OfAnExperimentHasWaysOfAskingThatItsSettingsAllow) {
    const Lab lab(40);
    const auto designs = [&](const Strings& more) {
        Strings words = experiment(lab, more);
        words.emplace_back("--json");
        return json::parse(lab.assay(words).out)["designs"];
    };
    EXPECT_EQ(designs({})["rows"].size(), 1U) << "a metric at temperature 0";
    EXPECT_NE(designs({})["notes"][0].get<std::string>().find("temperature 0"), std::string::npos);
    EXPECT_EQ(designs({"--judge", "openai:m@http://127.0.0.1:9/v1"})["rows"].size(), 2U);
    const json dice = designs({"--judge", "openai:m@http://127.0.0.1:9/v1", "--temp", "0.7"});
    EXPECT_EQ(dice["rows"].size(), 6U);
    EXPECT_EQ(dice["rows"][0]["n_calls"], 2 * dice["rows"][0]["questions_ship"].get<int>())
        << "of two variants";
    EXPECT_GT(dice["rows"][0]["prompt_tokens"].get<double>(), 0);
    EXPECT_EQ(designs({"--judge",
                       "openai:m@http://127.0.0.1:9/v1",
                       "--judge",
                       "openai:n@http://127.0.0.1:9/v1"})["rows"]
                  .size(),
              4U)
        << "two judges together, too";
}

TEST(Plan, OfAPilotThatCannotBeReadIsAnErrorAndOfFewQuestionsANote) {
    const Lab lab(12);
    const Ended missing = lab.assay({"plan", "--margin", "0.1", "--pilot", "nowhere"});
    EXPECT_NE(missing.exit_code, 0) << describe(missing);
    EXPECT_TRUE(contains(missing.err, "nowhere")) << missing.err;
    static_cast<void>(lab.run("Q8_0"));
    const Ended few = lab.assay({"plan", "--margin", "0.1", "--pilot", lab.run_dir()});
    EXPECT_EQ(few.exit_code, 0) << describe(few);
    EXPECT_TRUE(contains(few.out, "only 12 questions with a verdict")) << few.out;
    EXPECT_TRUE(contains(few.out, "assumed: order 0.80")) << few.out;
}

TEST(Plan, OfOddSizesIsAnsweredAndNeverCrashes) {
    const Lab lab(1);
    const std::vector<Strings> all{
        {"--n", "1"},
        {"--n", "1", "--clusters", "1", "--both-orders"},
        {"--n", "2", "--clusters", "2"},
        {"--n", "10", "--clusters", "1"},
        {"--n", "10", "--clusters", "1", "--icc", "1"},
        {"--n", "100000"},
        {"--n", "1000000000"},
        {"--n", "100000", "--clusters", "3", "--both-orders"},
        {"--n", "154", "--margin", "0.999"},
        {"--margin", "0.999", "--decisive-rate", "0.001"},
        {"--margin", "0.00001"},
        {"--n", "2000", "--margin", "0.002", "--decisive-rate", "0.0021"},
        {"--n", "154", "--alpha", "0.000000000001", "--clusters", "2"},
        {"--n", "154", "--alpha", "0.499", "--power", "0.9999999"},
        {"--n", "154", "--decisive-rate", "1"},
        {"--n", "154", "--samples", "4", "--both-orders", "--clusters", "40"},
        {"--n", "2", "--samples", "64"},
        {"--n", "154", "--question-cost", "1000000000"},
        {"--question-cost", "0"},
    };
    for (const Strings& arguments : all) {
        Strings words{"plan"};
        words.insert(words.end(), arguments.begin(), arguments.end());
        const auto start = std::chrono::steady_clock::now();
        const Ended ended = lab.assay(words);
        EXPECT_EQ(ended.exit_code, 0) << describe(ended);
        EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30))
            << "with sanitizers, and others at work";
        for (const char* bad : {"nan", "inf ", "bug in assay"}) {
            EXPECT_FALSE(contains(ended.out + ended.err, bad)) << describe(ended);
        }
    }
}

TEST(Plan, WhatIsWrongIsSaidInASentence) {
    const Lab lab(2);
    const std::vector<std::pair<Strings, std::string>> all{
        {{"plan"}, "no baseline is given"},
        {{"plan", "--json"}, "no baseline is given"},
        {{"plan", "--margin", "0.1", "--predict", "5"}, "no baseline is given"},
        {{"plan", "--margin", "1"}, "--margin: must be above 0 and below 1, not 1"},
        {{"plan", "--n", "0"}, "--n: must be from 1 to 1000000000, not 0"},
        {{"plan", "--n", "5", "--clusters", "6"}, "--clusters: must be from 1 to --n, 5, not 6"},
        {{"plan", "--clusters", "6"}, "--clusters needs --n"},
        {{"plan", "--decisive-rate", "0"}, "--decisive-rate: must be above 0 and at most 1, not 0"},
        {{"plan", "--stopping", "soon"},
         "--stopping: must be one of hybrid, group-sequential, none, not \"soon\""},
        {{"plan", "--icc", "2"}, "--icc: must be from 0 to 1, not 2"},
        {{"plan", "--samples", "65"}, "--samples: must be from 1 to 64, not 65"},
        {experiment(lab, {"--n", "5"}), "--n is for planning without an experiment"},
    };
    for (const auto& [arguments, sentence] : all) {
        const Ended ended = lab.assay(arguments);
        EXPECT_EQ(ended.exit_code, 2) << describe(ended);
        EXPECT_EQ(ended.out, "");
        EXPECT_TRUE(contains(ended.err, sentence)) << sentence << "\n" << ended.err;
    }
}

TEST(Plan, ARunThatIsTooSmallForItsMarginWarnsBeforeItBegins) {
    const Lab lab(12);
    const Ended ended = lab.run("Q8_0");
    EXPECT_TRUE(contains(ended.err,
                         "This design cannot reach its margin with 80 % power: with 12 questions"))
        << ended.err;
    EXPECT_FALSE(contains(ended.out, "This design"));
    EXPECT_FALSE(contains(lab.run("Q8_0", {"--quiet"}).err, "This design"));
}

}  // namespace
}  // namespace assay::test
