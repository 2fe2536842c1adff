#include "assay/judge/by_hand.hpp"

#include <gtest/gtest.h>

#include <set>

#include "assay/judge/make_judge.hpp"

namespace assay::judge {
namespace {

JudgeSpec panel() {
    JudgeSpec spec = judge_of("batch");
    spec.name = "panel";
    return spec;
}

std::string identity(const JudgeSpec& spec) {
    SilentProgress progress;
    return make_judge(spec, {}, progress).value()->identity();
}

TEST(ByHand, TakesNoPairAndSaysWhy) {
    SilentProgress progress;
    const auto judge = make_judge(panel(), {}, progress);
    ASSERT_TRUE(judge);
    EXPECT_FALSE((*judge)->costs_nothing());
    bool asked = false;
    const RunResult result = (*judge)->run(
        [&]() -> std::optional<BlindedPair> {
            asked = true;
            return std::nullopt;
        },
        [](const Verdict&) { FAIL() << "it says nothing itself"; },
        false);
    EXPECT_EQ(result.end, RunEnd::kStopped);
    EXPECT_FALSE(asked);
    EXPECT_EQ(to_sentence(result.why), "its verdicts are given by hand, and imported");
}

TEST(ByHand, IsAnotherJudgeWithAnotherNameProviderOrSight) {
    std::set<std::string> identities{identity(panel())};
    JudgeSpec spec = panel();
    spec.name = "second";
    identities.insert(identity(spec));
    spec = panel();
    spec.provider = "human";
    identities.insert(identity(spec));
    spec = panel();
    spec.show_contexts = false;
    identities.insert(identity(spec));
    spec = panel();
    spec.show_expected = false;
    identities.insert(identity(spec));
    EXPECT_EQ(identities.size(), 5U);
}

TEST(ByHand, NeedsAName) {
    SilentProgress progress;
    JudgeSpec spec = panel();
    spec.name.clear();
    EXPECT_FALSE(make_judge(spec, {}, progress));
}

}  // namespace
}  // namespace assay::judge
