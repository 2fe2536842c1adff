#include "assay/intake/encoding.hpp"

#include <gtest/gtest.h>

#include <string>

namespace assay::intake {
namespace {

using namespace std::string_literals;

/// "LINE: MESSAGE", or "" for text.
std::string problem_of(std::string_view bytes) {
    const auto problem = why_not_text(bytes);
    return problem ? std::to_string(problem->line) + ": " + problem->message : "";
}

std::string in_utf16(std::string_view ascii, bool little) {
    std::string out;
    for (const char c : ascii) {
        out += little ? std::string{c, '\0'} : std::string{'\0', c};
    }
    return out;
}

TEST(Encoding, Utf8IsTextWithAndWithoutAMark) {
    for (const char* text :
         {"", "id,answer\n", "\xEF\xBB\xBFid", "Wien, Zürich, 東京\n", "[", "a\r\n"}) {
        EXPECT_EQ(problem_of(text), "") << text;
    }
    EXPECT_EQ(without_mark("\xEF\xBB\xBFid"), "id");
    EXPECT_EQ(without_mark("id"), "id");
}

TEST(Encoding, Utf16IsNamedInBothOrdersWithAndWithoutAMark) {
    const std::string text = "id;question\n1;What is it?\n";
    EXPECT_EQ(problem_of("\xFF\xFE" + in_utf16(text, true)), "0: is UTF-16");
    EXPECT_EQ(problem_of("\xFE\xFF" + in_utf16(text, false)), "0: is UTF-16");
    EXPECT_EQ(problem_of(in_utf16(text, true)), "0: is UTF-16 (without a byte order mark)");
    EXPECT_EQ(problem_of(in_utf16(text, false)), "0: is UTF-16 (without a byte order mark)");
    EXPECT_EQ(problem_of("\xFF\xFE\0\0i\0\0\0"s), "0: is UTF-32");
    EXPECT_EQ(problem_of("a text with one \0 in it"s), "") << "a NUL makes no other encoding";
}

TEST(Encoding, Windows1252IsNamedWithItsLineAndOtherBytesAreNotGuessedAt) {
    EXPECT_EQ(problem_of("id,answer\n1,Z\xFCrich\n"),
              "2: is not UTF-8, it looks like Windows-1252");
    EXPECT_EQ(problem_of("\x93quoted\x94"), "1: is not UTF-8, it looks like Windows-1252");
    EXPECT_EQ(problem_of("a\n\x83\x8C\x83\x5C\x83\x60"), "2: is not valid UTF-8") << "Shift-JIS";
    EXPECT_EQ(problem_of("\xC4\xE3\xBA\xC3\xCA\xC0"), "1: is not valid UTF-8") << "GBK";
}

TEST(Encoding, BinaryFormatsAreNamed) {
    EXPECT_EQ(problem_of("PK\x03\x04...[Content_Types].xml...xl/workbook.xml"),
              "0: is an Excel workbook (.xlsx)");
    EXPECT_EQ(problem_of("PK\x03\x04...header.json"),
              "0: is an Inspect log in the binary form (.eval)");
    EXPECT_EQ(problem_of("PK\x03\x04...answers.jsonl"), "0: is a zip archive");
    EXPECT_EQ(problem_of("PAR1..."), "0: is Parquet");
    EXPECT_EQ(problem_of("\x1F\x8B\x08"), "0: is compressed with gzip");
    EXPECT_EQ(problem_of("GGUF\x03"), "0: is a GGUF model");
    EXPECT_EQ(problem_of("SQLite format 3\0..."s), "0: is an SQLite file");
    EXPECT_EQ(problem_of("\n<!DOCTYPE html><html>"), "0: is an HTML page");
    EXPECT_EQ(problem_of("version https://git-lfs.github.com/spec/v1\noid sha256:1\n"),
              "0: is a pointer of Git LFS, not the file itself");
}

TEST(Encoding, AFilesFailureHasItsPlaceAndTheWayOut) {
    const auto bad = text_of_file("a\n\xFC\n", "rubric.txt");
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().place, "rubric.txt:2");
    EXPECT_NE(bad.error().remedy.find("UTF-8"), std::string::npos);
    const auto good = text_of_file("\xEF\xBB\xBFtext", "rubric.txt");
    ASSERT_TRUE(good);
    EXPECT_EQ(*good, "text");
}

}  // namespace
}  // namespace assay::intake
