#include "store_fixture.hpp"

namespace assay::store {
namespace {

class VerdictsTest : public StoreTest {
 protected:
    void SetUp() override {
        StoreTest::SetUp();
        store_ = Store::open(run_dir_);
        store_->save_answer(answer_row("b"));
        store_->save_answer(answer_row("v"));
        for (const char* id : {"c1", "c2", "c3", "c4"}) {
            store_->save_comparisons(std::vector{comparison_of(id, "b", "v")});
        }
        store_->save_judge("j1", "panel-1", "{}");
        store_->save_judge("j2", "panel-2", "{}");
    }
    std::unique_ptr<Store> store_;
};

TEST_F(VerdictsTest, EveryFieldOfAComparisonComesBack) {
    Comparison c = comparison_of("c9", "b", "v");
    c.question_id = std::string("q\0\xFF", 3);
    c.identical = true;
    c.order = 1;
    c.repeat = 3;
    store_->save_comparisons(std::vector{c});
    const auto back = store_->comparison("c9");
    ASSERT_TRUE(back);
    EXPECT_EQ(back->id, "c9");
    EXPECT_EQ(back->question_id, c.question_id);
    EXPECT_EQ(back->variant, "Q4_K_M");
    EXPECT_EQ(back->baseline_answer_key, "b");
    EXPECT_EQ(back->variant_answer_key, "v");
    EXPECT_EQ(back->answers_sha256, "both");
    EXPECT_TRUE(back->variant_is_a);
    EXPECT_TRUE(back->identical);
    EXPECT_FALSE(back->variant_failed);
    EXPECT_EQ(back->order_index, 7);
    EXPECT_EQ(back->order, 1);
    EXPECT_EQ(back->repeat, 3);
    EXPECT_EQ(store_->comparison("unknown"), std::nullopt);
}

TEST_F(VerdictsTest, TheFirstVersionIsThatOfTheOldestCurrentVerdictThatNamesOne) {
    EXPECT_EQ(store_->first_model_version("j1"), "");
    const auto save = [&](const char* item, const char* version) {
        VerdictRow row{item, "j1", "panel-1", {}, "now"};
        row.verdict.model_version = version;
        store_->save_verdict(row);
    };
    save("c3", "");
    save("c2", "v1");
    save("c1", "v2");
    EXPECT_EQ(store_->first_model_version("j1"), "v1");
    EXPECT_EQ(store_->first_model_version("j2"), "");
    save("c2", "v3");  // a later attempt takes its place
    EXPECT_EQ(store_->first_model_version("j1"), "v2");
    store_->set_aside_verdicts("j1");
    EXPECT_EQ(store_->first_model_version("j1"), "");
}

TEST_F(VerdictsTest, ASideIsNeverDrawnAgain) {
    Comparison again = comparison_of("c1", "b", "v");
    again.variant_is_a = false;
    again.order_index = 99;
    store_->save_comparisons(std::vector{again, comparison_of("c5", "b", "v")});
    EXPECT_TRUE(store_->comparison("c1")->variant_is_a);
    EXPECT_EQ(store_->comparison("c1")->order_index, 7);
    EXPECT_TRUE(store_->comparison("c5"));
}

TEST_F(VerdictsTest, ComparisonsComeInTheGivenOrderWithoutUnknownOnes) {
    const std::vector<std::string> ids{"c3", "nowhere", "c1"};
    const auto found = store_->comparisons(ids);
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[0].id, "c3");
    EXPECT_EQ(found[1].id, "c1");
}

TEST_F(VerdictsTest, ComparisonsAreSavedAllOrNone) {
    const std::vector<Comparison> some{comparison_of("c5", "b", "v"),
                                       comparison_of("c6", "b", "no such answer")};
    EXPECT_THROW(store_->save_comparisons(some), std::logic_error);
    EXPECT_FALSE(store_->comparison("c5"));
    store_->save_comparisons(std::vector{comparison_of("c5", "b", "v")});
    EXPECT_TRUE(store_->comparison("c5"));
}

TEST_F(VerdictsTest, AVerdictOfNothingIsABug) {
    EXPECT_THROW(store_->save_verdict(verdict_row("no such comparison", VerdictState::kA)),
                 std::logic_error);
    EXPECT_THROW(store_->save_verdict(verdict_row("c1", VerdictState::kA, "no such judge")),
                 std::logic_error);
    EXPECT_TRUE(store_->verdict_history("no such comparison", "j1").empty());
}

TEST_F(VerdictsTest, EveryFieldOfAVerdictComesBack) {
    VerdictRow row = verdict_row("c1", VerdictState::kInvalid);
    Verdict& v = row.verdict;
    v.confidence = Confidence::kNone;
    v.reasoning = "";
    v.raw = std::string("raw \0 \xFF", 7);
    v.failure = "no verdict in the reply";
    v.prompt_sha256 = "ps";
    v.model_version = "gemini-3";
    v.n_prompt_tokens = 900;
    v.n_reply_tokens = 80;
    v.n_attempts = 3;
    v.elapsed_ms = 1234.5;
    store_->save_verdict(row);
    const auto back = store_->verdict("c1", "j1");
    ASSERT_TRUE(back);
    EXPECT_EQ(back->item_id, "c1");
    EXPECT_EQ(back->judge_key, "j1");
    EXPECT_EQ(back->judge_name, "panel-1");
    EXPECT_EQ(back->created_at, row.created_at);
    EXPECT_EQ(back->verdict.item_id, "c1");
    EXPECT_EQ(back->verdict.state, VerdictState::kInvalid);
    EXPECT_EQ(back->verdict.confidence, Confidence::kNone);
    EXPECT_EQ(back->verdict.reasoning, "");
    EXPECT_EQ(back->verdict.raw, v.raw);
    EXPECT_EQ(back->verdict.failure, v.failure);
    EXPECT_EQ(back->verdict.prompt_sha256, "ps");
    EXPECT_EQ(back->verdict.model_version, "gemini-3");
    EXPECT_EQ(back->verdict.n_prompt_tokens, 900);
    EXPECT_EQ(back->verdict.n_reply_tokens, 80);
    EXPECT_EQ(back->verdict.n_attempts, 3);
    EXPECT_EQ(back->verdict.elapsed_ms, 1234.5);
}

TEST_F(VerdictsTest, TagsComeBackAndNoneAreNotTheSameAsNotSaid) {
    for (const std::optional<PairTags>& tags :
         {std::optional<PairTags>(),
          std::optional(PairTags()),
          std::optional(
              PairTags{{AnswerTag::kOffTopic, AnswerTag::kIncorrect}, {AnswerTag::kFormatting}})}) {
        VerdictRow row = verdict_row("c1", VerdictState::kA);
        row.verdict.tags = tags;
        store_->save_verdict(row);
        EXPECT_EQ(store_->verdict("c1", "j1")->verdict.tags, tags);
    }
}

TEST_F(VerdictsTest, TheLastAttemptIsCurrentAndAllAreKept) {
    store_->save_verdict(verdict_row("c1", VerdictState::kError));
    store_->save_verdict(verdict_row("c1", VerdictState::kTie));
    EXPECT_EQ(store_->verdict("c1", "j1")->verdict.state, VerdictState::kTie);
    const auto history = store_->verdict_history("c1", "j1");
    ASSERT_EQ(history.size(), 2u);
    EXPECT_EQ(history[0].verdict.state, VerdictState::kError);
    EXPECT_EQ(history[1].verdict.state, VerdictState::kTie);
}

TEST_F(VerdictsTest, JudgesDoNotSeeEachOther) {
    store_->save_verdict(verdict_row("c1", VerdictState::kA, "j1"));
    store_->save_verdict(verdict_row("c1", VerdictState::kB, "j2"));
    EXPECT_EQ(store_->verdict("c1", "j1")->verdict.state, VerdictState::kA);
    EXPECT_EQ(store_->verdict("c1", "j2")->verdict.state, VerdictState::kB);
    EXPECT_EQ(store_->verdicts("j1").size(), 1u);
}

TEST_F(VerdictsTest, OfAJudgeComeByComparison) {
    store_->save_verdict(verdict_row("c3", VerdictState::kA));
    store_->save_verdict(verdict_row("c1", VerdictState::kError));
    store_->save_verdict(verdict_row("c1", VerdictState::kB));
    const auto all = store_->verdicts("j1");
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].item_id, "c1");
    EXPECT_EQ(all[0].verdict.state, VerdictState::kB);
    EXPECT_EQ(all[1].item_id, "c3");
}

