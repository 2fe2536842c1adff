#include "assay/analysis/fidelity.hpp"

#include <gtest/gtest.h>

#include <array>
#include <numeric>

#include "assay/analysis/rates.hpp"

namespace assay::analysis {
namespace {

constexpr std::array<std::int64_t, 12> kClusters{0, 0, 0, 1, 1, 2, 2, 2, 2, 3, 4, 4};

/// Twelve answers of 3 to 9 tokens, made by a rule that stands in the oracle's recipe, too.
std::vector<std::optional<ReadAnswer>> twelve() {
    std::vector<std::optional<ReadAnswer>> out;
    for (int a = 0; a < 12; ++a) {
        const int cluster = static_cast<int>(kClusters[static_cast<std::size_t>(a)]);
        const int n = 3 + (5 * a) % 7;
        AnswerFidelity fidelity;
        for (int i = 0; i < n; ++i) {
            TokenFidelity token;
            token.kld = ((a + 1) * (i + 2) % 11) / 16.0 * (1 + cluster);
            token.top_variant = cluster % 2 == 0 || i % 3 == 0 ? 0 : 1;
            token.log_prob_baseline = -1;
            token.log_prob_variant = -1 + ((3 * a + i) % 5 - 2) / 8.0;
            fidelity.tokens.push_back(token);
        }
        if (a % 3 != 2) {
            fidelity.divergence.emplace().position = (a * 5) % n;
        }
        out.emplace_back(read_answer(fidelity));
    }
    return out;
}

// The recipe: the values above in numpy; for means of tokens statsmodels 0.15.0,
//   f = OLS(y, ones).fit(cov_type="cluster", cov_kwds={"groups": c, "use_correction": True})
//   f.params[0] -+ scipy.stats.t.ppf(.975, sum(n)**2 / sum(n**2) - 1) * f.bse[0]
// with y of single tokens (of answers' means), c their clusters and n the clusters' sizes;
// numpy.percentile(y, [50, 90, 99]); Wilson's formula with counts divided by
// f.bse[0]**2 / (y.var(ddof=1) / len(y)); lifelines 0.30.3,
//   restricted_mean_survival_time(KaplanMeierFitter().fit(positions, diverged), t=9).
TEST(Fidelity, EqualsOtherImplementations) {
    const auto answers = twelve();
    const auto r = distance_of(answers, kClusters);
    ASSERT_TRUE(r);
    EXPECT_EQ(r->n_answers, 12);
    EXPECT_EQ(r->n_tokens, 72);
    EXPECT_EQ(r->n_diverged, 8);
    EXPECT_EQ(r->mean_kld.n, 72);
    EXPECT_NEAR(*r->mean_kld.value, 0.9001736111111108, 1e-12);
    EXPECT_NEAR(*r->mean_kld.low, 0.3225680007353847, 1e-9);
    EXPECT_NEAR(*r->mean_kld.high, 1.4777792214868368, 1e-9);
    EXPECT_NEAR(*r->log_prob_difference.value, -0.015625, 1e-12);
    EXPECT_NEAR(*r->log_prob_difference.low, -0.02913795608205117, 1e-9);
    EXPECT_NEAR(*r->log_prob_difference.high, -0.0021120439179488203, 1e-9);
    EXPECT_NEAR(r->median_kld, 0.6875, 1e-12);
    EXPECT_NEAR(r->p90_kld, 1.875, 1e-12);
    EXPECT_NEAR(r->p99_kld, 2.903125, 1e-12);
    EXPECT_NEAR(r->max_kld, 3.125, 1e-12);
    EXPECT_NEAR(*r->mean_answer_kld.value, 0.8299437830687832, 1e-12);
    EXPECT_NEAR(*r->mean_answer_kld.low, 0.26994819408551085, 1e-9);
    EXPECT_NEAR(*r->mean_answer_kld.high, 1.3899393720520556, 1e-9);
    EXPECT_NEAR(*r->same_top.value, 0.8333333333333333, 1e-12);
    EXPECT_NEAR(*r->same_top.low, 0.3395171676398373, 1e-9);
    EXPECT_NEAR(*r->same_top.high, 0.979852511934756, 1e-9);
    EXPECT_EQ(r->horizon, 9);
    EXPECT_NEAR(*r->agreed_tokens.value, 4.416666666666666, 1e-9);
    ASSERT_TRUE(r->agreed_tokens.low);
    EXPECT_LT(*r->agreed_tokens.low, *r->agreed_tokens.value);
}

TEST(Fidelity, OfAnAnswerIsThatOfItsTokens) {
    AnswerFidelity fidelity;
    for (const double kld : {0.5, 0.0, 1.0}) {
        TokenFidelity token;
        token.kld = kld;
        token.top_baseline = 3;
        token.top_variant = kld > 0.7 ? 4 : 3;
        token.log_prob_baseline = -0.25;
        token.log_prob_variant = -0.25 - kld;
        fidelity.tokens.push_back(token);
    }
    ReadAnswer read = read_answer(fidelity);
    EXPECT_EQ(read.distance.n_tokens, 3);
    EXPECT_DOUBLE_EQ(read.distance.mean_kld(), 0.5);
    EXPECT_EQ(read.distance.max_kld, 1.0);
    EXPECT_EQ(read.distance.n_same_top, 2);
    EXPECT_DOUBLE_EQ(read.distance.log_prob_difference_sum, -1.5);
    EXPECT_EQ(read.distance.n_agreed(), 3) << "it would have written all of it";
    EXPECT_EQ(read.kld, (std::vector<double>{0.5, 0.0, 1.0}));
    fidelity.divergence.emplace().position = 2;
    EXPECT_EQ(read_answer(fidelity).distance.n_agreed(), 2);
}

TEST(Fidelity, LeavesOutQuestionsThatWereNotRead) {
    auto answers = twelve();
    std::vector<std::int64_t> clusters(kClusters.begin(), kClusters.end());
    const auto all = distance_of(answers, clusters);
    answers.insert(answers.begin() + 3, std::nullopt);
    clusters.insert(clusters.begin() + 3, 77);
    answers.emplace_back();
    clusters.push_back(0);
    const auto without = distance_of(answers, clusters);
    EXPECT_EQ(without->n_answers, 12);
    EXPECT_EQ(without->mean_kld.low, all->mean_kld.low);
    EXPECT_EQ(without->agreed_tokens.high, all->agreed_tokens.high);
    EXPECT_FALSE(
        distance_of(std::vector<std::optional<ReadAnswer>>(2), std::vector<std::int64_t>{0, 1}));
}

TEST(Fidelity, OfTheSameModelIsExactlyZeroAndDoesNotPretendToBeSure) {
    std::vector<std::optional<ReadAnswer>> answers;
    std::vector<std::int64_t> clusters;
    for (int a = 0; a < 30; ++a) {
        AnswerFidelity fidelity;
        fidelity.tokens.resize(4);
        answers.emplace_back(read_answer(fidelity));
        clusters.push_back(a);
    }
    const auto r = distance_of(answers, clusters);
    EXPECT_EQ(r->mean_kld.value, 0);
    EXPECT_EQ(r->mean_kld.low, 0);
    EXPECT_EQ(r->max_kld, 0);
    EXPECT_EQ(r->same_top.value, 1);
    EXPECT_LT(*r->same_top.low, 0.95) << "30 answers, not 120 tokens";
    EXPECT_EQ(r->agreed_tokens.value, 4);
    EXPECT_FALSE(r->agreed_tokens.low);
    EXPECT_EQ(r->agreed_tokens.why, "none differed within that length");
}

TEST(Fidelity, OfOneClusterHasNoInterval) {
    const auto answers = twelve();
    const auto r = distance_of(answers, std::vector<std::int64_t>(12, 5));
    for (const Estimate* estimate : {&r->mean_kld,
                                     &r->mean_answer_kld,
                                     &r->same_top,
                                     &r->log_prob_difference,
                                     &r->agreed_tokens}) {
        EXPECT_TRUE(estimate->value);
        EXPECT_FALSE(estimate->low);
        EXPECT_FALSE(estimate->why.empty());
    }
}

TEST(Fidelity, IntervalsAreWiderWhereQuestionsDependOnEachOther) {
    const auto answers = twelve();
    std::vector<std::int64_t> own(12);
    std::iota(own.begin(), own.end(), 0);
    const auto width = [](const Estimate& e) { return *e.high - *e.low; };
    EXPECT_LT(width(distance_of(answers, own)->mean_kld),
              width(distance_of(answers, kClusters)->mean_kld));
}

TEST(Fidelity, ClustersAreNumberedAndAQuestionIsNoClusterOfItsName) {
    std::vector<Question> questions(4);
    questions[0].id = "book";
    questions[1].id = "b";
    questions[1].cluster = "book";
    questions[2].id = "c";
    questions[3].id = "d";
    questions[3].cluster = "book";
    EXPECT_EQ(clusters_of(questions), (std::vector<std::int64_t>{0, 1, 2, 1}));
}

TEST(Fidelity, OfTextsIsTheShareOfIdenticalOnesAndHowLongTheyAreAlike) {
    std::vector<std::optional<TextPair>> pairs(22);
    std::vector<std::int64_t> clusters(22);
    std::iota(clusters.begin(), clusters.end(), 0);
    for (std::size_t q = 0; q < 20; ++q) {
        const bool identical = q < 5;
        pairs[q] = TextPair{identical, 10, identical ? 10 : 2};
    }
    VariantFidelity out;
    add_texts(out, pairs, clusters);
    const Estimate wilson = wilson_rate(5, 20, "");
    EXPECT_EQ(out.identical.n, 20);
    EXPECT_EQ(out.identical.value, 0.25);
    EXPECT_EQ(out.identical.low, wilson.low) << "independent questions: plain Wilson";
    EXPECT_EQ(out.identical.high, wilson.high);
    EXPECT_EQ(out.words_horizon, 10);
    EXPECT_NEAR(*out.agreed_words.value, 0.75 * 2 + 0.25 * 10, 1e-12);
    add_texts(out, std::vector<std::optional<TextPair>>(2), std::vector<std::int64_t>{0, 1});
    EXPECT_FALSE(out.identical.value);
    EXPECT_FALSE(out.agreed_words.value);
}

}  // namespace
}  // namespace assay::analysis
