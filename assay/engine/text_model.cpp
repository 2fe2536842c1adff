#include "assay/engine/text_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "assay/base/text.hpp"
#include "assay/engine/log.hpp"
#include "assay/engine/model_file.hpp"
#include "assay/engine/session.hpp"
#include "assay/perplexity/chunks.hpp"
#include "llama-ext.h"

namespace assay::engine {
namespace {

using perplexity::first_scored;

/// Rows of logits that one batch has at most.
std::int64_t most_outputs(const wire::TextSettings& settings) {
    const std::int64_t later_half = settings.n_ctx - first_scored(settings.n_ctx);
    return settings.n_chunks() * std::min<std::int64_t>(later_half, settings.n_batch);
}

/// As llama-perplexity's, but for the number of outputs: it reserves a row for each token.
llama_context_params text_context_params(const wire::TextSettings& settings) {
    llama_context_params params = llama_context_default_params();
    const auto n_chunks = static_cast<std::uint32_t>(settings.n_chunks());
    params.n_ctx = n_chunks * static_cast<std::uint32_t>(settings.n_ctx);
    params.n_seq_max = n_chunks;
    params.n_batch = static_cast<std::uint32_t>(settings.n_batch);
    params.n_outputs_max = static_cast<std::uint32_t>(most_outputs(settings));
    params.n_threads = settings.n_threads;
    params.n_threads_batch = settings.n_threads;
    params.kv_unified = false;
    params.swa_full = false;
    params.no_perf = true;
    return params;
}

const llama_vocab* vocab_of(const llama_model_ptr& model) {
    return llama_model_get_vocab(model.get());
}

/// A token that text is made of; the others are renamed from one release of a file to the next.
bool is_ordinary(const llama_vocab* vocab, llama_token token) {
    constexpr int kSpecial = LLAMA_TOKEN_ATTR_CONTROL | LLAMA_TOKEN_ATTR_USER_DEFINED |
                             LLAMA_TOKEN_ATTR_UNUSED | LLAMA_TOKEN_ATTR_UNKNOWN;
    return (llama_vocab_get_attr(vocab, token) & kSpecial) == 0;
}

}  // namespace

TextModel::TextModel(std::string path,
                     llama_model_ptr model,
                     llama_context_ptr context,
                     const wire::TextSettings& settings)
    : path_(std::move(path)),
      model_(std::move(model)),
      context_(std::move(context)),
      settings_(settings) {}

Result<TextModel> TextModel::open(const std::string& path, const wire::TextSettings& settings) {
    auto model = load_model({path, false, settings.n_gpu_layers});
    if (!model) {
        return tl::unexpected(model.error());
    }
    if (llama_vocab_get_add_eos(vocab_of(*model))) {
        return fail(
            "its tokenizer puts an end token behind every text, so no text can be cut into chunks",
            path);
    }
    static_cast<void>(take_errors());
    llama_context_ptr context(llama_init_from_model(model->get(), text_context_params(settings)));
    if (!context) {
        return fail(fmt::format("no context for chunks of {} tokens could be made: {}",
                                settings.n_ctx,
                                shorten(take_errors(), 300)),
                    path,
                    "If memory is short, lower --ctx-size or --batch-size.");
    }
    return TextModel(path, std::move(*model), std::move(context), settings);
}

std::int64_t TextModel::n_vocab() const {
    return llama_vocab_n_tokens(vocab_of(model_));
}

Result<bool> TextModel::check_same_vocabulary(const TextModel& first) const {
    constexpr const char* kNotDefined =
        "A divergence is defined for one vocabulary only. Take files that were made of one model.";
    if (n_vocab() != first.n_vocab()) {
        return fail(fmt::format("has a vocabulary of {} tokens, and that of {} has {}",
                                n_vocab(),
                                first.path_,
                                first.n_vocab()),
                    path_,
                    kNotDefined);
    }
    const llama_vocab *own = vocab_of(model_), *other = vocab_of(first.model_);
    for (llama_token token = 0; token < n_vocab(); ++token) {
        const char* here = llama_vocab_get_text(own, token);
        const char* there = llama_vocab_get_text(other, token);
        if (is_ordinary(own, token) && is_ordinary(other, token) && std::strcmp(here, there) != 0) {
            return fail(fmt::format("its token {} is \"{}\", and that of {} is \"{}\"",
                                    token,
                                    shorten(to_valid_utf8(here), 40),
                                    first.path_,
                                    shorten(to_valid_utf8(there), 40)),
                        path_,
                        kNotDefined);
        }
    }
    return true;
}

Result<bool> TextModel::decode(std::span<const std::int32_t> chunks, const TextBatch& batch) const {
    const llama_vocab* vocab = vocab_of(model_);
    if (llama_memory_t memory = llama_get_memory(context_.get());
        memory != nullptr && batch.begin == 0) {
        llama_memory_clear(memory, true);
    }
    llama_batch tokens = llama_batch_init(
        static_cast<std::int32_t>(batch.n_chunks * (batch.end - batch.begin)), 0, 1);
    for (std::int64_t chunk = 0; chunk < batch.n_chunks; ++chunk) {
        for (std::int64_t position = batch.begin; position < batch.end; ++position) {
            const bool is_bos = position == 0 && llama_vocab_get_add_bos(vocab);
            const std::int32_t at = tokens.n_tokens++;
            tokens.token[at] = is_bos ? llama_vocab_bos(vocab)
                                      : chunks[static_cast<std::size_t>(chunk * settings_.n_ctx +
                                                                        position)];
            tokens.pos[at] = static_cast<llama_pos>(position);
            tokens.n_seq_id[at] = 1;
            tokens.seq_id[at][0] = static_cast<llama_seq_id>(chunk);
            tokens.logits[at] = position >= first_scored(settings_.n_ctx) ? 1 : 0;
        }
    }
    static_cast<void>(take_errors());
    const int failed = llama_decode(context_.get(), tokens);
    llama_batch_free(tokens);
    if (failed != 0) {
        return fail(
            fmt::format(
                "a batch could not be computed ({}): {}", failed, shorten(take_errors(), 300)),
            path_);
    }
    llama_synchronize(context_.get());
    return true;
}

Result<std::vector<std::span<const float>>> TextModel::logits(
    std::span<const std::int32_t> places) const {
    std::vector<std::span<const float>> out;
    out.reserve(places.size());
    for (const std::int32_t place : places) {
        const float* row = llama_get_logits_ith(context_.get(), place);
        if (row == nullptr) {
            return fail("the library gave no logits", path_);
        }
        out.emplace_back(row, static_cast<std::size_t>(n_vocab()));
    }
    return out;
}

Result<wire::PredictedMemory> predict_text_memory(const wire::PredictTextMemory& request) {
    if (auto inspected = inspect_model(request.path); !inspected) {
        return tl::unexpected(inspected.error());
    }
    static_cast<void>(take_errors());
    llama_model_params load = llama_model_default_params();
    load.n_gpu_layers = request.settings.n_gpu_layers;
    load.load_mode = LLAMA_LOAD_MODE_NONE;
    load.no_alloc = true;
    const llama_model_ptr model(llama_model_load_from_file(request.path.c_str(), load));
    if (!model) {
        return fail("the model's metadata cannot be loaded: " + shorten(take_errors(), 300),
                    request.path);
    }
    const llama_context_ptr context(
        llama_init_from_model(model.get(), text_context_params(request.settings)));
    if (!context) {
        return fail("no context can be planned for it: " + shorten(take_errors(), 300),
                    request.path);
    }
    wire::PredictedMemory out;
    for (const auto& [type, data] : llama_get_memory_breakdown(context.get())) {
        out.model_bytes += data.model;
        out.context_bytes += data.context;
        out.compute_bytes += data.compute;
    }
    // The buffer of the rows of logits is made at the first batch.
    out.compute_bytes += static_cast<std::uint64_t>(most_outputs(request.settings)) *
                         static_cast<std::uint64_t>(llama_vocab_n_tokens(vocab_of(model))) *
                         sizeof(float);
    return out;
}

}  // namespace assay::engine
