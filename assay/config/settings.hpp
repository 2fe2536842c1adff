#pragma once
// The plain settings of each block, once: key, field, rule. Experiment file, flags and stored plan
// all walk these lists, so a new setting is one line here (and its flag in flags.cpp).
//
// `visit` is called as visit(key, field, rule), rule being a Range, Words, Day or YesNo. `Settings`
// may be const.

#include <array>
#include <string_view>

#include "assay/config/rules.hpp"
#include "assay/records/plan.hpp"

namespace assay::config {

inline constexpr std::array<std::string_view, 2> kOnOff{"on", "off"};
inline constexpr std::array<std::string_view, 9> kCacheTypes{
    "f32", "f16", "bf16", "q8_0", "q4_0", "q4_1", "iq4_nl", "q5_0", "q5_1"};
inline constexpr std::array<std::string_view, 3> kStoppingDesigns{
    "hybrid", "group-sequential", "none"};
inline constexpr std::array<std::string_view, 3> kMultiplicities{"ladder", "holm", "none"};
inline constexpr Range kAnySeed{0, 0x1p64};  // whoever parses the number refuses 2^64 itself
inline constexpr Range kConcurrency{1, 1024};
inline constexpr Range kLimit{0, 1e9};
inline constexpr Range kPrice{0, 1e9};

/// GenerationSettings, but for its texts (system, templates, stop).
template <class Settings, class Visit>
void visit_generation(Settings& s, Visit&& visit) {
    visit("temp", s.temp, Range{0, 10});
    visit("top-k", s.top_k, Range{0, 1'000'000});
    visit("top-p", s.top_p, Range{0, 1, true});
    visit("min-p", s.min_p, Range{0, 1});
    visit("repeat-penalty", s.repeat_penalty, Range{0, 10, true});
    visit("repeat-last-n", s.repeat_last_n, Range{-1, 1'000'000});
    visit("ctx-size", s.ctx_size, Range{64, 10'000'000});
    visit("predict", s.predict, Range{1, 1'000'000});
    visit("seed", s.seed, kAnySeed);
    visit("date", s.date, Day{});
    visit("thinking", s.thinking, YesNo{});
    visit("own-template", s.own_template, YesNo{});
}

/// RunRecipe: keys of the engine block, and of a variant that is run in its own way.
template <class Recipe, class Visit>
void visit_recipe(Recipe& r, Visit&& visit) {
    visit("flash-attn", r.flash_attn, Words{kOnOff});
    visit("cache-type-k", r.cache_type_k, Words{kCacheTypes});
    visit("cache-type-v", r.cache_type_v, Words{kCacheTypes});
}

/// EngineSettings that an answer depends on.
template <class Settings, class Visit>
void visit_engine(Settings& s, Visit&& visit) {
    visit("ubatch-size", s.ubatch_size, Range{8, 65536});
    visit("n-gpu-layers", s.n_gpu_layers, Range{-1, 100'000});
    visit_recipe(s.recipe, visit);
}

/// EngineSettings that are the machine's own affair.
template <class Settings, class Visit>
void visit_machine(Settings& s, Visit&& visit) {
    visit("threads", s.threads, Range{0, 4096});
    visit("slots", s.slots, Range{0, 1024});
}

/// JudgeSpec: what is asked, in what way.
template <class Settings, class Visit>
void visit_judge(Settings& s, Visit&& visit) {
    visit("temp", s.temp, Range{0, 2});
    visit("max-tokens", s.max_tokens, Range{1, 1'000'000});
    visit("show-contexts", s.show_contexts, YesNo{});
    visit("show-expected", s.show_expected, YesNo{});
}

/// JudgeSpec: of judges that write replies to us.
template <class Settings, class Visit>
void visit_tags(Settings& s, Visit&& visit) {
    visit("tags", s.tags, YesNo{});
}

/// JudgeSpec: the metric of a reference judge.
template <class Settings, class Visit>
void visit_metric(Settings& s, Visit&& visit) {
    visit("metric", s.metric, Words{kReferenceMetrics});
    visit("tie-band", s.tie_band, Range{0, 1, false, true});
}

/// JudgeSpec: how the judge is reached and what it costs.
template <class Settings, class Visit>
void visit_judge_transport(Settings& s, Visit&& visit) {
    visit("concurrency", s.concurrency, kConcurrency);
    visit("timeout-s", s.timeout_s, Range{0, 86400, true});
    visit("retries", s.retries, Range{0, 100});
    visit("requests-per-minute", s.requests_per_minute, Range{0, 1'000'000});
    visit("tokens-per-minute", s.tokens_per_minute, Range{0, 1e9});
    visit("max-calls", s.max_calls, Range{0, 1e9});
    visit("max-tokens-total", s.max_tokens_total, Range{0, 1e15});
    visit("max-cost", s.max_cost, kPrice);
    visit("price-input", s.price_input, kPrice);
    visit("price-output", s.price_output, kPrice);
    visit("batch", s.batch, YesNo{});
    visit("batch-poll-s", s.batch_poll_s, Range{0, 3600, true});
    visit("allow-version-change", s.allow_version_change, YesNo{});
}

/// ServedSpec: how the server is reached.
template <class Settings, class Visit>
void visit_served_transport(Settings& s, Visit&& visit) {
    visit("concurrency", s.concurrency, kConcurrency);
    visit("timeout-s", s.timeout_s, Range{0, 86400, true});
    visit("retries", s.retries, Range{0, 100});
}

template <class Settings, class Visit>
void visit_judging(Settings& s, Visit&& visit) {
    visit("both-orders", s.both_orders, YesNo{});
    visit("repeats", s.repeats, Range{0, 100});
    visit("repeat-share", s.repeat_share, Range{0, 1, true});
}

/// JudgeSpec: what an embedded judge alone has. Stored for such a judge only.
template <class Settings, class Visit>
void visit_embedded_judge(Settings& s, Visit&& visit) {
    visit("reasoning", s.reasoning, YesNo{});
}

/// JudgeSpec: what decides no verdict of an embedded judge, but whether a prompt fits. Stored for
/// such a judge only.
template <class Settings, class Visit>
void visit_embedded_room(Settings& s, Visit&& visit) {
    visit("ctx-size", s.ctx_size, Range{0, 10'000'000});
}

template <class Settings, class Visit>
void visit_analysis(Settings& s, Visit&& visit) {
    visit("margin", s.margin, Range{0, 1, true, true});
    visit("alpha", s.alpha, Range{0, 0.5, true, true});
    visit("power", s.power, Range{0, 1, true, true});
    visit("stopping", s.stopping, Words{kStoppingDesigns});
    visit("multiplicity", s.multiplicity, Words{kMultiplicities});
}

/// AnalysisSettings that only `assay plan` uses: they decide nothing.
template <class Settings, class Visit>
void visit_planning(Settings& s, Visit&& visit) {
    visit("expected-decisive-rate", s.expected_decisive_rate, Range{0, 1, true});
    visit("icc", s.icc, Range{0, 1});
}

}  // namespace assay::config
