#include "assay/engine/row_tap.hpp"

#include <string_view>

#include "ggml-backend.h"

namespace assay::engine {

void RowTap::listen(llama_context_params& params) {
    params.cb_eval = &RowTap::on_tensor;
    params.cb_eval_user_data = this;
}

std::span<const float> RowTap::row(std::size_t index) const {
    if (width_ == 0 || (index + 1) * width_ > rows_.size()) {
        return {};
    }
    return std::span(rows_).subspan(index * width_, width_);
}

bool RowTap::on_tensor(ggml_tensor* tensor, bool ask, void* self) {
    // The library's name for the last norm; every architecture gives it to one tensor.
    if (std::string_view(ggml_get_name(tensor)) != "result_norm") {
        return !ask;
    }
    if (ask) {
        return true;
    }
    auto& tap = *static_cast<RowTap*>(self);
    if (tensor->type != GGML_TYPE_F32 || !ggml_is_contiguous(tensor)) {
        return true;
    }
    tap.width_ = static_cast<std::size_t>(tensor->ne[0]);
    // A batch may be computed in several parts.
    const std::size_t before = tap.rows_.size();
    tap.rows_.resize(before + static_cast<std::size_t>(ggml_nelements(tensor)));
    ggml_backend_tensor_get(tensor, tap.rows_.data() + before, 0, ggml_nbytes(tensor));
    return true;
}

}  // namespace assay::engine
