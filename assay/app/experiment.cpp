// The spine.
//
// Problem: an experiment takes hours and costs money, and it is stopped, extended and repeated. Yet
// its report must be the same function of the same answers and verdicts every time.
//
// Model: load -> resolve -> prepare -> answer -> pair -> judge -> report. Every stage that computes
// something asks the store which keys are missing, computes those, and commits each when it is
// done. A key is a hash of all that the thing depends on, so what is stored is never stale.
//
// Invariant: behind each line of run() holds what its comment says, whether the work was done just
// now or in an earlier run. A variant is one object (variant_run.hpp) and a judge is one object
// (judge_run.hpp); the spine calls their stages in order and does not ask of which kind they are.
//
// It ends because every stage walks a finite list once. The same command goes on where a run was
// stopped, and a run that is finished computes nothing.

#include "assay/app/experiment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>

#include "assay/analysis/metric_fit.hpp"
#include "assay/app/check_copies.hpp"
#include "assay/app/draw_controls.hpp"
#include "assay/app/draw_pairs.hpp"
#include "assay/app/expect_fidelity.hpp"
#include "assay/app/judge_run.hpp"
#include "assay/app/judging.hpp"
#include "assay/app/make_variant_run.hpp"
#include "assay/app/pieces_of_run.hpp"
#include "assay/app/run_context.hpp"
#include "assay/app/sample_waves.hpp"
#include "assay/app/variant_run.hpp"
#include "assay/app/verdict_cache.hpp"
#include "assay/base/clock.hpp"
#include "assay/config/plan_json.hpp"
#include "assay/llm/created_models.hpp"
#include "assay/retrieval/frozen.hpp"
#include "assay/run/artifacts.hpp"
#include "assay/run/build_panel.hpp"
#include "assay/run/build_report.hpp"
#include "assay/run/extensions.hpp"
#include "assay/run/note_shown.hpp"
#include "assay/run/run_facts.hpp"
#include "assay/run/said_answers.hpp"
#include "assay/run/shown_history.hpp"
#include "assay/store/store.hpp"
#include "assay/variants/resolve.hpp"

namespace assay::app {
namespace {

class Experiment {
 public:
    Experiment(const RunOptions& options, const std::atomic<bool>& cancel, Progress& progress)
        : context_(options, cancel, progress) {}

    report::ReportModel run() {
        check();
        // The plan is valid: the baseline is a model, every judge can be asked.
        open_store();
        do {
            answer_and_judge();
        } while (asks_for_more_samples());
        // Nothing below calls a model or a judge: same store, same report.
        run::StoredRun stored(*context_.store, context_.plan_sha256);
        const report::ReportModel model = run::report_to_show(*context_.store, stored);
        run::write_artifacts(stored, model, context_.plan.run_dir);
        note_what_was_shown(stored, model);
        context_.store->note_files_written(run::kReportRules);
        return model;
    }

    /// Whether it can be run at all, as far as that is seen before anything is made. Throws Error
    /// if not.
    void check() {
        const Plan& plan = context_.plan;
        check_copies(plan, context_.options.questions);
        if (!context_.options.judge_cache.empty()) {
            cache_.emplace(context_.options.judge_cache);
        }
        for (const JudgeSpec& spec : plan.judges) {
            judges_.push_back(std::make_unique<JudgeRun>(spec, context_));
        }
        check_variants();
    }

 private:
    void answer_and_judge() {
        resolve();
        // Every variant is a file whose tensors are known, or answers that were read.
        prepare();
        // What this run has created on servers is locked: the rest is of runs that were killed.
        llm::remove_left_models(
            variants::created_models_folder(), context_.cancel, context_.progress);
        // Every variant that runs here is given the same token ids by the same engine (or the
        // report says that it is not).
        answer();
        // Answers are complete. From here on none of the models that are compared runs.
        set_thoughts_aside();
        // Each answer has a key of what judges compare of it.
        draw_missing_pairs(context_, variants_);
        draw_controls();
        warn_of_metrics();
        // Sides, order and controls are drawn and stored. Variant names stop here: a judge sees
        // blinded pairs only.
        judge();
    }

