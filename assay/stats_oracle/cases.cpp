#include "assay/stats_oracle/cases.hpp"

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "assay/stats/agreement.hpp"
#include "assay/stats/bayes.hpp"
#include "assay/stats/bootstrap.hpp"
#include "assay/stats/bradley_terry.hpp"
#include "assay/stats/clusters.hpp"
#include "assay/stats/distributions.hpp"
#include "assay/stats/equivalence.hpp"
#include "assay/stats/exact.hpp"
#include "assay/stats/fisher.hpp"
#include "assay/stats/multiplicity.hpp"
#include "assay/stats/net_intervals.hpp"
#include "assay/stats/position.hpp"
#include "assay/stats/proportion.hpp"
#include "assay/stats/robust.hpp"
#include "assay/stats/sample_size.hpp"
#include "assay/stats/sensitivity.hpp"
#include "assay/stats/sequential.hpp"
#include "assay/stats/sign_test.hpp"
#include "assay/stats/sign_test_power.hpp"
#include "assay/stats/tango.hpp"

namespace assay::stats_oracle {
namespace {

using Json = nlohmann::ordered_json;
using namespace assay::stats;

Json value(double x) {
    if (std::isnan(x)) {
        return "nan";
    }
    if (std::isinf(x)) {
        return x > 0 ? "inf" : "-inf";
    }
    return x;
}
Json value(std::optional<double> x) {
    return x ? value(*x) : Json(nullptr);
}
Json value(std::optional<std::int64_t> x) {
    return x ? Json(*x) : Json(nullptr);
}
Json value(const std::vector<double>& x) {
    Json out = Json::array();
    for (const double item : x) {
        out.push_back(value(item));
    }
    return out;
}
Json pair(const Interval& interval) {
    return value(std::vector<double>{interval.low, interval.high});
}

/// An object with the given names, all null: what a function gives that is undefined as a whole.
Json undefined(std::initializer_list<const char*> names) {
    Json out = Json::object();
    for (const char* name : names) {
        out[name] = nullptr;
    }
    return out;
}

double number(const Json& in, const char* name) {
    return in.at(name).get<double>();
}
std::vector<double> numbers(const Json& in, const char* name) {
    return in.at(name).get<std::vector<double>>();
}

std::int64_t whole(const Json& x) {
    const double as_double = x.get<double>();
    if (as_double != std::floor(as_double) || std::abs(as_double) > 9e15) {
        throw std::invalid_argument("a count is not a whole number");
    }
    return static_cast<std::int64_t>(as_double);
}
std::int64_t count(const Json& in, const char* name) {
    return whole(in.at(name));
}
NetCounts counts(const Json& in) {
    return net_counts(count(in, "wins"), count(in, "losses"), count(in, "ties"));
}
/// For the functions that are told n instead of the ties.
NetCounts counts_of_n(const Json& in) {
    const std::int64_t wins = count(in, "wins"), losses = count(in, "losses");
    return net_counts(wins, losses, count(in, "n") - wins - losses);
}

std::vector<std::vector<std::int64_t>> table(const Json& rows) {
    std::vector<std::vector<std::int64_t>> out;
    for (const Json& row : rows) {
        out.emplace_back();
        for (const Json& cell : row) {
            out.back().push_back(whole(cell));
        }
    }
    return out;
}

Json interval_json(const std::optional<NetInterval>& interval, bool with_estimate) {
    if (!interval) {
        return undefined({"est", "lo", "hi"});
    }
    Json out{{"lo", value(interval->low)}, {"hi", value(interval->high)}};
    if (with_estimate) {
        out["est"] = value(interval->estimate);
    }
    return out;
}

// --- tests and intervals ---

Json case_sign_test(const Json& in) {
    const SignTestResult r = sign_test(count(in, "wins"), count(in, "losses"));
    return {{"p_two", value(r.two_sided)},
            {"p_less", value(r.less)},
            {"p_greater", value(r.greater)},
            {"p_mid", value(r.mid_p)}};
}

Json case_mcnemar(const Json& in) {
    const std::int64_t b = count(in, "b"), c = count(in, "c");
    const SignTestResult exact = sign_test(b, c);
    const McNemarResult r = mcnemar(b, c);
    return {{"p_exact", value(exact.two_sided)},
            {"p_mid", value(exact.mid_p)},
            {"chi2", value(r.chi2)},
            {"p_asym", value(r.p_asymptotic)},
            {"chi2_cc", value(r.chi2_corrected)},
            {"p_cc", value(r.p_corrected)}};
}

Json case_binom_minlike(const Json& in) {
    return {
        {"p_two", value(binomial_test_minlike(count(in, "x"), count(in, "n"), number(in, "p0")))}};
}

Json interval_json(const Interval& interval) {
    return {{"lo", value(interval.low)}, {"hi", value(interval.high)}};
}
Json case_wilson(const Json& in) {
    return interval_json(wilson(count(in, "x"), count(in, "n"), number(in, "conf")));
}
Json case_clopper_pearson(const Json& in) {
    return interval_json(clopper_pearson(count(in, "x"), count(in, "n"), number(in, "conf")));
}

Json case_tango_ci(const Json& in) {
    return interval_json(tango_interval(counts_of_n(in), normal_critical(number(in, "conf"))),
                         true);
}
Json case_tango_z(const Json& in) {
    return {{"z", value(tango_z(counts_of_n(in), number(in, "delta0")))}};
}
Json case_tango_effective(const Json& in) {
    const NetCounts divided = effective(counts(in), number(in, "deff"));
    return interval_json(tango_interval(divided, normal_critical(number(in, "conf"))), true);
}

Json case_mover(const Json& in) {
    return interval_json(
        mover_wilson(count(in, "wins"), count(in, "losses"), count(in, "ties"), number(in, "conf")),
        true);
}
Json case_bonett_price(const Json& in) {
    return interval_json(
        bonett_price(count(in, "wins"), count(in, "losses"), count(in, "ties"), number(in, "conf")),
        false);
}
Json case_wald(const Json& in) {
    return interval_json(
        wald(count(in, "wins"), count(in, "losses"), count(in, "ties"), number(in, "conf")), true);
}
Json case_newcombe(const Json& in) {
    const PairedTable t{count(in, "a"), count(in, "b"), count(in, "c"), count(in, "d")};
    return interval_json(newcombe_paired(t, number(in, "conf")), true);
}

// --- equivalence ---

Json case_tost_score(const Json& in) {
    const auto r = tost_score(counts(in), number(in, "margin"));
    if (!r) {
        return undefined({"z_lower", "z_upper", "p_lower", "p_upper", "p_tost"});
    }
    return {{"z_lower", value(r->z_lower)},
            {"z_upper", value(r->z_upper)},
            {"p_lower", value(r->p_lower)},
            {"p_upper", value(r->p_upper)},
            {"p_tost", value(r->p_tost)}};
}

Json case_smallest_margin(const Json& in) {
    return {{"margin", value(smallest_equivalence_margin(counts(in), number(in, "alpha")))}};
}

Json case_tost_binomial(const Json& in) {
    const BinomialTost r = tost_binomial_decisive(
        count(in, "wins"), count(in, "losses"), number(in, "margin"));
    return {
        {"p_lower", value(r.p_lower)}, {"p_upper", value(r.p_upper)}, {"p_tost", value(r.p_tost)}};
}

Json case_unconditional_ni(const Json& in) {
    return {{"p",
             value(exact_unconditional_noninferiority(
                 count(in, "wins"), count(in, "losses"), count(in, "n"), number(in, "margin")))}};
}

const char* region_name(Region region) {
    switch (region) {
        case Region::kEquivalent: return "equivalent";
        case Region::kNonInferior: return "non_inferior";
        case Region::kDegraded: return "degraded";
        case Region::kInconclusive: return "inconclusive";
    }
    return "";
}

Json case_decision(const Json& in) {
    const auto r = decide(counts(in),
                          {.margin = number(in, "margin"), .alpha = number(in, "alpha")});
    if (!r) {
        return undefined(
            {"label", "lo", "hi", "n_total_if_zero", "n_more_if_zero", "n_total_if_observed"});
    }
    return {{"label", region_name(r->region)},
            {"lo", value(r->interval.low)},
            {"hi", value(r->interval.high)},
            {"detectably_worse", r->detectably_worse},
            {"detectably_better", r->detectably_better},
            {"beyond_margin", r->beyond_margin},
            {"n_total_if_zero", value(r->n_total_if_zero)},
            {"n_more_if_zero", value(r->n_more_if_zero)},
            {"n_total_if_observed", value(r->n_total_if_observed)}};
}

Json case_operating(const Json& in) {
    const auto r = operating_characteristics({.n = count(in, "n"),
                                              .decisive_rate = number(in, "decisive_rate"),
                                              .delta = number(in, "delta"),
                                              .margin = number(in, "margin"),
                                              .alpha = number(in, "alpha")});
    if (!r) {
        return undefined({"p_equivalent",
                          "p_non_inferior",
                          "p_degraded",
                          "p_inconclusive",
                          "tango_coverage",
                          "sign_test_reject"});
    }
    return {{"p_equivalent", value(r->p_equivalent)},
            {"p_non_inferior", value(r->p_non_inferior)},
            {"p_degraded", value(r->p_degraded)},
            {"p_inconclusive", value(r->p_inconclusive)},
            {"tango_coverage", value(r->tango_coverage)},
            {"sign_test_reject", value(r->sign_test_reject)}};
}

// --- effect sizes, power, sample size ---

Json case_cohen_h(const Json& in) {
    return {{"h", value(cohens_h(number(in, "p1"), number(in, "p2")))}};
}

Json case_sign_power(const Json& in) {
    const SignTestPower r = sign_test_power(count(in, "n"), number(in, "p"), number(in, "alpha"));
    return {{"critical_c", r.critical_c}, {"power", value(r.power)}};
}
Json case_sign_mde(const Json& in) {
    const auto p = sign_test_detectable(count(in, "n"), number(in, "power"), number(in, "alpha"));
    if (!p) {
        return undefined({"p", "mde"});
    }
    return {{"p", value(*p)}, {"mde", value(*p - 0.5)}};
}
Json case_sign_sample_size(const Json& in) {
    const auto r = sign_test_sample_size(number(in, "p"), number(in, "power"), number(in, "alpha"));
    if (!r) {
        return undefined({"n_first", "n_stable"});
    }
    return {{"n_first", r->n_first}, {"n_stable", r->n_stable}};
}

DifferenceDesign difference(const Json& in) {
    return {.decisive_rate = number(in, "decisive_rate"),
            .power = number(in, "power"),
            .alpha = number(in, "alpha")};
}
EquivalenceDesign equivalence(const Json& in) {
    return {.decisive_rate = number(in, "decisive_rate"),
            .delta = number(in, "delta"),
            .margin = number(in, "margin"),
            .alpha = number(in, "alpha")};
}
Json case_mde_net(const Json& in) {
    const auto r = mde_net_normal(difference(in), number(in, "n"));
    if (!r) {
        return undefined({"mde_net", "mde_score", "mde_winrate_decisive"});
    }
    return {{"mde_net", value(r->net)},
            {"mde_score", value(r->score)},
            {"mde_winrate_decisive", value(r->decisive_win_rate)}};
}
Json case_n_superiority(const Json& in) {
    return {{"n", value(sample_size_superiority(difference(in), number(in, "delta")))}};
}
Json case_tost_power(const Json& in) {
    return {{"power", value(tost_power_normal(equivalence(in), number(in, "n")))}};
}
Json case_n_equivalence(const Json& in) {
    return {{"n", value(sample_size_equivalence(equivalence(in), number(in, "power")))}};
}
Json case_n_noninferiority(const Json& in) {
    return {{"n", value(sample_size_noninferiority(equivalence(in), number(in, "power")))}};
}

// --- agreement, several p values, rankings ---

Json case_cohen_kappa(const Json& in) {
    const std::string weights = in.at("weights").get<std::string>();
    KappaWeights kind = KappaWeights::kNone;
    if (weights == "linear") {
        kind = KappaWeights::kLinear;
    } else if (weights == "quadratic") {
        kind = KappaWeights::kQuadratic;
    } else if (weights != "none") {
        throw std::invalid_argument("unknown weights \"" + weights + "\"");
    }
    return {{"kappa", value(cohen_kappa(table(in.at("table")), kind))}};
}
Json case_cohen_kappa_se(const Json& in) {
    const auto t = table(in.at("table"));
    return {{"kappa", value(cohen_kappa(t))}, {"se", value(cohen_kappa_se(t))}};
}
Json case_fleiss(const Json& in) {
    return {{"kappa", value(fleiss_kappa(table(in.at("counts"))))}};
}
Json case_krippendorff(const Json& in) {
    const std::string metric = in.at("metric").get<std::string>();
    if (metric != "nominal" && metric != "interval") {
        throw std::invalid_argument("unknown metric \"" + metric + "\"");
    }
    std::vector<std::vector<std::optional<double>>> ratings;
    for (const Json& rater : in.at("ratings")) {
        ratings.emplace_back();
        for (const Json& rating : rater) {
            ratings.back().push_back(
                rating.is_null() ? std::nullopt : std::optional<double>(rating.get<double>()));
        }
    }
    return {{"alpha",
             value(krippendorff_alpha(
                 ratings, metric == "nominal" ? Metric::kNominal : Metric::kInterval))}};
}

Json case_holm(const Json& in) {
    return {{"adj", value(holm(numbers(in, "p")))}};
}
Json case_bh(const Json& in) {
    return {{"adj", value(benjamini_hochberg(numbers(in, "p")))}};
}

std::vector<Game> games(const Json& in) {
    std::vector<Game> out;
    for (const Json& g : in.at("games")) {
        out.push_back({.i = static_cast<std::size_t>(count(g, "i")),
                       .j = static_cast<std::size_t>(count(g, "j")),
                       .win_i = number(g, "win_i"),
                       .win_j = number(g, "win_j"),
                       .tie = number(g, "tie")});
    }
    return out;
}
Json davidson_json(const std::optional<DavidsonFit>& fit) {
    if (!fit) {
        return undefined({"log_ability", "log_nu", "se_log_ability", "se_log_nu", "loglik"});
    }
    return {{"log_ability", value(fit->log_ability)},
            {"log_nu", value(fit->log_nu)},
            {"se_log_ability", value(fit->se_log_ability)},
            {"se_log_nu", value(fit->se_log_nu)},
            {"loglik", value(fit->log_likelihood)}};
}
Json case_davidson(const Json& in) {
    return davidson_json(davidson(static_cast<std::size_t>(count(in, "items")), games(in)));
}
Json case_davidson_penalised(const Json& in) {
    const double pseudo = in.contains("pseudo") ? number(in, "pseudo") : 0.5;
    return davidson_json(
        davidson_penalised(static_cast<std::size_t>(count(in, "items")), games(in), pseudo));
}
Json case_rao_kupper(const Json& in) {
    const auto fit = rao_kupper(number(in, "win_i"), number(in, "win_j"), number(in, "tie"));
    if (!fit) {
        return undefined({"log_ratio", "theta"});
    }
    return {{"log_ratio", value(fit->log_ratio)}, {"theta", value(fit->theta)}};
}

// --- position, clusters ---

Table2x3 table_2x3(const Json& rows) {
    const auto t = table(rows);
    if (t.size() != 2 || t[0].size() != 3 || t[1].size() != 3) {
        throw std::invalid_argument("the table is not 2 x 3");
    }
    return {{{t[0][0], t[0][1], t[0][2]}, {t[1][0], t[1][1], t[1][2]}}};
}
Json case_fisher(const Json& in) {
    return {{"p", value(fisher_2x3(table_2x3(in.at("table"))).p)}};
}

Json case_order_effects(const Json& in) {
    const Table2x3 t = table_2x3(Json::array({in.at("cand_first"), in.at("cand_second")}));
    const OrderEffects r = order_effects({t[0][0], t[0][1], t[0][2]}, {t[1][0], t[1][1], t[1][2]});
    return {{"delta_first", value(r.net_first)},
            {"delta_second", value(r.net_second)},
            {"delta_strat", value(r.net_stratified)},
            {"position_beta", value(r.bias)},
            {"se", value(r.standard_error)},
            {"first_wins", r.first_wins},
            {"second_wins", r.second_wins},
            {"p_position_sign", value(r.p_sign)},
            {"p_fisher_2x3", value(r.p_fisher)}};
}

Json case_both_orders(const Json& in) {
    const auto t = table(in.at("joint"));
    JointTable joint{};
    if (t.size() != 3) {
        throw std::invalid_argument("the table is not 3 x 3");
    }
    for (std::size_t i = 0; i < 3; ++i) {
        if (t[i].size() != 3) {
            throw std::invalid_argument("the table is not 3 x 3");
        }
        for (std::size_t j = 0; j < 3; ++j) {
            joint[i][j] = t[i][j];
        }
    }
    const auto r = both_orders(joint);
    if (!r) {
        return undefined({"consistency", "net_mean", "net_se", "position_beta"});
    }
    return {{"n", r->n},
            {"consistency", value(r->consistency)},
            {"primacy_flips", r->primacy_flips},
            {"recency_flips", r->recency_flips},
            {"p_primacy_vs_recency", value(r->p_primacy_vs_recency)},
            {"net_mean", value(r->net_mean)},
            {"net_se", value(r->net_se)},
            {"conservative_wins", r->conservative_wins},
            {"conservative_losses", r->conservative_losses},
            {"conservative_ties", r->conservative_ties},
            {"position_beta", value(r->position_bias)}};
}

/// Cluster labels may be numbers or names.
std::vector<std::int64_t> labels(const Json& list) {
    std::map<std::string, std::int64_t> known;
    std::vector<std::int64_t> out;
    for (const Json& label : list) {
        out.push_back(
            known.try_emplace(label.dump(), static_cast<std::int64_t>(known.size())).first->second);
    }
    return out;
}
Json case_cluster_mean(const Json& in) {
    const auto r = cluster_mean(numbers(in, "y"), labels(in.at("cluster")), 0.90);
    if (!r) {
        return undefined({"mean",
                          "n_clusters",
                          "se_naive",
                          "se_cr0",
                          "se_cr1",
                          "se_miller",
                          "deff",
                          "lo90",
                          "hi90"});
    }
    const auto& interval = r->interval;
    return {{"mean", value(r->mean)},
            {"n_clusters", r->n_clusters},
            {"se_naive", value(r->se_naive)},
            {"se_cr0", value(r->se_cr0)},
            {"se_cr1", value(r->se_cr1)},
            {"se_miller", value(r->se_miller)},
            {"deff", value(r->design_effect)},
            {"lo90", interval ? value(interval->low) : Json(nullptr)},
            {"hi90", interval ? value(interval->high) : Json(nullptr)}};
}
Json case_sign_flip(const Json& in) {
    const auto r = sign_flip_test(numbers(in, "y"));
    return {{"p_two", r ? value(r->p_two) : Json(nullptr)}};
}

// --- Bayes, sequential ---

Json case_dirichlet(const Json& in) {
    const auto r = dirichlet_net({number(in, "wins") + number(in, "prior_win"),
                                  number(in, "ties") + number(in, "prior_tie"),
                                  number(in, "losses") + number(in, "prior_loss")},
                                 number(in, "margin"));
    if (!r) {
        return undefined({"p_equiv",
                          "p_noninf",
                          "p_better",
                          "p_degraded_beyond_margin",
                          "mean",
                          "sd",
                          "lo95",
                          "hi95"});
    }
    return {{"p_equiv", value(r->p_equivalent)},
            {"p_noninf", value(r->p_noninferior)},
            {"p_better", value(r->p_better)},
            {"p_degraded_beyond_margin", value(r->p_degraded_beyond_margin)},
            {"mean", value(r->mean)},
            {"sd", value(r->sd)},
            {"lo95", value(r->low95)},
            {"hi95", value(r->high95)}};
}

RunningCounts running(const Json& in) {
    return {count(in, "wins"), count(in, "ties"), count(in, "losses")};
}
Json case_mixture(const Json& in) {
    const std::string side = in.at("side").get<std::string>();
    if (side != "greater" && side != "less") {
        throw std::invalid_argument("unknown side \"" + side + "\"");
    }
    const MixtureE r = mixture_e(running(in),
                                 {.theta0 = number(in, "theta0"),
                                  .side = side == "less" ? Side::kLess : Side::kGreater,
                                  .delta1 = number(in, "delta1"),
                                  .d0 = number(in, "d0")});
    return {{"r_design", value(r.design_bet)}, {"log_e", value(r.log_e)}};
}
Json case_confidence_sequence(const Json& in) {
    return interval_json(confidence_sequence(running(in), number(in, "conf")));
}
Json case_beta_binomial(const Json& in) {
    const BetaBinomialE r = beta_binomial_e(
        count(in, "wins"), count(in, "losses"), number(in, "a"));
    return {{"log_e_two", value(r.log_e_two)}, {"log_e_less", value(r.log_e_less)}};
}
Json case_hedged(const Json& in) {
    const HedgedCapital r = hedged_capital(numbers(in, "x"),
                                           {.m = number(in, "m"),
                                            .alpha = number(in, "alpha"),
                                            .c = number(in, "c"),
                                            .theta = number(in, "theta")});
    return {{"log_k_plus", value(r.log_plus)},
            {"log_k_minus", value(r.log_minus)},
            {"log_k_hedged", value(r.log_hedged)}};
}
Json case_boundaries(const Json& in) {
    return {{"z",
             value(obrien_fleming_boundaries(number(in, "alpha"),
                                             static_cast<int>(count(in, "looks"))))}};
}

// --- timings, sensitivity ---

Json case_median_ranks(const Json& in) {
    const auto r = median_ranks(count(in, "n"), number(in, "conf"));
    if (!r) {
        return undefined({"lo_rank", "hi_rank", "coverage"});
    }
    return {{"lo_rank", r->low}, {"hi_rank", r->high}, {"coverage", value(r->coverage)}};
}
Json case_median_mad(const Json& in) {
    const auto r = median_mad(numbers(in, "x"));
    if (!r) {
        return undefined({"median", "mad", "robust_sd"});
    }
    return {
        {"median", value(r->median)}, {"mad", value(r->mad)}, {"robust_sd", value(r->robust_sd)}};
}
Json case_paired_ratio(const Json& in) {
    const auto r = paired_ratio(
        numbers(in, "candidate"), numbers(in, "reference"), number(in, "conf"));
    if (!r) {
        return undefined({"ratio", "lo", "hi"});
    }
    Json out = r->interval ? interval_json(*r->interval) : undefined({"lo", "hi"});
    out["ratio"] = value(r->ratio);
    return out;
}
Json case_ppi(const Json& in) {
    const auto r = ppi_mean(numbers(in, "judge_unlabelled"),
                            numbers(in, "judge_labelled"),
                            numbers(in, "human_labelled"));
    if (!r) {
        return undefined({"est",
                          "se",
                          "human_only",
                          "human_se",
                          "judge_only",
                          "lambda_",
                          "est_tuned",
                          "se_tuned"});
    }
    return {{"est", value(r->estimate)},
            {"se", value(r->se)},
            {"human_only", value(r->human_only)},
            {"human_se", value(r->human_se)},
            {"judge_only", value(r->judge_only)},
            {"lambda_", value(r->lambda)},
            {"est_tuned", value(r->estimate_tuned)},
            {"se_tuned", value(r->se_tuned)}};
}
Json case_length_controlled(const Json& in) {
    const auto position = in.contains("position") ? numbers(in, "position") : std::vector<double>{};
    const auto r = length_controlled(numbers(in, "y"), numbers(in, "delta_len"), position);
    if (!r) {
        return undefined({"coef", "se_hc0", "lc_score", "lc_net", "lc_net_se"});
    }
    return {{"coef", value(r->coefficients)},
            {"se_hc0", value(r->se)},
            {"lc_score", value(r->score)},
            {"lc_net", value(r->net)},
            {"lc_net_se", value(r->net_se)}};
}
Json case_bca(const Json& in) {
    const auto r = bca_net(
        count(in, "wins"), count(in, "losses"), count(in, "ties"), number(in, "conf"));
    if (!r) {
        return undefined({"lo", "hi", "acceleration", "z0"});
    }
    Json out = interval_json(r->interval);
    out["acceleration"] = value(r->acceleration);
    out["z0"] = value(r->bias_correction);
    return out;
}

// --- the published study, all at once ---

Json case_source_study(const Json& in) {
    const std::int64_t wins = count(in, "wins"), losses = count(in, "losses"),
                       decisive = wins + losses;
    const NetCounts all = counts(in);
    const SignTestResult exact = sign_test(wins, losses);
    const McNemarResult normal = mcnemar(wins, losses);
    const double p_win = all.wins / (all.wins + all.losses), net = (all.wins - all.losses) / all.n;
    const auto tango95 = tango_interval(all, normal_critical(0.95)),
               tango90 = tango_interval(all, normal_critical(0.90));
    const Table2x3 rows = table_2x3(Json::array({in.at("cand_first"), in.at("cand_second")}));
    const OrderEffects order = order_effects({rows[0][0], rows[0][1], rows[0][2]},
                                             {rows[1][0], rows[1][1], rows[1][2]});
    const ChiSquaredResult chi2 = chi_squared_2x3(rows);
    return {{"p_exact", value(exact.two_sided)},
            {"p_cc", value(normal.p_corrected)},
            {"p_mid", value(exact.mid_p)},
            {"p_asym", value(normal.p_asymptotic)},
            {"winrate_cand", value(p_win)},
            {"winrate_ref", value(1 - p_win)},
            {"wilson_cand", pair(wilson(wins, decisive, 0.95))},
            {"wilson_ref", pair(wilson(losses, decisive, 0.95))},
            {"wilson90_cand", pair(wilson(wins, decisive, 0.90))},
            {"cohen_h_vs_half", value(cohens_h(p_win, 0.5))},
            {"net_decisive", value(2 * p_win - 1)},
            {"net", value(net)},
            {"score", value((1 + net) / 2)},
            {"decisive_rate", value((all.wins + all.losses) / all.n)},
            {"tango95", pair({tango95->low, tango95->high})},
            {"tango90", pair({tango90->low, tango90->high})},
            {"first_wins", order.first_wins},
            {"second_wins", order.second_wins},
            {"size_reduction", value(1 - number(in, "size_cand_mb") / number(in, "size_ref_mb"))},
            {"position_chi2", value(chi2.statistic)},
            {"position_chi2_p", value(chi2.p)},
            {"position_chi2_lower_p", value(1 - chi2.p)}};
}

using Case = Json (*)(const Json&);

const std::map<std::string, Case, std::less<>>& known_cases() {
    static const std::map<std::string, Case, std::less<>> cases{
        {"sign_test", case_sign_test},
        {"binom_test_minlike", case_binom_minlike},
        {"mcnemar", case_mcnemar},
        {"wilson_ci", case_wilson},
        {"clopper_pearson_ci", case_clopper_pearson},
        {"tango_ci", case_tango_ci},
        {"tango_z", case_tango_z},
        {"tango_ci_effective", case_tango_effective},
        {"newcombe_paired_ci", case_newcombe},
        {"mover_wilson_net_ci", case_mover},
        {"bonett_price_ci", case_bonett_price},
        {"wald_net_ci", case_wald},
        {"tost_score", case_tost_score},
        {"smallest_equivalence_margin", case_smallest_margin},
        {"tost_binomial_decisive", case_tost_binomial},
        {"exact_unconditional_ni_p", case_unconditional_ni},
        {"decision", case_decision},
        {"exact_operating_characteristics", case_operating},
        {"cohen_h", case_cohen_h},
        {"sign_test_power", case_sign_power},
        {"sign_test_mde", case_sign_mde},
        {"sign_test_sample_size", case_sign_sample_size},
        {"mde_net_normal", case_mde_net},
        {"sample_size_superiority_net", case_n_superiority},
        {"tost_power_normal", case_tost_power},
        {"sample_size_equivalence", case_n_equivalence},
        {"sample_size_noninferiority", case_n_noninferiority},
        {"cohen_kappa", case_cohen_kappa},
        {"cohen_kappa_se", case_cohen_kappa_se},
        {"fleiss_kappa", case_fleiss},
        {"krippendorff_alpha", case_krippendorff},
        {"holm", case_holm},
        {"benjamini_hochberg", case_bh},
        {"davidson_bt", case_davidson},
        {"davidson_bt_penalised", case_davidson_penalised},
        {"rao_kupper_two_items", case_rao_kupper},
        {"fisher_2x3", case_fisher},
        {"order_effects", case_order_effects},
        {"both_order_summary", case_both_orders},
        {"cluster_mean", case_cluster_mean},
        {"sign_flip_test", case_sign_flip},
        {"dirichlet_net", case_dirichlet},
        {"mixture_log_e", case_mixture},
        {"betting_cs_net", case_confidence_sequence},
        {"betabinom_log_e", case_beta_binomial},
        {"wsr_hedged_log_capital", case_hedged},
        {"obf_lan_demets_boundaries", case_boundaries},
        {"median_ci_ranks", case_median_ranks},
        {"median_mad", case_median_mad},
        {"paired_ratio_ci", case_paired_ratio},
        {"ppi_mean", case_ppi},
        {"length_controlled_logit", case_length_controlled},
        {"bca_bootstrap_net_ideal", case_bca},
        {"source_study", case_source_study},
    };
    return cases;
}

}  // namespace

Result<std::string> evaluate(std::string_view fn, std::string_view inputs) {
    const auto found = known_cases().find(fn);
    if (found == known_cases().end()) {
        return fail("unknown function \"" + std::string(fn) + "\"");
    }
    try {
        return found->second(Json::parse(inputs)).dump();
    } catch (const std::exception& error) {  // what a file can say is unlimited: missing inputs,
                                             // text for a number, counts below 0
        return fail(std::string("the inputs are not accepted: ") + error.what());
    }
}

}  // namespace assay::stats_oracle
