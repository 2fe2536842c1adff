#include "assay/store/run_lock.hpp"

#include <fcntl.h>

#include <fstream>

#include "store_fixture.hpp"

namespace assay::store {
namespace {

class RunLockTest : public StoreTest {};

TEST_F(RunLockTest, ASecondHolderInTheSameProcessIsRefused) {
    const RunLock first(folder_);
    const Error error = error_of([&] { RunLock second(folder_); });
    EXPECT_EQ(error.kind(), ErrorKind::kOperational);
    EXPECT_EQ(std::string(error.what()),
              folder_.string() + ": another assay is working on this run directory (process " +
                  std::to_string(::getpid()) + "). Wait for it to end, or use another --run");
}

TEST_F(RunLockTest, AnotherProcessIsRefusedAndToldWhoHoldsIt) {
    const RunLock first(folder_);
    const std::string holder = "(process " + std::to_string(::getpid()) + ")";
    const int status = in_child([&] {
        try {
            RunLock second(folder_);
            ::_exit(1);
        } catch (const Error& error) {
            ::_exit(std::string(error.what()).find(holder) != std::string::npos ? 42 : 2);
        }
    });
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 42);
}

TEST_F(RunLockTest, IsFreeAgainAfterTheHolderEnds) {
    { const RunLock first(folder_); }
    EXPECT_NO_THROW(RunLock second(folder_));
}

TEST_F(RunLockTest, IsFreeAgainAfterTheHolderIsKilled) {
    const int status = in_child([&] {
        const RunLock lock(folder_);
        ::kill(::getpid(), SIGKILL);
    });
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_NO_THROW(RunLock second(folder_));
}

TEST_F(RunLockTest, AFileWithoutANumberNamesNobody) {
    const RunLock first(folder_);
    std::ofstream(folder_ / "assay.lock", std::ios::trunc) << "hello";
    const Error error = error_of([&] { RunLock second(folder_); });
    EXPECT_EQ(std::string(error.what()).find("process"), std::string::npos) << error.what();
}

TEST_F(RunLockTest, DoesNotOutliveAnExecutedProgram) {
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    pid_t sleeper = -1;
    {
        const RunLock first(folder_);
        sleeper = ::fork();
        if (sleeper == 0) {
            ::fcntl(ready[1], F_SETFD, FD_CLOEXEC);  // closed by a successful exec: that is the
                                                     // signal
            ::close(ready[0]);
            ::execl("/bin/sleep", "sleep", "60", static_cast<char*>(nullptr));
            ::_exit(1);
        }
        ::close(ready[1]);
        char byte = 0;
        EXPECT_EQ(::read(ready[0], &byte, 1), 0);
    }
    EXPECT_NO_THROW(RunLock second(folder_));
    ::close(ready[0]);
    ::kill(sleeper, SIGKILL);
    ::waitpid(sleeper, nullptr, 0);
}

}  // namespace
}  // namespace assay::store
