#include <gmock/gmock.h>

#include "assay/config/plan_json.hpp"
#include "folder.hpp"

namespace assay::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Population : public PlanTest {
 protected:
    /// Errors of an experiment file with the population (line 3) and these lines (from line 4).
    std::vector<std::string> errors_of_closed(const std::string& lines) {
        return errors_of(head_ + lines);
    }
    Plan closed_plan(const std::string& lines) {
        const auto plan = load(head_ + lines);
        return plan ? *plan : Plan{};
    }
    const std::string head_ =
        "baseline: {file: model-F16.gguf}\nvariants: [Q8_0]\ndataset: {file: questions.jsonl, "
        "population: these-questions}\n";
};

TEST_F(Population, IsThatOfQuestionsLikeTheseUnlessAskedFor) {
    EXPECT_EQ(plan_with("").analysis.population, "questions-like-these");
    EXPECT_FALSE(plan_with("").analysis.on_these_questions());
    EXPECT_TRUE(closed_plan("judging: {both-orders: true}\n").analysis.on_these_questions());
    Overrides flags;
    flags.settings["dataset.population"] = std::string("these-questions");
    EXPECT_TRUE(plan_with("judging: {both-orders: true}\n", flags).analysis.on_these_questions());
}

TEST_F(Population, IsInThePlansHashOnlyWhereItIsNotTheDefault) {
    const std::string both = "judging: {both-orders: true}\n";
    const Plan open = plan_with(both), closed = closed_plan(both);
    EXPECT_EQ(plan_to_json(open).find("population"), std::string::npos)
        << "plans of before keep their hash";
    EXPECT_NE(plan_sha256(open), plan_sha256(closed));
    for (const Plan& plan : {open, closed}) {
        const auto read = plan_from_json(plan_to_json(plan));
        ASSERT_TRUE(read) << to_sentence(read.error());
        EXPECT_EQ(read->analysis.population, plan.analysis.population);
        EXPECT_EQ(plan_sha256(*read), plan_sha256(plan));
    }
}

TEST_F(Population, OfTheseQuestionsNeedsVerdictsThatShowTheNoise) {
    EXPECT_THAT(errors_of_closed(""),
                ElementsAre(testing::AllOf(HasSubstr("exp.yaml:3:"),
                                           HasSubstr("dataset.population: these-questions needs "
                                                     "both orders or several samples"),
                                           HasSubstr("judging.both-orders"))));
    EXPECT_THAT(errors_of_closed("generation: {temp: 0.7, samples: 4}\n"), IsEmpty());
    EXPECT_THAT(errors_of_closed("generation: {temp: 0.7}\njudging: {both-orders: true}\n"),
                ElementsAre(HasSubstr("these-questions needs several samples at temp 0.7")))
        << "both orders do not show how much the draw of the answers decides";
}

TEST_F(Population, OfTheseQuestionsSuitsAJudgeThatReadsBothOrders) {
    EXPECT_THAT(errors_of_closed("judges: [gguf:other.gguf]\n"), IsEmpty());
    EXPECT_THAT(errors_of_closed("judges: [gguf:other.gguf, reference]\n"),
                ElementsAre(HasSubstr("needs both orders")))
        << "every judge must";
}

TEST_F(Population, OfTheseQuestionsIsNotLookedAtEarly) {
    EXPECT_THAT(errors_of_closed("judging: {both-orders: true}\nanalysis: {stopping: "
                                 "group-sequential}\n"),
                ElementsAre(testing::AllOf(HasSubstr("exp.yaml:5:"),
                                           HasSubstr("analysis.stopping"),
                                           HasSubstr("group-sequential"))));
    EXPECT_THAT(errors_of_closed("judging: {both-orders: true}\nanalysis: {stopping: hybrid}\n"),
                IsEmpty());
}

TEST_F(Population, OfTheseQuestionsIsOfOneJudgeAndAFixedNumberOfSamples) {
    EXPECT_THAT(errors_of_closed("generation: {temp: 0.7, samples: auto}\n"),
                ElementsAre(HasSubstr("fixed beforehand")));
    EXPECT_THAT(errors_of_closed("generation: {temp: 0.7, samples: 4}\njudges: [gguf:other.gguf, "
                                 "'openai:m@http://127.0.0.1:1/v1']\njudging: {panel: true}\n"),
                ElementsAre(HasSubstr("a panel decides here")));
}

TEST_F(Population, MustBeAKnownOne) {
    EXPECT_THAT(errors_of("baseline: {file: model-F16.gguf}\nvariants: [Q8_0]\ndataset: {file: "
                          "questions.jsonl, population: everyone}\n"),
                ElementsAre(HasSubstr("dataset.population: must be one of questions-like-these, "
                                      "these-questions, not \"everyone\"")));
}

}  // namespace
}  // namespace assay::config
