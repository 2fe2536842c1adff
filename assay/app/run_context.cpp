#include "assay/app/run_context.hpp"

#include "assay/analysis/copies.hpp"
#include "assay/app/file_hashes.hpp"
#include "assay/base/result.hpp"
#include "assay/llm/engine_process.hpp"
#include "assay/records/checkpoint_name.hpp"
#include "assay/variants/ollama_store.hpp"
#include "assay/variants/resolve.hpp"

namespace assay::app {

RunContext::RunContext(const RunOptions& run_options,
                       const std::atomic<bool>& stop,
                       Progress& shown_to)
    : options(run_options),
      plan(options.plan),
      questions(options.questions),
      in_clusters(analysis::with_copies_joined(options.questions)),
      cancel(stop),
      progress(shown_to),
      host(describe_host()),
      prompts(plan.generation, questions, progress) {
    if (plan.retrieval.asked_for()) {
        prompts.count_contexts();
    }
}

llm::Engine& RunContext::engine() {
    if (!engine_) {
        engine_ = std::make_unique<llm::Engine>(llm::find_engine(plan.engine.path), cancel);
    }
    return *engine_;
}

int RunContext::n_threads() const {
    return plan.engine.threads > 0 ? plan.engine.threads : host.n_cores;
}

std::string RunContext::hash_of(const std::string& path) const {
    return FileHashes(*store, progress).of(path);
}

std::string RunContext::path_of_model(const std::string& file) {
    const auto folder = checkpoint_of(file);
    if (!folder) {
        return variants::path_of_model(file);
    }
    auto found = converted_.find(file);
    if (found == converted_.end()) {
        const variants::ConvertRequest request{std::string(*folder), variants::model_cache()};
        found = converted_
                    .emplace(file,
                             variants::convert_checkpoint(engine(), request, cancel, progress))
                    .first;
    }
    return found->second.file.string();
}

std::string RunContext::path_of_adapter(const std::string& base, const std::string& adapter) {
    const auto folder = checkpoint_of(adapter);
    if (!folder) {
        return adapter;
    }
    const std::string key = base + '\n' + adapter;
    auto found = converted_.find(key);
    if (found == converted_.end()) {
        const variants::AdapterBase model{std::string(checkpoint_of(base).value_or("")),
                                          path_of_model(base)};
        const variants::ConvertRequest request{std::string(*folder), variants::model_cache()};
        found = converted_
                    .emplace(key,
                             variants::convert_adapter(engine(), request, model, cancel, progress))
                    .first;
    }
    return found->second.file.string();
}

std::optional<std::string> RunContext::checkpoint_sha256(const std::string& file) const {
    const auto found = converted_.find(file);
    return found == converted_.end() ? std::nullopt : std::optional(found->second.sha256);
}

void RunContext::stop_if_cancelled() const {
    if (cancel) {
        throw Error(ErrorKind::kInterrupted,
                    {"stopped; everything that was finished is kept",
                     plan.run_dir,
                     "The same command goes on from there."});
    }
}

}  // namespace assay::app
