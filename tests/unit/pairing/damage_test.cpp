#include "assay/pairing/damage.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <string>
#include <utility>
#include <vector>

#include "assay/base/random.hpp"
#include "assay/base/text.hpp"
#include "assay/base/unicode_text.hpp"
#include "assay/pairing/negation.hpp"

namespace assay::pairing {
namespace {

std::string number(std::string_view text, std::size_t turn = 0) {
    return damaged(Damage::kNumber, {.text = text}, turn);
}

TEST(DamagedNumber, IsAnotherOneAtAllItsPlacesAndOfTheSameLength) {
    EXPECT_EQ(number("In 1990 there were 12. By 1990, all."),
              "In 6990 there were 12. By 6990, all.");
    EXPECT_EQ(number("In 1990 there were 12.", 1), "In 1990 there were 62.");
    EXPECT_EQ(number("It is 0.05 %."), "It is 0.01 %.");
    EXPECT_EQ(number("1,500 people"), "6,500 people");
    EXPECT_EQ(number("0"), "40");
}

TEST(DamagedNumber, IsNotTheOneThatWasAskedAbout) {
    EXPECT_EQ(damaged(Damage::kNumber,
                      {.text = "Apollo 11 landed in 1969.", .question = "When did Apollo 11 land?"},
                      0),
              "Apollo 11 landed in 6969.");
    EXPECT_EQ(damaged(Damage::kNumber, {.text = "It is 7.", .question = "Is it 7?"}, 0),
              "It is 3.");
}

TEST(DamagedNumber, MayBeAUnitOrAWord) {
    EXPECT_EQ(number("It is 5 km away.", 1), "It is 5 m away.");
    EXPECT_EQ(number("Spiders have eight legs."), "Spiders have five legs.");
}

TEST(DamagedNumber, IsNoMarkOfAListNorPartOfAName) {
    EXPECT_EQ(number("1. iron\n2) gold [3]"), "");
    EXPECT_EQ(number("H2O is water."), "");
    EXPECT_EQ(number("No number here."), "");
}

TEST(DamagedNegation, IsPutInOrTakenOut) {
    EXPECT_EQ(negated("The whale is a mammal.", 0), "The whale is not a mammal.");
    EXPECT_EQ(negated("The whale is not a fish.", 0), "The whale is a fish.");
    EXPECT_EQ(negated("It doesn't move.", 0), "It does move.");
    EXPECT_EQ(negated("We can't say that the moon won't move.", 1),
              "We can't say that the moon will move.");
    EXPECT_EQ(negated("Yes, the sun is a star.", 0), "No, the sun is a star.");
    EXPECT_EQ(negated("yes", 0), "no");
    EXPECT_EQ(negated("The answer is A and it cannot be B.", 1),
              "The answer is A and it can be B.");
}

TEST(DamagedNegation, KnowsAFewLanguagesAndLeavesOthersAlone) {
    EXPECT_EQ(negated("Der Wal ist ein Säugetier.", 0), "Der Wal ist nicht ein Säugetier.");
    EXPECT_EQ(negated("Der Wal ist kein Fisch und lebt in dem Meer.", 1),
              "Der Wal ist ein Fisch und lebt in dem Meer.");
    EXPECT_EQ(negated("La baleine est un mammifère.", 0), "La baleine n'est pas un mammifère.");
    EXPECT_EQ(negated("La ballena es un mamífero.", 0), "La ballena no es un mamífero.");
    EXPECT_EQ(negated("鲸鱼是哺乳动物。", 0), "鲸鱼不是哺乳动物。");
    EXPECT_EQ(negated("鲸鱼不是鱼。", 0), "鲸鱼是鱼。");
    EXPECT_EQ(negated("クジラは哺乳類です。", 0), "");
    EXPECT_EQ(negated("Кит — это млекопитающее.", 0), "");
    EXPECT_EQ(negated("iron", 0), "");
}

std::string exchanged(std::string_view text, std::string_view donor = "") {
    return damaged(Damage::kExchange, {.text = text, .donor = donor}, 0);
}

TEST(DamagedNames, ChangePlacesWhereThatIsWrong) {
    EXPECT_EQ(exchanged("The capital of France is Paris. All know Paris."),
              "The capital of Paris is France. All know France.");
    EXPECT_EQ(exchanged("A train from New York to Boston"), "A train from Boston to New York");
    EXPECT_EQ(exchanged("It lies between France and Spain."), "") << "it would say the same";
    EXPECT_EQ(exchanged("no names are here"), "");
}

TEST(DamagedNames, AreOfAnotherAnswerWhereThereIsOnlyOne) {
    EXPECT_EQ(exchanged("It was Newton.", "It was Einstein who knew."), "It was Einstein.");
    EXPECT_EQ(exchanged("It was Newton.", "It was Newton."), "");
}

std::string with_sentence(std::string_view text, std::string_view donor, std::size_t turn) {
    return damaged(Damage::kSentence, {.text = text, .donor = donor}, turn);
}

TEST(DamagedSentence, IsOneOfAnotherAnswer) {
    const std::string text = "Iron rusts. It is red then.", donor = "Gold is soft. It shines.";
    EXPECT_EQ(with_sentence(text, donor, 0), "Gold is soft. It is red then.");
    EXPECT_EQ(with_sentence(text, donor, 1), "Iron rusts. It shines.");
    EXPECT_EQ(with_sentence("One long sentence stands here quite alone.", donor, 0), "");
    EXPECT_EQ(with_sentence(text, text, 0), "");
    EXPECT_EQ(with_sentence("iron", "gold", 0), "");
    EXPECT_EQ(
        damaged(Damage::kSentence, {.text = "iron", .donor = "gold", .may_be_replaced = true}, 0),
        "gold");
}

TEST(DamagedHalf, IsCutShort) {
    EXPECT_EQ(cut_short("one two three four five six seven"), "one two three");
    EXPECT_EQ(cut_short("  \none two three four five six\n"), "one two three");
    EXPECT_EQ(cut_short("only five words are here"), "");
    EXPECT_EQ(cut_short(""), "");
    EXPECT_EQ(cut_short("\xC3\xA9\xC3\xA9 \xC3\xA9\xC3\xA9 \xC3\xA9\xC3\xA9 \xC3\xA9\xC3\xA9 "
                        "\xC3\xA9\xC3\xA9 \xC3\xA9\xC3\xA9"),
              "\xC3\xA9\xC3\xA9 \xC3\xA9\xC3\xA9 \xC3\xA9\xC3\xA9");
    EXPECT_EQ(damaged(Damage::kHalf, {.text = "one two three four five six"}, 0), "one two three");
}

std::string letters(std::string_view text) {
    std::string out;
    for (const char c : to_lower_ascii(text)) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
            out += c;
        }
    }
    return out;
}

