#include "assay/stats/distributions.hpp"
#include "assay/stats/fisher.hpp"
#include "assay/stats/position.hpp"
#include "assay/stats/proportion.hpp"
#include "assay/stats/sign_test.hpp"
#include "assay/stats/tango.hpp"
#include "assay/stats_oracle/case_table.hpp"

namespace assay::stats_oracle {
namespace {

using namespace assay::stats;

Outputs case_source_study(const Inputs& in) {
    const std::int64_t wins = in.count("wins"), losses = in.count("losses"),
                       decisive = wins + losses;
    const NetCounts all = counts_of(in);
    const SignTestResult exact = sign_test(wins, losses);
    const McNemarResult normal = mcnemar(wins, losses);
    const double p_win = all.wins / (all.wins + all.losses), net = (all.wins - all.losses) / all.n;
    const auto tango95 = tango_interval(all, normal_critical(0.95)),
               tango90 = tango_interval(all, normal_critical(0.90));
    const Table2x3 rows = table_2x3({in.counts("cand_first"), in.counts("cand_second")});
    const OrderEffects order = order_effects({rows[0][0], rows[0][1], rows[0][2]},
                                             {rows[1][0], rows[1][1], rows[1][2]});
    const ChiSquaredResult chi2 = chi_squared_2x3(rows);
    return {{"p_exact", exact.two_sided},
            {"p_cc", normal.p_corrected},
            {"p_mid", exact.mid_p},
            {"p_asym", normal.p_asymptotic},
            {"winrate_cand", p_win},
            {"winrate_ref", 1 - p_win},
            {"wilson_cand", wilson(wins, decisive, 0.95)},
            {"wilson_ref", wilson(losses, decisive, 0.95)},
            {"wilson90_cand", wilson(wins, decisive, 0.90)},
            {"cohen_h_vs_half", cohens_h(p_win, 0.5)},
            {"net_decisive", 2 * p_win - 1},
            {"net", net},
            {"score", (1 + net) / 2},
            {"decisive_rate", (all.wins + all.losses) / all.n},
            {"tango95", Interval{tango95->low, tango95->high}},
            {"tango90", Interval{tango90->low, tango90->high}},
            {"first_wins", order.first_wins},
            {"second_wins", order.second_wins},
            {"size_reduction", 1 - in.number("size_cand_mb") / in.number("size_ref_mb")},
            {"position_chi2", chi2.statistic},
            {"position_chi2_p", chi2.p},
            {"position_chi2_lower_p", 1 - chi2.p}};
}

}  // namespace

std::vector<Case> study_cases() {
    return {
        {"source_study", case_source_study},
    };
}

}  // namespace assay::stats_oracle
