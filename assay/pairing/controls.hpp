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
    std::string text;  ///< valid UTF-8; empty: no answer, or nothing but white space
};
[[nodiscard]] ControlAnswer control_answer(std::string_view key, const Answer* answer);

/// A question with the answers of the baseline and of each variant, in the plan's order, the
/// baseline's first.
struct ControlQuestion {
    std::string question_id;
    std::string text;  ///< of the question
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

/// How many controls of each kind.
struct ControlNumbers {
    std::int64_t each = 0;
    std::int64_t damaged = 0;
    [[nodiscard]] std::int64_t of(ControlKind kind) const {
        return kind == ControlKind::kDamaged ? damaged : each;
    }
    [[nodiscard]] std::int64_t total() const {
        return static_cast<std::int64_t>(kDrawnControlKinds.size() - 1) * each + damaged;
    }
};

/// What controls are drawn from.
struct ControlDraw {
    std::span<const ControlQuestion> questions;
    std::span<const ControlStream> streams;
    std::span<const Control> already_drawn;  ///< that count among the wanted ones
    std::span<const Control> others;         ///< that do not: their ranks are taken
    ControlNumbers wanted;
    std::uint64_t blinding_seed = 0;
};

/// Further controls, so that with `already_drawn` there are `wanted` of each kind, or as many as
/// can be made: a swapped one needs a second question with another answer, a damaged one a text
/// that has a place for a damage.
///   - identical: an answer of the baseline and of the variants in turn
///   - reformatted, padded: the baseline's answer and the same, altered (damage.hpp)
///   - swapped: the baseline's answer and, in its place, an answer to another question: the
///     baseline's, and when all of those were used, a variant's. A small set uses its questions
///     again, with other partners
///   - damaged: the baseline's answer and the same with one thing made wrong; each damage in turn
///     that can be done to any of the answers
///
/// Questions come in an order from the seed; each control stands among the comparisons of one of
/// the `streams` (in turn; none: no controls) at a place from the seed. Sides: permuted blocks
/// within each kind (sides.hpp).
[[nodiscard]] std::vector<Control> draw_controls(const ControlDraw& draw);

/// What the judge gets: as for a question (unblind.hpp), item_id = the control's id. `question` is
/// the control's.
[[nodiscard]] BlindedPair blind(const Question& question,
                                const Control& control,
                                const Answer& honest,
                                const Answer& other);

}  // namespace assay::pairing
