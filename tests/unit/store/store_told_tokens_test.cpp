#include <cstdio>
#include <limits>
#include <string>
#include <vector>

#include "assay/store/database.hpp"
#include "store_fixture.hpp"

namespace assay::store {
namespace {

TEST_F(StoreTest, WhatAServerToldComesBackInItsOrder) {
    const auto store = Store::open(run_dir_);
    store->save_answer(answer_row("a"));
    store->save_answer(answer_row("b"));
    std::vector<ToldToken> tokens;
    for (int i = 0; i < 12; ++i) {
        tokens.push_back({std::string("\0\xE2", 2) + std::to_string(i),
                          -i * 0.25,
                          {{"x", -0.0}, {"", -std::numeric_limits<double>::max()}}});
    }
    tokens[3].candidates.clear();
    store->save_told_tokens("a", tokens);
    store->save_told_tokens("b", std::vector<ToldToken>{{"other", -1, {{"other", -1}}}});

    const std::vector<ToldToken> back = store->told_tokens("a");
    ASSERT_EQ(back.size(), tokens.size());
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        EXPECT_EQ(back[i].bytes, tokens[i].bytes) << i;
        EXPECT_EQ(back[i].log_prob, tokens[i].log_prob) << i;
        ASSERT_EQ(back[i].candidates.size(), tokens[i].candidates.size()) << i;
        for (std::size_t k = 0; k < tokens[i].candidates.size(); ++k) {
            EXPECT_EQ(back[i].candidates[k].bytes, tokens[i].candidates[k].bytes);
            EXPECT_EQ(back[i].candidates[k].log_prob, tokens[i].candidates[k].log_prob);
        }
    }
    EXPECT_EQ(store->told_tokens("b").size(), 1U);
    EXPECT_TRUE(store->told_tokens("c").empty());
}

TEST_F(StoreTest, WhatWasToldFirstStays) {
    const auto store = Store::open(run_dir_);
    store->save_answer(answer_row("a"));
    store->save_told_tokens("a", std::vector<ToldToken>{{"one", -1, {{"one", -1}}}});
    store->save_told_tokens("a", std::vector<ToldToken>{{"two", -2, {{"two", -2}}}});
    ASSERT_EQ(store->told_tokens("a").size(), 1U);
    EXPECT_EQ(store->told_tokens("a")[0].bytes, "one");
}

TEST_F(StoreTest, AnAnswerThatWasToldTakesAsManyBytesAsTheDocsSay) {
    constexpr int kAnswers = 20, kTokens = 128;
    const auto store = Store::open(run_dir_);
    std::vector<ToldToken> tokens;
    for (int i = 0; i < kTokens; ++i) {
        ToldToken token{" token", -0.123456789 * i, {}};
        for (std::size_t k = 0; k < kToldCandidates; ++k) {
            token.candidates.push_back({" word" + std::to_string(k), -1.0 / 3 - i});
        }
        tokens.push_back(token);
    }
    for (int i = 0; i < kAnswers; ++i) {
        store->save_answer(answer_row("a" + std::to_string(i)));
    }
    const auto bytes = [&] {
        const Database database(file(), OpenMode::kReadOnly);
        return database.number(
            "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");
    };
    const std::int64_t before = bytes();
    for (int i = 0; i < kAnswers; ++i) {
        store->save_told_tokens("a" + std::to_string(i), tokens);
    }
    const double each = static_cast<double>(bytes() - before) / kAnswers;
    std::printf("%.0f bytes an answer of %d tokens\n", each, kTokens);
    EXPECT_LT(each, 45000) << "docs/fidelity.md says about 40 kB";
}

}  // namespace
}  // namespace assay::store
