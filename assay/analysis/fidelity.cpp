#include "assay/analysis/fidelity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "assay/analysis/clustered_estimates.hpp"
#include "assay/analysis/rates.hpp"
#include "assay/base/result.hpp"
#include "assay/stats/restricted_mean.hpp"
#include "assay/stats/robust.hpp"

namespace assay::analysis {
namespace {

constexpr const char* kMeanOfAnswers =
    "mean of the answers, CR1 standard error by clusters of questions, Student's t";
constexpr const char* kAgreed =
    "restricted mean of Kaplan and Meier's curve, answers that never differ censored at their "
    "end; infinitesimal jackknife by clusters of questions, Student's t";

/// The length that a tenth of the answers reach.
std::int64_t horizon_of(std::vector<std::int64_t> lengths) {
    std::sort(lengths.rbegin(), lengths.rend());
    return lengths.empty() ? 0 : lengths[lengths.size() / 10];
}

/// The mean, and the horizon that it is of.
std::pair<Estimate, std::int64_t> agreed(std::span<const stats::Lifetime> lifetimes,
                                         std::vector<std::int64_t> lengths) {
    Estimate out;
    out.confidence = kConfidence;
    out.method = kAgreed;
    out.n = static_cast<std::int64_t>(lifetimes.size());
    const auto mean = stats::restricted_mean(
        lifetimes, horizon_of(std::move(lengths)), kConfidence);
    if (!mean) {
        out.why = "no answer";
        return {out, 0};
    }
    out.value = mean->mean;
    if (mean->interval) {
        out.low = mean->interval->low;
        out.high = mean->interval->high;
    } else {
        out.why = mean->se == 0.0 ? "none differed within that length" : "too few clusters";
    }
    return {out, mean->horizon};
}

}  // namespace

ReadAnswer read_answer(const AnswerFidelity& fidelity) {
    ASSAY_CHECK(!fidelity.tokens.empty());
    ReadAnswer out;
    AnswerDistance& distance = out.distance;
    distance.n_tokens = static_cast<std::int64_t>(fidelity.tokens.size());
    distance.divergence = fidelity.divergence;
    for (const TokenFidelity& token : fidelity.tokens) {
        distance.kld_sum += token.kld;
        distance.max_kld = std::max(distance.max_kld, token.kld);
        distance.n_same_top += token.top_agrees();
        distance.log_prob_difference_sum += token.log_prob_variant - token.log_prob_baseline;
        out.kld.push_back(token.kld);
    }
    return out;
}

std::vector<std::int64_t> clusters_of(std::span<const Question> questions) {
    // A cluster and a question of the same name are apart.
    std::map<std::pair<bool, std::string_view>, std::int64_t> numbers;
    std::vector<std::int64_t> out;
    for (const Question& question : questions) {
        const std::string_view owner = question.cluster ? *question.cluster : question.id;
        out.push_back(numbers
                          .emplace(std::pair(question.cluster.has_value(), owner),
                                   static_cast<std::int64_t>(numbers.size()))
                          .first->second);
    }
    return out;
}

std::optional<VariantDistance> distance_of(std::span<const std::optional<ReadAnswer>> answers,
                                           std::span<const std::int64_t> clusters) {
    ASSAY_CHECK(answers.size() == clusters.size());
    VariantDistance out;
    ClusterSums kld, answer_kld, log_prob_difference, same_top;
    std::vector<double> all_kld;
    std::vector<stats::Lifetime> lifetimes;
    std::vector<std::int64_t> lengths;
    for (std::size_t q = 0; q < answers.size(); ++q) {
        if (!answers[q]) {
            continue;
        }
        const AnswerDistance& distance = answers[q]->distance;
        const std::int64_t cluster = clusters[q];
        ++out.n_answers;
        out.n_tokens += distance.n_tokens;
        out.max_kld = std::max(out.max_kld, distance.max_kld);
        out.n_diverged += distance.divergence.has_value();
        kld.add(cluster, distance.n_tokens, distance.kld_sum);
        answer_kld.add(cluster, 1, distance.mean_kld());
        log_prob_difference.add(cluster, distance.n_tokens, distance.log_prob_difference_sum);
        same_top.add(cluster, distance.n_tokens, static_cast<double>(distance.n_same_top));
        all_kld.insert(all_kld.end(), answers[q]->kld.begin(), answers[q]->kld.end());
        lifetimes.push_back({distance.n_agreed(), distance.divergence.has_value(), cluster});
        lengths.push_back(distance.n_tokens);
    }
    if (out.n_answers == 0) {
        return std::nullopt;
    }
    out.mean_kld = at_least_zero(clustered_mean(kld, kMeanOfTokens));
    out.mean_answer_kld = at_least_zero(clustered_mean(answer_kld, kMeanOfAnswers));
    out.log_prob_difference = clustered_mean(log_prob_difference, kMeanOfTokens);
    out.same_top = clustered_rate(same_top);
    out.median_kld = *stats::quantile(all_kld, 0.5);
    out.p90_kld = *stats::quantile(all_kld, 0.9);
    out.p99_kld = *stats::quantile(all_kld, 0.99);
    std::tie(out.agreed_tokens, out.horizon) = agreed(lifetimes, std::move(lengths));
    return out;
}

void add_texts(VariantFidelity& out,
               std::span<const std::optional<TextPair>> pairs,
               std::span<const std::int64_t> clusters) {
    ASSAY_CHECK(pairs.size() == clusters.size());
    ClusterSums identical;
    std::vector<stats::Lifetime> lifetimes;
    std::vector<std::int64_t> lengths;
    for (std::size_t q = 0; q < pairs.size(); ++q) {
        if (const auto& pair = pairs[q]) {
            identical.add(clusters[q], 1, pair->identical ? 1 : 0);
            lifetimes.push_back({pair->n_agreed_words, !pair->identical, clusters[q]});
            lengths.push_back(pair->n_words);
        }
    }
    out.identical = clustered_rate(identical);
    std::tie(out.agreed_words, out.words_horizon) = agreed(lifetimes, std::move(lengths));
}

}  // namespace assay::analysis