TEST_F(VerdictsTest, ToJudgeAreThoseNeverJudgedOrLastInError) {
    store_->save_verdict(verdict_row("c1", VerdictState::kInvalid));
    store_->save_verdict(verdict_row("c2", VerdictState::kError));
    store_->save_verdict(verdict_row("c3", VerdictState::kRefused));
    const std::vector<std::string> ids{"c4", "c3", "c2", "c1"};
    EXPECT_EQ(store_->to_judge(ids, "j1"), (std::vector<std::string>{"c4", "c2"}));
    EXPECT_EQ(store_->to_judge(ids, "j2"), ids);
}

TEST_F(VerdictsTest, SetAsideOnesAreJudgedAgainAndStayInTheHistory) {
    store_->save_verdict(verdict_row("c1", VerdictState::kA, "j1"));
    store_->save_verdict(verdict_row("c1", VerdictState::kA, "j2"));
    store_->set_aside_verdicts("j1");
    EXPECT_FALSE(store_->verdict("c1", "j1"));
    EXPECT_TRUE(store_->verdict("c1", "j2"));
    EXPECT_TRUE(store_->verdicts("j1").empty());
    const std::vector<std::string> ids{"c1"};
    EXPECT_EQ(store_->to_judge(ids, "j1"), ids);
    EXPECT_EQ(store_->verdict_history("c1", "j1").size(), 1u);
    store_->save_verdict(verdict_row("c1", VerdictState::kB, "j1"));
    EXPECT_EQ(store_->verdict("c1", "j1")->verdict.state, VerdictState::kB);
    EXPECT_EQ(store_->verdict_history("c1", "j1").size(), 2u);
}

TEST_F(VerdictsTest, AJudgesIdentityIsReplacedAndListed) {
    store_->save_judge("j1", "renamed", "{\"model\": \"m\"}");
    const auto judges = store_->judges();
    ASSERT_EQ(judges.size(), 2u);
    EXPECT_EQ(judges[0].key, "j1");
    EXPECT_EQ(judges[0].name, "renamed");
    EXPECT_EQ(judges[0].identity_json, "{\"model\": \"m\"}");
    EXPECT_EQ(judges[1].name, "panel-2");
}

}  // namespace
}  // namespace assay::store
