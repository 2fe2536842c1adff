#pragma once
// Continuous batching whose answers depend on nothing but model, prompt and settings
// (docs/engine.md; how, at the head of answerer.cpp).

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
    using OnDone = std::function<void(std::uint64_t id, const wire::TaskDone&)>;
    using OnFailed = std::function<void(std::uint64_t id, const Failure&)>;

    /// `start.n_slots` is a multiple of 8; for labels alone, where no step has a row for each slot,
    /// 1 will do.
    Answerer(llama_context* context, const wire::Start& start, OnDone on_done, OnFailed on_failed);
    ~Answerer();
    Answerer(const Answerer&) = delete;
    Answerer& operator=(const Answerer&) = delete;

    void submit(std::uint64_t id, const wire::AnswerRequest& request);
    void submit(std::uint64_t id, const wire::LabelRequest& request);
    [[nodiscard]] bool has_work() const;
    /// Fills idle slots from the queue (prefill), then computes one token for every slot that has
    /// one to compute. Throws std::runtime_error when the library fails: the context is not to be
    /// used afterwards.
    void step();

 private:
    struct Slot;
    struct Pending {
        std::uint64_t id = 0;
        wire::TaskRequest task;
        std::vector<std::size_t> prefix_ends;  ///< where the pieces end that are kept

        [[nodiscard]] const std::vector<std::int32_t>& prompt() const;
        [[nodiscard]] bool alone() const;
    };

    void enqueue(Pending pending, int n_answer);
    void admit(std::size_t slot_index, Pending pending);
    void compute_prompt(std::size_t slot_index);
    void compute_pieces(std::size_t slot_index, std::size_t first, std::size_t last);
    void decode_step();
    [[nodiscard]] std::optional<Failure> complaint(const Pending& pending,
                                                   std::size_t n_answer) const;
    void take_token(Slot& slot, const float* logits);
    void read_labels(Slot& slot, const wire::LabelRequest& request, const float* logits);
    void fail_unfinished(Slot& slot);
    void finish(Slot& slot, const char* stop_reason);
    void cut_back(Slot& slot, std::size_t n_pieces);
    void release(Slot& slot);

    llama_context* context_;
    const llama_vocab* vocab_;
    wire::Start start_;
    OnDone on_done_;
    OnFailed on_failed_;
    llama_batch batch_;
    std::vector<std::unique_ptr<Slot>> slots_;
    std::deque<Pending> queue_;
};

}  // namespace assay::engine
