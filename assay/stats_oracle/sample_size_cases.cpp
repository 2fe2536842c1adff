#include "assay/stats/proportion.hpp"
#include "assay/stats/sample_size.hpp"
#include "assay/stats/sign_test_power.hpp"
#include "assay/stats_oracle/case_table.hpp"

namespace assay::stats_oracle {
namespace {

using namespace assay::stats;

Outputs case_cohen_h(const Inputs& in) {
    return {{"h", cohens_h(in.number("p1"), in.number("p2"))}};
}

Outputs case_sign_power(const Inputs& in) {
    const SignTestPower r = sign_test_power(in.count("n"), in.number("p"), in.number("alpha"));
    return {{"critical_c", r.critical_c}, {"power", r.power}};
}
Outputs case_sign_mde(const Inputs& in) {
    const auto p = sign_test_detectable(in.count("n"), in.number("power"), in.number("alpha"));
    if (!p) {
        return Outputs::undefined({"p", "mde"});
    }
    return {{"p", *p}, {"mde", *p - 0.5}};
}
Outputs case_sign_sample_size(const Inputs& in) {
    const auto r = sign_test_sample_size(in.number("p"), in.number("power"), in.number("alpha"));
    if (!r) {
        return Outputs::undefined({"n_first", "n_stable"});
    }
    return {{"n_first", r->n_first}, {"n_stable", r->n_stable}};
}

DifferenceDesign difference(const Inputs& in) {
    return {.decisive_rate = in.number("decisive_rate"),
            .power = in.number("power"),
            .alpha = in.number("alpha")};
}
EquivalenceDesign equivalence(const Inputs& in) {
    return {.decisive_rate = in.number("decisive_rate"),
            .delta = in.number("delta"),
            .margin = in.number("margin"),
            .alpha = in.number("alpha")};
}
Outputs case_mde_net(const Inputs& in) {
    const auto r = mde_net_normal(difference(in), in.number("n"));
    if (!r) {
        return Outputs::undefined({"mde_net", "mde_score", "mde_winrate_decisive"});
    }
    return {{"mde_net", r->net},
            {"mde_score", r->score},
            {"mde_winrate_decisive", r->decisive_win_rate}};
}
Outputs case_n_superiority(const Inputs& in) {
    return {{"n", sample_size_superiority(difference(in), in.number("delta"))}};
}
Outputs case_tost_power(const Inputs& in) {
    return {{"power", tost_power_normal(equivalence(in), in.number("n"))}};
}
Outputs case_n_equivalence(const Inputs& in) {
    return {{"n", sample_size_equivalence(equivalence(in), in.number("power"))}};
}
Outputs case_n_noninferiority(const Inputs& in) {
    return {{"n", sample_size_noninferiority(equivalence(in), in.number("power"))}};
}

}  // namespace

std::vector<Case> sample_size_cases() {
    return {
        {"cohen_h", case_cohen_h},
        {"sign_test_power", case_sign_power},
        {"sign_test_mde", case_sign_mde},
        {"sign_test_sample_size", case_sign_sample_size},
        {"mde_net_normal", case_mde_net},
        {"sample_size_superiority_net", case_n_superiority},
        {"tost_power_normal", case_tost_power},
        {"sample_size_equivalence", case_n_equivalence},
        {"sample_size_noninferiority", case_n_noninferiority},
    };
}

}  // namespace assay::stats_oracle
