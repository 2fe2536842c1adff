#pragma once
// Continuous batching whose answers depend on nothing but model, prompt and settings
// (docs/engine.md).
//
// What makes it so, on the CPU backend:
//   - every slot is a stream of its own (kv_unified = false): its cells do not move with the
//   others'
//   - a prompt is computed alone, in as few pieces of at most n_ubatch tokens as possible, all of
//   about the same size: none is of one
//     token, which would take another path
//   - a prefix that prompts share is a piece of its own, whether it is kept in the slot or computed
//   anew
//   - every decode step has exactly n_slots rows in the order of the slots, idle ones fed a dummy
//   token, all of them outputs
// so that each row goes through the same kernels whatever its neighbours are.

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "assay/base/hash.hpp"
#include "assay/base/result.hpp"
#include "assay/wire/messages.hpp"
#include "llama-cpp.h"

namespace assay::engine {

class Answerer {
 public:
    using OnDone = std::function<void(std::uint64_t id, const wire::AnswerDone&)>;
    using OnLabels = std::function<void(std::uint64_t id, const wire::LabelDone&)>;
    using OnFailed = std::function<void(std::uint64_t id, const Failure&)>;

    /// `start.n_slots` is a multiple of 8; for labels alone, where no step has a row for each slot,
    /// 1 will do.
    Answerer(llama_context* context,
             const wire::Start& start,
             OnDone on_done,
             OnLabels on_labels,
             OnFailed on_failed);
    ~Answerer();
    Answerer(const Answerer&) = delete;
    Answerer& operator=(const Answerer&) = delete;

    void submit(std::uint64_t id, wire::AnswerRequest request);
    void submit(std::uint64_t id, wire::LabelRequest request);
    [[nodiscard]] bool has_work() const;
    /// Fills idle slots from the queue (prefill), then computes one token for every slot that has
    /// one to compute. Throws std::runtime_error when the library fails: the context is not to be
    /// used afterwards.
    void step();

 private:
    struct Slot;
    struct Pending {
        std::uint64_t id;
        wire::AnswerRequest request;
        std::vector<std::int32_t> labels;  ///< not empty: their probabilities are wanted, and no
                                           ///< answer
        std::vector<std::size_t> prefix_ends;  ///< where the pieces end that are kept
    };

    void admit(std::size_t slot_index, Pending pending);
    void compute_prompt(std::size_t slot_index);
    void compute_pieces(std::size_t slot_index, std::size_t first, std::size_t last);
    void decode_step();
    [[nodiscard]] std::optional<Failure> complaint(const Pending& pending,
                                                   std::size_t n_answer) const;
    void take_token(Slot& slot, const float* logits);
    void read_labels(Slot& slot, const float* logits);
    void fail_unfinished(Slot& slot);
    void finish(Slot& slot, const char* stop_reason);
    void cut_back(Slot& slot, std::size_t n_pieces);
    void release(Slot& slot);

    llama_context* context_;
    const llama_vocab* vocab_;
    wire::Start start_;
    OnDone on_done_;
    OnLabels on_labels_;
    OnFailed on_failed_;
    llama_batch batch_;
    std::vector<std::unique_ptr<Slot>> slots_;
    std::deque<Pending> queue_;
};

}  // namespace assay::engine
