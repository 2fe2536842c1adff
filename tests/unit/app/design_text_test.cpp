#include "assay/app/design_text.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace assay::app {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

analysis::Design design_of(std::int64_t n, const char* stopping = "none") {
    AnalysisSettings settings;
    settings.stopping = stopping;
    return analysis::make_design(n, {}, false, settings);
}

TEST(DesignText, OfASizeThatIsNotKnownSaysOnlyWhatIsNeeded) {
    const std::string text = design_text(figures_of(design_of(0)));
    EXPECT_THAT(text,
                HasSubstr("questions needed, for 80 % power if the two are truly alike\n"
                          "  equivalence          514 (exact power 80.3 %)\n"));
    EXPECT_THAT(text, Not(HasSubstr("can show")));
    EXPECT_THAT(text, Not(HasSubstr("early stopping")));
    EXPECT_THAT(text, Not(HasSubstr("This design")));
}

TEST(DesignText, OfAPlannedSizeSaysWhatItCanShow) {
    const std::string text = design_text(figures_of(design_of(154)));
    for (const char* part : {"margin 10 points net, alpha 0.05 one-sided, power 80 %",
                             "\nwhat 154 questions can show\n",
                             "18.3 points for equivalence, 15.6 points for non-inferiority",
                             "17.9 points net; decisive win rate 14.5 points from 50 %",
                             "truly alike",
                             "10 points worse",
                             "only with at most 88 decisive verdicts of 154",
                             "all outcomes enumerated",
                             "This design cannot reach its margin"}) {
        EXPECT_THAT(text, HasSubstr(part));
    }
    EXPECT_THAT(text, Not(HasSubstr("worth"))) << "the questions are independent";
}

TEST(DesignText, OfEarlyStoppingSaysWhatIsLeftOfAlphaAndWhereItStops) {
    const std::string text = design_text(figures_of(design_of(100, "hybrid")));
    EXPECT_THAT(text, HasSubstr("0.04 at the end"));
    EXPECT_THAT(text, HasSubstr("early stopping, hybrid, of 100 questions"));
    EXPECT_THAT(text, HasSubstr("30 points worse"));
    EXPECT_THAT(text, HasSubstr("800 simulated experiments"));
    EXPECT_THAT(design_text(figures_of(design_of(10'000, "hybrid"))),
                HasSubstr("not simulated beyond 3000 questions"));
}

TEST(DesignText, OfDependentQuestionsSaysWhatTheyAreWorth) {
    AnalysisSettings settings;
    settings.stopping = "none";
    const std::string text = design_text(
        figures_of(analysis::make_design(154, analysis::equal_clusters(154, 14), true, settings)));
    EXPECT_THAT(
        text,
        HasSubstr(
            "14, a question shares its own with 10.0 others in the mean; correlation 0.1 within"));
    EXPECT_THAT(text, HasSubstr("two verdicts a question, correlation 0.8"));
    EXPECT_THAT(text, HasSubstr("81 independent comparisons, design effect 3.8"));
    EXPECT_THAT(text, HasSubstr("of 308; so few")) << "verdicts are counted, not questions";
}

TEST(DesignText, OfADesignThatCanDecideNothingSaysWhy) {
    AnalysisSettings settings;
    settings.stopping = "none";
    const std::string text = design_text(
        figures_of(analysis::make_design(20, analysis::equal_clusters(20, 1), false, settings)));
    EXPECT_THAT(text, HasSubstr("all questions belong to one cluster"));
    EXPECT_THAT(text, Not(HasSubstr("nan")));
}

TEST(DesignJson, HoldsTheFiguresOfTheText) {
    const json document = json::parse(design_json(figures_of(design_of(154, "hybrid"))));
    EXPECT_EQ(document["assumed"]["n_questions"], 154);
    EXPECT_EQ(document["assumed"]["stopping"], "hybrid");
    EXPECT_DOUBLE_EQ(document["assumed"]["alpha_end"], 0.04);
    EXPECT_EQ(document["assumed"]["icc"], nullptr) << "there are no clusters";
    EXPECT_GT(document["needed"]["equivalence"]["n"], 500);
    EXPECT_GT(document["needed"]["non_inferiority"]["exact_power"], 0.79);
    EXPECT_NEAR(document["reach"]["mde"]["net"], 0.178, 0.001);
    EXPECT_EQ(document["reach"]["degrees_of_freedom"], nullptr);
    EXPECT_LT(document["reach"]["chances"]["alike"]["equivalent"], 0.05);
    EXPECT_EQ(document["stopping"]["rows"].size(), 4u);
    EXPECT_DOUBLE_EQ(document["stopping"]["rows"][1]["delta"], -0.1);
    EXPECT_THAT(document["warning"].get<std::string>(), HasSubstr("154 questions"));
}

TEST(DesignJson, HasNullsWhereThereIsNothing) {
    const json document = json::parse(design_json(figures_of(design_of(0))));
    for (const char* key : {"reach", "stopping", "warning"}) {
        EXPECT_EQ(document.at(key), nullptr) << key;
    }
    EXPECT_EQ(document["assumed"]["n_questions"], nullptr);
    EXPECT_DOUBLE_EQ(document["assumed"]["alpha_end"], 0.05);
}

}  // namespace
}  // namespace assay::app
