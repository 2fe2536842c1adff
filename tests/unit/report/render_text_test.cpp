#include "assay/report/render_text.hpp"

#include <gtest/gtest.h>

#include "assay/base/text.hpp"
#include "assay/report/terminal_text.hpp"
#include "example_document.hpp"

namespace assay::report {
namespace {

TEST(RenderText, ShowsEveryKindOfBlockAndSteersNoTerminal) {
    const std::string shown = "a|b # c <i> `d` **e** \uFFFD[31m";
    EXPECT_EQ(render_text(example_document_of_all_kinds()),
              "Title of " + shown +
                  "\n"
                  "An opening.\n"
                  "\n"
                  "Leaf\n"
                  "  Of one paragraph.\n"
                  "\n"
                  "Parts\n"
                  "=====\n"
                  "\n"
                  "Blocks of " +
                  shown + "\n  " + shown +
                  " and Q4_K_M and not known, then a line; strong wordsweak words.\n"
                  "  - one\n"
                  "  - " +
                  shown +
                  "\n"
                  "  - far\n"
                  "  - apart\n"
                  "  name                           n\n"
                  "  Q4_K_M                         1\n"
                  "  " +
                  shown +
                  "  100\n"
                  "  net win rate                -1.9 [-12.2, +8.3]          this decides\n"
                  "  " +
                  shown +
                  " 1\n"
                  "  assay run x.yaml\n"
                  "  ```\n"
                  "  <i>\uFFFD[31m\n"
                  "  Q8_0\n"
                  "    wins        1  ████████······················  25.0 %\n"
                  "    losses      3  ███████████████████████·······  75.0 %\n");
}

TEST(RenderText, ParagraphsAreBroken) {
    Document document;
    std::string words;
    for (int i = 0; i < 60; ++i) {
        words += "seven77 ";
    }
    document.sections = {{"Long", {Paragraph{foreign(words)}}}};
    for (const std::string& line : split(render_text(document), '\n')) {
        EXPECT_LE(display_width(line), kTextWidth + 2) << line;
    }
}

TEST(RenderText, ForeignTextIsCutWhereTheSectionSaysSo) {
    Document document;
    document.open_with(Paragraph{foreign("abcdef", 3)});
    EXPECT_EQ(render_text(document), "abc… (cut)\n");
}

}  // namespace
}  // namespace assay::report
