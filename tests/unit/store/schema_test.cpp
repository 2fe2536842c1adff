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
    EXPECT_EQ(checked_version(database, migrations().size()), static_cast<std::int64_t>(migrations().size()));
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

TEST_F(SchemaTest, AMigrationAddsToWhatIsThere) {
    Database database(file(), OpenMode::kReadWrite);
    migrate(database, migrations());
    database.execute_script("INSERT INTO notes (key, value) VALUES ('k', x'01')");
    std::vector<std::string_view> known(migrations().begin(), migrations().end());
    known.push_back("ALTER TABLE notes ADD COLUMN author TEXT NOT NULL DEFAULT 'nobody'");
    migrate(database, known);
    EXPECT_EQ(checked_version(database, known.size()), static_cast<std::int64_t>(known.size()));
    EXPECT_EQ(database.number("SELECT count(*) FROM notes WHERE key = 'k' AND author = 'nobody'"), 1);
}

TEST_F(SchemaTest, AMigrationThatFailsLeavesTheVersionBefore) {
    Database database(file(), OpenMode::kReadWrite);
    const std::array<std::string_view, 2> known{"CREATE TABLE a (x INTEGER)",
                                                "CREATE TABLE b (x INTEGER); INSERT INTO nowhere VALUES (1)"};
    EXPECT_THROW(migrate(database, known), std::logic_error);
    EXPECT_EQ(checked_version(database, 2), 1);
    EXPECT_EQ(database.number("SELECT count(*) FROM sqlite_master"), 1);
}

TEST_F(SchemaTest, ANewerFileIsRefusedNamingBothVersions) {
    { static_cast<void>(Store::open(run_dir_)); }
    { Database(file(), OpenMode::kReadWrite).execute_script("PRAGMA user_version = 99"); }
    const std::string known = std::to_string(migrations().size());
    for (const bool read_only : {false, true}) {
        const Error error =
            error_of([&] { static_cast<void>(read_only ? Store::open_read_only(run_dir_) : Store::open(run_dir_)); });
        EXPECT_EQ(error.kind(), ErrorKind::kOperational);
        EXPECT_NE(std::string(error.what()).find("version 99"), std::string::npos) << error.what();
        EXPECT_NE(std::string(error.what()).find("versions up to " + known), std::string::npos) << error.what();
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
