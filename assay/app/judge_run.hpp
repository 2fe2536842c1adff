#pragma once
// One judge of a run: made, described, and asked for what is missing.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "assay/app/judging.hpp"
#include "assay/app/run_context.hpp"
#include "assay/app/variant_run.hpp"
#include "assay/app/verdict_cache.hpp"
#include "assay/judge/judge.hpp"
#include "assay/records/plan.hpp"
#include "assay/run/run_facts.hpp"

namespace assay::app {

class JudgeRun {
 public:
    /// Makes the judge; nothing is asked of it. Throws Error kUsage if it cannot be made, or if it
    /// needs expected answers that are not there.
    JudgeRun(const JudgeSpec& spec, RunContext& context);
    JudgeRun(const JudgeRun&) = delete;
    JudgeRun& operator=(const JudgeRun&) = delete;

    /// Fills facts(). An embedded judge's model is opened for that, so all files are resolved
    /// before.
    void describe();
    /// Asks for the verdicts that are missing of every variant but the first, the baseline, and
    /// commits each of them. Stops early where the design says so, or where the judge has to stop;
    /// then the next run goes on. `cache` may be null.
    void ask(std::span<const std::unique_ptr<VariantRun>> variants, const VerdictCache* cache);

    [[nodiscard]] const run::JudgeFacts& facts() const { return facts_; }
    [[nodiscard]] bool costs_nothing() const { return judge_->costs_nothing(); }

 private:
    void need_expected_answers() const;
    void need_fitting_metric() const;
    [[nodiscard]] judge::Services services();
    [[nodiscard]] std::unique_ptr<judge::EmbeddedModel> open_model(const JudgeSpec& spec);
    struct Turn;
    /// What is to be asked of every variant but the baseline.
    [[nodiscard]] std::vector<Turn> turns(std::span<const std::unique_ptr<VariantRun>> variants);
    [[nodiscard]] JudgingTask task_of(const Turn& turn, const VerdictCache* cache) const;
    /// Asks for all of it, as far as the judge goes.
    void ask_all(std::span<const JudgingTask> tasks);
    void keep_controls(std::span<const Turn> turns, const VerdictCache& cache) const;

    const JudgeSpec& spec_;
    RunContext& context_;
    std::unique_ptr<judge::Judge> judge_;
    bool has_been_asked_ = false;  ///< by this command
    run::JudgeFacts facts_;
};

}  // namespace assay::app
