#include "assay/app/host.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

namespace assay::app {
namespace {

TEST(Host, IsThisMachine) {
    const Host host = describe_host();
    EXPECT_GE(host.n_cores, 1);
    EXPECT_LE(host.n_cores, static_cast<int>(std::max(1U, std::thread::hardware_concurrency())));
    EXPECT_GT(host.memory_bytes, std::uint64_t{100'000'000});
    EXPECT_GT(host.memory_available_bytes, 0U);
    EXPECT_LE(host.memory_available_bytes, host.memory_bytes);
    EXPECT_TRUE(host.os.starts_with("Linux ")) << host.os;
}

}  // namespace
}  // namespace assay::app
