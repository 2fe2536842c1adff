#include "assay/validation/copy_model.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace assay::validation {
namespace {

constexpr int kRounds = 200'000;
constexpr double kNear = 0.012;  // more than four standard errors of a product's mean

/// Of pairs of verdicts.
struct Seen {
    double sum = 0, squares = 0, products = 0;
    void add(int a, int b) {
        sum += 0.5 * (a + b);
        squares += 0.5 * (a * a + b * b);
        products += a * b;
    }
    [[nodiscard]] double net() const { return sum / kRounds; }
    [[nodiscard]] double decisive() const { return squares / kRounds; }
    [[nodiscard]] double correlation() const {
        return (products / kRounds - net() * net()) / (decisive() - net() * net());
    }
};

TEST(CopyModel, HasTheRatesAndCorrelationsThatAreNamed) {
    for (const CopyModel& model :
         {CopyModel{.truth = {0.6, 0}},
          CopyModel{.truth = {0.36, -0.1}, .share_equal = 0.35},
          CopyModel{.truth = {0.6, -0.1}, .share_equal = 0.1, .sample = 0.25, .judge = 0.6}}) {
        const CopyDraw copy(model);
        Rng rng(12, "copy model");
        Seen samples, judges, orders;
        for (int i = 0; i < kRounds; ++i) {
            const int question = copy.question(rng);
            samples.add(copy.fresh_verdict(rng, question), copy.fresh_verdict(rng, question));
            const Pair pair = copy.pair(rng, question);
            const Pair judge = copy.judge(rng, pair);
            judges.add(copy.verdict(rng, judge), copy.verdict(rng, copy.judge(rng, pair)));
            orders.add(copy.verdict(rng, judge), copy.verdict(rng, judge));
        }
        EXPECT_NEAR(orders.net(), model.truth.delta, kNear);
        EXPECT_NEAR(orders.decisive(), model.truth.decisive_rate, kNear);
        EXPECT_NEAR(samples.correlation(), model.sample, kNear);
        EXPECT_NEAR(judges.correlation(), model.judge, kNear);
        EXPECT_NEAR(orders.correlation(), model.order, kNear);
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
