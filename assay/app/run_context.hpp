#pragma once
// What the parts of one run share: the plan, the machine, the store, and the engine for small
// requests.

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "assay/app/fidelity.hpp"
#include "assay/app/host.hpp"
#include "assay/app/run_options.hpp"
#include "assay/app/shared_prompts.hpp"
#include "assay/base/progress.hpp"
#include "assay/llm/engine.hpp"
#include "assay/records/plan.hpp"
#include "assay/records/question.hpp"
#include "assay/run/run_facts.hpp"
#include "assay/store/store.hpp"
#include "assay/variants/convert_checkpoint.hpp"
#include "assay/wire/messages.hpp"

namespace assay::app {

struct RunContext {
    RunContext(const RunOptions& run_options, const std::atomic<bool>& stop, Progress& shown_to);

    const RunOptions& options;
    const Plan& plan;
    const std::vector<Question>& questions;   ///< as the dataset has them
    const std::vector<Question> in_clusters;  ///< the same with copies in one cluster: what is
                                              ///< drawn and decided on
    const std::atomic<bool>& cancel;
    Progress& progress;
    const Host host;
    SharedPrompts prompts;

    // From the moment when the store is open.
    std::unique_ptr<store::Store> store;
    std::string plan_sha256;
    std::optional<run::RunFacts> before;  ///< what an earlier run of the same plan noted
    run::RunFacts facts;                  ///< what this run notes

    /// How every process that answers is started; the first variant that needs it chooses it.
    std::optional<wire::Start> start;

    /// What variants read of the baseline; null: nothing.
    std::unique_ptr<Fidelity> fidelity;

    /// For headers, templates, tokens and quantization. It is started when it is first needed.
    /// Answers have a process of their own for each variant.
    [[nodiscard]] llm::Engine& engine();

    /// Threads of every engine process.
    [[nodiscard]] int n_threads() const;

    /// SHA-256 of a file, remembered in the store. Throws Error if it cannot be read.
    [[nodiscard]] std::string hash_of(const std::string& path) const;

    /// A model's file as the plan names it, as a path: what "ollama:NAME" stands for, or the file
    /// that a checkpoint folder is converted to, at the first call for it. Throws Error.
    [[nodiscard]] std::string path_of_model(const std::string& file);
    /// The same for a LoRA adapter of the model `base`, which is named as the plan does.
    [[nodiscard]] std::string path_of_adapter(const std::string& base, const std::string& adapter);
    /// SHA-256 of the checkpoint folder that path_of_model made a file of; nothing if `file` names
    /// none.
    [[nodiscard]] std::optional<std::string> checkpoint_sha256(const std::string& file) const;

    /// Throws Error kInterrupted if the user has stopped the run.
    void stop_if_cancelled() const;

 private:
    std::unique_ptr<llm::Engine> engine_;
    std::map<std::string, variants::Converted> converted_;  ///< by the plan's name of the folder;
                                                            ///< of an adapter's behind that of its
                                                            ///< model's
};

}  // namespace assay::app
