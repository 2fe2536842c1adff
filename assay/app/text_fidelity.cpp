// A text, read by a baseline and its variants.
//
// Problem: every model must get the same tokens in the same chunks, the machine must have room for
// several models at once, and neither of that may show itself after an hour.
//
// Model: files are resolved, the text is made tokens by each file's own tokenizer, memory is
// predicted, and only then is a model loaded. As many variants as fit are loaded beside the
// baseline and read the text in step; where not all fit, the text is read again with the next
// ones. With a file of the baseline's log-probabilities the baseline need not be loaded.
//
// Invariant: token k of every variant is the same token behind the same tokens. What the engine
// says of a chunk is kept in order of the chunks, so figures depend on no timing.

#include "assay/app/text_fidelity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "assay/app/base_file_output.hpp"
#include "assay/app/host.hpp"
#include "assay/app/named_models.hpp"
#include "assay/app/or_throw.hpp"
#include "assay/app/text_passes.hpp"
#include "assay/app/text_reader.hpp"
#include "assay/app/text_tokens.hpp"
#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"
#include "assay/llm/engine.hpp"
#include "assay/llm/engine_process.hpp"
#include "assay/perplexity/base_file.hpp"
#include "assay/perplexity/chunks.hpp"
#include "assay/variants/ollama_store.hpp"
#include "assay/wire/frame.hpp"
#include "assay/wire/text_scoring.hpp"

namespace assay::app {
namespace {

namespace fs = std::filesystem;

constexpr int kDefaultCtx = 512;
/// Copies of the baseline's rows that are in memory while they travel between the processes.
constexpr std::uint64_t kRowCopies = 4;

class TextMeasurement {
 public:
    TextMeasurement(const TextRequest& request, const std::atomic<bool>& cancel, Progress& progress)
        : request_(request),
          progress_(progress),
          engine_(llm::find_engine(request.engine), cancel),
          scorer_(llm::find_engine(request.engine), cancel) {}

    TextMeasured run() {
        check_request();
        const std::string text = request_.text.empty() ? "" : read_text_bytes(request_.text);
        out_.text = request_.text;
        out_.text_sha256 = text.empty() ? "" : sha256_hex(text);
        out_.n_threads = request_.n_threads > 0 ? request_.n_threads : describe_host().n_cores;
        out_.engine = or_throw(engine_.hello()).version;
        TextTokens tokens(engine_, text);
        if (reader_) {
            tokens.keep(reader_->head(), request_.base_file);
        }
        if (request_.baseline) {
            out_.baseline = TextBaseline{request_.baseline->name, file_of(*request_.baseline)};
            tokens.read(out_.baseline->file.path);
        }
        choose_chunks(tokens);
        resolve_variants(tokens);
        note_doubts();
        plan_passes();
        const auto begun = std::chrono::steady_clock::now();
        read_in_passes();
        out_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun)
                           .count();
        return std::move(out_);
    }

 private:
    void check_request();
    [[nodiscard]] ModelFile file_of(const VariantSpec& spec);
    void choose_chunks(const TextTokens& tokens);
    void resolve_variants(TextTokens& tokens);
    void note_doubts();
    [[nodiscard]] wire::TextSettings settings() const;
    [[nodiscard]] bool baseline_is_loaded() const { return !reader_; }
    [[nodiscard]] bool rows_travel() const { return !request_.base_file.empty(); }
    [[nodiscard]] perplexity::BaseFileHead head() const;
    void check_rows() const;
    [[nodiscard]] std::uint64_t memory_of(const std::string& path);
    void plan_passes();
    void read_in_passes();

