#pragma once
// The answer stage: prompts in, answers out, each pushed as soon as it is there.

#include <atomic>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "assay/answer/prompts.hpp"
#include "assay/llm/generator.hpp"
#include "assay/records/answer.hpp"
#include "assay/records/plan.hpp"

namespace assay::answer {

/// Key of an answer: hash of all that it depends on. Two runs with equal keys give equal bytes
/// (docs/engine.md).
[[nodiscard]] std::string answer_key(const std::string& model_sha256,
                                     const PreparedPrompt& prompt,
                                     const GenerationSettings& settings,
                                     std::span<const std::string> stops,
                                     const std::string& engine_fingerprint);

/// Key of an answer that a server makes: what it tells of itself and its model
/// (ServedGenerator::fingerprint), messages, settings. Equal bytes do not follow from equal keys: a
/// server's answers may depend on what else it does.
[[nodiscard]] std::string served_answer_key(const std::string& served_fingerprint,
                                            const PreparedPrompt& prompt,
                                            const GenerationSettings& settings);

/// One answer that is wanted.
struct Asked {
    const PreparedPrompt* prompt = nullptr;
    /// Gives the draft that is read first, when its turn has come (a draft with rows is large);
    /// empty: none.
    std::function<std::shared_ptr<const wire::Written>()> draft{};
    bool read_only = false;  ///< nothing is written behind the draft
};

/// The order in which questions are put to the engine: those on the same passages one behind the
/// other, where the first of them stands, and of each question its samples; otherwise as they are.
[[nodiscard]] std::vector<const Asked*> in_reuse_order(std::span<const Asked> asked);

/// Takes an answer to a prompt, and what the generator gave beside it.
using AnswerSink = std::function<void(
    const PreparedPrompt&, const Answer&, const llm::AnswerResult&)>;

/// Generates an answer for each of `asked` and pushes it into `sink`, in any order, from this
/// thread. Stops early when `cancel` is set. A
/// prompt that cannot be answered gives an Answer of kFailed. Throws what the generator throws.
void answer_questions(llm::Generator& generator,
                      std::span<const Asked> asked,
                      const GenerationSettings& settings,
                      std::span<const std::string> stops,
                      const AnswerSink& sink,
                      const std::atomic<bool>& cancel);

/// Answers computed again, alone in the batch and in another slot, against the stored ones.
struct Recheck {
    int n_checked = 0;
    int n_equal = 0;  ///< same tokens and same bits of the logits
};

/// Repeats the first tokens of `answered` (prompt and its answer) alone and compares traces: the
/// run's own proof that an answer does not depend on what is beside it.
[[nodiscard]] Recheck recheck_alone(
    llm::Generator& generator,
    std::span<const std::pair<const PreparedPrompt*, Answer>> answered,
    const GenerationSettings& settings,
    std::span<const std::string> stops,
    const std::atomic<bool>& cancel);

}  // namespace assay::answer
