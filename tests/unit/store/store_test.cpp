#include "assay/store/store.hpp"

#include "store_fixture.hpp"

namespace assay::store {
namespace {

TEST_F(StoreTest, OpenMakesFolderFileAndLock) {
    const auto store = Store::open(run_dir_ / "deeper");
    EXPECT_TRUE(std::filesystem::exists(run_dir_ / "deeper" / "assay.sqlite"));
    EXPECT_TRUE(std::filesystem::exists(run_dir_ / "deeper" / "assay.lock"));
}

TEST_F(StoreTest, ASecondOpenForWritingIsRefused) {
    auto store = Store::open(run_dir_);
    const Error error = error_of([&] { static_cast<void>(Store::open(run_dir_)); });
    EXPECT_EQ(error.kind(), ErrorKind::kOperational);
    EXPECT_NE(std::string(error.what()).find("another assay is working on this run directory"),
              std::string::npos);
    store.reset();
    EXPECT_NO_THROW(store = Store::open(run_dir_));
}

TEST_F(StoreTest, WhereThereIsNoRunReadingIsAUsageErrorAndMakesNothing) {
    const Error error = error_of([&] { static_cast<void>(Store::open_read_only(run_dir_)); });
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_NE(std::string(error.what()).find("no run in " + run_dir_.string()), std::string::npos)
        << error.what();
    EXPECT_FALSE(std::filesystem::exists(run_dir_));
}

TEST_F(StoreTest, AReaderWorksWhileAWriterWritesAndSeesOneMoment) {
    const auto writer = Store::open(run_dir_);
    writer->put_note("before", "1");
    const auto reader = Store::open_read_only(run_dir_);
    writer->put_note("after", "2");
    EXPECT_EQ(reader->note("before"), "1");
    EXPECT_EQ(reader->note("after"), std::nullopt);
    EXPECT_EQ(Store::open_read_only(run_dir_)->note("after"), "2");
}

TEST_F(StoreTest, APlanComesBack) {
    const auto store = Store::open(run_dir_);
    EXPECT_EQ(store->latest_plan(), std::nullopt);
    PlanRecord plan = plan_record("p1");
    plan.margin = 0.07;
    plan.alpha = 0.025;
    store->save_plan(plan);
    const auto back = store->latest_plan();
    ASSERT_TRUE(back);
    EXPECT_EQ(back->sha256, "p1");
    EXPECT_EQ(back->json, plan.json);
    EXPECT_EQ(back->margin, 0.07);
    EXPECT_EQ(back->alpha, 0.025);
    EXPECT_EQ(back->created_at, plan.created_at);
    EXPECT_EQ(back->n_questions, 154);
}

TEST_F(StoreTest, PlansAreAHistory) {
    const auto store = Store::open(run_dir_);
    for (const char* sha256 : {"p1", "p1", "p2", "p1"}) {
        store->save_plan(plan_record(sha256));
    }
    std::string history;
    for (const PlanRecord& plan : store->plans()) {
        history += plan.sha256 + " ";
    }
    EXPECT_EQ(history, "p1 p2 p1 ");
    EXPECT_EQ(store->latest_plan()->sha256, "p1");
}

TEST_F(StoreTest, TheFirstFrozenAnalysisStays) {
    const auto store = Store::open(run_dir_);
    EXPECT_FALSE(store->frozen_analysis());
    store->freeze_analysis(0.1, 0.05);
    store->freeze_analysis(0.2, 0.01);
    ASSERT_TRUE(store->frozen_analysis());
    EXPECT_EQ(store->frozen_analysis()->margin, 0.1);
    EXPECT_EQ(store->frozen_analysis()->alpha, 0.05);
}

TEST_F(StoreTest, AFileHashHoldsForOnePathSizeAndTime) {
    const auto store = Store::open(run_dir_);
    const std::string path = "/models/\xFF weird.gguf";
    store->remember_file_hash(path, 10, 20, "abc");
    EXPECT_EQ(store->known_file_hash(path, 10, 20), "abc");
    EXPECT_EQ(store->known_file_hash(path, 11, 20), std::nullopt);
    EXPECT_EQ(store->known_file_hash(path, 10, 21), std::nullopt);
    EXPECT_EQ(store->known_file_hash("/models/x.gguf", 10, 20), std::nullopt);
    store->remember_file_hash(path, 11, 21, "def");
    EXPECT_EQ(store->known_file_hash(path, 10, 20), std::nullopt);
    EXPECT_EQ(store->known_file_hash(path, 11, 21), "def");
}

TEST_F(StoreTest, ANoteIsReplaced) {
    const auto store = Store::open(run_dir_);
    EXPECT_EQ(store->note("k"), std::nullopt);
    store->put_note("k", "");
    EXPECT_EQ(store->note("k"), "");
    store->put_note("k", std::string_view("a\0\xFF", 3));
    EXPECT_EQ(store->note("k"), std::string("a\0\xFF", 3));
}

TEST_F(StoreTest, EverythingIsThereAfterClosingAndOpeningAgain) {
    { Store::open(run_dir_)->put_note("k", "v"); }
    EXPECT_EQ(Store::open(run_dir_)->note("k"), "v");
    EXPECT_EQ(Store::open_read_only(run_dir_)->note("k"), "v");
}

}  // namespace
}  // namespace assay::store
