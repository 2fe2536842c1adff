#include "assay/engine/output_head.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <vector>

#include "assay/engine/gguf_file.hpp"
#include "assay/engine/gguf_split.hpp"
#include "ggml-backend.h"
#include "ggml-cpp.h"
#include "ggml-cpu.h"
#include "gguf.h"

namespace assay::engine {
namespace {

/// Repacked weights take rows in groups of this many; a rest would go through another kernel.
constexpr std::size_t kGroup = 4;

/// A tensor of a file.
struct Place {
    std::string path;
    Gguf gguf;
    std::int64_t id = 0;
};

std::optional<Place> find(const std::string& path, Gguf gguf, const char* name) {
    const std::int64_t id = gguf_find_tensor(gguf.get(), name);
    if (id < 0) {
        return std::nullopt;
    }
    return Place{path, std::move(gguf), id};
}

Result<std::optional<Place>> find_in_parts(const std::string& path, const char* name) {
    auto first = open_gguf(path);
    if (!first) {
        return tl::unexpected(first.error());
    }
    const auto parts = parts_of(first->get(), path);
    if (!parts) {
        return tl::unexpected(parts.error());
    }
    for (const std::string& part : *parts) {
        auto gguf = open_gguf(part);
        if (!gguf) {
            return tl::unexpected(gguf.error());
        }
        if (auto place = find(part, std::move(*gguf), name)) {
            return place;
        }
    }
    return std::optional<Place>();
}

/// The output matrix, which some models share with the one of their input.
Result<Place> find_matrix(const std::string& path) {
    for (const char* name : {"output.weight", "token_embd.weight"}) {
        auto place = find_in_parts(path, name);
        if (!place) {
            return tl::unexpected(place.error());
        }
        if (*place) {
            return std::move(**place);
        }
    }
    return fail("it has no output matrix", path);
}

/// What the header says of logits that are more than matrix x row; empty: nothing.
Result<bool> check_plain(const std::string& path) {
    const auto gguf = open_gguf(path);
    if (!gguf) {
        return tl::unexpected(gguf.error());
    }
    const std::string architecture = string_at(gguf->get(), "general.architecture").value_or("");
    for (const char* key : {"logit_scale", "final_logit_softcapping"}) {
        if (gguf_find_key(gguf->get(), (architecture + "." + key).c_str()) >= 0) {
            return fail(fmt::format("its logits are scaled or capped ({})", key), path);
        }
    }
    for (const char* name : {"output.bias", "output.scale"}) {
        const auto place = find_in_parts(path, name);
        if (!place) {
            return tl::unexpected(place.error());
        }
        if (*place) {
            return fail(fmt::format("its logits are shifted or scaled ({})", name), path);
        }
    }
    return true;
}

/// The kinds of memory that llama.cpp tries for a matrix, in its order: where they take the
/// matrix, they bring other kernels.
std::vector<ggml_backend_buffer_type_t> kinds_of_memory(ggml_backend_dev_t device) {
    std::vector<ggml_backend_buffer_type_t> out;
    const auto get_extra = reinterpret_cast<ggml_backend_dev_get_extra_bufts_t>(
        ggml_backend_reg_get_proc_address(ggml_backend_dev_backend_reg(device),
                                          "ggml_backend_dev_get_extra_bufts"));
    if (get_extra != nullptr) {
        for (auto* kind = get_extra(device); kind != nullptr && *kind != nullptr; ++kind) {
            out.push_back(*kind);
        }
    }
    out.push_back(ggml_backend_dev_buffer_type(device));
    return out;
}

bool takes(ggml_backend_dev_t device, ggml_backend_buffer_type_t kind, ggml_tensor* matrix) {
    const ggml_context_ptr context(ggml_init({ggml_tensor_overhead() * 4, nullptr, true}));
    ggml_tensor* rows = ggml_new_tensor_2d(context.get(), GGML_TYPE_F32, matrix->ne[0], 512);
    ggml_tensor* product = ggml_mul_mat(context.get(), matrix, rows);
    const ggml_backend_buffer_ptr empty(ggml_backend_buft_alloc_buffer(kind, 0));
    matrix->buffer = empty.get();
    const bool taken = ggml_backend_dev_supports_op(device, product);
    matrix->buffer = nullptr;
    return taken;
}

}  // namespace

struct OutputHead::State {
    ggml_backend_ptr backend;
    ggml_context_ptr context;  ///< of the matrix
    ggml_tensor* matrix = nullptr;
    ggml_backend_buffer_ptr buffer;
    ggml_gallocr_ptr allocator;
    std::vector<float> padded;
    std::vector<float> logits;

