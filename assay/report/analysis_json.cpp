#include "assay/report/analysis_json.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "assay/base/text.hpp"
#include "assay/records/names.hpp"
#include "assay/records/plan.hpp"
#include "assay/report/second_interval.hpp"
#include "assay/report/stats_document.hpp"

namespace assay::report {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(std::optional<double> value) {
    return value ? Json(*value) : Json(nullptr);
}

/// A reason is there only where there is something to explain.
void add_why(Json& out, const std::string& why) {
    if (!why.empty()) {
        out["why"] = to_valid_utf8(why);
    }
}

Json json_of(const Estimate& estimate) {
    Json out{{"value", json_of(estimate.value)},
             {"low", json_of(estimate.low)},
             {"high", json_of(estimate.high)},
             {"confidence", estimate.confidence},
             {"n", estimate.n},
             {"method", estimate.method}};
    add_why(out, estimate.why);
    return out;
}

Json json_of(const Calibration& c) {
    Json people = Json::array();
    for (const std::string& name : c.people) {
        people.push_back(to_valid_utf8(name));
    }
    return {{"people", std::move(people)},
            {"n_labelled", c.n_labelled},
            {"n_judge_only", c.n_judge_only},
            {"n_settled", c.n_settled},
            {"people_on_labelled", json_of(c.people_on_labelled)},
            {"judge_on_labelled", json_of(c.judge_on_labelled)},
            {"lambda", json_of(c.lambda)},
            {"net", json_of(c.net)},
            {"label", name_of(c.label)},
            {"label_differs", c.label_differs},
            {"note", c.note}};
}

Json json_of(const Counts& c) {
    return {{"n_items", c.n_items},
            {"n", c.n},
            {"wins", c.wins},
            {"ties", c.ties},
            {"losses", c.losses},
            {"identical", c.identical},
            {"invalid", c.invalid},
            {"errors", c.errors},
            {"refused", c.refused},
            {"not_judged", c.not_judged},
            {"no_answer_variant", c.no_answer_variant},
            {"no_answer_baseline", c.no_answer_baseline}};
}

Json json_of(const EffectSize& effect) {
    Json out{{"abs_2p_minus_1", json_of(effect.abs_2p_minus_1)},
             {"cohens_h", json_of(effect.cohens_h)}};
    add_why(out, effect.why);
    return out;
}

Json json_of(const DetectableEffect& mde) {
    Json out{{"net", json_of(mde.net)},
             {"decisive_win_rate", json_of(mde.decisive_win_rate)},
             {"power", mde.power},
             {"alpha", mde.alpha}};
    if (!mde.method.empty()) {
        out["method"] = mde.method;
    }
    add_why(out, mde.why);
    return out;
}

Json json_of(const PositionRow& row) {
    return {{"wins", row.wins}, {"losses", row.losses}, {"ties", row.ties}};
}

Json json_of(const std::optional<Position>& position) {
    if (!position) {
        return nullptr;
    }
    Json out{{"variant_first", json_of(position->variant_first)},
             {"variant_second", json_of(position->variant_second)},
             {"first_shown_wins", position->first_shown_wins},
             {"second_shown_wins", position->second_shown_wins},
             {"bias", json_of(position->bias)},
             {"net_stratified", json_of(position->net_stratified)},
             {"p_sign", json_of(position->p_sign)},
             {"p_fisher", json_of(position->p_fisher)}};
    if (!position->p_fisher_method.empty()) {
        out["p_fisher_method"] = position->p_fisher_method;
    }
    return out;
}

Json json_of(const std::vector<ConfidenceRow>& rows) {
    Json out = Json::array();
    for (const ConfidenceRow& row : rows) {
        const std::string_view level = row.level == Confidence::kNone ? "none" : name_of(row.level);
        out.push_back(
            {{"level", level}, {"wins", row.wins}, {"losses", row.losses}, {"ties", row.ties}});
    }
    return out;
}

Json json_of(const EquivalenceTest& tost) {
    return {{"p_lower", tost.p_lower},
            {"p_upper", tost.p_upper},
            {"p_tost", tost.p_tost},
            {"smallest_margin", json_of(tost.smallest_margin)}};
}

Json json_of(const std::optional<ClusterSummary>& clusters) {
    if (!clusters) {
        return nullptr;
    }
    Json out{{"n_clusters", clusters->n_clusters},
             {"largest", clusters->largest},
             {"n_effective", clusters->n_effective},
             {"design_effect", json_of(clusters->design_effect)},
             {"design_effect_used", clusters->design_effect_used},
             {"p_sign_flip", json_of(clusters->p_sign_flip)}};
    if (!clusters->p_sign_flip_method.empty()) {
        out["p_sign_flip_method"] = clusters->p_sign_flip_method;
    }
    add_why(out, clusters->why);
    return out;
}

Json json_of(const std::optional<QuestionSummary>& questions) {
    if (!questions) {
        return nullptr;
    }
    Json out{{"n", questions->n},
             {"n_left_out", questions->n_left_out},
             {"verdicts_each", questions->verdicts_each},
             {"n_won", questions->n_won},
             {"n_even", questions->n_even},
             {"n_lost", questions->n_lost},
             {"p_sign_flip", json_of(questions->p_sign_flip)}};
    if (!questions->p_sign_flip_method.empty()) {
        out["p_sign_flip_method"] = questions->p_sign_flip_method;
    }
    return out;
}

Json json_of(const std::optional<BothOrders>& both) {
    if (!both) {
        return nullptr;
    }
    Json means = Json::object();
    static constexpr std::array<const char*, 5> kMeans{"-1", "-0.5", "0", "0.5", "1"};
    for (std::size_t i = 0; i < kMeans.size(); ++i) {
        means[kMeans[i]] = both->means[i];
    }
    return {{"n", both->n},
            {"n_one_order", both->n_one_order},
            {"n_flipped", both->n_flipped},
            {"flip_rate", json_of(both->flip_rate)},
            {"primacy_flips", both->primacy_flips},
            {"recency_flips", both->recency_flips},
            {"p_primacy_vs_recency", json_of(both->p_primacy_vs_recency)},
            {"kappa", json_of(both->kappa)},
            {"question_means", std::move(means)},
            {"conservative",
             {{"wins", both->conservative_wins},
              {"ties", both->conservative_ties},
              {"losses", both->conservative_losses}}}};
}

/// Members of the comparison itself, after the others.
void add_companions(Json& out, const Companions& c) {
    const DecisiveTost& decisive = c.decisive_tost;
    out["decisive_tost"] = {{"p_lower", decisive.p_lower},
                            {"p_upper", decisive.p_upper},
                            {"p_tost", decisive.p_tost},
                            {"same_margin", json_of(decisive.same_margin)}};
    add_why(out["decisive_tost"], decisive.why);
    out["exact_tost"] = {{"p_lower", json_of(c.exact_tost.p_lower)},
                         {"p_upper", json_of(c.exact_tost.p_upper)},
                         {"p_tost", json_of(c.exact_tost.p_tost)}};
    add_why(out["exact_tost"], c.exact_tost.why);
    Json posteriors = Json::array();
    for (const Posterior& p : c.posteriors) {
        posteriors.push_back({{"prior", p.prior},
                              {"p_equivalent", p.p_equivalent},
                              {"p_noninferior", p.p_noninferior},
                              {"p_better", p.p_better},
                              {"mean", p.mean},
                              {"low", p.low},
                              {"high", p.high}});
    }
    out["bayes"] = {{"status", kBayesStatus}, {"posteriors", std::move(posteriors)}};
    add_why(out["bayes"], c.posteriors_why);
    Json flips = Json::array();
    for (const LabelFlip& flip : c.outlook.flips) {
        flips.push_back({{"change", flip.change},
                         {"n", flip.n ? Json(*flip.n) : Json(nullptr)},
                         {"label", flip.label ? Json(name_of(*flip.label)) : Json(nullptr)}});
    }
    out["outlook"] = {
        {"smallest_margin_equivalent", json_of(c.outlook.smallest_margin_equivalent)},
        {"smallest_margin_noninferior", json_of(c.outlook.smallest_margin_noninferior)},
        {"n_more_if_observed",
         c.outlook.n_more_if_observed ? Json(*c.outlook.n_more_if_observed) : Json(nullptr)},
        {"flips", std::move(flips)}};
}

Json json_of(const Decision& decision) {
    Json out{{"label", name_of(decision.label)},
             {"beyond_margin", decision.beyond_margin},
             {"detectably_worse", decision.detectably_worse},
             {"detectably_better", decision.detectably_better},
             {"margin", decision.margin},
             {"alpha", decision.alpha},
             {"claimed", decision.claimed ? Json(*decision.claimed) : Json(nullptr)},
             {"n_more", decision.n_more ? Json(*decision.n_more) : Json(nullptr)},
             {"n_more_ship", decision.n_more_ship ? Json(*decision.n_more_ship) : Json(nullptr)},
             {"why", to_valid_utf8(decision.why)}};
    if (decision.on_these_questions) {
        out["population"] = kTheseQuestions;
    }
    return out;
}

Json json_of(const std::optional<LengthControl>& control) {
    if (!control) {
        return nullptr;
    }
    return {{"net", json_of(control->net)}, {"label_differs", control->label_differs}};
}

Json json_of(const std::optional<StoppingSummary>& stopping) {
    if (!stopping) {
        return nullptr;
    }
    return {{"design", stopping->design},
            {"n_planned", stopping->n_planned},
            {"n_used", stopping->n_used},
            {"looks", stopping->looks},
            {"stopped_early", stopping->stopped_early},
            {"alpha_spent", stopping->alpha_spent},
            {"sentence", to_valid_utf8(stopping->sentence)}};
}

Json json_of(const SmallSample& sample) {
    return {{"n_units", sample.n_units},
            {"p_not_worse", sample.p_not_worse},
            {"p_not_better", sample.p_not_better},
            {"p_worse", sample.p_worse},
            {"p_better", sample.p_better},
            {"p_beyond", sample.p_beyond}};
}

Json json_of(const ExtremeCase& extreme) {
    return {{"decision", json_of(extreme.decision)},
            {"net_win_rate", json_of(extreme.net_win_rate)}};
}

Json json_of(const ComparisonAnalysis& a) {
    const SignTest& sign = a.sign_test;
    Json out{{"counts", json_of(a.counts)},
             {"win_rate_decisive", json_of(a.win_rate_decisive)},
             {"loss_rate_decisive", json_of(a.loss_rate_decisive)},
             {"net_win_rate", json_of(a.net_win_rate)},
             {"score", json_of(a.score)},
             {"failure_rate", json_of(a.failure_rate)},
             {"sign_test",
              {{"exact", sign.exact},
               {"mid_p", sign.mid_p},
               {"normal_corrected", sign.normal_corrected}}},
             {"effect_size", json_of(a.effect_size)},
             {"mde", json_of(a.mde)},
             {"position", json_of(a.position)},
             {"both_orders", json_of(a.both_orders)},
             {"confidence", json_of(a.confidence)},
             {"tost", json_of(a.tost)},
             {"clusters", json_of(a.clusters)},
             {"questions", json_of(a.questions)},
             {"these_questions", a.these_questions ? json_of(*a.these_questions) : Json(nullptr)},
             {"decision", json_of(a.decision)},
             {"length_controlled", json_of(a.length_control)},
             {"calibration", a.calibration ? json_of(*a.calibration) : Json(nullptr)},
             {"stopping", json_of(a.stopping)},
             {"worst_case", json_of(a.worst_case)},
             {"best_case", json_of(a.best_case)}};
    if (a.questions_like_these) {
        out["questions_like_these"] = json_of(*a.questions_like_these);
    }
    if (a.small_sample) {
        out["small_sample"] = json_of(*a.small_sample);
    }
    if (a.graded_net_win_rate) {
        out["graded_net_win_rate"] = json_of(*a.graded_net_win_rate);
    }
    if (a.companions) {
        add_companions(out, *a.companions);
    }
    if (a.cluster_interval) {
        out["cluster_interval"] = json_of(*a.cluster_interval);
        out["cluster_interval"]["contradicts"] = second_interval_contradicts(a);
    }
    return out;
}

}  // namespace

