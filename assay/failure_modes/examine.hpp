#pragma once
// One answer -> its flags.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "assay/failure_modes/copying.hpp"
#include "assay/failure_modes/modes.hpp"
#include "assay/records/answer.hpp"

namespace assay::failure_modes {

/// What is known of an answer. The views and the pointer must live as long as the call.
struct AnswerFacts {
    std::string_view text;  ///< any bytes
    StopReason stop_reason = StopReason::kStop;
    int n_contexts_used = 0;  ///< passages shown (Answer::n_contexts_used)
    std::string_view question_id;
    std::string_view question;                 ///< its text
    std::optional<std::string_view> expected;  ///< without one every refusal counts
    std::span<const std::string> contexts;  ///< of this question; those that were cut may be left
                                            ///< out or not
    std::span<const std::string> instructions;  ///< the system prompt and the fixed texts of the
                                                ///< user's turn
    const ContextWords* dataset = nullptr;  ///< of all questions; without it wrong_context is never
                                            ///< set
};

/// All modes. Of an answer that failed (no text came) only no_answer is set. Time is n log n in the
/// text and the contexts.
[[nodiscard]] Flags examine(const AnswerFacts& facts);

}  // namespace assay::failure_modes
