#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "assay/records/verdict.hpp"

namespace assay {

/// A verdict after unblinding, from the variant's side.
enum class OutcomeKind {
    kWin,
    kTie,
    kLoss,
    kInvalid,
    kError,
    kRefused,
    kNotJudged,         ///< pending, or judging stopped early
    kNoAnswerBaseline,  ///< an answer is missing: the baseline gave none, neither side did, or the
                        ///< variant's file has none. Left out of n
};

/// A verdict seen from the variant's side: A wins for the variant where its answer was shown as A,
/// and so on.
[[nodiscard]] OutcomeKind outcome_of(VerdictState state, bool variant_is_a);

struct Outcome {
    std::string question_id;
    std::optional<std::string> cluster;
    int sample = 0;  ///< which of the question's pairs of answers, from 0
    int judge = 0;   ///< which of a panel's judges, from 0; 0 without a panel
    OutcomeKind kind = OutcomeKind::kNotJudged;
    bool identical = false;          ///< byte-identical answers: a tie without a call
    bool no_answer_variant = false;  ///< a loss because the variant alone gave no answer
    bool side_known = true;  ///< false: who was shown first is not known, and variant_is_a means
                             ///< nothing
    bool variant_is_a = false;
    Confidence confidence = Confidence::kNone;
    std::optional<double> graded;  ///< of a graded verdict how strong it is, from -1 (the baseline)
                                   ///< to 1; empty: it is plain
    std::string reasoning;
    std::optional<std::int64_t> length_difference;  ///< characters of the variant's answer minus
                                                    ///< those of the baseline's; empty: not known
    std::optional<std::int64_t> baseline_length;    ///< characters of the baseline's answer; known
                                                    ///< where the difference is
};

}  // namespace assay
