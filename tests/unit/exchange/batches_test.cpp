#include "assay/exchange/batches.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "assay/base/random.hpp"

namespace assay::exchange {
namespace {

std::string mapping_refusal(std::string_view text) {
    const auto read = read_batch_mapping(text);
    return read ? "accepted" : to_sentence(read.error());
}

TEST(Batches, FillInTheOrderOfTheEntriesAndKeepWhatWasThere) {
    Batches batches{{"old"}};
    append_batches(
        batches,
        std::vector<BatchEntry>{{"a", "q1"}, {"b", "q2"}, {"c", "q3"}, {"d", "q4"}, {"e", "q5"}},
        2);
    EXPECT_EQ(batches, (Batches{{"old"}, {"a", "b"}, {"c", "d"}, {"e"}}));
}

TEST(Batches, NoBatchShowsAQuestionTwice) {
    Rng rng(3);
    for (int round = 0; round < 200; ++round) {
        std::vector<BatchEntry> entries;
        std::map<std::string, std::string> question_of;
        const auto n_questions = 1 + rng.below(12), n = rng.below(60);
        for (std::uint64_t i = 0; i < n; ++i) {
            entries.push_back(
                {"id" + std::to_string(i), "q" + std::to_string(rng.below(n_questions))});
            question_of[entries.back().id] = entries.back().question_id;
        }
        const int per_batch = 1 + static_cast<int>(rng.below(10));
        Batches batches;
        append_batches(batches, entries, per_batch);
        std::size_t placed = 0;
        for (const auto& batch : batches) {
            EXPECT_LE(batch.size(), static_cast<std::size_t>(per_batch));
            EXPECT_FALSE(batch.empty());
            std::set<std::string> questions;
            for (const std::string& id : batch) {
                EXPECT_TRUE(questions.insert(question_of.at(id)).second) << id;
            }
            placed += batch.size();
        }
        EXPECT_EQ(placed, entries.size());
    }
}

TEST(Batches, ACodeFollowsFromTheItemsAndHasSixDigits) {
    const std::vector<std::string> ids{"a", "b"}, others{"a", "c"};
    const std::string code = batch_code(3, ids);
    EXPECT_EQ(code.size(), 9U) << code;
    EXPECT_TRUE(code.starts_with("03-"));
    EXPECT_EQ(code, batch_code(3, ids));
    EXPECT_NE(code, batch_code(3, others));
}

TEST(Batches, AreTheSameAfterTheStore) {
    const Batches batches{{"a", "b"}, {"c"}};
    EXPECT_EQ(batches_from_json(batches_to_json(batches)), batches);
    EXPECT_EQ(batches_from_json(batches_to_json({})), Batches());
}

TEST(BatchMapping, OfTheStudyAndOfAssayIsRead) {
    const auto read = read_batch_mapping(R"([
      {"batch": 1, "example": 1, "task_id": "q1", "presented_as_A": "q4_k_m", "presented_as_B": "f16", "order": "q4_first"},
      {"batch": 1, "example": 2, "task_id": "q2", "presented_as_A": "model", "presented_as_B": "Q4_K_M", "order": "model_first",
       "comparison_id": "c2", "order_index": 4, "answers_sha256": "abc"},
      {"batch": 2, "example": 1, "task_id": "control-1", "presented_as_A": "identical", "presented_as_B": "identical", "order": "identical_first",
       "kind": "identical", "question_id": "q1", "control_id": "k1"}])");
    ASSERT_TRUE(read) << to_sentence(read.error());
    ASSERT_EQ(read->size(), 3U);
    EXPECT_EQ((*read)[0].comparison_id, "");
    EXPECT_EQ((*read)[1].comparison_id, "c2");
    EXPECT_EQ((*read)[1].answers_sha256, "abc");
    EXPECT_EQ((*read)[2].control_id, "k1");
    EXPECT_EQ((*read)[2].place, (BatchPlace{2, 1}));
}

TEST(BatchMapping, WhatIsNoneIsRefusedWithTheEntry) {
    const std::string good =
        R"("task_id": "q1", "presented_as_A": "a", "presented_as_B": "b", "order": "a_first"})";
    EXPECT_NE(mapping_refusal("{}").find("no batch_mapping.json"), std::string::npos);
    EXPECT_NE(mapping_refusal("[1").find("no batch_mapping.json"), std::string::npos);
    EXPECT_EQ(mapping_refusal("[3]"), "entry 1 is no object");
    EXPECT_EQ(mapping_refusal(R"([{"batch": 0, "example": 1, )" + good + "]"),
              "entry 1 has no batch and example, which are whole numbers from 1");
    EXPECT_EQ(mapping_refusal(R"([{"batch": "x", "example": 1, )" + good + "]"),
              "entry 1 has no batch and example, which are whole numbers from 1");
    EXPECT_EQ(mapping_refusal(R"([{"batch": 1, "example": 99999999999, )" + good + "]"),
              "entry 1 has no batch and example, which are whole numbers from 1");
    EXPECT_EQ(mapping_refusal(
                  R"([{"batch": 1, "example": 1, "presented_as_A": "a", "presented_as_B": "b"}])"),
              "entry 1 has no task_id");
    EXPECT_EQ(mapping_refusal(R"([{"batch": 1, "example": 1, "task_id": "q"}])"),
              "entry 1 has no presented_as_A and presented_as_B");
    EXPECT_EQ(mapping_refusal(R"([{"batch": 1, "example": 1, )" + good +
                              R"(, {"batch": 1, "example": 1, )" + good + "]"),
              "batch_01 example 1 stands in it twice");
    EXPECT_EQ(
        mapping_refusal(
            R"([{"batch": 1, "example": 1, "task_id": "q1", "presented_as_A": "a", "presented_as_B": "b", "order": "b_first"}])"),
        "entry 1 says \"b_first\", and presented_as_A is \"a\"");
}

}  // namespace
}  // namespace assay::exchange
