#include "assay/report/markdown_text.hpp"

#include <gtest/gtest.h>

#include "assay/base/text.hpp"
#include "attacks.hpp"

namespace assay::report {
namespace {

TEST(MarkdownText, MarkupIsEscaped) {
    EXPECT_EQ(md_text("<b>&amp;"), "&lt;b&gt;&amp;amp;");
    EXPECT_EQ(md_text("a|b\\|c"), "a&#124;b&#92;&#124;c");
    EXPECT_EQ(md_text("`x` *y* ~~z~~ [t](u) $m$"),
              "&#96;x&#96; \\*y\\* \\~\\~z\\~\\~ \\[t\\](u) &#36;m&#36;");
    EXPECT_EQ(md_text("# no heading"), "\\# no heading");
}

TEST(MarkdownText, UnderscoresWithinWordsStay) {
    EXPECT_EQ(md_text("Q4_K_M"), "Q4_K_M");
    EXPECT_EQ(md_text("_emphasis_ __init__"), "\\_emphasis\\_ \\_\\_init\\_\\_");
}

TEST(MarkdownText, LineEndsBecomeBreaks) {
    EXPECT_EQ(md_text("a\nb\r\nc\rd"), "a<br>b<br>c<br>d");
    EXPECT_EQ(md_text("\n a \n"), "a");
    EXPECT_EQ(md_text("a\r"), "a");
}

TEST(MarkdownText, AddressesAreNoLinks) {
    EXPECT_EQ(md_text("https://evil.example"), "https&#58;//evil.example");
    EXPECT_EQ(md_text("WWW.evil.example, now. Then: this"),
              "WWW&#46;evil.example, now. Then: this");
}

TEST(MarkdownText, ControlCharactersAndReversedTextAreReplaced) {
    EXPECT_EQ(md_text("a\x1b[31mb\x01"), "a\uFFFD\\[31mb\uFFFD");
    EXPECT_EQ(md_text("a\u202Eb\u2066c\u20ACd\u2065"), "a\uFFFDb\uFFFDc\u20ACd\u2065");
    EXPECT_EQ(md_text("a\xFF"), "a\uFFFD");
}

TEST(MarkdownText, IsCutAfterWholeCharacters) {
    EXPECT_EQ(md_text("äöü", 2), "äö… (cut)");
    EXPECT_EQ(md_text("äöü", 3), "äöü");
    EXPECT_EQ(md_text("||||", 2), "&#124;&#124;… (cut)");
}

TEST(MarkdownText, CodeSpansHoldOnlyWhatTheyCan) {
    EXPECT_EQ(md_code("Q4_K_M"), "`Q4_K_M`");
    EXPECT_EQ(md_code("a`b|c"), "a&#96;b&#124;c");
    EXPECT_EQ(md_code("a\nb"), "a<br>b");
    EXPECT_EQ(md_code(""), "not known");
}

TEST(MarkdownText, ACodeBlockCannotEndEarly) {
    EXPECT_EQ(md_code_block("a\n```\n<b>"), "````text\na\n```\n<b>\n````\n\n");
}

TEST(MarkdownText, NoAttackGetsThrough) {
    for (const test::Attack& attack : test::attacks()) {
        std::string text = md_text(attack.text);
        for (std::size_t at; (at = text.find("<br>")) != std::string::npos;) {
            text.erase(at, 4);
        }
        EXPECT_EQ(text.find_first_of("<>|`\n\r\x1b$"), std::string::npos) << attack.name;
        EXPECT_EQ(text.find("\u202E"), std::string::npos) << attack.name;
        const std::string block = md_code_block(attack.text);
        const std::string fence = block.substr(0, block.find('t'));
        EXPECT_EQ(block.find(fence, fence.size()), block.size() - fence.size() - 2)
            << attack.name << ": it ends where it should";
    }
}

// Any bytes: one line, no raw markup.
TEST(MarkdownText, NoByteGetsThroughUnescaped) {
    for (int first = 0; first < 256; ++first) {
        for (int second = 0; second < 256; ++second) {
            const std::string bytes{'x', static_cast<char>(first), static_cast<char>(second), 'x'};
            std::string text = md_text(bytes);
            ASSERT_TRUE(is_valid_utf8(text));
            for (std::size_t at; (at = text.find("<br>")) != std::string::npos;) {
                text.erase(at, 4);
            }
            EXPECT_EQ(text.find_first_of("<>|`\n\r\x1b$"), std::string::npos)
                << first << " " << second << " " << text;
        }
    }
}

TEST(MarkdownText, OwnWordsKeepTheBracketsOfAnInterval) {
    EXPECT_EQ(md_words("-1.9 [-12.2, +8.3]"), "-1.9 [-12.2, +8.3]");
    EXPECT_EQ(md_words("< 0.0001"), "< 0.0001");
}

TEST(MarkdownText, OwnWordsNeedNotKnowMarkdown) {
    EXPECT_EQ(md_words("|2p - 1| of *all* `x` <b>"),
              "&#124;2p - 1&#124; of \\*all\\* &#96;x&#96; &lt;b&gt;");
}

}  // namespace
}  // namespace assay::report