    void check_variants() {
        check_variant(context_.plan.baseline);
        for (const VariantSpec& spec : context_.plan.variants) {
            check_variant(spec);
        }
        for (std::size_t i = 1; i < variants_.size(); ++i) {
            variants_[i]->check_against(*variants_.front());
        }
    }

    void check_variant(const VariantSpec& spec) {
        variants_.push_back(make_variant_run(spec, variants_.size(), context_));
        variants_.back()->check();
    }

    void open_store() {
        const Plan& plan = context_.plan;
        context_.store = store::Store::open(plan.run_dir);
        if (const auto& retrieval = context_.options.retrieval) {
            retrieval::freeze(*context_.store, retrieval->before, retrieval->text);
        }
        context_.prompts.cut(pieces_of_run(*context_.store));
        context_.plan_sha256 = config::plan_sha256(plan);
        run::keep_what_was_shown_before(*context_.store);
        check_what_judges_were_shown();
        context_.store->save_plan({context_.plan_sha256,
                                   config::plan_to_json(plan),
                                   plan.analysis.margin,
                                   plan.analysis.alpha,
                                   utc_now(),
                                   static_cast<std::int64_t>(context_.questions.size())});
        context_.store->save_questions(context_.plan_sha256, context_.questions);
    }

    /// A verdict is known by question id and answers. One that was given on another expected answer
    /// must not count, so such a dataset needs a run directory of its own.
    void check_what_judges_were_shown() const {
        const store::Store& store = *context_.store;
        std::map<std::string_view, const Question*> now;
        for (const Question& question : context_.questions) {
            now.emplace(question.id, &question);
        }
        for (const store::PlanRecord& plan : store.plans()) {
            for (const Question& before : store.questions(plan.sha256)) {
                const auto found = now.find(before.id);
                if (found == now.end() || found->second->text != before.text) {
                    continue;
                }
                const Question& question = *found->second;
                if (question.expected == before.expected &&
                    question.alternatives == before.alternatives) {
                    continue;
                }
                throw_usage("question " + question.id +
                                " has another expected answer than in an earlier plan of this run, "
                                "whose verdicts were given on that one",
                            question.place,
                            "Use another --run.");
            }
        }
    }

    void resolve() {
        context_.facts.dataset_sha256 = context_.hash_of(context_.plan.dataset.file);
        for (const auto& variant : variants_) {
            variant->resolve(variants_.front()->variant.file);
        }
        for (const auto& variant : variants_) {
            context_.store->save_variant(
                context_.plan_sha256, variant->variant, static_cast<int>(variant->place));
        }
    }

    void prepare() {
        run::RunFacts& facts = context_.facts;
        want_samples(context_, variants_);
        for (const auto& variant : variants_) {
            variant->prepare();
        }
        context_.prompts.finish(facts);
        context_.before = run::load_facts(*context_.store, context_.plan_sha256);
        if (context_.before) {
            facts.self_reading = context_.before->self_reading;
        }
        for (const auto& variant : variants_) {
            variant->describe();
        }
        keep_samples(context_, variants_);
        for (const auto& variant : variants_) {
            keep_judged_keys(variant->facts);
            facts.variants.push_back(variant->facts);
        }
        facts.command = context_.options.command;
        facts.host = {context_.host.cpu, context_.host.n_cores, context_.host.os};
        for (const auto& judge : judges_) {
            judge->describe();
            facts.judges.push_back(judge->facts());
        }
        run::refuse_judge_twice(context_.plan, facts.judges);
        run::save_facts(*context_.store, context_.plan_sha256, facts);
    }

    /// True: everything is begun again as by a command that goes on with the run.
    bool asks_for_more_samples() {
        if (!take_looks(context_)) {
            return false;
        }
        context_.facts = {};
        context_.prompts.begin_again();
        variants_.clear();
        check_variants();
        return true;
    }

    /// Until its answers were looked at again, what an earlier run saw of them holds: a report of a
    /// run that is stopped meanwhile must find its comparisons.
    void keep_judged_keys(run::VariantFacts& facts) const {
        if (!context_.before) {
            return;
        }
        for (const run::VariantFacts& before : context_.before->variants) {
            if (before.name == facts.name && before.answer_keys == facts.answer_keys) {
                facts.judged_keys = before.judged_keys;
            }
        }
    }

