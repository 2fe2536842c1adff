#pragma once
// Continuous batching whose answers depend on nothing but model, prompt and settings
// (docs/engine.md; how, at the heads of answerer.cpp, answerer_prompts.cpp and
// answerer_drafts.cpp).

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/engine/output_head.hpp"
#include "assay/engine/row_tap.hpp"
#include "assay/engine/slot.hpp"
#include "assay/wire/messages.hpp"
#include "llama-cpp.h"

namespace assay::engine {

class Answerer {
 public:
    using OnDone = std::function<void(std::uint64_t id, const wire::TaskDone&)>;
    using OnFailed = std::function<void(std::uint64_t id, const Failure&)>;

    /// `start.n_slots` is a multiple of 8; for labels alone, where no step has a row for each slot,
    /// 1 will do. `tap`: of the context's rows, where they are kept, else null; `head`: the
    /// baseline's, for drafts with rows, else null.
    Answerer(llama_context* context,
             const wire::Start& start,
             RowTap* tap,
             OutputHead* head,
             OnDone on_done,
             OnFailed on_failed);
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
    template <class Request>
    void enqueue(std::uint64_t id, const Request& request, int n_answer);
    [[nodiscard]] bool any_active() const;
    [[nodiscard]] std::vector<Keeper> keepers() const;
    [[nodiscard]] std::optional<std::size_t> slot_for(const PendingTask& first) const;
    void admit(std::size_t slot_index, PendingTask pending);
    void compute_prompt(std::size_t slot_index);
    void take_over_pieces(std::size_t slot_index);
    [[nodiscard]] std::size_t n_usable(const Slot& slot) const;
    void empty_others(std::size_t slot_index);
    void compute_pieces(std::size_t slot_index, std::size_t first, std::size_t last);
    struct Draft;
    void read_draft(Slot& slot);
    void read_rows(Slot& slot, Draft& draft, std::size_t first, std::size_t n);
    void choose_along(Slot& slot, Draft& draft, std::size_t position, std::size_t row);
    void force(Slot& slot, std::span<const std::int32_t> tokens);
    void go_on_behind(Slot& slot);
    void decode_step();
    void decode(const char* what);
    [[nodiscard]] const float* logits_of(std::size_t row) const;
    [[nodiscard]] std::optional<Failure> complaint(const std::vector<std::int32_t>& prompt,
                                                   std::size_t n_answer) const;
    [[nodiscard]] std::optional<Failure> complaint_of_draft(
        const wire::AnswerRequest& request) const;
    void take_token(Slot& slot, std::size_t row);
    void take_token(Slot& slot, const float* logits, std::span<const float> row);
    [[nodiscard]] std::optional<const char*> accept(Slot& slot, const Sampler::Choice& choice);
    [[nodiscard]] std::span<const float> row_behind(std::size_t row) const;
    void keep_row(Slot& slot, std::span<const float> row, const Sampler::Choice& choice);
    void keep_prompt_end(Slot& slot);
    void read_labels(Slot& slot, const wire::LabelRequest& request, const float* logits);
    void fail_unfinished(Slot& slot);
    void finish(Slot& slot, const char* stop_reason);
    [[nodiscard]] std::uint64_t own_peak_memory() const;
    void cut_back(Slot& slot, std::size_t n_pieces);
    void release(Slot& slot);

    llama_context* context_;
    const llama_vocab* vocab_;
    wire::Start start_;
    RowTap* tap_;
    OutputHead* head_;
    OnDone on_done_;
    OnFailed on_failed_;
    bool copies_;  ///< pieces, from one slot to another; not where memory cannot be cut back
    llama_batch batch_;
    std::vector<std::unique_ptr<Slot>> slots_;
    std::deque<PendingTask> queue_;
};

}  // namespace assay::engine
