#include <stdexcept>

#include "assay/stats/agreement.hpp"
#include "assay/stats/bradley_terry.hpp"
#include "assay/stats/multiplicity.hpp"
#include "assay/stats_oracle/case_table.hpp"

namespace assay::stats_oracle {
namespace {

using namespace assay::stats;

Outputs case_cohen_kappa(const Inputs& in) {
    const std::string weights = in.text("weights");
    KappaWeights kind = KappaWeights::kNone;
    if (weights == "linear") {
        kind = KappaWeights::kLinear;
    } else if (weights == "quadratic") {
        kind = KappaWeights::kQuadratic;
    } else if (weights != "none") {
        throw std::invalid_argument("unknown weights \"" + weights + "\"");
    }
    return {{"kappa", cohen_kappa(in.table("table"), kind)}};
}
Outputs case_cohen_kappa_se(const Inputs& in) {
    const auto t = in.table("table");
    return {{"kappa", cohen_kappa(t)}, {"se", cohen_kappa_se(t)}};
}
Outputs case_fleiss(const Inputs& in) {
    return {{"kappa", fleiss_kappa(in.table("counts"))}};
}
Outputs case_krippendorff(const Inputs& in) {
    const std::string metric = in.text("metric");
    if (metric != "nominal" && metric != "interval") {
        throw std::invalid_argument("unknown metric \"" + metric + "\"");
    }
    const auto ratings = in.rows_with_gaps("ratings");
    return {
        {"alpha",
         krippendorff_alpha(ratings, metric == "nominal" ? Metric::kNominal : Metric::kInterval)}};
}

Outputs case_holm(const Inputs& in) {
    return {{"adj", holm(in.numbers("p"))}};
}
Outputs case_bh(const Inputs& in) {
    return {{"adj", benjamini_hochberg(in.numbers("p"))}};
}

std::vector<Game> games(const Inputs& in) {
    std::vector<Game> out;
    for (const Inputs& game : in.items("games")) {
        out.push_back({.i = static_cast<std::size_t>(game.count("i")),
                       .j = static_cast<std::size_t>(game.count("j")),
                       .win_i = game.number("win_i"),
                       .win_j = game.number("win_j"),
                       .tie = game.number("tie")});
    }
    return out;
}
Outputs davidson_fit(const std::optional<DavidsonFit>& fit) {
    if (!fit) {
        return Outputs::undefined(
            {"log_ability", "log_nu", "se_log_ability", "se_log_nu", "loglik"});
    }
    return {{"log_ability", fit->log_ability},
            {"log_nu", fit->log_nu},
            {"se_log_ability", fit->se_log_ability},
            {"se_log_nu", fit->se_log_nu},
            {"loglik", fit->log_likelihood}};
}
Outputs case_davidson(const Inputs& in) {
    return davidson_fit(davidson(static_cast<std::size_t>(in.count("items")), games(in)));
}
Outputs case_davidson_penalised(const Inputs& in) {
    const double pseudo = in.has("pseudo") ? in.number("pseudo") : 0.5;
    return davidson_fit(
        davidson_penalised(static_cast<std::size_t>(in.count("items")), games(in), pseudo));
}
Outputs case_rao_kupper(const Inputs& in) {
    const auto fit = rao_kupper(in.number("win_i"), in.number("win_j"), in.number("tie"));
    if (!fit) {
        return Outputs::undefined({"log_ratio", "theta"});
    }
    return {{"log_ratio", fit->log_ratio}, {"theta", fit->theta}};
}

}  // namespace

std::vector<Case> rating_cases() {
    return {
        {"cohen_kappa", case_cohen_kappa},
        {"cohen_kappa_se", case_cohen_kappa_se},
        {"fleiss_kappa", case_fleiss},
        {"krippendorff_alpha", case_krippendorff},
        {"holm", case_holm},
        {"benjamini_hochberg", case_bh},
        {"davidson_bt", case_davidson},
        {"davidson_bt_penalised", case_davidson_penalised},
        {"rao_kupper_two_items", case_rao_kupper},
    };
}

}  // namespace assay::stats_oracle
