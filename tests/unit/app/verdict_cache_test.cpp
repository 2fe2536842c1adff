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
        cache.put(key, v);
        const auto back = VerdictCache(folder / "cache").find(key);
        ASSERT_TRUE(back);
        EXPECT_EQ(back->state, VerdictState::kTie);
        EXPECT_EQ(back->confidence, confidence);
        EXPECT_EQ(back->reasoning, v.reasoning);
        EXPECT_EQ(back->tags, v.tags);
        EXPECT_EQ(back->raw, "{}");
        EXPECT_EQ(back->prompt_sha256, "abc");
        EXPECT_EQ(back->model_version, "m-1");
        EXPECT_EQ(back->n_prompt_tokens, 10);
        EXPECT_EQ(back->n_reply_tokens, 20);
        EXPECT_EQ(back->n_attempts, 0);
        EXPECT_EQ(back->item_id, "");
    }
}

TEST(VerdictCache, KeepsNoErrorAndNothingThatCameFromACache) {
    const test::TempFolder folder;
    const VerdictCache cache(folder / "cache");
    cache.put("key-of-error", verdict_of(VerdictState::kError));
    EXPECT_FALSE(cache.find("key-of-error"));
    Verdict cached = verdict_of(VerdictState::kA);
    cached.n_attempts = 0;
    cache.put("key-of-cached", cached);
    EXPECT_FALSE(cache.find("key-of-cached"));
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
