#pragma once
// The study's artifact files as text, from records. evaluation/responses/<variant>.jsonl holds the
// answers; in evaluation/exports/<variant>/<judge>/ lie batch_NN.txt (batch_text.hpp, which knows
// no names), batch_mapping.json (the key to A and B), raw_judge_responses.json and
// evaluation_results.json. Every function is pure; every text is valid UTF-8 whatever the model
// wrote (an invalid byte becomes U+FFFD); keys and rows have a fixed order.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/records/answer.hpp"
#include "assay/records/comparison.hpp"
#include "assay/records/control.hpp"
#include "assay/records/question.hpp"
#include "assay/records/verdict.hpp"

namespace assay::exchange {

/// A question and what a variant wrote for it.
struct StudyAnswer {
    Question question;
    Answer answer;
    std::string why_no_prompt_sha256;  ///< a sentence, where answer.prompt_sha256 is empty (served
                                       ///< models)
    std::optional<std::int64_t> sample{};  ///< which of the question's answers, from 0; empty: it
                                           ///< has one
};

/// One comparison with the baseline and what one judge said of it. Questions without an answer of
/// the baseline are no comparison.
struct StudyItem {
    Comparison comparison;
    std::string baseline;            ///< the baseline's name
    std::optional<Verdict> verdict;  ///< empty: not judged yet, or no call is needed
    bool left_out = false;  ///< judging stopped before it: whatever is known of it counts for
                            ///< nothing
    std::optional<std::int64_t> sample{};  ///< which of the question's pairs of answers, from 0;
                                           ///< empty: it has one
};

/// A control that stands among a variant's comparisons, and what the judge said of it.
struct StudyControl {
    Control control;
    std::optional<Verdict> verdict;  ///< empty: not judged yet
};

/// The `reasoning` of what was settled without a judge.
inline constexpr std::string_view kReasonIdentical = "identical answers; the judge was not called";
inline constexpr std::string_view
    kReasonNoAnswer = "the variant gave no answer; the judge was not called";

/// Where an item stands in the exports: batch_NN.txt and the number within it, both from 1.
struct BatchPlace {
    int batch = 0;
    int example = 0;
    friend bool operator==(const BatchPlace&, const BatchPlace&) = default;
};

/// Whether a judge is asked: the answers differ and the variant has one.
[[nodiscard]] bool needs_call(const Comparison& comparison);

/// Places of all items and all controls, each in the order of the input.
struct StudyPlaces {
    std::vector<BatchPlace> items;
    std::vector<BatchPlace> controls;
};

/// An item or a control, by its index in the input.
struct StudyEntry {
    bool is_control = false;
    std::size_t index = 0;
};
/// The order of judging: items by order_index, controls before the first item that is not below
/// their place.
[[nodiscard]] std::vector<StudyEntry> in_judging_order(std::span<const StudyItem> items,
                                                       std::span<const StudyControl> controls);

/// Groups of `batch_size` (at least 1) in the order of judging. Items that are appended with larger
/// order_index, and controls among them, leave the full batches as they are. Within a batch those
/// that need a call come first, so that batch_NN.txt counts 1, 2, 3, ... without a gap; the others
/// (identical answers, no answer of the variant) take the numbers after them.
[[nodiscard]] StudyPlaces assign_batches(std::span<const StudyItem> items,
                                         std::span<const StudyControl> controls,
                                         int batch_size = 10);

/// Of what was handed out in batches by hand: batches[k][i] is the id of example i + 1 of batch k
/// + 1. Items and controls that are in none get places after the last batch, as assign_batches
/// gives them.
[[nodiscard]] StudyPlaces places_in(std::span<const std::vector<std::string>> batches,
                                    std::span<const StudyItem> items,
                                    std::span<const StudyControl> controls);

/// "batch_01": the stem of a batch's file, two digits at least.
[[nodiscard]] std::string batch_name(int batch);

/// One line of responses/<variant>.jsonl with its line feed: task_id, instruction,
/// expected_response (null: none), model_answer ("" where stop_reason is failed, `failure` says
/// why), contexts (the whole set), n_contexts_used, contexts_cut, stop_reason, n_prompt_tokens,
/// n_answer_tokens, prompt_sha256 (null, and `why`: not known), messages_sha256.
[[nodiscard]] std::string response_line(const StudyAnswer& row);
/// The lines of all rows, in their order.
[[nodiscard]] std::string responses_jsonl(std::span<const StudyAnswer> rows);

/// batch_mapping.json: {batch, example, task_id, presented_as_A, presented_as_B, order ("<name of
/// A>_first"), comparison_id, order_index, answers_sha256} of every item, by batch and example.
/// `places` are those of assign_batches for the same items.
[[nodiscard]] std::string batch_mapping_json(std::span<const StudyItem> items,
                                             std::span<const BatchPlace> places);

/// What a prompt of the judge held.
enum class Prompts {
    kOneItem,
    kWholeBatch,
};
/// raw_judge_responses.json: {"batch_01/3": reply} of the items and controls for which the judge
/// was called and something came back; with whole batches {"batch_01": reply}, unless the items of
/// a batch were read from several replies.
[[nodiscard]] std::string raw_judge_responses_json(std::span<const StudyItem> items,
                                                   std::span<const StudyControl> controls,
                                                   const StudyPlaces& places,
                                                   Prompts prompts = Prompts::kOneItem);

/// evaluation_results.json: {batch, example, task_id, verdict, winner_model, order, confidence,
/// reasoning} of every item that is settled or was tried, by batch and example; `failure` besides
/// where the state is INVALID, ERROR or REFUSED. Identical answers are TIE and a variant without an
/// answer loses, both with confidence null; `winner_model` is null for INVALID, ERROR, REFUSED.
/// Items that wait for a verdict, or that judging stopped before, are left out.
[[nodiscard]] std::string evaluation_results_json(std::span<const StudyItem> items,
                                                  std::span<const BatchPlace> places);

/// "control-" and digits of its id: a task_id that no question has.
[[nodiscard]] std::string task_id_of(const Control& control);
/// controls/batch_mapping.json: as batch_mapping.json, with `kind` (identical | swapped); the
/// answers are called "honest" and "swapped", or both "identical".
[[nodiscard]] std::string control_mapping_json(std::span<const StudyControl> controls,
                                               std::span<const BatchPlace> places);
/// controls/evaluation_results.json: as evaluation_results.json, with `kind`.
[[nodiscard]] std::string control_results_json(std::span<const StudyControl> controls,
                                               std::span<const BatchPlace> places);

}  // namespace assay::exchange
