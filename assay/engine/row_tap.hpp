#pragma once
// The rows behind a batch's logits: what the model's last norm gives, before the output matrix.

#include <span>
#include <vector>

#include "llama-cpp.h"

namespace assay::engine {

/// Listens to the computation of a context and keeps the rows of its last batch. The bits of the
/// logits stay what they are (tests/flow/fidelity_model_test.cpp).
class RowTap {
 public:
    /// Makes a context that is made with `params` tell this tap, which must outlive it.
    void listen(llama_context_params& params);

    /// Forgets the rows, before a batch is computed.
    void clear() { rows_.clear(); }
    /// Values of a row; 0 before the first batch, or if the model has no such place.
    [[nodiscard]] std::size_t width() const { return width_; }
    /// The row of the batch's output `index`, counted in the order of the batch. Empty: there is
    /// none.
    [[nodiscard]] std::span<const float> row(std::size_t index) const;

 private:
    static bool on_tensor(ggml_tensor* tensor, bool ask, void* self);

    std::size_t width_ = 0;
    std::vector<float> rows_;
};

}  // namespace assay::engine
