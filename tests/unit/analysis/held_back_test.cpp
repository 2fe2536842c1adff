#include "assay/analysis/held_back.hpp"

#include <gtest/gtest.h>

#include "builders.hpp"

namespace assay::analysis {
namespace {

/// `n` outcomes of a kind between a baseline's answer of 100 characters and one that is longer or
/// shorter.
void add(std::vector<Outcome>& out, int n, OutcomeKind kind, std::int64_t difference) {
    OutcomeList list;
    for (Outcome& outcome : list.add(n, kind).outcomes) {
        outcome.baseline_length = 100;
        outcome.length_difference = difference;
        out.push_back(outcome);
    }
}

std::vector<Outcome> longer_wins(int n_longer, int n_shorter, std::int64_t difference = 30) {
    std::vector<Outcome> out;
    add(out, n_longer, OutcomeKind::kWin, difference);
    add(out, n_shorter, OutcomeKind::kLoss, difference);
    return out;
}

Decision labelled(DecisionLabel label) {
    Decision out;
    out.label = label;
    out.n_more = 12;
    return out;
}

TEST(HeldBack, SeesThatTheLongerAnswerWinsNearlyAlways) {
    EXPECT_NE(why_longer_wins(longer_wins(60, 0)).find("the longer answer won 60 of 60"),
              std::string::npos);
    EXPECT_NE(why_longer_wins(longer_wins(0, 60, -30)), "") << "the baseline's is the longer one";
    EXPECT_EQ(why_longer_wins(longer_wins(30, 0)), "") << "the interval begins at 0.88";
    EXPECT_EQ(why_longer_wins(longer_wins(55, 5)), "") << "not nearly always";
    EXPECT_EQ(why_longer_wins(longer_wins(60, 60)), "");
}

TEST(HeldBack, LooksOnlyAtClearlyDifferentLengthsThatAreKnown) {
    EXPECT_EQ(why_longer_wins(longer_wins(60, 0, 9)), "") << "9 of 109";
    EXPECT_NE(why_longer_wins(longer_wins(60, 0, 12)), "") << "12 of 112";
    EXPECT_EQ(why_longer_wins(OutcomeList().wins(60).outcomes), "");
    std::vector<Outcome> silent;
    add(silent, 60, OutcomeKind::kLoss, -100);
    for (Outcome& outcome : silent) {
        outcome.no_answer_variant = true;
    }
    EXPECT_EQ(why_longer_wins(silent), "") << "no judge decided these";
    std::vector<Outcome> ties;
    add(ties, 60, OutcomeKind::kTie, 50);
    EXPECT_EQ(why_longer_wins(ties), "");
}

TEST(HeldBack, SeesAnswersThatInstructTheJudge) {
    FailureModeRow row;
    row.mode = "instruction_to_judge";
    row.n = 100;
    row.variant = 12;
    row.p_holm = 0.005;
    EXPECT_NE(why_instructions(std::vector{row}).find("12 of 100 answers of the variant instruct"),
              std::string::npos);
    row.p_holm = 0.06;
    EXPECT_EQ(why_instructions(std::vector{row}), "") << "not significantly more";
    row.p_holm = 0.001;
    row.baseline = 30;
    EXPECT_EQ(why_instructions(std::vector{row}), "") << "it is the baseline that does it";
    row.baseline = 0;
    row.mode = "repetition";
    EXPECT_EQ(why_instructions(std::vector{row}), "");
    EXPECT_EQ(why_instructions({}), "");
}

TEST(HeldBack, AreLabelsThatWouldPassAndNoOthers) {
    for (const DecisionLabel label : {DecisionLabel::kEquivalent, DecisionLabel::kNonInferior}) {
        const Decision held = hold_back(labelled(label), "length may have decided");
        EXPECT_EQ(held.label, DecisionLabel::kInconclusive);
        EXPECT_FALSE(held.n_more) << "more questions would not help";
        EXPECT_NE(held.why.find("held back: length may have decided; let people"),
                  std::string::npos);
        EXPECT_EQ(hold_back(labelled(label), "").label, label);
    }
    for (const DecisionLabel label :
         {DecisionLabel::kDegraded, DecisionLabel::kInconclusive, DecisionLabel::kNotMeasured}) {
        EXPECT_EQ(hold_back(labelled(label), "length").label, label);
        EXPECT_EQ(hold_back(labelled(label), "length").n_more, 12);
    }
}

}  // namespace
}  // namespace assay::analysis
