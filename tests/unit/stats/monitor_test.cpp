#include "assay/stats/monitor.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "assay/base/random.hpp"
#include "assay/stats/clusters.hpp"
#include "assay/stats/distributions.hpp"

namespace assay::stats {
namespace {

MonitorRule hybrid(std::int64_t n, double margin = 0.1) {
    return make_monitor_rule(StoppingDesign::kHybrid, n, margin, 0.05);
}

void push_one(Monitor& monitor, int value) {
    const std::vector<int> values{value};
    monitor.push(values);
}

/// Pushes `value` until there is a decision, `most` times at most; gives how often.
int push_until_decided(Monitor& monitor, int value, int most) {
    int n = 0;
    while (n < most && !monitor.decision()) {
        push_one(monitor, value);
        ++n;
    }
    return n;
}

/// One more verdict: +1, 0 or -1.
void add_to(RunningCounts& counts, int value) {
    if (value > 0) {
        ++counts.wins;
    } else if (value < 0) {
        ++counts.losses;
    } else {
        ++counts.ties;
    }
}

int draw(Rng& rng, double decisive_rate, double delta) {
    const double u = rng.uniform();
    if (u < (decisive_rate + delta) / 2) {
        return 1;
    }
    return u < decisive_rate ? -1 : 0;
}

TEST(MonitorRule, OfAHybridSplitsAlphaIntoAFifthAndTheRest) {
    const MonitorRule rule = hybrid(100);
    EXPECT_NEAR(rule.alpha_looks, 0.01, 1e-15);
    EXPECT_NEAR(rule.alpha_end, 0.04, 1e-15);
    EXPECT_TRUE(rule.boundaries.empty());
    EXPECT_EQ(make_monitor_rule(StoppingDesign::kNone, 100, 0.1, 0.05).alpha_end, 0.05);
}

TEST(HybridMonitor, StopsEarlyWhenEverythingIsLost) {
    Monitor monitor(hybrid(500));
    const int n = push_until_decided(monitor, -1, 500);
    EXPECT_LT(n, 30);
    ASSERT_TRUE(monitor.decision());
    const MonitorDecision& decision = *monitor.decision();
    EXPECT_TRUE(decision.early);
    EXPECT_TRUE(decision.anytime);
    EXPECT_EQ(decision.region, Region::kDegraded);
    EXPECT_EQ(decision.interval.estimate, -1);
    EXPECT_EQ(decision.interval.low, -1);
    EXPECT_LT(decision.interval.high, 0);
    EXPECT_NEAR(decision.tail, 0.01, 1e-15);
    EXPECT_NE(decision.method.find("confidence sequence"), std::string::npos);
    EXPECT_EQ(monitor.n_looks(), n);
    EXPECT_EQ(monitor.n_factors(), n);
    EXPECT_NEAR(monitor.alpha_spent(), 0.01, 1e-15);
    // One verdict less, and the evidence against "no loss" does not do.
    const double before = mixture_e({0, 0, n - 1},
                                    {.theta0 = 0, .side = Side::kLess, .delta1 = -0.25})
                              .log_e;
    EXPECT_TRUE(before < std::log(100.0) || confidence_sequence({0, 0, n - 1}, 0.98).high >= 0);
}

TEST(HybridMonitor, StopsAsEquivalentWhenEverythingIsATie) {
    Monitor monitor(hybrid(2000));
    const int n = push_until_decided(monitor, 0, 1000);
    EXPECT_LT(n, 300);
    ASSERT_TRUE(monitor.decision());
    EXPECT_EQ(monitor.decision()->region, Region::kEquivalent);
    EXPECT_GT(monitor.decision()->interval.low, -0.1);
    EXPECT_LT(monitor.decision()->interval.high, 0.1);
    EXPECT_LE(monitor.p_lower(), 0.01);
    EXPECT_LE(monitor.p_upper(), 0.01);
}

TEST(HybridMonitor, NeverStopsAsNonInferior) {
    Monitor monitor(hybrid(300));
    EXPECT_EQ(push_until_decided(monitor, 1, 299), 299);
    EXPECT_FALSE(monitor.decision());
    push_one(monitor, 1);
    ASSERT_TRUE(monitor.decision());
    EXPECT_FALSE(monitor.decision()->early);
    EXPECT_EQ(monitor.decision()->region, Region::kNonInferior);
}

TEST(HybridMonitor, SaysDegradedOnlyWhereTheLowerLimitReachesTheMargin) {
    // The same stream, net -1/6, under two margins: both are shown to be worse in the end, one
    // within its margin.
    Monitor narrow(hybrid(4000, 0.1)), wide(hybrid(4000, 0.5));
    for (int i = 0; i < 3999; ++i) {
        const int value = i % 6 == 0 ? -1 : 0;
        if (!narrow.decision()) {
            push_one(narrow, value);
        }
        push_one(wide, value);  // on and on, past its own decision, until 0 is excluded, too
    }
    ASSERT_TRUE(narrow.decision() && wide.decision());
    EXPECT_EQ(narrow.decision()->region, Region::kDegraded);
    EXPECT_LE(narrow.decision()->interval.low, -0.1);
    EXPECT_EQ(wide.decision()->region, Region::kEquivalent);
    EXPECT_LT(wide.decision()->interval.high, 0);
}

TEST(HybridMonitor, AtTheEndTangosIntervalAtAlphaTwoDecides) {
    Monitor monitor(hybrid(154));
    std::vector<int> order;
    order.insert(order.end(), 45, 1);
    order.insert(order.end(), 48, -1);
    order.insert(order.end(), 61, 0);
    Rng rng(1);
    rng.shuffle(std::span(order));
    for (const int value : order) {
        push_one(monitor, value);
    }
    ASSERT_TRUE(monitor.decision());
    const NetInterval expected = *deciding_interval({45, 48, 154}, 0.04);
    EXPECT_EQ(monitor.decision()->interval.low, expected.low);
    EXPECT_EQ(monitor.decision()->interval.high, expected.high);
    EXPECT_FALSE(monitor.decision()->early);
    EXPECT_FALSE(monitor.decision()->anytime);
    EXPECT_EQ(monitor.decision()->method, "Tango score interval");
    EXPECT_NEAR(monitor.alpha_spent(), 0.05, 1e-15);
    EXPECT_EQ(monitor.n_looks(), 154);
}

TEST(HybridMonitor, ItsIntervalAlwaysSupportsItsLabelAndHoldsTheEstimate) {
    Rng rng(7);
    int early = 0;
    for (int round = 0; round < 60; ++round) {
        Monitor monitor(hybrid(400, 0.15));
        const double delta = -0.4 + 0.01 * round;
        for (int i = 0; i < 400; ++i) {
            push_one(monitor, draw(rng, 0.6, delta));
            if (!monitor.decision()) {
                continue;
            }
            const MonitorDecision& decision = *monitor.decision();
            EXPECT_EQ(decision.region,
                      region_of(decision.interval.low, decision.interval.high, 0.15));
            EXPECT_LE(decision.interval.low, decision.interval.estimate);
            EXPECT_GE(decision.interval.high, decision.interval.estimate);
            early += decision.early;
            break;
        }
    }
    EXPECT_GT(early, 20);
}

TEST(HybridMonitor, CountsWhatEachSideHasShownAtAnyTimeSoFar) {
    // Near the end of a design of this size both sides seldom lie within the margin at once.
    Rng rng(2);
    int by_memory = 0;
    for (int round = 0; round < 200; ++round) {
        Monitor monitor(hybrid(650));
        RunningCounts counts;
        for (int i = 0; i < 649 && !monitor.decision(); ++i) {
            const int value = draw(rng, 0.6, 0);
            push_one(monitor, value);
            add_to(counts, value);
        }
        if (!monitor.decision() || monitor.decision()->region != Region::kEquivalent) {
            continue;
        }
        const Interval now = confidence_sequence(counts, 0.98);
        const Interval shown{monitor.decision()->interval.low, monitor.decision()->interval.high};
        EXPECT_GE(shown.low, now.low - 1e-12);
        EXPECT_LE(shown.high, now.high + 1e-12);
        by_memory += now.low <= -0.1 || now.high >= 0.1;
    }
    EXPECT_GT(by_memory, 0);
}

TEST(HybridMonitor, DoesNotStopOnAnIntervalThatTheOrderHasBroken) {
    // Not a random order: first only wins, then only losses. The running intersection ends far from
    // the estimate.
    Monitor monitor(hybrid(800));
    for (int i = 0; i < 799; ++i) {
        push_one(monitor, i < 300 ? 1 : -1);
        if (!monitor.decision()) {
            continue;
        }
        EXPECT_LE(monitor.decision()->interval.low, monitor.decision()->interval.estimate);
        EXPECT_GE(monitor.decision()->interval.high, monitor.decision()->interval.estimate);
    }
    EXPECT_FALSE(monitor.decision());
}

TEST(HybridMonitor, GoesOnLookingAfterAnEarlyDecision) {
    Monitor monitor(hybrid(200));
    const int n = push_until_decided(monitor, -1, 200);
    push_one(monitor, -1);
    ASSERT_TRUE(monitor.decision());
    EXPECT_EQ(monitor.decision()->region, Region::kDegraded);
    EXPECT_EQ(monitor.n_factors(), n + 1);
}

TEST(HybridMonitor, TakesAClusterAsOneFactor) {
    Monitor questions(hybrid(2000)), clusters(hybrid(2000));
    const std::vector<int> five(5, -1);
    const int n = push_until_decided(questions, -1, 100);
    int n_clusters = 0;
    while (!clusters.decision()) {
        clusters.push(five);
        ++n_clusters;
    }
    EXPECT_EQ(n_clusters, n);  // five that go together are worth one
    EXPECT_EQ(clusters.n_factors(), n);
    EXPECT_NE(clusters.decision()->method.find(std::to_string(n) + " clusters"), std::string::npos);
}

TEST(HybridMonitor, TakesTheMeanOfBothOrdersAsAHalf) {
    Monitor monitor(hybrid(1000));
    const std::vector<int> one_of_two{0, -1};
    int n = 0;
    while (!monitor.decision() && n < 400) {
        monitor.push(one_of_two);
        ++n;
    }
    ASSERT_TRUE(monitor.decision());
    EXPECT_EQ(monitor.decision()->interval.estimate, -0.5);
    const std::vector<ValueCount> halves{{-0.5, n}};
    EXPECT_NEAR(
        monitor.decision()->interval.high, confidence_sequence_of_values(halves, 0.98).high, 1e-12);
}

TEST(Monitor, AtTheEndUsesEffectiveCountsWithClusters) {
    Rng rng(4);
    Monitor monitor(hybrid(120));
    std::vector<double> y;
    std::vector<std::int64_t> owners;
    for (int cluster = 0; cluster < 40; ++cluster) {
        const int common = draw(rng, 0.6, 0);
        std::vector<int> values(3, common);
        values[2] = draw(rng, 0.6, 0);
        monitor.push(values);
        for (const int value : values) {
            y.push_back(value);
            owners.push_back(cluster);
        }
    }
    ASSERT_TRUE(monitor.decision());
    const double effect = design_effect_to_use(*cluster_mean(y, owners, 0.9));
    ASSERT_GT(effect, 1.1);
    const double wins = static_cast<double>(std::count(y.begin(), y.end(), 1.0));
    const double losses = static_cast<double>(std::count(y.begin(), y.end(), -1.0));
    const NetInterval expected = *deciding_interval(
        effective({wins, losses, 120}, effect), 0.04, 39);
    EXPECT_NEAR(monitor.decision()->interval.low, expected.low, 1e-12);
    EXPECT_NEAR(monitor.decision()->interval.high, expected.high, 1e-12);
    EXPECT_EQ(monitor.decision()->method, "effective-count score interval");
}

TEST(Monitor, OfOneClusterOrOfNoValueHasNoDecision) {
    Monitor one(hybrid(3)), none(hybrid(3));
    const std::vector<int> three{1, 0, -1};
    one.push(three);
    none.push({}, 3);
    EXPECT_TRUE(one.at_end());
    EXPECT_FALSE(one.decision());
    EXPECT_TRUE(none.at_end());
    EXPECT_FALSE(none.decision());
    EXPECT_EQ(none.n_factors(), 0);
}

TEST(Monitor, CountsComparisonsWithoutAValueTowardsTheEnd) {
    Monitor monitor(hybrid(10));
    for (int i = 0; i < 8; ++i) {
        push_one(monitor, 0);
    }
    monitor.push({}, 2);
    ASSERT_TRUE(monitor.decision());
    EXPECT_EQ(monitor.n_factors(), 8);
    EXPECT_EQ(monitor.decision()->interval.high, deciding_interval({0, 0, 8}, 0.04)->high);
}

TEST(GroupSequentialMonitor, LooksFiveTimesAndStopsAtTheBoundary) {
    const MonitorRule rule = make_monitor_rule(StoppingDesign::kGroupSequential, 500, 0.1, 0.05);
    Monitor monitor(rule);
    int n = 0;
    // Net -0.2: Z(0) is -2.5 after 100, short of the first boundary, and -3.65 after 200, beyond
    // the second.
    while (!monitor.decision()) {
        const bool loses = n % 5 == 0 || (n % 5 == 1 && n % 2 == 0);
        push_one(monitor, loses ? -1 : 0);
        ++n;
    }
    EXPECT_EQ(n % 100, 0);
    EXPECT_EQ(monitor.n_looks(), n / 100);
    const auto look = static_cast<std::size_t>(monitor.n_looks());
    ASSERT_LT(look, 5u);
    const MonitorDecision& decision = *monitor.decision();
    EXPECT_TRUE(decision.early);
    EXPECT_FALSE(decision.anytime);
    EXPECT_EQ(decision.region, Region::kDegraded);
    EXPECT_NEAR(decision.tail, normal_upper(rule.boundaries[look - 1]), 1e-12);
    const NetCounts counts{0, -decision.interval.estimate * n, static_cast<double>(n)};
    EXPECT_NEAR(
        decision.interval.high, tango_interval(counts, rule.boundaries[look - 1])->high, 1e-9);
    EXPECT_NEAR(monitor.alpha_spent(),
                2 * normal_upper(normal_upper_quantile(0.025) / std::sqrt(0.2 * monitor.n_looks())),
                1e-12);
}

TEST(GroupSequentialMonitor, StopsAsEquivalentAndDecidesAtTheLastBoundary) {
    const MonitorRule rule = make_monitor_rule(StoppingDesign::kGroupSequential, 1000, 0.1, 0.05);
    Monitor ties(rule);
    int n = 0;
    while (!ties.decision()) {
        push_one(ties, 0);
        ++n;
    }
    EXPECT_EQ(ties.decision()->region, Region::kEquivalent);
    EXPECT_LT(n, 1000);
    Monitor even(make_monitor_rule(StoppingDesign::kGroupSequential, 60, 0.1, 0.05));
    for (int i = 0; i < 60; ++i) {
        push_one(even, i % 2 == 0 ? 1 : -1);
    }
    ASSERT_TRUE(even.decision());
    EXPECT_FALSE(even.decision()->early);
    EXPECT_EQ(even.n_looks(), 5);
    EXPECT_NEAR(even.decision()->interval.high,
                tango_interval({30, 30, 60}, rule.boundaries[4])->high,
                1e-9);
    EXPECT_NEAR(even.alpha_spent(), 0.05, 1e-12);
    EXPECT_NE(even.decision()->method.find("look 5 of 5, 1.74"), std::string::npos);
}

TEST(GroupSequentialMonitor, AClusterThatJumpsOverALookIsLookedAtOnce) {
    Monitor monitor(make_monitor_rule(StoppingDesign::kGroupSequential, 100, 0.1, 0.05));
    for (int i = 0; i < 19; ++i) {
        push_one(monitor, 0);
    }
    const std::vector<int> large(25, 0);
    monitor.push(large);  // from 19 to 44 of 100: past the looks at 20 and 40
    EXPECT_EQ(monitor.n_looks(), 1);
    EXPECT_NEAR(monitor.alpha_spent(),
                2 * normal_upper(normal_upper_quantile(0.025) / std::sqrt(0.4)),
                1e-12);
}

TEST(GroupSequentialMonitor, WorksWithATinyAlphaWhoseFirstBoundaryIsInfinite) {
    Monitor monitor(make_monitor_rule(StoppingDesign::kGroupSequential, 50, 0.1, 1e-200));
    for (int i = 0; i < 50; ++i) {
        push_one(monitor, -1);
    }
    EXPECT_TRUE(monitor.at_end());
}

TEST(PlainMonitor, LooksOnceAtTheEndAtAlpha) {
    Monitor monitor(make_monitor_rule(StoppingDesign::kNone, 200, 0.1, 0.05));
    EXPECT_EQ(push_until_decided(monitor, -1, 200), 200);
    EXPECT_FALSE(monitor.decision()->early);
    EXPECT_EQ(monitor.n_looks(), 1);
    EXPECT_EQ(monitor.decision()->interval.high, deciding_interval({0, 200, 200}, 0.05)->high);
    EXPECT_EQ(monitor.p_lower(), 1);
}

}  // namespace
}  // namespace assay::stats
