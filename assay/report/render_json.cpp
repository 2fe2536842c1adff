#include "assay/report/render_json.hpp"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string_view>

#include "assay/base/result.hpp"
#include "assay/base/text.hpp"
#include "assay/records/names.hpp"
#include "assay/report/analysis_json.hpp"
#include "assay/report/fidelity_json.hpp"
#include "assay/report/shown_history.hpp"

namespace assay::report {
namespace {

using Json = nlohmann::ordered_json;

std::string text(std::string_view bytes) {
    return to_valid_utf8(bytes);
}

Json text_or_null(std::string_view bytes) {
    return bytes.empty() ? Json(nullptr) : Json(text(bytes));
}

Json texts(const std::vector<std::string>& values) {
    Json out = Json::array();
    for (const std::string& value : values) {
        out.push_back(text(value));
    }
    return out;
}

Json generation_json(const GenerationSettings& g) {
    return {{"system", text(g.system)},
            {"prompt_template", text(g.prompt_template)},
            {"chat_template", text_or_null(g.chat_template)},
            {"temp", g.temp},
            {"top_k", g.top_k},
            {"top_p", g.top_p},
            {"min_p", g.min_p},
            {"repeat_penalty", g.repeat_penalty},
            {"repeat_last_n", g.repeat_last_n},
            {"ctx_size", g.ctx_size},
            {"predict", g.predict},
            {"seed", g.seed},
            {"samples", g.samples == kAutoSamples ? Json("auto") : Json(g.samples)},
            {"stop", texts(g.stop)},
            {"date", text(g.date)},
            {"thinking", g.thinking},
            {"own_template", g.own_template}};
}

Json experiment_json(const ReportModel& model) {
    const ReportExperiment& e = model.experiment;
    Json out{
        {"name", text(e.name)},
        {"plan_sha256", text(e.plan_sha256)},
        {"n_questions", e.n_questions},
        {"margin", e.margin},
        {"alpha", e.alpha},
        {"dataset", {{"file", text(e.dataset_file)}, {"sha256", text_or_null(e.dataset_sha256)}}},
        {"generation",
         any_answered_by_settings(model) ? generation_json(e.generation) : Json(nullptr)},
        {"blinding_seed", e.blinding_seed},
        {"exploratory", e.exploratory}};
    if (e.exploratory) {
        out["exploratory_why"] = text(e.exploratory_why);
        out["exploratory_reasons"] = texts(e.exploratory_reasons);
    }
    out["command"] = text_or_null(e.command);
    if (!e.plan_json.empty()) {
        Json plan = Json::parse(text(e.plan_json), nullptr, false);
        ASSAY_CHECK(!plan.is_discarded());
        out["plan"] = std::move(plan);
    }
    return out;
}

Json file_json(const ModelFile& file) {
    if (file.sha256.empty()) {
        return nullptr;
    }
    Json types = Json::object();
    for (const auto& [type, count] : file.tensor_types) {
        types[text(type)] = count;
    }
    return {{"name", text(std::filesystem::path(file.path).filename().string())},
            {"sha256", text(file.sha256)},
            {"size_bytes", file.size_bytes},
            {"tensor_bytes", file.tensor_bytes},
            {"n_weights", file.n_weights},
            {"bits_per_weight", file.n_weights == 0 ? Json(nullptr) : Json(file.bits_per_weight())},
            {"tensor_types", std::move(types)},
            {"file_type", text_or_null(file.file_type)},
            {"architecture", text_or_null(file.architecture)}};
}

/// Null unless the variant's answers were read from a file.
Json answers_file_json(const std::optional<AnswersFile>& file) {
    if (!file) {
        return nullptr;
    }
    return {{"name", text(std::filesystem::path(file->path).filename().string())},
            {"sha256", text(file->sha256)},
            {"format", text(file->format)},
            {"generator", text_or_null(file->generator)},
            {"n_answers", file->n_answers}};
}

/// Null unless a server runs the model.
Json served_json(const std::optional<ServedModel>& served) {
    if (!served) {
        return nullptr;
    }
    Json out{
        {"provider", text(served->provider)},
        {"address", text(served->address)},
        {"model", text(served->model)},
        {"digest", text_or_null(served->digest)},
        {"quantization", text_or_null(served->quantization)},
        {"server_version", text_or_null(served->server_version)},
        {"size_bytes", served->size_bytes == 0 ? Json(nullptr) : Json(served->size_bytes)},
        {"server", text_or_null(served->server)},
        {"n_parameters", served->n_parameters == 0 ? Json(nullptr) : Json(served->n_parameters)},
        {"chat_template", text_or_null(served->chat_template)},
        {"parameters", text_or_null(served->parameters)}};
    for (const ServedAdapter& adapter : served->adapters) {
        out["adapters"].push_back(
            {{"id", adapter.id}, {"path", text(adapter.path)}, {"scale", adapter.scale}});
    }
    return out;
}

/// Why a figure of the variant's speed is not known.
std::string_view why_no_speed(const Variant& variant) {
    if (variant.answers) {
        return "the answers were made elsewhere";
    }
    if (variant.served) {
        return "what is null the server does not tell";
    }
    return "what is null was not measured in this run";
}

std::string_view source_of(const Variant& variant) {
    if (variant.answers) {
        return "answers";
    }
    return variant.served ? "served" : "file";
}

/// Members that were not measured are null, and then there is a why.
Json speed_json(const ReportVariant& v) {
    const Speed speed = v.speed.value_or(Speed{});
    const auto positive = [](auto value) { return value > 0 ? Json(value) : Json(nullptr); };
    Json out{{"prefill_tokens_per_s", positive(speed.prefill_tokens_per_s)},
             {"median_prompt_ms", positive(v.prompt_ms)},
             {"decode_tokens_per_s", positive(speed.decode_tokens_per_s)},
             {"n_parallel", positive(speed.n_parallel)},
             {"peak_memory_bytes", positive(speed.peak_memory_bytes)}};
    for (const auto& member : out) {
        if (!member.is_null()) {
            continue;
        }
        out["why"] = why_no_speed(v.variant);
        break;
    }
    if (speed.load_s > 0) {
        out["load_s"] = speed.load_s;
    }
    return out;
}

Json modes_json(const char* word, const std::vector<FailureModeRow>& rows) {
    if (rows.empty()) {
        return nullptr;
    }
    Json out = Json::array();
    for (const FailureModeRow& row : rows) {
        out.push_back({{word, row.mode},
                       {"n", row.n},
                       {"baseline", row.baseline},
                       {"variant", row.variant},
                       {"difference", Json::parse(estimate_to_json(row.difference))},
                       {"p_mid", row.p_mid},
                       {"p_holm", row.p_holm}});
    }
    return out;
}

Json lora_json(const LoraUse& lora) {
    Json adapters = Json::array();
    for (const LoraFile& adapter : lora.adapters) {
        adapters.push_back({{"file", text(std::filesystem::path(adapter.path).filename().string())},
                            {"sha256", adapter.sha256},
                            {"size_bytes", adapter.size_bytes},
                            {"scale", adapter.scale}});
    }
    return {{"mode", lora.mode == LoraMode::kApplied ? "applied" : "merged"},
            {"base_sha256", lora.base_sha256},
            {"adapters", std::move(adapters)}};
}

Json variant_json(const ReportVariant& v) {
    Json out = {
        {"name", text(v.variant.name)},
        {"role", name_of(v.variant.role)},
        {"source", source_of(v.variant)},
        {"recipe", text(v.variant.origin)},
        {"engine",
         {{"name", text_or_null(v.engine.name)},
          {"version", text_or_null(v.engine.version)},
          {"fingerprint", text_or_null(v.engine.fingerprint)},
          {"description", text_or_null(v.engine.description)}}},
        {"file", file_json(v.variant.file)},
        {"answers_file", answers_file_json(v.variant.answers)},
        {"served", served_json(v.variant.served)},
        {"speed", speed_json(v)},
        {"answers",
         {{"n", v.n_answers},
          {"failed", v.n_failed},
          {"empty", v.n_empty},
          {"length_stop", v.n_unknown_stop > 0 ? Json(nullptr) : Json(v.n_length_stop)},
          {"contexts_cut", v.n_unknown_contexts > 0 ? Json(nullptr) : Json(v.n_contexts_cut)}}},
        {"independence",
         {{"n_checked", v.independence.n_checked},
          {"n_equal", v.independence.n_checked == 0 ? Json(nullptr) : Json(v.independence.n_equal)},
          {"note", text(v.independence.note)}}},
        {"failure_modes", modes_json("mode", v.failure_modes)}};
    if (v.variant.lora) {
        out["lora"] = lora_json(*v.variant.lora);
    }
    if (v.recipe == RunRecipe() && v.kv_bytes_per_token > 0) {
        out["kv_bytes_per_token"] = v.kv_bytes_per_token;
    }
    if (v.variant.runs_here() && v.recipe != RunRecipe()) {
        out["run_recipe"] = {{"flash_attn", v.recipe.flash_attn},
                             {"cache_type_k", v.recipe.cache_type_k},
                             {"cache_type_v", v.recipe.cache_type_v},
                             {"kv_bytes_per_token", v.kv_bytes_per_token}};
        if (const RopeScaling& rope = v.recipe.rope; rope != RopeScaling()) {
            out["run_recipe"]["rope"] = {{"scaling", rope.scaling},
                                         {"scale", rope.scale},
                                         {"freq_base", rope.freq_base},
                                         {"yarn_orig_ctx", rope.yarn_orig_ctx}};
        }
    }
    return out;
}

Json judge_json(const ReportJudge& judge, bool decides) {
    return {{"name", text(judge.name)},
            {"decides", decides},
            {"provider", text(judge.provider)},
            {"model", text_or_null(judge.model)},
            {"url", text_or_null(judge.url)},
            {"versions", texts(judge.versions)},
            {"n_by_version", judge.n_by_version},
            {"cost", Json::parse(estimate_to_json(judge.cost))},
            {"n_calls", judge.n_calls},
            {"costs_nothing", judge.costs_nothing},
            {"both_orders", judge.both_orders},
            {"repeats", judge.repeats ? Json::parse(repeats_to_json(*judge.repeats)) : Json()},
            {"show_contexts", judge.show_contexts},
            {"show_expected", judge.show_expected}};
}

/// Nothing but where verdicts of other runs were at hand.
void add_reuse(Json& out, const std::optional<VerdictReuse>& reuse) {
    if (reuse) {
        out["cache"] = {{"n_taken", reuse->n_taken},
                        {"n_again", reuse->n_again},
                        {"n_same", reuse->n_same},
                        {"stopped", reuse->stopped}};
    }
}

Json comparison_json(const ReportComparison& comparison) {
    const ComparisonAnalysis& analysis = comparison.analysis;
    Json out{{"variant", text(analysis.variant)},
             {"baseline", text(analysis.baseline)},
             {"judge", text(analysis.judge)}};
    Json rest = Json::parse(analysis_to_json(analysis));
    rest.erase("schema_version");  // that of `assay stats`; a report has its own
    out.update(rest);
    out["tags"] = modes_json("tag", comparison.tags);
    return out;
}

Json panel_json(const ReportModel& model) {
    Json judges = Json::array(), comparisons = Json::array(), correlations = Json::array();
    for (const ReportJudge& judge : model.judges) {
        judges.push_back(text(judge.name));
    }
    for (const ReportComparison& comparison : model.panel->comparisons) {
        comparisons.push_back(comparison_json(comparison));
    }
    for (const PanelCorrelation& each : model.panel->correlations) {
        correlations.push_back(
            {{"variant", text(each.variant)},
             {"n_questions", each.n_questions},
             {"variance", each.variance},
             {"covariance", each.covariance},
             {"correlation", each.correlation ? Json(*each.correlation) : Json(nullptr)}});
    }
    return {{"name", kPanelName},
            {"judges", std::move(judges)},
            {"comparisons", std::move(comparisons)},
            {"correlations", std::move(correlations)}};
}

Json leg_json(const LegQuality& leg) {
    const auto estimate = [](const Estimate& e) { return Json::parse(estimate_to_json(e)); };
    return {{"leg", leg.leg},
            {"hit_at_1", estimate(leg.hit_at_1)},
            {"hit_at_4", estimate(leg.hit_at_4)},
            {"hit_at_10", estimate(leg.hit_at_10)},
            {"mrr_at_10", estimate(leg.mrr)},
            {"recall_at_4", estimate(leg.recall_at_4)},
            {"recall_at_10", estimate(leg.recall_at_10)}};
}

Json outcomes_json(const Counts& counts) {
    return {
        {"n", counts.n}, {"wins", counts.wins}, {"ties", counts.ties}, {"losses", counts.losses}};
}

Json embedder_json(const EmbedderReport& embedder) {
    return {{"model", text(embedder.model)},
            {"n_dims", embedder.n_dims},
            {"n_tokens", embedder.n_tokens},
            {"n_cut_passages", embedder.n_cut},
            {"n_cut_questions", embedder.n_cut_questions}};
}

Json retrieval_json(const ReportModel& model) {
    const RetrievalReport& r = *model.retrieval;
    Json legs = Json::array(), by_hit = Json::array();
    for (const LegQuality& leg : r.legs) {
        legs.push_back(leg_json(leg));
    }
    for (const OutcomesByHit& row : model.outcomes_by_hit) {
        by_hit.push_back({{"variant", text(row.variant)},
                          {"judge", text(row.judge)},
                          {"hit", outcomes_json(row.hit)},
                          {"miss", outcomes_json(row.miss)}});
    }
    return {{"corpus", text(r.corpus)},
            {"n_files", r.n_files},
            {"left_out", text(r.left_out)},
            {"n_passages", r.n_passages},
            {"passages_sha256", text(r.passages_sha256)},
            {"duplicates", texts(r.duplicates)},
            {"top", r.top},
            {"rules", texts(r.rules)},
            {"embedder", r.embedder ? embedder_json(*r.embedder) : Json(nullptr)},
            {"n_questions", r.n_questions},
            {"n_without_contexts", r.n_without},
            {"mean_context_words", r.mean_words},
            {"mean_context_tokens", r.mean_tokens ? Json(*r.mean_tokens) : Json(nullptr)},
            {"n_with_gold", r.n_gold},
            {"n_hit", r.legs.empty() ? Json(nullptr) : Json(r.n_hit)},
            {"quality", legs.empty() ? Json(nullptr) : std::move(legs)},
            {"n_with_expected", r.n_expected},
            {"n_leaked", r.n_expected == 0 ? Json(nullptr) : Json(r.n_leaked)},
            {"n_questions_in_contexts", r.n_found_themselves},
            {"outcomes_by_hit", by_hit.empty() ? Json(nullptr) : std::move(by_hit)}};
}

}  // namespace

std::string render_json(const ReportModel& model) {
    Json variants = Json::array(), judges = Json::array(), comparisons = Json::array();
    for (const ReportVariant& variant : model.variants) {
        variants.push_back(variant_json(variant));
    }
    for (const ReportJudge& judge : model.judges) {
        judges.push_back(judge_json(judge, decides(model, judge)));
        add_reuse(judges.back(), judge.reuse);
    }
    for (const ReportComparison& c : model.comparisons) {
        comparisons.push_back(comparison_json(c));
    }
    Json controls = Json::array();
    for (const ReportJudge& judge : model.judges) {
        Json entry{{"judge", text(judge.name)}};
        entry.update(Json::parse(controls_to_json(judge.controls)));
        if (!judge.extensions.empty()) {
            entry["extensions"] = Json::parse(extensions_to_json(judge.extensions));
        }
        controls.push_back(std::move(entry));
    }
    const Recommendation& r = model.recommendation;
    const EqualityProof& proof = model.proof;
    const HostInfo& host = model.host;
    Json out{{"schema_version", 1},
             {"experiment", experiment_json(model)},
             {"variants", std::move(variants)},
             {"judges", std::move(judges)},
             {"comparisons", std::move(comparisons)},
             {"controls", std::move(controls)},
             {"recommendation",
              {{"variant", r.variant ? Json(text(*r.variant)) : Json(nullptr)},
               {"sentence", text(r.sentence)}}},
             {"proof",
              {{"n_prompts_compared", proof.n_prompts_compared},
               {"n_prompts_equal", proof.n_prompts_equal},
               {"same_engine", proof.same_engine},
               {"notes", texts(proof.notes)}}},
             {"host",
              {{"cpu", text_or_null(host.cpu)},
               {"cores", host.cores > 0 ? Json(host.cores) : Json(nullptr)},
               {"os", text_or_null(host.os)}}}};
    if (model.panel) {
        out["panel"] = panel_json(model);
    }
    if (!model.warnings.empty()) {
        out["warnings"] = texts(model.warnings);
    }
    if (!model.decisions_shown.empty()) {
        out["decisions_shown"] = Json::parse(shown_to_json(model.decisions_shown));
    }
    if (model.fidelity) {
        out["fidelity"] = Json::parse(fidelity_to_json(model));
    }
    if (model.retrieval) {
        out["retrieval"] = retrieval_json(model);
    }
    if (!model.data_notes.empty()) {
        out["data_notes"] = texts(model.data_notes);
    }
    return out.dump(2) + "\n";
}

}  // namespace assay::report
