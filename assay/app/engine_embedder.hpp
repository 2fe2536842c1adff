#pragma once
// The engine as what makes vectors for the search.

#include <atomic>
#include <memory>
#include <string>

#include "assay/llm/engine.hpp"
#include "assay/records/plan.hpp"
#include "assay/retrieval/dense.hpp"
#include "assay/retrieval/embedder.hpp"

namespace assay::app {

/// An engine process of its own, started when the first vector is needed.
class EngineEmbedder final : public retrieval::Embedder {
 public:
    EngineEmbedder(const RetrievalSettings& settings,
                   const EngineSettings& engine,
                   const std::atomic<bool>& cancel)
        : settings_(settings), engine_settings_(engine), cancel_(cancel) {}

    [[nodiscard]] std::string sha256() override;
    [[nodiscard]] retrieval::EmbedderFacts facts() override;
    [[nodiscard]] retrieval::Embedding embed(const std::string& text) override;

 private:
    const RetrievalSettings settings_;
    const EngineSettings engine_settings_;
    const std::atomic<bool>& cancel_;
    std::string sha256_;
    std::unique_ptr<llm::Engine> engine_;  ///< null: not started
    retrieval::EmbedderFacts facts_;       ///< of engine_
};

/// A search by the settings, with the embedder where they name one.
class EngineSearch {
 public:
    EngineSearch(const RetrievalSettings& settings,
                 const EngineSettings& engine,
                 const std::atomic<bool>& cancel);
    [[nodiscard]] const retrieval::SearchSetup& setup() const { return setup_; }

 private:
    std::unique_ptr<EngineEmbedder> embedder_;
    retrieval::SearchSetup setup_;
};

}  // namespace assay::app
