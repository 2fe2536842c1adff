#include "assay/judge/batch_journal.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace assay::judge {
namespace {

TEST(BatchJournal, ReadsBackWhatItWrote) {
    const std::vector<BatchEntry> entries{
        {"assay-1", "batch_1", "batch_0", 2, {{0, "i0", "aa"}, {1, "i1", "bb"}}},
        {"assay-2", "", "", 1, {{0, "i2", "cc"}}}};
    const auto back = read_batches(write_batches(entries));
    ASSERT_EQ(back.size(), 2u);
    EXPECT_EQ(back[0].label, "assay-1");
    EXPECT_EQ(back[0].id, "batch_1");
    EXPECT_EQ(back[0].newest_before, "batch_0");
    EXPECT_EQ(back[0].n_requests, 2);
    ASSERT_EQ(back[0].items.size(), 2u);
    EXPECT_EQ(back[0].items[1].number, 1u);
    EXPECT_EQ(back[0].items[1].item_id, "i1");
    EXPECT_EQ(back[0].items[1].prompt_sha256, "bb");
    EXPECT_EQ(back[1].id, "");
}

TEST(BatchJournal, WhatIsNoJournalIsAnEmptyOne) {
    for (const char* text : {"", "[]", "{", R"({"batches": 3})", R"({"batches": {"label": 1}})"}) {
        EXPECT_TRUE(read_batches(text).empty()) << text;
    }
    EXPECT_EQ(read_batches(R"({"batches": [{"label": 7, "items": [3]}]})").at(0).label, "");
}

TEST(BatchJournal, AnEntryWithoutItemsIsDroppedWhenItIsSaved) {
    std::string text = write_batches(
        {{"assay-1", "b", "", 1, {{0, "i0", "aa"}}}, {"assay-2", "c", "", 1, {{0, "i1", "bb"}}}});
    const Journal journal{[&](const std::string&) { return std::optional(text); },
                          [&](const std::string&, const std::string& now) { text = now; }};
    BatchJournal batches(journal);
    batches.entries().at(0).items.clear();
    batches.save();
    ASSERT_EQ(read_batches(text).size(), 1u);
    EXPECT_EQ(read_batches(text)[0].label, "assay-2");
}

}  // namespace
}  // namespace assay::judge
