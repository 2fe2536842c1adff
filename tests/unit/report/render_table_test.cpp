#include "assay/report/render_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/base/text.hpp"
#include "assay/report/terminal_text.hpp"
#include "golden.hpp"
#include "report_builder.hpp"

namespace assay::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(RenderTable, IsTheGoldenFile) {
    expect_golden("table.txt", render_table(example_report(), false, 100));
}

TEST(RenderTable, WithColoursIsTheGoldenFile) {
    expect_golden("table_colour.txt", render_table(example_report(), true, 140));
}

TEST(RenderTable, NarrowIsTheGoldenFile) {
    expect_golden("table_narrow.txt", render_table(example_report(), false, 70));
}

TEST(RenderTable, FitsTheWidth) {
    for (int width = 60; width <= 200; ++width) {
        for (const std::string& line : split(render_table(example_report(), false, width), '\n')) {
            EXPECT_LE(display_width(line), static_cast<std::size_t>(width)) << line;
        }
    }
}

TEST(RenderTable, AHundredColumnsHoldEveryColumn) {
    EXPECT_THAT(render_table(example_report(), false, 100), Not(HasSubstr("Left out")));
}

/// The example, with the second of two verdicts of some questions.
ReportModel with_several_verdicts() {
    ReportModel model = example_report();
    for (ReportComparison& comparison : model.comparisons) {
        QuestionSummary questions;
        questions.n = 77;
        questions.verdicts_each = 2;
        questions.n_won = 11;
        questions.n_even = 61;
        questions.n_lost = 5;
        comparison.analysis.questions = questions;
    }
    return model;
}

TEST(RenderTable, QuestionsAreCountedBesideVerdictsWhereTheyHaveSeveral) {
    EXPECT_THAT(render_table(example_report(), false, 140), Not(HasSubstr("+/=/-")));
    const std::string table = render_table(with_several_verdicts(), false, 140);
    EXPECT_THAT(table, HasSubstr("+/=/-"));
    EXPECT_THAT(table, HasSubstr("11/61/5"));
    EXPECT_THAT(table, HasSubstr("W/T/L: verdicts won"));
    for (int width = 60; width <= 200; width += 7) {
        for (const std::string& line :
             split(render_table(with_several_verdicts(), false, width), '\n')) {
            EXPECT_LE(display_width(line), static_cast<std::size_t>(width)) << line;
        }
    }
}

TEST(RenderTable, ADecisionAboutExactlyTheseQuestionsSaysSo) {
    ReportModel model = example_report();
    for (ReportComparison& comparison : model.comparisons) {
        comparison.analysis.decision.on_these_questions = true;
    }
    const std::string table = render_table(model, false, 160);
    EXPECT_THAT(table, HasSubstr("equivalent on these questions"));
    EXPECT_THAT(table, HasSubstr("degraded on these questions"));
    EXPECT_THAT(table, HasSubstr("inconclusive on these questions"));
    EXPECT_THAT(table, Not(HasSubstr("not measured on these questions")));
}

TEST(RenderTable, ColoursOnlyIfAsked) {
    EXPECT_THAT(render_table(example_report(), false, 100), Not(HasSubstr("\x1b")));
    const std::string coloured = render_table(example_report(), true, 100);
    EXPECT_THAT(coloured, HasSubstr("\x1b[32mequivalent\x1b[0m"));
    EXPECT_THAT(coloured, HasSubstr("\x1b[32mnon-inferior\x1b[0m"));
    EXPECT_THAT(coloured, HasSubstr("\x1b[31mdegraded\x1b[0m"));
    EXPECT_THAT(coloured, HasSubstr("\x1b[33minconclusive +219\x1b[0m"));
    EXPECT_THAT(coloured, HasSubstr("\x1b[33mnot measured\x1b[0m"));
}

TEST(RenderTable, TheBaselineComesFirstAndTheSentenceLast) {
    const std::string table = render_table(example_report(), false, 140);
    EXPECT_LT(table.find("SmolLM2-135M-Instruct-F16"), table.find("Q8_0"));
    EXPECT_TRUE(
        table.ends_with("\n\nQ6_K may replace SmolLM2-135M-Instruct-F16: it is not worse by more "
                        "than 10 points.\n"));
}

TEST(RenderTable, EscapeSequencesInTextAreNotPassedOn) {
    ReportModel model = example_report();
    model.experiment.name = "a\x1b[2Jb\r\n\u009b";
    model.recommendation.sentence = "\x1b]0;title\x07 done";
    const std::string table = render_table(model, false, 100);
    EXPECT_THAT(table, Not(HasSubstr("\x1b")));
    EXPECT_THAT(table, Not(HasSubstr("\x07")));
    EXPECT_THAT(table, Not(HasSubstr("\u009b")));
}

TEST(RenderTable, WhatMayNotBeClaimedIsMarkedAndExplained) {
    ReportModel model = example_report();
    EXPECT_THAT(render_table(model, false, 140), Not(HasSubstr("may not be claimed")));
    model.comparisons[0].analysis.decision.claimed = false;
    const std::string table = render_table(model, false, 140);
    EXPECT_THAT(table, HasSubstr("equivalent~"));
    EXPECT_THAT(table, HasSubstr("~: would pass"));
}

TEST(RenderTable, AnEmptyModelDoesNotFail) {
    EXPECT_FALSE(render_table(ReportModel{}, false, 100).empty());
}

}  // namespace
}  // namespace assay::report
