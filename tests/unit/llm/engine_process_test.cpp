#include "assay/llm/engine_process.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include "assay/base/result.hpp"
#include "assay/wire/codec.hpp"
#include "assay/wire/messages.hpp"
#include "temp_folder.hpp"

namespace assay::llm {
namespace {

using Clock = std::chrono::steady_clock;

/// A shell script in the engine's place.
std::string script(const test::TempFolder& folder, const std::string& body) {
    const std::string path = folder.write("engine.sh", "#!/bin/sh\n" + body + "\n");
    ::chmod(path.c_str(), 0755);
    return path;
}

EngineProcess::Event wait_for_death(EngineProcess& process) {
    wire::Frame frame;
    for (int i = 0; i < 100; ++i) {
        if (const auto event = process.receive(frame, 100);
            event != EngineProcess::Event::kTimeout) {
            return event;
        }
    }
    return EngineProcess::Event::kTimeout;
}

class EngineProcessTest : public testing::Test {
 protected:
    void SetUp() override { std::signal(SIGPIPE, SIG_IGN); }
    test::TempFolder folder;
};

TEST_F(EngineProcessTest, TalksOverTwoPipes) {
    EngineProcess process(SCRIPTED_ENGINE);
    ASSERT_TRUE(process.send(wire::encode(7, wire::SayHello{})));
    wire::Frame frame;
    ASSERT_EQ(process.receive(frame, 5000), EngineProcess::Event::kFrame);
    const auto reply = wire::decode_message(std::move(frame));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->id, 7U);
    EXPECT_EQ(process.receive(frame, 10), EngineProcess::Event::kTimeout);
}

TEST_F(EngineProcessTest, SaysHowItDiedAndWhatItSaidLast) {
    EngineProcess exits(script(folder, "echo first; echo 'the last line' >&2; exit 3"));
    EXPECT_EQ(wait_for_death(exits), EngineProcess::Event::kDied);
    EXPECT_EQ(exits.last_words(), "ended with exit code 3; it last said: the last line");
    EXPECT_FALSE(exits.send(wire::encode(1, wire::SayHello{})));
    EngineProcess aborts(script(folder, "kill -ABRT $$"));
    EXPECT_EQ(wait_for_death(aborts), EngineProcess::Event::kDied);
    EXPECT_EQ(aborts.last_words(), "was killed by signal 6 (Aborted)");
}

TEST_F(EngineProcessTest, DiesOfSigkillWithAHint) {
    EngineProcess process(script(folder, "kill -KILL $$"));
    EXPECT_EQ(wait_for_death(process), EngineProcess::Event::kDied);
    EXPECT_NE(process.last_words().find("out of memory, or by hand"), std::string::npos)
        << process.last_words();
}

TEST_F(EngineProcessTest, ThatSpeaksNonsenseIsKilled) {
    EngineProcess process(
        script(folder, "printf 'this is no frame, but long enough for a length' >&4; sleep 60"));
    const auto begun = Clock::now();
    EXPECT_EQ(wait_for_death(process), EngineProcess::Event::kDied);
    EXPECT_LT(Clock::now() - begun, std::chrono::seconds(10));
}

TEST_F(EngineProcessTest, EndsWithItsOwnerEvenIfItDoesNotListen) {
    const std::string file = (folder / "pid").string();
    {
        EngineProcess process(
            script(folder, "echo $$ > " + file + "; trap '' TERM; while true; do sleep 0.1; done"));
        for (int i = 0;
             i < 500 && (!std::filesystem::exists(file) || std::filesystem::file_size(file) == 0);
             ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    }
    const int pid = std::stoi(test::bytes_of(file));
    EXPECT_NE(::kill(pid, 0), 0) << "it is still there";
}

TEST_F(EngineProcessTest, IsGivenNoKeysAndAThreadPoolThatDoesNotSpin) {
    ::setenv("SOME_API_KEY", "sk-secret", 1);
    EngineProcess process(
        script(folder, "env | grep -E 'API_KEY|GOMP_SPINCOUNT' | sort | tr '\\n' ' '; exit 1"));
    EXPECT_EQ(wait_for_death(process), EngineProcess::Event::kDied);
    ::unsetenv("SOME_API_KEY");
    EXPECT_EQ(process.last_words().find("sk-secret"), std::string::npos) << process.last_words();
    EXPECT_NE(process.last_words().find("GOMP_SPINCOUNT="), std::string::npos)
        << process.last_words();
}

TEST_F(EngineProcessTest, ThatCannotBeStartedIsAnError) {
    EXPECT_THROW(EngineProcess(folder / "none"), Error);
    EXPECT_THROW(EngineProcess(folder.write("text", "no program")), Error);
}

TEST_F(EngineProcessTest, IsFoundByItsPathOrItIsSaidWhereItWasLookedFor) {
    EXPECT_EQ(find_engine(SCRIPTED_ENGINE), std::filesystem::path(SCRIPTED_ENGINE));
    try {
        static_cast<void>(find_engine("no/such/engine"));
        FAIL();
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find("no/such/engine"), std::string::npos)
            << error.what();
    }
}

}  // namespace
}  // namespace assay::llm
