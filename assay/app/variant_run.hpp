#pragma once
// One variant of a run: all that the run knows of it, behind one interface.
//
// There is a room for each kind of variant: engine_variant.hpp (assay-engine runs it here),
// served_variant.hpp (a server runs it), given_variant.hpp (its answers were made elsewhere). The
// spine calls the stages below in their order and does not ask which kind it has. A new kind is a
// file of its own and a row in make_variant_run.cpp.

#include <map>
#include <string>
#include <vector>

#include "assay/answer/prompts.hpp"
#include "assay/app/run_context.hpp"
#include "assay/pairing/controls.hpp"
#include "assay/records/comparison.hpp"
#include "assay/records/plan.hpp"
#include "assay/records/variant.hpp"
#include "assay/run/run_facts.hpp"
#include "assay/variants/made_file.hpp"

namespace assay::app {

class VariantRun {
 public:
    /// `index`: the place of the variant in the plan; 0 is the baseline.
    VariantRun(const VariantSpec& variant_spec, std::size_t index, RunContext& context);
    virtual ~VariantRun() = default;
    VariantRun(const VariantRun&) = delete;
    VariantRun& operator=(const VariantRun&) = delete;

    // The stages. Each is called once, for all variants before the next one begins (but for
    // release, which follows answer at once). Each throws Error when the run cannot go on.

    /// Whatever can be seen to be wrong before there is a run directory.
    virtual void check() = 0;
    /// Whether it can be compared with the baseline, once both were checked.
    virtual void check_against(const VariantRun& /*baseline*/) {}
    /// Fills `variant`. What is made from the baseline is made from `baseline_file`.
    virtual void resolve(const ModelFile& baseline_file) = 0;
    /// Gets the prompts that are token ids from context().prompts.
    virtual void prepare() {}
    /// How many answers to each question are wanted of it; before prepare().
    void want_samples(int n_samples) { n_samples_ = n_samples; }
    /// Lets go of what is beyond n samples of each question; after describe().
    void keep_samples(int n_samples);
    /// Fills `facts`, and adds to the run's notes what a reader must know of this variant.
    virtual void describe() = 0;
    /// Makes what answers are missing and commits each of them.
    virtual void answer() = 0;
    /// Gives back what it holds of the machine; nothing is asked of it any more.
    virtual void release() {}

    /// What there is to know of a variant whose answers can be read as drafts, or that can read
    /// them.
    struct DraftReader {
        bool is_proven = false;  ///< what is read has the bits of what is written
        std::string vocabulary_sha256{};
    };
    /// Null: it reads no drafts.
    [[nodiscard]] virtual const DraftReader* reader() const { return nullptr; }
    /// Why it cannot read the baseline's answers token by token, a sentence; empty: it can. From
    /// describe() on.
    [[nodiscard]] std::string why_no_fidelity(const VariantRun& baseline) const;

    const VariantSpec& spec;
    const std::size_t place;              ///< 0: the baseline
    Variant variant;                      ///< from resolve() on
    answer::PromptSet prompts;            ///< from describe() until it has answered; empty if
                                          ///< nothing is asked here
    run::VariantFacts facts;              ///< from describe() on
    std::vector<Comparison> comparisons;  ///< once paired: as drawn, in judging order
    std::int64_t n_paired_before = 0;     ///< of these: drawn by earlier runs

 protected:
    [[nodiscard]] RunContext& context() const { return context_; }

    /// What an earlier run of the same plan noted of it; null: there was none.
    [[nodiscard]] const run::VariantFacts* before() const;

    /// What is counted while answers are made.
    [[nodiscard]] const char* answers_word() const {
        return context_.plan.generation.has_samples() ? "answers" : "questions";
    }
    /// Answers to each question, as planned by now.
    [[nodiscard]] int n_samples() const { return n_samples_; }
    /// The prompts whose answers are not in the store.
    [[nodiscard]] std::vector<const answer::PreparedPrompt*> missing_answers() const;
    /// The key of the answer to one of `prompts`.
    [[nodiscard]] const std::string& key_of(const answer::PreparedPrompt& prompt) const;

    /// Throws Error kUsage if only judging was asked for and answers are missing.
    void refuse_to_answer(std::size_t n_missing) const;

    /// Reads the headers of the plan's file and of the adapters that change it, if it names any,
    /// and the text that an importance matrix is to be made from.
    void check_file();
    /// Fills variant.file with the plan's file or type; with nothing if it names neither.
    void resolve_file(const ModelFile& baseline_file);
    /// Tells the report's readers of an adapter that is applied at run time, if there is one.
    void note_applied_lora() const;

 private:
    [[nodiscard]] variants::Workshop workshop();
    /// A model's file as the plan names it, read and hashed.
    [[nodiscard]] ModelFile file_of_plan(const std::string& file);
    [[nodiscard]] LoraFile resolve_adapter(const std::string& base, const LoraSpec& adapter);
    [[nodiscard]] ModelFile merged_file(const ModelFile& base);
    [[nodiscard]] ModelFile made_of(const ModelFile& baseline_file, const TypeSource& made);

    RunContext& context_;
    int n_samples_ = 1;
    const variants::HashFile hash_;  ///< remembers in the store
};

}  // namespace assay::app
