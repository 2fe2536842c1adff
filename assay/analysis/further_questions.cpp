#include "assay/analysis/further_questions.hpp"

#include <algorithm>

#include "assay/stats/further_questions.hpp"
#include "assay/stats/mean_design.hpp"

namespace assay::analysis {
namespace {

std::optional<stats::FurtherQuestions> planned(const Evidence& evidence,
                                               const AnalysisSettings& settings) {
    return stats::further_questions(evidence.questions.values,
                                    {.margin = settings.margin,
                                     .alpha = settings.alpha,
                                     .power = settings.power,
                                     .cluster_design_effect = evidence.questions.design_effect});
}

}  // namespace

void set_further_questions(Decision& decision,
                           const Evidence& evidence,
                           const AnalysisSettings& settings) {
    if (const auto alike = planned(evidence, settings)) {
        decision.n_more = alike->more_equivalent;
        decision.n_more_ship = alike->more_ship;
    }
}

std::optional<std::int64_t> further_questions_if(const Evidence& evidence,
                                                 const AnalysisSettings& settings,
                                                 double net) {
    const auto alike = planned(evidence, settings);
    if (!alike) {
        return std::nullopt;
    }
    const double of_mean = net * net * evidence.questions.design_effect;
    const auto in_all = stats::questions_equivalent(
        {.variance = std::max(0.0, alike->second_moment - of_mean),
         .delta = net,
         .margin = settings.margin,
         .alpha = settings.alpha},
        settings.power);
    return in_all ? std::optional(std::max<std::int64_t>(0, *in_all - evidence.n_questions))
                  : std::nullopt;
}

}  // namespace assay::analysis
