#include <algorithm>

#include "assay/store/database.hpp"
#include "assay/store/schema.hpp"
#include "store_fixture.hpp"

namespace assay::store {
namespace {

class StoreContentsTest : public StoreTest {
 protected:
    /// Tables that do not hold what assay wrote.
    std::vector<std::string> changed_tables() const {
        const auto store = Store::open_read_only(run_dir_);
        const auto now = store->contents(), written = store->contents_as_written();
        EXPECT_EQ(now.size(), written.size());
        std::vector<std::string> out;
        for (std::size_t i = 0; i < std::min(now.size(), written.size()); ++i) {
            EXPECT_EQ(now[i].table, written[i].table);
            if (now[i] != written[i]) {
                out.push_back(now[i].table);
            }
        }
        return out;
    }
    void by_another_hand(const std::string& sql) const {
        Database database(file(), OpenMode::kReadWrite);
        database.execute_script(sql);
    }
};

Question question(const std::string& id) {
    return {id, "What?", "That.", {"one", "two"}, {}, "q.jsonl:1"};
}

TEST_F(StoreContentsTest, TheAccountFitsAfterEveryWayOfWriting) {
    {
        const auto store = Store::open(run_dir_);
        store->save_plan(plan_record("p"));
        store->save_plan(plan_record("p"));  // an update
        store->save_questions("p", std::vector{question("a"), question("b")});
        store->save_questions("p", std::vector{question("a")});  // contexts go by ON DELETE CASCADE
        Variant variant;
        variant.name = "v";
        store->save_variant("p", variant, 0);
        variant.origin = "another";
        store->save_variant("p", variant, 0);  // a REPLACE
        store->put_note("n", "one");
        store->put_note("n", std::string("two\0", 4));
        store->save_answer(failed_answer_row("b1"));
        store->save_answer(answer_row("b1"));                  // a failed one gives way
        store->save_answer(answer_row("b1", "another text"));  // nothing happens
        store->save_answer(answer_row("v1"));
        store->save_fidelity(fidelity_record("b1", "v1"));
        store->save_fidelity(fidelity_record("b1", "v1"));  // nothing happens
        store->save_comparisons(std::vector{comparison_of("c1", "b1", "v1")});
        store->save_judge("j1", "panel", "{}");
        store->save_judge("j1", "panel-1", "{}");
        store->save_verdict(verdict_row("c1", VerdictState::kError));
        store->save_verdict(verdict_row("c1", VerdictState::kA));
        store->set_aside_verdicts("j1");
        store->freeze_analysis(0.1, 0.05);
        store->remember_file_hash("/f", 1, 2, "h");
        store->remember_file_hash("/f", 1, 3, "i");
        store->save_session({"m", {}, 4, 5, "now", 0, 0});
    }
    EXPECT_EQ(changed_tables(), std::vector<std::string>{});
    EXPECT_EQ(Store::open_read_only(run_dir_)->n_rows_before_account(), 0);
}

TEST_F(StoreContentsTest, AChangeByAnotherHandIsFoundAndStaysFound) {
    Store::open(run_dir_)->put_note("n", "one");
    by_another_hand("UPDATE notes SET value = x'00' WHERE key = 'n'");
    EXPECT_EQ(changed_tables(), std::vector<std::string>{"notes"});
    Store::open(run_dir_)->put_note("m", "another");
    EXPECT_EQ(changed_tables(), std::vector<std::string>{"notes"});
    by_another_hand("UPDATE notes SET value = CAST('one' AS BLOB) WHERE key = 'n'");
    EXPECT_EQ(changed_tables(), std::vector<std::string>{}) << "it is as it was";
}

TEST_F(StoreContentsTest, ValuesOfAnotherTypeAndSwappedColumnsDiffer) {
    Store::open(run_dir_)->save_answer(answer_row("a"));
    by_another_hand("UPDATE answers SET prompt_sha256 = 'x', messages_sha256 = ''");
    EXPECT_EQ(changed_tables(), std::vector<std::string>{"answers"});
    by_another_hand("UPDATE answers SET prompt_sha256 = '', messages_sha256 = 'x'");
    EXPECT_EQ(changed_tables(), std::vector<std::string>{"answers"});
    by_another_hand("UPDATE answers SET messages_sha256 = ''");
    EXPECT_EQ(changed_tables(), std::vector<std::string>{});
    by_another_hand("UPDATE answers SET prefill_ms = 0.1 + 0.2");
    EXPECT_EQ(changed_tables(), std::vector<std::string>{"answers"});
}

TEST_F(StoreContentsTest, AnEarlierRunIsCountedFromItsNextWriteOn) {
    Store::open(run_dir_)->put_note("n", "one");
    by_another_hand("DELETE FROM notes WHERE key GLOB 'contents *'");
    EXPECT_TRUE(Store::open_read_only(run_dir_)->contents_as_written().empty());
    static_cast<void>(Store::open(run_dir_));
    EXPECT_EQ(Store::open_read_only(run_dir_)->n_rows_before_account(), 1);
    EXPECT_EQ(changed_tables(), std::vector<std::string>{});
    by_another_hand("DELETE FROM notes WHERE key = 'n'");
    EXPECT_EQ(changed_tables(), std::vector<std::string>{"notes"});
}

TEST_F(StoreContentsTest, AnOlderSchemaIsCountedAnewOnceItIsBroughtUpToDate) {
    std::filesystem::create_directories(run_dir_);
    {
        Database database(file(), OpenMode::kReadWrite);
        migrate(database, migrations().first(4));
        database.execute_script("INSERT INTO notes (key, value) VALUES ('k', x'00')");
    }
    Store::open(run_dir_)->save_answer(answer_row("a"));
    EXPECT_EQ(changed_tables(), std::vector<std::string>{});
    EXPECT_EQ(Store::open_read_only(run_dir_)->n_rows_before_account(), 1);
}

TEST_F(StoreContentsTest, FilesAreCurrentUntilSomethingIsStored) {
    const auto store = Store::open(run_dir_);
    EXPECT_FALSE(store->files_are_current());
    store->note_files_written("2");
    EXPECT_EQ(store->files_are_current(), std::optional(true));
    store->put_note("n", "one");
    EXPECT_EQ(store->files_are_current(), std::optional(false));
    store->note_files_written("2");
    store->put_note("n", "one");
    EXPECT_EQ(store->files_are_current(), std::optional(true)) << "nothing is other than it was";
}

TEST_F(StoreContentsTest, ARowThatRefersToNoneIsDamage) {
    {
        const auto store = Store::open(run_dir_);
        store->save_answer(answer_row("b1"));
        store->save_answer(answer_row("v1"));
        store->save_comparisons(std::vector{comparison_of("c1", "b1", "v1")});
        EXPECT_TRUE(store->damage().empty());
    }
    by_another_hand("PRAGMA foreign_keys = OFF; DELETE FROM answers WHERE key = 'b1'");
    const auto damage = Store::open_read_only(run_dir_)->damage();
    ASSERT_EQ(damage.size(), 1U);
    EXPECT_EQ(damage[0], "a row of table comparisons refers to a row of answers that is not there");
}

TEST_F(StoreContentsTest, BulkReadsGiveWhatSingleOnesGive) {
    const auto store = Store::open(run_dir_);
    store->save_answer(answer_row("b1"));
    store->save_answer(answer_row("v1", "another"));
    store->save_comparisons(std::vector{comparison_of("c1", "b1", "v1")});
    const auto answers = store->answers();
    ASSERT_EQ(answers.size(), 2U);
    EXPECT_EQ(answers[0].key, "b1");
    EXPECT_EQ(answers[1].answer.text, store->answer("v1")->answer.text);
    ASSERT_EQ(store->comparisons().size(), 1U);
    EXPECT_EQ(store->comparisons()[0].answers_sha256, store->comparison("c1")->answers_sha256);
    store->remember_file_hash("/f", 1, 2, "h");
    ASSERT_EQ(store->file_hashes().size(), 1U);
    EXPECT_EQ(store->file_hashes()[0].sha256, "h");
}

}  // namespace
}  // namespace assay::store
