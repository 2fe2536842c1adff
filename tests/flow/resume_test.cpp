// Whatever moment the program is killed at, the same command goes on, and leaves the same bytes.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <random>
#include <thread>

#include "lab.hpp"

namespace assay::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// An undisturbed run, and what it left.
struct Reference {
    std::map<std::string, std::string> artifacts;
    int exit_code = -1;
    int n_requests = 0;
    std::chrono::microseconds duration{};
};

Reference undisturbed(const Lab& lab, const std::string& variants) {
    const auto begun = Clock::now();
    const Ended ended = lab.run(variants);
    Reference reference{
        lab.artifacts(),
        ended.exit_code,
        lab.n_requests(""),
        std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begun)};
    EXPECT_EQ(ended.exit_code, 4) << "fewer than ten questions decide nothing\n" << describe(ended);
    EXPECT_TRUE(reference.artifacts.contains("report.json"));
    lab.forget_run();
    return reference;
}

/// Runs again and compares; a sentence if anything is not as in the undisturbed run.
std::string finish_and_compare(const Lab& lab,
                               const std::string& variants,
                               const Reference& reference) {
    lab.forget_journal();
    const Ended ended = lab.run(variants);
    if (ended.exit_code != reference.exit_code) {
        return describe(ended);
    }
    return difference(reference.artifacts, lab.artifacts());
}

constexpr int kWorkers = 2;
const std::string kVariants = "Q8_0,Q2_K";

TEST(Resume, AfterAKillAtAnyRequestTheSameCommandLeavesTheSameBytes) {
    std::atomic<int> next{1}, n_kills{0};
    const auto work = [&] {
        const Lab lab(3);
        const Reference reference = undisturbed(lab, kVariants);
        ASSERT_GT(reference.n_requests, 50);
        for (int n = next++; n <= reference.n_requests; n = next++) {
            const Ended killed = lab.run(
                kVariants, {}, {{"SCRIPT_KILL_PARENT_AT", std::to_string(n)}});
            ASSERT_EQ(killed.signal, SIGKILL) << "n = " << n << "\n" << describe(killed);
            ++n_kills;
            ASSERT_EQ(finish_and_compare(lab, kVariants, reference), "")
                << "killed at request " << n;
            lab.forget_run();
        }
        // One more than there are: nobody is killed.
        EXPECT_EQ(lab.run(kVariants,
                          {},
                          {{"SCRIPT_KILL_PARENT_AT", std::to_string(reference.n_requests + 1)}})
                      .exit_code,
                  reference.exit_code);
    };
    std::vector<std::thread> workers;
    for (int i = 0; i < kWorkers; ++i) {
        workers.emplace_back(work);
    }
    for (std::thread& worker : workers) {
        worker.join();
    }
    std::printf("killed at each of %d requests\n", n_kills.load());
}

TEST(Resume, AfterAKillAtAnyMomentTheSameCommandLeavesTheSameBytes) {
    const Lab lab(5);
    const Reference reference = undisturbed(lab, kVariants);
    int n_killed = 0;
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
        Program program(lab.start(kVariants));
        std::this_thread::sleep_for(std::chrono::microseconds(
            std::mt19937(seed)() % static_cast<std::uint64_t>(reference.duration.count())));
        program.signal(SIGKILL);
        n_killed += program.wait().signal == SIGKILL;
        ASSERT_EQ(finish_and_compare(lab, kVariants, reference), "") << "seed " << seed;
        lab.forget_run();
    }
    EXPECT_GT(n_killed, 10);
}

TEST(Resume, AfterManyKillsInARowTheSameCommandLeavesTheSameBytes) {
    const Lab lab(5);
    const Reference reference = undisturbed(lab, kVariants);
    for (int i = 0; i < 8; ++i) {
        lab.forget_journal();
        const Ended killed = lab.run(
            kVariants, {}, {{"SCRIPT_KILL_PARENT_AT", std::to_string(70 + 9 * i)}});
        if (killed.signal == 0) {
            break;
        }
    }
    EXPECT_EQ(finish_and_compare(lab, kVariants, reference), "");
}

TEST(Resume, CtrlCEndsTheRunSoonWithCode130AndTheSameCommandGoesOn) {
    const Lab lab(6);
    const Reference reference = undisturbed(lab, kVariants);
    Program program(lab.start(kVariants, {}, {{"SCRIPT_SLEEP_MS", "200"}}));
    while (lab.n_requests("answer") < 2 && program.running()) {
        std::this_thread::sleep_for(5ms);
    }
    program.signal(SIGINT);
    const auto asked = Clock::now();
    const Ended ended = program.wait(20s);
    EXPECT_EQ(ended.exit_code, 130) << describe(ended);
    EXPECT_LT(Clock::now() - asked, 5s);
    EXPECT_NE(ended.err.find("everything that was finished is kept"), std::string::npos)
        << ended.err;
    EXPECT_EQ(finish_and_compare(lab, kVariants, reference), "");
}

TEST(Resume, AKilledRunLeavesNoReportThatIsHalfWritten) {
    const Lab lab(3);
    const Reference reference = undisturbed(lab, kVariants);
    for (std::uint32_t seed = 1; seed <= 5; ++seed) {
        EXPECT_EQ(lab.run(kVariants).exit_code, reference.exit_code);
        Program program(lab.start(kVariants));
        std::this_thread::sleep_for(std::chrono::microseconds(
            std::mt19937(seed)() % static_cast<std::uint64_t>(reference.duration.count())));
        program.signal(SIGKILL);
        static_cast<void>(program.wait());
        EXPECT_EQ(difference(reference.artifacts, lab.artifacts()), "") << "seed " << seed;
        lab.forget_run();
    }
}

}  // namespace
}  // namespace assay::test
