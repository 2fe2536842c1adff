#include "assay/report/report_document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "assay/base/text.hpp"
#include "golden.hpp"
#include "report_builder.hpp"

namespace assay::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string section(const std::string& report, const std::string& heading) {
    const std::size_t start = report.find("## " + heading + "\n");
    if (start == std::string::npos) {
        return {};
    }
    return report.substr(start, report.find("\n## ", start) - start);
}

TEST(ReportMarkdown, IsTheGoldenFile) {
    expect_golden("report.md", report_markdown(example_report()));
}

TEST(ReportMarkdown, TwoRendersAreTheSameBytes) {
    EXPECT_EQ(report_markdown(example_report()), report_markdown(example_report()));
}

TEST(ReportMarkdown, CountsQuestionsBesideVerdictsWhereTheyHaveSeveral) {
    ReportModel model = example_report();
    EXPECT_EQ(report_markdown(model).find("by verdict"), std::string::npos);
    QuestionSummary questions;
    questions.n = 77;
    questions.n_won = 11;
    questions.n_even = 61;
    questions.n_lost = 5;
    model.comparisons.front().analysis.questions = questions;
    const std::string report = report_markdown(model);
    EXPECT_NE(report.find("by verdict, n = "), std::string::npos);
    EXPECT_NE(report.find("by question (the mean of its verdicts), n = 77"), std::string::npos);
    EXPECT_NE(report.find("several of one question depend on each other"), std::string::npos);
}

TEST(ReportMarkdown, HasTheStudysOrder) {
    const std::string report = report_markdown(example_report());
    std::vector<std::string> headings;
    for (const std::string& line : split(report, '\n')) {
        if (line.starts_with("## ")) {
            headings.push_back(line.substr(3));
        }
    }
    EXPECT_THAT(headings,
                ::testing::ElementsAre("Key finding",
                                       "Models compared",
                                       "Controls",
                                       "Blinding",
                                       "Match outcomes",
                                       "Win rates without ties",
                                       "Significance of a difference",
                                       "Net win rate and decision",
                                       "Position",
                                       "Confidence",
                                       "Lost questions",
                                       "Failures",
                                       "Sensitivity",
                                       "Practical implications",
                                       "Caveats",
                                       "Sample size",
                                       "Reproducibility",
                                       "Conclusion and recommendation"));
}

TEST(ReportMarkdown, TextOfOthersCannotStartMarkup) {
    const std::string report = report_markdown(example_report());
    EXPECT_TRUE(is_valid_utf8(report));
    EXPECT_THAT(report, Not(HasSubstr("<script")));
    EXPECT_THAT(report, Not(HasSubstr("<img")));
    EXPECT_THAT(report, Not(HasSubstr("<b>")));
    EXPECT_THAT(report, Not(HasSubstr("https://evil")));
    EXPECT_THAT(report, Not(HasSubstr("\n# Not a heading")));
    EXPECT_THAT(report,
                HasSubstr("&lt;script&gt;alert('x')&lt;/script&gt; &#124; a &#124; b "
                          "&#124;<br><br>\\# Not a heading<br>"));
}

TEST(ReportMarkdown, EveryRowOfATableHasAsManyCellsAsItsHead) {
    std::size_t n_cells = 0, n_rows = 0;
    for (const std::string& line : split(report_markdown(example_report()), '\n')) {
        if (!line.starts_with("|")) {
            n_cells = 0;
            continue;
        }
        const auto bars = static_cast<std::size_t>(std::count(line.begin(), line.end(), '|'));
        if (n_cells == 0) {
            n_cells = bars;
        }
        EXPECT_EQ(bars, n_cells) << line;
        ++n_rows;
    }
    EXPECT_GT(n_rows, 80u);
}

TEST(ReportMarkdown, FencesAreBalanced) {
    int fences = 0;
    for (const std::string& line : split(report_markdown(example_report()), '\n')) {
        fences += line.starts_with("```");
    }
    EXPECT_GT(fences, 0);
    EXPECT_EQ(fences % 2, 0);
}

TEST(ReportMarkdown, LostQuestionsAreShownInFullUpToTwentyFive) {
    const std::string lost = section(report_markdown(example_report()), "Lost questions");
    EXPECT_THAT(lost, HasSubstr("### `Q2_K`: 27 lost"));
    EXPECT_THAT(lost, HasSubstr("`n25`"));
    EXPECT_THAT(lost, Not(HasSubstr("`n26`")));
    EXPECT_THAT(
        lost,
        HasSubstr("2 more are in `evaluation/exports/Q2_K/panel-1/evaluation_results.json`."));
    EXPECT_THAT(lost, HasSubstr("*empty*"));
    EXPECT_THAT(lost, HasSubstr("*no answer:* the engine died on this question twice, alone"));
    EXPECT_THAT(lost, Not(HasSubstr("`q1`")));  // won
}

