#include "assay/app/judge_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>
#include <vector>

#include "assay/analysis/controls.hpp"
#include "assay/analysis/metric_fit.hpp"
#include "assay/app/cache_reuse.hpp"
#include "assay/app/judge_model.hpp"
#include "assay/app/judging.hpp"
#include "assay/base/hash.hpp"
#include "assay/base/result.hpp"
#include "assay/judge/make_judge.hpp"
#include "assay/llm/engine_process.hpp"
#include "assay/variants/ollama_store.hpp"
#include "assay/variants/resolve.hpp"

namespace assay::app {
namespace {

/// What a reference judge measures, for the report.
std::string metric_text(const MetricSettings& settings) {
    if (settings.tie_band == MetricSettings().tie_band) {
        return settings.metric;
    }
    return fmt::format("{}, tie band {}", settings.metric, settings.tie_band);
}

/// What a cache of verdicts calls this run; no other run has the name.
std::string name_in_caches(const store::Store& store, const std::string& run_dir) {
    const std::vector<store::PlanRecord> plans = store.plans();
    const std::vector<std::string> fields{
        "run", run_dir, plans.front().sha256, plans.front().created_at};
    return sha256_of_fields(fields);
}

}  // namespace

JudgeRun::JudgeRun(const JudgeSpec& spec, RunContext& context) : spec_(spec), context_(context) {
    if (needs_expected_answers(spec.kind())) {
        need_expected_answers();
    }
    if (spec.kind() == JudgeKind::kMetric) {
        need_fitting_metric();
    }
    if (needs_engine(spec.kind())) {
        // It renders the judge's prompts. If it is missing, that is to be said now.
        static_cast<void>(context.engine());
    }
    auto made = judge::make_judge(spec, services(), context.progress);
    if (!made) {
        throw Error(ErrorKind::kUsage, made.error());
    }
    judge_ = std::move(*made);
}

void JudgeRun::need_expected_answers() const {
    for (const Question& question : context_.questions) {
        if (!question.expected) {
            throw_usage(
                fmt::format(
                    "question {} has no expected answer{}, and judge {} compares answers with it",
                    question.id,
                    question.expected_problem.empty() ? "" : " (" + question.expected_problem + ")",
                    spec_.name),
                question.place,
                "Name the field that holds it (dataset.fields: {expected: NAME}, or --fields "
                "dataset.expected=NAME), add expected answers to the dataset, or name another "
                "judge (--judge "
                "openai:MODEL@URL).");
        }
    }
}

void JudgeRun::need_fitting_metric() const {
    const std::string why = analysis::why_metric_cannot(spec_.metric().metric, context_.questions);
    if (!why.empty()) {
        throw_usage(why,
                    fmt::format("judge {}", spec_.name),
                    "Take the metric chrf, which compares characters (--judge reference:chrf), or "
                    "an LLM judge (--judge openai:MODEL@URL).");
    }
}

/// What the judge is handed. The store is there when it is asked, not yet when it is made.
judge::Services JudgeRun::services() {
    const auto note = [this](const std::string& name) { return judge_note(name, facts_.key); };
    judge::Services services;
    services.render = [this](const std::string& text, const std::string& variables) {
        return context_.engine().render_template(text, variables);
    };
    services.journal.get = [this, note](const std::string& name) {
        return context_.store->note(note(name));
    };
    services.journal.put = [this, note](const std::string& name, const std::string& text) {
        context_.store->put_note(note(name), text);
    };
    services.open_model = [this](const JudgeSpec& spec) { return open_model(spec); };
    services.known_version = [this] { return context_.store->first_model_version(facts_.key); };
    return services;
}

std::unique_ptr<judge::EmbeddedModel> JudgeRun::open_model(const JudgeSpec& spec) {
    const std::string path = variants::path_of_model(spec.embedded().file);
    JudgeModelOptions options{llm::find_engine(context_.plan.engine.path),
                              path,
                              context_.plan.engine,
                              context_.n_threads(),
                              context_.plan.generation.date,
                              {}};
    options.file_sha256 = [this, path] {
        const auto hash = [this](const std::string& part) { return context_.hash_of(part); };
        return variants::resolve_file(context_.engine(), path, hash).sha256;
    };
    return make_judge_model(
        std::move(options), context_.engine(), context_.cancel, context_.progress);
}

void JudgeRun::describe() {
    facts_.name = spec_.name;
    facts_.provider = spec_.provider;
    if (spec_.kind() == JudgeKind::kMetric) {
        facts_.model = metric_text(spec_.metric());
    }
    if (const ReplySettings* replies = spec_.replies()) {
        facts_.model = replies->model;
    }
    if (spec_.kind() == JudgeKind::kApi) {
        facts_.url = spec_.api().url;
    }
    facts_.show_contexts = spec_.show_contexts;
    facts_.show_expected = spec_.show_expected;
    facts_.costs_nothing = judge_->costs_nothing();
    facts_.both_orders = context_.plan.judging.both_orders || judge_->reads_both_orders();
    facts_.key = sha256_hex(judge_->identity());
}

/// What the judge is asked about one variant.
struct JudgeRun::Turn {
    const VariantRun* variant;
    run::Asked asked;
    std::vector<Control> controls;
};

std::vector<JudgeRun::Turn> JudgeRun::turns(std::span<const std::unique_ptr<VariantRun>> variants) {
    store::Store& store = *context_.store;
    const run::Extensions extensions = run::load_extensions(store);
    const std::vector<Control> controls = run::controls_asked(
        store, context_.facts, facts_, extensions);
    std::vector<Turn> out;
    for (const std::unique_ptr<VariantRun>& variant : variants.subspan(1)) {
        Turn turn{variant.get(),
                  run::asked_of(context_.plan, facts_, extensions, variant->comparisons),
                  {}};
        std::copy_if(
            controls.begin(),
            controls.end(),
            std::back_inserter(turn.controls),
            [&](const Control& control) { return control.variant == variant->variant.name; });
        if (facts_.both_orders) {
            store.save_comparisons(turn.asked.in_order);  // as drawn they are there already
        }
        for (const auto* again : {&turn.asked.repeats, &turn.asked.rechecks}) {
            if (!again->empty()) {
                store.save_comparisons(*again);
            }
        }
        out.push_back(std::move(turn));
    }
    return out;
}

JudgingTask JudgeRun::task_of(const Turn& turn, const VerdictCache* cache) const {
    JudgingTask task{context_.plan,
                     spec_,
                     facts_.key,
                     turn.variant->variant.name,
                     context_.in_clusters,
                     turn.asked,
                     turn.controls};
    if (cache != nullptr && !facts_.costs_nothing) {
        task.cache = cache;
        task.run = name_in_caches(*context_.store, context_.plan.run_dir);
    }
    return task;
}

void JudgeRun::ask(std::span<const std::unique_ptr<VariantRun>> variants,
                   const VerdictCache* cache) {
    store::Store& store = *context_.store;
    store.save_judge(facts_.key, spec_.name, judge_->identity());
    const bool rejudges = context_.options.rejudge && !std::exchange(has_been_asked_, true);
    if (rejudges) {
        store.set_aside_verdicts(facts_.key);
    }
    const std::vector<Turn> all = turns(variants);
    std::vector<JudgingTask> tasks;
    for (const Turn& turn : all) {
        tasks.push_back(task_of(turn, cache));
    }
    if (tasks.empty()) {
        return;
    }
    if (tasks.front().cache == nullptr) {
        ask_all(tasks);
        return;
    }
    Reuse reuse;
    if (rejudges) {
        cache->put_controls(facts_.key, tasks.front().run, {});  // they are asked anew, too
    }
    if (!context_.options.rejudge) {
        reuse = reuse_of_cache(tasks, *judge_, store, context_.cancel, context_.progress);
        context_.stop_if_cancelled();
    }
    if (reuse.judge_stopped) {
        return;
    }
    for (JudgingTask& task : tasks) {
        task.taken = &reuse.verdicts;
    }
    ask_all(tasks);
    keep_controls(all, *cache);
}

void JudgeRun::ask_all(std::span<const JudgingTask> tasks) {
    for (const JudgingTask& task : tasks) {
        const bool went_on = judge_missing(
            task, *judge_, *context_.store, context_.cancel, context_.progress);
        context_.stop_if_cancelled();
        if (!went_on) {
            return;  // the rest stays pending; the next run asks for it
        }
    }
}

/// Other runs take this judge's verdicts only if it passed them: all of them, and those of each
/// extension.
void JudgeRun::keep_controls(std::span<const Turn> turns, const VerdictCache& cache) const {
    store::Store& store = *context_.store;
    const run::Extensions extensions = run::load_extensions(store);
    std::vector<ControlOutcome> kept;
    std::map<std::size_t, std::vector<ControlOutcome>> by_extension;
    for (const Turn& turn : turns) {
        for (const Control& control : turn.controls) {
            const auto row = store.verdict(control.id, facts_.key);
            kept.push_back(outcome_of(control, row ? &row->verdict : nullptr));
            by_extension[run::number_of(extensions, control)].push_back(kept.back());
        }
    }
    for (const auto& [number, outcomes] : by_extension) {
        if (!analysis::check_controls(outcomes).passed) {
            kept = outcomes;
        }
    }
    cache.put_controls(facts_.key, name_in_caches(store, context_.plan.run_dir), kept);
}

}  // namespace assay::app
