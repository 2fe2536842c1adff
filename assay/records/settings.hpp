#pragma once
// The plain settings, one row each: key, flag, what it is, field, what is allowed. The default is
// the field's, in the struct. The experiment file, the command line with its help and its manual,
// the example of `assay init`, the stored plan and the judges walk these lists, so a new setting is
// a field and a row here.
//
// `visit` is called as visit(setting, field, rule), rule being a Range, RangeOrWord, Words, Day or
// YesNo. `Settings` may be const.

#include <array>
#include <string>
#include <string_view>

#include "assay/records/plan.hpp"
#include "assay/records/rules.hpp"

namespace assay {

struct Setting {
    std::string_view key;     ///< in the experiment file and in the stored plan
    std::string_view what;    ///< for help and for the example: no default and no range, which are
                              ///< added
    std::string_view flag{};  ///< on the command line, its one-letter form first: "-n,--predict";
                              ///< empty: none
    std::string_view short_flag{};  ///< llama.cpp's short form of several letters: "-ub"
};

/// "--predict": the flag's first long form.
[[nodiscard]] constexpr std::string_view long_flag(const Setting& setting) {
    const std::string_view from = setting.flag.substr(setting.flag.find("--"));
    return from.substr(0, from.find(','));
}

inline constexpr std::array<std::string_view, 2> kOnOff{"on", "off"};
inline constexpr std::array<std::string_view, 9> kCacheTypes{
    "f32", "f16", "bf16", "q8_0", "q4_0", "q4_1", "iq4_nl", "q5_0", "q5_1"};
inline constexpr std::array<std::string_view, 4> kRopeScalings{"model", "none", "linear", "yarn"};
inline constexpr std::array<std::string_view, 3> kStoppingDesigns{
    "hybrid", "group-sequential", "none"};
inline constexpr std::array<std::string_view, 3> kMultiplicities{"ladder", "holm", "none"};

inline constexpr std::array<std::string_view, 2> kPopulations{kQuestionsLikeThese, kTheseQuestions};

/// DatasetSpec, but for its texts and lists.
template <class Settings, class Visit>
void visit_dataset(Settings& s, Visit&& visit) {
    visit(
        Setting{"limit", "the first N questions only; 0: all", "--limit"}, s.limit, Range{0, 1e9});
}

/// RetrievalSettings, but for its files, for its texts, and for what only an embedder needs.
template <class Settings, class Visit>
void visit_retrieval(Settings& s, Visit&& visit) {
    visit(Setting{"top", "passages that each question is given", "--top"}, s.top, Range{1, 100});
    visit(Setting{"replace-contexts",
                  "true: what is retrieved takes the place of contexts that the dataset has",
                  "--replace-contexts"},
          s.replace_contexts,
          YesNo{});
}

/// RetrievalSettings: what does something beside an embedder only.
template <class Settings, class Visit>
void visit_embedding(Settings& s, Visit&& visit) {
    visit(
        Setting{"max-tokens",
                "the embedder sees the first tokens of a passage or question, up to this many, and "
                "at most as many as it takes",
                "--embedder-max-tokens"},
        s.max_tokens,
        Range{8, 8192});
}

/// GenerationSettings, but for its texts (system, templates, stop).
template <class Settings, class Visit>
void visit_generation(Settings& s, Visit&& visit) {
    visit(Setting{"temp", "temperature; 0: greedy, always the likeliest token", "--temp"},
          s.temp,
          Range{0, 10});
    visit(Setting{"top-k",
                  "how many tokens may be drawn; 0: off; without effect at temp 0, as top-p and "
                  "min-p",
                  "--top-k"},
          s.top_k,
          Range{0, 1'000'000});
    visit(Setting{"top-p", "probability of the tokens that may be drawn; 1: off", "--top-p"},
          s.top_p,
          Range{0, 1, true});
    visit(Setting{"min-p",
                  "least probability of a token that may be drawn, as a part of the likeliest "
                  "one's; 0: off",
                  "--min-p"},
          s.min_p,
          Range{0, 1});
    visit(
        Setting{"repeat-penalty", "penalty of a token that was there; 1: off", "--repeat-penalty"},
        s.repeat_penalty,
        Range{0, 10, true});
    visit(Setting{"repeat-last-n",
                  "penalty window in tokens over the end of prompt and answer; 0: off; -1: "
                  "ctx-size",
                  "--repeat-last-n"},
          s.repeat_last_n,
          Range{-1, 1'000'000});
    visit(Setting{"ctx-size", "tokens of prompt and answer together", "-c,--ctx-size"},
          s.ctx_size,
          Range{64, 10'000'000});
    visit(Setting{"predict", "most tokens of an answer", "-n,--predict"},
          s.predict,
          Range{1, 1'000'000});
    visit(Setting{"seed", "seed of sampling, for temperatures above 0", "-s,--seed"},
          s.seed,
          Range{0, 0x1p64});  // whoever parses the number refuses 2^64 itself
    visit(Setting{"date", "what templates that print today's date are told"}, s.date, Day{});
    visit(Setting{"thinking", "enable_thinking of the chat template"}, s.thinking, YesNo{});
    visit(
        Setting{"own-template",
                "true: each variant uses its own chat template; then not only the weights differ"},
        s.own_template,
        YesNo{});
}

/// GenerationSettings: how often each question is answered.
template <class Settings, class Visit>
void visit_samples(Settings& s, Visit&& visit) {
    visit(Setting{"samples",
                  "answers of each model to a question, each with dice of its own that are the "
                  "same for all models; more than 1 needs a temperature above 0; auto: 2, then as "
                  "many as the decision needs, at most 8",
                  "--samples"},
          s.samples,
          RangeOrWord{{1, 64}, "auto", kAutoSamples});
}

/// RunRecipe: keys of the engine block, and of a variant that is run in its own way.
template <class Recipe, class Visit>
void visit_recipe(Recipe& r, Visit&& visit) {
    visit(Setting{"flash-attn", "flash attention", "--flash-attn", "-fa"},
          r.flash_attn,
          Words{kOnOff});
    visit(Setting{"cache-type-k", "type of the K cache", "--cache-type-k", "-ctk"},
          r.cache_type_k,
          Words{kCacheTypes});
    visit(Setting{"cache-type-v", "type of the V cache", "--cache-type-v", "-ctv"},
          r.cache_type_v,
          Words{kCacheTypes});
}

/// RopeScaling: keys of a recipe, in the same places.
template <class Scaling, class Visit>
void visit_rope(Scaling& r, Visit&& visit) {
    visit(Setting{"rope-scaling",
                  "how positions beyond the trained context are scaled; model: as its file says",
                  "--rope-scaling"},
          r.scaling,
          Words{kRopeScalings});
    visit(Setting{"rope-scale", "times the trained context; 0: as the model says", "--rope-scale"},
          r.scale,
          Range{0, 1000});
    visit(Setting{"rope-freq-base",
                  "base of the rotary frequencies; 0: as the model says",
                  "--rope-freq-base"},
          r.freq_base,
          Range{0, 1e12});
    visit(Setting{"yarn-orig-ctx",
                  "context that the model was trained for; 0: as the model says",
                  "--yarn-orig-ctx"},
          r.yarn_orig_ctx,
          Range{0, 100'000'000});
}

/// EngineSettings that an answer depends on.
template <class Settings, class Visit>
void visit_engine(Settings& s, Visit&& visit) {
    visit(Setting{"ubatch-size",
                  "tokens of one piece of a prompt; answers depend on it",
                  "--ubatch-size",
                  "-ub"},
          s.ubatch_size,
          Range{8, 65536});
    visit(Setting{"n-gpu-layers",
                  "layers on the GPU; -1: the backend's default, all that fit",
                  "--n-gpu-layers,--gpu-layers",
                  "-ngl"},
          s.n_gpu_layers,
          Range{-1, 100'000});
    visit_recipe(s.recipe, visit);
}

/// EngineSettings that are the machine's own affair.
template <class Settings, class Visit>
void visit_machine(Settings& s, Visit&& visit) {
    visit(Setting{"threads", "threads of the engine; 0: the physical cores", "-t,--threads"},
          s.threads,
          Range{0, 4096});
    visit(Setting{"slots",
                  "questions decoded together, a multiple of 8; 0: 16, or 8 when memory is short",
                  "--slots"},
          s.slots,
          Range{0, 1024});
}

/// JudgeSpec: what the judge sees.
template <class Settings, class Visit>
void visit_shown(Settings& s, Visit&& visit) {
    visit(
        Setting{"show-contexts", "whether the judge sees the passages"}, s.show_contexts, YesNo{});
    visit(Setting{"show-expected", "whether the judge sees the expected answer"},
          s.show_expected,
          YesNo{});
}

/// ReplySettings.
template <class Settings, class Visit>
void visit_replies(Settings& s, Visit&& visit) {
    visit(Setting{"temp", "temperature; of gguf it must be 0"}, s.temp, Range{0, 2});
    visit(Setting{"max-tokens", "most tokens of a reply"}, s.max_tokens, Range{1, 1'000'000});
}

/// ReplySettings: stored only where it is wanted.
template <class Settings, class Visit>
void visit_tags(Settings& s, Visit&& visit) {
    visit(Setting{"tags",
                  "true: after the verdict the judge says what is wrong with each answer "
                  "(incorrect, unsupported, incomplete ...)"},
          s.tags,
          YesNo{});
}

/// MetricSettings.
template <class Settings, class Visit>
void visit_metric(Settings& s, Visit&& visit) {
    visit(Setting{"metric", "what is computed"}, s.metric, Words{kReferenceMetrics});
    visit(Setting{"tie-band", "a difference of at most this is a tie"},
          s.tie_band,
          Range{0, 1, false, true});
}

/// ApiSettings and ServedSpec: requests to a server.
template <class Settings, class Visit>
void visit_requests(Settings& s, const Setting& concurrency, Visit&& visit) {
    visit(concurrency, s.concurrency, Range{1, 1024});
    visit(Setting{"timeout-s", "seconds that one request may take"},
          s.timeout_s,
          Range{0, 86400, true});
    visit(Setting{"retries", "further attempts after a transport error, 429 or 5xx"},
          s.retries,
          Range{0, 100});
}

/// RequestLimits: of a judge and of a served model.
template <class Settings, class Visit>
void visit_limits(Settings& s, Visit&& visit) {
    visit(Setting{"requests-per-minute", "at most, retries included; 0: no limit"},
          s.requests_per_minute,
          Range{0, 1'000'000});
    visit(Setting{"tokens-per-minute", "of prompts and replies; 0: no limit"},
          s.tokens_per_minute,
          Range{0, 1e9});
    visit(Setting{"max-calls",
                  "requests of one run, retries included; then no more are sent; 0: no limit"},
          s.max_calls,
          Range{0, 1e9});
    visit(Setting{"max-tokens-total",
                  "tokens of one run, prompts and replies together; then no more are sent; 0: no "
                  "limit"},
          s.max_tokens_total,
          Range{0, 1e15});
    visit(Setting{"max-cost", "likewise money, in the currency of the prices; 0: no limit"},
          s.max_cost,
          Range{0, 1e9});
    visit(Setting{"price-input", "of a million prompt tokens, in any currency; 0: not given"},
          s.price_input,
          Range{0, 1e9});
    visit(Setting{"price-output", "of a million reply tokens; 0: not given"},
          s.price_output,
          Range{0, 1e9});
}

/// ServedSpec: how the server is reached.
template <class Settings, class Visit>
void visit_served_requests(Settings& s, Visit&& visit) {
    visit_requests(s, Setting{"concurrency", "requests in flight to each address"}, visit);
}

/// ServedSpec: how the server is reached, and what may be asked of it. No answer depends on it.
template <class Settings, class Visit>
void visit_served_transport(Settings& s, Visit&& visit) {
    visit_served_requests(s, visit);
    visit_limits(s, visit);
}

/// ApiSettings: how the judge is reached and what it costs. No verdict depends on it.
template <class Settings, class Visit>
void visit_judge_transport(Settings& s, Visit&& visit) {
    visit_requests(
        s,
        Setting{"concurrency", "requests in flight to each judge", "-j,--max-concurrency"},
        visit);
    visit_limits(s, visit);
    visit(Setting{"batch",
                  "true: through the batch API of openai, gemini or anthropic: half the price, "
                  "within 24 hours"},
          s.batch,
          YesNo{});
    visit(Setting{"batch-poll-s", "longest time in seconds between two looks at a batch"},
          s.batch_poll_s,
          Range{0, 3600, true});
    visit(Setting{"allow-version-change",
                  "true: a reply that names another model version does not stop the judge"},
          s.allow_version_change,
          YesNo{});
}

/// EmbeddedSettings.
template <class Settings, class Visit>
void visit_embedded_judge(Settings& s, Visit&& visit) {
    visit(Setting{"reasoning",
                  "true: it writes its reasoning before the verdict, which takes longer"},
          s.reasoning,
          YesNo{});
}

/// EmbeddedSettings that decide no verdict, but whether a prompt fits.
template <class Settings, class Visit>
void visit_embedded_room(Settings& s, Visit&& visit) {
    visit(Setting{"ctx-size", "tokens of prompt and reply; 0: 8192, or 4096 with reasoning"},
          s.ctx_size,
          Range{0, 10'000'000});
}

/// JudgeSpec: every plain setting that a judge of its kind takes, and no other.
template <class Judge, class Visit>
void visit_judge(Judge& judge, Visit&& visit) {
    visit_shown(judge, visit);
    switch (judge.kind()) {
        case JudgeKind::kByHand: return;
        case JudgeKind::kMetric: visit_metric(judge.metric(), visit); return;
        case JudgeKind::kApi:
            visit_replies(judge.api(), visit);
            visit_tags(judge.api(), visit);
            visit_judge_transport(judge.api(), visit);
            return;
        case JudgeKind::kEmbedded:
            visit_replies(judge.embedded(), visit);
            visit_tags(judge.embedded(), visit);
            visit_embedded_judge(judge.embedded(), visit);
            visit_embedded_room(judge.embedded(), visit);
            return;
    }
}

template <class Settings, class Visit>
void visit_judging(Settings& s, Visit&& visit) {
    visit(Setting{"both-orders",
                  "judge each pair twice, each answer first once; costs twice the calls",
                  "--both-orders"},
          s.both_orders,
          YesNo{});
    visit(Setting{"repeats",
                  "ask a part of the pairs this often once more, to see whether a judge repeats "
                  "itself; in no count",
                  "--repeats"},
          s.repeats,
          Range{0, 100});
    visit(
        Setting{"repeat-share", "that part", "--repeat-share"}, s.repeat_share, Range{0, 1, true});
}

/// JudgingSettings that an experiment file or a stored plan names only where they differ.
template <class Settings, class Visit>
void visit_what_is_judged(Settings& s, Visit&& visit) {
    visit(Setting{"strip-thoughts",
                  "judges compare what answers say, without the thoughts before it (<think> and "
                  "its like); false: with them",
                  "--no-strip-thoughts"},
          s.strip_thoughts,
          YesNo{});
}

/// JudgingSettings: who decides. Named only where it is a panel, as above.
template <class Settings, class Visit>
void visit_panel(Settings& s, Visit&& visit) {
    visit(Setting{"panel",
                  "true: the judges named decide together, with equal weights; each must pass its "
                  "own controls",
                  "--panel"},
          s.panel,
          YesNo{});
}

template <class Settings, class Visit>
void visit_analysis(Settings& s, Visit&& visit) {
    visit(Setting{"margin",
                  "margin of the net win rate: the largest net loss (losses - wins, of all) that "
                  "is still acceptable; frozen before judging",
                  "--margin"},
          s.margin,
          Range{0, 1, true, true});
    visit(
        Setting{"alpha", "one-sided error; the deciding interval has level 1 - 2 alpha", "--alpha"},
        s.alpha,
        Range{0, 0.5, true, true});
    visit(Setting{"power", "for the number of further questions; above alpha", "--power"},
          s.power,
          Range{0, 1, true, true});
    visit(Setting{"stopping",
                  "whether judging may end before all is judged; never of a judge that costs "
                  "nothing",
                  "--stopping"},
          s.stopping,
          Words{kStoppingDesigns});
    visit(Setting{"multiplicity",
                  "what may be claimed of several variants; ladder: from the largest file down, "
                  "until one fails",
                  "--multiplicity"},
          s.multiplicity,
          Words{kMultiplicities});
}

/// AnalysisSettings in the block dataset; a stored plan names it only where it is not the default.
template <class Settings, class Visit>
void visit_population(Settings& s, Visit&& visit) {
    visit(
        Setting{"population",
                "what the decision is about; these-questions: a closed set, and nothing is said of "
                "other questions; frozen before judging",
                "--population"},
        s.population,
        Words{kPopulations});
}

/// AnalysisSettings that only `assay plan` uses: they decide nothing.
template <class Settings, class Visit>
void visit_planning(Settings& s, Visit&& visit) {
    visit(Setting{"expected-decisive-rate",
                  "for planning: expected wins and losses among all verdicts",
                  "--decisive-rate"},
          s.expected_decisive_rate,
          Range{0, 1, true});
    visit(Setting{"icc", "for planning: expected correlation of verdicts of one cluster", "--icc"},
          s.icc,
          Range{0, 1});
}

/// AnalysisSettings by which the user confirms what would otherwise be taken for a mistake.
template <class Settings, class Visit>
void visit_confirmations(Settings& s, Visit&& visit) {
    visit(Setting{"accept-equal-answers",
                  "true: answers that equal the expected ones or another source's are meant, so "
                  "they may be recommended on",
                  "--accept-equal-answers"},
          s.accept_equal_answers,
          YesNo{});
    visit(Setting{"accept-metric",
                  "true: a metric may decide alone that a variant may ship, although it does not "
                  "read what an answer means",
                  "--accept-metric"},
          s.accept_metric,
          YesNo{});
}

/// Plan: the settings that stand in no block.
template <class Settings, class Visit>
void visit_blinding(Settings& s, Visit&& visit) {
    visit(Setting{"blinding-seed",
                  "seed of which answer is shown first, and of the order of judging",
                  "--blinding-seed"},
          s.blinding_seed,
          Range{0, 0x1p64});
}

/// Plan: every plain setting but those of judges and served models, with its block ("" for
/// none): visit(block, setting, field, rule).
template <class Settings, class Visit>
void visit_plan(Settings& plan, Visit&& visit) {
    const auto in = [&visit](std::string_view block) {
        return [&visit, block](const Setting& setting, auto& field, const auto& rule) {
            visit(block, setting, field, rule);
        };
    };
    visit_generation(plan.generation, in("generation"));
    visit_samples(plan.generation, in("generation"));
    visit_engine(plan.engine, in("engine"));
    visit_rope(plan.engine.recipe.rope, in("engine"));
    visit_machine(plan.engine, in("engine"));
    visit_judging(plan.judging, in("judging"));
    visit_what_is_judged(plan.judging, in("judging"));
    visit_panel(plan.judging, in("judging"));
    visit_analysis(plan.analysis, in("analysis"));
    visit_planning(plan.analysis, in("analysis"));
    visit_confirmations(plan.analysis, in("analysis"));
    visit_blinding(plan, in(""));
    visit_dataset(plan.dataset, in("dataset"));
    visit_population(plan.analysis, in("dataset"));
    visit_retrieval(plan.retrieval, in("retrieval"));
    visit_embedding(plan.retrieval, in("retrieval"));
}

/// "tokens of an answer; 1 to 1000000": what a setting is and what is allowed.
template <class Rule>
[[nodiscard]] std::string description(const Setting& setting, const Rule& rule) {
    const std::string values = allowed(rule);
    return std::string(setting.what) + (values.empty() ? "" : "; " + values);
}

/// "generation.temp": where a setting of visit_plan stands in an experiment file.
[[nodiscard]] inline std::string key_path(std::string_view block, const Setting& setting) {
    return block.empty() ? std::string(setting.key)
                         : std::string(block) + "." + std::string(setting.key);
}

/// The first setting of the judge that breaks its rule: "temp must be from 0 to 2, not 3". Empty:
/// none does.
[[nodiscard]] inline std::string first_complaint(const JudgeSpec& judge) {
    std::string first;
    visit_judge(judge, [&](const Setting& setting, const auto& field, const auto& rule) {
        const std::string message = complaint(field, rule);
        if (first.empty() && !message.empty()) {
            first = std::string(setting.key) + " " + message;
        }
    });
    return first;
}

}  // namespace assay
