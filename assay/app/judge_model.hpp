#pragma once
// The embedded judge's model, run by assay-engine.

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "assay/base/progress.hpp"
#include "assay/judge/embedded_model.hpp"
#include "assay/llm/engine.hpp"
#include "assay/records/plan.hpp"

namespace assay::app {

struct JudgeModelOptions {
    std::filesystem::path program;  ///< assay-engine
    std::string file;
    EngineSettings engine;  ///< slots: of a judge that generates, where it is not 0
    int n_threads = 1;
    std::string date;                          ///< YYYY-MM-DD that chat templates are told
    std::function<std::string()> file_sha256;  ///< called by file_sha256 alone
};

/// `vocabulary` renders and tokenizes between the spine's own calls, so its loaded model is
/// whoever's opened it last; the weights get a process of their own. `vocabulary`, `cancel` and
/// `progress` must outlive the model.
[[nodiscard]] std::unique_ptr<judge::EmbeddedModel> make_judge_model(
    JudgeModelOptions options,
    llm::Engine& vocabulary,
    const std::atomic<bool>& cancel,
    Progress& progress);

}  // namespace assay::app
