#include <limits>

#include "store_fixture.hpp"

namespace assay::store {
namespace {

using std::string_literals::operator""s;

class AnswersTest : public StoreTest {};

TEST_F(AnswersTest, EveryFieldComesBack) {
    AnswerRow row;
    row.key = "key";
    row.variant_name = "Q4_K_M";
    row.model_sha256 = "model";
    row.created_at = "then";
    Answer& a = row.answer;
    a.question_id = "q\xFF";
    a.text = "half a character \xE2\x82 and \0 a zero"s;
    a.tokens = {0,
                -1,
                1,
                151645,
                std::numeric_limits<std::int32_t>::min(),
                std::numeric_limits<std::int32_t>::max()};
    a.stop_reason = StopReason::kLength;
    a.failure = "none";
    a.n_prompt_tokens = 812;
    a.n_computed_tokens = 12;
    a.prompt_sha256 = "ps";
    a.messages_sha256 = "ms";
    a.trace_sha256 = "ts";
    a.n_contexts_used = 3;
    a.contexts_cut = true;
    a.prefill_ms = 12.5;
    a.decode_ms = 0.1;
    a.n_verified_tokens = 4;
    a.read_ms = 0.3;
    const auto store = Store::open(run_dir_);
    store->save_answer(row);

    const auto back = store->answer("key");
    ASSERT_TRUE(back);
    EXPECT_EQ(back->key, "key");
    EXPECT_EQ(back->variant_name, "Q4_K_M");
    EXPECT_EQ(back->model_sha256, "model");
    EXPECT_EQ(back->created_at, "then");
    EXPECT_EQ(back->answer.question_id, a.question_id);
    EXPECT_EQ(back->answer.text, a.text);
    EXPECT_EQ(back->answer.tokens, a.tokens);
    EXPECT_EQ(back->answer.stop_reason, StopReason::kLength);
    EXPECT_EQ(back->answer.failure, "none");
    EXPECT_EQ(back->answer.n_prompt_tokens, 812);
    EXPECT_EQ(back->answer.n_computed_tokens, 12);
    EXPECT_EQ(back->answer.prompt_sha256, "ps");
    EXPECT_EQ(back->answer.messages_sha256, "ms");
    EXPECT_EQ(back->answer.trace_sha256, "ts");
    EXPECT_EQ(back->answer.n_contexts_used, 3);
    EXPECT_TRUE(back->answer.contexts_cut);
    EXPECT_EQ(back->answer.prefill_ms, 12.5);
    EXPECT_EQ(back->answer.decode_ms, 0.1);
    EXPECT_EQ(back->answer.n_verified_tokens, 4);
    EXPECT_EQ(back->answer.read_ms, 0.3);
}

TEST_F(AnswersTest, OneThatWasMadeElsewhereKeepsWhatIsNotKnownOfIt) {
    const auto store = Store::open(run_dir_);
    AnswerRow row = answer_row("key");
    row.answer.tokens.clear();
    row.answer.stop_reason = StopReason::kUnknown;
    row.answer.n_contexts_used = kContextsUnknown;
    row.answer.n_told_tokens = 17;
    store->save_answer(row);
    const auto back = store->answer("key");
    ASSERT_TRUE(back);
    EXPECT_EQ(back->answer.stop_reason, StopReason::kUnknown);
    EXPECT_EQ(back->answer.n_contexts_used, kContextsUnknown);
    EXPECT_EQ(back->answer.n_told_tokens, 17);
    EXPECT_EQ(back->answer.n_tokens(), 17);
}

TEST_F(AnswersTest, AnEmptyAnswerIsAnAnswer) {
    const auto store = Store::open(run_dir_);
    AnswerRow row = answer_row("key", "");
    row.answer.tokens.clear();
    store->save_answer(row);
    ASSERT_TRUE(store->answer("key"));
    EXPECT_EQ(store->answer("key")->answer.text, "");
    EXPECT_TRUE(store->answer("key")->answer.tokens.empty());
    EXPECT_TRUE(store->has_answer("key"));
}

TEST_F(AnswersTest, AreNeverOverwritten) {
    const auto store = Store::open(run_dir_);
    store->save_answer(answer_row("key", "first"));
    store->save_answer(answer_row("key", "second"));
    store->save_answer(failed_answer_row("key"));
    EXPECT_EQ(store->answer("key")->answer.text, "first");
}

TEST_F(AnswersTest, AFailedOneGivesWayToALaterAttempt) {
    const auto store = Store::open(run_dir_);
    store->save_answer(failed_answer_row("key"));
    AnswerRow again = failed_answer_row("key");
    again.answer.failure = "not finite";
    store->save_answer(again);
    EXPECT_EQ(store->answer("key")->answer.failure, "not finite");
    store->save_answer(answer_row("key", "good"));
    EXPECT_EQ(store->answer("key")->answer.stop_reason, StopReason::kStop);
    EXPECT_EQ(store->answer("key")->answer.text, "good");
}

TEST_F(AnswersTest, AFailedOneStaysOnceAComparisonWasDrawnWithIt) {
    const auto store = Store::open(run_dir_);
    store->save_answer(answer_row("b"));
    store->save_answer(failed_answer_row("v"));
    Comparison c = comparison_of("c", "b", "v");
    c.variant_failed = true;
    store->save_comparisons(std::vector{c});
    store->save_answer(answer_row("v", "late"));
    EXPECT_EQ(store->answer("v")->answer.stop_reason, StopReason::kFailed);
}

TEST_F(AnswersTest, MissingOnesComeInTheGivenOrderAndAFailedOneIsNotMissing) {
    const auto store = Store::open(run_dir_);
    store->save_answer(answer_row("b"));
    store->save_answer(failed_answer_row("d"));
    const std::vector<std::string> keys{"e", "d", "c", "b", "a"};
    EXPECT_EQ(store->missing_answers(keys), (std::vector<std::string>{"e", "c", "a"}));
    EXPECT_FALSE(store->has_answer("a"));
    EXPECT_EQ(store->answer("a"), std::nullopt);
}

}  // namespace
}  // namespace assay::store
