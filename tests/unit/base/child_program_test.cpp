#include "assay/base/child_program.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <cstdlib>
#include <thread>

namespace assay {
namespace {

using How = ChildEnded::How;
using testing::HasSubstr;

ChildEnded shell(const std::string& script,
                 std::chrono::milliseconds most = std::chrono::minutes(1)) {
    return run_child({{"sh", "-c", script}, {}, most, nullptr});
}

TEST(ChildProgram, EndsWithItsCodeAndTheLastLinesOfWhatItPrinted) {
    const ChildEnded fine = shell("echo out; echo err >&2");
    EXPECT_TRUE(fine.succeeded());
    EXPECT_EQ(fine.last_lines, "out\nerr");
    const ChildEnded failed = shell("for i in 1 2 3 4 5 6 7; do echo line $i; done; exit 7");
    EXPECT_EQ(failed.how, How::kExited);
    EXPECT_EQ(failed.code, 7);
    EXPECT_FALSE(failed.succeeded());
    EXPECT_EQ(failed.last_lines, "line 3\nline 4\nline 5\nline 6\nline 7");
    const std::string text = "a line that is longer than what a string keeps in itself";
    EXPECT_EQ(shell("echo '" + text + "'").last_lines, text);
    EXPECT_EQ(shell("printf '10%%\\r20%%\\r30%%\\n\\377\\n'").last_lines, "30%\n\xEF\xBF\xBD");
}

TEST(ChildProgram, ThatIsKilledSaysSo) {
    const ChildEnded killed = shell("kill -9 $$");
    EXPECT_EQ(killed.how, How::kSignalled);
    EXPECT_EQ(killed.code, SIGKILL);
}

TEST(ChildProgram, ThatIsNotThereIsNotStarted) {
    const ChildEnded none = run_child({{"no-such-program"}, {}, std::chrono::seconds(5), nullptr});
    EXPECT_EQ(none.how, How::kNotStarted);
    EXPECT_EQ(none.code, ENOENT);
}

TEST(ChildProgram, ThatHangsIsEndedWithAllThatItStarted) {
    const auto begin = std::chrono::steady_clock::now();
    const ChildEnded hung = shell("echo begun; sleep 600 & sleep 600",
                                  std::chrono::milliseconds(300));
    EXPECT_EQ(hung.how, How::kTooLong);
    EXPECT_EQ(hung.last_lines, "begun");
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::minutes(1));
}

TEST(ChildProgram, DoesNotWaitForWhatHoldsItsOutputOpen) {
    const ChildEnded ended = shell("echo done; sleep 600 &");
    EXPECT_TRUE(ended.succeeded());
    EXPECT_EQ(ended.last_lines, "done");
    EXPECT_TRUE(shell("exec >&- 2>&-; sleep 0.3").succeeded()) << "it closed its output";
}

TEST(ChildProgram, IsEndedWhenItIsCancelled) {
    std::atomic<bool> cancel{false};
    std::thread soon([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        cancel = true;
    });
    const ChildEnded ended = run_child({{"sleep", "600"}, {}, std::chrono::minutes(5), &cancel});
    soon.join();
    EXPECT_EQ(ended.how, How::kCancelled);
}

TEST(ChildProgram, MayPrintWithoutEnd) {
    const ChildEnded loud = shell("head -c 20000000 /dev/zero | tr '\\0' x; echo; echo end");
    EXPECT_TRUE(loud.succeeded());
    EXPECT_TRUE(loud.last_lines.ends_with("end"));
    EXPECT_LT(loud.last_lines.size(), 2000U);
}

ChildEnded with_output(const std::string& script, std::size_t most) {
    return run_child({{"sh", "-c", script}, {}, std::chrono::minutes(1), nullptr, most});
}

TEST(ChildProgram, HandsOverItsOutputApartFromWhatItComplains) {
    const ChildEnded ended = with_output("printf 'a\\000b\\n'; echo trouble >&2; exit 3", 100);
    EXPECT_EQ(ended.output, std::string("a\0b\n", 4));
    EXPECT_EQ(ended.last_lines, "trouble");
    EXPECT_EQ(ended.code, 3);
    EXPECT_EQ(shell("echo out").output, "") << "nobody asked for it";
    const ChildEnded large = with_output("head -c 20000000 /dev/zero", 20'000'000);
    EXPECT_TRUE(large.succeeded());
    EXPECT_EQ(large.output.size(), 20'000'000U);
    EXPECT_EQ(with_output("echo done; sleep 600 &", 100).output, "done\n");
}

TEST(ChildProgram, ThatWritesTooMuchIsEnded) {
    const ChildEnded endless = with_output("echo begun >&2; exec cat /dev/zero", 1'000'000);
    EXPECT_EQ(endless.how, How::kTooMuch);
    EXPECT_FALSE(endless.succeeded());
    EXPECT_EQ(endless.output.size(), 1'000'000U);
    EXPECT_EQ(endless.last_lines, "begun");
    const ChildEnded by_one = with_output("printf 12345", 4);
    EXPECT_EQ(by_one.how, How::kTooMuch) << "it had ended before anybody looked";
    EXPECT_EQ(by_one.output, "1234");
    EXPECT_EQ(with_output("printf 1234", 4).how, How::kExited);
}

TEST(ChildProgram, ThatHangsBehindItsOutputIsEnded) {
    const ChildEnded hung = run_child({{"sh", "-c", "echo part; exec sleep 600"},
                                       {},
                                       std::chrono::milliseconds(300),
                                       nullptr,
                                       100});
    EXPECT_EQ(hung.how, How::kTooLong);
    EXPECT_EQ(hung.output, "part\n");
}

TEST(ChildProgram, GetsNoKeysAndTheVariablesThatItIsGiven) {
    ::setenv("SOME_API_KEY", "secret", 1);
    ::setenv("CHILD_TEST", "before", 1);
    const ChildEnded ended = run_child({{"sh", "-c", "echo \"[$SOME_API_KEY] $CHILD_TEST\""},
                                        {"CHILD_TEST=after"},
                                        std::chrono::minutes(1),
                                        nullptr});
    ::unsetenv("SOME_API_KEY");
    ::unsetenv("CHILD_TEST");
    EXPECT_EQ(ended.last_lines, "[] after");
}

}  // namespace
}  // namespace assay
