#include "assay/http/retry.hpp"

#include <gtest/gtest.h>

namespace assay::http {
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

TEST(Retry, ALimitIsResetAfterADurationOrAtATime) {
    EXPECT_EQ(reset_after_seconds("1s", "", kNow), 1.0);
    EXPECT_EQ(reset_after_seconds("1m6.5s", "", kNow), 66.5);
    EXPECT_EQ(reset_after_seconds("120ms", "", kNow), 0.12);
    EXPECT_EQ(reset_after_seconds("12", "", kNow), 12.0);
    EXPECT_EQ(reset_after_seconds("2h", "", kNow), kMaxRetryAfterS);
    const char* date = "Sun, 06 Nov 1994 08:49:37 GMT";
    for (const char* at : {"1994-11-06T08:49:42Z",
                           "1994-11-06T08:49:42.999Z",
                           "1994-11-06T10:49:42+02:00",
                           "1994-11-06T03:19:42-05:30"}) {
        EXPECT_EQ(reset_after_seconds(at, date, kNow + 100000), 5.0) << at;
    }
    EXPECT_EQ(reset_after_seconds("1994-11-06T08:49:30Z", date, kNow), 0.0);
    EXPECT_EQ(reset_after_seconds("1970-01-01T00:01:00Z", "", 50), 10.0);
    for (const char* value : {"",
                              "soon",
                              "-1s",
                              "1x",
                              "s",
                              "1.2.3s",
                              "1994-11-06",
                              "1994-11-06T08:49:42",
                              "1994-11-06T08:49:42+2",
                              "1994-11-06T08:49:42Zz"}) {
        EXPECT_FALSE(reset_after_seconds(value, date, kNow)) << value;
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
    for (const int status : {408, 409, 425, 429, 500, 502, 503, 504, 529, 599}) {
        EXPECT_TRUE(is_retried(status)) << status;
    }
    for (const int status : {200, 301, 400, 401, 402, 403, 404, 413, 422, 600}) {
        EXPECT_FALSE(is_retried(status)) << status;
    }
}

}  // namespace
}  // namespace assay::http
