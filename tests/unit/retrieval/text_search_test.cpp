#include "assay/retrieval/text_search.hpp"

#include <gtest/gtest.h>

#include "assay/base/unicode_text.hpp"

namespace assay::retrieval {
namespace {

bool holds(std::string_view text, std::string_view part) {
    return holds_word_for_word(folded_text(text), folded_text(part));
}

TEST(TextSearch, WholeWordsInOrderAreFoundWhateverTheirCaseAndSpaces) {
    EXPECT_TRUE(holds("The mass is about\n1.4  Solar masses.", "1.4 solar masses"));
    EXPECT_TRUE(holds("It is Paris.", "Paris."));
    EXPECT_TRUE(holds("Die Straße ist lang", "STRASSE"));
    EXPECT_TRUE(holds("cafe\xCC\x81 society", "caf\xC3\xA9"));
}

TEST(TextSearch, PartsOfWordsAreNotFound) {
    EXPECT_FALSE(holds("Parisian life", "Paris"));
    EXPECT_FALSE(holds("comparison", "Paris"));
    EXPECT_FALSE(holds("There are 144 of them", "44"));
    EXPECT_FALSE(holds("masses solar", "solar masses"));
    EXPECT_FALSE(holds("anything", ""));
    EXPECT_FALSE(holds("anything.", "."));
}

TEST(TextSearch, NormalTextIsNfcWithSingleSpaces) {
    EXPECT_EQ(normal_text(" a\xC2\xA0\n b\t"), "a b");
    EXPECT_EQ(normal_text("e\xCC\x81"), "\xC3\xA9");
    EXPECT_EQ(normal_text("\n"), "");
}

}  // namespace
}  // namespace assay::retrieval
