#include "assay/app/given_answers.hpp"

#include <gtest/gtest.h>

#include <set>

#include "temp_folder.hpp"

namespace assay::app {
namespace {

class GivenAnswersTest : public testing::Test {
 protected:
    GivenAnswers read(const std::string& text, bool allow_missing = false) {
        return read_given_answers({folder_.write("mine.jsonl", text), allow_missing}, questions_);
    }
    std::string complaint(const std::string& text) {
        try {
            static_cast<void>(read(text));
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::kUsage);
            return error.what();
        }
        ADD_FAILURE() << "accepted";
        return {};
    }

    test::TempFolder folder_;
    std::vector<Question> questions_{{"a", "Question a?", {}, {"one", "two"}, {}, "q.jsonl:1"},
                                     {"b", "Question b?", {}, {}, {}, "q.jsonl:2"}};
};

constexpr const char*
    kBoth = "{\"id\": \"b\", \"answer\": \"B\"}\n{\"id\": \"a\", \"answer\": \"A\"}\n";

TEST_F(GivenAnswersTest, AreInTheOrderOfTheQuestionsAndNothingIsMadeUp) {
    const GivenAnswers given = read(kBoth);
    ASSERT_EQ(given.answers.size(), 2u);
    EXPECT_EQ(given.answers[0].question_id, "a");
    EXPECT_EQ(given.answers[0].text, "A");
    EXPECT_EQ(given.answers[0].stop_reason, StopReason::kUnknown);
    EXPECT_EQ(given.answers[0].n_contexts_used, kContextsUnknown);
    EXPECT_EQ(given.answers[0].prompt_sha256, "");
    EXPECT_EQ(given.file.format, "plain");
    EXPECT_EQ(given.file.n_answers, 2);
    EXPECT_EQ(given.file.sha256.size(), 64u);
}

TEST_F(GivenAnswersTest, AKeyFollowsTheAnswerAndTheQuestionNotTheFile) {
    const GivenAnswers first = read(kBoth);
    const GivenAnswers reordered = read(
        "{\"id\": \"a\", \"answer\": \"A\"}\n{\"id\": \"b\", \"answer\": \"Another\"}\n");
    EXPECT_EQ(reordered.keys[0], first.keys[0]);
    EXPECT_NE(reordered.keys[1], first.keys[1]);
    questions_[0].text = "Question a, really?";
    const GivenAnswers other_question = read(kBoth);
    EXPECT_NE(other_question.keys[0], first.keys[0]);
    EXPECT_EQ(other_question.keys[1], first.keys[1]);
    const GivenAnswers other_end = read(
        "{\"id\": \"a\", \"answer\": \"A\", \"stop_reason\": \"length\"}\n{\"id\": \"b\", "
        "\"answer\": \"B\"}\n");
    EXPECT_NE(other_end.keys[0], other_question.keys[0]);
    const std::set<std::string> keys(first.keys.begin(), first.keys.end());
    EXPECT_EQ(keys.size(), 2u);
}

TEST_F(GivenAnswersTest, AMissingOneIsAFailedAnswerOnlyWhereThatIsAllowed) {
    const std::string one = "{\"id\": \"a\", \"answer\": \"A\"}\n";
    EXPECT_NE(complaint(one).find("1 of 2 questions have no answer: b"), std::string::npos);
    const GivenAnswers given = read(one, true);
    EXPECT_EQ(given.answers[1].stop_reason, StopReason::kFailed);
    EXPECT_EQ(given.answers[1].failure, "mine.jsonl has no answer to this question");
    EXPECT_EQ(given.file.n_answers, 1);
    EXPECT_EQ(given.notes.size(), 1u);
}

TEST_F(GivenAnswersTest, EveryMistakeOfAFileIsOnALineOfItsOwn) {
    const std::string text = complaint(
        "{\"id\": \"a\", \"answer\": {\"x\": 1}}\n{\"id\": \"b\", \"answer\": {\"x\": 2}}\n");
    EXPECT_NE(text.find("mine.jsonl:1"), std::string::npos) << text;
    EXPECT_NE(text.find("\nmine.jsonl:2"), std::string::npos) << text;
}

}  // namespace
}  // namespace assay::app
