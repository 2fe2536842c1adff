#include "assay/store/schema.hpp"

#include <array>
#include <vector>

#include "store_fixture.hpp"

namespace assay::store {
namespace {

class SchemaTest : public StoreTest {
 protected:
    void SetUp() override {
        StoreTest::SetUp();
        std::filesystem::create_directories(run_dir_);
    }
};

TEST_F(SchemaTest, ANewFileGetsTheLatestVersion) {
    Database database(file(), OpenMode::kReadWrite);
    EXPECT_EQ(checked_version(database, migrations().size()), 0);
    migrate(database, migrations());
    EXPECT_EQ(checked_version(database, migrations().size()),
              static_cast<std::int64_t>(migrations().size()));
}

TEST_F(SchemaTest, MigratingTwiceChangesNothing) {
    Database database(file(), OpenMode::kReadWrite);
    migrate(database, migrations());
    const std::int64_t schema_cookie = database.number("PRAGMA schema_version");
    migrate(database, migrations());
    EXPECT_EQ(database.number("PRAGMA schema_version"), schema_cookie);
}

// A file as the first release left it, with a row, is readable and writable by this one.
TEST_F(SchemaTest, AFileOfVersionOneIsBroughtUpToDateAndKeepsItsRows) {
    {
        Database database(file(), OpenMode::kReadWrite);
        migrate(database, migrations().first(1));
        database.execute_script("INSERT INTO notes (key, value) VALUES ('k', x'00FF')");
    }
    const auto store = Store::open(run_dir_);
    EXPECT_EQ(store->note("k"), std::string("\0\xFF", 2));
    store->save_answer(answer_row("a"));
    EXPECT_TRUE(store->has_answer("a"));
}

TEST_F(SchemaTest, VerdictsOfVersionOneAreKeptAndControlsCanBeAdded) {
    {
        Database database(file(), OpenMode::kReadWrite);
        migrate(database, migrations().first(1));
        database.execute_script(
            "INSERT INTO answers VALUES "
            "('b1','b','m',x'71',x'78',x'','stop',x'',1,1,'p','m','t',0,0,1.0,1.0,'now'),('v1','v',"
            "'m',x'71',x'79',x'','stop',x'',1,1,'p','m','t',0,0,1.0,1.0,'now');"
            "INSERT INTO comparisons VALUES ('c1',x'71','v','b1','v1','a',1,0,0,0);"
            "INSERT INTO judges VALUES ('j1','sim','{}');"
            "INSERT INTO verdict_attempts VALUES "
            "(1,'c1','j1','sim','ERROR','',x'',x'',x'','p',x'6d',1,1,1,1.0,'now'),(2,'c1','j1','"
            "sim','A','high',x'776879',x'726177',x'','p',x'6d',1,1,1,1.0,'now');"
            "INSERT INTO verdicts VALUES ('j1','c1',2);");
    }
    const auto store = Store::open(run_dir_);
    ASSERT_TRUE(store->verdict("c1", "j1"));
    EXPECT_EQ(store->verdict("c1", "j1")->verdict.state, VerdictState::kA);
    EXPECT_EQ(store->verdict("c1", "j1")->verdict.reasoning, "why");
    EXPECT_EQ(store->verdict_history("c1", "j1").size(), 2u);
    Control control;
    control.id = "k1";
    control.kind = ControlKind::kSwapped;
    control.rank = 3;
    control.variant = "v";
    control.question_id = "q1";
    control.honest_answer_key = "b1";
    control.other_answer_key = "v1";
    control.honest_is_a = true;
    control.place = 2.25;
    store->save_controls(std::vector{control});
    ASSERT_EQ(store->controls().size(), 1u);
    EXPECT_EQ(store->controls()[0].kind, ControlKind::kSwapped);
    EXPECT_EQ(store->controls()[0].rank, 3);
    EXPECT_EQ(store->controls()[0].place, 2.25);
    EXPECT_TRUE(store->controls()[0].honest_is_a);
    EXPECT_EQ(store->to_judge(std::vector<std::string>{"c1", "k1"}, "j1"),
              std::vector<std::string>{"k1"});
    store->save_verdict(verdict_row("k1", VerdictState::kB));
    EXPECT_EQ(store->verdict("k1", "j1")->verdict.state, VerdictState::kB);
}

TEST_F(SchemaTest, VariantsAndAnswersOfVersionTwoAreKeptAsTheyWere) {
    {
        Database database(file(), OpenMode::kReadWrite);
        migrate(database, migrations().first(2));
        database.execute_script(
            "INSERT INTO plans VALUES ('p',x'7B7D',0.1,0.05,1);"
            "INSERT INTO variants VALUES "
            "('p',0,'b','baseline','file',x'2F','s',1,1,1,'{}',x'',x'',1,1,0);"
            "INSERT INTO answers VALUES "
            "('a','b','s',x'71',x'78',x'01000000','stop',x'',1,1,'p','m','t',0,0,1.0,1.0,'now');");
    }
    const auto store = Store::open(run_dir_);
    ASSERT_EQ(store->variants("p").size(), 1u);
    EXPECT_TRUE(store->variants("p")[0].runs_here());
    EXPECT_EQ(store->answer("a")->answer.n_tokens(), 1);
}

// An answer of before fidelity was written token by token, and nothing was read.
TEST_F(SchemaTest, AnswersOfVersionSixWereWrittenWholeAndHaveNoFidelity) {
    {
        Database database(file(), OpenMode::kReadWrite);
        migrate(database, migrations().first(6));
        database.execute_script(
            "INSERT INTO answers VALUES "
            "('a','b','s',x'71',x'78',x'01000000','stop',x'',1,1,'p','m','t',0,0,1.0,2.0,'now',0)"
            ";");
    }
    for (const bool read_only : {true, false}) {
        const auto store = read_only ? Store::open_read_only(run_dir_) : Store::open(run_dir_);
        const auto row = store->answer("a");
        ASSERT_TRUE(row);
        EXPECT_EQ(row->answer.decode_ms, 2.0);
        EXPECT_EQ(row->answer.n_verified_tokens, 0);
        EXPECT_EQ(row->answer.read_ms, 0);
        EXPECT_EQ(row->answer.n_decode_steps(), 1);
        EXPECT_FALSE(store->has_fidelity("a", "a"));
        EXPECT_EQ(store->fidelity("a", "a"), std::nullopt);
    }
}

TEST_F(SchemaTest, SessionsOfVersionEightToldNoLoadTime) {
    {
        Database database(file(), OpenMode::kReadWrite);
        migrate(database, migrations().first(8));
        database.execute_script(
            "INSERT INTO engine_sessions VALUES (1,'m','assay-engine','1','f','d',16,5,'now',2,2)");
    }
    for (const bool read_only : {true, false}) {
        const auto store = read_only ? Store::open_read_only(run_dir_) : Store::open(run_dir_);
        const auto sessions = store->sessions("m");
        ASSERT_EQ(sessions.size(), 1U);
        EXPECT_EQ(sessions[0].peak_memory_bytes, 5U);
        EXPECT_EQ(sessions[0].n_equal, 2);
        EXPECT_EQ(sessions[0].load_ms, 0);
    }
}

TEST_F(SchemaTest, AMigrationAddsToWhatIsThere) {
    Database database(file(), OpenMode::kReadWrite);
    migrate(database, migrations());
    database.execute_script("INSERT INTO notes (key, value) VALUES ('k', x'01')");
    std::vector<std::string_view> known(migrations().begin(), migrations().end());
    known.push_back("ALTER TABLE notes ADD COLUMN author TEXT NOT NULL DEFAULT 'nobody'");
    migrate(database, known);
    EXPECT_EQ(checked_version(database, known.size()), static_cast<std::int64_t>(known.size()));
    EXPECT_EQ(database.number("SELECT count(*) FROM notes WHERE key = 'k' AND author = 'nobody'"),
              1);
}

TEST_F(SchemaTest, AMigrationThatFailsLeavesTheVersionBefore) {
    Database database(file(), OpenMode::kReadWrite);
    const std::array<std::string_view, 2> known{
        "CREATE TABLE a (x INTEGER)", "CREATE TABLE b (x INTEGER); INSERT INTO nowhere VALUES (1)"};
    EXPECT_THROW(migrate(database, known), std::logic_error);
    EXPECT_EQ(checked_version(database, 2), 1);
    EXPECT_EQ(database.number("SELECT count(*) FROM sqlite_master"), 1);
}

TEST_F(SchemaTest, ANewerFileIsRefusedNamingBothVersions) {
    { static_cast<void>(Store::open(run_dir_)); }
    { Database(file(), OpenMode::kReadWrite).execute_script("PRAGMA user_version = 99"); }
    const std::string known = std::to_string(migrations().size());
    for (const bool read_only : {false, true}) {
        const Error error = error_of([&] {
            static_cast<void>(read_only ? Store::open_read_only(run_dir_) : Store::open(run_dir_));
        });
        EXPECT_EQ(error.kind(), ErrorKind::kOperational);
        EXPECT_NE(std::string(error.what()).find("version 99"), std::string::npos) << error.what();
        EXPECT_NE(std::string(error.what()).find("versions up to " + known), std::string::npos)
            << error.what();
    }
}

TEST_F(SchemaTest, AFileOfAnotherProgramIsRefusedAndLeftAlone) {
    { Database(file(), OpenMode::kReadWrite).execute_script("CREATE TABLE theirs (x INTEGER)"); }
    const Error error = error_of([&] { static_cast<void>(Store::open(run_dir_)); });
    EXPECT_EQ(error.kind(), ErrorKind::kOperational);
    EXPECT_NE(std::string(error.what()).find("another program"), std::string::npos) << error.what();
    Database database(file(), OpenMode::kReadOnly);
    EXPECT_EQ(database.number("SELECT count(*) FROM sqlite_master"), 1);
    EXPECT_FALSE(std::filesystem::exists(file().string() + "-wal"));
}

}  // namespace
}  // namespace assay::store
