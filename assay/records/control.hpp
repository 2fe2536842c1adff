#pragma once
// judge/ may not include this file: a judge cannot tell a control from a question
// (tests/lint/layers_test.py).

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "assay/records/verdict.hpp"

namespace assay {

/// Fewest controls of a kind that say enough of a judge (analysis/controls.hpp).
inline constexpr std::int64_t kFewestControls = 20;
/// How many damaged ones a judge is shown at least: five of each damage.
inline constexpr std::int64_t kDamagedControls = 25;

enum class ControlKind {
    kIdentical,    ///< one answer shown as both: neither side may be preferred
    kReformatted,  ///< one answer is the other in other white space, punctuation, case or with a
                   ///< phrase that means the same: neither side may mostly be preferred
    kSwapped,      ///< one answer was written for another question: it has to lose
    kDamaged,      ///< one answer is the other with one thing made wrong: it has to lose
    kPadded,       ///< one answer is the other and a filler. Informs: whether length alone wins
    kTruncated,    ///< one answer is the other's first half. Of runs of before there were damaged
                   ///< ones; informs only
};
/// All that a stored run can have.
inline constexpr std::array<ControlKind, 6> kControlKinds{ControlKind::kIdentical,
                                                          ControlKind::kReformatted,
                                                          ControlKind::kSwapped,
                                                          ControlKind::kDamaged,
                                                          ControlKind::kPadded,
                                                          ControlKind::kTruncated};
/// Those that are drawn.
inline constexpr std::array<ControlKind, 5> kDrawnControlKinds{ControlKind::kIdentical,
                                                               ControlKind::kReformatted,
                                                               ControlKind::kSwapped,
                                                               ControlKind::kDamaged,
                                                               ControlKind::kPadded};

/// What was made wrong in a damaged answer (pairing/damage.hpp).
enum class Damage {
    kNumber,    ///< a number or a unit is another one
    kNegation,  ///< a negation was put in or taken out, or a word became its opposite
    kExchange,  ///< two named things changed places, or one became another
    kSentence,  ///< a sentence is one of an answer to another question
    kHalf,      ///< the second half is missing
};
inline constexpr std::array<Damage, 5> kDamages{
    Damage::kNumber, Damage::kNegation, Damage::kExchange, Damage::kSentence, Damage::kHalf};
/// Whether one fact is wrong and the text else as good as before.
[[nodiscard]] constexpr bool is_of_a_fact(Damage damage) {
    return damage == Damage::kNumber || damage == Damage::kNegation || damage == Damage::kExchange;
}

/// A pair whose right outcome is known, put to the judges among the questions to see whether they
/// could see a difference. It counts for nothing else: it is in no count, no table and no balance
/// of sides.
struct Control {
    std::string id;  ///< hash of kind, rank and both answer keys; never a comparison's
    ControlKind kind = ControlKind::kIdentical;
    std::int64_t rank = 0;  ///< from 0 within its kind: a judge that needs fewer is shown the first
                            ///< ones
    std::string variant;    ///< name of the variant among whose comparisons it is judged
    std::string question_id;        ///< whose question, expected answer and contexts are shown
    std::string honest_answer_key;  ///< an answer to that question
    std::string other_answer_key;   ///< the same one, shown as it is or altered; or the answer to
                                    ///< another question
    bool honest_is_a = false;       ///< the honest answer is shown first, as A
    double place = 0;  ///< judged before that variant's first comparison whose order_index is not
                       ///< below it
    std::optional<Damage> damage = {};  ///< of a damaged one
    std::string other_text = {};  ///< what is shown in place of the other answer's text, where it
                                  ///< was altered when the control was drawn
};

/// What a judge said of a control; state kError without a verdict where it was not asked yet.
struct ControlOutcome {
    ControlKind kind = ControlKind::kIdentical;
    VerdictState state = VerdictState::kError;
    bool honest_is_a = false;
    Confidence confidence = Confidence::kNone;
    std::optional<Damage> damage = {};  ///< of a damaged one
};
/// `verdict`: null: none yet.
[[nodiscard]] inline ControlOutcome outcome_of(const Control& control, const Verdict* verdict) {
    ControlOutcome out{control.kind, VerdictState::kError, control.honest_is_a};
    out.damage = control.damage;
    if (verdict != nullptr) {
        out.state = verdict->state;
        out.confidence = verdict->confidence;
    }
    return out;
}

}  // namespace assay
