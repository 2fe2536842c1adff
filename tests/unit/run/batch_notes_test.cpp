#include "assay/run/batch_notes.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "assay/run/build_report.hpp"
#include "run_fixture.hpp"

namespace assay::run {
namespace {

TEST(BatchNotes, AreKeptByJudge) {
    RunFixture run;
    EXPECT_TRUE(load_batches(*run.store, "one").empty());
    EXPECT_TRUE(load_unbound(*run.store, "one").ids.empty());
    save_batches(*run.store, "one", {{"a", "b"}, {"c"}});
    save_unbound(*run.store, "one", {{"a", "b"}, {"b"}});
    EXPECT_EQ(load_batches(*run.store, "one"), (exchange::Batches{{"a", "b"}, {"c"}}));
    EXPECT_EQ(load_unbound(*run.store, "one").turned, std::set<std::string>{"b"});
    EXPECT_TRUE(load_batches(*run.store, "two").empty());
}

TEST(BatchNotes, AReportSaysWhichVerdictsAreBoundToNothing) {
    RunFixture run;
    run.judge("b", "win");
    run.judge("c", "win");
    EXPECT_EQ(build_report(*run.store, run.plan_sha256).proof.notes,
              std::vector<std::string>{"a note"});
    save_unbound(*run.store, "judge key", {{run.comparison_of("b").id}, {}});
    const auto notes = build_report(*run.store, run.plan_sha256).proof.notes;
    ASSERT_EQ(notes.size(), 2U);
    EXPECT_TRUE(notes[1].starts_with(
        "1 verdicts of panel were imported with a mapping that is bound to no answers"))
        << notes[1];
}

TEST(BatchNotes, AVerdictOnAPairThatWasShownTheOtherWayRoundCountsForThatSide) {
    RunFixture run;
    run.judge("b", "win");
    const auto side = [&] {
        const report::ReportModel model = build_report(*run.store, run.plan_sha256);
        const auto& items = model.comparisons.front().items;
        return std::find_if(items.begin(),
                            items.end(),
                            [](const auto& item) { return item.outcome.question_id == "b"; })
            ->outcome;
    };
    const Outcome before = side();
    save_unbound(
        *run.store, "judge key", {{run.comparison_of("b").id}, {run.comparison_of("b").id}});
    const Outcome after = side();
    EXPECT_EQ(after.kind, OutcomeKind::kWin);
    EXPECT_EQ(after.variant_is_a, !before.variant_is_a);
}

}  // namespace
}  // namespace assay::run
