#pragma once
// A text, read by a baseline and variants that are loaded beside each other.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/engine/text_model.hpp"
#include "assay/wire/text_scoring.hpp"

namespace assay::engine {

class TextScorer {
 public:
    /// Fails as TextModel::open does, and where a file has another vocabulary than the first one.
    [[nodiscard]] static Result<TextScorer> open(const wire::LoadTextModels& request);

    [[nodiscard]] wire::LoadedTextModels describe() const { return {models_.front().n_vocab()}; }

    using OnProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;
    /// Fails where tokens are no whole chunks, rows are missing, or a figure is not finite.
    [[nodiscard]] Result<wire::ScoredText> score(const wire::ScoreText& request,
                                                 const OnProgress& on_progress);

 private:
    /// A row of logits that is scored.
    struct Row {
        std::int32_t next_token = 0;
        std::size_t place = 0;  ///< among all scored tokens of the request
    };
    struct RowWorker;
    struct Scores;

    TextScorer(wire::TextSettings settings, bool has_baseline)
        : settings_(settings), has_baseline_(has_baseline) {}

    [[nodiscard]] Result<bool> check_request(const wire::ScoreText& request) const;
    [[nodiscard]] Result<bool> score_batch(const wire::ScoreText& request,
                                           const TextBatch& batch,
                                           Scores& scores) const;
    [[nodiscard]] std::size_t n_row() const;
    [[nodiscard]] std::size_t n_variants() const {
        return models_.size() - (has_baseline_ ? 1 : 0);
    }

    wire::TextSettings settings_;
    bool has_baseline_;
    std::vector<TextModel> models_;  ///< the baseline first, if it is loaded
};

}  // namespace assay::engine
