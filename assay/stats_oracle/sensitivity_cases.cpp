#include "assay/stats/bootstrap.hpp"
#include "assay/stats/robust.hpp"
#include "assay/stats/sensitivity.hpp"
#include "assay/stats_oracle/case_table.hpp"

namespace assay::stats_oracle {
namespace {

using namespace assay::stats;

Outputs case_median_ranks(const Inputs& in) {
    const auto r = median_ranks(in.count("n"), in.number("conf"));
    if (!r) {
        return Outputs::undefined({"lo_rank", "hi_rank", "coverage"});
    }
    return {{"lo_rank", r->low}, {"hi_rank", r->high}, {"coverage", r->coverage}};
}
Outputs case_median_mad(const Inputs& in) {
    const auto r = median_mad(in.numbers("x"));
    if (!r) {
        return Outputs::undefined({"median", "mad", "robust_sd"});
    }
    return {{"median", r->median}, {"mad", r->mad}, {"robust_sd", r->robust_sd}};
}
Outputs case_paired_ratio(const Inputs& in) {
    const auto r = paired_ratio(
        in.numbers("candidate"), in.numbers("reference"), in.number("conf"));
    if (!r) {
        return Outputs::undefined({"ratio", "lo", "hi"});
    }
    Outputs out = r->interval ? limits_of(*r->interval) : Outputs::undefined({"lo", "hi"});
    out.add("ratio", r->ratio);
    return out;
}
Outputs case_ppi(const Inputs& in) {
    const auto r = ppi_mean(
        in.numbers("judge_unlabelled"), in.numbers("judge_labelled"), in.numbers("human_labelled"));
    if (!r) {
        return Outputs::undefined({"est",
                                   "se",
                                   "human_only",
                                   "human_se",
                                   "judge_only",
                                   "lambda_",
                                   "est_tuned",
                                   "se_tuned"});
    }
    return {{"est", r->estimate},
            {"se", r->se},
            {"human_only", r->human_only},
            {"human_se", r->human_se},
            {"judge_only", r->judge_only},
            {"lambda_", r->lambda},
            {"est_tuned", r->estimate_tuned},
            {"se_tuned", r->se_tuned}};
}
Outputs case_length_controlled(const Inputs& in) {
    const auto position = in.has("position") ? in.numbers("position") : std::vector<double>{};
    const auto r = length_controlled(in.numbers("y"), in.numbers("delta_len"), position);
    if (!r) {
        return Outputs::undefined({"coef", "se_hc0", "lc_score", "lc_net", "lc_net_se"});
    }
    return {{"coef", r->coefficients},
            {"se_hc0", r->se},
            {"lc_score", r->score},
            {"lc_net", r->net},
            {"lc_net_se", r->net_se}};
}
Outputs case_bca(const Inputs& in) {
    const auto r = bca_net(
        in.count("wins"), in.count("losses"), in.count("ties"), in.number("conf"));
    if (!r) {
        return Outputs::undefined({"lo", "hi", "acceleration", "z0"});
    }
    Outputs out = limits_of(r->interval);
    out.add("acceleration", r->acceleration);
    out.add("z0", r->bias_correction);
    return out;
}

}  // namespace

std::vector<Case> sensitivity_cases() {
    return {
        {"median_ci_ranks", case_median_ranks},
        {"median_mad", case_median_mad},
        {"paired_ratio_ci", case_paired_ratio},
        {"ppi_mean", case_ppi},
        {"length_controlled_logit", case_length_controlled},
        {"bca_bootstrap_net_ideal", case_bca},
    };
}

}  // namespace assay::stats_oracle
