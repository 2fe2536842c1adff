#pragma once
// What a model thinks of an answer that another one wrote, token by token (docs/fidelity.md).

#include <cstdint>
#include <span>
#include <vector>

#include "assay/engine/output_head.hpp"
#include "assay/wire/messages.hpp"
#include "llama-cpp.h"

namespace assay::engine {

/// One draft while it is read. The logits of both models are there for the rows of one batch at a
/// time, so it is told of them batch by batch.
class DraftReading {
 public:
    /// `head`: of the model that wrote the draft; null: nothing is said of its tokens. All must
    /// outlive it.
    DraftReading(const wire::Written& draft,
                 OutputHead* head,
                 const llama_vocab* vocab,
                 int n_threads);

    /// This model would have chosen `own_token` in the place `position`. Told before the batch of
    /// that place.
    void diverges(std::size_t position, std::int32_t own_token);
    /// The logits of this model for the draft's tokens from `first` on, a pointer for each.
    void take(std::size_t first, std::span<const float* const> logits);
    [[nodiscard]] wire::Reading finish() { return std::move(reading_); }

 private:
    struct Facts;
    [[nodiscard]] bool can_read();
    [[nodiscard]] std::span<const float> baseline_logits(std::size_t first, std::size_t n);
    [[nodiscard]] bool is_as_written(std::size_t position, const float* baseline) const;
    [[nodiscard]] Facts facts_of(std::size_t position,
                                 const float* baseline,
                                 const float* variant) const;
    void keep(const Facts& facts);
    void fail(std::string why);

    const wire::Written& draft_;
    OutputHead* head_;
    const llama_vocab* vocab_;
    int n_threads_;
    bool reads_ = false;
    wire::Reading reading_;
};

}  // namespace assay::engine
