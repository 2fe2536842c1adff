#include "assay/base/clock.hpp"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(UtcNow, IsAnIsoTime) {
    const std::string now = utc_now();
    ASSERT_EQ(now.size(), 20U);
    EXPECT_EQ(now[4], '-');
    EXPECT_EQ(now[10], 'T');
    EXPECT_EQ(now.back(), 'Z');
    EXPECT_GE(now, "2024");
}

}  // namespace
}  // namespace assay
