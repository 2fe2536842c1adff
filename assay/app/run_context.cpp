#include "assay/app/run_context.hpp"

#include "assay/analysis/copies.hpp"
#include "assay/app/file_hashes.hpp"
#include "assay/base/result.hpp"
#include "assay/llm/engine_process.hpp"

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
      prompts(plan.generation, questions, progress) {}

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

void RunContext::stop_if_cancelled() const {
    if (cancel) {
        throw Error(ErrorKind::kInterrupted,
                    {"stopped; everything that was finished is kept",
                     plan.run_dir,
                     "The same command goes on from there."});
    }
}

}  // namespace assay::app