    void answer() {
        expect_fidelity(context_, variants_);
        for (const auto& variant : variants_) {
            variant->answer();
            variant->release();
            variant->prompts = {};
        }
        context_.prompts.let_go();
        note_fidelity(context_, variants_);
        context_.fidelity.reset();
    }

    void set_thoughts_aside() {
        for (std::size_t v = 0; v < variants_.size(); ++v) {
            run::VariantFacts& facts = variants_[v]->facts;
            facts.judged_keys.clear();
            if (context_.plan.judging.strip_thoughts) {
                facts.judged_keys = run::save_said_answers(*context_.store, facts.answer_keys);
            }
            context_.facts.variants[v].judged_keys = facts.judged_keys;
        }
        run::save_facts(*context_.store, context_.plan_sha256, context_.facts);
    }

    /// Pairs whose right outcome is known, from the answers of this run.
    void draw_controls() {
        draw_missing_controls(
            context_, variants_, std::any_of(judges_.begin(), judges_.end(), [](const auto& judge) {
                return judge->costs_nothing();
            }));
    }

    /// Of those that measure length on these answers, which are all known now.
    void warn_of_metrics() {
        const bool any = std::any_of(
            context_.plan.judges.begin(), context_.plan.judges.end(), [](const JudgeSpec& judge) {
                return judge.kind() == JudgeKind::kMetric;
            });
        if (!any) {
            return;
        }
        std::vector<analysis::AnswersOfVariant> answers(variants_.size());
        std::vector<const analysis::AnswersOfVariant*> all;
        for (std::size_t v = 0; v < variants_.size(); ++v) {
            for (const std::string& key : variants_[v]->facts.keys_for_judges()) {
                auto row = context_.store->answer(key);
                answers[v].push_back(row ? std::optional(std::move(row->answer)) : std::nullopt);
            }
            all.push_back(&answers[v]);
        }
        for (const std::string& note :
             analysis::short_answers_notes(context_.plan.judges, context_.questions, all)) {
            context_.progress.note("warning: " + note);
        }
    }

    void judge() {
        for (const auto& judge : judges_) {
            judge->ask(variants_, cache_ ? &*cache_ : nullptr);
        }
    }

    /// Decisions are seen from now on: what is added later is an extension. `model` has the
    /// comparisons by judge, then by variant. While the look at a variant's samples is still to
    /// come, what is judged of it grows as planned.
    void note_what_was_shown(const run::StoredRun& stored, const report::ReportModel& model) {
        const std::size_t n_compared = variants_.size() - 1;
        const run::Extensions extensions = run::load_extensions(*context_.store);
        for (std::size_t i = 0; i < model.comparisons.size(); ++i) {
            if (model.comparisons[i].analysis.decision.label == DecisionLabel::kNotMeasured) {
                continue;
            }
            const std::size_t v = 1 + i % n_compared;
            if (is_look_to_come(stored, v)) {
                continue;
            }
            const run::JudgeFacts& judge = judges_[i / n_compared]->facts();
            const VariantRun& variant = *variants_[v];
            run::note_decision_shown(
                *context_.store,
                judge.key,
                run::asked_of(context_.plan, judge, extensions, variant.comparisons).in_order);
        }
    }

    RunContext context_;
    std::vector<std::unique_ptr<VariantRun>> variants_;  ///< the baseline first
    std::vector<std::unique_ptr<JudgeRun>> judges_;  ///< as in the plan; the first decides, or all
    std::optional<VerdictCache> cache_;
};

}  // namespace

report::ReportModel run_experiment(const RunOptions& options,
                                   const std::atomic<bool>& cancel,
                                   Progress& progress) {
    return Experiment(options, cancel, progress).run();
}

void check_experiment(const RunOptions& options,
                      const std::atomic<bool>& cancel,
                      Progress& progress) {
    Experiment(options, cancel, progress).check();
}

}  // namespace assay::app
