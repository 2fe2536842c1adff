#pragma once
// judge/ may not include this file: a judge cannot tell a control from a question
// (tests/lint/layers_test.py).

#include <array>
#include <cstdint>
#include <string>

#include "assay/records/verdict.hpp"

namespace assay {

/// Fewest controls of a kind that say enough of a judge: 17 of 20 swapped answers that lose, and at
/// most 1 of 20 identical pairs in which a side is preferred, pass (analysis/controls.hpp).
inline constexpr std::int64_t kFewestControls = 20;

enum class ControlKind {
    kIdentical,  ///< one answer shown as both: neither side may be preferred
    kSwapped,    ///< one answer was written for another question: it has to lose
    kTruncated,  ///< one answer is the other's first half. Informs only: half an answer can be as
                 ///< good
};
inline constexpr std::array<ControlKind, 3> kControlKinds{
    ControlKind::kIdentical, ControlKind::kSwapped, ControlKind::kTruncated};

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
    std::string other_answer_key;   ///< the same one, shown whole or cut short; or the answer to
                                    ///< another question
    bool honest_is_a = false;       ///< the honest answer is shown first, as A
    double place = 0;  ///< judged before that variant's first comparison whose order_index is not
                       ///< below it
};

/// What a judge said of a control; state kError without a verdict where it was not asked yet.
struct ControlOutcome {
    ControlKind kind = ControlKind::kIdentical;
    VerdictState state = VerdictState::kError;
    bool honest_is_a = false;
    Confidence confidence = Confidence::kNone;
};

}  // namespace assay
