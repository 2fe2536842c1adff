#include "assay/retrieval/context_notes.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/base/hash.hpp"
#include "assay/base/result.hpp"

namespace assay::retrieval {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Questions q1, q2 ... that were given one context each, or none.
class ContextNotes : public testing::Test {
 protected:
    void ask(bool has_context) {
        Question question;
        question.id = fmt::format("q{}", questions_.size() + 1);
        question.text = "Text of " + question.id;
        if (has_context) {
            question.contexts = {"A passage."};
        }
        questions_.push_back(question);
    }
    /// Question q`n`, which has a context, has gold, and its context is that or is not.
    void set_gold(std::size_t n, bool is_hit) {
        const Question& question = questions_.at(n - 1);
        FrozenQuestion found{sha256_hex(question.text), {"gold"}, {}};
        found.found = {{0, {{std::string(kLexicalLeg), 1, 0}}, {}}};
        if (is_hit) {
            found.found.front().gold = {0};
        }
        frozen_.questions[question.id] = found;
    }
    [[nodiscard]] std::string refusal() const {
        try {
            refuse_few_contexts("/c", questions_);
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::kUsage);
            return error.failure().message;
        }
        return {};
    }
    ContextNotes() {
        frozen_.passages = {{"p", "", "A passage.", "f"}};
        frozen_.rules = {{"top", "1"}};
    }
    std::vector<Question> questions_;
    FrozenRetrieval frozen_;
};

TEST_F(ContextNotes, SayNothingWhereEveryQuestionHasContexts) {
    ask(true);
    ask(true);
    EXPECT_EQ(refusal(), "");
    EXPECT_THAT(context_notes(frozen_, questions_), IsEmpty());
    EXPECT_THAT(context_notes(frozen_, {}), IsEmpty());
    refuse_few_contexts("/c", {});
}

TEST_F(ContextNotes, NameQuestionsWithoutContextsAndRefuseMoreThanHalf) {
    ask(true);
    ask(false);
    EXPECT_EQ(refusal(), "") << "half of them";
    EXPECT_THAT(context_notes(frozen_, questions_),
                ElementsAre("no passage was found for 1 of 2 questions (q2), which are asked "
                            "without contexts"));
    ask(false);
    EXPECT_EQ(refusal(),
              "for 2 of 3 questions (q2, q3) no passage of the corpus has a word of the question");
    for (int i = 0; i < 5; ++i) {
        ask(false);
    }
    EXPECT_EQ(refusal(),
              "for 7 of 8 questions (q2, q3, q4, q5, q6 and 2 more) no passage of the corpus has a "
              "word of the question");
}

TEST_F(ContextNotes, SayThatGoldIsFoundForFewerThanHalf) {
    for (int i = 0; i < 6; ++i) {
        ask(true);
    }
    set_gold(2, true);
    set_gold(5, false);
    EXPECT_THAT(context_notes(frozen_, questions_), IsEmpty()) << "half of them";
    set_gold(4, false);
    EXPECT_THAT(context_notes(frozen_, questions_),
                ElementsAre("only 1 of 3 questions with gold passages have one among their "
                            "contexts; it was not found for q4, q5"));
}

}  // namespace
}  // namespace assay::retrieval
