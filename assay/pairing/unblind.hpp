#pragma once
// The two crossings of the blind: from a comparison to what a judge may see, and from what it said
// to an outcome.

#include <optional>
#include <string_view>

#include "assay/records/answer.hpp"
#include "assay/records/comparison.hpp"
#include "assay/records/outcome.hpp"
#include "assay/records/question.hpp"
#include "assay/records/verdict.hpp"

namespace assay::pairing {

/// The question and two answers in the order in which they are shown, everything as valid UTF-8.
[[nodiscard]] BlindedPair blinded_pair(std::string_view item_id,
                                       const Question& question,
                                       const Answer& answer_a,
                                       const Answer& answer_b);

/// What the judge gets: the answers in the drawn order, item_id = the comparison's id.
[[nodiscard]] BlindedPair blind(const Question& question,
                                const Comparison& comparison,
                                const Answer& baseline,
                                const Answer& variant);

/// Whether both answers are empty, as those are that have nothing but thoughts.
[[nodiscard]] bool neither_answers(const Comparison& comparison);

/// The outcome of one comparison. Identical answers are a tie and a variant that failed alone is a
/// loss, both without a verdict; where neither side answers it is kNoAnswerBaseline; otherwise no
/// verdict is kNotJudged.
[[nodiscard]] Outcome make_outcome(const Question& question,
                                   const Comparison& comparison,
                                   const std::optional<Verdict>& verdict);

}  // namespace assay::pairing