    Result<bool> read(const Place& place);
    [[nodiscard]] bool fill(const Place& place);
    void compute(const float* rows, std::size_t n, float* out);
};

OutputHead::OutputHead(std::unique_ptr<State> state) : state_(std::move(state)) {}
OutputHead::~OutputHead() = default;
OutputHead::OutputHead(OutputHead&&) noexcept = default;
OutputHead& OutputHead::operator=(OutputHead&&) noexcept = default;

std::size_t OutputHead::width() const {
    return static_cast<std::size_t>(state_->matrix->ne[0]);
}

std::size_t OutputHead::n_vocab() const {
    return static_cast<std::size_t>(state_->matrix->ne[1]);
}

std::uint64_t OutputHead::bytes() const {
    return ggml_backend_buffer_get_size(state_->buffer.get());
}

std::uint64_t OutputHead::bytes_in_file(const std::string& model_path) {
    if (!check_plain(model_path)) {
        return 0;
    }
    const auto place = find_matrix(model_path);
    return place ? gguf_get_tensor_size(place->gguf.get(), place->id) : 0;
}

Result<OutputHead> OutputHead::open(const std::string& model_path, int n_threads) {
    if (auto plain = check_plain(model_path); !plain) {
        return tl::unexpected(plain.error());
    }
    const auto place = find_matrix(model_path);
    if (!place) {
        return tl::unexpected(place.error());
    }
    auto state = std::make_unique<State>();
    state->backend.reset(ggml_backend_cpu_init());
    ggml_backend_cpu_set_n_threads(state->backend.get(), std::max(1, n_threads));
    if (auto done = state->read(*place); !done) {
        return tl::unexpected(done.error());
    }
    return OutputHead(std::move(state));
}

Result<bool> OutputHead::State::read(const Place& place) {
    const gguf_context* gguf = place.gguf.get();
    context.reset(ggml_init({ggml_tensor_overhead() * 2, nullptr, true}));
    matrix = ggml_new_tensor(context.get(),
                             gguf_get_tensor_type(gguf, place.id),
                             GGML_MAX_DIMS,
                             gguf_get_tensor_ne(gguf, place.id));
    ggml_backend_dev_t device = ggml_backend_get_device(backend.get());
    for (ggml_backend_buffer_type_t kind : kinds_of_memory(device)) {
        if (!takes(device, kind, matrix)) {
            continue;
        }
        buffer.reset(ggml_backend_alloc_ctx_tensors_from_buft(context.get(), kind));
        break;
    }
    if (!buffer) {
        return fail("there is no memory for its output matrix", place.path);
    }
    ggml_backend_buffer_set_usage(buffer.get(), GGML_BACKEND_BUFFER_USAGE_WEIGHTS);
    if (!fill(place)) {
        return fail("its output matrix cannot be read", place.path);
    }
    allocator.reset(ggml_gallocr_new(ggml_backend_get_default_buffer_type(backend.get())));
    return true;
}

/// Reads the matrix to where it stays; through a copy where it is repacked.
bool OutputHead::State::fill(const Place& place) {
    const std::size_t size = ggml_nbytes(matrix);
    std::ifstream file(place.path, std::ios::binary);
    file.seekg(static_cast<std::streamoff>(gguf_get_data_offset(place.gguf.get()) +
                                           gguf_get_tensor_offset(place.gguf.get(), place.id)));
    const auto n = static_cast<std::streamsize>(size);
    if (ggml_backend_buffer_is_host(buffer.get())) {
        return static_cast<bool>(file.read(static_cast<char*>(matrix->data), n));
    }
    std::vector<char> bytes(size);
    if (!file.read(bytes.data(), n)) {
        return false;
    }
    ggml_backend_tensor_set(matrix, bytes.data(), 0, size);
    return true;
}

void OutputHead::State::compute(const float* rows, std::size_t n, float* out) {
    const ggml_context_ptr graph_context(
        ggml_init({ggml_tensor_overhead() * 8 + ggml_graph_overhead(), nullptr, true}));
    ggml_tensor* input = ggml_new_tensor_2d(
        graph_context.get(), GGML_TYPE_F32, matrix->ne[0], static_cast<std::int64_t>(n));
    ggml_set_input(input);
    ggml_tensor* product = ggml_mul_mat(graph_context.get(), matrix, input);
    ggml_set_output(product);
    ggml_cgraph* graph = ggml_new_graph(graph_context.get());
    ggml_build_forward_expand(graph, product);
    if (!ggml_gallocr_alloc_graph(allocator.get(), graph)) {
        throw std::runtime_error("there is no memory to compute the baseline's logits");
    }
    ggml_backend_tensor_set(input, rows, 0, ggml_nbytes(input));
    if (ggml_backend_graph_compute(backend.get(), graph) != GGML_STATUS_SUCCESS) {
        throw std::runtime_error("the baseline's logits cannot be computed");
    }
    ggml_backend_tensor_get(product, out, 0, ggml_nbytes(product));
}

std::span<const float> OutputHead::logits(std::span<const float> rows, bool single) {
    const std::size_t n = rows.size() / width();
    const std::size_t n_computed = single ? n : (n + kGroup - 1) / kGroup * kGroup;
    state_->logits.resize(n_computed * n_vocab());
    if (single) {
        for (std::size_t i = 0; i < n; ++i) {
            state_->compute(rows.data() + i * width(), 1, state_->logits.data() + i * n_vocab());
        }
    } else if (n > 0) {
        state_->padded.assign(n_computed * width(), 0.0F);
        std::copy(rows.begin(), rows.end(), state_->padded.begin());
        state_->compute(state_->padded.data(), n_computed, state_->logits.data());
    }
    return std::span<const float>(state_->logits).first(n * n_vocab());
}

}  // namespace assay::engine
