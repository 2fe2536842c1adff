#include "assay/app/retrieve_contexts.hpp"

#include <filesystem>

#include "assay/app/engine_embedder.hpp"
#include "assay/retrieval/contexts.hpp"
#include "assay/retrieval/frozen.hpp"
#include "assay/store/store.hpp"

namespace assay::app {
namespace {

std::optional<std::string> kept_by(const std::string& run_dir) {
    std::error_code error;
    if (!std::filesystem::exists(std::filesystem::path(run_dir) / "assay.sqlite", error)) {
        return std::nullopt;
    }
    return retrieval::stored_retrieval(*store::Store::open_read_only(run_dir));
}

}  // namespace

QuestionsWithContexts retrieve_contexts(const Plan& plan,
                                        std::vector<Question> questions,
                                        const std::atomic<bool>& cancel,
                                        Progress& progress) {
    if (!plan.retrieval.asked_for()) {
        return {std::move(questions), std::nullopt};
    }
    std::optional<std::string> before = kept_by(plan.run_dir);
    const EngineSearch search(plan.retrieval, plan.engine, cancel);
    retrieval::WithContexts found = retrieval::with_contexts(
        search.setup(), std::move(questions), before, progress);
    return {std::move(found.questions),
            RetrievalToKeep{std::move(found.frozen), std::move(before)}};
}

}  // namespace assay::app
