#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace assay {

enum class StopReason {
    kStop,    ///< end of text, or a stop string
    kLength,  ///< the limit of tokens was reached
    kFailed,  ///< no answer: the engine died on it twice, alone, or the model gave numbers that are not finite
};

/// What a variant wrote for a question.
struct Answer {
    std::string question_id;
    std::string text;                  ///< bytes as the model wrote them (may be invalid UTF-8), stop string and special tokens left out
    std::vector<std::int32_t> tokens;  ///< the answer's token ids, the ending one left out
    StopReason stop_reason = StopReason::kFailed;
    std::string failure;               ///< a sentence, for kFailed
    std::int64_t n_prompt_tokens = 0;
    std::int64_t n_computed_tokens = 0;   ///< prompt tokens that were not taken from the kept prefix
    std::string prompt_sha256;         ///< of the prompt's token ids (sha256_of_tokens)
    std::string messages_sha256;       ///< of the messages before the chat template
    std::string trace_sha256;          ///< of token ids and logit bits of the first 16 tokens: equal only if the computation was
    int n_contexts_used = 0;           ///< passages shown, after cutting
    bool contexts_cut = false;         ///< the prompt was too long (docs/engine.md, "Prompts that are too long")
    double prefill_ms = 0;
    double decode_ms = 0;              ///< its share of the decode steps: a step's time over the answers in it
};

}  // namespace assay
