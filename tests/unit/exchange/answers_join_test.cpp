#include <gtest/gtest.h>

#include "assay/exchange/answers.hpp"
#include "reading.hpp"

namespace assay::exchange {
namespace {

std::vector<Question> questions_of(const std::vector<std::string>& ids) {
    std::vector<Question> out;
    for (const std::string& id : ids) {
        out.push_back({id,
                       "Question " + id + "?",
                       {},
                       {"Passage of " + id},
                       {},
                       "q.jsonl:" + std::to_string(out.size() + 1)});
    }
    return out;
}

ForeignAnswers file_of(std::string_view text) {
    auto file = read_answers("a.jsonl", text);
    EXPECT_TRUE(file);
    return file ? std::move(*file) : ForeignAnswers{};
}

JoinedAnswers joined(std::string_view text,
                     const std::vector<Question>& questions,
                     bool allow_missing = false) {
    auto out = join_answers(file_of(text), "a.jsonl", questions, allow_missing);
    if (out) {
        return std::move(*out);
    }
    for (const Failure& failure : out.error()) {
        ADD_FAILURE() << to_sentence(failure);
    }
    return {};
}

std::string refusal(std::string_view text,
                    const std::vector<Question>& questions,
                    bool allow_missing = false) {
    const auto out = join_answers(file_of(text), "a.jsonl", questions, allow_missing);
    EXPECT_FALSE(out) << "accepted";
    std::string sentences;
    if (!out) {
        for (const Failure& failure : out.error()) {
            sentences += to_sentence(failure) + "\n";
        }
    }
    return sentences;
}

TEST(AnswersJoin, IsByIdWhateverTheOrder) {
    const auto out = joined(
        "{\"id\": \"b\", \"answer\": \"B\"}\n{\"id\": \"a\", \"answer\": \"A\"}",
        questions_of({"a", "b"}));
    ASSERT_EQ(out.answers.size(), 2u);
    EXPECT_EQ(out.answers[0]->text, "A");
    EXPECT_EQ(out.answers[1]->text, "B");
    EXPECT_TRUE(out.notes.empty());
}

TEST(AnswersJoin, IsByTheDocumentsHashWhereQuestionsAreCalledByIt) {
    const auto out = joined("{\"doc_id\": 0, \"doc_hash\": \"a\", \"resps\": [[\"A\"]]}",
                            questions_of({"a"}));
    EXPECT_EQ(out.answers.at(0)->text, "A");
}

TEST(AnswersJoin, OfRowsWithoutIdsIsByTheQuestionsTextWithoutRegardToWhiteSpace) {
    const auto out = joined(R"([{"instruction": " Question  a?\n", "output": "A"}])",
                            questions_of({"a"}));
    EXPECT_EQ(out.answers.at(0)->text, "A");
}

TEST(AnswersJoin, QuestionsWithoutAnAnswerAreListed) {
    const std::string text = refusal("{\"id\": \"a\", \"answer\": \"A\"}",
                                     questions_of({"a", "b", "c"}));
    expect_has(text, "a.jsonl: 2 of 3 questions have no answer: b, c");
    expect_has(text, "--allow-missing");
}

TEST(AnswersJoin, MissingOnesThatAreAllowedAreEmptyAndTold) {
    const auto out = joined("{\"id\": \"a\", \"answer\": \"A\"}", questions_of({"a", "b"}), true);
    EXPECT_TRUE(out.answers[0]);
    EXPECT_FALSE(out.answers[1]);
    ASSERT_EQ(out.notes.size(), 1u);
    expect_has(out.notes[0], "no answer to 1 of 2 questions, which are left out: b");
}

TEST(AnswersJoin, AFileThatAnswersNoQuestionIsRefusedEvenSo) {
    const std::string text = refusal(
        "{\"id\": \"0\", \"answer\": \"A\"}", questions_of({"a"}), true);
    expect_has(text,
               "none of its 1 answers belongs to a question; the first is to \"0\", and the first "
               "question is \"a\"");
}

TEST(AnswersJoin, AnswersToUnknownIdsAreTold) {
    std::string rows = "{\"id\": \"a\", \"answer\": \"A\"}\n";
    for (int i = 0; i < 12; ++i) {
        rows += "{\"id\": \"x" + std::to_string(i) + "\", \"answer\": \"A\"}\n";
    }
    const auto out = joined(rows, questions_of({"a"}));
    ASSERT_EQ(out.notes.size(), 1u);
    expect_has(out.notes[0],
               "12 answers of a.jsonl belong to no question of this experiment: x0, x1, x2, x3, "
               "x4, x5, x6, x7, x8, x9 and 2 more");
}

TEST(AnswersJoin, AnAnswerToAnotherTextUnderTheSameIdIsRefused) {
    const std::string text = refusal(
        "{\"id\": \"a\", \"question\": \"Another one?\", \"answer\": \"A\"}", questions_of({"a"}));
    expect_has(text,
               "a.jsonl:1: the answer to a was given to another text: \"Another one?\" here, "
               "\"Question a?\" in q.jsonl:1");
}

TEST(AnswersJoin, TwoQuestionsWithOneTextCannotShareAnAnswerWithoutAnId) {
    auto questions = questions_of({"a", "b"});
    questions[1].text = questions[0].text;
    expect_has(refusal(R"([{"instruction": "Question a?", "output": "A"}])", questions),
               "Give questions and answers ids");
}

TEST(AnswersJoin, OtherPassagesAreTold) {
    const auto out = joined(
        "{\"id\": \"a\", \"answer\": \"A\", \"contexts\": [\"Passage of a\"]}\n{\"id\": \"b\", "
        "\"answer\": \"B\", \"contexts\": []}",
        questions_of({"a", "b"}));
    ASSERT_EQ(out.notes.size(), 1u);
    expect_has(out.notes[0], "says of 1 answers that they were given with other passages");
}

TEST(AnswersJoin, DocumentsThatDifferBetweenTwoFilesAreFound) {
    const auto questions = questions_of({"0", "1"});
    const auto one = joined(
        "{\"doc_id\": 0, \"doc_hash\": \"x\", \"resps\": [\"A\"]}\n{\"doc_id\": 1, \"doc_hash\": "
        "\"y\", \"resps\": [\"A\"]}",
        questions);
    const auto other = joined(
        "{\"doc_id\": 0, \"doc_hash\": \"x\", \"resps\": [\"A\"]}\n{\"doc_id\": 1, \"doc_hash\": "
        "\"z\", \"resps\": [\"A\"]}",
        questions);
    EXPECT_EQ(different_documents(one, one, questions), "");
    expect_has(different_documents(one, other, questions),
               "1 questions were answered for different documents (doc_hash): 1");
    const auto without = joined("{\"id\": 0, \"answer\": \"A\"}\n{\"id\": 1, \"answer\": \"A\"}",
                                questions);
    EXPECT_EQ(different_documents(one, without, questions), "");
}

}  // namespace
}  // namespace assay::exchange
