#include "assay/stats/further_questions.hpp"

#include <algorithm>

#include "assay/base/result.hpp"
#include "assay/stats/mean_design.hpp"

namespace assay::stats {

std::optional<FurtherQuestions> further_questions(std::span<const ValueCount> question_means,
                                                  const FurtherQuestionsRule& rule) {
    ASSAY_CHECK(rule.cluster_design_effect >= 1);
    double squares = 0;
    std::int64_t n = 0;
    for (const ValueCount& seen : question_means) {
        ASSAY_CHECK(seen.value >= -1 && seen.value <= 1 && seen.count >= 0);
        squares += seen.value * seen.value * static_cast<double>(seen.count);
        n += seen.count;
    }
    if (n == 0) {
        return std::nullopt;
    }
    FurtherQuestions out;
    out.second_moment = (squares + 1) / (static_cast<double>(n) + 2) * rule.cluster_design_effect;
    const MeanDesign design{
        .variance = out.second_moment, .margin = rule.margin, .alpha = rule.alpha};
    const auto beyond = [&](const std::optional<std::int64_t>& in_all) {
        return in_all ? std::optional(std::max<std::int64_t>(0, *in_all - n)) : std::nullopt;
    };
    out.questions_ship = questions_ship(design, rule.power);
    out.questions_equivalent = questions_equivalent(design, rule.power);
    out.more_ship = beyond(out.questions_ship);
    out.more_equivalent = beyond(out.questions_equivalent);
    return out;
}

}  // namespace assay::stats
