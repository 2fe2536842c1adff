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
/// By sample.
using QuestionPairs = std::map<int, PairVerdicts>;

std::vector<QuestionPairs> pairs_of(std::span<const Outcome> outcomes,
                                    const Dependence& dependence) {
    std::vector<QuestionPairs> out(dependence.n_questions);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        if (const auto value = value_of(outcomes[i].kind); value && outcomes[i].side_known) {
            out[dependence.question[i]][outcomes[i].sample].add(outcomes[i], *value);
        }
    }
    return out;
}

std::vector<std::vector<double>> samples_of(std::span<const QuestionPairs> questions) {
    std::vector<std::vector<double>> out;
    for (const QuestionPairs& question : questions) {
        if (question.size() < 2) {
            continue;
        }
        std::vector<double>& samples = out.emplace_back();
        for (const auto& [number, pair] : question) {
            samples.push_back(pair.sum / pair.n);
        }
    }
    return out;
}

std::vector<std::vector<stats::VerdictsOfOrders>> orders_of(
    std::span<const QuestionPairs> questions) {
    std::vector<std::vector<stats::VerdictsOfOrders>> out;
    for (const QuestionPairs& question : questions) {
        for (const auto& [number, pair] : question) {
            if (pair.variant_first && pair.variant_second) {
                out.push_back({{*pair.variant_first, *pair.variant_second}});
            }
        }
    }
    return out;
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
    const auto orders = orders_of(questions);
    if (orders.size() > 1) {
        return estimate_of(*stats::these_questions_of_orders(orders, alpha),
                           orders.size(),
                           confidence,
                           "of exactly these questions, from the difference of both orders");
    }
    return std::nullopt;
}

}  // namespace assay::analysis
