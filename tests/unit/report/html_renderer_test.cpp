#include "html_renderer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <variant>

#include "assay/report/audit_sections.hpp"
#include "assay/report/report_document.hpp"
#include "assay/report/stats_sections.hpp"
#include "audit_builder.hpp"
#include "example_document.hpp"
#include "report_builder.hpp"

namespace assay::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

using Visitor = std::function<void(const Text&)>;

/// Calls a visitor with each text of a block.
struct TextsOf {
    const Visitor& visit;
    void operator()(const Paragraph& paragraph) const { visit(paragraph.text); }
    void operator()(const Bullets& bullets) const {
        for (const Text& item : bullets.items) {
            visit(item);
        }
    }
    void operator()(const Table& table) const {
        for (const Text& head : table.heads()) {
            visit(head);
        }
        for (const std::vector<Text>& row : table.rows()) {
            for (const Text& cell : row) {
                visit(cell);
            }
        }
    }
    void operator()(const Facts& facts) const {
        for (const Fact& fact : facts.rows) {
            visit(fact.name);
            visit(fact.value);
            visit(fact.remark);
        }
    }
    void operator()(const CodeBlock&) const {}
    void operator()(const BarChart& chart) const {
        visit(chart.title);
        for (const Bar& bar : chart.bars) {
            visit(bar.word);
        }
    }
};

void visit_section(const Section& section, const Visitor& visit) {
    visit(section.heading);
    for (const Block& block : section.blocks) {
        std::visit(TextsOf{visit}, block);
    }
    for (const Section& part : section.parts) {
        visit_section(part, visit);
    }
}

void visit_texts(const Document& document, const Visitor& visit) {
    visit(document.title);
    for (const Block& block : document.opening) {
        std::visit(TextsOf{visit}, block);
    }
    for (const Section& section : document.sections) {
        visit_section(section, visit);
    }
}

StatsDocument example_stats() {
    StatsDocument document;
    document.source = "verdicts.jsonl";
    document.format = "outcomes";
    document.notes = {"A note."};
    for (const ReportComparison& comparison : report_with_everything().comparisons) {
        document.comparisons.push_back(comparison.analysis);
    }
    return document;
}

std::vector<Document> all_documents() {
    return {report_document(report_with_everything()),
            report_document(report_of_given_answers()),
            report_document(ReportModel{}),
            audit_document(example_audit()),
            stats_page(example_stats()),
            stats_printout(example_stats())};
}

TEST(Sections, HoldNoMarkdownInTheirOwnWords) {
    std::size_t n_words = 0;
    for (const Document& document : all_documents()) {
        visit_texts(document, [&](const Text& text) {
            for (const Span& span : text.spans()) {
                const auto* words = std::get_if<Words>(&span.content);
                if (words == nullptr) {
                    continue;
                }
                ++n_words;
                for (const char* syntax : {"**", "`", "|", "<br>", "#", "\n", "](", "{}"}) {
                    EXPECT_THAT(words->text, Not(HasSubstr(syntax)));
                }
            }
        });
    }
    EXPECT_GT(n_words, 500u);
}

TEST(Sections, NamesAndAnswersOfTheModelAreNeverInOwnWords) {
    visit_texts(report_document(report_with_everything()), [](const Text& text) {
        for (const Span& span : text.spans()) {
            if (const auto* words = std::get_if<Words>(&span.content)) {
                for (const char* name : {"Q4_K_M",
                                         "SmolLM2",
                                         "panel-1",
                                         "sim-1",
                                         "Jupiter",
                                         "<script>",
                                         "EPYC",
                                         "science",
                                         ".gguf"}) {
                    EXPECT_THAT(words->text, Not(HasSubstr(name)));
                }
            }
        }
    });
}

TEST(HtmlRenderer, AFourthRendererShowsTheWholeReport) {
    const std::string html = render_html(report_document(report_with_everything()));
    for (const char* part : {"<h1>assay: <bdi>science &lt;b&gt;set&lt;/b&gt;</bdi></h1>",
                             "<h2>Key finding</h2>",
                             "<h3><code>Q2_K</code>: 27 lost</h3>",
                             R"(<meter max="154" value="45">wins</meter>)",
                             "<strong>Exploratory:</strong>",
                             "<pre>assay run science.yaml --run DIR</pre>",
                             "<h2>Early stopping</h2>",
                             "<h2>Conclusion and recommendation</h2>"}) {
        EXPECT_THAT(html, HasSubstr(part));
    }
    for (const char* markdown : {"|---", "\\*", "&#124;"}) {
        EXPECT_THAT(html, Not(HasSubstr(markdown)));
    }
}

TEST(HtmlRenderer, ForeignTextStartsNoElement) {
    const std::string html = render_html(example_document_of_all_kinds());
    EXPECT_THAT(html, HasSubstr("&lt;i&gt;"));
    EXPECT_THAT(html, Not(HasSubstr("<i>")));
    const std::string report = render_html(report_document(report_with_everything()));
    EXPECT_THAT(report, Not(HasSubstr("<script")));
    EXPECT_THAT(report, Not(HasSubstr("<img")));
}

}  // namespace
}  // namespace assay::report
