#include "assay/stats/question_score.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "assay/base/random.hpp"
#include "assay/stats/distributions.hpp"

namespace assay::stats {
namespace {

constexpr double kZ90 = 1.6448536269514722;

std::vector<ValueCount> of_counts(std::int64_t wins, std::int64_t losses, std::int64_t ties) {
    std::vector<ValueCount> out;
    for (const auto& [value, count] :
         {ValueCount{-1, losses}, ValueCount{0, ties}, ValueCount{1, wins}}) {
        if (count > 0) {
            out.push_back({value, count});
        }
    }
    return out;
}

/// Means of k verdicts of up to 60 questions.
std::vector<ValueCount> drawn(Rng& rng, std::int64_t k) {
    std::vector<ValueCount> out;
    for (std::int64_t sum = -k; sum <= k; ++sum) {
        const auto count = static_cast<std::int64_t>(rng.below(8));
        if (count > 0) {
            out.push_back({static_cast<double>(sum) / static_cast<double>(k), count});
        }
    }
    return out.empty() ? std::vector<ValueCount>{{0, 1}} : out;
}

std::vector<ValueCount> mirrored(const std::vector<ValueCount>& values) {
    std::vector<ValueCount> out;
    for (auto each = values.rbegin(); each != values.rend(); ++each) {
        out.push_back({-each->value, each->count});
    }
    return out;
}

TEST(QuestionScore, IsTangosWhereAQuestionHasOneVerdict) {
    Rng rng(11);
    for (int i = 0; i < 10'000; ++i) {
        const auto wins = static_cast<std::int64_t>(rng.below(60)),
                   losses = static_cast<std::int64_t>(rng.below(60)),
                   ties = static_cast<std::int64_t>(rng.below(60));
        if (wins + losses + ties == 0) {
            continue;
        }
        const auto values = of_counts(wins, losses, ties);
        const NetCounts counts = net_counts(wins, losses, ties);
        const double delta = 1.9 * rng.uniform() - 0.95;
        const double expected = *tango_z(counts, delta);
        ASSERT_NEAR(*question_score_z(values, delta), expected, 1e-9 * (1 + std::abs(expected)))
            << wins << " " << losses << " " << ties << " at " << delta;
        if (i % 10 == 0) {
            const auto ours = question_score_interval(values, kZ90),
                       tangos = tango_interval(counts, kZ90);
            ASSERT_NEAR(ours->low, tangos->low, 1e-9) << wins << " " << losses << " " << ties;
            ASSERT_NEAR(ours->high, tangos->high, 1e-9) << wins << " " << losses << " " << ties;
        }
    }
}

TEST(QuestionScore, FallsInDeltaAndTheLimitsAreWhereItIsTheCriticalValue) {
    Rng rng(12);
    for (int i = 0; i < 500; ++i) {
        const auto values = drawn(rng, 1 + static_cast<std::int64_t>(rng.below(8)));
        double before = std::numeric_limits<double>::infinity();
        for (double delta = -0.99; delta < 0.995; delta += 0.03) {
            const double z = *question_score_z(values, delta);
            ASSERT_LE(z, before + 1e-9) << delta;
            before = z;
        }
        const auto interval = question_score_interval(values, 2);
        ASSERT_LE(interval->low, interval->estimate);
        ASSERT_GE(interval->high, interval->estimate);
        if (interval->low > -1 && interval->low < interval->estimate) {
            ASSERT_NEAR(*question_score_z(values, interval->low), 2, 1e-6);
        }
        if (interval->high < 1 && interval->high > interval->estimate) {
            ASSERT_NEAR(*question_score_z(values, interval->high), -2, 1e-6);
        }
    }
}

TEST(QuestionScore, ExchangingTheTwoModelsChangesTheSigns) {
    Rng rng(13);
    for (int i = 0; i < 200; ++i) {
        const auto values = drawn(rng, 4), other = mirrored(values);
        const auto one = question_score_interval(values, kZ90),
                   two = question_score_interval(other, kZ90);
        ASSERT_NEAR(one->low, -two->high, 1e-12);
        ASSERT_NEAR(one->high, -two->low, 1e-12);
        ASSERT_NEAR(*question_score_z(values, 0.2), -*question_score_z(other, -0.2), 1e-9);
    }
}

TEST(QuestionScore, QuestionsThatAreAllAlikeHaveAWidth) {
    EXPECT_EQ(question_score_interval(std::vector<ValueCount>{{-1, 12}}, kZ90)->low, -1);
    EXPECT_EQ(question_score_interval(std::vector<ValueCount>{{1, 12}}, kZ90)->high, 1);
    const auto quarter = question_score_interval(std::vector<ValueCount>{{0.25, 10}}, kZ90);
    EXPECT_LT(quarter->low, 0.25);
    EXPECT_GT(quarter->high, 0.25);
    EXPECT_NEAR(*question_score_z(std::vector<ValueCount>{{0.25, 10}}, quarter->low), kZ90, 1e-9);
}

TEST(QuestionScore, NothingIsSaidOfNoQuestion) {
    EXPECT_FALSE(question_score_z({}, 0));
    EXPECT_FALSE(question_score_interval({}, kZ90));
    EXPECT_FALSE(tost_score(QuestionMeans{}, 0.1));
    EXPECT_FALSE(deciding_interval(QuestionMeans{}, 0.05));
    EXPECT_FALSE(smallest_equivalence_margin(QuestionMeans{}, 0.05));
}

TEST(QuestionScore, ItsTestAgreesWithItsInterval) {
    Rng rng(14);
    for (int i = 0; i < 300; ++i) {
        QuestionMeans questions{drawn(rng, 6), 1.3, 25};
        const auto interval = deciding_interval(questions, 0.05);
        const double margin = 0.05 + 0.4 * rng.uniform();
        const auto tost = tost_score(questions, margin);
        EXPECT_EQ(interval->low > -margin, tost->p_lower < 0.05) << margin;
        EXPECT_EQ(interval->high < margin, tost->p_upper < 0.05) << margin;
    }
}

TEST(QuestionScore, ADesignEffectWidensBothEnds) {
    const QuestionMeans alone{{{-0.5, 10}, {0, 30}, {0.5, 12}}, 1, 51};
    QuestionMeans clustered = alone;
    clustered.design_effect = 2;
    EXPECT_LT(deciding_interval(clustered, 0.05)->low, deciding_interval(alone, 0.05)->low);
    EXPECT_GT(deciding_interval(clustered, 0.05)->high, deciding_interval(alone, 0.05)->high);
    EXPECT_GT(tost_score(clustered, 0.1)->p_tost, tost_score(alone, 0.1)->p_tost);
}

}  // namespace
}  // namespace assay::stats
