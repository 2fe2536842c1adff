#include "assay/failure_modes/copying.hpp"

#include <gtest/gtest.h>

namespace assay::failure_modes {
namespace {

const std::string kDwarf =
    "A white dwarf is the exposed core of a star that began with less than about eight solar "
    "masses and has shed its "
    "outer envelope, often "
    "as a planetary nebula. The typical remnant has about 0.6 solar masses, yet its radius is "
    "close to that of the "
    "Earth.";
const std::string kAcid =
    "Hydrogen chloride is practically fully ionised in dilute aqueous solution, whereas ethanoic "
    "acid keeps most "
    "protons.";

Question question(std::string id, std::string text, std::string context) {
    Question out;
    out.id = std::move(id);
    out.text = std::move(text);
    out.contexts = {std::move(context)};
    return out;
}

TEST(IsContextDump, IsALongCopyThatMakesUpMostOfTheAnswer) {
    const std::vector<std::string> contexts = {kAcid, kDwarf};
    EXPECT_TRUE(is_context_dump(kDwarf, contexts));
    EXPECT_TRUE(is_context_dump("[2] " + kDwarf.substr(0, 200), contexts));
    EXPECT_FALSE(is_context_dump(kAcid, std::vector<std::string>{kDwarf}));
}

TEST(IsContextDump, OneQuotedSentenceIsNone) {
    const std::vector<std::string> contexts = {kAcid, kDwarf};
    EXPECT_EQ(copied_words(kAcid, contexts), 16u);
    EXPECT_FALSE(is_context_dump(kAcid, contexts));
}

TEST(IsContextDump, ACopyInsideALongerAnswerIsNone) {
    std::string own;
    for (int i = 0; i < 100; ++i) {
        own += " own" + std::to_string(i);
    }
    EXPECT_FALSE(is_context_dump(kDwarf + own, std::vector<std::string>{kDwarf}));
    EXPECT_GE(copied_words(kDwarf + own, std::vector<std::string>{kDwarf}), kDumpWords);
}

TEST(CopiedWords, NeedRunsOfEightWords) {
    EXPECT_EQ(copied_words("exposed core of a star that began", std::vector<std::string>{kDwarf}),
              0u);
    EXPECT_EQ(
        copied_words("The EXPOSED core, of a star that began!", std::vector<std::string>{kDwarf}),
        8u);
    EXPECT_EQ(copied_words(kAcid + " " + kAcid, std::vector<std::string>{kAcid}), 16u)
        << "said twice, copied once";
    EXPECT_EQ(copied_words("", std::vector<std::string>{kDwarf}), 0u);
    EXPECT_EQ(copied_words(kDwarf, {}), 0u);
}

TEST(IsFromWrongContext, ComparesWithTheOtherQuestions) {
    const std::vector<Question> questions = {
        question("dwarf", "Why is a white dwarf small?", kDwarf),
        question("acid", "Why is it acid?", kAcid)};
    const ContextWords dataset(questions);
    const std::string about_acid = "Hydrogen chloride is fully ionised in aqueous solution.";
    EXPECT_TRUE(is_from_wrong_context(about_acid, "dwarf", dataset));
    EXPECT_FALSE(is_from_wrong_context(about_acid, "acid", dataset));
    EXPECT_FALSE(is_from_wrong_context(about_acid, "unknown", dataset));
    EXPECT_FALSE(is_from_wrong_context("Hydrogen chloride.", "dwarf", dataset))
        << "too few words to tell";
    EXPECT_FALSE(is_from_wrong_context("", "dwarf", dataset));
    std::string salad = about_acid;
    for (int i = 0; i < 20; ++i) {
        salad += " salad" + std::to_string(i);
    }
    EXPECT_FALSE(is_from_wrong_context(salad, "dwarf", dataset))
        << "too small a part of the answer";
    const auto overlap = dataset.overlap(about_acid + " The exposed core is small.", "dwarf");
    ASSERT_TRUE(overlap);
    EXPECT_EQ(overlap->other, 6u);
    EXPECT_EQ(overlap->own, 3u) << "exposed, core, and small from the question's text";
}

TEST(IsFromWrongContext, AQuestionThatSharesItsPassagesIsNoOtherQuestion) {
    const std::vector<Question> questions = {question("a", "Which acid?", kAcid),
                                             question("b", "Which ion?", kAcid)};
    EXPECT_FALSE(is_from_wrong_context(kAcid, "a", ContextWords(questions)));
    EXPECT_FALSE(is_from_wrong_context(kAcid, "a", ContextWords({})));
}

}  // namespace
}  // namespace assay::failure_modes
