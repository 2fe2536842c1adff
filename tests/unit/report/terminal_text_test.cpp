#include "assay/report/terminal_text.hpp"

#include <gtest/gtest.h>

#include "assay/base/text.hpp"
#include "attacks.hpp"

namespace assay::report {
namespace {

TEST(TerminalText, WidthCountsColumns) {
    EXPECT_EQ(display_width("abc"), 3u);
    EXPECT_EQ(display_width("grün ±"), 6u);
    EXPECT_EQ(display_width("日本"), 4u);
    EXPECT_EQ(display_width("e\u0301"), 1u);
    EXPECT_EQ(display_width("😀"), 2u);
    EXPECT_EQ(display_width("█·…"), 3u);
}

TEST(TerminalText, PaddingFillsColumnsNotBytes) {
    EXPECT_EQ(pad_right("日", 4), "日  ");
    EXPECT_EQ(pad_left("ü", 3), "  ü");
    EXPECT_EQ(pad_left("long", 2), "long");
}

TEST(TerminalText, TheMiddleIsCut) {
    EXPECT_EQ(cut_middle("SmolLM2-135M-Instruct-F16", 12), "SmolL…ct-F16");
    EXPECT_EQ(cut_middle("short", 12), "short");
    EXPECT_LE(display_width(cut_middle("日本語日本語", 6)), 6u);
}

TEST(TerminalText, LinesBreakAtSpaces) {
    EXPECT_EQ(wrap("one two three", 7), (std::vector<std::string>{"one two", "three"}));
    EXPECT_EQ(wrap("toolongword x", 4), (std::vector<std::string>{"toolongword", "x"}));
}

TEST(TerminalText, NothingSteersATerminal) {
    for (const test::Attack& attack : test::attacks()) {
        const std::string text = visible(attack.text);
        EXPECT_TRUE(is_valid_utf8(text)) << attack.name;
        for (const char c : text) {
            EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n') << attack.name;
        }
        for (const char* turning : {"\u009B", "\u202E", "\u2066", "\x7F"}) {
            EXPECT_EQ(text.find(turning), std::string::npos) << attack.name;
        }
    }
    EXPECT_EQ(visible("a\tb\nc\r\x1B[0m"), "a b\nc\uFFFD\uFFFD[0m");
    EXPECT_EQ(visible("日本語 ±"), "日本語 ±");
}

TEST(TerminalText, ControlCharactersAreReplaced) {
    EXPECT_EQ(plain_line("a\x1b[1m\n b\t\tc"), "a\uFFFD[1m b c");
    EXPECT_EQ(plain_line("\xFF"), "\uFFFD");
    EXPECT_EQ(plain_line("\u0085x\u009b"), "\uFFFDx\uFFFD");
}

}  // namespace
}  // namespace assay::report
