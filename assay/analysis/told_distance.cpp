#include "assay/analysis/told_distance.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>

#include "assay/analysis/clustered_estimates.hpp"
#include "assay/base/result.hpp"

namespace assay::analysis {
namespace {

// What is left of 1 is a difference of rounded numbers. More of it on the variant's side makes the
// bound smaller, never larger.
constexpr double kLeastLeft = 1e-6;

/// Probabilities by text. A text that stands for several tokens, or for none, names no token.
std::map<std::string_view, double> by_text(std::span<const ToldCandidate> candidates) {
    std::map<std::string_view, double> out;
    std::vector<std::string_view> ambiguous{std::string_view()};
    for (const ToldCandidate& candidate : candidates) {
        if (!out.emplace(candidate.bytes, std::exp(candidate.log_prob)).second) {
            ambiguous.push_back(candidate.bytes);
        }
    }
    for (const std::string_view text : ambiguous) {
        out.erase(text);
    }
    return out;
}

bool same_top(const ToldToken& a, const ToldToken& b) {
    return a.candidates.front().bytes == b.candidates.front().bytes;
}

}  // namespace

double kld_at_least(std::span<const ToldCandidate> baseline,
                    std::span<const ToldCandidate> variant) {
    const auto p = by_text(baseline), q = by_text(variant);
    double sum = 0, rest_p = 1, rest_q = 1;
    for (const auto& [text, p_of] : p) {
        const auto found = q.find(text);
        // A probability of 0 in the variant would be an infinite divergence: rounded away.
        if (found == q.end() || found->second <= 0 || p_of <= 0) {
            continue;
        }
        sum += p_of * std::log(p_of / found->second);
        rest_p -= p_of;
        rest_q -= found->second;
    }
    if (rest_p > 0) {
        sum += rest_p * std::log(rest_p / std::max(rest_q, kLeastLeft));
    }
    return std::max(0.0, sum);
}

std::optional<ToldPair> compare_told(std::span<const ToldToken> baseline,
                                     std::span<const ToldToken> variant) {
    const std::size_t n = std::min(baseline.size(), variant.size());
    if (n == 0) {
        return std::nullopt;
    }
    ToldPair out;
    for (std::size_t i = 0; i < n && !out.differs; ++i) {
        ASSAY_CHECK(!baseline[i].candidates.empty() && !variant[i].candidates.empty());
        ++out.n_tokens;
        out.n_same_top += same_top(baseline[i], variant[i]) ? 1 : 0;
        out.kld_at_least_sum += kld_at_least(baseline[i].candidates, variant[i].candidates);
        out.differs = baseline[i].bytes != variant[i].bytes;
    }
    out.differs = out.differs || baseline.size() != variant.size();
    return out;
}

std::optional<ToldDistance> told_distance_of(std::span<const std::optional<ToldPair>> pairs,
                                             std::span<const std::int64_t> clusters) {
    ASSAY_CHECK(pairs.size() == clusters.size());
    ToldDistance out;
    ClusterSums kld, same_top;
    for (std::size_t q = 0; q < pairs.size(); ++q) {
        if (const auto& pair = pairs[q]) {
            ++out.n_answers;
            out.n_tokens += pair->n_tokens;
            out.n_diverged += pair->differs ? 1 : 0;
            kld.add(clusters[q], pair->n_tokens, pair->kld_at_least_sum);
            same_top.add(clusters[q], pair->n_tokens, static_cast<double>(pair->n_same_top));
        }
    }
    if (out.n_answers == 0) {
        return std::nullopt;
    }
    out.kld_at_least = at_least_zero(clustered_mean(kld, kMeanOfTokens));
    out.same_top = clustered_rate(same_top);
    return out;
}

}  // namespace assay::analysis
