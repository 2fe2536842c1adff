#pragma once
// What makes answers, and label probabilities: the engine process, a server, or a script in tests.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "assay/records/answer.hpp"
#include "assay/records/told_tokens.hpp"
#include "assay/wire/draft.hpp"

namespace assay::llm {

/// Text is wanted behind the prompt's tokens.
struct AnswerTask {
    std::vector<std::string> stops{};
    std::uint32_t seed = 0;  ///< has an effect at temperature > 0 only
    int predict = 0;         ///< most tokens of the answer; 0: as the generator was told
    std::string grammar{};   ///< GBNF that the text has to follow, at temperature 0; empty: none
    std::shared_ptr<const wire::Written> draft{};  ///< an answer that is read first
                                                   ///< (docs/fidelity.md); null: none
    bool read_only = false;                        ///< nothing is written behind the draft
};

/// The probabilities of tokens as the next one are wanted; nothing is generated.
struct LabelTask {
    std::vector<std::int32_t> labels{};  ///< at least one
};

/// A server's answer to a user's turn is wanted. The server makes tokens of it itself.
struct ChatTask {
    std::string user{};
    std::uint32_t seed = 0;  ///< has an effect at temperature > 0 only
};

/// What is wanted. The engine does the first two, a server the third.
using Task = std::variant<AnswerTask, LabelTask, ChatTask>;

struct Prompt {
    std::string id{};                         ///< question id
    std::vector<std::int32_t> tokens{};       ///< empty with a ChatTask
    std::vector<std::int32_t> prefix_ends{};  ///< lengths of its beginnings that other prompts
                                              ///< share, as of wire::AnswerRequest
    bool alone = false;                       ///< with nothing beside it in the batch
    Task task{};
};

/// What an AnswerTask or a ChatTask gave.
struct AnswerResult {
    std::string text{};
    std::vector<std::int32_t> tokens{};
    StopReason stop_reason = StopReason::kFailed;
    std::string trace_sha256{};
    double decode_ms = 0;
    std::int64_t n_prompt_tokens = 0;  ///< as a server told it; 0: the prompt's own, or not told
    std::int64_t n_answer_tokens = 0;  ///< likewise, of an answer without token ids
    int n_verified = 0;       ///< first tokens that were not written: they are the draft's, and the
                              ///< model would have written them
    double read_ms = 0;       ///< that reading the draft took
    wire::Written written{};  ///< what was chosen, with rows, where the engine keeps them
    wire::Reading reading{};  ///< of the draft
    std::vector<ToldToken> told{};  ///< of the answer's tokens, where a server told them
};

/// What a LabelTask gave.
struct LabelResult {
    std::vector<double> log_probs{};  ///< natural logarithms, of LabelTask::labels in their order,
                                      ///< over the whole vocabulary
};

struct Generated {
    std::string id{};
    std::string failure{};  ///< a sentence; empty: it did not fail
    std::int64_t n_computed_tokens = 0;
    double prefill_ms = 0;
    /// Of the kind of the prompt's task. Of a prompt that failed: nothing, or what there is of its
    /// answer.
    std::variant<std::monostate, AnswerResult, LabelResult> result{};

    [[nodiscard]] bool failed() const { return !failure.empty(); }
    /// The result of an AnswerTask or a ChatTask; an empty one with kFailed where there is none.
    [[nodiscard]] const AnswerResult& answer() const;
    /// The result of a LabelTask; an empty one where there is none.
    [[nodiscard]] const LabelResult& labels() const;
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
