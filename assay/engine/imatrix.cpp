// An importance matrix made of a model and a text.
//
// Problem: types of few bits round well only where they know which columns count, and a file that
// says so is made with a program that most people do not have.
// Model: the text is tokenized once, with what the model wants at its beginning, and cut into
// chunks of equal size; what is left at the end is not used. Each chunk is computed from an empty
// memory, as many of them together as llama-imatrix takes by default, with its other settings, too:
// the sums are then the same, bit for bit. Every token asks for logits, since the library would
// else leave out the last block for it. Where three chunks are left at the end, the library's last
// piece has six tokens, and both leave those out. It ends because a text has a bounded size, and
// each chunk is computed once.

#include "assay/engine/imatrix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <vector>

#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"
#include "assay/engine/imatrix_collector.hpp"
#include "assay/engine/log.hpp"
#include "assay/engine/session.hpp"
#include "common.h"
#include "imatrix-loader.h"

namespace assay::engine {
namespace {

constexpr int kMostTokensTogether = 2048;  ///< llama-imatrix's batch size
constexpr int kPieceTokens = 512;          ///< its physical batch size

struct BatchDeleter {
    void operator()(llama_batch* batch) const {
        llama_batch_free(*batch);
        delete batch;
    }
};
using BatchPtr = std::unique_ptr<llama_batch, BatchDeleter>;

struct Text {
    std::string bytes;
    std::string sha256;
};

/// The text as llama.cpp's tools read one: without the line end at its end.
Result<Text> read_text(const std::string& path) {
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(path, error);
    if (!error && size > wire::kMostImatrixTextBytes) {
        return fail(fmt::format("is larger than {}, which is too much for an importance matrix",
                                format_bytes(wire::kMostImatrixTextBytes)),
                    path,
                    "Give a part of it: some hundred thousand words are plenty.");
    }
    auto bytes = read_file(path);
    if (!bytes) {
        return tl::unexpected(bytes.error());
    }
    if (!is_valid_utf8(*bytes)) {
        return fail("is not UTF-8 text", path, "Convert it to UTF-8.");
    }
    Text out{std::move(*bytes), {}};
    out.sha256 = sha256_hex(out.bytes);
    if (out.bytes.ends_with('\n')) {
        out.bytes.pop_back();
    }
    return out;
}

Result<std::vector<std::int32_t>> tokens_of(const llama_model* model,
                                            const Text& text,
                                            const wire::MakeImatrix& request) {
    auto tokens = tokenize(model, {text.bytes, true, false});
    if (!tokens) {
        return tokens;
    }
    const llama_vocab* vocab = llama_model_get_vocab(model);
    if (llama_vocab_get_add_eos(vocab) && !tokens->empty() &&
        tokens->back() == llama_vocab_eos(vocab)) {
        tokens->pop_back();
    }
    const std::int64_t least = std::int64_t{wire::kFewestChunks} * request.chunk_tokens;
    if (static_cast<std::int64_t>(tokens->size()) < least) {
        return fail(
            fmt::format("has {} tokens of this model, and an importance matrix is made from "
                        "at least {}: {} chunks of {}",
                        tokens->size(),
                        least,
                        wire::kFewestChunks,
                        request.chunk_tokens),
            request.text,
            "Give a longer text; 100 chunks and more are usual.");
    }
    return tokens;
}

llama_context_params context_params(const wire::MakeImatrix& request,
                                    int n_together,
                                    ImatrixCollector& collector) {
    llama_context_params params = llama_context_default_params();
    params.n_ctx = static_cast<std::uint32_t>(n_together * request.chunk_tokens);
    params.n_batch = params.n_ctx;
    params.n_ubatch = kPieceTokens;
    params.n_seq_max = static_cast<std::uint32_t>(n_together);
    params.n_threads = request.n_threads;
    params.n_threads_batch = request.n_threads;
    params.swa_full = false;
    params.cb_eval = &ImatrixCollector::on_tensor;
    params.cb_eval_user_data = &collector;
    return params;
}

/// Chunks of a text, computed one batch after the other.
class Chunks {
 public:
    Chunks(llama_context* context, std::vector<std::int32_t> tokens, int chunk_tokens)
        : context_(context),
          tokens_(std::move(tokens)),
          n_(static_cast<std::size_t>(chunk_tokens)),
          batch_(new llama_batch(
              llama_batch_init(static_cast<std::int32_t>(llama_n_batch(context)), 0, 1))) {}

    [[nodiscard]] std::size_t size() const { return tokens_.size() / n_; }

