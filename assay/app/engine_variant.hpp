#pragma once
// A variant that assay-engine runs on this machine: a GGUF file, given or made from the baseline.

#include <memory>
#include <utility>
#include <vector>

#include "assay/answer/answer.hpp"
#include "assay/app/variant_run.hpp"
#include "assay/llm/engine_generator.hpp"
#include "assay/wire/messages.hpp"

namespace assay::app {

class EngineVariant final : public VariantRun {
 public:
    EngineVariant(const VariantSpec& variant_spec, std::size_t index, RunContext& context);

    void check() override;
    void resolve(const ModelFile& baseline_file) override;
    void prepare() override;
    void describe() override;
    void answer() override;
    void release() override { model_.reset(); }
    [[nodiscard]] const DraftReader* reader() const override { return &reader_; }

 private:
    void check_recipe() const;
    void check_cache(std::string_view key, const std::string& type, std::int64_t n_values) const;
    [[nodiscard]] std::string given_file() const;
    [[nodiscard]] wire::Loaded load_vocabulary() const;
    void refuse_another_engine() const;
    void note_recipe();
    [[nodiscard]] wire::Start start() const;

    /// The engine process that holds the weights; it is started at the first call and lives until
    /// release(). Throws Error if it is not the engine that was described.
    [[nodiscard]] llm::EngineGenerator& model();

    /// What is asked of the model goes through here.
    void ask(const std::vector<answer::Asked>& asked, const answer::AnswerSink& sink);
    void save(const answer::PreparedPrompt& prompt, const Answer& answer);
    void recheck();

    // Fidelity (engine_fidelity.cpp).
    using Prompts = std::vector<const answer::PreparedPrompt*>;
    void answer_as_baseline(const Prompts& missing);
    void read_own_answers();
    void answer_as_variant(const Prompts& missing);
    [[nodiscard]] Prompts still_to_read() const;
    void save_fidelity(const answer::PreparedPrompt& prompt, const wire::Reading& reading);
    [[nodiscard]] bool has_to_read(const Prompts& missing) const;

    using Answered = std::pair<const answer::PreparedPrompt*, Answer>;
    [[nodiscard]] std::vector<Answered> answers_to_recheck() const;
    [[nodiscard]] bool recheck_is_owed() const;
    void save_session(const answer::Recheck& recheck);

    std::unique_ptr<llm::EngineGenerator> model_;
    DraftReader reader_;         ///< from describe() on
    bool has_answered_ = false;  ///< in this process
    double load_ms_ = 0;         ///< of the model; from model() on
};

}  // namespace assay::app
