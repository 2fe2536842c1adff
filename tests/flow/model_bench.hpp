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
    /// Throws std::runtime_error if it is refused.
    void start(const wire::Start& start);
    /// Greedy with the study's repeat penalty, `predict` tokens at most; its one kept piece is what
    /// all prompts of `chat` share.
    [[nodiscard]] wire::AnswerRequest chat(const std::string& question, int predict);
    /// A prompt of the shared prefix and `n_tokens` more.
    [[nodiscard]] wire::AnswerRequest of_length(std::size_t n_tokens, int predict);
    /// Answers in the order of the requests; at most `in_flight` are with the engine together.
    [[nodiscard]] std::vector<wire::AnswerDone> answer(
        const std::vector<wire::AnswerRequest>& requests, std::size_t in_flight);
    /// Each with nothing beside it.
    [[nodiscard]] std::vector<wire::AnswerDone> answer_alone(
        std::vector<wire::AnswerRequest> requests);

    /// What would come next behind the prompt of `request`, of these tokens.
    [[nodiscard]] static wire::LabelRequest labels_behind(const wire::AnswerRequest& request,
                                                          std::vector<std::int32_t> labels) {
        return {request.prompt, std::move(labels), request.prefix_ends, false};
    }
    /// Replies in the order of the requests, at most `in_flight` together, with the answers to
    /// `beside` among them; those go to `answers` if it is given.
    [[nodiscard]] std::vector<wire::LabelDone> label_replies(
        const std::vector<wire::LabelRequest>& requests,
        std::size_t in_flight,
        const std::vector<wire::AnswerRequest>& beside = {},
        std::vector<wire::AnswerDone>* answers = nullptr);
    /// The log-probabilities of label_replies.
    [[nodiscard]] std::vector<std::vector<double>> read_labels(
        const std::vector<wire::LabelRequest>& requests,
        std::size_t in_flight,
        const std::vector<wire::AnswerRequest>& beside = {},
        std::vector<wire::AnswerDone>* answers = nullptr);

    [[nodiscard]] llm::Engine& engine() { return engine_; }

 private:
    [[nodiscard]] std::vector<std::int32_t> tokens_of(const std::string& question);

    [[nodiscard]] std::int32_t n_prefix() const {
        return static_cast<std::int32_t>(prefix_.size());
    }

    std::atomic<bool> cancel_{false};
    llm::Engine engine_;
    std::vector<std::int32_t> prefix_;
};

/// Places where token ids, stop reason or trace differ, a line each; empty if they are the same.
[[nodiscard]] std::string difference(const std::vector<wire::AnswerDone>& a,
                                     const std::vector<wire::AnswerDone>& b);

}  // namespace assay::test
