#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <string_view>

#include "assay/store/database.hpp"
#include "store_fixture.hpp"

namespace assay::store {
namespace {

class FidelityTest : public StoreTest {
 protected:
    void SetUp() override {
        StoreTest::SetUp();
        store_ = Store::open(run_dir_);
        store_->save_answer(answer_row("b"));
    }
    void TearDown() override {
        store_.reset();
        StoreTest::TearDown();
    }

    std::unique_ptr<Store> store_;
};

void expect_equal(const TokenFidelity& a, const TokenFidelity& b) {
    EXPECT_EQ(a.token, b.token);
    EXPECT_EQ(a.top_baseline, b.top_baseline);
    EXPECT_EQ(a.top_variant, b.top_variant);
    EXPECT_EQ(a.kld, b.kld);
    EXPECT_EQ(a.log_prob_baseline, b.log_prob_baseline);
    EXPECT_EQ(a.log_prob_variant, b.log_prob_variant);
    EXPECT_EQ(a.rank, b.rank);
    EXPECT_EQ(a.entropy_baseline, b.entropy_baseline);
    EXPECT_EQ(a.entropy_variant, b.entropy_variant);
}

TEST_F(FidelityTest, EveryFieldComesBack) {
    TokenFidelity token;
    token.token = std::numeric_limits<std::int32_t>::max();
    token.top_baseline = std::numeric_limits<std::int32_t>::min();
    token.top_variant = -1;
    token.kld = std::numeric_limits<double>::denorm_min();
    token.log_prob_baseline = -0.1;
    token.log_prob_variant = -103.25;
    token.rank = 151936;
    token.entropy_baseline = 0;
    token.entropy_variant = std::numeric_limits<double>::max();
    FidelityRecord record{"b", "v", {std::string("q\0\xFF", 3), {token}, {}}, "then"};
    record.fidelity.divergence = {
        0, 5, -6, std::string("\0\xE2\x82", 3), "", 0.1, 0.2, 0.3, std::nextafter(1.0, 0.0)};
    store_->save_fidelity(record);

    const auto back = store_->fidelity("b", "v");
    ASSERT_TRUE(back);
    EXPECT_EQ(back->question_id, record.fidelity.question_id);
    ASSERT_EQ(back->tokens.size(), 1U);
    expect_equal(back->tokens[0], token);
    ASSERT_TRUE(back->divergence);
    const Divergence &is = *back->divergence, &was = *record.fidelity.divergence;
    EXPECT_EQ(is.position, 0);
    EXPECT_EQ(is.token_baseline, 5);
    EXPECT_EQ(is.token_variant, -6);
    EXPECT_EQ(is.text_baseline, was.text_baseline);
    EXPECT_EQ(is.text_variant, "");
    EXPECT_EQ(is.baseline_of_baseline, 0.1);
    EXPECT_EQ(is.variant_of_baseline, 0.2);
    EXPECT_EQ(is.baseline_of_variant, 0.3);
    EXPECT_EQ(is.variant_of_variant, was.variant_of_variant);
}

TEST_F(FidelityTest, BelongsToTwoKeysAndKeepsTheOrderOfTokens) {
    FidelityRecord agreed = fidelity_record("b", "v1");
    agreed.fidelity.divergence.reset();
    for (int i = 0; i < 300; ++i) {
        agreed.fidelity.tokens.push_back(agreed.fidelity.tokens[0]);
        agreed.fidelity.tokens.back().token = 1000 - i;
    }
    store_->save_fidelity(agreed);
    store_->save_fidelity(fidelity_record("b", "v2"));
    EXPECT_TRUE(store_->has_fidelity("b", "v1"));
    EXPECT_FALSE(store_->has_fidelity("v1", "b"));
    EXPECT_FALSE(store_->has_fidelity("b", "v3"));
    EXPECT_EQ(store_->fidelity("b", "v3"), std::nullopt);
    const auto back = store_->fidelity("b", "v1");
    ASSERT_TRUE(back);
    EXPECT_FALSE(back->divergence);
    ASSERT_EQ(back->tokens.size(), 302U);
    for (std::size_t i = 0; i < back->tokens.size(); ++i) {
        expect_equal(back->tokens[i], agreed.fidelity.tokens[i]);
    }
    EXPECT_EQ(store_->fidelity("b", "v2")->divergence->text_variant, " no");
}

TEST_F(FidelityTest, IsNeverOverwritten) {
    store_->save_fidelity(fidelity_record("b", "v"));
    FidelityRecord other = fidelity_record("b", "v");
    other.fidelity.tokens.resize(1);
    other.fidelity.divergence.reset();
    store_->save_fidelity(other);
    EXPECT_EQ(store_->fidelity("b", "v")->tokens.size(), 2U);
    EXPECT_TRUE(store_->fidelity("b", "v")->divergence);
}

// The variant read the baseline's answer, and then died on its own.
TEST_F(FidelityTest, StaysWhenAFailedAnswerGivesWay) {
    store_->save_fidelity(fidelity_record("b", "v"));
    store_->save_answer(failed_answer_row("v"));
    store_->save_answer(answer_row("v"));
    EXPECT_EQ(store_->answer("v")->answer.stop_reason, StopReason::kStop);
    EXPECT_TRUE(store_->has_fidelity("b", "v"));
    EXPECT_EQ(store_->damage(), std::vector<std::string>{});
}

TEST_F(FidelityTest, OfNothingOrOfNumbersThatAreNoneIsNotSaved) {
    FidelityRecord record = fidelity_record("b", "v");
    record.fidelity.tokens[1].kld = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THROW(store_->save_fidelity(record), std::logic_error);
    record = fidelity_record("b", "v");
    record.fidelity.tokens[1].log_prob_variant = -std::numeric_limits<double>::infinity();
    EXPECT_THROW(store_->save_fidelity(record), std::logic_error);
    record = fidelity_record("b", "v");
    record.fidelity.divergence->variant_of_variant = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THROW(store_->save_fidelity(record), std::logic_error);
    record.fidelity.tokens.clear();
    EXPECT_THROW(store_->save_fidelity(record), std::logic_error);
    EXPECT_THROW(store_->save_fidelity(fidelity_record("not stored", "v")), std::logic_error);
    EXPECT_FALSE(store_->has_fidelity("b", "v"));
    EXPECT_FALSE(store_->has_fidelity("not stored", "v"));
}

// docs/fidelity.md says how large a run gets.
TEST_F(FidelityTest, ATokenTakesAsManyBytesAsTheDocsSay) {
    constexpr int kAnswers = 40, kTokens = 250;
    const auto bytes_now = [&] {
        const Database database(file(), OpenMode::kReadOnly);
        return database.number(
            "SELECT page_count * page_size FROM pragma_page_count, "
            "pragma_page_size");
    };
    const std::int64_t before = bytes_now();
    for (int a = 0; a < kAnswers; ++a) {
        FidelityRecord record = fidelity_record("b", fmt::format("{:064d}", a));
        record.fidelity.tokens.clear();
        for (int i = 0; i < kTokens; ++i) {
            // Every number takes its full width, and ids those of a vocabulary of 150,000.
            TokenFidelity token;
            token.token = token.top_baseline = token.top_variant = 100'000 + i;
            token.kld = std::exp(-i * 0.1);
            token.log_prob_baseline = -0.1 - i;
            token.log_prob_variant = -0.2 - i;
            token.rank = 1 + i % 3;
            token.entropy_baseline = 0.3 + i;
            token.entropy_variant = 0.7 + i;
            record.fidelity.tokens.push_back(token);
        }
        store_->save_fidelity(record);
    }
    const double per_token = static_cast<double>(bytes_now() - before) / (kAnswers * kTokens);
    RecordProperty("bytes_per_token", fmt::format("{:.1f}", per_token));
    EXPECT_GT(per_token, 60);
    EXPECT_LE(per_token, 80) << "docs/fidelity.md says 80 at most";
}

}  // namespace
}  // namespace assay::store
