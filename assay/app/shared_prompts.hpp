#pragma once
// The prompts of all variants of a run, and the proof that they are the same.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "assay/answer/prompts.hpp"
#include "assay/base/progress.hpp"
#include "assay/llm/engine.hpp"
#include "assay/records/plan.hpp"
#include "assay/records/question.hpp"
#include "assay/records/variant.hpp"
#include "assay/run/run_facts.hpp"
#include "assay/wire/messages.hpp"

namespace assay::app {

class SharedPrompts {
 public:
    /// Settings, questions and progress must outlive it.
    SharedPrompts(const GenerationSettings& settings,
                  std::span<const Question> questions,
                  Progress& progress);

    /// The tokens of the contexts are to be counted; before the first token_ids().
    void count_contexts() { counts_contexts_ = true; }

    /// How prompts are cut into pieces; before the first token_ids().
    void cut(answer::Pieces pieces) { pieces_ = pieces; }

    /// Announces a model that is going to ask for token ids.
    void expect_model() { ++n_models_; }

    /// The token ids for a model whose vocabulary `engine` has loaded. The first model's template
    /// makes the prompts of all. Every other model's tokenizer is asked for its ids of the same
    /// text, and Error kUsage is thrown if they differ. With own-template each model makes its own.
    /// Each prompt is there n_samples times (answer::with_samples).
    [[nodiscard]] answer::PromptSet token_ids(llm::Engine& engine,
                                              const Variant& variant,
                                              const wire::Loaded& loaded,
                                              int n_samples);

    /// Notes in `facts` how many prompts are equal for all models, and what a reader must know of
    /// them. To be called after the last token_ids().
    void finish(run::RunFacts& facts);

    /// The messages for a model that makes tokens of them itself, each n_samples times. To be
    /// called after finish().
    [[nodiscard]] answer::PromptSet messages(llm::Engine& engine, int n_samples);

    /// Forgets all prompts: nothing is asked for any more.
    void let_go();
    /// Forgets all prompts and models: they are made once more.
    void begin_again();

    /// Tokens of the longest prompt.
    [[nodiscard]] std::int64_t longest() const { return longest_; }
    /// Whether a model switches rotary factors on the context's size.
    [[nodiscard]] bool long_rope() const { return long_rope_; }

 private:
    void note_limits(const Variant& variant, const wire::Loaded& loaded, bool makes_prompts);
    void check_tokens(llm::Engine& engine, const Variant& variant) const;
    [[nodiscard]] std::int64_t context_tokens(llm::Engine& engine) const;
    void count_equal(const answer::PromptSet& prompts);

    const GenerationSettings& settings_;
    std::span<const Question> questions_;
    Progress& progress_;
    bool counts_contexts_ = false;
    std::int64_t n_context_tokens_ = 0;
    answer::Pieces pieces_ = answer::Pieces::kPassages;
    std::size_t n_models_ = 0;
    std::optional<answer::PromptSet> first_;     ///< of the first model
    std::optional<answer::PromptSet> messages_;  ///< made when they are first asked for
    std::vector<bool> is_equal_;                 ///< by question: for all models so far
    std::vector<std::string> notes_;
    std::int64_t longest_ = 0;
    bool long_rope_ = false;
};

}  // namespace assay::app