std::string controls_to_json(const ControlsSummary& c, int indent) {
    Json by_damage = Json::array();
    for (const DamageRow& row : c.by_damage) {
        by_damage.push_back({{"damage", name_of(row.damage)},
                             {"n", row.n},
                             {"n_lost", row.n_lost},
                             {"n_won", row.n_won},
                             {"lost", json_of(row.lost)},
                             {"sight", name_of(row.sight)}});
    }
    const Json out{{"passed", c.passed},
                   {"why", c.why.empty() ? Json(nullptr) : Json(to_valid_utf8(c.why))},
                   {"identical",
                    {{"n", c.n_identical},
                     {"n_preferred", c.n_preferred},
                     {"n_first_preferred", c.n_first_preferred},
                     {"n_failed", c.n_identical_failed},
                     {"side_preferred", json_of(c.side_preferred)}}},
                   {"null_preferred", json_of(c.null_preferred)},
                   {"swapped",
                    {{"n", c.n_swapped},
                     {"n_lost", c.n_swapped_lost},
                     {"swapped_lost", json_of(c.swapped_lost)}}},
                   {"reformatted",
                    {{"n", c.n_reformatted},
                     {"n_preferred", c.n_reformatted_preferred},
                     {"form_preferred", json_of(c.form_preferred)}}},
                   {"damaged",
                    {{"n", c.n_damaged},
                     {"n_lost", c.n_damaged_lost},
                     {"n_won", c.n_damaged_won},
                     {"damaged_lost", json_of(c.damaged_lost)},
                     {"net_detection", json_of(c.net_detection)},
                     {"net_detection_of_facts", json_of(c.net_detection_of_facts)},
                     {"by_damage", by_damage}}},
                   {"padded",
                    {{"n", c.n_padded},
                     {"n_won", c.n_padded_won},
                     {"padded_won", json_of(c.padded_won)},
                     {"prefers_padding", c.prefers_padding}}},
                   {"truncated",
                    {{"n", c.n_truncated},
                     {"n_lost", c.n_truncated_lost},
                     {"truncated_lost", json_of(c.truncated_lost)}}},
                   {"n_pending", c.n_pending}};
    return out.dump(indent);
}

