#include "assay/report/render_markdown.hpp"

#include <gtest/gtest.h>

#include "example_document.hpp"

namespace assay::report {
namespace {

TEST(RenderMarkdown, ShowsEveryKindOfBlockAndNoForeignMarkup) {
    const std::string shown = "a&#124;b<br>\\# c &lt;i&gt; &#96;d&#96; \\*\\*e\\*\\* \uFFFD\\[31m";
    EXPECT_EQ(render_markdown(example_document_of_all_kinds()),
              "# Title of " + shown +
                  "\n\n"
                  "An opening.\n\n"
                  "## Leaf\n\n"
                  "Of one paragraph.\n\n"
                  "## Parts\n\n"
                  "### Blocks of " +
                  shown + "\n\n" + shown +
                  " and `Q4_K_M` and not known, then<br>a line; **strong words***weak words*.\n\n"
                  "- one\n"
                  "- " +
                  shown +
                  "\n\n"
                  "- far\n\n"
                  "- apart\n\n"
                  "| name | n |\n"
                  "|---|---:|\n"
                  "| `Q4_K_M` | 1 |\n"
                  "| " +
                  shown +
                  " | 100 |\n\n"
                  "|  |  |  |\n"
                  "|---|---|---|\n"
                  "| net win rate | -1.9 \\[-12.2, +8.3\\] | this decides |\n"
                  "| " +
                  shown +
                  " | 1 |  |\n\n"
                  "````text\n"
                  "assay run x.yaml\n```\n<i>\x1b[31m\n"
                  "````\n\n"
                  "```text\n"
                  "Q8_0\n"
                  "  wins        1  ████████······················  25.0 %\n"
                  "  losses      3  ███████████████████████·······  75.0 %\n"
                  "```\n\n");
}

TEST(RenderMarkdown, NeighboursOfOneWeightShareTheirMarks) {
    Document document;
    document.open_with(Paragraph{"a " + strong(code("b") + foreign(" c") + "d") + " e"});
    EXPECT_EQ(render_markdown(document), "a **`b`cd** e\n\n");
}

TEST(RenderMarkdown, WithoutFactsThereIsNoTableAndWithoutATitleNoHeading) {
    Document document;
    document.open_with(Facts{});
    EXPECT_EQ(render_markdown(document), "");
}

}  // namespace
}  // namespace assay::report
