#include "assay/retrieval/document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/base/text.hpp"
#include "assay/retrieval/chunks.hpp"
#include "assay/retrieval/html.hpp"

namespace assay::retrieval {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// "heading: text" of each part, white space as passages have it.
std::vector<std::string> parts(const Document& document) {
    std::vector<std::string> out;
    for (const DocumentPart& part : document) {
        const std::vector<std::string> passages = passages_of(part.text);
        out.push_back(part.heading + ": " + (passages.empty() ? "" : passages.front()));
    }
    return out;
}

TEST(MarkdownDocument, HeadingsBeginParts) {
    EXPECT_THAT(parts(markdown_document("Before.\n# One #\r\nFirst.\r\n\n## Two\nSecond.\n")),
                ElementsAre(": Before.", "One: First.", "Two: Second."));
    EXPECT_THAT(parts(markdown_document("Title\n=====\nText.\n\nSub\n---\nMore.\n")),
                ElementsAre("Title: Text.", "Sub: More."));
}

TEST(MarkdownDocument, WhatOnlyLooksLikeAHeadingIsText) {
    EXPECT_THAT(parts(markdown_document("```\n# not a heading\n```\n#hashtag\n####### seven\n")),
                ElementsAre(": # not a heading #hashtag ####### seven"));
    EXPECT_THAT(parts(markdown_document("A paragraph\nof two lines\n---\nText.\n")),
                ElementsAre(": A paragraph of two lines --- Text."));
}

TEST(MarkdownDocument, FrontMatterIsLeftOut) {
    EXPECT_THAT(parts(markdown_document("---\ntitle: x\n---\n# One\nText.\n")),
                ElementsAre("One: Text."));
    EXPECT_THAT(parts(markdown_document("---\nno end\n")), ElementsAre(": --- no end"));
}

TEST(MarkdownDocument, ItemsAreLines) {
    EXPECT_THAT(parts(markdown_document("List:\n- one\n- two\n1. three\n")),
                ElementsAre(": List:\n- one\n- two\n1. three"));
}

TEST(HtmlDocument, HeadingsAndTheTitleStandOverTheText) {
    EXPECT_THAT(parts(html_document("<html><head><title>My \n page</title></head><body>Before."
                                    "<h1>One <b>and</b> only</h1><p>First.<p>Second.</p>"
                                    "<h2>Two</h2>Third.</body></html>")),
                ElementsAre("My page: Before.", "One and only: First.\nSecond.", "Two: Third."));
}

TEST(HtmlDocument, WhatIsNoTextIsLeftOut) {
    const std::string text = parts(html_document(
        "<nav>Menu</nav><script>alert('x')</script><style>p{}</style><noscript>No</noscript>"
        "<template>T</template><p>Fish &amp; chips &lt; 5&nbsp;&euro;</p><!-- secret -->"))[0];
    EXPECT_EQ(text, ": Fish & chips < 5 \xE2\x82\xAC");
}

TEST(HtmlDocument, CellsAndBlocksDoNotRunTogether) {
    EXPECT_THAT(parts(html_document("<table><tr><th>a<th>b<tr><td>1<td>2</table><div>x</div>"
                                    "<div>y</div>z<br>w")),
                ElementsAre(": a b\n1 2\nx\ny\nz w"));
}

TEST(HtmlDocument, BrokenPagesAreRead) {
    EXPECT_THAT(parts(html_document("<p>one <b>two</p> three <table><p>four")),
                ElementsAre(": one two\nthree\nfour"));
    EXPECT_THAT(parts(html_document("")), ElementsAre());
    EXPECT_THAT(parts(html_document("<h1>Only a heading</h1>")), ElementsAre());
}

TEST(HtmlDocument, APageMayNestDeep) {
    std::string page;
    for (int i = 0; i < 20'000; ++i) {
        page += "<span>";
    }
    EXPECT_THAT(parts(html_document(page + "deep")), ElementsAre(": deep"));
}

}  // namespace
}  // namespace assay::retrieval