std::string calibration_to_json(const Calibration& calibration) {
    return json_of(calibration).dump();
}

std::string extensions_to_json(std::span<const ExtensionSummary> extensions, int indent) {
    Json out = Json::array();
    for (const ExtensionSummary& extension : extensions) {
        Json variants = Json::array();
        for (const std::string& variant : extension.variants) {
            variants.push_back(to_valid_utf8(variant));
        }
        const Recheck& r = extension.recheck;
        out.push_back({{"number", extension.number},
                       {"variants", std::move(variants)},
                       {"controls", Json::parse(controls_to_json(extension.controls))},
                       {"recheck",
                        {{"passed", r.passed},
                         {"why", r.why.empty() ? Json(nullptr) : Json(to_valid_utf8(r.why))},
                         {"n", r.n},
                         {"n_same", r.n_same},
                         {"same", json_of(r.same)},
                         {"n_better", r.n_better},
                         {"n_worse", r.n_worse},
                         {"p_shift", r.p_shift},
                         {"n_pending", r.n_pending}}}});
    }
    return out.dump(indent);
}

std::string repeats_to_json(const RepeatStability& r, int indent) {
    const auto number = [](const std::optional<double>& value) {
        return value ? Json(*value) : Json(nullptr);
    };
    return Json{{"n", r.n},
                {"n_same", r.n_same},
                {"same", json_of(r.same)},
                {"within_variance", number(r.within_variance)},
                {"icc", number(r.icc)}}
        .dump(indent);
}

std::string estimate_to_json(const Estimate& estimate) {
    return json_of(estimate).dump();
}

std::string analysis_to_json(const ComparisonAnalysis& a, int indent) {
    Json out{{"schema_version", kAnalysisSchemaVersion}};
    out.update(json_of(a));
    return out.dump(indent);
}

}  // namespace assay::report