TEST(Reformatted, IsOtherBytesAndTheSameLettersOrAPhraseThatMeansTheSame) {
    for (const std::string text :
         {"Paris", "It is red.\n\nIt is hot.", "4", "NaCl", "Two sentences. Are here.", "鲸鱼"}) {
        for (std::size_t turn = 0; turn < 8; ++turn) {
            const std::string other = reformatted(text, turn);
            EXPECT_NE(other, text) << turn;
            EXPECT_EQ(letters(other), letters(text)) << turn;
        }
    }
    EXPECT_EQ(reformatted("It is not red.", 0), "It isn't red.");
    EXPECT_EQ(reformatted("", 0), "");
}

TEST(Padded, SaysNoMoreInTheTextsOwnLanguage) {
    EXPECT_TRUE(padded("The sun is a star.").starts_with("The sun is a star. This is the answer"));
    EXPECT_TRUE(padded("Die Sonne ist ein Stern.").starts_with("Die Sonne ist ein Stern. Das ist"));
    EXPECT_EQ(padded("солнце"), "солнце солнце");
    EXPECT_EQ(padded(" "), "");
}

TEST(Damaged, IsValidUtf8OfAnyBytes) {
    std::vector<std::string> texts{"\xFF\xFE 7 is \xC3", "...", "\n\n", "[]", std::string(1, '\0')};
    for (const std::string& text : texts) {
        for (const Damage damage : kDamages) {
            EXPECT_TRUE(is_valid_utf8(damaged(damage, {text, texts[0], texts[0]}, 3)));
        }
        EXPECT_TRUE(is_valid_utf8(reformatted(text, 1)));
        EXPECT_TRUE(is_valid_utf8(padded(text)));
    }
}

TEST(DamagedSentence, AnEmptyLineIsNoSentence) {
    const auto damaged_sentence = [](std::string_view text, std::string_view donor, int turn) {
        return damaged(Damage::kSentence,
                       {.text = text, .question = {}, .donor = donor},
                       static_cast<std::size_t>(turn));
    };
    EXPECT_EQ(damaged_sentence("It is red.\n\n\nIt is old.", "It is far.", 1),
              "It is red.\n\n\nIt is far.");
    EXPECT_EQ(damaged_sentence("It is red.\n\n\nIt is old.", "It is far.", 0),
              "It is far.\n\n\nIt is old.");
    EXPECT_EQ(damaged_sentence("It is red.\n\n \n", "\n\n", 0), "");
}

/// What models write in whatever order: nothing of it may be read beyond its end.
TEST(Damaged, AnyTextGivesNothingOrAnotherText) {
    const std::vector<std::string> pieces{"It is red. ", "\n",
                                          "\n\n",        " ",
                                          "1. iron",     "In 1990, Paris was not big.",
                                          "Berlin ",     "is ",
                                          "not ",        "…",
                                          "\u3002",      "水是湿的。",
                                          "\u00a0",      "\u2028",
                                          "\t",          "é",
                                          "Yes",         "5 km",
                                          "- a\n- b\n",  "**bold** ",
                                          "?!",          "\"quoted.\" ",
                                          "e.g. ",       "\U0001F600",
                                          "Dr. Smith ",  "0",
                                          ".",           "Nein, das ist kein Haus. ",
                                          "ne va pas ",  ")"};
    Rng rng(7, "damage");
    const auto any_text = [&] {
        std::string out;
        for (std::uint64_t n = rng.below(9); n > 0; --n) {
            out += pieces[rng.below(pieces.size())];
        }
        return out;
    };
    for (int i = 0; i < 4000; ++i) {
        const std::string text = any_text(), question = any_text(), donor = any_text();
        const auto turn = static_cast<std::size_t>(rng.below(7));
        for (const Damage damage : kDamages) {
            const std::string out = damaged(
                damage, {text, question, donor, rng.below(2) == 0}, turn);
            EXPECT_EQ(to_valid_utf8(out), out) << text;
            EXPECT_TRUE(out.empty() || out != text) << text;
        }
        if (text.empty()) {
            continue;
        }
        const std::string other_form = reformatted(text, turn), longer = padded(text);
        EXPECT_EQ(to_valid_utf8(other_form), other_form) << text;
        if (!trim_unicode(text).empty()) {
            EXPECT_NE(other_form, text);
            EXPECT_NE(longer, text);
        }
    }
}

}  // namespace
}  // namespace assay::pairing
