#include <gtest/gtest.h>

#include <array>

#include "assay/exchange/study.hpp"
#include "reading.hpp"

namespace assay::exchange {
namespace {

constexpr const char* kStudy = R"([
  {"batch": 1, "example": 1, "task_id": "t1", "verdict": "A", "winner_model": "q4", "order": "q4_first", "confidence": "high", "reasoning": "x"},
  {"batch": 1, "example": 2, "task_id": "t2", "verdict": "A", "winner_model": "f16", "order": "f16_first", "confidence": "medium", "reasoning": "x"},
  {"batch": 1, "example": 3, "task_id": "t3", "verdict": "TIE", "winner_model": "TIE", "order": "q4_first", "confidence": "low", "reasoning": "x"},
  {"batch": 2, "example": 1, "task_id": "t4", "verdict": "B", "winner_model": "Q4_K_M", "order": "f16_first", "confidence": null, "reasoning": "x"}
])";

TEST(StudyResults, AreUnblindedByTheirOrder) {
    const OutcomeSet set = outcomes_of(kStudy);
    EXPECT_EQ(set.format, OutcomeFormat::kStudy);
    ASSERT_EQ(set.groups.size(), 1u);
    EXPECT_EQ(words_of(set.groups[0]), "t1:win/a t2:loss/b t3:tie/a t4:win/b");
    EXPECT_EQ(set.groups[0].variant, "q4");
    EXPECT_EQ(set.groups[0].baseline, "f16");
    EXPECT_EQ(set.groups[0].outcomes[1].confidence, Confidence::kMedium);
    EXPECT_EQ(words_of(outcomes_of(kStudy, {"", "f16", ""}).groups[0]).substr(0, 9), "t1:loss/b");
}

TEST(StudyResults, ThatAssayWroteGiveTheOutcomesBack) {
    std::vector<StudyItem> items;
    const VerdictState states[] = {VerdictState::kA,
                                   VerdictState::kB,
                                   VerdictState::kTie,
                                   VerdictState::kInvalid,
                                   VerdictState::kRefused};
    for (int i = 0; i < 40; ++i) {
        StudyItem item;
        item.baseline = "model-F16";
        item.comparison.id = "id" + std::to_string(i);
        item.comparison.question_id = "q" + std::to_string(i);
        item.comparison.variant = "Q4_K_M";
        item.comparison.variant_is_a = i % 3 == 0;
        item.comparison.identical = i % 7 == 5;
        item.comparison.variant_failed = i % 7 == 6;
        item.comparison.order_index = i;
        item.verdict.emplace();
        item.verdict->state = states[i % 5];
        item.verdict->confidence = i % 2 == 0 ? Confidence::kHigh : Confidence::kLow;
        items.push_back(item);
    }
    const OutcomeSet set = outcomes_of(
        evaluation_results_json(items, assign_batches(items, {}).items));
    ASSERT_EQ(set.groups.size(), 1u);
    ASSERT_EQ(set.groups[0].outcomes.size(), items.size());
    EXPECT_EQ(set.groups[0].variant, "Q4_K_M");
    EXPECT_EQ(set.groups[0].baseline, "model-F16");
    for (const Outcome& outcome : set.groups[0].outcomes) {
        const int i = std::stoi(outcome.question_id.substr(1));
        const Comparison& comparison = items[static_cast<std::size_t>(i)].comparison;
        EXPECT_EQ(outcome.variant_is_a, comparison.variant_is_a);
        EXPECT_EQ(outcome.identical, comparison.identical);
        EXPECT_EQ(outcome.no_answer_variant, comparison.variant_failed);
        if (comparison.identical) {
            EXPECT_EQ(outcome.kind, OutcomeKind::kTie);
        } else if (comparison.variant_failed) {
            EXPECT_EQ(outcome.kind, OutcomeKind::kLoss);
        } else if (i % 5 < 2) {
            EXPECT_EQ(outcome.kind == OutcomeKind::kWin, (i % 5 == 0) == comparison.variant_is_a)
                << i;
        } else {
            constexpr std::array kKinds{
                OutcomeKind::kTie, OutcomeKind::kInvalid, OutcomeKind::kRefused};
            EXPECT_EQ(outcome.kind, kKinds[static_cast<std::size_t>(i % 5 - 2)]);
        }
    }
}

TEST(StudyResults, MistakesAreToldWithTheirLine) {
    expect_has(
        refusal_of(
            R"([{"task_id": "t", "verdict": "C", "winner_model": "x", "order": "q4_first"}])"),
        "v.jsonl:1: verdict: unknown word \"C\"");
    expect_has(refusal_of("[\n{\"task_id\": \"t\", \"verdict\": \"A\", \"winner_model\": \"q4\", "
                          "\"order\": \"left\"}]"),
               "v.jsonl:2: order: \"left\" is not <name>_first");
    expect_has(refusal_of(R"([{"task_id": "t", "winner_model": "q4", "order": "q4_first"}])"),
               "no verdict");
    expect_has(refusal_of(R"([{"verdict": "A", "winner_model": "q4", "order": "q4_first"}])"),
               "no task_id");
    expect_has(refusal_of(R"([{"task_id": "t", "verdict": "A", "winner_model": "q4"}])"),
               "no order");
    expect_has(
        refusal_of(
            R"([{"task_id": "t", "verdict": "A", "winner_model": "f16", "order": "q4_first"}])"),
        "do not go with winner_model \"f16\"");
    expect_has(
        refusal_of(
            R"([{"task_id": "t", "verdict": "TIE", "winner_model": "f16", "order": "q4_first"}])"),
        "do not go with");
    expect_has(
        refusal_of(
            R"([{"task_id": "t", "verdict": "A", "winner_model": "m1", "order": "m1_first"}, {"task_id": "u", "verdict": "A", "winner_model": "m2", "order": "m2_first"}])"),
        "--baseline");
    expect_has(
        refusal_of(
            R"([{"task_id": "t", "verdict": "A", "winner_model": "q4", "order": "q4_first"}, {"task_id": "t", "verdict": "B", "winner_model": "f16", "order": "q4_first"}])"),
        "stands twice with the variant first");
    expect_has(
        refusal_of(
            R"([{"task_id": "t", "verdict": "A", "winner_model": "q4", "order": "q4_first"}, 7])"),
        "an item of the list is a number");
    expect_has(refusal_of("[\n\n{\"task_id\": \"t\", \"verdict\": \"A\", \"winner_model\": \"q4\", "
                          "\"order\": \"q4_first\"}, {]"),
               "v.jsonl:3: broken JSON");
    expect_has(refusal_of("[]", {}, OutcomeFormat::kStudy), "holds no verdict");
}

TEST(StudyResults, NothingCrashes) {
    expect_that_nothing_crashes(kStudy, OutcomeFormat::kStudy);
}

}  // namespace
}  // namespace assay::exchange
