#include "assay/judge/retry.hpp"

#include <gtest/gtest.h>

namespace assay::judge {
namespace {

constexpr std::int64_t kNow = 784111777;  // Sun, 06 Nov 1994 08:49:37 GMT

TEST(Retry, AfterSeconds) {
    EXPECT_EQ(retry_after_seconds("7", "", kNow), 7.0);
    EXPECT_EQ(retry_after_seconds(" 0 ", "", kNow), 0.0);
    EXPECT_EQ(retry_after_seconds("1.5", "", kNow), 1.5);
    EXPECT_EQ(retry_after_seconds("3600", "", kNow), kMaxRetryAfterS);
    EXPECT_EQ(retry_after_seconds("99999999999999999999999999", "", kNow), kMaxRetryAfterS);
}

TEST(Retry, AfterADate) {
    EXPECT_EQ(retry_after_seconds("Sun, 06 Nov 1994 08:49:42 GMT", "", kNow), 5.0);
    EXPECT_EQ(retry_after_seconds("Sun, 06 Nov 1994 08:49:30 GMT", "", kNow), 0.0);
    EXPECT_EQ(retry_after_seconds("Sun, 06 Nov 1999 08:49:30 GMT", "", kNow), kMaxRetryAfterS);
}

TEST(Retry, ADateIsMeasuredByTheServersOwnClock) {
    const char* date = "Sun, 06 Nov 1994 08:49:37 GMT";
    EXPECT_EQ(retry_after_seconds("Sun, 06 Nov 1994 08:49:42 GMT", date, kNow + 100000), 5.0);
    EXPECT_EQ(retry_after_seconds("Sun, 06 Nov 1994 08:49:42 GMT", date, kNow - 100000), 5.0);
}

TEST(Retry, NonsenseIsNoWait) {
    for (const char* value : {"", " ", "soon", "-5", "1.2.3", ".", "nan", "inf", "1e9", "0x10"}) {
        EXPECT_FALSE(retry_after_seconds(value, "", kNow)) << value;
    }
}

TEST(Retry, BackoffGrowsWithinItsBoundsAndIsTheSameEachTime) {
    for (int n = 1; n < 40; ++n) {
        const double whole = n > 6 ? 30.0 : 0.5 * (1 << (n - 1));
        const double wait = backoff_seconds(n, "item");
        EXPECT_GE(wait, whole / 2);
        EXPECT_LT(wait, whole);
        EXPECT_EQ(wait, backoff_seconds(n, "item"));
    }
    EXPECT_NE(backoff_seconds(1, "item"), backoff_seconds(1, "other"));
}

TEST(Retry, OnlyWhatCanPassIsTriedAgain) {
    for (const int status : {408, 409, 425, 429, 500, 502, 503, 504, 529, 599})
        EXPECT_TRUE(is_retried(status)) << status;
    for (const int status : {200, 301, 400, 401, 402, 403, 404, 413, 422, 600})
        EXPECT_FALSE(is_retried(status)) << status;
}

}  // namespace
}  // namespace assay::judge
