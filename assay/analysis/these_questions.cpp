#include "assay/analysis/these_questions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

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

namespace {

/// A verdict of each call of a question, by sample and order; nothing: it is missing.
using Calls = std::map<std::pair<int, bool>, std::optional<double>>;

/// With several samples they are what varies; with one, the two orders are.
struct CallsOfQuestions {
    std::vector<Calls> questions;
    bool several_samples = false;
    bool sides_known = true;
    bool told_apart = true;  ///< no two verdicts are of one sample in one order, as of two judges
    bool any_pair = false;   ///< a question has two verdicts that show how they vary
};

CallsOfQuestions calls_of(std::span<const Outcome> outcomes, const Dependence& dependence) {
    CallsOfQuestions out;
    out.questions.resize(dependence.n_questions);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        const Outcome& outcome = outcomes[i];
        out.several_samples |= outcome.sample > 0;
        out.sides_known &= outcome.side_known;
        Calls& calls = out.questions[dependence.question[i]];
        const auto value = value_of(outcome.kind);
        std::pair<int, bool> place{outcome.sample, outcome.variant_is_a};
        if (!value && calls.contains(place)) {
            place.second = !place.second;  // what has no comparison has no side either
        }
        const bool is_new = calls
                                .emplace(place,
                                         value ? std::optional<double>(*value) : std::nullopt)
                                .second;
        out.told_apart &= is_new;
    }
    if (!out.told_apart) {
        return out;
    }
    for (const Calls& calls : out.questions) {
        std::map<int, int> by_sample;
        for (const auto& [place, verdict] : calls) {
            by_sample[place.first] += verdict.has_value();
        }
        const auto n_samples = std::count_if(
            by_sample.begin(), by_sample.end(), [](const auto& each) { return each.second > 0; });
        out.any_pair |= out.several_samples ? n_samples > 1
                                            : (out.sides_known && by_sample.begin()->second > 1);
    }
    return out;
}

/// With what is missing as `missing`: of each question the verdicts that show how it varies.
std::vector<std::vector<double>> filled(const CallsOfQuestions& calls, double missing) {
    std::size_t n_samples = 1, n_orders = 1;
    for (const Calls& of_question : calls.questions) {
        std::map<int, std::size_t> orders;
        for (const auto& [place, verdict] : of_question) {
            n_orders = std::max(n_orders, ++orders[place.first]);
        }
        n_samples = std::max(n_samples, orders.size());
    }
    std::vector<std::vector<double>> out;
    for (const Calls& of_question : calls.questions) {
        std::map<int, std::pair<double, std::size_t>> by_sample;  // sum, verdicts
        std::vector<double> single;
        for (const auto& [place, verdict] : of_question) {
            const double value = verdict.value_or(missing);
            by_sample[place.first].first += value;
            ++by_sample[place.first].second;
            single.push_back(value);
        }
        std::vector<double>& verdicts = out.emplace_back();
        if (calls.several_samples) {
            for (const auto& [sample, sum] : by_sample) {
                const double absent = static_cast<double>(n_orders - sum.second);
                verdicts.push_back((sum.first + absent * missing) / static_cast<double>(n_orders));
            }
            verdicts.resize(n_samples, missing);
        } else {
            verdicts = std::move(single);
            verdicts.resize(n_orders, missing);
        }
    }
    return out;
}

/// Questions without their clusters.
Dependence apart(const Dependence& dependence) {
    Dependence out = dependence;
    out.cluster = out.question;
    out.n_clusters = out.n_questions;
    return out;
}

}  // namespace

Evidence evidence_of_these(std::span<const Outcome> outcomes,
                           const Dependence& dependence,
                           Failed failed) {
    Evidence out = evidence_of(outcomes, apart(dependence), failed);
    const CallsOfQuestions calls = calls_of(outcomes, dependence);
    if (!calls.any_pair) {
        if (out.why_not.empty()) {
            out.why_not =
                "no question has verdicts of both orders or of several samples by one judge, so "
                "nothing shows how much of them is noise";
        }
        return out;
    }
    out.these = TheseQuestionsEvidence{
        *stats::noise_of_samples(filled(calls, failed == Failed::kWins ? 1 : -1)),
        *stats::noise_of_samples(filled(calls, failed == Failed::kLosses ? -1 : 1))};
    return out;
}

Estimate net_on_these_questions(const Evidence& evidence, double alpha) {
    Estimate out;
    out.confidence = 1 - 2 * alpha;
    out.n = evidence.n_questions;
    out.why = evidence.why_not;
    out.method = "of exactly these questions";
    if (!evidence.these || !out.why.empty()) {
        return out;
    }
    const auto& [if_lost, if_won] = *evidence.these;
    out.method = fmt::format(
        "of exactly these {} questions, from the variance within the {} verdicts of each, with "
        "allowance for skewness",
        if_lost.n,
        if_lost.k);
    out.value = stats::mean_of(evidence.questions.values);
    out.low = std::min(*out.value, stats::lower_limit(if_lost, alpha));
    out.high = std::max(*out.value, stats::upper_limit(if_won, alpha));
    return out;
}

EquivalenceTest test_on_these_questions(const TheseQuestionsEvidence& these,
                                        double margin,
                                        double tail) {
    EquivalenceTest out;
    out.p_lower = stats::p_above(these.if_lost, -margin);
    out.p_upper = stats::p_below(these.if_won, margin);
    out.p_tost = std::max(out.p_lower, out.p_upper);
    out.smallest_margin = std::max(std::abs(stats::lower_limit(these.if_lost, tail)),
                                   std::abs(stats::upper_limit(these.if_won, tail)));
    return out;
}

}  // namespace assay::analysis
