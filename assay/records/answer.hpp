#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

enum class StopReason {
    kStop,    ///< end of text, or a stop string
    kLength,  ///< the limit of tokens was reached
    kFailed,  ///< no answer: the engine died on it twice, alone, or the model gave numbers that are
              ///< not finite
    kUnknown,  ///< there is an answer; whoever made it did not say why it ends
};

/// Of Answer::n_contexts_used.
inline constexpr int kContextsUnknown = -1;

/// What a variant wrote for a question.
struct Answer {
    std::string question_id;
    std::string text;  ///< bytes as the model wrote them (may be invalid UTF-8), stop string and
                       ///< special tokens left out
    std::vector<std::int32_t> tokens;  ///< the answer's token ids, the ending one left out
    StopReason stop_reason = StopReason::kFailed;
    std::string failure;                 ///< a sentence, for kFailed
    std::int64_t n_prompt_tokens = 0;    ///< 0: not known
    std::int64_t n_computed_tokens = 0;  ///< prompt tokens that were not taken from the kept prefix
    std::string prompt_sha256;  ///< of the prompt's token ids (sha256_of_tokens); empty: not known
    std::string messages_sha256;  ///< of the messages before the chat template; empty: not known
    std::string trace_sha256;   ///< of token ids and logit bits of the first 16 tokens: equal only
                                ///< if the computation was
    int n_contexts_used = 0;    ///< passages shown, after cutting; kContextsUnknown: not known
    bool contexts_cut = false;  ///< the prompt was too long (docs/engine.md, "Prompts that are too
                                ///< long")
    double prefill_ms = 0;
    double decode_ms = 0;  ///< its share of the decode steps: a step's time over the answers in it
    std::int64_t n_told_tokens = 0;  ///< the answer's length as its server told it, where there are
                                     ///< no token ids; 0: it did not

    std::int64_t n_verified_tokens = 0;  ///< first tokens of the answer that were not written but
                                         ///< verified by reading the baseline's answer
                                         ///< (docs/fidelity.md)
    double read_ms = 0;  ///< milliseconds that this reading took; decode_ms is of the other tokens

    /// 0: not known, or none.
    [[nodiscard]] std::int64_t n_tokens() const {
        return tokens.empty() ? n_told_tokens : static_cast<std::int64_t>(tokens.size());
    }
    /// Decode steps that it took part in: the first token behind the prompt, or behind what was
    /// verified, comes with that reading, and the token that ends a text takes a step, too.
    [[nodiscard]] std::int64_t n_decode_steps() const {
        const std::int64_t n = n_tokens() - n_verified_tokens;
        return std::max<std::int64_t>(0, n - (stop_reason == StopReason::kLength ? 1 : 0));
    }
};

/// How the failure of an answer ends that its file does not have (allow-missing).
inline constexpr std::string_view kNotGiven = " has no answer to this question";

/// Whether a file that was given has no answer to the question. Nobody knows what it would have
/// been, unlike that of a model that was asked and failed.
[[nodiscard]] inline bool was_not_given(const Answer& answer) {
    // Of an answer that was asked for it is known which contexts were shown.
    return answer.stop_reason == StopReason::kFailed &&
           answer.n_contexts_used == kContextsUnknown && answer.failure.ends_with(kNotGiven);
}

}  // namespace assay
