#pragma once
// What makes answers, and label probabilities: the engine process, a server, or a script in tests.

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "assay/records/answer.hpp"

namespace assay::llm {

struct Prompt {
    std::string id;  ///< question id
    std::vector<std::int32_t> tokens;
    std::vector<std::string> stops;
    std::uint32_t seed = 0;  ///< has an effect at temperature > 0 only
    int n_prefix = 0;    ///< first tokens that prompts of its kind share by construction; 0, or at
                         ///< least 2
    int predict = 0;     ///< most tokens of the answer; 0: as the generator was told
    bool alone = false;  ///< with nothing beside it in the batch
    std::string user = {};  ///< the user's turn, for a server, which makes tokens of it itself
    std::vector<std::int32_t> labels{};  ///< not empty: the probabilities of these tokens as the
                                         ///< next one are wanted, and nothing is generated
    int n_longer_prefix = 0;  ///< of a prompt with labels: first tokens that few others share; 0,
                              ///< or at least n_prefix + 2
    std::string grammar{};    ///< GBNF that the text has to follow, at temperature 0; empty: none
};

struct Generated {
    std::string id;
    std::string text;
    std::vector<std::int32_t> tokens;
    StopReason stop_reason = StopReason::kFailed;
    std::string failure;  ///< a sentence, for kFailed
    std::string trace_sha256;
    std::int64_t n_computed_tokens = 0;
    double prefill_ms = 0;
    double decode_ms = 0;
    std::int64_t n_prompt_tokens = 0;  ///< as a server told it; 0: the prompt's own, or not told
    std::int64_t n_answer_tokens = 0;  ///< likewise, of an answer without token ids
    std::vector<double> label_log_probs{};  ///< natural logarithms, of Prompt::labels in their
                                            ///< order, over the whole vocabulary
};

class Generator {
 public:
    virtual ~Generator() = default;
    /// Pulls prompts until `next` gives none, and pushes each finished one into `done`, in any
    /// order, from this thread. Returns early, with what is in flight dropped, when `cancel` is
    /// set. Throws Error when nothing can be generated at all.
    virtual void generate(const std::function<std::optional<Prompt>()>& next,
                          const std::function<void(const Generated&)>& done,
                          const std::atomic<bool>& cancel) = 0;
};

}  // namespace assay::llm
