#include "assay/http/pace.hpp"

#include <gtest/gtest.h>

namespace assay::http {
namespace {

using namespace std::chrono_literals;

const Pace::Clock::time_point kStart{1000s};

double wait_s(const Pace& pace, Pace::Clock::time_point now) {
    return std::chrono::duration<double>(pace.wait(now)).count();
}

TEST(Pace, WithoutLimitsNothingWaits) {
    Pace pace(0, 0, kStart);
    for (int i = 0; i < 1000; ++i) {
        pace.take(1e6, kStart);
    }
    EXPECT_EQ(wait_s(pace, kStart), 0);
}

TEST(Pace, RequestsLeaveEvenlyAfterOneSecondsWorth) {
    Pace pace(120, 0, kStart);  // two a second
    pace.take(0, kStart);
    EXPECT_EQ(wait_s(pace, kStart), 0);
    pace.take(0, kStart);
    EXPECT_NEAR(wait_s(pace, kStart), 0.5, 1e-5);
    EXPECT_NEAR(wait_s(pace, kStart + 300ms), 0.2, 1e-5);
    EXPECT_EQ(wait_s(pace, kStart + 500ms), 0);
    // An hour of rest brings no more than a second's worth.
    pace.take(0, kStart + 1h);
    pace.take(0, kStart + 1h);
    EXPECT_NEAR(wait_s(pace, kStart + 1h), 0.5, 1e-5);
}

TEST(Pace, SlowLimitsLetOneThroughAtOnce) {
    Pace pace(1, 0, kStart);
    EXPECT_EQ(wait_s(pace, kStart), 0);
    pace.take(0, kStart);
    EXPECT_NEAR(wait_s(pace, kStart), 60, 1e-3);
}

TEST(Pace, NoMinuteSeesMoreThanTheLimitAndASecondsWorth) {
    for (const int limit : {1, 7, 60, 1000}) {
        Pace pace(limit, 0, kStart);
        int n = 0;
        for (auto now = kStart; now < kStart + 60s; now += 1ms) {
            while (pace.wait(now) == Pace::Clock::duration::zero()) {
                pace.take(0, now);
                ++n;
            }
        }
        EXPECT_LE(n, limit + std::max(1, limit / 60)) << limit;
        EXPECT_GE(n, limit) << limit;
    }
}

TEST(Pace, AWaitThatWasKeptIsOver) {
    for (const double limit : {0.9, 7.0, 59.9, 333.0}) {
        Pace pace(limit, limit * 10, kStart);
        auto now = kStart;
        for (int i = 0; i < 100; ++i) {
            pace.take(13.7, now);
            now += pace.wait(now);
            EXPECT_EQ(wait_s(pace, now), 0) << limit;
        }
    }
}

TEST(Pace, TokensAreOverdrawnByOneRequestAndPaidBack) {
    Pace pace(0, 6000, kStart);  // 100 a second
    pace.take(250, kStart);
    EXPECT_NEAR(wait_s(pace, kStart), 1.51, 1e-5);
    pace.correct(-200, kStart);  // it were 50 only
    EXPECT_EQ(wait_s(pace, kStart), 0);
    pace.correct(1000, kStart);
    EXPECT_NEAR(wait_s(pace, kStart), 9.51, 1e-5);
}

TEST(Pace, AHoldIsHeldAndAShorterOneDoesNotEndIt) {
    Pace pace(0, 0, kStart);
    pace.hold(kStart + 3s);
    pace.hold(kStart + 1s);
    EXPECT_EQ(wait_s(pace, kStart), 3);
    EXPECT_EQ(wait_s(pace, kStart + 3s), 0);
}

}  // namespace
}  // namespace assay::http
