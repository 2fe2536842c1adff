#include "assay/report/fidelity_json.hpp"

#include <nlohmann/json.hpp>
#include <string_view>

#include "assay/base/text.hpp"
#include "assay/report/analysis_json.hpp"

namespace assay::report {
namespace {

using Json = nlohmann::ordered_json;

Json estimate_json(const Estimate& estimate) {
    return Json::parse(estimate_to_json(estimate));
}

/// Bytes that are no text are shown as such: half a character of one token, half of the next.
Json token_json(std::int32_t token, std::string_view bytes, double baseline, double variant) {
    return {{"token", token},
            {"text", to_valid_utf8(bytes)},
            {"p_baseline", baseline},
            {"p_variant", variant}};
}

Json divergence_json(const std::optional<Divergence>& divergence) {
    if (!divergence) {
        return nullptr;
    }
    const Divergence& d = *divergence;
    return {
        {"position", d.position},
        {"baseline",
         token_json(
             d.token_baseline, d.text_baseline, d.baseline_of_baseline, d.variant_of_baseline)},
        {"variant",
         token_json(d.token_variant, d.text_variant, d.baseline_of_variant, d.variant_of_variant)}};
}

Json distance_json(const AnswerDistance& distance) {
    return {{"n_tokens", distance.n_tokens},
            {"mean_kld", distance.mean_kld()},
            {"max_kld", distance.max_kld},
            {"n_same_top", distance.n_same_top},
            {"log_prob_difference",
             distance.log_prob_difference_sum / static_cast<double>(distance.n_tokens)},
            {"divergence", divergence_json(distance.divergence)}};
}

Json texts_json(const TextDivergence& divergence) {
    return {{"n_words", divergence.n_words},
            {"baseline", divergence.baseline},
            {"variant", divergence.variant}};
}

Json self_reading_json(const std::optional<SelfReading>& reading) {
    if (!reading) {
        return nullptr;
    }
    return {{"n_answers", reading->n_answers},
            {"n_tokens", reading->n_tokens},
            {"n_exact", reading->n_exact},
            {"mean_kld", reading->mean_kld},
            {"exact", reading->exact()}};
}

Json tokens_json(const std::optional<VariantDistance>& tokens) {
    if (!tokens) {
        return nullptr;
    }
    return {{"n_answers", tokens->n_answers},
            {"n_tokens", tokens->n_tokens},
            {"mean_kld", estimate_json(tokens->mean_kld)},
            {"mean_answer_kld", estimate_json(tokens->mean_answer_kld)},
            {"median_kld", tokens->median_kld},
            {"p90_kld", tokens->p90_kld},
            {"p99_kld", tokens->p99_kld},
            {"max_kld", tokens->max_kld},
            {"same_top", estimate_json(tokens->same_top)},
            {"log_prob_difference", estimate_json(tokens->log_prob_difference)},
            {"n_diverged", tokens->n_diverged},
            {"agreed_tokens", estimate_json(tokens->agreed_tokens)},
            {"horizon", tokens->horizon}};
}

Json told_json(const std::optional<ToldDistance>& told) {
    if (!told) {
        return nullptr;
    }
    return {{"n_answers", told->n_answers},
            {"n_tokens", told->n_tokens},
            {"n_diverged", told->n_diverged},
            {"kld_at_least", estimate_json(told->kld_at_least)},
            {"same_top", estimate_json(told->same_top)}};
}

Json variant_json(const VariantFidelity& v) {
    return {{"variant", to_valid_utf8(v.variant)},
            {"why", v.why.empty() ? Json(nullptr) : Json(to_valid_utf8(v.why))},
            {"tokens", tokens_json(v.tokens)},
            {"told", told_json(v.told)},
            {"identical", estimate_json(v.identical)},
            {"agreed_words", estimate_json(v.agreed_words)},
            {"words_horizon", v.words_horizon},
            {"n_answer_tokens", v.n_answer_tokens},
            {"n_verified_tokens", v.n_verified_tokens}};
}

Json by_kld_json(const OutcomesByKld& rows) {
    Json fifths = Json::array();
    for (const KldFifth& fifth : rows.fifths) {
        fifths.push_back({{"low", fifth.low},
                          {"high", fifth.high},
                          {"n", fifth.counts.n},
                          {"identical", fifth.counts.identical},
                          {"wins", fifth.counts.wins},
                          {"ties", fifth.counts.ties},
                          {"losses", fifth.counts.losses},
                          {"lost", estimate_json(fifth.lost)}});
    }
    return {{"variant", to_valid_utf8(rows.variant)},
            {"judge", to_valid_utf8(rows.judge)},
            {"fifths", std::move(fifths)},
            {"meaning", rows.meaning}};
}

/// Of a lost question.
Json lost_json(const ReportComparison& comparison, const JudgedItem& item) {
    return {{"variant", to_valid_utf8(comparison.analysis.variant)},
            {"judge", to_valid_utf8(comparison.analysis.judge)},
            {"question_id", to_valid_utf8(item.outcome.question_id)},
            {"tokens", item.distance ? distance_json(*item.distance) : Json(nullptr)},
            {"texts", item.text_divergence ? texts_json(*item.text_divergence) : Json(nullptr)}};
}

}  // namespace

std::string fidelity_to_json(const ReportModel& model) {
    Json variants = Json::array(), by_kld = Json::array(), lost = Json::array();
    for (const VariantFidelity& variant : model.fidelity->variants) {
        variants.push_back(variant_json(variant));
    }
    for (const OutcomesByKld& rows : model.fidelity->by_kld) {
        by_kld.push_back(by_kld_json(rows));
    }
    for (const ReportComparison* comparison : deciding_comparisons(model)) {
        for (const JudgedItem& item : comparison->items) {
            if (item.outcome.kind == OutcomeKind::kLoss) {
                lost.push_back(lost_json(*comparison, item));
            }
        }
    }
    return Json{{"self_reading", self_reading_json(model.fidelity->self_reading)},
                {"variants", std::move(variants)},
                {"by_kld", std::move(by_kld)},
                {"lost", std::move(lost)}}
        .dump();
}

std::string distance_to_json(const AnswerDistance& distance) {
    return distance_json(distance).dump();
}

std::string divergence_to_json(const TextDivergence& divergence) {
    return texts_json(divergence).dump();
}

}  // namespace assay::report
