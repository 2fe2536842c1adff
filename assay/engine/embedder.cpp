// A text in, a vector out.
//
// Problem: the vector of a text is kept and compared for years, so it must depend on the text, the
// model and the engine only. llama.cpp's depends on the texts that are computed in the same call
// (bits of all 1,000 of a test, places among the first 4 of 3), and on flash attention.
//
// Model: one text a call, in a context that has room for exactly the tokens that a text may have,
// without flash attention. A text is made tokens as the model was trained: with its special tokens,
// while words that only look like special ones stay words. A text that is too long keeps its first
// tokens and the final special one.
//
// Invariant: no text is longer than a call takes (llama.cpp would abort), and no vector leaves that
// is not finite and of length 1.

#include "assay/engine/embedder.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "assay/base/text.hpp"
#include "assay/engine/gguf_file.hpp"
#include "assay/engine/log.hpp"
#include "assay/engine/session.hpp"

namespace assay::engine {
namespace {

/// What is behind these bytes of a text is no token that is seen: words are shorter.
constexpr std::size_t kMostTextBytes = 1'000'000;
/// Counted up where a text gets another vector.
constexpr int kRules = 1;

/// Whether the header says how one vector is made of those of the tokens.
Result<bool> check_is_embedder(const gguf_context* gguf, const std::string& path) {
    const auto architecture = string_at(gguf, "general.architecture");
    if (!architecture) {
        return fail("does not name its architecture (general.architecture): it is no model",
                    path,
                    "Give the GGUF of an embedding model.");
    }
    const std::int64_t pooling = integer_at(gguf, *architecture + ".pooling_type")
                                     .value_or(LLAMA_POOLING_TYPE_NONE);
    if (pooling == LLAMA_POOLING_TYPE_RANK) {
        return fail("is a reranker: it scores pairs of texts, and makes no vector of one",
                    path,
                    "Give the GGUF of an embedding model.");
    }
    if (pooling != LLAMA_POOLING_TYPE_MEAN && pooling != LLAMA_POOLING_TYPE_CLS &&
        pooling != LLAMA_POOLING_TYPE_LAST) {
        return fail(fmt::format("is no embedding model: its header does not say how one vector is "
                                "made of a text ({}.pooling_type)",
                                shorten(*architecture, 40)),
                    path,
                    "Give the GGUF of an embedding model (all-MiniLM, E5, BGE, Nomic ...), or "
                    "embedder: none.");
    }
    return check_tensor_data(gguf, path);
}

llama_context_params embedding_params(std::int64_t n_tokens, int n_threads) {
    llama_context_params params = llama_context_default_params();
    params.n_ctx = static_cast<std::uint32_t>(n_tokens);
    params.n_batch = params.n_ctx;
    params.n_ubatch = params.n_ctx;
    params.n_seq_max = 1;
    params.n_threads = n_threads;
    params.n_threads_batch = n_threads;
    params.embeddings = true;
    params.offload_kqv = false;
    params.op_offload = false;
    params.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
    params.no_perf = true;
    return params;
}

/// The first bytes, no character of them in halves.
std::string first_bytes(const std::string& text) {
    std::size_t end = std::min(text.size(), kMostTextBytes);
    while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
        --end;
    }
    return text.substr(0, end);
}

/// The values over their norm; empty: they have none.
std::string of_length_1(const float* values, std::size_t n) {
    double squares = 0;
    for (std::size_t i = 0; i < n; ++i) {
        squares += static_cast<double>(values[i]) * static_cast<double>(values[i]);
    }
    if (!std::isfinite(squares) || squares <= 0) {
        return {};
    }
    const double norm = std::sqrt(squares);
    std::vector<float> scaled(n);
    std::transform(values, values + n, scaled.begin(), [norm](float value) {
        return static_cast<float>(static_cast<double>(value) / norm);
    });
    std::string out(n * sizeof(float), '\0');
    std::memcpy(out.data(), scaled.data(), out.size());
    return out;
}

}  // namespace

