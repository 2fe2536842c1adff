#include "assay/analysis/copies.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

#include "assay/base/unicode_text.hpp"

namespace assay::analysis {
namespace {

Question question(const std::string& id,
                  const std::string& text,
                  const std::optional<std::string>& cluster = std::nullopt,
                  const std::vector<std::string>& contexts = {}) {
    Question out;
    out.id = id;
    out.text = text;
    out.cluster = cluster;
    out.contexts = contexts;
    return out;
}

std::vector<std::string> clusters_of(const std::vector<Question>& questions) {
    std::vector<std::string> out;
    for (const Question& each : questions) {
        out.push_back(each.cluster.value_or("-"));
    }
    return out;
}

using Names = std::vector<std::string>;

TEST(Copies, DifferInWhiteSpaceCaseAndUnicodeFormOnly) {
    const std::string text = "What is caf\u00E9 number 7?";
    for (const char* copy : {"What is caf\u00E9 number 7?",
                             "  what IS\u00A0caf\u00E9\t\nnumber 7? ",
                             "What is cafe\u0301 number 7?",
                             "What is caf\u00E9 number \uFF17\uFF1F",
                             "What is ca\u00ADf\u00E9 num\u200Bber 7?"}) {
        EXPECT_EQ(clusters_of(with_copies_joined(std::vector{
                      question("a", text), question("b", "another"), question("c", copy)})),
                  (Names{"copies of a", "-", "copies of a"}))
            << copy;
    }
    for (const char* other : {"What is cafe number 7?", "What is caf\u00E9 number 8?"}) {
        EXPECT_EQ(
            clusters_of(with_copies_joined(std::vector{question("a", text), question("b", other)})),
            (Names{"-", "-"}))
            << other;
    }
}

TEST(Copies, OfATextWithOtherContextsAreNone) {
    const auto with = [](const std::string& id, const std::string& context) {
        return question(id, "Summarise this.", std::nullopt, {context});
    };
    EXPECT_EQ(clusters_of(with_copies_joined(std::vector{
                  with("a", "One document."), with("b", "Another."), with("c", "one  document.")})),
              (Names{"copies of a", "-", "copies of a"}));
    // Text and context are not glued together: what stands where is known.
    EXPECT_EQ(clusters_of(with_copies_joined(
                  std::vector{question("a", "x y"), question("b", "x", std::nullopt, {"y"})})),
              (Names{"-", "-"}));
}

TEST(Copies, JoinClustersThatShareOneAndKeepTheOthers) {
    const std::vector<Question> questions{question("1", "lone"),
                                          question("2", "p", "doc 1"),
                                          question("3", "q", "doc 1"),
                                          question("4", "Q", "doc 2"),
                                          question("5", "r", "doc 2"),
                                          question("6", "R"),
                                          question("7", "s", "doc 3"),
                                          question("8", "t", "doc 3")};
    const std::vector<Question> joined = with_copies_joined(questions);
    EXPECT_EQ(clusters_of(joined),
              (Names{"-", "doc 1", "doc 1", "doc 1", "doc 1", "doc 1", "doc 3", "doc 3"}));
    EXPECT_EQ(clusters_of(with_copies_joined(joined)), clusters_of(joined)) << "done again";
}

TEST(Copies, TakeNoNameThatAClusterHas) {
    EXPECT_EQ(clusters_of(with_copies_joined(std::vector{
                  question("1", "x"), question("2", "X"), question("3", "y", "copies of 1")})),
              (Names{"copies of 1'", "copies of 1'", "copies of 1"}));
}

TEST(Copies, AreNamedWithExamples) {
    std::vector<Question> questions;
    for (int i = 0; i < 40; ++i) {
        questions.push_back(question(fmt::format("q{}", i), fmt::format("question {}", i / 5)));
    }
    const auto notes = notes_on_copies(questions);
    ASSERT_EQ(notes.size(), 1U);
    EXPECT_NE(notes[0].find("40 of 40 questions are copies of each other (8 groups;"),
              std::string::npos)
        << notes[0];
    EXPECT_NE(notes[0].find("q0 and q1, q5 and q6, q10 and q11 ..."), std::string::npos)
        << notes[0];
    EXPECT_TRUE(notes_on_copies(std::vector{question("a", "x"), question("b", "y")}).empty());
}

/// A text of `n` words that no other number has.
std::string words(int number, int n) {
    std::string out;
    for (int i = 0; i < n; ++i) {
        out += fmt::format("w{}x{} ", number, i);
    }
    return out;
}

TEST(NearCopies, AreNamedAndNotJoined) {
    std::vector<Question> questions;
    for (int i = 0; i < 30; ++i) {
        questions.push_back(question(fmt::format("q{}", i), words(i, 60)));
    }
    questions.push_back(question("variation", words(7, 60) + "please"));
    EXPECT_EQ(clusters_of(with_copies_joined(questions)), Names(31, "-"));
    const auto notes = notes_on_copies(questions);
    ASSERT_EQ(notes.size(), 1U);
    EXPECT_NE(notes[0].find("1 pair of questions are nearly the same text"), std::string::npos)
        << notes[0];
    EXPECT_NE(notes[0].find("q7 and variation"), std::string::npos) << notes[0];
}

TEST(NearCopies, AreToldFromQuestionsOfOneTemplate) {
    std::vector<Question> questions;
    for (int i = 0; i < 50; ++i) {
        questions.push_back(question(fmt::format("q{}", i),
                                     "Answer from the passage below: which is " + words(i, 12)));
    }
    EXPECT_TRUE(notes_on_copies(questions).empty());
}

TEST(NearCopies, OfFiveThousandQuestionsTakeALimitedTime) {
    // All alike but for one word: every pair is one, and the search ends before it has them all.
    std::vector<Question> questions;
    for (int i = 0; i < 5001; ++i) {
        questions.push_back(question(fmt::format("q{}", i), words(0, 150) + std::to_string(i)));
    }
    const auto notes = notes_on_copies(questions);
    ASSERT_EQ(notes.size(), 1U);
    EXPECT_EQ(notes[0].find("At least "), 0U) << notes[0];
    EXPECT_NE(notes[0].find("Only the first 5000 questions were looked at."), std::string::npos);
}

TEST(UnicodeText, CountsLettersAndWords) {
    EXPECT_EQ(letters_of("ab 12 \u6771\u4EAC\u3067\u3059").n, 6);
    EXPECT_EQ(letters_of("ab 12 \u6771\u4EAC\u3067\u3059").n_without_word_spaces, 4);
    EXPECT_EQ(letters_of("\uD55C\uAD6D\uC5B4 \u0434\u0430").n_without_word_spaces, 0);
    EXPECT_EQ(letters_of("\u0E44\u0E17\u0E22").n_without_word_spaces, 3);
    EXPECT_EQ(n_words(" one\u00A0two\nthree "), 3);
    EXPECT_EQ(n_words(" \u3000"), 0);
    EXPECT_EQ(trim_unicode("\uFEFF\u00A0 q1\u3000\n"), "q1");
    EXPECT_EQ(trim_unicode("\xFF q"), "\xFF q") << "what is no UTF-8 is kept";
    EXPECT_EQ(trim_unicode(" \u2003"), "");
}

}  // namespace
}  // namespace assay::analysis
