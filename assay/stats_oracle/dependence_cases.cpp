#include <stdexcept>

#include "assay/stats/clusters.hpp"
#include "assay/stats/fisher.hpp"
#include "assay/stats/position.hpp"
#include "assay/stats_oracle/case_table.hpp"

namespace assay::stats_oracle {
namespace {

using namespace assay::stats;

Outputs case_fisher(const Inputs& in) {
    return {{"p", fisher_2x3(table_2x3(in.table("table"))).p}};
}

Outputs case_order_effects(const Inputs& in) {
    const Table2x3 t = table_2x3({in.counts("cand_first"), in.counts("cand_second")});
    const OrderEffects r = order_effects({t[0][0], t[0][1], t[0][2]}, {t[1][0], t[1][1], t[1][2]});
    return {{"delta_first", r.net_first},
            {"delta_second", r.net_second},
            {"delta_strat", r.net_stratified},
            {"position_beta", r.bias},
            {"se", r.standard_error},
            {"first_wins", r.first_wins},
            {"second_wins", r.second_wins},
            {"p_position_sign", r.p_sign},
            {"p_fisher_2x3", r.p_fisher}};
}

Outputs case_both_orders(const Inputs& in) {
    const auto t = in.table("joint");
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
        return Outputs::undefined({"consistency", "net_mean", "net_se", "position_beta"});
    }
    return {{"n", r->n},
            {"consistency", r->consistency},
            {"primacy_flips", r->primacy_flips},
            {"recency_flips", r->recency_flips},
            {"p_primacy_vs_recency", r->p_primacy_vs_recency},
            {"net_mean", r->net_mean},
            {"net_se", r->net_se},
            {"conservative_wins", r->conservative_wins},
            {"conservative_losses", r->conservative_losses},
            {"conservative_ties", r->conservative_ties},
            {"position_beta", r->position_bias}};
}

Outputs case_cluster_mean(const Inputs& in) {
    const auto r = cluster_mean(in.numbers("y"), in.labels("cluster"), 0.90);
    if (!r) {
        return Outputs::undefined({"mean",
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
    return {{"mean", r->mean},
            {"n_clusters", r->n_clusters},
            {"se_naive", r->se_naive},
            {"se_cr0", r->se_cr0},
            {"se_cr1", r->se_cr1},
            {"se_miller", r->se_miller},
            {"deff", r->design_effect},
            {"lo90", interval ? interval->low : Value()},
            {"hi90", interval ? interval->high : Value()}};
}
Outputs case_sign_flip(const Inputs& in) {
    const auto r = sign_flip_test(in.numbers("y"));
    return {{"p_two", r ? r->p_two : Value()}};
}

}  // namespace

std::vector<Case> dependence_cases() {
    return {
        {"fisher_2x3", case_fisher},
        {"order_effects", case_order_effects},
        {"both_order_summary", case_both_orders},
        {"cluster_mean", case_cluster_mean},
        {"sign_flip_test", case_sign_flip},
    };
}

}  // namespace assay::stats_oracle