    const TextRequest& request_;
    Progress& progress_;
    llm::Engine engine_;  ///< for headers, tokens and quantization
    llm::Engine scorer_;
    std::optional<perplexity::BaseFileReader> reader_;
    std::vector<std::int32_t> tokens_;
    std::int64_t n_vocab_ = 0;
    std::vector<TextPass> passes_;
    TextMeasured out_;
};

/// What can be seen before anything is read; opens the file of log-probabilities.
void TextMeasurement::check_request() {
    out_.base_file = request_.base_file;
    std::error_code error;
    const bool reads = !request_.base_file.empty() && fs::exists(request_.base_file, error);
    if (!reads && !request_.baseline) {
        throw_usage("no baseline is named",
                    "",
                    request_.base_file.empty()
                        ? "Name the original: --baseline model-F16.gguf."
                        : fmt::format("{} is not there yet: name the original that it is to be "
                                      "made of with --baseline.",
                                      request_.base_file));
    }
    if (!reads && request_.text.empty()) {
        throw_usage("no text is named", "", "Name a text file: --text wiki.txt.");
    }
    for (const VariantSpec& spec : request_.variants) {
        if (spec.type() != nullptr && !request_.baseline) {
            throw_usage(fmt::format("{} is to be made of the baseline's file, and none is named",
                                    spec.type()->type),
                        "",
                        "Name it with --baseline, or name a finished file.");
        }
    }
    if (!reads) {
        return;
    }
    reader_.emplace(or_throw(perplexity::BaseFileReader::open(request_.base_file)));
    out_.base_file_read = true;
    if (request_.variants.empty()) {
        throw_usage(
            "the file holds the baseline's log-probabilities already, and no variant is "
            "named that could be compared with it",
            request_.base_file,
            "Name variants with --variants.");
    }
    if (request_.ctx_size && *request_.ctx_size != reader_->head().n_ctx) {
        throw_usage(fmt::format("was made with chunks of {} tokens, and --ctx-size says {}",
                                reader_->head().n_ctx,
                                *request_.ctx_size),
                    request_.base_file,
                    "Leave --ctx-size out.");
    }
}

ModelFile TextMeasurement::file_of(const VariantSpec& spec) {
    return file_of_model(
        spec, out_.baseline ? &out_.baseline->file : nullptr, {engine_, progress_, out_.n_threads});
}

void TextMeasurement::choose_chunks(const TextTokens& tokens) {
    out_.n_ctx = reader_ ? reader_->head().n_ctx : request_.ctx_size.value_or(kDefaultCtx);
    const std::int64_t n_ctx = out_.n_ctx;
    // As llama-perplexity: whole chunks, or a part of one.
    out_.n_batch = static_cast<int>(
        request_.batch_size < n_ctx ? request_.batch_size : request_.batch_size / n_ctx * n_ctx);
    n_vocab_ = tokens.n_vocab();
    tokens_ = tokens.tokens();
    const auto n_tokens = static_cast<std::int64_t>(tokens_.size());
    out_.n_text_tokens = n_tokens;
    if (!reader_ && n_tokens < 2 * n_ctx) {
        throw_usage(fmt::format("the text has {} tokens, and two chunks of {} are needed at least",
                                n_tokens,
                                n_ctx),
                    request_.text,
                    "Take a longer text, or a smaller --ctx-size.");
    }
    out_.n_chunks = n_tokens / n_ctx;
    if (request_.n_chunks) {
        out_.n_chunks = std::min<std::int64_t>(out_.n_chunks, *request_.n_chunks);
    }
    tokens_.resize(static_cast<std::size_t>(out_.n_chunks * n_ctx));
    out_.n_per_chunk = perplexity::n_scored(n_ctx);
    out_.arithmetic = request_.compatible || reader_ ? Arithmetic::kCompatible : Arithmetic::kExact;
    check_rows();
}

void TextMeasurement::resolve_variants(TextTokens& tokens) {
    // What is there already is looked at before anything is made.
    for (const VariantSpec& spec : request_.variants) {
        if (spec.type() == nullptr) {
            tokens.read(variants::path_of_model(spec.file()));
        }
    }
    for (const VariantSpec& spec : request_.variants) {
        out_.variants.push_back({spec.name, file_of(spec)});
    }
}

/// What a reader of the figures must know.
void TextMeasurement::note_doubts() {
    if (request_.text.empty()) {
        out_.notes.push_back(
            "no --text was named, so it is not checked that the log-probabilities are of tokens "
            "that mean the same to these models");
    }
    if (reader_ && !request_.compatible) {
        out_.notes.push_back(
            "the file holds log-probabilities that are cut off 16 nats below the largest, so the "
            "figures are llama-perplexity's (--compatible)");
    }
    std::vector<const ModelFile*> files;
    if (out_.baseline) {
        files.push_back(&out_.baseline->file);
    }
    for (const TextVariant& variant : out_.variants) {
        files.push_back(&variant.file);
    }
    for (const ModelFile* file : files) {
        if (file->context_length > 0 && file->context_length < out_.n_ctx) {
            out_.notes.push_back(
                fmt::format("{} was trained for {} tokens, and chunks have {}: "
                            "what is beyond is no measure of it",
                            file->path,
                            file->context_length,
                            out_.n_ctx));
        }
    }
}

wire::TextSettings TextMeasurement::settings() const {
    return {out_.n_ctx, out_.n_batch, out_.n_threads, request_.n_gpu_layers};
}

perplexity::BaseFileHead TextMeasurement::head() const {
    return {out_.n_ctx,
            static_cast<std::int32_t>(n_vocab_),
            static_cast<std::int32_t>(out_.n_chunks),
            tokens_};
}

void TextMeasurement::check_rows() const {
    if (!rows_travel()) {
        return;
    }
    const std::uint64_t bytes = head().chunk_bytes() *
                                static_cast<std::uint64_t>(settings().n_chunks());
    if (bytes >= wire::kMaxPayloadBytes / 2) {
        throw_usage(fmt::format("the log-probabilities of one batch of {} tokens take {}, and at "
                                "most {} can be handled",
                                std::max(out_.n_ctx, out_.n_batch),
                                format_bytes(bytes),
                                format_bytes(wire::kMaxPayloadBytes / 2)),
                    request_.base_file,
                    "Take a smaller --ctx-size or --batch-size, or leave --kl-divergence-base "
                    "out.");
    }
    if (!reader_) {
        check_room_for(request_.base_file, head());
        progress_.note(
            fmt::format("{} will have {}", request_.base_file, format_bytes(head().file_bytes())));
    }
}

std::uint64_t TextMeasurement::memory_of(const std::string& path) {
    const wire::PredictedMemory predicted = or_throw(
        engine_.predict_text_memory({path, settings()}));
    return predicted.model_bytes + predicted.context_bytes + predicted.compute_bytes;
}

void TextMeasurement::plan_passes() {
    std::uint64_t alone = 0;
    if (rows_travel()) {
        alone += kRowCopies * head().chunk_bytes() *
                 static_cast<std::uint64_t>(settings().n_chunks());
    }
    if (baseline_is_loaded()) {
        alone += memory_of(out_.baseline->file.path);
    }
    std::vector<VariantMemory> needs;
    for (const TextVariant& variant : out_.variants) {
        needs.push_back({variant.name, memory_of(variant.file.path)});
    }
    // What is predicted leaves out some: the process itself, vocabularies, graphs.
    passes_ = plan_text_passes(alone, needs, describe_host().memory_available_bytes / 10 * 9);
    out_.n_passes = static_cast<std::int64_t>(passes_.size());
    for (const TextPass& pass : passes_) {
        out_.predicted_memory_bytes = std::max(out_.predicted_memory_bytes, pass.memory_bytes);
    }
    if (passes_.size() > 1) {
        progress_.note(
            fmt::format("the text is read {} times, as memory has no room for all "
                        "variants at once",
                        passes_.size()));
    }
}

void TextMeasurement::read_in_passes() {
    const perplexity::BaseFileHead chunks = head();
    std::optional<BaseFileOutput> output;
    if (rows_travel() && !reader_) {
        output.emplace(request_.base_file, chunks);
    }
    TextReader(scorer_, progress_, settings(), chunks, reader_ ? &*reader_ : nullptr, out_)
        .read(passes_, output ? &*output : nullptr);
}

}  // namespace

TextMeasured measure_text(const TextRequest& request,
                          const std::atomic<bool>& cancel,
                          Progress& progress) {
    return TextMeasurement(request, cancel, progress).run();
}

}  // namespace assay::app
