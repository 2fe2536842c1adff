#pragma once
// One of the models that read a text beside each other.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/wire/text_scoring.hpp"
#include "llama-cpp.h"

namespace assay::engine {

/// The same positions of one or more chunks, computed at once.
struct TextBatch {
    std::int64_t n_chunks = 1;
    std::int64_t begin = 0;  ///< positions in a chunk
    std::int64_t end = 0;

    /// The place of a chunk's position in the batch.
    [[nodiscard]] std::int32_t place(std::int64_t chunk, std::int64_t position) const {
        return static_cast<std::int32_t>(chunk * (end - begin) + position - begin);
    }
};

class TextModel {
 public:
    /// Fails where the file is no model that writes text, or appends an end token to every text.
    [[nodiscard]] static Result<TextModel> open(const std::string& path,
                                                const wire::TextSettings& settings);

    /// Fails where a token that text is made of is another one than in `first`.
    [[nodiscard]] Result<bool> check_same_vocabulary(const TextModel& first) const;

    /// Computes a batch of these chunks; a batch that begins at position 0 forgets what was before.
    [[nodiscard]] Result<bool> decode(std::span<const std::int32_t> chunks,
                                      const TextBatch& batch) const;
    /// The logits at these places of the last batch, each from the middle of a chunk on; valid
    /// until the next batch.
    [[nodiscard]] Result<std::vector<std::span<const float>>> logits(
        std::span<const std::int32_t> places) const;

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::int64_t n_vocab() const;

 private:
    TextModel(std::string path,
              llama_model_ptr model,
              llama_context_ptr context,
              const wire::TextSettings& settings);

    std::string path_;
    llama_model_ptr model_;
    llama_context_ptr context_;
    wire::TextSettings settings_;
};

/// Loads metadata only and asks the library what it would allocate for a text.
[[nodiscard]] Result<wire::PredictedMemory> predict_text_memory(
    const wire::PredictTextMemory& request);

}  // namespace assay::engine
