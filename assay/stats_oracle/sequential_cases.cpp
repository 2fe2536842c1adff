#include <stdexcept>

#include "assay/stats/bayes.hpp"
#include "assay/stats/sequential.hpp"
#include "assay/stats_oracle/case_table.hpp"

namespace assay::stats_oracle {
namespace {

using namespace assay::stats;

Outputs case_dirichlet(const Inputs& in) {
    const auto r = dirichlet_net({in.number("wins") + in.number("prior_win"),
                                  in.number("ties") + in.number("prior_tie"),
                                  in.number("losses") + in.number("prior_loss")},
                                 in.number("margin"));
    if (!r) {
        return Outputs::undefined({"p_equiv",
                                   "p_noninf",
                                   "p_better",
                                   "p_degraded_beyond_margin",
                                   "mean",
                                   "sd",
                                   "lo95",
                                   "hi95"});
    }
    return {{"p_equiv", r->p_equivalent},
            {"p_noninf", r->p_noninferior},
            {"p_better", r->p_better},
            {"p_degraded_beyond_margin", r->p_degraded_beyond_margin},
            {"mean", r->mean},
            {"sd", r->sd},
            {"lo95", r->low95},
            {"hi95", r->high95}};
}

RunningCounts running(const Inputs& in) {
    return {in.count("wins"), in.count("ties"), in.count("losses")};
}
Outputs case_mixture(const Inputs& in) {
    const std::string side = in.text("side");
    if (side != "greater" && side != "less") {
        throw std::invalid_argument("unknown side \"" + side + "\"");
    }
    const MixtureE r = mixture_e(running(in),
                                 {.theta0 = in.number("theta0"),
                                  .side = side == "less" ? Side::kLess : Side::kGreater,
                                  .delta1 = in.number("delta1"),
                                  .d0 = in.number("d0")});
    return {{"r_design", r.design_bet}, {"log_e", r.log_e}};
}
Outputs case_confidence_sequence(const Inputs& in) {
    return limits_of(confidence_sequence(running(in), in.number("conf")));
}
Outputs case_beta_binomial(const Inputs& in) {
    const BetaBinomialE r = beta_binomial_e(in.count("wins"), in.count("losses"), in.number("a"));
    return {{"log_e_two", r.log_e_two}, {"log_e_less", r.log_e_less}};
}
Outputs case_hedged(const Inputs& in) {
    const HedgedCapital r = hedged_capital(in.numbers("x"),
                                           {.m = in.number("m"),
                                            .alpha = in.number("alpha"),
                                            .c = in.number("c"),
                                            .theta = in.number("theta")});
    return {
        {"log_k_plus", r.log_plus}, {"log_k_minus", r.log_minus}, {"log_k_hedged", r.log_hedged}};
}
Outputs case_boundaries(const Inputs& in) {
    return {
        {"z", obrien_fleming_boundaries(in.number("alpha"), static_cast<int>(in.count("looks")))}};
}

}  // namespace

std::vector<Case> sequential_cases() {
    return {
        {"dirichlet_net", case_dirichlet},
        {"mixture_log_e", case_mixture},
        {"betting_cs_net", case_confidence_sequence},
        {"betabinom_log_e", case_beta_binomial},
        {"wsr_hedged_log_capital", case_hedged},
        {"obf_lan_demets_boundaries", case_boundaries},
    };
}

}  // namespace assay::stats_oracle
