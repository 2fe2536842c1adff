#include "assay/variants/questions_in_text.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <chrono>
#include <nlohmann/json.hpp>

namespace assay::variants {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kLong = "Why does the \"Mpemba effect\" make warm water freeze faster?";

std::vector<Question> questions_of(const std::vector<std::string>& texts) {
    std::vector<Question> out(texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
        out[i].id = fmt::format("q{}", i + 1);
        out[i].text = texts[i];
    }
    return out;
}

std::string around(const std::string& text) {
    return "Some words before it. " + text + " And words behind it.";
}

TEST(QuestionsInText, AreFoundWhateverTheirForm) {
    const auto questions = questions_of({"Is there any other question in this dataset?", kLong});
    for (const std::string& text :
         {around(kLong),
          std::string(kLong),
          around("WHY DOES THE MPEMBA EFFECT MAKE WARM WATER FREEZE FASTER"),
          around("Why does the \xE2\x80\x9CMpemba\n  effect\xE2\x80\x9D make warm\r\nwater\tfreeze "
                 "faster ?"),
          nlohmann::json{{"question", kLong}}.dump(),
          std::string(R"({"question": "Why does the \"Mpemba effect\"\nmake warm water freeze)") +
              R"( faster?"})"}) {
        EXPECT_THAT(questions_in(text, questions), ElementsAre("q2")) << text;
    }
    EXPECT_THAT(questions_in("Why does the Mpemba effect make warm water freeze?", questions),
                IsEmpty());
    EXPECT_THAT(questions_in("", questions), IsEmpty());
    EXPECT_THAT(questions_in(around(kLong), {}), IsEmpty());
}

TEST(QuestionsInText, AreFoundInScriptsWithoutSpacesAndInEscapedOnes) {
    const std::string chinese = "为什么天空在白天看起来是蓝色的而不是紫色的呢？";
    const std::string accents = "Où se trouve la forêt tropicale la plus étendue d'Amérique ?";
    const auto questions = questions_of({chinese, accents});
    EXPECT_THAT(questions_in("前面的话" + chinese + "后面的话", questions), ElementsAre("q1"));
    const std::string dumped = nlohmann::json{{"a", chinese}, {"b", accents}}.dump(
        -1, ' ', /*ensure_ascii=*/true);
    ASSERT_EQ(dumped.find("\xC3"), std::string::npos) << "it holds escapes only";
    EXPECT_THAT(questions_in(dumped, questions), ElementsAre("q1", "q2"));
    EXPECT_THAT(questions_in("\\u12", questions_of({"\\u12"})), IsEmpty()) << "no escape";
}

TEST(QuestionsInText, ThatAreShortAreToldOnlyWhereHalfOfThemAreThere) {
    const auto questions = questions_of(
        {"What is DNA?", "12 + 34 = ?", "Who is Ada Byron?", "What is RNA?"});
    EXPECT_THAT(questions_in("First: what is DNA? A molecule.", questions), IsEmpty());
    EXPECT_THAT(questions_in("What is DNA? What is RNA? Molecules.", questions),
                ElementsAre("q1", "q4"));
}

TEST(QuestionsInText, ThatBeginAlikeAreToldApart) {
    std::vector<std::string> texts;
    for (int i = 0; i < 500; ++i) {
        texts.push_back(fmt::format("Which of the following statements holds for item {:04}?", i));
    }
    const auto questions = questions_of(texts);
    EXPECT_THAT(questions_in(around(texts[321]) + around(texts[7]), questions),
                ElementsAre("q8", "q322"));
}

// A naive search of each question in the text would take hours.
TEST(QuestionsInText, OfALargeTextAreFoundInSeconds) {
    std::vector<std::string> texts;
    for (int i = 0; i < 20000; ++i) {
        texts.push_back(fmt::format("What follows from statement number {} of this long list?", i));
    }
    std::string text;
    for (int i = 0; text.size() < 4'000'000; ++i) {
        text += fmt::format("What follows from statement number x{} is not asked here.\n", i);
    }
    text += texts[12345];
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_THAT(questions_in(text, questions_of(texts)), ElementsAre("q12346"));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(60));
}

}  // namespace
}  // namespace assay::variants
