#include "assay/analysis/samples_look.hpp"

#include <map>
#include <utility>
#include <vector>

#include "assay/analysis/analyse.hpp"
#include "assay/analysis/evidence.hpp"
#include "assay/records/dependence.hpp"
#include "assay/stats/monitor.hpp"

namespace assay::analysis {
namespace {

stats::MonitorRule rule_of(const AnalysisSettings& settings) {
    return stats::make_monitor_rule(
        stats::StoppingDesign::kHybrid, 0, settings.margin, settings.alpha);
}

AnalysisSettings with_alpha(AnalysisSettings settings, double alpha) {
    settings.alpha = alpha;
    return settings;
}

/// The verdicts of one sample: one, or those of both orders or of several judges.
struct Said {
    std::int64_t n = 0;
    std::int64_t sum = 0;
    [[nodiscard]] double mean() const { return static_cast<double>(sum) / static_cast<double>(n); }
};
using SaidBySample = std::map<int, Said>;

/// Moments over the questions of which at least two samples have a verdict. What two samples have
/// in common is not what two verdicts of one sample have.
struct Moments {
    std::int64_t n_questions = 0;
    double squares = 0;
    double products = 0;

    void add(const SaidBySample& question) {
        const double n = static_cast<double>(question.size());
        double sum = 0, sum_of_squares = 0;
        for (const auto& [sample, said] : question) {
            sum += said.mean();
            sum_of_squares += said.mean() * said.mean();
        }
        ++n_questions;
        squares += sum_of_squares / n;
        // sum over ordered pairs of samples of Y Y' = sum^2 - sum of squares
        products += (sum * sum - sum_of_squares) / (n * (n - 1));
    }
    [[nodiscard]] stats::SampleMoments means() const {
        const double n = static_cast<double>(n_questions);
        return {.second_moment = squares / n, .product = products / n};
    }
};

Moments moments_of(std::span<const Outcome> outcomes, const Dependence& dependence) {
    std::vector<SaidBySample> questions(dependence.n_questions);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        if (const auto value = value_of(outcomes[i].kind)) {
            Said& said = questions[dependence.question[i]][outcomes[i].sample];
            ++said.n;
            said.sum += *value;
        }
    }
    Moments out;
    for (const SaidBySample& question : questions) {
        if (question.size() >= kFirstSamples) {
            out.add(question);
        }
    }
    return out;
}

}  // namespace

AnalysisSettings settings_of_look(const AnalysisSettings& settings) {
    return with_alpha(settings, rule_of(settings).alpha_looks);
}

AnalysisSettings settings_after_look(const AnalysisSettings& settings) {
    return with_alpha(settings, rule_of(settings).alpha_end);
}

SamplesLook look_at_samples(std::span<const Outcome> first,
                            const AnalysisSettings& settings,
                            const SamplesSettings& samples) {
    return look_at_samples(analyse(first, Dependence(first), settings_of_look(settings)).decision,
                           first,
                           settings,
                           samples);
}

SamplesLook look_at_samples(Decision decision,
                            std::span<const Outcome> first,
                            const AnalysisSettings& settings,
                            const SamplesSettings& samples) {
    const Dependence dependence(first);
    SamplesLook out;
    out.decision = std::move(decision);
    out.stops = out.decision.label == DecisionLabel::kEquivalent ||
                out.decision.label == DecisionLabel::kDegraded;
    const Moments moments = moments_of(first, dependence);
    if (moments.n_questions == 0) {
        return out;
    }
    out.moments = moments.means();
    if (!out.stops) {
        out.chosen = stats::choose_samples(
            out.moments,
            {.n = moments.n_questions,
             .margin = settings.margin,
             .alpha_end = settings_after_look(settings).alpha,
             .power = settings.power,
             .goal = samples.goal,
             .most = samples.most,
             .cluster_design_effect = samples.cluster_design_effect});
    }
    return out;
}

}  // namespace assay::analysis
