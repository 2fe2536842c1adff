#include "assay/validation/asked_questions.hpp"

#include <fmt/format.h>

#include "assay/analysis/analyse.hpp"
#include "assay/analysis/decide.hpp"
#include "assay/analysis/evidence.hpp"
#include "assay/analysis/small_sample.hpp"
#include "assay/base/result.hpp"
#include "assay/validation/draws.hpp"

namespace assay::validation {

AskedQuestions::AskedQuestions(std::size_t n, std::size_t calls, std::size_t n_clusters)
    : n_(n), calls_(calls), n_clusters_(n_clusters) {
    for (std::size_t i = 0; i < n * calls; ++i) {
        const std::size_t question = i / calls;
        Outcome outcome;
        outcome.question_id = fmt::format("q{}", question);
        if (n_clusters > 0) {
            outcome.cluster = fmt::format("c{}", question % n_clusters);
        }
        outcome.variant_is_a = (question + i) % 2 == 0;
        blank_.push_back(std::move(outcome));
    }
    dependence_ = Dependence(blank_);
}

std::vector<Outcome> AskedQuestions::outcomes(std::span<const int> verdicts) const {
    ASSAY_CHECK(verdicts.size() == blank_.size());
    std::vector<Outcome> out = blank_;
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i].kind = kind_of(verdicts[i]);
    }
    return out;
}

DecisionLabel AskedQuestions::label(Rng& rng,
                                    std::span<const int> verdicts,
                                    const AnalysisSettings& settings) const {
    const std::vector<Outcome> outcomes_of_all = outcomes(verdicts);
    const analysis::Evidence evidence = analysis::evidence_of(
        outcomes_of_all, dependence_, analysis::Failed::kLeftOut);
    const DecisionLabel label = analysis::decide_by_interval(
                                    evidence,
                                    analysis::net_win_rate_of(evidence, settings.alpha),
                                    analysis::small_sample_of(evidence, settings.margin),
                                    settings)
                                    .label;
    if (rng.below(kAnalysed) == 0) {
        const auto whole = analysis::analyse(outcomes_of_all, dependence_, settings);
        ASSAY_CHECK(whole.decision.label == label);
    }
    return label;
}

}  // namespace assay::validation
