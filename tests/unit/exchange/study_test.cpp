#include "assay/exchange/study.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "assay/base/random.hpp"
#include "assay/base/text.hpp"

namespace assay::exchange {
namespace {

using Json = nlohmann::ordered_json;

StudyItem item_of(int index, bool variant_is_a, std::optional<VerdictState> state) {
    StudyItem item;
    item.baseline = "model-F16";
    item.comparison.id = "id-" + std::to_string(index);
    item.comparison.question_id = "q" + std::to_string(index);
    item.comparison.variant = "Q4_K_M";
    item.comparison.answers_sha256 = std::string(64, 'a');
    item.comparison.variant_is_a = variant_is_a;
    item.comparison.order_index = index;
    if (state) {
        Verdict verdict;
        verdict.state = *state;
        verdict.confidence = Confidence::kHigh;
        verdict.reasoning = "because";
        verdict.raw = "reply " + std::to_string(index);
        item.verdict = verdict;
    }
    return item;
}

std::vector<BatchPlace> places_of(std::span<const StudyItem> items, int batch_size = 10) {
    return assign_batches(items, {}, batch_size).items;
}

StudyControl control_of(int number,
                        ControlKind kind,
                        double place,
                        std::optional<VerdictState> state) {
    StudyControl control;
    control.control.id = std::string(64, static_cast<char>('a' + number));
    control.control.kind = kind;
    control.control.variant = "Q4_K_M";
    control.control.question_id = "q" + std::to_string(number);
    control.control.honest_is_a = number % 2 == 0;
    control.control.place = place;
    if (state) {
        control.verdict.emplace();
        control.verdict->state = *state;
        control.verdict->raw = "control reply " + std::to_string(number);
    }
    return control;
}

struct Tally {
    int wins = 0, ties = 0, losses = 0, others = 0;
    friend bool operator==(const Tally&, const Tally&) = default;
};

/// 237 items of every kind, in an order that is not that of judging, and what they count.
std::vector<StudyItem> mixed_items(Tally& expected) {
    static constexpr VerdictState kStates[] = {VerdictState::kA,
                                               VerdictState::kB,
                                               VerdictState::kTie,
                                               VerdictState::kInvalid,
                                               VerdictState::kError,
                                               VerdictState::kRefused};
    Rng rng(3);
    std::vector<StudyItem> items;
    for (int i = 0; i < 237; ++i) {
        const bool first = rng.below(2) == 0;
        const auto kind = rng.below(10);
        StudyItem item = item_of(i, first, kind < 6 ? std::optional(kStates[kind]) : std::nullopt);
        item.comparison.identical = kind == 6 || kind == 7;
        item.comparison.variant_failed = kind == 8;  // 9: waits for its verdict
        const bool shown_wins = kind == 0 || kind == 1;
        expected.wins += shown_wins && (kind == 0) == first;
        expected.losses += (shown_wins && (kind == 0) != first) || kind == 8;
        expected.ties += kind == 2 || item.comparison.identical;
        expected.others += kind >= 3 && kind <= 5;
        items.push_back(std::move(item));
    }
    rng.shuffle(std::span<StudyItem>(items));
    return items;
}

TEST(Study, UnblindingTheResultsThroughTheMappingGivesTheCounts) {
    Tally expected;
    const std::vector<StudyItem> items = mixed_items(expected);
    const auto places = places_of(items);
    std::map<std::pair<int, int>, Json> key;
    for (const Json& m : Json::parse(batch_mapping_json(items, places))) {
        EXPECT_TRUE(
            key.emplace(std::pair(m["batch"].get<int>(), m["example"].get<int>()), m).second)
            << "a place twice";
        EXPECT_EQ(m["order"], m["presented_as_A"].get<std::string>() + "_first");
    }
    EXPECT_EQ(key.size(), items.size());
    Tally got;
    for (const Json& r : Json::parse(evaluation_results_json(items, places))) {
        const Json& m = key.at({r["batch"].get<int>(), r["example"].get<int>()});
        EXPECT_EQ(m["task_id"], r["task_id"]);
        EXPECT_EQ(m["order"], r["order"]);
        const std::string verdict = r["verdict"];
        if (verdict != "A" && verdict != "B" && verdict != "TIE") {
            EXPECT_TRUE(r["winner_model"].is_null());
            ++got.others;
            continue;
        }
        const std::string winner = verdict == "TIE"
                                       ? "TIE"
                                       : m["presented_as_" + verdict].get<std::string>();
        EXPECT_EQ(winner, r["winner_model"]);
        if (winner == "TIE") {
            ++got.ties;
        } else if (winner == "Q4_K_M") {
            ++got.wins;
        } else {
            ++got.losses;
        }
    }
    EXPECT_EQ(got, expected);
    EXPECT_GT(expected.wins * expected.losses * expected.ties * expected.others, 0);
}

TEST(Study, BatchesFollowTheOrderOfJudging) {
    Tally expected;
    const std::vector<StudyItem> items = mixed_items(expected);
    const auto places = places_of(items, 10);
    for (std::size_t i = 0; i < items.size(); ++i) {
        EXPECT_EQ(places[i].batch, items[i].comparison.order_index / 10 + 1);
        EXPECT_GE(places[i].example, 1);
        EXPECT_LE(places[i].example, 10);
    }
}

TEST(Study, ItemsThatNeedACallAreNumberedWithoutAGap) {
    Tally expected;
    const std::vector<StudyItem> items = mixed_items(expected);
    const auto places = places_of(items, 7);
    std::map<int, std::map<int, std::pair<bool, std::int64_t>>> batches;
    for (std::size_t i = 0; i < items.size(); ++i) {
        batches[places[i].batch][places[i].example] = {needs_call(items[i].comparison),
                                                       items[i].comparison.order_index};
    }
    for (const auto& [batch, examples] : batches) {
        std::pair<bool, std::int64_t> before{true, -1};
        int next = 1;
        for (const auto& [example, now] : examples) {
            EXPECT_EQ(example, next++);
            EXPECT_LE(now.first, before.first) << "a call after one without";
            if (now.first == before.first) {
                EXPECT_GT(now.second, before.second);
            }
            before = now;
        }
    }
}

TEST(Study, AppendedItemsLeaveFullBatchesAsTheyAre) {
    Tally expected;
    std::vector<StudyItem> items = mixed_items(expected);
    const auto before = places_of(items);
    const std::size_t n = items.size();
    for (int i = 0; i < 30; ++i) {
        items.push_back(item_of(1000 + i, true, VerdictState::kA));
    }
    const auto after = places_of(items);
    for (std::size_t i = 0; i < n; ++i) {
        if (before[i].batch <= static_cast<int>(n / 10)) {
            EXPECT_EQ(before[i], after[i]);
        }
    }
}

TEST(Study, RawRepliesAreOnlyThoseThatCame) {
    std::vector<StudyItem> items{item_of(0, true, VerdictState::kA),
                                 item_of(1, false, VerdictState::kError),
                                 item_of(2, false, std::nullopt),
                                 item_of(3, true, VerdictState::kTie)};
    items[1].verdict->raw.clear();
    items[3].comparison.identical = true;
    const Json raw = Json::parse(raw_judge_responses_json(items, {}, {places_of(items), {}}));
    EXPECT_EQ(raw, Json({{"batch_01/1", "reply 0"}}));
    EXPECT_EQ(Json::parse(raw_judge_responses_json({}, {}, {{}, {}})), Json::object());
}

TEST(Study, ARawReplyToAWholeBatchStandsOnceUnlessItemsHaveRepliesOfTheirOwn) {
    std::vector<StudyItem> items;
    for (int i = 0; i < 4; ++i) {
        items.push_back(item_of(i, true, VerdictState::kA));
    }
    items[0].verdict->raw = items[1].verdict->raw = "one reply";
    const StudyPlaces places = places_in(
        std::vector<std::vector<std::string>>{{"id-0", "id-1"}, {"id-2", "id-3"}}, items, {});
    const Json raw = Json::parse(raw_judge_responses_json(items, {}, places, Prompts::kWholeBatch));
    EXPECT_EQ(
        raw,
        (Json{{"batch_01", "one reply"}, {"batch_02/1", "reply 2"}, {"batch_02/2", "reply 3"}}));
}

TEST(Study, WhatWasHandedOutKeepsItsPlaceAndTheRestComesAfterIt) {
    std::vector<StudyItem> items;
    for (int i = 0; i < 5; ++i) {
        items.push_back(item_of(i, true, std::nullopt));
    }
    items[1].comparison.identical = true;
    const std::vector<StudyControl> controls{
        control_of(0, ControlKind::kIdentical, 2.5, std::nullopt),
        control_of(1, ControlKind::kSwapped, 4.5, std::nullopt)};
    const StudyPlaces places = places_in(
        std::vector<std::vector<std::string>>{{"id-3", controls[0].control.id}, {"id-0", "gone"}},
        items,
        controls);
    EXPECT_EQ(places.items, (std::vector<BatchPlace>{{2, 1}, {3, 4}, {3, 1}, {1, 1}, {3, 2}}));
    EXPECT_EQ(places.controls, (std::vector<BatchPlace>{{1, 2}, {3, 3}}));
    const StudyPlaces without = places_in({}, items, controls),
                      plain = assign_batches(items, controls);
    EXPECT_EQ(without.items, plain.items);
    EXPECT_EQ(without.controls, plain.controls);
}

TEST(Study, SettledWithoutACallHasNoConfidence) {
    std::vector<StudyItem> items{item_of(0, true, std::nullopt),
                                 item_of(1, true, std::nullopt),
                                 item_of(2, false, std::nullopt),
                                 item_of(3, false, std::nullopt)};
    items[0].comparison.identical = true;
    items[1].comparison.variant_failed = items[2].comparison.variant_failed = true;
    const Json results = Json::parse(evaluation_results_json(items, places_of(items)));
    ASSERT_EQ(results.size(), 3u);  // the last one waits
    EXPECT_EQ(results[0]["verdict"], "TIE");
    EXPECT_EQ(results[0]["winner_model"], "TIE");
    EXPECT_EQ(results[1]["verdict"], "B");
    EXPECT_EQ(results[2]["verdict"], "A");
    for (const Json& r : results) {
        EXPECT_TRUE(r["confidence"].is_null());
        if (r["verdict"] != "TIE") {
            EXPECT_EQ(r["winner_model"], "model-F16");
        }
    }
}

TEST(Study, AFailedVerdictSaysWhy) {
    std::vector<StudyItem> items{item_of(0, true, VerdictState::kInvalid)};
    items[0].verdict->failure = "no verdict in the reply";
    const Json results = Json::parse(evaluation_results_json(items, places_of(items)));
    EXPECT_EQ(results[0]["verdict"], "INVALID");
    EXPECT_TRUE(results[0]["winner_model"].is_null());
    EXPECT_EQ(results[0]["failure"], "no verdict in the reply");
}

TEST(Study, MappingEntriesAreBoundToTheAnswers) {
    const std::vector<StudyItem> items{item_of(5, false, VerdictState::kA)};
    EXPECT_EQ(batch_mapping_json(items, places_of(items)),
              "[\n  {\n    \"batch\": 1,\n    \"example\": 1,\n    \"task_id\": \"q5\",\n    "
              "\"presented_as_A\": "
              "\"model-F16\",\n"
              "    \"presented_as_B\": \"Q4_K_M\",\n    \"order\": \"model-F16_first\",\n    "
              "\"comparison_id\": \"id-5\",\n"
              "    \"order_index\": 5,\n    \"answers_sha256\": \"" +
                  std::string(64, 'a') + "\"\n  }\n]\n");
}

TEST(Study, AResponseIsOneLineWithTheFixedFields) {
    StudyAnswer row;
    row.question = {"q1", "Which\ngas?", "CO2", {"one", "two\xFF"}, {}, "q.jsonl:1"};
    row.answer.text = "line 1\nline 2 \xE2\x82\u2028";
    row.answer.tokens = {1, 2, 3};
    row.answer.stop_reason = StopReason::kLength;
    row.answer.n_prompt_tokens = 40;
    row.answer.prompt_sha256 = std::string(64, 'b');
    row.answer.messages_sha256 = std::string(64, 'c');
    row.answer.n_contexts_used = 1;
    row.answer.contexts_cut = true;
    const std::string line = response_line(row);
    EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
    EXPECT_TRUE(is_valid_utf8(line));
    const Json doc = Json::parse(line);
    EXPECT_EQ(doc["task_id"], "q1");
    EXPECT_EQ(doc["instruction"], "Which\ngas?");
    EXPECT_EQ(doc["expected_response"], "CO2");
    EXPECT_EQ(doc["model_answer"], "line 1\nline 2 \uFFFD\uFFFD\u2028");
    EXPECT_EQ(doc["contexts"], Json({"one", "two\uFFFD"}));
    EXPECT_EQ(doc["n_contexts_used"], 1);
    EXPECT_EQ(doc["stop_reason"], "length");
    EXPECT_EQ(doc["n_prompt_tokens"], 40);
    EXPECT_EQ(doc["n_answer_tokens"], 3);
    EXPECT_EQ(doc["prompt_sha256"], std::string(64, 'b'));
    EXPECT_FALSE(doc.contains("why"));
    EXPECT_EQ(responses_jsonl(std::vector{row, row}), line + line);
}

TEST(Study, WhatIsNotKnownOfAnAnswerIsNullWithAWhy) {
    StudyAnswer row;
    row.question.id = "q1";
    row.answer.stop_reason = StopReason::kFailed;
    row.answer.text = "half an";
    row.answer.failure = "the engine died on it twice";
    row.why_no_prompt_sha256 = "served by another program";
    const Json doc = Json::parse(response_line(row));
    EXPECT_TRUE(doc["expected_response"].is_null());
    EXPECT_EQ(doc["model_answer"], "");
    EXPECT_EQ(doc["stop_reason"], "failed");
    EXPECT_EQ(doc["failure"], "the engine died on it twice");
    EXPECT_TRUE(doc["prompt_sha256"].is_null());
    EXPECT_EQ(doc["why"], "served by another program");
    EXPECT_TRUE(doc["contexts"].is_array());
}

TEST(Study, AnAnswerThatWasMadeElsewhereHasNoZeroThatNobodyMeasured) {
    StudyAnswer row;
    row.question.id = "q1";
    row.answer.text = "It is so.";
    row.answer.stop_reason = StopReason::kUnknown;
    row.answer.n_contexts_used = kContextsUnknown;
    const Json doc = Json::parse(response_line(row));
    for (const char* field : {"stop_reason",
                              "n_contexts_used",
                              "contexts_cut",
                              "n_prompt_tokens",
                              "n_answer_tokens",
                              "prompt_sha256",
                              "messages_sha256"}) {
        EXPECT_TRUE(doc[field].is_null()) << field;
    }
    EXPECT_EQ(doc["model_answer"], "It is so.");
    EXPECT_TRUE(doc["why"].is_string());
    // What a server counted is told, though its token ids are not.
    row.answer.n_told_tokens = 4;
    row.answer.n_prompt_tokens = 20;
    const Json served = Json::parse(response_line(row));
    EXPECT_EQ(served["n_answer_tokens"], 4);
    EXPECT_EQ(served["n_prompt_tokens"], 20);
}

TEST(Study, BatchNamesSortAsFilesUpToNinetyNine) {
    EXPECT_EQ(batch_name(1), "batch_01");
    EXPECT_EQ(batch_name(42), "batch_42");
    EXPECT_EQ(batch_name(100), "batch_100");
}

TEST(Study, AnotherNumberOfPlacesThanItemsIsABug) {
    const std::vector<StudyItem> items{item_of(0, true, std::nullopt)};
    EXPECT_THROW((void)batch_mapping_json(items, {}), std::logic_error);
    EXPECT_THROW((void)places_of(items, 0), std::logic_error);
}

TEST(Study, ControlsStandAmongTheItemsAndTheirKeyIsApart) {
    std::vector<StudyItem> items;
    for (int i = 0; i < 6; ++i) {
        items.push_back(item_of(i, true, VerdictState::kA));
    }
    const std::vector<StudyControl> controls{
        control_of(0, ControlKind::kSwapped, 1.5, VerdictState::kA),
        control_of(1, ControlKind::kIdentical, 4.2, VerdictState::kTie),
        control_of(2, ControlKind::kSwapped, 5.9, std::nullopt)};
    const StudyPlaces places = assign_batches(items, controls, 4);
    EXPECT_EQ(places.items[0], (BatchPlace{1, 1}));
    EXPECT_EQ(places.items[1], (BatchPlace{1, 2}));
    EXPECT_EQ(places.controls[0], (BatchPlace{1, 3}));
    EXPECT_EQ(places.items[2], (BatchPlace{1, 4}));
    EXPECT_EQ(places.controls[1], (BatchPlace{2, 3}));
    EXPECT_EQ(Json::parse(batch_mapping_json(items, places.items)).size(), 6u);
    EXPECT_EQ(Json::parse(evaluation_results_json(items, places.items)).size(), 6u);

    const Json raw = Json::parse(raw_judge_responses_json(items, controls, places));
    EXPECT_EQ(raw.size(), 8u);
    EXPECT_EQ(raw["batch_01/3"], "control reply 0");

    const Json mapping = Json::parse(control_mapping_json(controls, places.controls));
    ASSERT_EQ(mapping.size(), 3u);
    EXPECT_EQ(mapping[0]["task_id"], "control-aaaaaaaaaaaaaaaa");
    EXPECT_EQ(mapping[0]["kind"], "swapped");
    EXPECT_EQ(mapping[0]["presented_as_A"], "honest");
    EXPECT_EQ(mapping[0]["presented_as_B"], "swapped");
    EXPECT_EQ(mapping[1]["presented_as_A"], "identical");
    const Json results = Json::parse(control_results_json(controls, places.controls));
    ASSERT_EQ(results.size(), 2u);
    EXPECT_EQ(results[0]["winner_model"], "honest");
    EXPECT_EQ(results[1]["winner_model"], "TIE");
}

TEST(Study, WhatJudgingStoppedBeforeIsInTheMappingButNotInTheResults) {
    std::vector<StudyItem> items{item_of(0, true, VerdictState::kA),
                                 item_of(1, true, VerdictState::kB),
                                 item_of(2, false, std::nullopt)};
    items[1].left_out = true;
    items[2].comparison.identical = true;
    items[2].left_out = true;
    const auto places = places_of(items);
    EXPECT_EQ(Json::parse(batch_mapping_json(items, places)).size(), 3u);
    const Json results = Json::parse(evaluation_results_json(items, places));
    ASSERT_EQ(results.size(), 1u);
    EXPECT_EQ(results[0]["task_id"], "q0");
}

}  // namespace
}  // namespace assay::exchange
