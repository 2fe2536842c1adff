// Disks that are full.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "lab.hpp"

namespace assay::test {
namespace {

TEST(FullDisk, EndsTheRunWithASentenceAndNothingIsLost) {
    const Lab lab(8);
    const int expected_code = lab.run("Q8_0,Q2_K").exit_code;
    const auto expected = lab.artifacts();
    int n_stopped = 0;
    for (const long long limit :
         {0LL, 8'000LL, 40'000LL, 70'000LL, 100'000LL, 130'000LL, 160'000LL}) {
        lab.forget_run();
        Start start = lab.start("Q8_0,Q2_K", {}, {{"SCRIPT_JOURNAL", ""}});
        start.most_file_bytes = limit;
        const Ended ended = run(start);
        n_stopped += ended.exit_code != expected_code;
        if (ended.exit_code != expected_code) {
            EXPECT_EQ(ended.exit_code, 1) << limit << "\n" << describe(ended);
            EXPECT_NE(ended.err.find("assay: "), std::string::npos) << limit << "\n"
                                                                    << describe(ended);
            EXPECT_NE(ended.err.find(lab.folder().path().string()), std::string::npos)
                << "the place is named; " << limit << "\n"
                << describe(ended);
            EXPECT_EQ(ended.err.find("terminate called"), std::string::npos) << describe(ended);
            EXPECT_FALSE(lab.artifacts().contains("report.json")) << limit;
        }
        const Ended again = lab.run("Q8_0,Q2_K");
        ASSERT_EQ(again.exit_code, expected_code) << limit << "\n" << describe(again);
        EXPECT_EQ(difference(expected, lab.artifacts()), "") << limit;
    }
    EXPECT_GE(n_stopped, 4);
}

TEST(FullDisk, AResultThatCannotBePrintedIsNotExitCode0) {
    const Lab lab(3);
    for (const Strings& arguments :
         {Strings{"stats", "--wins", "3", "--losses", "2"}, Strings{"man"}, Strings{"--help"}}) {
        Start start{
            .command = {ASSAY_PROGRAM}, .environment = {}, .folder = {}, .out_file = "/dev/full"};
        start.command.insert(start.command.end(), arguments.begin(), arguments.end());
        const Ended ended = run(start);
        EXPECT_EQ(ended.exit_code, 1) << testing::PrintToString(arguments);
        EXPECT_NE(ended.err.find("assay: "), std::string::npos) << describe(ended);
    }
}

}  // namespace
}  // namespace assay::test
