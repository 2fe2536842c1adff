#include "assay/report/audit_json.hpp"

#include <nlohmann/json.hpp>

#include "assay/base/text.hpp"
#include "assay/records/names.hpp"
#include "assay/records/plan.hpp"
#include "assay/report/analysis_json.hpp"
#include "assay/report/shown_history.hpp"
#include "assay/report/variance_section.hpp"

namespace assay::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kSchemaVersion = 1;

Json json_of(const Estimate& estimate) {
    return Json::parse(estimate_to_json(estimate));
}

Json text_or_null(const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(to_valid_utf8(text));
}

Json texts(const std::vector<std::string>& values) {
    Json out = Json::array();
    for (const std::string& value : values) {
        out.push_back(to_valid_utf8(value));
    }
    return out;
}

Json level_of(Confidence level) {
    return level == Confidence::kNone ? Json(nullptr) : Json(name_of(level));
}

Json json_of(const std::optional<Percentiles>& p) {
    return p ? Json{{"median", p->median}, {"p95", p->p95}} : Json(nullptr);
}

Json json_of(const JudgeConduct& c) {
    const bool counts_tokens = c.n_prompt_tokens + c.n_reply_tokens > 0;
    return {{"n", c.n},
            {"n_usable", c.n_usable},
            {"n_invalid", c.n_invalid},
            {"n_errors", c.n_errors},
            {"n_refused", c.n_refused},
            {"failed", json_of(c.failed)},
            {"n_retried", c.n_retried},
            {"n_attempts", c.n_attempts},
            {"n_prompt_tokens", counts_tokens ? Json(c.n_prompt_tokens) : Json(nullptr)},
            {"n_reply_tokens", counts_tokens ? Json(c.n_reply_tokens) : Json(nullptr)},
            {"elapsed_ms", json_of(c.elapsed_ms)},
            {"reasoning_characters", json_of(c.reasoning_characters)},
            {"versions", texts(c.versions)}};
}

Json json_of(const std::optional<Position>& position) {
    if (!position) {
        return nullptr;
    }
    return {{"first_shown_wins", position->first_shown_wins},
            {"second_shown_wins", position->second_shown_wins},
            {"bias", json_of(position->bias)}};
}

Json json_of(const std::vector<ConfidenceControls>& rows) {
    Json out = Json::array();
    for (const ConfidenceControls& row : rows) {
        out.push_back({{"confidence", level_of(row.level)},
                       {"n_identical", row.n_identical},
                       {"n_preferred", row.n_preferred},
                       {"n_swapped", row.n_swapped},
                       {"n_swapped_lost", row.n_swapped_lost}});
    }
    return out;
}

Json json_of(const std::vector<ConfidenceAgreement>& rows) {
    Json out = Json::array();
    for (const ConfidenceAgreement& row : rows) {
        out.push_back({{"confidence", level_of(row.level)},
                       {"n", row.n},
                       {"n_same", row.n_same},
                       {"same", json_of(row.same)}});
    }
    return out;
}

Json json_of(const AuditedVariant& v) {
    Json out{{"variant", to_valid_utf8(v.name)},
             {"label", name_of(v.decision.label)},
             {"net_win_rate", json_of(v.net_win_rate)},
             {"length_controlled",
              v.length_control ? Json{{"net", json_of(v.length_control->net)},
                                      {"label_differs", v.length_control->label_differs}}
                               : Json(nullptr)},
             {"calibration",
              v.calibration ? Json::parse(calibration_to_json(*v.calibration)) : Json(nullptr)},
             {"variance", Json::parse(variance_to_json(v.variance))},
             {"next_step", Json::parse(next_step_to_json(v.next_step))}};
    if (v.decision.on_these_questions) {
        out["population"] = kTheseQuestions;
    }
    return out;
}

