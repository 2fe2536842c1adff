// A LoRA adapter merged into a model's weights.
//
// Problem: a fine-tuned model that is to be quantized is a base and an adapter. Merged elsewhere it
// would be one more file whose making nobody sees.
// Model: the merged file is the base's, byte for byte, but for the tensors that the adapters
// change: a changed tensor W becomes W + scale * alpha / rank * B A, and has the type that it had.
// That is computed in F32 with ggml, as llama.cpp's tools/export-lora does; several adapters are
// added in their order. So header, order and size of all tensors stay, and nothing has to be
// written anew. Invariant: what is merged was checked against the header before a byte was written
// (lora_file.hpp), and no value that is not finite is written: a scale that is too large for the
// type is a failure. It ends because each tensor is visited once.

#include "assay/engine/lora_merge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>

#include "assay/engine/lora_file.hpp"
#include "ggml-backend.h"
#include "ggml-cpp.h"
#include "ggml-cpu.h"
#include "gguf.h"

namespace assay::engine {
namespace {

using Bytes = std::vector<char>;

/// A tensor's place and form in a file.
struct Stored {
    const gguf_context* gguf;
    std::int64_t id;

    [[nodiscard]] ggml_type type() const { return gguf_get_tensor_type(gguf, id); }
    [[nodiscard]] std::size_t size() const { return gguf_get_tensor_size(gguf, id); }
    [[nodiscard]] std::streamoff offset() const {
        return static_cast<std::streamoff>(gguf_get_data_offset(gguf) +
                                           gguf_get_tensor_offset(gguf, id));
    }
    [[nodiscard]] std::string name() const { return gguf_get_tensor_name(gguf, id); }
};

/// One adapter's change of a tensor.
struct Change {
    const LoraAdapter* lora;
    LoraPair pair;
    double scale;
    std::ifstream* file;
};

Result<Bytes> read(std::ifstream& file, const Stored& stored, const std::string& path) {
    Bytes out(stored.size());
    file.seekg(stored.offset());
    if (!file.read(out.data(), static_cast<std::streamsize>(out.size()))) {
        return fail(fmt::format("its tensor {} cannot be read", stored.name()), path);
    }
    return out;
}

bool all_finite(const ggml_tensor* tensor, const Bytes& bytes) {
    std::vector<float> values(static_cast<std::size_t>(ggml_nelements(tensor)));
    if (tensor->type == GGML_TYPE_F32) {
        std::copy_n(bytes.data(), bytes.size(), reinterpret_cast<char*>(values.data()));
    } else {
        ggml_get_type_traits(tensor->type)
            ->to_float(bytes.data(), values.data(), ggml_nelements(tensor));
    }
    return std::all_of(
        values.begin(), values.end(), [](float value) { return std::isfinite(value); });
}

ggml_context_ptr make_context(std::size_t n_tensors) {
    return ggml_context_ptr(
        ggml_init({ggml_tensor_overhead() * n_tensors + ggml_graph_overhead(), nullptr, true}));
}

/// B A times its factor, in F32.
ggml_tensor* change_of(
    ggml_context* context, ggml_tensor* a, ggml_tensor* b, bool embedding, float factor) {
    ggml_tensor* a32 = ggml_cast(context, a, GGML_TYPE_F32);
    ggml_tensor* b32 = ggml_cast(context, b, GGML_TYPE_F32);
    ggml_tensor* product = embedding
                               ? ggml_mul_mat(context, b32, a32)
                               : ggml_mul_mat(context,
                                              ggml_cont(context, ggml_transpose(context, a32)),
                                              b32);
    return ggml_scale(context, product, factor);
}

/// Computes the merged tensors of one model.
class Merger {
 public:
    explicit Merger(int n_threads)
        : backend_(ggml_backend_cpu_init()),
          allocator_(ggml_gallocr_new(ggml_backend_get_default_buffer_type(backend_.get()))) {
        ggml_backend_cpu_set_n_threads(backend_.get(), std::max(1, n_threads));
    }

    /// The bytes of the merged tensor, in the type of `base`.
    Result<Bytes> merged(const Stored& base, const Bytes& of_base, std::vector<Change>& changes) {
        const ggml_context_ptr inputs = make_context(1 + 2 * changes.size());
        ggml_tensor* weights = input(inputs.get(), base);
        std::vector<std::pair<ggml_tensor*, Bytes>> to_set;
        std::vector<std::pair<ggml_tensor*, ggml_tensor*>> halves;
        for (Change& change : changes) {
            for (const std::int64_t id : {change.pair.a, change.pair.b}) {
                const Stored half{change.lora->gguf.get(), id};
                auto bytes = read(*change.file, half, change.lora->path);
                if (!bytes) {
                    return bytes;
                }
                to_set.emplace_back(input(inputs.get(), half), std::move(*bytes));
            }
            halves.emplace_back(to_set[to_set.size() - 2].first, to_set.back().first);
        }
        const ggml_backend_buffer_ptr buffer(
            ggml_backend_alloc_ctx_tensors(inputs.get(), backend_.get()));
        if (!buffer) {
            return fail(fmt::format("there is no memory to merge the tensor {}", base.name()));
        }
        ggml_backend_tensor_set(weights, of_base.data(), 0, of_base.size());
        for (const auto& [tensor, bytes] : to_set) {
            ggml_backend_tensor_set(tensor, bytes.data(), 0, bytes.size());
        }
        return compute(base, weights, halves, changes);
    }

