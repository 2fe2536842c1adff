// What a run survives: kills, full disks, folders that cannot be written, damaged files; and its
// size.

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>

#include <fstream>

#include "assay/store/database.hpp"
#include "store_fixture.hpp"

namespace assay::store {
namespace {

constexpr uid_t kNobody = 65534;

class FailuresTest : public StoreTest {};

std::string padded(int number) {
    std::string text = std::to_string(number);
    return std::string(6 - text.size(), '0') + text;
}

TEST_F(FailuresTest, AKillLosesNothingThatWasSaved) {
    const int status = in_child([&] {
        const auto store = Store::open(run_dir_);
        for (int i = 0; i < 50; ++i) {
            store->save_answer(answer_row(padded(i)));
        }
        ::kill(::getpid(), SIGKILL);
    });
    ASSERT_TRUE(WIFSIGNALED(status));
    const auto store = Store::open(run_dir_);
    for (int i = 0; i < 50; ++i) {
        EXPECT_TRUE(store->has_answer(padded(i))) << i;
    }
}

TEST_F(FailuresTest, AProcessThatEndsInTheMiddleOfATransactionLeavesNoneOfIt) {
    const int status = in_child([&] {
        const auto store = Store::open(run_dir_);
        store->put_note("whole", "1");
        Database database(file(), OpenMode::kReadWrite);
        Transaction transaction(database);
        database.execute("INSERT INTO notes (key, value) VALUES ('half', x'00')");
        // Larger than SQLite's cache, so that pages without a commit mark reach the log.
        const std::string large(8 << 20, 'x');
        database.execute("INSERT INTO notes (key, value) VALUES ('large', ?1)", Blob(large));
        ::_exit(7);
    });
    ASSERT_TRUE(WIFEXITED(status));
    ASSERT_EQ(WEXITSTATUS(status), 7);
    const auto store = Store::open(run_dir_);
    EXPECT_EQ(store->note("whole"), "1");
    EXPECT_EQ(store->note("half"), std::nullopt);
    EXPECT_EQ(store->note("large"), std::nullopt);
}

TEST_F(FailuresTest, AFullDiskStopsWithASentenceAndKeepsWhatWasSaved) {
    const int status = in_child([&] {
        ::signal(SIGXFSZ, SIG_IGN);  // writes beyond the limit then fail with EFBIG
        const auto store = Store::open(run_dir_);
        store->save_answer(answer_row("kept"));
        const rlimit limit{1 << 20, 1 << 20};
        if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) {
            ::_exit(1);
        }
        try {
            store->save_answer(answer_row("too large", std::string(4 << 20, 'x')));
            ::_exit(2);
        } catch (const Error& error) {
            const std::string sentence = error.what();
            if (error.kind() != ErrorKind::kOperational) {
                ::_exit(3);
            }
            if (sentence.find(file().string()) == std::string::npos) {
                ::_exit(4);
            }
            if (sentence.find("Nothing that was stored is lost; free some space and run the same "
                              "command again") == std::string::npos) {
                ::_exit(5);
            }
        }
        if (!store->has_answer("kept") || store->has_answer("too large")) {
            ::_exit(6);
        }
        // the store is usable as soon as there is space
        store->save_answer(answer_row("small again"));
        ::_exit(42);
    });
    ASSERT_TRUE(WIFEXITED(status));
    ASSERT_EQ(WEXITSTATUS(status), 42);
    const auto store = Store::open(run_dir_);
    EXPECT_TRUE(store->has_answer("kept"));
    EXPECT_TRUE(store->has_answer("small again"));
    EXPECT_FALSE(store->has_answer("too large"));
}

/// Runs `action` as somebody who may read but not write here; as root that takes another user.
int as_reader(const std::filesystem::path& folder, const std::function<void()>& action) {
    return in_child([&] {
        if (::geteuid() == 0 && (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0)) {
            ::_exit(77);
        }
        if (::access(folder.c_str(), R_OK | X_OK) != 0 || ::access(folder.c_str(), W_OK) == 0) {
            ::_exit(77);
        }
        action();
    });
}

class ReadOnlyFolderTest : public StoreTest {
 protected:
    void SetUp() override {
        StoreTest::SetUp();
        { Store::open(run_dir_)->put_note("k", "v"); }
        ::chmod(folder_.c_str(), 0755);
        ::chmod(run_dir_.c_str(), 0555);
    }
    void TearDown() override {
        ::chmod(run_dir_.c_str(), 0755);
        StoreTest::TearDown();
    }
};

TEST_F(ReadOnlyFolderTest, RefusesToOpenForWritingAndNamesTheFolder) {
    const int status = as_reader(run_dir_, [&] {
        try {
            static_cast<void>(Store::open(run_dir_));
            ::_exit(1);
        } catch (const Error& error) {
            const bool named = std::string(error.what()).find(run_dir_.string()) !=
                               std::string::npos;
            ::_exit(named && error.kind() == ErrorKind::kOperational ? 42 : 2);
        }
    });
    ASSERT_TRUE(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77) {
        GTEST_SKIP() << "no folder here that cannot be written";
    }
    EXPECT_EQ(WEXITSTATUS(status), 42);
}

TEST_F(ReadOnlyFolderTest, AFinishedRunCanStillBeRead) {
    const int status = as_reader(
        run_dir_, [&] { ::_exit(Store::open_read_only(run_dir_)->note("k") == "v" ? 42 : 1); });
    ASSERT_TRUE(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77) {
        GTEST_SKIP() << "no folder here that cannot be written";
    }
    EXPECT_EQ(WEXITSTATUS(status), 42);
}

TEST_F(FailuresTest, AFileThatIsNoDatabaseIsNamedWithAWayOut) {
    std::filesystem::create_directories(run_dir_);
    std::ofstream(file()) << std::string(5000, 'x');
    for (const bool read_only : {false, true}) {
        const Error error = error_of([&] {
            static_cast<void>(read_only ? Store::open_read_only(run_dir_) : Store::open(run_dir_));
        });
        EXPECT_EQ(error.kind(), ErrorKind::kOperational);
        EXPECT_NE(std::string(error.what()).find(file().string() + ": is not an assay run file"),
                  std::string::npos)
            << error.what();
        EXPECT_NE(std::string(error.what()).find("use another --run"), std::string::npos)
            << error.what();
    }
}

TEST_F(FailuresTest, ADamagedFileSaysSo) {
    { Store::open(run_dir_)->put_note("k", std::string(100000, 'x')); }
    // Behind the header page everything is overwritten.
    std::fstream stream(file(), std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(4096);
    const auto rest = std::filesystem::file_size(file()) - 4096;
    stream << std::string(rest, '\xA5');
    stream.close();
    const Error error = error_of([&] { static_cast<void>(Store::open(run_dir_)->note("k")); });
    EXPECT_EQ(error.kind(), ErrorKind::kOperational);
    EXPECT_NE(std::string(error.what()).find(file().string() + ": is damaged"), std::string::npos)
        << error.what();
}

TEST_F(FailuresTest, ARunDirectoryThatIsAFileIsRefused) {
    std::ofstream(run_dir_) << "x";
    const Error error = error_of([&] { static_cast<void>(Store::open(run_dir_)); });
    EXPECT_EQ(error.kind(), ErrorKind::kOperational);
    EXPECT_NE(std::string(error.what()).find(run_dir_.string()), std::string::npos);
    EXPECT_EQ(error_of([&] { static_cast<void>(Store::open_read_only(run_dir_)); }).kind(),
              ErrorKind::kUsage);
}

TEST_F(FailuresTest, AnEmptyFileIsNoRunToReadAndANewRunToWrite) {
    std::filesystem::create_directories(run_dir_);
    std::ofstream(file()).flush();
    EXPECT_EQ(error_of([&] { static_cast<void>(Store::open_read_only(run_dir_)); }).kind(),
              ErrorKind::kUsage);
    EXPECT_NO_THROW(static_cast<void>(Store::open(run_dir_)));
}

// Without indices this would be 20,000 scans of 20,000 rows, several times.
TEST_F(FailuresTest, TwentyThousandQuestionsAreFine) {
    constexpr int kN = 20000;
    const auto store = Store::open(run_dir_);
    store->save_plan(plan_record("p"));
    std::vector<Question> questions(kN);
    std::vector<Comparison> comparisons;
    std::vector<std::string> answer_keys, ids;
    {
        // One transaction around them, so that the test does not wait for 40,000 syncs of a disk.
        Database database(file(), OpenMode::kReadWrite);
        Transaction transaction(database);
        for (int i = 0; i < kN; ++i) {
            questions[static_cast<std::size_t>(i)].id = "q" + padded(i);
            answer_keys.push_back("v" + padded(i));
            ids.push_back("c" + padded(i));
            for (const char* prefix : {"b", "v"}) {
                database.execute(
                    "INSERT INTO answers VALUES (?1, 'n', 'm', x'00', x'00', x'00', 'stop', x'00', "
                    "0, 0, "
                    "'', '', '', 0, 0, 0.0, 0.0, '', 0, 0, 0.0)",
                    prefix + padded(i));
            }
            Comparison c = comparison_of(ids.back(), "b" + padded(i), "v" + padded(i));
            c.order_index = i;
            comparisons.push_back(c);
        }
        transaction.commit();
    }
    store->save_questions("p", questions);
    EXPECT_EQ(store->questions("p").size(), questions.size());
    EXPECT_TRUE(store->missing_answers(answer_keys).empty());
    store->save_comparisons(comparisons);
    EXPECT_EQ(store->comparisons(ids).back().order_index, kN - 1);
    store->save_judge("j1", "panel-1", "{}");
    {
        Database database(file(), OpenMode::kReadWrite);
        Transaction transaction(database);
        database.execute(
            "INSERT INTO verdict_attempts (item_id, judge_key, judge_name, state, confidence, "
            "reasoning, raw, failure, prompt_sha256, model_version, n_prompt_tokens, "
            "n_reply_tokens, "
            "n_attempts, elapsed_ms, created_at) SELECT id, 'j1', 'panel-1', 'TIE', '', x'00', "
            "x'00', "
            "x'00', '', x'00', 0, 0, 1, 0.0, '' FROM comparisons WHERE order_index % 2 = 0");
        database.execute(
            "INSERT INTO verdicts SELECT judge_key, item_id, id FROM verdict_attempts");
        transaction.commit();
    }
    EXPECT_EQ(store->to_judge(ids, "j1").size(), static_cast<std::size_t>(kN / 2));
    EXPECT_EQ(store->verdicts("j1").size(), static_cast<std::size_t>(kN / 2));
}

}  // namespace
}  // namespace assay::store
