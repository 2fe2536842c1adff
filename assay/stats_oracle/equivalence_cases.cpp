#include <stdexcept>

#include "assay/stats/equivalence.hpp"
#include "assay/stats/exact.hpp"
#include "assay/stats/tango.hpp"
#include "assay/stats_oracle/case_table.hpp"

namespace assay::stats_oracle {
namespace {

using namespace assay::stats;

Outputs case_tost_score(const Inputs& in) {
    const auto r = tost_score(counts_of(in), in.number("margin"));
    if (!r) {
        return Outputs::undefined({"z_lower", "z_upper", "p_lower", "p_upper", "p_tost"});
    }
    return {{"z_lower", r->z_lower},
            {"z_upper", r->z_upper},
            {"p_lower", r->p_lower},
            {"p_upper", r->p_upper},
            {"p_tost", r->p_tost}};
}

Outputs case_smallest_margin(const Inputs& in) {
    return {{"margin", smallest_equivalence_margin(counts_of(in), in.number("alpha"))}};
}

Outputs case_tost_binomial(const Inputs& in) {
    const BinomialTost r = tost_binomial_decisive(
        in.count("wins"), in.count("losses"), in.number("margin"));
    return {{"p_lower", r.p_lower}, {"p_upper", r.p_upper}, {"p_tost", r.p_tost}};
}

Outputs case_unconditional_ni(const Inputs& in) {
    return {{"p",
             exact_unconditional_noninferiority(
                 in.count("wins"), in.count("losses"), in.count("n"), in.number("margin"))}};
}

Outputs case_decision(const Inputs& in) {
    const auto r = decide(counts_of(in),
                          {.margin = in.number("margin"), .alpha = in.number("alpha")});
    if (!r) {
        return Outputs::undefined(
            {"label", "lo", "hi", "n_total_if_zero", "n_more_if_zero", "n_total_if_observed"});
    }
    return {{"label", region_name(r->region)},
            {"lo", r->interval.low},
            {"hi", r->interval.high},
            {"detectably_worse", r->detectably_worse},
            {"detectably_better", r->detectably_better},
            {"beyond_margin", r->beyond_margin},
            {"n_total_if_zero", r->n_total_if_zero},
            {"n_more_if_zero", r->n_more_if_zero},
            {"n_total_if_observed", r->n_total_if_observed}};
}

Outputs case_operating(const Inputs& in) {
    const auto r = operating_characteristics({.n = in.count("n"),
                                              .decisive_rate = in.number("decisive_rate"),
                                              .delta = in.number("delta"),
                                              .margin = in.number("margin"),
                                              .alpha = in.number("alpha")});
    if (!r) {
        return Outputs::undefined({"p_equivalent",
                                   "p_non_inferior",
                                   "p_degraded",
                                   "p_inconclusive",
                                   "tango_coverage",
                                   "sign_test_reject"});
    }
    return {{"p_equivalent", r->p_equivalent},
            {"p_non_inferior", r->p_non_inferior},
            {"p_degraded", r->p_degraded},
            {"p_inconclusive", r->p_inconclusive},
            {"tango_coverage", r->tango_coverage},
            {"sign_test_reject", r->sign_test_reject}};
}

}  // namespace

std::vector<Case> equivalence_cases() {
    return {
        {"tost_score", case_tost_score},
        {"smallest_equivalence_margin", case_smallest_margin},
        {"tost_binomial_decisive", case_tost_binomial},
        {"exact_unconditional_ni_p", case_unconditional_ni},
        {"decision", case_decision},
        {"exact_operating_characteristics", case_operating},
    };
}

}  // namespace assay::stats_oracle
