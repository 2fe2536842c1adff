#include "assay/report/stats_sections.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "assay/report/analysis_json.hpp"
#include "assay/report/render_markdown.hpp"
#include "assay/report/render_text.hpp"
#include "assay/report/stats_json.hpp"
#include "report_builder.hpp"

namespace assay::report {
namespace {

using Json = nlohmann::json;

/// The comparisons of the example report, without companions.
StatsDocument example_document() {
    StatsDocument document;
    document.source = "a | b.jsonl";
    document.format = "outcomes";
    document.notes = {"A note of <some> kind."};
    for (const ReportComparison& comparison : example_report().comparisons) {
        document.comparisons.push_back(comparison.analysis);
    }
    return document;
}

void expect_has(const std::string& text, std::string_view part) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
}

TEST(StatsDocument, SeveralComparisonsBeginWithATableOfAll) {
    const std::string text = render_text(stats_printout(example_document()));
    expect_has(text, "8 comparisons");
    expect_has(text, "Q4_K_M against SmolLM2-135M-Instruct-F16, judged by panel-1");
    expect_has(text, "45/61/48");
    expect_has(text, "served against");
    EXPECT_LT(text.find("45/61/48"), text.find("Counts, of the variant"));
}

TEST(StatsDocument, WithClustersNoIndependentIntervalIsShown) {
    StatsDocument document = example_document();
    document.comparisons = {document.comparisons[3]};
    ASSERT_TRUE(document.comparisons[0].clusters);
    const std::string text = render_text(stats_printout(document));
    expect_has(text, "no interval: the verdicts depend on each other");
    EXPECT_EQ(text.find("Wilson,"), std::string::npos) << text;
    expect_has(text, "Dependent verdicts");
    expect_has(text, "refused");
    expect_has(text, "3 invalid, 1 error, 1 refused");
    expect_has(text, "Had all 5 failed verdicts gone against the variant");
}

TEST(StatsDocument, ForeignTextCannotBreakOutOfItsPlace) {
    StatsDocument document = example_document();
    document.comparisons = {document.comparisons[0]};
    document.comparisons[0].variant = "evil\x1b[31m\n# heading | <img src=x>";
    const std::string text = render_text(stats_printout(document)),
                      markdown = render_markdown(stats_page(document));
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_EQ(text.find("\n# heading"), std::string::npos);
    EXPECT_EQ(markdown.find("\n# heading"), std::string::npos);
    EXPECT_EQ(markdown.find("<img"), std::string::npos);
    EXPECT_EQ(markdown.find("<some>"), std::string::npos);
    expect_has(markdown, "### Decision at a margin of 10 points: equivalent");
}

TEST(StatsDocument, TheDocumentKeepsTheNamesWithEachComparison) {
    const Json doc = Json::parse(stats_to_json(example_document(), 2));
    EXPECT_EQ(doc.at("schema_version"), kAnalysisSchemaVersion);
    EXPECT_EQ(doc.at("source").at("file"), "a | b.jsonl");
    EXPECT_EQ(doc.at("notes").size(), 1u);
    ASSERT_EQ(doc.at("comparisons").size(), 8u);
    EXPECT_EQ(doc.at("comparisons")[2].at("variant"), "Q4_K_M");
    EXPECT_EQ(doc.at("comparisons")[2].at("counts").at("wins"), 45);
    EXPECT_FALSE(doc.at("comparisons")[2].contains("schema_version"));
    EXPECT_FALSE(doc.at("comparisons")[2].contains("bayes"))
        << "only where companions were computed";
    StatsDocument one = example_document();
    one.comparisons.resize(1);
    one.comparisons[0].judge.clear();
    const Json single = Json::parse(stats_to_json(one, -1));
    EXPECT_TRUE(single.at("judge").is_null());
    EXPECT_EQ(single.at("counts").at("n"), one.comparisons[0].counts.n);
    EXPECT_FALSE(single.contains("comparisons"));
}

}  // namespace
}  // namespace assay::report
