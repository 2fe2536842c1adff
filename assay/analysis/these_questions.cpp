#include "assay/analysis/these_questions.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "assay/analysis/evidence.hpp"
#include "assay/stats/these_questions.hpp"

namespace assay::analysis {
namespace {

/// The verdicts of one pair of answers.
struct PairVerdicts {
    double sum = 0;
    int n = 0;
    std::optional<double> variant_first, variant_second;

    void add(const Outcome& outcome, int value) {
        sum += value;
        ++n;
        (outcome.variant_is_a ? variant_first : variant_second) = value;
    }
};
/// By sample and judge.
using QuestionPairs = std::map<std::pair<int, int>, PairVerdicts>;

std::vector<QuestionPairs> pairs_of(std::span<const Outcome> outcomes,
                                    const Dependence& dependence) {
    std::vector<QuestionPairs> out(dependence.n_questions);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        if (const auto value = value_of(outcomes[i].kind); value && outcomes[i].side_known) {
            out[dependence.question[i]][{outcomes[i].sample, outcomes[i].judge}].add(outcomes[i],
                                                                                     *value);
        }
    }
    return out;
}

/// Of each sample the mean over the judges.
std::vector<double> sample_means(const QuestionPairs& question) {
    std::map<int, std::pair<double, int>> samples;
    for (const auto& [place, pair] : question) {
        auto& [sum, n_judges] = samples[place.first];
        sum += pair.sum / pair.n;
        ++n_judges;
    }
    std::vector<double> out;
    for (const auto& [number, sample] : samples) {
        out.push_back(sample.first / sample.second);
    }
    return out;
}

std::vector<std::vector<double>> samples_of(std::span<const QuestionPairs> questions) {
    std::vector<std::vector<double>> out;
    for (const QuestionPairs& question : questions) {
        std::vector<double> means = sample_means(question);
        if (means.size() > 1) {
            out.push_back(std::move(means));
        }
    }
    return out;
}

/// Of each sample its judges, where each of the run's judges gave both orders: with some of them it
/// would be another panel's mean.
std::vector<std::vector<stats::VerdictsOfOrders>> orders_of(
    std::span<const QuestionPairs> questions, std::size_t n_judges) {
    std::vector<std::vector<stats::VerdictsOfOrders>> out;
    for (const QuestionPairs& question : questions) {
        std::map<int, std::vector<stats::VerdictsOfOrders>> samples;
        for (const auto& [place, pair] : question) {
            if (pair.variant_first && pair.variant_second) {
                samples[place.first].push_back({*pair.variant_first, *pair.variant_second});
            }
        }
        for (auto& [number, judges] : samples) {
            if (judges.size() == n_judges) {
                out.push_back(std::move(judges));
            }
        }
    }
    return out;
}

std::size_t n_judges_of(std::span<const Outcome> outcomes) {
    int last = 0;
    for (const Outcome& outcome : outcomes) {
        last = std::max(last, outcome.judge);
    }
    return static_cast<std::size_t>(last) + 1;
}

Estimate estimate_of(const stats::TheseQuestions& found,
                     std::size_t n,
                     double confidence,
                     const char* method) {
    Estimate out;
    out.value = found.estimate;
    out.low = found.low;
    out.high = found.high;
    out.confidence = confidence;
    out.n = static_cast<std::int64_t>(n);
    out.method = method;
    return out;
}

}  // namespace

std::optional<Estimate> these_questions_of(std::span<const Outcome> outcomes,
                                           const Dependence& dependence,
                                           double confidence) {
    if (dependence.n_questions == outcomes.size()) {
        return std::nullopt;  // one verdict each
    }
    const double alpha = (1 - confidence) / 2;
    const std::vector<QuestionPairs> questions = pairs_of(outcomes, dependence);
    const auto samples = samples_of(questions);
    if (samples.size() > 1) {
        return estimate_of(*stats::these_questions_of_samples(samples, alpha),
                           samples.size(),
                           confidence,
                           "of exactly these questions, from the variance within their samples");
    }
    const auto orders = orders_of(questions, n_judges_of(outcomes));
    if (orders.size() > 1) {
        return estimate_of(*stats::these_questions_of_orders(orders, alpha),
                           orders.size(),
                           confidence,
                           "of exactly these questions, from the difference of both orders");
    }
    return std::nullopt;
}

}  // namespace assay::analysis
