#include "assay/app/engine_embedder.hpp"

#include "assay/app/host.hpp"
#include "assay/base/hash.hpp"
#include "assay/base/result.hpp"
#include "assay/llm/engine_process.hpp"
#include "assay/variants/resolve.hpp"

namespace assay::app {
namespace {

template <class T>
T value_or_throw(Result<T> result, const std::string& path) {
    if (!result) {
        Failure failure = result.error();
        failure.place = failure.place.empty() ? path : failure.place;
        throw Error(ErrorKind::kUsage, failure);
    }
    return std::move(*result);
}

}  // namespace

std::string EngineEmbedder::sha256() {
    if (sha256_.empty()) {
        sha256_ = value_or_throw(sha256_of_file(settings_.embedder), settings_.embedder);
    }
    return sha256_;
}

retrieval::EmbedderFacts EngineEmbedder::facts() {
    if (!engine_) {
        auto engine = std::make_unique<llm::Engine>(llm::find_engine(engine_settings_.path),
                                                    cancel_);
        const int n_threads = engine_settings_.threads > 0 ? engine_settings_.threads
                                                           : describe_host().n_cores;
        const wire::LoadedEmbedder loaded = value_or_throw(
            engine->load_embedder({settings_.embedder, settings_.max_tokens, n_threads}),
            settings_.embedder);
        facts_ = {loaded.n_dims, loaded.n_tokens, loaded.engine};
        engine_ = std::move(engine);
    }
    return facts_;
}

retrieval::Embedding EngineEmbedder::embed(const std::string& text) {
    static_cast<void>(facts());
    auto embedded = engine_->embed(text);
    if (!embedded) {
        Failure failure = embedded.error();
        failure.place = settings_.embedder;
        if (failure.remedy.empty()) {
            failure
                .remedy = "Vectors that were made are kept; the same command goes on from there.";
        }
        throw Error(ErrorKind::kOperational, failure);
    }
    return {std::move(embedded->vector), embedded->cut};
}

EngineSearch::EngineSearch(const RetrievalSettings& settings,
                           const EngineSettings& engine,
                           const std::atomic<bool>& cancel) {
    setup_.settings = settings;
    setup_.cancel = &cancel;
    if (!settings.embedder.empty()) {
        embedder_ = std::make_unique<EngineEmbedder>(settings, engine, cancel);
        setup_.embedder = embedder_.get();
        setup_.vectors = variants::cache_folder() / "vectors.sqlite";
    }
}

}  // namespace assay::app
