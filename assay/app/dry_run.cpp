#include "assay/app/dry_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "assay/analysis/phrases.hpp"
#include "assay/app/judge_work.hpp"
#include "assay/app/judging.hpp"
#include "assay/base/hash.hpp"
#include "assay/config/plan_json.hpp"
#include "assay/judge/batch_journal.hpp"
#include "assay/judge/make_judge.hpp"
#include "assay/pairing/draw.hpp"
#include "assay/records/judge_provider.hpp"
#include "assay/records/settings.hpp"
#include "assay/records/verdict_cost.hpp"
#include "assay/run/run_facts.hpp"

namespace assay::app {
namespace {

using nlohmann::json;

std::unique_ptr<judge::Judge> make(const JudgeSpec& spec) {
    SilentProgress silent;
    judge::Services services;
    services.render = [](const std::string&, const std::string&) -> Result<std::string> {
        return fail("a dry run renders nothing");
    };
    services.journal = {[](const std::string&) { return std::nullopt; },
                        [](const std::string&, const std::string&) {}};
    auto made = judge::make_judge(spec, services, silent);
    if (!made) {
        throw Error(ErrorKind::kUsage, made.error());
    }
    return std::move(*made);
}

/// Leaves of a served variant what its answers depend on.
void drop_transport(json& variant) {
    if (!variant.contains("served")) {
        return;
    }
    json& served = variant["served"];
    const ServedSpec defaults;
    visit_served_transport(defaults, [&](const Setting& setting, const auto&, const auto&) {
        served.erase(std::string(setting.key));
    });
    served.erase("api-key-env");
    served.erase("pull");
}

/// What answers depend on: two plans that agree in it have the same answers.
json answers_part(const std::string& plan_json) {
    const json plan = json::parse(plan_json);
    json out;
    for (const char* block : {"baseline", "variants", "dataset", "generation", "engine"}) {
        out[block] = plan.value(block, json());
    }
    drop_transport(out["baseline"]);
    for (json& variant : out["variants"]) {
        drop_transport(variant);
    }
    return out;
}

bool are_the_same(std::span<const Question> a, std::span<const Question> b) {
    return std::equal(
        a.begin(), a.end(), b.begin(), b.end(), [](const Question& x, const Question& y) {
            return x.id == y.id && x.text == y.text && x.contexts == y.contexts;
        });
}

/// The facts of the newest plan with the same answers.
std::optional<run::RunFacts> facts_of(const store::Store& store,
                                      const Plan& plan,
                                      std::span<const Question> questions) {
    const json wanted = answers_part(config::plan_to_json(plan));
    const auto plans = store.plans();
    for (auto record = plans.rbegin(); record != plans.rend(); ++record) {
        if (answers_part(record->json) != wanted ||
            !are_the_same(store.questions(record->sha256), questions)) {
            continue;
        }
        if (auto facts = run::load_facts(store, record->sha256)) {
            return facts;
        }
    }
    return std::nullopt;
}

/// Whether every pair of a variant is drawn that can be.
bool all_are_drawn(std::span<const Comparison> drawn,
                   const store::Store& store,
                   const run::RunFacts& facts,
                   std::size_t v,
                   std::span<const Question> questions) {
    std::set<std::string> ids;
    for (const Comparison& comparison : drawn) {
        ids.insert(comparison.id);
    }
    const run::VariantFacts &of_baseline = facts.variants.front(), &of_variant = facts.variants[v];
    for (std::size_t i = 0; i < of_variant.answer_keys.size(); ++i) {
        if (ids.contains(pairing::comparison_id(questions[i % questions.size()].id,
                                                of_baseline.keys_for_judges()[i],
                                                of_variant.keys_for_judges()[i]))) {
            continue;
        }
        const auto baseline = store.answer(of_baseline.answer_keys[i]);
        const auto variant = store.answer(of_variant.answer_keys[i]);
        const bool none_of_baseline = baseline &&
                                      baseline->answer.stop_reason == StopReason::kFailed;
        const bool none_given = variant && was_not_given(variant->answer);
        if (!none_of_baseline && !none_given) {
            return false;
        }
    }
    return true;
}

/// Of all variants, exactly; nothing if not all pairs are drawn.
std::optional<std::int64_t> n_missing_calls(const Plan& plan,
                                            const JudgeSpec& spec,
                                            const judge::Judge& judge,
                                            const std::string& key,
                                            std::span<const Question> questions,
                                            store::Store& store) {
    const auto facts = facts_of(store, plan, questions);
    if (!facts) {
        return std::nullopt;
    }
    run::JudgeFacts design;
    design.both_orders = plan.judging.both_orders || judge.reads_both_orders();
    const run::Extensions extensions = run::load_extensions(store);
    const std::vector<Control> controls = run::controls_asked(store, *facts, design, extensions);
    const run::ComparisonsById stored = run::comparisons_by_id(store);
    bool complete = !controls.empty();
    std::int64_t n = 0;
    for (std::size_t v = 1; v < facts->variants.size(); ++v) {
        const std::vector<Comparison> drawn = run::drawn_comparisons(stored, questions, *facts, v);
        complete = complete && all_are_drawn(drawn, store, *facts, v, questions);
        const run::Asked asked = run::asked_of(plan, design, extensions, drawn);
        std::vector<Control> among_these;
        std::copy_if(
            controls.begin(),
            controls.end(),
            std::back_inserter(among_these),
            [&](const Control& control) { return control.variant == facts->variants[v].name; });
        n += n_missing({plan, spec, key, facts->variants[v].name, questions, asked, among_these},
                       store,
                       judge);
    }
    return complete ? std::optional(n) : std::nullopt;
}

void estimate_tokens(DryRunJudge& out,
                     const JudgeSpec& spec,
                     const JudgeWork& work,
                     std::span<const store::VerdictRow> before) {
    double prompt = 0, reply = 0, n = 0;
    for (const store::VerdictRow& row : before) {
        if (row.verdict.n_prompt_tokens == 0) {
            continue;
        }
        prompt += static_cast<double>(row.verdict.n_prompt_tokens);
        reply += static_cast<double>(row.verdict.n_reply_tokens);
        ++n;
    }
    if (n == 0) {
        prompt = work.prompt_tokens;
        reply = work.reply_tokens;
        n = static_cast<double>(work.n_calls());
    }
    const auto n_calls = static_cast<double>(out.n_calls);
    out.prompt_tokens = prompt / n * n_calls;
    out.reply_tokens = reply / n * n_calls;
    out.cost = token_cost(spec, out.prompt_tokens, out.reply_tokens);
    out.most_cost = token_cost(spec, out.prompt_tokens, n_calls * spec.replies()->max_tokens);
}

/// Tokens of answers so far, or by the rule of thumb: of one on average.
void estimate_tokens(DryRunVariant& out,
                     const Plan& plan,
                     std::span<const Question> questions,
                     std::span<const Answer> before) {
    double prompt = 0, reply = 0, n = 0;
    for (const Answer& answer : before) {
        if (answer.n_prompt_tokens > 0) {
            prompt += static_cast<double>(answer.n_prompt_tokens);
            reply += static_cast<double>(answer.n_tokens());
            ++n;
        }
    }
    if (n == 0) {
        for (const Question& question : questions) {
            std::size_t bytes = plan.generation.system.size() + question.text.size();
            for (const std::string& context : question.contexts) {
                bytes += context.size();
            }
            prompt += static_cast<double>(bytes) / kBytesPerToken;
            reply += plan.generation.predict;
            ++n;
        }
    }
    const auto n_answers = static_cast<double>(out.n_answers);
    out.prompt_tokens = n > 0 ? prompt / n * n_answers : 0;
    out.reply_tokens = n > 0 ? reply / n * n_answers : 0;
}

DryRunVariant look_at(const VariantSpec& spec,
                      const Plan& plan,
                      std::span<const Question> questions,
                      const run::VariantFacts* facts,
                      const store::Store* store) {
    DryRunVariant out;
    out.name = spec.name;
    out.n_answers = static_cast<std::int64_t>(questions.size()) * plan.generation.first_samples();
    std::vector<Answer> before;
    if (facts != nullptr) {
        out.exact = true;
        out.n_answers = static_cast<std::int64_t>(
            store->missing_answers(facts->answer_keys).size());
        for (const std::string& key : facts->answer_keys) {
            if (auto row = store->answer(key)) {
                before.push_back(std::move(row->answer));
            }
        }
    }
    estimate_tokens(out, plan, questions, before);
    const RequestLimits& prices = spec.served()->server;
    out.cost = price_of_tokens(prices, out.prompt_tokens, out.reply_tokens);
    out.most_cost = price_of_tokens(
        prices, out.prompt_tokens, static_cast<double>(out.n_answers) * plan.generation.predict);
    return out;
}

/// The served ones, the baseline included.
std::vector<DryRunVariant> look_at_variants(const Plan& plan,
                                            std::span<const Question> questions,
                                            const store::Store* store) {
    std::vector<const VariantSpec*> specs{&plan.baseline};
    for (const VariantSpec& spec : plan.variants) {
        specs.push_back(&spec);
    }
    std::optional<run::RunFacts> facts;
    if (store != nullptr) {
        facts = facts_of(*store, plan, questions);
    }
    std::vector<DryRunVariant> out;
    for (std::size_t i = 0; i < specs.size(); ++i) {
        if (specs[i]->served()) {
            out.push_back(look_at(
                *specs[i], plan, questions, facts ? &facts->variants.at(i) : nullptr, store));
        }
    }
    return out;
}

DryRunJudge look_at(const Plan& plan,
                    const JudgeSpec& spec,
                    std::span<const Question> questions,
                    bool rejudge,
                    store::Store* store) {
    DryRunJudge out;
    out.name = spec.name;
    const auto work = judge_work(spec, plan, questions);
    if (!work || spec.kind() == JudgeKind::kByHand) {  // a metric, or verdicts that are imported:
                                                       // nobody is
                                                       // called
        out.exact = true;
        return out;
    }
    if (spec.kind() == JudgeKind::kEmbedded) {
        out.n_calls = work->n_calls();
        out.why =
            "it runs here, and its file would have to be read whole to know which verdicts are its "
            "own";
        estimate_tokens(out, spec, *work, {});
        return out;
    }
    const std::unique_ptr<judge::Judge> judge = make(spec);
    const std::string key = sha256_hex(judge->identity());
    std::vector<store::VerdictRow> before;
    std::optional<std::int64_t> n_calls;
    if (store) {
        before = store->verdicts(key);
        // A key that no verdict has: everything is missing, as it is once --rejudge has set them
        // aside.
        n_calls = n_missing_calls(
            plan, spec, *judge, rejudge ? std::string("rejudge") : key, questions, *store);
        for (const judge::BatchEntry& entry :
             judge::read_batches(store->note(judge_note("batches", key)).value_or(""))) {
            out.n_in_batches += static_cast<std::int64_t>(entry.items.size());
        }
    }
    out.exact = n_calls.has_value();
    out.n_calls = n_calls.value_or(work->n_calls());
    if (!out.exact) {
        out.why =
            "not all answers of this experiment are there, so no pair is known to be identical";
    }
    estimate_tokens(out, spec, *work, before);
    return out;
}

}  // namespace

DryRun dry_run(const Plan& plan,
               std::span<const Question> questions,
               const DryRunOptions& options) {
    std::unique_ptr<store::Store> store;
    if (std::filesystem::exists(std::filesystem::path(plan.run_dir) / "assay.sqlite")) {
        store = store::Store::open_read_only(plan.run_dir);
    }
    DryRun out;
    if (!options.only_judge) {
        out.variants = look_at_variants(plan, questions, store.get());
    }
    for (const JudgeSpec& spec : plan.judges) {
        out.judges.push_back(look_at(plan, spec, questions, options.rejudge, store.get()));
    }
    return out;
}

}  // namespace assay::app
