#include "assay/store/database.hpp"

#include <limits>

#include "store_fixture.hpp"

namespace assay::store {
namespace {

class DatabaseTest : public StoreTest {
 protected:
    void SetUp() override {
        StoreTest::SetUp();
        database_.emplace(folder_ / "x.sqlite", OpenMode::kReadWrite);
        database_->execute_script("CREATE TABLE t (i INTEGER, r REAL, s TEXT, b BLOB) STRICT");
    }
    std::optional<Database> database_;
};

TEST_F(DatabaseTest, ValuesComeBackAsTheyWentIn) {
    const std::string bytes("\0\xFF\0", 3);
    database_->execute("INSERT INTO t VALUES (?1, ?2, ?3, ?4)",
                       std::numeric_limits<std::int64_t>::min(),
                       0.1,
                       std::string(),
                       Blob(bytes));
    Statement row = database_->query("SELECT i, r, s, b FROM t");
    ASSERT_TRUE(row.step());
    EXPECT_EQ(row.integer(0), std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(row.real(1), 0.1);
    EXPECT_EQ(row.optional_bytes(2), "");
    EXPECT_EQ(row.bytes(3), bytes);
    EXPECT_FALSE(row.step());
}

TEST_F(DatabaseTest, AnEmptyOptionalIsNullAndAnEmptyStringIsNot) {
    database_->execute("INSERT INTO t (s, b) VALUES (?1, ?2)",
                       std::string_view(),
                       Blob(std::optional<std::string>()));
    Statement row = database_->query("SELECT s, b FROM t");
    ASSERT_TRUE(row.step());
    EXPECT_EQ(row.optional_bytes(0), "");
    EXPECT_EQ(row.optional_bytes(1), std::nullopt);
}

TEST_F(DatabaseTest, ValuesOfAnEarlierRunAreForgotten) {
    const std::string_view sql = "INSERT INTO t (b) VALUES (?1)";
    database_->execute(sql, Blob(std::string_view("x")));
    database_->execute(sql, Blob(std::optional<std::string>()));
    EXPECT_EQ(database_->number("SELECT count(*) FROM t WHERE b IS NULL"), 1);
}

TEST_F(DatabaseTest, NotANumberIsABug) {
    EXPECT_THROW(database_->execute("INSERT INTO t (r) VALUES (?1)",
                                    std::numeric_limits<double>::quiet_NaN()),
                 std::logic_error);
}

TEST_F(DatabaseTest, ATransactionThatIsNotCommittedLeavesNothing) {
    {
        Transaction transaction(*database_);
        database_->execute("INSERT INTO t (i) VALUES (1)");
    }
    EXPECT_FALSE(database_->in_transaction());
    EXPECT_EQ(database_->number("SELECT count(*) FROM t"), 0);
    {
        Transaction transaction(*database_);
        database_->execute("INSERT INTO t (i) VALUES (1)");
        transaction.commit();
    }
    EXPECT_EQ(database_->number("SELECT count(*) FROM t"), 1);
}

TEST_F(DatabaseTest, AStatementIsNotRunTwiceAtTheSameTime) {
    database_->execute("INSERT INTO t (i) VALUES (1)");
    Statement outer = database_->query("SELECT i FROM t");
    ASSERT_TRUE(outer.step());
    EXPECT_THROW(static_cast<void>(database_->query("SELECT i FROM t")), std::logic_error);
}

TEST_F(DatabaseTest, ExecuteSaysHowManyRowsItChanged) {
    database_->execute("INSERT INTO t (i) VALUES (1), (2), (3)");
    EXPECT_EQ(database_->execute("UPDATE t SET r = 1.0 WHERE i > ?1", 1), 2);
}

TEST_F(DatabaseTest, WrongSqlIsABugThatNamesTheFile) {
    try {
        database_->execute("INSERT INTO nowhere VALUES (1)");
        FAIL();
    } catch (const std::logic_error& error) {
        EXPECT_NE(std::string(error.what()).find("x.sqlite"), std::string::npos);
        EXPECT_NE(std::string(error.what()).find("nowhere"), std::string::npos);
    }
}

// SQLite's own limit on the size of a file gives the same code as a full disk.
TEST_F(DatabaseTest, AFullDiskSaysThatNothingIsLost) {
    database_->execute("INSERT INTO t (i) VALUES (1)");
    static_cast<void>(database_->number("PRAGMA max_page_count = 4"));
    const std::string large(100000, 'x');
    const Error error = error_of(
        [&] { database_->execute("INSERT INTO t (b) VALUES (?1)", Blob(large)); });
    EXPECT_EQ(error.kind(), ErrorKind::kOperational);
    const std::string sentence = error.what();
    EXPECT_NE(sentence.find((folder_ / "x.sqlite").string()), std::string::npos) << sentence;
    EXPECT_NE(sentence.find("full"), std::string::npos) << sentence;
    EXPECT_NE(
        sentence.find(
            "Nothing that was stored is lost; free some space and run the same command again"),
        std::string::npos)
        << sentence;
    EXPECT_EQ(database_->number("SELECT count(*) FROM t"), 1);
}

TEST_F(DatabaseTest, AFileInAFolderThatDoesNotExistIsNamed) {
    const Error error = error_of(
        [&] { Database(folder_ / "no" / "y.sqlite", OpenMode::kReadWrite); });
    EXPECT_EQ(error.kind(), ErrorKind::kOperational);
    EXPECT_NE(std::string(error.what()).find("y.sqlite"), std::string::npos);
}

}  // namespace
}  // namespace assay::store
