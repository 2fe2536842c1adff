#pragma once
// Messages of the text mode: a baseline and variants are loaded beside each other and read a text
// chunk by chunk.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/records/text_token.hpp"
#include "assay/wire/messages.hpp"

namespace assay::wire {

/// How every model of a text is run. A batch holds a part of a chunk, or whole chunks.
struct TextSettings {
    int n_ctx = 512;    ///< tokens of a chunk, at least 4
    int n_batch = 512;  ///< less than n_ctx, or a multiple of it
    int n_threads = 1;
    int n_gpu_layers = -1;
    static void fields(auto& self, auto& field) {
        field("n_ctx", self.n_ctx);
        field("n_batch", self.n_batch);
        field("n_threads", self.n_threads);
        field("n_gpu_layers", self.n_gpu_layers);
    }
    /// Chunks that are computed at once.
    [[nodiscard]] int n_chunks() const { return n_batch < n_ctx ? 1 : n_batch / n_ctx; }
};

/// predict_text_memory: what a model would take, without reading weights.
struct PredictTextMemory {
    static constexpr std::string_view kName = "predict_text_memory";
    using Done = PredictedMemory;
    std::string path;
    TextSettings settings{};
    static void fields(auto& self, auto& field) {
        field("path", self.path);
        TextSettings::fields(self.settings, field);
    }
};

/// The models of a text are loaded.
struct LoadedTextModels {
    static constexpr std::string_view kName = "loaded_text_models";
    std::int64_t n_vocab = 0;  ///< of all of them
    static void fields(auto& self, auto& field) { field("n_vocab", self.n_vocab); }
};

/// load_text_models: in place of those that were loaded before. Fails where their vocabularies
/// differ.
struct LoadTextModels {
    static constexpr std::string_view kName = "load_text_models";
    using Done = LoadedTextModels;
    std::string baseline;  ///< file; empty: rows of its log-probabilities come with each request
    std::vector<std::string> variants{};
    TextSettings settings{};
    static void fields(auto& self, auto& field) {
        field("baseline", self.baseline);
        field("variants", self.variants);
        TextSettings::fields(self.settings, field);
    }
};

/// Doubles as they are in memory (little-endian), for a payload.
[[nodiscard]] std::string pack_doubles(std::span<const double> values);
[[nodiscard]] std::vector<double> unpack_doubles(std::string_view bytes);
/// Tokens of a text, five doubles each.
[[nodiscard]] std::string pack_text_tokens(std::span<const TextToken> tokens);
[[nodiscard]] std::vector<TextToken> unpack_text_tokens(std::string_view bytes);

/// What the models make of some chunks.
struct ScoredText {
    static constexpr std::string_view kName = "scored_text";
    std::string nll;     ///< pack_doubles: -log of each token's probability under the baseline;
                         ///< empty where it is not loaded
    std::string tokens;  ///< pack_text_tokens: all of the first variant, then of the second ...
    std::string rows;  ///< of the baseline, in the form of llama-perplexity's base file, where they
                       ///< were asked for
    std::uint64_t peak_memory_bytes = 0;  ///< VmHWM of the process so far
    static void fields(auto& self, auto& field) {
        field.bytes("nll", self.nll);
        field.bytes("tokens", self.tokens);
        field.bytes("rows", self.rows);
        field("peak_memory_bytes", self.peak_memory_bytes);
    }
};

/// score_text: whole chunks, at most as many as the settings compute at once. Progress counts
/// chunks of single models.
struct ScoreText {
    static constexpr std::string_view kName = "score_text";
    using Done = ScoredText;
    std::vector<std::int32_t> tokens;
    bool compatible = false;  ///< llama-perplexity's arithmetic
    bool want_rows = false;
    std::string rows{};  ///< of the baseline, where it is not loaded
    static void fields(auto& self, auto& field) {
        field("tokens", self.tokens);
        field("compatible", self.compatible);
        field("want_rows", self.want_rows);
        field.bytes("rows", self.rows);
    }
};

}  // namespace assay::wire
