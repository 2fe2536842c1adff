#include "assay/run/said_answers.hpp"

#include <gtest/gtest.h>

#include "run_fixture.hpp"

namespace assay::run {
namespace {

Answer answer_with(const std::string& text, StopReason stop_reason = StopReason::kStop) {
    Answer out;
    out.question_id = "a";
    out.text = text;
    out.tokens = {1, 2, 3};
    out.stop_reason = stop_reason;
    out.decode_ms = 5;
    return out;
}

TEST(SaidAnswers, AreWhatStandsBehindTheThoughts) {
    const auto said = said_answer(answer_with("<think>Oslo?</think>\n\nOslo."));
    ASSERT_TRUE(said);
    EXPECT_EQ(said->text, "Oslo.");
    EXPECT_TRUE(said->tokens.empty()) << "they are the whole answer's";
    EXPECT_EQ(said->decode_ms, 0);
    EXPECT_FALSE(said_answer(answer_with("Oslo.")));
    EXPECT_FALSE(said_answer(answer_with("<think>Oslo?</think>Oslo.", StopReason::kFailed)));
    const auto silent = said_answer(answer_with("<think>Oslo?", StopReason::kLength));
    ASSERT_TRUE(silent);
    EXPECT_EQ(silent->text, "");
    EXPECT_EQ(silent->stop_reason, StopReason::kLength);
}

TEST(SaidAnswers, HaveAKeyOfTheirOwnAndLeaveTheOthersAlone) {
    RunFixture run;
    run.save_answer("base", "d", "<think>hm</think>yes");
    const std::vector<std::string> keys{
        run.key_of("base", "d"), run.key_of("base", "b"), "no such"};
    const auto judged = save_said_answers(*run.store, keys);
    ASSERT_EQ(judged.size(), 3U);
    EXPECT_EQ(judged[0], said_key(keys[0], "yes"));
    EXPECT_EQ(judged[1], keys[1]);
    EXPECT_EQ(judged[2], keys[2]);
    EXPECT_EQ(run.store->answer(judged[0])->answer.text, "yes");
    EXPECT_EQ(run.store->answer(keys[0])->answer.text, "<think>hm</think>yes");
    EXPECT_EQ(save_said_answers(*run.store, keys), judged) << "once more changes nothing";
    EXPECT_TRUE(save_said_answers(*run.store, {keys[1]}).empty()) << "no answer has thoughts";
}

TEST(SaidAnswers, AreWhatAStoredRunComparesWhereItsFactsSaySo) {
    RunFixture run;
    run.questions.push_back({"d", "Question d?", {}, {}, {}, "questions.jsonl:4"});
    run.store->save_questions(run.plan_sha256, run.questions);
    for (VariantFacts& variant : run.facts.variants) {
        variant.answer_keys.push_back(run.key_of(variant.name, "d"));
    }
    save_facts(*run.store, run.plan_sha256, run.facts);
    run.save_answer("base", "d", "<think>hm</think>yes");
    run.save_answer("small", "d", "no");
    EXPECT_EQ(run.stored().judged_answers(0)[3]->text, "<think>hm</think>yes")
        << "a run of an older assay is read as it was";
    VariantFacts& base = run.facts.variants[0];
    base.judged_keys = save_said_answers(*run.store, base.answer_keys);
    save_facts(*run.store, run.plan_sha256, run.facts);
    const StoredRun stored = run.stored();
    EXPECT_EQ(stored.judged_answers(0)[3]->text, "yes");
    EXPECT_EQ(stored.answers[0][3]->text, "<think>hm</think>yes");
    EXPECT_EQ(stored.answer(base.judged_keys[3]).text, "yes");
    EXPECT_EQ(&stored.judged_answers(1), &stored.answers[1]);
    ASSERT_EQ(notes_on_thoughts(stored).size(), 1U);
    EXPECT_NE(notes_on_thoughts(stored)[0].find("1 of 4 answers begin with thoughts, which were"),
              std::string::npos)
        << notes_on_thoughts(stored)[0];
}

}  // namespace
}  // namespace assay::run