Result<Embedder> Embedder::open(const wire::LoadEmbedder& request) {
    const auto gguf = open_gguf(request.path);
    if (!gguf) {
        return tl::unexpected(gguf.error());
    }
    if (auto checked = check_is_embedder(gguf->get(), request.path); !checked) {
        return tl::unexpected(checked.error());
    }
    llama_model_params params = llama_model_default_params();
    // The processor only: a GPU's sums have other bits.
    std::array<ggml_backend_dev_t, 1> no_devices{nullptr};
    params.devices = no_devices.data();
    params.n_gpu_layers = 0;
    params.load_mode = LLAMA_LOAD_MODE_NONE;
    static_cast<void>(take_errors());
    llama_model_ptr model(llama_model_load_from_file(request.path.c_str(), params));
    if (!model) {
        return fail("the embedding model cannot be loaded: " + shorten(take_errors(), 300),
                    request.path);
    }
    if (llama_vocab_type(llama_model_get_vocab(model.get())) == LLAMA_VOCAB_TYPE_NONE) {
        return fail("has no tokenizer", request.path);
    }
    const std::int64_t n_tokens = std::min<std::int64_t>(request.max_tokens,
                                                         llama_model_n_ctx_train(model.get()));
    llama_context_ptr context(
        llama_init_from_model(model.get(), embedding_params(n_tokens, request.n_threads)));
    if (!context) {
        return fail(fmt::format("no context of {} tokens could be made of the embedding model: {}",
                                n_tokens,
                                shorten(take_errors(), 300)),
                    request.path,
                    "If memory is short, lower max-tokens.");
    }
    return Embedder(std::move(model), std::move(context), n_tokens);
}

wire::LoadedEmbedder Embedder::describe() const {
    const wire::Hello hello = describe_engine();
    return {llama_model_n_embd_out(model_.get()),
            n_tokens_,
            fmt::format("{}; {}; {}; one text a call, flash attention off, rule {}",
                        hello.version,
                        trim(hello.system_info),
                        fmt::join(hello.devices, ", "),
                        kRules)};
}

Result<wire::Embedded> Embedder::embed(const std::string& text) {
    auto tokens = tokenize(model_.get(), {first_bytes(text), true, false});
    if (!tokens) {
        return tl::unexpected(tokens.error());
    }
    wire::Embedded out;
    out.tokens = std::move(*tokens);
    if (out.tokens.empty()) {
        return fail("the embedding model has no token for the text");
    }
    const auto most = static_cast<std::size_t>(n_tokens_);
    out.cut = out.tokens.size() > most || text.size() > kMostTextBytes;
    if (out.tokens.size() > most) {
        const std::int32_t last = out.tokens.back();
        out.tokens.resize(most);
        if (llama_vocab_is_control(llama_model_get_vocab(model_.get()), last)) {
            out.tokens.back() = last;
        }
    }
    llama_batch batch = llama_batch_get_one(out.tokens.data(),
                                            static_cast<std::int32_t>(out.tokens.size()));
    static_cast<void>(take_errors());
    llama_memory_t memory = llama_get_memory(context_.get());
    if (memory != nullptr) {
        llama_memory_clear(memory, true);
    }
    const int failed = memory == nullptr ? llama_encode(context_.get(), batch)
                                         : llama_decode(context_.get(), batch);
    const float* values = failed == 0 ? llama_get_embeddings_seq(context_.get(), 0) : nullptr;
    if (values == nullptr) {
        return fail("the embedding model gave no vector: " + shorten(take_errors(), 300));
    }
    out.vector = of_length_1(values,
                             static_cast<std::size_t>(llama_model_n_embd_out(model_.get())));
    if (out.vector.empty()) {
        return fail("the embedding model gave a vector that is zero or not finite");
    }
    return out;
}

}  // namespace assay::engine
