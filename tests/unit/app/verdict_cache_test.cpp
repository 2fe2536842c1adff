#include "assay/app/verdict_cache.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "temp_folder.hpp"

namespace assay::app {
namespace {

BlindedPair pair_of(const std::string& answer_a) {
    return {"id", "question", "expected", {"first", "second"}, answer_a, "b"};
}

Verdict verdict_of(VerdictState state) {
    Verdict v;
    v.item_id = "id";
    v.state = state;
    v.reasoning = "because \xF0\x9F\x99\x82";
    v.raw = "{}";
    v.prompt_sha256 = "abc";
    v.model_version = "m-1";
    v.n_prompt_tokens = 10;
    v.n_reply_tokens = 20;
    v.n_attempts = 2;
    v.elapsed_ms = 1.5;
    return v;
}

TEST(VerdictCache, GivesBackWhatWasKeptAsAskedOfNobody) {
    const test::TempFolder folder;
    const VerdictCache cache(folder / "cache");
    const std::string key = VerdictCache::key("judge", pair_of("a"));
    EXPECT_FALSE(cache.find(key));
    for (const Confidence confidence : {Confidence::kHigh, Confidence::kNone}) {
        Verdict v = verdict_of(VerdictState::kTie);
        v.confidence = confidence;
        if (confidence == Confidence::kHigh) {
            v.tags = PairTags{{AnswerTag::kIncorrect, AnswerTag::kOffTopic}, {}};
        }
        cache.put(key, v, "a run");
        const auto back = VerdictCache(folder / "cache").find(key);
        ASSERT_TRUE(back);
        EXPECT_EQ(back->verdict.state, VerdictState::kTie);
        EXPECT_EQ(back->verdict.confidence, confidence);
        EXPECT_EQ(back->verdict.reasoning, v.reasoning);
        EXPECT_EQ(back->verdict.tags, v.tags);
        EXPECT_EQ(back->verdict.raw, "{}");
        EXPECT_EQ(back->verdict.prompt_sha256, "abc");
        EXPECT_EQ(back->verdict.model_version, "m-1");
        EXPECT_EQ(back->verdict.n_prompt_tokens, 10);
        EXPECT_EQ(back->verdict.n_reply_tokens, 20);
        EXPECT_EQ(back->verdict.n_attempts, 0);
        EXPECT_EQ(back->verdict.item_id, "");
        EXPECT_EQ(back->run, "a run");
    }
}

TEST(VerdictCache, KeepsNoErrorAndNothingThatCameFromACache) {
    const test::TempFolder folder;
    const VerdictCache cache(folder / "cache");
    cache.put("key-of-error", verdict_of(VerdictState::kError), "a run");
    EXPECT_FALSE(cache.find("key-of-error"));
    Verdict cached = verdict_of(VerdictState::kA);
    cached.n_attempts = 0;
    cache.put("key-of-cached", cached, "a run");
    EXPECT_FALSE(cache.find("key-of-cached"));
}

/// What a judge said of enough controls of each gating kind; of the last `n_blind` swapped ones it
/// saw nothing.
std::vector<ControlOutcome> controls(int n_blind) {
    std::vector<ControlOutcome> out;
    for (int i = 0; i < kFewestControls; ++i) {
        out.push_back({ControlKind::kIdentical, VerdictState::kTie, true});
        const bool blind = i >= kFewestControls - n_blind;
        out.push_back({ControlKind::kSwapped, blind ? VerdictState::kTie : VerdictState::kA, true});
        out.push_back(
            {ControlKind::kDamaged, VerdictState::kA, true, Confidence::kNone, Damage::kNumber});
    }
    return out;
}

TEST(VerdictCache, KnowsInWhichRunsAJudgePassedItsControls) {
    const test::TempFolder folder;
    const VerdictCache cache(folder / "cache");
    EXPECT_FALSE(cache.judge_passed("judge", "run"));
    cache.put_controls("judge", "run", controls(0));
    EXPECT_TRUE(VerdictCache(folder / "cache").judge_passed("judge", "run"));
    EXPECT_FALSE(cache.judge_passed("judge", "another run"));
    EXPECT_FALSE(cache.judge_passed("another judge", "run"));
    EXPECT_FALSE(cache.judge_passed("judge", "")) << "of an earlier version";
    cache.put_controls("judge", "run", controls(5));
    EXPECT_FALSE(cache.judge_passed("judge", "run")) << "it was blind";
    cache.put_controls("judge", "run", controls(0));
    cache.put_controls("judge", "run", {});
    EXPECT_FALSE(cache.judge_passed("judge", "run")) << "taken away";
}

TEST(VerdictCache, ControlsThatCannotBeReadAreNotPassed) {
    const test::TempFolder folder;
    const VerdictCache cache(folder / "cache");
    cache.put_controls("judge", "run", controls(0));
    for (const auto& [name, bytes] : test::files_below(folder / "cache")) {
        folder.write("cache/" + name, "{\"controls\": [{\"kind\": \"new\"}]}");
    }
    EXPECT_FALSE(cache.judge_passed("judge", "run"));
}

TEST(VerdictCache, TheKeyIsOfJudgeAndOfAllThatIsShownButNotOfTheId) {
    const std::string key = VerdictCache::key("judge", pair_of("a"));
    BlindedPair other = pair_of("a");
    other.item_id = "another";
    EXPECT_EQ(VerdictCache::key("judge", other), key);
    EXPECT_NE(VerdictCache::key("judge 2", other), key);
    const std::vector<void (*)(BlindedPair&)> changes{
        [](BlindedPair& p) { p.question += "?"; },
        [](BlindedPair& p) { p.expected.reset(); },
        [](BlindedPair& p) { p.expected = ""; },
        [](BlindedPair& p) { std::swap(p.answer_a, p.answer_b); },
        [](BlindedPair& p) { p.contexts.pop_back(); },
        [](BlindedPair& p) { std::swap(p.contexts[0], p.contexts[1]); }};
    for (const auto& change : changes) {
        BlindedPair changed = pair_of("a");
        change(changed);
        EXPECT_NE(VerdictCache::key("judge", changed), key);
    }
}

}  // namespace
}  // namespace assay::app
