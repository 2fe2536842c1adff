#include "assay/run/stored_run.hpp"

#include <gtest/gtest.h>

#include "assay/base/result.hpp"
#include "run_fixture.hpp"

namespace assay::run {
namespace {

TEST(StoredRun, HoldsWhatBelongsToThePlan) {
    RunFixture run;
    run.judge("b", "win");
    run.save_answer("another", "a", "of another plan");
    const StoredRun stored = run.stored();
    ASSERT_EQ(stored.answers.size(), 2U);
    EXPECT_EQ(stored.answers[1][1]->text, "small says b");
    EXPECT_EQ(&stored.answer(run.key_of("small", "b")), &*stored.answers[1][1]);
    EXPECT_EQ(stored.question("b").text, "Question b?");
    ASSERT_EQ(stored.judges.size(), 1U);
    const StoredJudge& judge = stored.judge("panel");
    EXPECT_TRUE(judge.asked[0].in_order.empty()) << "the baseline is compared with nothing";
    EXPECT_EQ(judge.asked[1].in_order.size(), 3U);
    EXPECT_EQ(judge.n_planned[1], 3);
    ASSERT_NE(judge.verdict(run.comparison_of("b").id), nullptr);
    EXPECT_EQ(judge.verdict(run.comparison_of("b").id)->reasoning, "because of b");
    EXPECT_EQ(judge.verdict(run.comparison_of("c").id), nullptr);
    EXPECT_EQ(stored.variant_index("small"), 1U);
    EXPECT_THROW(static_cast<void>(stored.variant_index("none")), Error);
    EXPECT_THROW(static_cast<void>(stored.judge("none")), Error);
}

TEST(StoredRun, ThatWasStoppedWhileItWasExtendedIsAnErrorWithAWayOut) {
    RunFixture run;
    run.questions.push_back({"d", "Question d?", {}, {}, {}, "questions.jsonl:4"});
    run.store->save_questions(run.plan_sha256, run.questions);
    try {
        static_cast<void>(run.stored());
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::kUsage);
        EXPECT_NE(std::string(error.what()).find("Run it again with the same command"),
                  std::string::npos)
            << error.what();
    }
}

TEST(StoredRun, OfAStoreWithoutAPlanIsAnErrorThatNamesTheFolder) {
    const test::TempFolder folder;
    const auto store = store::Store::open(folder / "run");
    try {
        static_cast<void>(latest_plan(*store, "runs/mine"));
        FAIL();
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find("runs/mine"), std::string::npos) << error.what();
    }
}

}  // namespace
}  // namespace assay::run
