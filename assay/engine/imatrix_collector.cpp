// The sums of an importance matrix.
//
// Problem: which columns of a weight matter is seen only while a model computes a text, inside of
// llama.cpp.
// Model: the library offers each tensor of its graph to a callback, which may look at it once it is
// computed. A matrix product W x is looked at for its input x: the squares of x's columns are added
// to those of W, and the rows of x are counted. Of experts each has its own sums and count, and is
// given the rows that were sent to it. Which products count, the order of the additions, and the
// file's keys and tensors are those of llama.cpp's tools/imatrix, so that the file is the same, bit
// for bit (tests/flow/imatrix_model_test.cpp).
// Invariant: all sums are finite, and those of one weight keep their size; else the first mistake
// is kept, and nothing is collected any more.

#include "assay/engine/imatrix_collector.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "ggml-backend.h"
#include "ggml-cpp.h"
#include "gguf.h"

namespace assay::engine {
namespace {

/// Products of fewer rows are not those of a prompt.
constexpr std::int64_t kFewestRows = 16;

/// "blk.0.attn_k.weight" of a copy that a scheduler calls "CUDA0#blk.0.attn_k.weight#0".
std::string weight_name(const ggml_tensor* weight) {
    const std::string_view name(weight->name);
    const std::size_t mark = name.find('#');
    if (mark == std::string_view::npos) {
        return std::string(name);
    }
    const std::string_view behind = name.substr(mark + 1);
    return std::string(behind.substr(0, behind.find('#')));
}

void add_squares(const char* row, std::int64_t n, float* sums) {
    const auto* values = reinterpret_cast<const float*>(row);
    for (std::int64_t i = 0; i < n; ++i) {
        sums[i] += values[i] * values[i];
    }
}

bool all_finite(const float* values, std::int64_t n) {
    return std::all_of(values, values + n, [](float value) { return std::isfinite(value); });
}

ggml_tensor* new_tensor(ggml_context* context,
                        const std::string& name,
                        std::size_t columns,
                        std::size_t rows) {
    ggml_tensor* tensor = ggml_new_tensor_2d(context,
                                             GGML_TYPE_F32,
                                             static_cast<std::int64_t>(columns),
                                             static_cast<std::int64_t>(rows));
    ggml_set_name(tensor, name.c_str());
    return tensor;
}

}  // namespace

bool ImatrixCollector::on_tensor(ggml_tensor* tensor, bool ask, void* collector) {
    auto& self = *static_cast<ImatrixCollector*>(collector);
    if (!self.failure_.message.empty()) {
        return false;
    }
    return ask ? wants(tensor) : self.collect(tensor);
}

bool ImatrixCollector::wants(const ggml_tensor* product) {
    if (product->op == GGML_OP_MUL_MAT_ID) {
        return product->src[1]->type == GGML_TYPE_F32;
    }
    return product->op == GGML_OP_MUL_MAT && product->src[1]->type == GGML_TYPE_F32 &&
           product->src[1]->ne[1] >= kFewestRows &&
           weight_name(product->src[0]).starts_with("blk.");
}

bool ImatrixCollector::collect(const ggml_tensor* product) {
    const ggml_tensor* input = product->src[1];
    const char* data = static_cast<const char*>(input->data);
    if (!ggml_backend_buffer_is_host(input->buffer)) {
        input_.resize(ggml_nbytes(input));
        ggml_backend_tensor_get(input, input_.data(), 0, input_.size());
        data = input_.data();
    }
    if (input->nb[0] != sizeof(float)) {
        return fail_at(weight_name(product->src[0]), "has inputs that are not in rows");
    }
    return product->op == GGML_OP_MUL_MAT_ID ? collect_experts(product, data)
                                             : collect_matrix(product, data);
}

bool ImatrixCollector::collect_matrix(const ggml_tensor* product, const char* data) {
    const ggml_tensor* weight = product->src[0];
    const ggml_tensor* input = product->src[1];
    const std::string name = weight_name(weight);
    const std::int64_t n_columns = input->ne[0], n_matrices = weight->ne[2] * weight->ne[3];
    Sums* sums = sums_of(name, n_columns * n_matrices, 1);
    if (sums == nullptr) {
        return false;
    }
    for (std::int64_t i3 = 0; i3 < input->ne[3]; ++i3) {
        for (std::int64_t i2 = 0; i2 < input->ne[2]; ++i2) {
            const std::int64_t matrix = (i3 % weight->ne[3]) * weight->ne[2] + i2 % weight->ne[2];
            const char* first = data + static_cast<std::size_t>(i2) * input->nb[2] +
                                static_cast<std::size_t>(i3) * input->nb[3];
            for (std::int64_t row = 0; row < input->ne[1]; ++row) {
                add_squares(first + static_cast<std::size_t>(row) * input->nb[1],
                            n_columns,
                            sums->squares.data() + matrix * n_columns);
            }
        }
    }
    for (std::int64_t& count : sums->counts) {
        count += ggml_nrows(input) / n_matrices;
    }
    return all_finite(sums->squares.data(), n_columns * n_matrices) ||
           fail_at(name, "was given values that are not finite");
}

bool ImatrixCollector::collect_experts(const ggml_tensor* product, const char* data) {
    const ggml_tensor* input = product->src[1];
    const ggml_tensor* chosen = product->src[2];
    const std::string name = weight_name(product->src[0]);
    const std::int64_t n_columns = input->ne[0], n_experts = product->src[0]->ne[2];
    if (input->ne[3] != 1 || chosen->ne[1] != input->ne[2]) {
        return fail_at(name, "has inputs of an unknown shape");
    }
    Sums* sums = sums_of(name, n_columns * n_experts, n_experts);
    if (sums == nullptr) {
        return false;
    }
    experts_.resize(ggml_nbytes(chosen));
    ggml_backend_tensor_get(chosen, experts_.data(), 0, experts_.size());
    std::set<std::int64_t> touched;
    for (std::int64_t place = 0; place < chosen->ne[0]; ++place) {
        for (std::int64_t token = 0; token < input->ne[2]; ++token) {
            const std::int64_t expert = *reinterpret_cast<const std::int32_t*>(
                experts_.data() + static_cast<std::size_t>(token) * chosen->nb[1] +
                static_cast<std::size_t>(place) * chosen->nb[0]);
            if (expert < 0 || expert >= n_experts) {
                return fail_at(name, "was to be used by an expert that is not there");
            }
            add_squares(data + static_cast<std::size_t>(place % input->ne[1]) * input->nb[1] +
                            static_cast<std::size_t>(token) * input->nb[2],
                        n_columns,
                        sums->squares.data() + expert * n_columns);
            ++sums->counts[static_cast<std::size_t>(expert)];
            touched.insert(expert);
        }
    }
    return std::all_of(touched.begin(),
                       touched.end(),
                       [&](std::int64_t expert) {
                           return all_finite(sums->squares.data() + expert * n_columns, n_columns);
                       }) ||
           fail_at(name, "was given values that are not finite");
}

ImatrixCollector::Sums* ImatrixCollector::sums_of(const std::string& weight,
                                                  std::int64_t n_values,
                                                  std::int64_t n_counts) {
    const auto [found, is_new] = sums_.try_emplace(weight);
    Sums& sums = found->second;
    if (is_new) {
        sums.squares.assign(static_cast<std::size_t>(n_values), 0);
        sums.counts.assign(static_cast<std::size_t>(n_counts), 0);
    }
    if (sums.squares.size() != static_cast<std::size_t>(n_values) ||
        (n_counts > 1 && sums.counts.size() != static_cast<std::size_t>(n_counts))) {
        fail_at(weight, "is used with inputs of two sizes");
        return nullptr;
    }
    return &sums;
}

bool ImatrixCollector::fail_at(const std::string& weight, std::string_view what) {
    failure_.message = fmt::format("the tensor {} {}", weight, what);
    return false;
}

Result<bool> ImatrixCollector::write(const std::string& path,
                                     const std::string& dataset,
                                     int chunk_tokens) const {
    std::size_t n_bytes = 0;
    std::int64_t most_rows = 0;
    for (const auto& [name, sums] : sums_) {
        for (const std::size_t n : {sums.squares.size(), sums.counts.size()}) {
            n_bytes += GGML_PAD(ggml_tensor_overhead() + sizeof(float) * n, GGML_MEM_ALIGN);
        }
        most_rows = std::max(most_rows, *std::max_element(sums.counts.begin(), sums.counts.end()));
    }
    const gguf_context_ptr file(gguf_init_empty());
    gguf_set_val_str(file.get(), "general.type", "imatrix");
    const char* datasets[] = {dataset.c_str()};
    gguf_set_arr_str(file.get(), "imatrix.datasets", datasets, 1);
    gguf_set_val_u32(
        file.get(), "imatrix.chunk_count", static_cast<std::uint32_t>(most_rows / chunk_tokens));
    gguf_set_val_u32(file.get(), "imatrix.chunk_size", static_cast<std::uint32_t>(chunk_tokens));
    const ggml_context_ptr context(ggml_init({n_bytes, nullptr, false}));
    if (!context) {
        return fail("there is no memory for the importance matrix");
    }
    for (const auto& [name, sums] : sums_) {
        const std::size_t n_counts = sums.counts.size();
        ggml_tensor* squares = new_tensor(
            context.get(), name + ".in_sum2", sums.squares.size() / n_counts, n_counts);
        ggml_tensor* counts = new_tensor(context.get(), name + ".counts", 1, n_counts);
        std::copy(sums.squares.begin(), sums.squares.end(), ggml_get_data_f32(squares));
        std::transform(sums.counts.begin(),
                       sums.counts.end(),
                       ggml_get_data_f32(counts),
                       [](std::int64_t count) { return static_cast<float>(count); });
        gguf_add_tensor(file.get(), squares);
        gguf_add_tensor(file.get(), counts);
    }
    if (!gguf_write_to_file(file.get(), path.c_str(), false)) {
        return fail("the importance matrix cannot be written",
                    path,
                    "Is the disk full, or the folder not to be written to?");
    }
    return true;
}

}  // namespace assay::engine
