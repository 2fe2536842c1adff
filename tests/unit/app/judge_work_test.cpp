#include "assay/app/judge_work.hpp"

#include <gtest/gtest.h>

#include "assay/judge/prompt.hpp"

namespace assay::app {
namespace {

class JudgeWorkTest : public testing::Test {
 protected:
    JudgeWorkTest() {
        plan.variants = {{"Q8_0", TypeSource{"Q8_0"}}, {"Q4_K_M", TypeSource{"Q4_K_M"}}};
        plan.generation.predict = 50;
        judge = judge_of("openai");
        judge.name = "panel";
        judge.api().prompt_template = std::string(400, 'r');
    }
    JudgeWork work() const { return judge_work(judge, plan, questions).value(); }

    Plan plan;
    JudgeSpec judge;
    std::vector<Question> questions{{"a",
                                     std::string(40, 'q'),
                                     std::string(80, 'e'),
                                     {std::string(300, 'c'), std::string(100, 'c')},
                                     {},
                                     {}},
                                    {"b", std::string(120, 'q'), {}, {}, {}, {}}};
    const double rubric_tokens = (400.0 + static_cast<double>(judge::system_text().size())) / 4;
};

TEST_F(JudgeWorkTest, OfAMetricIsNothing) {
    judge = judge_of("reference");
    EXPECT_FALSE(judge_work(judge, plan, questions));
}

TEST_F(JudgeWorkTest, OfAnEmbeddedJudgeIsEveryPairInBothOrdersAndNoReplyUnlessItReasons) {
    judge = judge_of("gguf");
    EXPECT_EQ(work().n_pairs, 8);
    EXPECT_EQ(work().reply_tokens, 0);
    EXPECT_EQ(work().most_reply_tokens, 0);
    judge.embedded().reasoning = true;
    EXPECT_GT(work().reply_tokens, 0);
}

TEST_F(JudgeWorkTest, IsEveryPairInEachOrderTheRepeatsAndItsControls) {
    EXPECT_EQ(work().n_pairs, 4);
    EXPECT_EQ(work().n_controls, 105);
    EXPECT_EQ(work().n_calls(), 109);
    plan.judging.both_orders = true;
    EXPECT_EQ(work().n_pairs, 8);
    EXPECT_EQ(work().n_controls, 105);
    plan.judging.repeats = 3;
    plan.judging.repeat_share = 0.25;
    EXPECT_EQ(work().n_pairs, 11) << "three more of one pair in four";
}

TEST_F(JudgeWorkTest, TokensAreThoseOfRubricQuestionWhatIsShownAndTwoAnswers) {
    const double shown = (40 + 80 + 400 + 120) / 2.0 / 4;
    EXPECT_DOUBLE_EQ(work().prompt_tokens, 109 * (rubric_tokens + shown + 100));
    judge.show_contexts = false;
    judge.show_expected = false;
    EXPECT_DOUBLE_EQ(work().prompt_tokens, 109 * (rubric_tokens + (40 + 120) / 2.0 / 4 + 100));
    judge.api().prompt_template.clear();
    EXPECT_GT(work().prompt_tokens,
              109 * (static_cast<double>(judge::builtin_template(false).size()) / 4 + 100));
}

TEST_F(JudgeWorkTest, RepliesAreNeverLongerThanTheJudgeMayWrite) {
    EXPECT_DOUBLE_EQ(work().reply_tokens, 109 * 150);
    EXPECT_DOUBLE_EQ(work().most_reply_tokens, 109 * 1024);
    judge.api().max_tokens = 60;
    EXPECT_DOUBLE_EQ(work().reply_tokens, 109 * 60);
    EXPECT_DOUBLE_EQ(work().most_reply_tokens, 109 * 60);
}

TEST_F(JudgeWorkTest, ABatchCostsHalf) {
    judge.api().price_input = 1;
    judge.api().price_output = 2;
    const JudgeWork single = work();
    judge.api().batch = true;
    EXPECT_DOUBLE_EQ(work().cost.value(), single.cost.value() / 2);
    EXPECT_DOUBLE_EQ(work().most_cost.value(), single.most_cost.value() / 2);
}

TEST_F(JudgeWorkTest, CostsOnlyWithPrices) {
    EXPECT_FALSE(work().cost);
    judge.api().price_input = 2;
    judge.api().price_output = 8;
    EXPECT_DOUBLE_EQ(work().cost.value(), (work().prompt_tokens * 2 + 109 * 150 * 8.0) / 1e6);
    EXPECT_DOUBLE_EQ(work().most_cost.value(), (work().prompt_tokens * 2 + 109 * 1024 * 8.0) / 1e6);
    judge.api().price_input = 0;
    EXPECT_DOUBLE_EQ(work().cost.value(), 109 * 150 * 8.0 / 1e6)
        << "a price of 0 for prompts is a price";
}

TEST_F(JudgeWorkTest, OfNoQuestionsIsTheControlsAlone) {
    questions.clear();
    EXPECT_EQ(work().n_calls(), 105);
    EXPECT_GT(work().prompt_tokens, 0);
}

}  // namespace
}  // namespace assay::app