TEST(ReportMarkdown, ALargePIsNotCalledEquivalence) {
    EXPECT_THAT(report_markdown(example_report()),
                HasSubstr("A large p does not show equivalence"));
}

TEST(ReportMarkdown, WhatWasNotMeasuredIsSaid) {
    const std::string report = report_markdown(example_report());
    for (const std::string& line : split(section(report, "Practical implications"), '\n')) {
        if (line.starts_with("| `served`")) {
            EXPECT_EQ(line,
                      "| `served` | not measured | not measured | not measured | not measured | "
                      "not measured | not measured | not measured | not measured |");
        }
    }
    EXPECT_THAT(section(report, "Practical implications"), HasSubstr("| `served` |"));
    EXPECT_THAT(
        section(report, "Key finding"),
        HasSubstr("| `served` | not measured | not measured | not measured | not measured |"));
    EXPECT_THAT(section(report, "Controls"),
                HasSubstr("controls hidden among the questions: **passed**. An answer to another "
                          "question lost in 19 of 20"));
    EXPECT_THAT(section(report, "Controls"),
                HasSubstr("**not passed, so its verdicts decide nothing**"));
    EXPECT_THAT(section(report, "Controls"),
                HasSubstr("Not passed because 3 of the 40 controls have no verdict yet."));
}

TEST(ReportMarkdown, TheMetricIsNotCalledAJudgeOfMeaning) {
    ReportModel model = example_report();
    EXPECT_THAT(section(report_markdown(model), "Blinding"),
                HasSubstr("a metric, not a judge of meaning"));
    model.judges.pop_back();
    model.comparisons.resize(6);
    EXPECT_THAT(report_markdown(model), Not(HasSubstr("metric")));
}

TEST(ReportMarkdown, AnEmbeddedJudgeIsAFileAndNoAddress) {
    ReportModel model = example_report();
    model.judges[0].provider = "gguf";
    model.judges[0].model = "judge-Q8_0";
    model.judges[0].url.clear();
    model.judges[0].versions = {"sha256:abc"};
    EXPECT_THAT(section(report_markdown(model), "Blinding"),
                HasSubstr("the model file `judge-Q8_0`, run by assay's own engine; 700 prompts, "
                          "one pair each; the file is `sha256:abc`."));
}

TEST(ReportMarkdown, WhatTheJudgeSawIsSaid) {
    ReportModel model = example_report();
    const auto seen = [&](bool expected, bool contexts) {
        model.judges[0].show_expected = expected;
        model.judges[0].show_contexts = contexts;
        return section(report_markdown(model), "Blinding");
    };
    EXPECT_THAT(seen(true, true),
                HasSubstr("it saw the question, the expected answer and the passages."));
    EXPECT_THAT(seen(true, false), HasSubstr("it saw the question and the expected answer."));
    EXPECT_THAT(seen(false, true), HasSubstr("it saw the question and the passages."));
    EXPECT_THAT(seen(false, false), HasSubstr("it saw the question."));
}

TEST(ReportMarkdown, VerdictsThatCouldNotBeUsedAreNeverTies) {
    const std::string report = report_markdown(example_report());
    EXPECT_THAT(section(report, "Match outcomes"), HasSubstr("invalid: 3; errors: 1; refused: 1."));
    EXPECT_THAT(section(report, "Net win rate and decision"),
                HasSubstr("Verdicts that could not be used: 5, 3.1 % [1.4, 7.1] (95 % interval); "
                          "had all of them gone against the "
                          "variant: net win rate -15.7 [-24.0, -7.0] points"));
    EXPECT_THAT(section(report, "Failures"),
                HasSubstr("`e1`: error: no verdict in &lt;reply&gt; &#124; of the judge"));
    EXPECT_THAT(section(report, "Failures"), HasSubstr("`Q3_K_S` by `panel-1`: 3 more"));
}

TEST(ReportMarkdown, DegradedWithinTheMarginReadsWorse) {
    const std::string conclusion = section(report_markdown(example_report()),
                                           "Conclusion and recommendation");
    EXPECT_THAT(
        conclusion,
        HasSubstr("`Q3_K_S`: worse; by more than the margin is not settled, net win rate -13.0"));
    EXPECT_THAT(conclusion, HasSubstr("`Q2_K`: degraded, net win rate -71.4"));
    EXPECT_THAT(
        conclusion,
        HasSubstr("`Q4_K_M`: inconclusive; about 219 more questions are needed to show that it may "
                  "ship, 364 that they are equivalent"));
}

TEST(ReportMarkdown, AnEmptyModelIsAReport) {
    EXPECT_THAT(report_markdown(ReportModel{}), HasSubstr("Nothing was judged: not measured."));
}

