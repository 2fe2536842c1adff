#include "assay/validation/copy_model.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace assay::validation {
namespace {

constexpr int kRounds = 200'000;
constexpr double kNear = 0.012;  // more than four standard errors of a product's mean

/// Of pairs of verdicts.
struct Seen {
    double n = 0, sum = 0, squares = 0, products = 0;
    void add(int a, int b) {
        ++n;
        sum += 0.5 * (a + b);
        squares += 0.5 * (a * a + b * b);
        products += a * b;
    }
    [[nodiscard]] double net() const { return sum / n; }
    [[nodiscard]] double decisive() const { return squares / n; }
    [[nodiscard]] double correlation() const {
        return (products / n - net() * net()) / (decisive() - net() * net());
    }
};

TEST(CopyModel, HasTheRatesAndCorrelationsThatAreNamed) {
    for (const CopyModel& model :
         {CopyModel{.truth = {0.6, 0}},
          CopyModel{.truth = {0.36, -0.1}, .share_equal = 0.35},
          CopyModel{.truth = {0.6, -0.1}, .share_equal = 0.1, .sample = 0.25, .judge = 0.6}}) {
        const CopyDraw copy(model);
        Rng rng(12, "copy model");
        Seen all, samples, judges, orders;
        for (int i = 0; i < kRounds; ++i) {
            const int question = copy.question(rng);
            const Pair pair = copy.pair(rng, question), other = copy.pair(rng, question);
            const Pair judge = copy.judge(rng, pair);
            const int verdict = copy.verdict(rng, judge);
            all.add(verdict, copy.verdict(rng, copy.judge(rng, other)));
            if (pair) {
                judges.add(verdict, copy.verdict(rng, copy.judge(rng, pair)));
                orders.add(verdict, copy.verdict(rng, judge));
            }
            if (pair && other) {
                samples.add(verdict, copy.verdict(rng, copy.judge(rng, other)));
            }
        }
        EXPECT_NEAR(all.net(), model.truth.delta, kNear);
        EXPECT_NEAR(all.decisive(), model.truth.decisive_rate, kNear);
        EXPECT_NEAR(judges.n / kRounds, 1 - model.share_equal, kNear);
        EXPECT_NEAR(samples.correlation(), model.sample, kNear);
        EXPECT_NEAR(judges.correlation(), model.judge, kNear);
        EXPECT_NEAR(orders.correlation(), model.order, kNear);
    }
}

TEST(CopyModel, EqualPairsAreTiesWhoeverJudgesThem) {
    const CopyDraw copy({.share_equal = 0.5});
    Rng rng(15, "equal");
    for (int i = 0; i < 1000; ++i) {
        const Pair pair = copy.pair(rng, 1);
        if (!pair) {
            EXPECT_EQ(copy.verdict(rng, copy.judge(rng, pair)), 0);
        }
    }
}

TEST(CopyModel, QuestionsOfAClusterHaveValuesThatCorrelate) {
    const CopyDraw copy({.cluster = 0.7});
    Rng rng(13, "clusters");
    Seen values;
    for (int i = 0; i < kRounds; ++i) {
        const int cluster = copy.cluster(rng);
        values.add(copy.question(rng, cluster), copy.question(rng, cluster));
    }
    EXPECT_NEAR(values.correlation(), 0.7, kNear);
}

TEST(CopyModel, TellsWhatAJudgeIsExpectedToSay) {
    const CopyDraw copy({.truth = {0.6, -0.2}, .share_equal = 0.1});
    Rng rng(14, "expected");
    for (const Pair& judge : {Pair(), Pair(-1), Pair(0), Pair(1)}) {
        double sum = 0;
        for (int i = 0; i < kRounds; ++i) {
            sum += copy.verdict(rng, judge);
        }
        EXPECT_NEAR(sum / kRounds, copy.expected_verdict(judge), kNear);
    }
}

TEST(CopyModel, CorrelationsThatCannotBeAreRefused) {
    EXPECT_ANY_THROW(CopyDraw({.sample = 0.6, .judge = 0.5}));
    EXPECT_ANY_THROW(CopyDraw({.judge = 0.9, .order = 0.8}));
    EXPECT_ANY_THROW(CopyDraw({.share_equal = 1}));
}

}  // namespace
}  // namespace assay::validation
