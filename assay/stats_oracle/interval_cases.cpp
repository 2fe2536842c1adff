#include <optional>

#include "assay/stats/distributions.hpp"
#include "assay/stats/net_intervals.hpp"
#include "assay/stats/proportion.hpp"
#include "assay/stats/sign_test.hpp"
#include "assay/stats/tango.hpp"
#include "assay/stats_oracle/case_table.hpp"

namespace assay::stats_oracle {
namespace {

using namespace assay::stats;

Outputs interval_of(const std::optional<NetInterval>& interval) {
    if (!interval) {
        return Outputs::undefined({"est", "lo", "hi"});
    }
    return {{"lo", interval->low}, {"hi", interval->high}, {"est", interval->estimate}};
}

Outputs case_sign_test(const Inputs& in) {
    const SignTestResult r = sign_test(in.count("wins"), in.count("losses"));
    return {
        {"p_two", r.two_sided}, {"p_less", r.less}, {"p_greater", r.greater}, {"p_mid", r.mid_p}};
}

Outputs case_mcnemar(const Inputs& in) {
    const std::int64_t b = in.count("b"), c = in.count("c");
    const SignTestResult exact = sign_test(b, c);
    const McNemarResult r = mcnemar(b, c);
    return {{"p_exact", exact.two_sided},
            {"p_mid", exact.mid_p},
            {"chi2", r.chi2},
            {"p_asym", r.p_asymptotic},
            {"chi2_cc", r.chi2_corrected},
            {"p_cc", r.p_corrected}};
}

Outputs case_binom_minlike(const Inputs& in) {
    return {{"p_two", binomial_test_minlike(in.count("x"), in.count("n"), in.number("p0"))}};
}

Outputs case_wilson(const Inputs& in) {
    return limits_of(wilson(in.count("x"), in.count("n"), in.number("conf")));
}
Outputs case_clopper_pearson(const Inputs& in) {
    return limits_of(clopper_pearson(in.count("x"), in.count("n"), in.number("conf")));
}

Outputs case_tango_ci(const Inputs& in) {
    return interval_of(tango_interval(counts_of_n(in), normal_critical(in.number("conf"))));
}
Outputs case_tango_z(const Inputs& in) {
    return {{"z", tango_z(counts_of_n(in), in.number("delta0"))}};
}
Outputs case_tango_effective(const Inputs& in) {
    const NetCounts divided = effective(counts_of(in), in.number("deff"));
    return interval_of(tango_interval(divided, normal_critical(in.number("conf"))));
}

Outputs case_mover(const Inputs& in) {
    return interval_of(
        mover_wilson(in.count("wins"), in.count("losses"), in.count("ties"), in.number("conf")));
}
Outputs case_bonett_price(const Inputs& in) {
    return interval_of(
        bonett_price(in.count("wins"), in.count("losses"), in.count("ties"), in.number("conf")));
}
Outputs case_wald(const Inputs& in) {
    return interval_of(
        wald(in.count("wins"), in.count("losses"), in.count("ties"), in.number("conf")));
}
Outputs case_newcombe(const Inputs& in) {
    const PairedTable t{in.count("a"), in.count("b"), in.count("c"), in.count("d")};
    return interval_of(newcombe_paired(t, in.number("conf")));
}

}  // namespace

std::vector<Case> interval_cases() {
    return {
        {"sign_test", case_sign_test},
        {"mcnemar", case_mcnemar},
        {"binom_test_minlike", case_binom_minlike},
        {"wilson_ci", case_wilson},
        {"clopper_pearson_ci", case_clopper_pearson},
        {"tango_ci", case_tango_ci},
        {"tango_z", case_tango_z},
        {"tango_ci_effective", case_tango_effective},
        {"mover_wilson_net_ci", case_mover},
        {"bonett_price_ci", case_bonett_price},
        {"wald_net_ci", case_wald},
        {"newcombe_paired_ci", case_newcombe},
    };
}

}  // namespace assay::stats_oracle
