#include "assay/analysis/calibration.hpp"

#include <gtest/gtest.h>

#include "assay/analysis/analyse.hpp"
#include "assay/stats/distributions.hpp"
#include "builders.hpp"

namespace assay::analysis {
namespace {

/// 100 wins, 40 ties, 100 losses; `n` of them labelled, evenly spread.
struct Labelled {
    explicit Labelled(std::size_t n, OutcomeKind instead_of_wins = OutcomeKind::kWin) {
        OutcomeList list;
        for (int i = 0; i < 20; ++i) {
            list.wins(5).ties(2).losses(5);
        }
        judge = list.outcomes;
        people = judge;
        for (std::size_t i = 0; i < people.size(); ++i) {
            if (7 * i % people.size() >= n) {
                people[i].kind = OutcomeKind::kNotJudged;
            } else if (people[i].kind == OutcomeKind::kWin) {
                people[i].kind = instead_of_wins;
            }
        }
    }
    [[nodiscard]] std::optional<Calibration> calibration() const {
        return calibration_of({"judge", {judge}},
                              std::vector<Rater>{{"people", {people}}},
                              analyse(judge, settings),
                              settings);
    }
    std::vector<Outcome> judge, people;
    AnalysisSettings settings;
};

TEST(CalibrationOf, AJudgeThatSaysWhatPeopleSayIsConfirmed) {
    const Labelled run(60);
    const auto c = run.calibration();
    ASSERT_TRUE(c);
    EXPECT_EQ(c->people, std::vector<std::string>{"people"});
    EXPECT_EQ(c->n_labelled, 60);
    EXPECT_EQ(c->n_judge_only, 180);
    EXPECT_NEAR(*c->net.value, 0, 0.01);
    EXPECT_NEAR(*c->lambda, 180.0 / 240, 0.05);
    EXPECT_EQ(c->net.confidence, 0.9);
    EXPECT_EQ(c->net.n, 240);
    EXPECT_EQ(c->label, DecisionLabel::kEquivalent);
    EXPECT_FALSE(c->label_differs);
    EXPECT_NE(c->note.find("random sample"), std::string::npos);
}

TEST(CalibrationOf, WhatPeopleSeeOtherwiseMovesTheNetAndChangesTheLabel) {
    const auto c = Labelled(120, OutcomeKind::kTie).calibration();
    ASSERT_TRUE(c);
    EXPECT_LT(*c->people_on_labelled, -0.3);
    EXPECT_NEAR(*c->judge_on_labelled, 0, 0.02);
    EXPECT_NEAR(*c->net.value, -100.0 / 240, 0.03);
    EXPECT_EQ(c->label, DecisionLabel::kDegraded);
    EXPECT_TRUE(c->label_differs);
}

TEST(CalibrationOf, FewLabelsGiveNoValueAndSayWhy) {
    const auto c = Labelled(19).calibration();
    ASSERT_TRUE(c);
    EXPECT_EQ(c->n_labelled, 19);
    EXPECT_FALSE(c->net.value);
    EXPECT_NE(c->net.why.find("19"), std::string::npos);
    EXPECT_EQ(c->label, DecisionLabel::kNotMeasured);
    EXPECT_TRUE(Labelled(20).calibration()->net.value);
    EXPECT_FALSE(Labelled(0).calibration());
}

TEST(CalibrationOf, WhereAllIsLabelledPeoplesOwnVerdictsAreTheAnswer) {
    const auto c = Labelled(240).calibration();
    ASSERT_TRUE(c);
    EXPECT_FALSE(c->net.value);
    EXPECT_NE(c->net.why.find("themselves"), std::string::npos);
}

TEST(CalibrationOf, IdenticalAnswersAreSettledAndNoLabels) {
    Labelled run(60, OutcomeKind::kTie);
    OutcomeList same;
    same.identical(240);
    for (std::size_t i = 0; i < same.outcomes.size(); ++i) {
        same.outcomes[i].question_id += "same";
        run.judge.push_back(same.outcomes[i]);
        run.people.push_back(same.outcomes[i]);
    }
    const auto c = run.calibration(), without = Labelled(60, OutcomeKind::kTie).calibration();
    EXPECT_LT(*without->net.value, -0.3);
    EXPECT_EQ(c->n_labelled, 60);
    EXPECT_EQ(c->n_settled, 240);
    EXPECT_NEAR(*c->net.value, *without->net.value / 2, 1e-12);
    EXPECT_LT(*c->net.high - *c->net.low, *without->net.high - *without->net.low);
}

TEST(CalibrationOf, SeveralPeopleCountWithTheirMean) {
    const Labelled agreeing(60), other(60, OutcomeKind::kLoss);
    const auto c = calibration_of(
        {"judge", {agreeing.judge}},
        std::vector<Rater>{{"one", {agreeing.people}}, {"two", {other.people}}},
        analyse(agreeing.judge, agreeing.settings),
        agreeing.settings);
    const auto ties = Labelled(60, OutcomeKind::kTie).calibration();
    EXPECT_EQ(c->n_labelled, 60);
    EXPECT_NEAR(*c->net.value, *ties->net.value, 1e-12) << "a win and a loss are a tie";
}

TEST(CalibrationOf, VerdictsWithoutSpreadHaveNoInterval) {
    OutcomeList list;
    list.ties(60);
    auto people = list.outcomes;
    for (std::size_t i = 30; i < 60; ++i) {
        people[i].kind = OutcomeKind::kNotJudged;
    }
    const auto c = calibration_of({"judge", {list.outcomes}},
                                  std::vector<Rater>{{"people", {people}}},
                                  analyse(list.outcomes, {}),
                                  {});
    EXPECT_EQ(c->net.value, 0);
    EXPECT_FALSE(c->net.low);
    EXPECT_EQ(c->label, DecisionLabel::kNotMeasured);
}

}  // namespace
}  // namespace assay::analysis