 private:
    static ggml_tensor* input(ggml_context* context, const Stored& stored) {
        return ggml_new_tensor(
            context, stored.type(), GGML_MAX_DIMS, gguf_get_tensor_ne(stored.gguf, stored.id));
    }

    Result<Bytes> compute(const Stored& base,
                          ggml_tensor* weights,
                          const std::vector<std::pair<ggml_tensor*, ggml_tensor*>>& halves,
                          const std::vector<Change>& changes) {
        constexpr std::size_t kNodesOfChange = 8, kNodesBeside = 4;
        const ggml_context_ptr context = make_context(
            kNodesBeside + kNodesOfChange * changes.size() + GGML_DEFAULT_GRAPH_SIZE);
        ggml_tensor* sum = ggml_cast(context.get(), weights, GGML_TYPE_F32);
        const bool embedding = base.name().starts_with("token_embd");
        for (std::size_t i = 0; i < changes.size(); ++i) {
            const Change& change = changes[i];
            sum = ggml_add(context.get(),
                           change_of(context.get(),
                                     halves[i].first,
                                     halves[i].second,
                                     embedding,
                                     change.lora->factor(change.pair, change.scale)),
                           sum);
        }
        ggml_tensor* out = ggml_cast(context.get(), sum, base.type());
        ggml_cgraph* graph = ggml_new_graph(context.get());
        ggml_build_forward_expand(graph, out);
        if (!ggml_gallocr_alloc_graph(allocator_.get(), graph) ||
            ggml_backend_graph_compute(backend_.get(), graph) != GGML_STATUS_SUCCESS) {
            return fail(fmt::format("the tensor {} cannot be merged", base.name()));
        }
        Bytes bytes(ggml_nbytes(out));
        ggml_backend_tensor_get(out, bytes.data(), 0, bytes.size());
        if (!all_finite(out, bytes)) {
            return fail(fmt::format("the merged tensor {} would hold values that {} cannot",
                                    base.name(),
                                    ggml_type_name(base.type())),
                        changes.front().lora->path,
                        "Is the adapter damaged, or its scale too large?");
        }
        return bytes;
    }

    ggml_backend_ptr backend_;
    ggml_gallocr_ptr allocator_;
};

/// The adapters of a request, opened.
struct Adapters {
    std::vector<LoraAdapter> files;
    std::vector<std::ifstream> streams;
};

Result<Adapters> open_adapters(const gguf_context* base, const wire::MergeLora& request) {
    Adapters out;
    for (const std::string& path : request.adapters) {
        auto lora = open_lora_to_merge(base, request.base, path);
        if (!lora) {
            return tl::unexpected(lora.error());
        }
        out.files.push_back(std::move(*lora));
        out.streams.emplace_back(path, std::ios::binary);
    }
    return out;
}

/// Place of a tensor in the base -> its changes, in the order of the adapters.
std::map<std::int64_t, std::vector<Change>> changes_of(Adapters& adapters,
                                                       const std::vector<double>& scales) {
    std::map<std::int64_t, std::vector<Change>> out;
    for (std::size_t i = 0; i < adapters.files.size(); ++i) {
        for (const LoraPair& pair : adapters.files[i].pairs) {
            out[pair.base].push_back({&adapters.files[i], pair, scales[i], &adapters.streams[i]});
        }
    }
    return out;
}

tl::unexpected<Failure> fail_to_write(const std::string& target) {
    return fail("the merged file cannot be written",
                target,
                "Is the disk full, or the folder not to be written to?");
}

}  // namespace

Result<wire::InspectedLora> inspect_lora(const wire::InspectLora& request) {
    const auto base = open_base_of_lora(request.base);
    if (!base) {
        return tl::unexpected(base.error());
    }
    const auto lora = open_lora_to_merge(base->get(), request.base, request.adapter);
    if (!lora) {
        return tl::unexpected(lora.error());
    }
    wire::InspectedLora out;
    out.n_tensors = static_cast<std::int64_t>(lora->pairs.size());
    for (const LoraPair& pair : lora->pairs) {
        out.rank = std::max(out.rank, pair.rank);
    }
    return out;
}

Result<bool> merge_lora(const wire::MergeLora& request,
                        const std::function<void(std::uint64_t, std::uint64_t)>& on_tensor) {
    const auto base = open_base_of_lora(request.base);
    if (!base) {
        return tl::unexpected(base.error());
    }
    if (request.adapters.empty() || request.adapters.size() != request.scales.size()) {
        return fail("a merge needs adapters, and a scale for each of them");
    }
    auto adapters = open_adapters(base->get(), request);
    if (!adapters) {
        return tl::unexpected(adapters.error());
    }
    std::ifstream source(request.base, std::ios::binary);
    std::ofstream target(request.target, std::ios::binary | std::ios::trunc);
    if (!(target << source.rdbuf())) {
        return fail_to_write(request.target);
    }
    auto changes = changes_of(*adapters, request.scales);
    Merger merger(request.n_threads);
    std::uint64_t done = 0;
    for (auto& [id, of_tensor] : changes) {
        const Stored stored{base->get(), id};
        const auto weights = read(source, stored, request.base);
        if (!weights) {
            return tl::unexpected(weights.error());
        }
        const auto merged = merger.merged(stored, *weights, of_tensor);
        if (!merged) {
            return tl::unexpected(merged.error());
        }
        target.seekp(stored.offset());
        target.write(merged->data(), static_cast<std::streamsize>(merged->size()));
        on_tensor(++done, changes.size());
    }
    target.close();
    if (!target) {
        return fail_to_write(request.target);
    }
    return true;
}

}  // namespace assay::engine
