#pragma once
// The real engine with the demo's model: prompts, and their answers under a given arrangement.

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "assay/llm/engine.hpp"
#include "assay/wire/messages.hpp"

namespace assay::test {

/// One engine process with one loaded model.
class ModelBench {
 public:
    /// Throws std::runtime_error if the model cannot be loaded.
    explicit ModelBench(const std::string& model);

    /// A new context: what slots hold is forgotten.
    void start(int n_slots, int stream_size, int n_threads);
    /// Greedy with the study's repeat penalty, `predict` tokens at most; `n_prefix` is what all prompts of `chat`
    /// share.
    [[nodiscard]] wire::AnswerRequest chat(const std::string& question, int predict);
    /// A prompt of the shared prefix and `n_tokens` more.
    [[nodiscard]] wire::AnswerRequest of_length(std::size_t n_tokens, int predict);
    /// Answers in the order of the requests; at most `in_flight` are with the engine together.
    [[nodiscard]] std::vector<wire::AnswerDone> answer(const std::vector<wire::AnswerRequest>& requests,
                                                       std::size_t in_flight);
    /// Each with nothing beside it.
    [[nodiscard]] std::vector<wire::AnswerDone> answer_alone(std::vector<wire::AnswerRequest> requests);

    [[nodiscard]] llm::Engine& engine() { return engine_; }

 private:
    [[nodiscard]] std::vector<std::int32_t> tokens_of(const std::string& question);

    std::atomic<bool> cancel_{false};
    llm::Engine engine_;
    std::vector<std::int32_t> prefix_;
};

/// Places where token ids, stop reason or trace differ, a line each; empty if they are the same.
[[nodiscard]] std::string difference(const std::vector<wire::AnswerDone>& a, const std::vector<wire::AnswerDone>& b);

}  // namespace assay::test