    /// Computes the chunks [first, last) together; false: the library failed.
    bool compute(std::size_t first, std::size_t last) {
        const llama_vocab* vocab = llama_model_get_vocab(llama_get_model(context_));
        const std::int32_t bos = llama_vocab_get_add_bos(vocab) ? llama_vocab_bos(vocab)
                                                                : LLAMA_TOKEN_NULL;
        llama_memory_clear(llama_get_memory(context_), true);
        common_batch_clear(*batch_);
        for (std::size_t chunk = first; chunk < last; ++chunk) {
            for (std::size_t i = 0; i < n_; ++i) {
                const bool is_bos = i == 0 && bos != LLAMA_TOKEN_NULL;
                common_batch_add(*batch_,
                                 is_bos ? bos : tokens_[chunk * n_ + i],
                                 static_cast<llama_pos>(i),
                                 {static_cast<llama_seq_id>(chunk - first)},
                                 true);
            }
        }
        return llama_decode(context_, *batch_) == 0;
    }

 private:
    llama_context* context_;
    std::vector<std::int32_t> tokens_;
    std::size_t n_;  ///< tokens of one
    BatchPtr batch_;
};

}  // namespace

Result<wire::InspectedImatrix> inspect_imatrix(const wire::InspectImatrix& request) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(request.path, error)) {
        return fail("no such importance matrix file", request.path);
    }
    static_cast<void>(take_errors());
    common_imatrix loaded;
    if (!common_imatrix_load(request.path, loaded) || loaded.entries.empty()) {
        return fail("is not an importance matrix that can be read",
                    request.path,
                    shorten(take_errors(), 200));
    }
    wire::InspectedImatrix out{
        static_cast<std::int64_t>(loaded.entries.size()), 0, loaded.chunk_size};
    for (const auto& [name, entry] : loaded.entries) {
        for (const std::int64_t count : entry.counts) {
            out.n_tokens = std::max(out.n_tokens, count);
        }
    }
    return out;
}

Result<wire::MadeImatrix> make_imatrix(
    const wire::MakeImatrix& request,
    const std::function<void(std::uint64_t, std::uint64_t)>& on_chunk) {
    if (request.chunk_tokens < 1 || request.chunk_tokens > kMostTokensTogether ||
        kMostTokensTogether % request.chunk_tokens != 0) {
        return fail(fmt::format(
            "a chunk of {} tokens does not divide {}", request.chunk_tokens, kMostTokensTogether));
    }
    const auto text = read_text(request.text);
    if (!text) {
        return tl::unexpected(text.error());
    }
    const auto model = load_model({request.model, false, request.n_gpu_layers});
    if (!model) {
        return tl::unexpected(model.error());
    }
    if (llama_model_n_ctx_train(model->get()) < request.chunk_tokens) {
        return fail(fmt::format("the model was trained for {} tokens, and an importance matrix is "
                                "made from chunks of {}",
                                llama_model_n_ctx_train(model->get()),
                                request.chunk_tokens),
                    request.model,
                    "Make one elsewhere and give it with --imatrix FILE.");
    }
    auto tokens = tokens_of(model->get(), *text, request);
    if (!tokens) {
        return tl::unexpected(tokens.error());
    }
    ImatrixCollector collector;
    const int n_together = kMostTokensTogether / request.chunk_tokens;
    static_cast<void>(take_errors());
    const llama_context_ptr context(
        llama_init_from_model(model->get(), context_params(request, n_together, collector)));
    if (!context) {
        return fail(fmt::format("no context of {} tokens could be made of the model: {}",
                                kMostTokensTogether,
                                shorten(take_errors(), 300)),
                    request.model);
    }
    Chunks chunks(context.get(), std::move(*tokens), request.chunk_tokens);
    const std::size_t n_chunks = request.n_chunks > 0
                                     ? std::min(chunks.size(),
                                                static_cast<std::size_t>(request.n_chunks))
                                     : chunks.size();
    const auto step = static_cast<std::size_t>(n_together);
    for (std::size_t first = 0; first < n_chunks; first += step) {
        const std::size_t last = std::min(first + step, n_chunks);
        if (!chunks.compute(first, last)) {
            return fail("the model cannot compute the text: " + shorten(take_errors(), 300),
                        request.model);
        }
        if (!collector.failure().message.empty()) {
            return fail(collector.failure().message,
                        request.model,
                        "Is the model's file damaged, or its type too small for its values?");
        }
        on_chunk(last, n_chunks);
    }
    if (collector.n_weights() == 0) {
        return fail("the model has no weights that an importance matrix is made for",
                    request.model);
    }
    if (auto written = collector.write(request.target,
                                       std::filesystem::path(request.text).filename().string(),
                                       request.chunk_tokens);
        !written) {
        return tl::unexpected(written.error());
    }
    // The library does not look whether the last bytes reached the disk.
    if (const auto whole = inspect_imatrix({request.target}); !whole) {
        return fail("the importance matrix cannot be written", request.target, "Is the disk full?");
    }
    return wire::MadeImatrix{text->sha256};
}

}  // namespace assay::engine
