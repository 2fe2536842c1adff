#pragma once
// A variant that a server runs: its own model, or a file of ours that is brought to it.

#include <memory>
#include <string>
#include <vector>

#include "assay/app/variant_run.hpp"
#include "assay/llm/ollama_models.hpp"
#include "assay/llm/served_generator.hpp"

namespace assay::app {

class ServedVariant final : public VariantRun {
 public:
    /// Addresses and keys are looked at; nothing is asked yet. Throws Error kUsage.
    ServedVariant(const VariantSpec& variant_spec, std::size_t index, RunContext& context);

    void check() override;
    void resolve(const ModelFile& baseline_file) override;
    void describe() override;
    void answer() override;
    /// Removes the model that connect() brought.
    void release() override { guest_.reset(); }

 private:
    [[nodiscard]] std::unique_ptr<llm::ServedGenerator> make_generator() const;
    /// Brings the model to its servers where the plan says so (`pull`, or a file of ours, which the
    /// servers then have until release()), and reads it back. Throws Error.
    void connect();
    void bring_file();
    void pull();

    [[nodiscard]] ServedModel served_model() const;
    [[nodiscard]] EngineInfo engine_info() const;
    [[nodiscard]] std::vector<std::string> keys_under(const std::string& fingerprint) const;
    void note_models_before();
    void note_what_is_not_known();

    const ServedSpec& server_;
    std::string model_;  ///< its name on the servers
    std::unique_ptr<llm::ServedGenerator> generator_;
    std::unique_ptr<llm::OllamaGuest> guest_;
};

}  // namespace assay::app
