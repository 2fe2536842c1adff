#pragma once
// A variant that a server runs: from its entry in the plan to a generator, with what the report
// says of it.

#include <atomic>
#include <memory>
#include <string>

#include "assay/base/progress.hpp"
#include "assay/llm/ollama_models.hpp"
#include "assay/llm/served_generator.hpp"
#include "assay/records/plan.hpp"
#include "assay/records/variant.hpp"

namespace assay::app {

class ServedVariant {
 public:
    /// Addresses and keys are looked at; nothing is asked yet. Throws Error kUsage.
    ServedVariant(const VariantSpec& spec,
                  const Plan& plan,
                  const std::atomic<bool>& cancel,
                  Progress& progress);

    /// Brings the model to its servers where the plan says so (`pull`, or our `file`, which the
    /// servers then have until leave()), and reads it back. Throws Error.
    void connect(const ModelFile& file);
    /// Removes what connect() brought.
    void leave() { guest_.reset(); }

    // After connect():
    [[nodiscard]] ServedModel model() const;
    [[nodiscard]] EngineInfo engine() const;
    [[nodiscard]] llm::ServedGenerator& generator() { return *generator_; }

    /// Requests that are under way together.
    [[nodiscard]] int n_parallel() const {
        return spec_.served.concurrency * static_cast<int>(spec_.served.urls.size());
    }
    /// What of it is not proven, as a sentence.
    [[nodiscard]] std::string what_is_not_known(const std::string& engine) const;

 private:
    const VariantSpec spec_;
    const GenerationSettings generation_;
    const std::string run_dir_;
    const std::atomic<bool>& cancel_;
    Progress& progress_;
    std::string model_;  ///< on the servers
    std::unique_ptr<llm::ServedGenerator> generator_;
    std::unique_ptr<llm::OllamaGuest> guest_;
};

}  // namespace assay::app
