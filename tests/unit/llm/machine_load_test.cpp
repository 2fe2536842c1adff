#include "assay/llm/machine_load.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace assay::llm {
namespace {

TEST(MachineLoad, TicksAreReadFromTheFirstLine) {
    const auto ticks = cpu_ticks_of("cpu  100 20 30 800 40 1 2 7 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n");
    ASSERT_TRUE(ticks);
    EXPECT_EQ(ticks->busy, 160);
    EXPECT_EQ(ticks->total, 1000);
}

TEST(MachineLoad, AnotherTextIsNotTaken) {
    EXPECT_FALSE(cpu_ticks_of(""));
    EXPECT_FALSE(cpu_ticks_of("cpu 1 2 3"));
    EXPECT_FALSE(cpu_ticks_of("intr 1 2 3 4 5 6 7 8"));
}

TEST(MachineLoad, IsThatBetweenTwoTimes) {
    const double n_cores = std::thread::hardware_concurrency();
    EXPECT_DOUBLE_EQ(*busy_cores_between({100, 1000}, {150, 1200}), n_cores / 4);
    EXPECT_FALSE(busy_cores_between({100, 1000}, {100, 1000})) << "no time has passed";
}

TEST(MachineLoad, ABusyThreadIsSeen) {
    std::atomic<bool> stop{false};
    std::thread spinning([&] {
        while (!stop) {
        }
    });
    const auto busy = busy_cores(std::chrono::milliseconds(300));
    stop = true;
    spinning.join();
    ASSERT_TRUE(busy);
    EXPECT_GT(*busy, 0.4);
    EXPECT_LE(*busy, std::thread::hardware_concurrency() + 0.01);
}

}  // namespace
}  // namespace assay::llm
