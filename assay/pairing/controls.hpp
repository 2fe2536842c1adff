#pragma once
// Controls: pairs whose right outcome is known (statistics.md 2h). Constructed from answers of the
// run, drawn from the seed, stored when they are drawn and never changed. Pure.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "assay/records/answer.hpp"
#include "assay/records/control.hpp"
#include "assay/records/question.hpp"

namespace assay::pairing {

/// An answer as the draw needs to know it.
struct ControlAnswer {
    std::string key;
    std::string text_sha256;  ///< of the text as it is shown; empty: no answer, or nothing but
                              ///< white space
    bool can_be_cut = false;  ///< cut_short() makes something else of it
};
[[nodiscard]] ControlAnswer control_answer(std::string_view key, const Answer* answer);

/// The first half of an answer's bytes, less the word that the cut goes through. Empty if it has
/// fewer than six words: what is left of those says little.
[[nodiscard]] std::string cut_short(std::string_view text);

/// A question with the answers of the baseline and of each variant, in the plan's order, the
/// baseline's first.
struct ControlQuestion {
    std::string question_id;
    std::vector<ControlAnswer> answers;
};

/// The comparisons of a variant among which controls are put: those with an order_index in [first,
/// last).
struct ControlStream {
    std::string variant;
    std::int64_t first = 0;
    std::int64_t last = 0;
};

/// The id that a control with these fields has.
[[nodiscard]] std::string id_of(const Control& control);

/// Further controls, so that with `already_drawn` (those of the variants of this plan) there are
/// `n_each` of each kind, or as many as can be made: a swapped one needs a second question with
/// another answer, a truncated one an answer that is long enough.
///   - identical: an answer of the baseline and of the variants in turn
///   - swapped: the baseline's answer and, in its place, an answer to another question: the
///     baseline's, and when all of those were used, a variant's. A small set uses its questions
///     again, with other partners
///   - truncated: the baseline's answer whole and cut short, and when all of those were used, a
///     variant's
///
/// Questions come in an order from the seed; each control stands among the comparisons of one of
/// the `streams` (in turn; none: no controls) at a place from the seed. Sides: permuted blocks
/// within each kind (sides.hpp).
[[nodiscard]] std::vector<Control> draw_controls(std::span<const ControlQuestion> questions,
                                                 std::span<const ControlStream> streams,
                                                 std::span<const Control> already_drawn,
                                                 std::int64_t n_each,
                                                 std::uint64_t blinding_seed);

/// What the judge gets: as for a question (unblind.hpp), item_id = the control's id. `question` is
/// the control's.
[[nodiscard]] BlindedPair blind(const Question& question,
                                const Control& control,
                                const Answer& honest,
                                const Answer& other);

}  // namespace assay::pairing