Json json_of(const JudgeAudit& judge) {
    Json variants = Json::array();
    for (const AuditedVariant& variant : judge.variants) {
        variants.push_back(json_of(variant));
    }
    return {
        {"name", to_valid_utf8(judge.name)},
        {"provider", to_valid_utf8(judge.provider)},
        {"model", text_or_null(judge.model)},
        {"decides", judge.decides},
        {"people", judge.people},
        {"controls", Json::parse(controls_to_json(judge.controls))},
        {"controls_by_confidence", json_of(judge.controls_by_confidence)},
        {"position", json_of(judge.position)},
        {"flips",
         judge.flips ? Json{{"n", judge.flips->n},
                            {"n_flipped", judge.flips->n_flipped},
                            {"rate", json_of(judge.flips->rate)}}
                     : Json(nullptr)},
        {"repeats", judge.repeats ? Json::parse(repeats_to_json(*judge.repeats)) : Json(nullptr)},
        {"length",
         {{"n", judge.length.n},
          {"n_longer_won", judge.length.n_longer_won},
          {"longer_won", json_of(judge.length.longer_won)}}},
        {"confidence",
         {{"with_people", json_of(judge.with_people)},
          {"with_judges", json_of(judge.with_judges)}}},
        {"conduct", json_of(judge.conduct)},
        {"cost", json_of(judge.cost)},
        {"variants", std::move(variants)},
        {"warnings", texts(judge.warnings)}};
}

Json json_of(const PairAgreement& pair) {
    return {{"first", to_valid_utf8(pair.first)},
            {"second", to_valid_utf8(pair.second)},
            {"n", pair.n},
            {"n_same", pair.n_same},
            {"table", pair.table},
            {"same", json_of(pair.same)},
            {"kappa", json_of(pair.kappa)},
            {"kappa_weighted", json_of(pair.kappa_weighted)},
            {"alpha", json_of(pair.alpha)}};
}

Json json_of(const std::optional<PanelAgreement>& panel) {
    if (!panel) {
        return nullptr;
    }
    return {{"judges", texts(panel->judges)},
            {"n", panel->n},
            {"n_all", panel->n_all},
            {"n_same", panel->n_same},
            {"same", json_of(panel->same)},
            {"alpha", json_of(panel->alpha)},
            {"alpha_interval", json_of(panel->alpha_interval)},
            {"fleiss", json_of(panel->fleiss)}};
}

Json json_of(const std::vector<PairAgreement>& pairs, const std::optional<PanelAgreement>& panel) {
    Json list = Json::array();
    for (const PairAgreement& pair : pairs) {
        list.push_back(json_of(pair));
    }
    return {{"pairs", std::move(list)}, {"panel", json_of(panel)}};
}

}  // namespace

std::string audit_to_json(const RunAudit& audit, int indent) {
    Json judges = Json::array();
    for (const JudgeAudit& judge : audit.judges) {
        judges.push_back(json_of(judge));
        if (!judge.extensions.empty()) {
            judges.back()["extensions"] = Json::parse(extensions_to_json(judge.extensions));
        }
    }
    Json out{{"schema_version", kSchemaVersion},
             {"experiment",
              {{"name", to_valid_utf8(audit.experiment)},
               {"plan_sha256", audit.plan_sha256},
               {"n_questions", audit.n_questions}}},
             {"judges", std::move(judges)},
             {"agreement", json_of(audit.pairs, audit.panel)},
             {"warnings", texts(audit.warnings)}};
    if (!audit.exploratory_reasons.empty()) {
        out["exploratory_reasons"] = texts(audit.exploratory_reasons);
    }
    if (!audit.decisions_shown.empty()) {
        out["decisions_shown"] = Json::parse(shown_to_json(audit.decisions_shown));
    }
    return out.dump(indent);
}

std::string agreement_to_json(const std::vector<PairAgreement>& pairs,
                              const std::optional<PanelAgreement>& panel) {
    return json_of(pairs, panel).dump();
}

}  // namespace assay::report
