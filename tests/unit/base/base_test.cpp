#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <numeric>

#include "assay/base/hash.hpp"
#include "assay/base/random.hpp"
#include "assay/base/text.hpp"
#include "assay/base/unicode_text.hpp"

namespace assay {
namespace {

TEST(Hash, IsSha256) {
    EXPECT_EQ(sha256_hex("abc"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Hash, FieldsThatConcatenateAlikeDiffer) {
    const std::array<std::string, 2> a{"ab", "c"}, b{"a", "bc"};
    EXPECT_NE(sha256_of_fields(a), sha256_of_fields(b));
}

TEST(Hash, TokensAreLittleEndianInt32) {
    const std::array<std::int32_t, 2> tokens{1, -2};
    EXPECT_EQ(sha256_of_tokens(tokens),
              sha256_hex(std::string("\x01\x00\x00\x00\xFE\xFF\xFF\xFF", 8)));
}

TEST(Hash, OfAMissingFileNamesIt) {
    const auto hash = sha256_of_file("/nowhere/x.gguf");
    ASSERT_FALSE(hash);
    EXPECT_NE(to_sentence(hash.error()).find("/nowhere/x.gguf"), std::string::npos);
}

// The first draws are an interface: sides and orders that users stored were made with them.
TEST(Random, FirstDrawsNeverChange) {
    Rng rng(1);
    EXPECT_EQ(rng.below(1000), 133u);
    EXPECT_EQ(rng.below(1000), 136u);
    Rng named(1, "sides");
    const std::uint64_t first = named.next();
    EXPECT_EQ(first, Rng(1, "sides").next());
    EXPECT_NE(first, Rng(1, "order").next());
    EXPECT_NE(first, Rng(2, "sides").next());
}

TEST(Random, ShuffleIsAPermutation) {
    std::array<int, 100> items{};
    std::iota(items.begin(), items.end(), 0);
    Rng(7).shuffle(std::span<int>(items));
    EXPECT_FALSE(std::is_sorted(items.begin(), items.end()));
    std::sort(items.begin(), items.end());
    for (int i = 0; i < 100; ++i) {
        EXPECT_EQ(items[static_cast<std::size_t>(i)], i);
    }
}

TEST(Text, InvalidUtf8BecomesReplacementCharacters) {
    EXPECT_EQ(to_valid_utf8("a\xFF"
                            "b"),
              "a\xEF\xBF\xBD"
              "b");
    EXPECT_EQ(to_valid_utf8("\xE2\x82"), "\xEF\xBF\xBD\xEF\xBF\xBD");
    EXPECT_TRUE(is_valid_utf8("grün €"));
    EXPECT_FALSE(is_valid_utf8("\xED\xA0\x80"));  // a surrogate
    EXPECT_FALSE(is_valid_utf8("\xC0\x80"));      // overlong
}

TEST(Text, ShortenCountsCharactersAndJoinsLines) {
    EXPECT_EQ(shorten("a\n b", 10), "a b");
    EXPECT_EQ(shorten("äöüß", 2), "äö…");
    EXPECT_EQ(shorten("", 3), "");
}

TEST(Text, QuotedTellsEveryByteOnOneLine) {
    EXPECT_EQ(in_quotes(" Yes"), "\" Yes\"");
    EXPECT_EQ(in_quotes(""), "\"\"");
    EXPECT_EQ(in_quotes("\n\t\r\"\\"), R"("\n\t\r\"\\")");
    EXPECT_EQ(in_quotes(std::string("\0\x1B\x7F", 3)), R"("\x00\x1B\x7F")");
    EXPECT_EQ(in_quotes("\u00E9\xE2\x82"), "\"\u00E9\\xE2\\x82\"") << "half a character";
}

TEST(UnicodeText, FirstDifferenceIsAtAWholeCharacterAndTellsTheWord) {
    const auto is = [](std::string_view a,
                       std::string_view b,
                       std::size_t place,
                       std::size_t word,
                       std::int64_t n_words) {
        for (const auto& d : {first_difference(a, b), first_difference(b, a)}) {
            ASSERT_TRUE(d) << a << " / " << b;
            EXPECT_EQ(d->place, place) << a << " / " << b;
            EXPECT_EQ(d->word, word) << a << " / " << b;
            EXPECT_EQ(d->n_words, n_words) << a << " / " << b;
        }
    };
    EXPECT_FALSE(first_difference("", ""));
    EXPECT_FALSE(first_difference("a b", "a b"));
    is("the red fox", "the real fox", 6, 4, 1);
    is("the red", "the red fox", 7, 7, 2);  // a word more
    is("the red", "the reds", 7, 4, 1);     // a longer word
    is("the red.", "the red,", 7, 4, 1);
    is("", "a", 0, 0, 0);
    is("a b", "a  b", 2, 2, 1);                   // white space only
    is("caf\u00E9", "caf\u00E8", 3, 0, 0);        // their first bytes are the same
    is("cafe\u0301 x", "cafe x", 3, 0, 0);        // with a mark and without
    is("\u5B57\u6587", "\u5B57\u672C", 3, 0, 0);  // no spaces between words
    is("a \xFF", "a \xFE", 2, 2, 1);
    is("a \x80\x80", "a \x80\x81", 1, 1, 1);  // no UTF-8 at all: no crash
}

TEST(Text, SlugIsSafeAsAFileName) {
    EXPECT_EQ(slug("../etc/passwd"), "etc-passwd");
    EXPECT_EQ(slug("Q4_K_M"), "Q4_K_M");
    EXPECT_EQ(slug("grün & gut"), "gr-n-gut");
    EXPECT_EQ(slug(".."), "unnamed");
    EXPECT_EQ(slug(""), "unnamed");
}

TEST(Text, NearestWordSuggestsOnlyWhatIsNear) {
    const std::array<std::string, 3> known{"variants", "dataset", "judges"};
    EXPECT_EQ(nearest_word("variantz", known), "variants");
    EXPECT_EQ(nearest_word("x", known), "");
}

TEST(Text, DurationsAndSizesReadWell) {
    EXPECT_EQ(format_duration(0.5), "0.5 s");
    EXPECT_EQ(format_duration(200), "3 min 20 s");
    EXPECT_EQ(format_duration(7500), "2 h 05 min");
    EXPECT_EQ(format_bytes(397804960), "397.8 MB");
}

TEST(Text, AFileIsReplacedWholeOrNotAtAll) {
    const auto path = std::filesystem::temp_directory_path() / "assay_base_test.txt";
    ASSERT_TRUE(write_file_atomically(path, "one"));
    ASSERT_TRUE(write_file_atomically(path, "two"));
    EXPECT_EQ(*read_file(path), "two");
    EXPECT_FALSE(std::filesystem::exists(path.string() + ".part"));
    std::filesystem::remove(path);
    const auto failed = write_file_atomically("/nowhere/x.txt", "x");
    ASSERT_FALSE(failed);
    EXPECT_NE(to_sentence(failed.error()).find("/nowhere/x.txt"), std::string::npos);
}

}  // namespace
}  // namespace assay