TEST(ReportMarkdown, ACalibrationStandsBesideTheDecisionAndWarnsOfAnotherLabel) {
    ReportModel model = example_report();
    EXPECT_EQ(report_markdown(model).find("calibrated to people"), std::string::npos);
    Calibration c{{"people"},
                  40,
                  114,
                  0,
                  -0.2,
                  -0.05,
                  0.62,
                  {-0.16, -0.29, -0.03, 0.9, 154, "prediction-powered", ""},
                  DecisionLabel::kDegraded,
                  true,
                  "If they are a random sample."};
    model.comparisons[2].analysis.calibration = c;
    const std::string differs = report_markdown(model);
    EXPECT_NE(differs.find("calibrated to people (40 of 154 comparisons labelled): net win rate "
                           "-16.0 [-29.0, -3.0] points"),
              std::string::npos)
        << differs;
    EXPECT_NE(differs.find("**The judge alone gives another label.**"), std::string::npos);
    model.comparisons[2].analysis.calibration->net = {};
    model.comparisons[2]
        .analysis.calibration->net.why = "only 3 comparisons are labelled, and 20 are needed";
    EXPECT_NE(report_markdown(model).find("not to be had, because only 3 comparisons are labelled"),
              std::string::npos);
}

TEST(ReportMarkdown, ARecipeIsToldWhereItIsNotTheDefault) {
    ReportModel model = example_report();
    EXPECT_THAT(report_markdown(model), Not(HasSubstr("run with")));
    model.variants[1].recipe = {"on", "q8_0", "q4_0"};
    const std::string unknown = section(report_markdown(model), "Models compared");
    EXPECT_THAT(unknown, HasSubstr(", run with flash attention on, KV cache q8"));
    EXPECT_THAT(unknown, Not(HasSubstr("bytes a token")));
    model.variants[1].kv_bytes_per_token = 12345;
    EXPECT_THAT(section(report_markdown(model), "Models compared"),
                HasSubstr("(12345 bytes a token)"));
}

TEST(ReportMarkdown, AnswersThatWereMadeElsewhereHaveNoFigureThatNobodyMeasured) {
    const ReportModel model = report_of_given_answers();
    const std::string report = report_markdown(model);
    const std::string models = section(report, "Models compared");
    EXPECT_THAT(models, HasSubstr("q4.jsonl"));
    EXPECT_THAT(models, HasSubstr("There is no file of a model here"));
    EXPECT_THAT(models, Not(HasSubstr("0 B")));
    const std::string controls = section(report, "Controls");
    EXPECT_THAT(controls, HasSubstr("Same prompts: not measured."));
    EXPECT_THAT(controls, HasSubstr("Same engine: not shown"));
    EXPECT_THAT(controls, HasSubstr("Same settings: not known, all answers were made elsewhere."));
    EXPECT_THAT(section(report, "Practical implications"),
                HasSubstr("Speed and memory were not measured: the answers were made elsewhere."));
    EXPECT_THAT(section(report, "Caveats"),
                HasSubstr("it is not known whether the limit of tokens cut them"));
    const std::string reproducibility = section(report, "Reproducibility");
    EXPECT_THAT(reproducibility, HasSubstr("answers of"));
    EXPECT_THAT(reproducibility, Not(HasSubstr("weights of")));
    EXPECT_THAT(reproducibility, Not(HasSubstr("Engine:")));
    EXPECT_THAT(reproducibility, Not(HasSubstr("generation 42")));
}

TEST(ReportMarkdown, HowLongAModelTakesToLoadIsShownWhereItIsKnown) {
    ReportModel model = example_report();
    const std::string measured = section(report_markdown(model), "Practical implications");
    EXPECT_THAT(measured, HasSubstr("| file size | load, s | prefill, tokens/s |"));
    EXPECT_THAT(measured, HasSubstr("Load: header and weights into a fresh process"));
    for (ReportVariant& variant : model.variants) {
        if (variant.speed) {
            variant.speed->load_s = 0;  // as in runs of before
        }
    }
    const std::string before = section(report_markdown(model), "Practical implications");
    EXPECT_THAT(before, HasSubstr("| file size | prefill, tokens/s |"));
    EXPECT_THAT(before, Not(HasSubstr("Load")));
}

TEST(ReportMarkdown, BesideAnswersThatWereMadeElsewhereTheOthersAreStillMeasured) {
    ReportModel model = example_report();
    model.variants[1].variant.file = {};
    model.variants[1].variant.answers = AnswersFile{
        "/lab/mine.jsonl", "abc", "plain", "somebody's model", 154};
    const std::string report = report_markdown(model);
    EXPECT_THAT(section(report, "Models compared"), HasSubstr("by somebody's model"));
    EXPECT_THAT(section(report, "Controls"),
                HasSubstr("equal for all variants that ran in assay's engine"));
    EXPECT_THAT(section(report, "Controls"),
                HasSubstr("Same settings for those that were answered here: temp"));
    EXPECT_THAT(section(report, "Caveats"),
                HasSubstr("those of unknown size last in the order of the plan"));
}

}  // namespace
}  // namespace assay::report
