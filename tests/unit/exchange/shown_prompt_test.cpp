#include "assay/exchange/shown_prompt.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "reading.hpp"

namespace assay::exchange {
namespace {

/// A prompt as FastChat (brackets "[" "]") and arena-hard ("<|" "|>") write it.
std::string prompt_of(std::string_view a,
                      std::string_view b,
                      std::string_view open = "<|",
                      std::string_view close = "|>") {
    return fmt::format(
        "{0}User Prompt{1}\nWhat is it?\n\n{0}The Start of Assistant A's Answer{1}\n{2}\n"
        "{0}The End of Assistant A's Answer{1}\n\n{0}The Start of Assistant B's Answer{1}\n{3}\n"
        "{0}The End of Assistant B's Answer{1}",
        open,
        close,
        a,
        b);
}

TEST(ShownPrompt, AnswersAreComparedWithoutWhiteSpaceAtTheEnds) {
    EXPECT_EQ(shows_equal_answers(prompt_of("42", "42 \n")), true);
    EXPECT_EQ(shows_equal_answers(prompt_of("42", "43")), false);
    EXPECT_EQ(shows_equal_answers(prompt_of("42", "42", "[", "]")), true);
    EXPECT_EQ(shows_equal_answers(prompt_of("", "")), true);
}

TEST(ShownPrompt, APromptOfAnotherFormSaysNothing) {
    EXPECT_EQ(shows_equal_answers(""), std::nullopt);
    EXPECT_EQ(shows_equal_answers("Which is better, 42 or 42?"), std::nullopt);
    EXPECT_EQ(shows_equal_answers("<|The Start of Assistant A's Answer|> 42"), std::nullopt);
    EXPECT_EQ(shows_equal_answers("<|The End of Assistant A's Answer|><|The Start of Assistant A's "
                                  "Answer|><|The Start of Assistant B's Answer|><|The End of "
                                  "Assistant B's Answer|>"),
              std::nullopt)
        << "the marks stand the wrong way round";
    EXPECT_EQ(shows_equal_answers(prompt_of("x <|The End of Assistant A's Answer|> y", "x")),
              std::nullopt)
        << "an answer holds a mark";
}

TEST(ShownPrompt, ArenaHardCountsEqualAnswersOfEachGame) {
    const nlohmann::json row{{"question_id", "1"},
                             {"model", "q4"},
                             {"judge", "j"},
                             {"games",
                              {{{"user_prompt", prompt_of("42", "42")}, {"score", "A=B"}},
                               {{"user_prompt", prompt_of("42", "43")}, {"score", "A>B"}}}}};
    const OutcomeSet set = outcomes_of(row.dump() + "\n");
    ASSERT_EQ(set.groups.size(), 1U);
    EXPECT_EQ(set.groups[0].n_texts, 2);
    EXPECT_EQ(set.groups[0].n_equal_texts, 1);
}

TEST(ShownPrompt, FastChatCountsEqualAnswersOfEachGame) {
    const nlohmann::json row{{"question_id", 1},
                             {"model_1", "q4"},
                             {"model_2", "f16"},
                             {"g1_winner", "tie"},
                             {"g2_winner", "tie"},
                             {"g1_user_prompt", prompt_of("42", "42", "[", "]")},
                             {"g2_user_prompt", nlohmann::json::array({"a picture"})},
                             {"judge", {"gpt-4", "pair-v2"}},
                             {"turn", 1}};
    const OutcomeSet set = outcomes_of(row.dump() + "\n");
    ASSERT_EQ(set.groups.size(), 1U);
    EXPECT_EQ(set.groups[0].n_texts, 1) << "of the other game nothing is known";
    EXPECT_EQ(set.groups[0].n_equal_texts, 1);
}

}  // namespace
}  // namespace assay::exchange
