// What two rows of logits say of one token.
//
// The compatible half repeats llama-perplexity's arithmetic (llama.cpp v0.5.0,
// tools/perplexity/perplexity.cpp): floats where it has floats, doubles where it has doubles, in
// its order. That is what makes its printed digits come out, so no expression here may be
// simplified.

#include "assay/perplexity/row_scores.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace assay::perplexity {
namespace {

/// The first of the largest.
struct Largest {
    float logit = 0;
    std::int32_t token = 0;
};

Largest largest_of(std::span<const float> logits) {
    Largest out{logits[0], 0};
    for (std::size_t i = 1; i < logits.size(); ++i) {
        if (logits[i] > out.logit) {
            out = {logits[i], static_cast<std::int32_t>(i)};
        }
    }
    return out;
}

double sum_of_exponentials(std::span<const float> logits, float largest) {
    double sum = 0;
    for (const float logit : logits) {
        sum += std::exp(static_cast<double>(logit) - static_cast<double>(largest));
    }
    return sum;
}

/// With the exponentials in single precision.
double sum_of_float_exponentials(std::span<const float> logits, float largest) {
    double sum = 0;
    for (const float logit : logits) {
        sum += static_cast<double>(std::exp(logit - largest));
    }
    return sum;
}

bool is_usable(float largest, double sum) {
    return std::isfinite(largest) && std::isfinite(sum);
}

std::optional<double> if_finite(double value) {
    return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::optional<TextToken> if_finite(const TextToken& token) {
    const bool finite = std::isfinite(token.nll) && std::isfinite(token.nll_base) &&
                        std::isfinite(token.kld);
    return finite ? std::optional(token) : std::nullopt;
}

/// The nearest whole number, of two the even one; for values up to 2^22.
std::uint16_t nearest_whole(float value) {
    const auto bits = std::bit_cast<std::int32_t>(value + 12582912.0F);  // 1.5 * 2^23
    return static_cast<std::uint16_t>((bits & 0x007fffff) - 0x00400000);
}

/// Scale and smallest log-probability, before the values.
constexpr std::size_t kRowHead = 4;

}  // namespace

bool ExactRow::read(std::span<const float> logits) {
    logits_ = logits;
    const Largest largest = largest_of(logits);
    top_ = largest.token;
    weights_.resize(logits.size());
    sum_ = 0;
    for (std::size_t i = 0; i < logits.size(); ++i) {
        weights_[i] = std::exp(static_cast<double>(logits[i]) - static_cast<double>(largest.logit));
        sum_ += weights_[i];
    }
    log_total_ = static_cast<double>(largest.logit) + std::log(sum_);
    return is_usable(largest.logit, sum_);
}

std::optional<double> ExactRow::nll(std::int32_t token) const {
    return if_finite(log_total_ - static_cast<double>(logits_[static_cast<std::size_t>(token)]));
}

std::optional<TextToken> ExactRow::compare(std::span<const float> variant,
                                           std::int32_t token) const {
    const Largest largest = largest_of(variant);
    const double variant_sum = sum_of_exponentials(variant, largest.logit);
    if (!is_usable(largest.logit, variant_sum)) {
        return std::nullopt;
    }
    const double log_total = static_cast<double>(largest.logit) + std::log(variant_sum);
    // sum p (log p - log q), with p = weight / sum: the logits' differences, and then what both
    // rows are divided by.
    double sum = 0;
    for (std::size_t i = 0; i < variant.size(); ++i) {
        const double difference = static_cast<double>(logits_[i]) - static_cast<double>(variant[i]);
        sum += weights_[i] > 0 ? weights_[i] * difference : 0;
    }
    const auto at = static_cast<std::size_t>(token);
    TextToken out;
    out.nll = log_total - static_cast<double>(variant[at]);
    out.nll_base = log_total_ - static_cast<double>(logits_[at]);
    out.kld = std::max(0.0, sum / sum_ + (log_total - log_total_));
    out.p_diff = std::exp(-out.nll) - std::exp(-out.nll_base);
    out.same_top = largest.token == top_;
    // std::max passes over a NaN in its second place.
    return std::isnan(sum) ? std::nullopt : if_finite(out);
}

std::optional<double> compatible_nll(std::span<const float> logits, std::int32_t token) {
    const float largest = largest_of(logits).logit;
    const double sum = sum_of_float_exponentials(logits, largest);
    if (!is_usable(largest, sum)) {
        return std::nullopt;
    }
    const float shifted = logits[static_cast<std::size_t>(token)] - largest;
    return if_finite(-(static_cast<double>(shifted) - std::log(sum)));
}

std::optional<double> write_compatible_row(std::span<const float> logits,
                                           std::int32_t token,
                                           std::span<std::uint16_t> row) {
    const float largest = largest_of(logits).logit;
    const double sum = sum_of_float_exponentials(logits, largest);
    if (!is_usable(largest, sum)) {
        return std::nullopt;
    }
    const float smallest = std::max(*std::min_element(logits.begin(), logits.end()), largest - 16);
    const auto log_sum = static_cast<float>(std::log(sum));
    const float smallest_log_prob = smallest - largest - log_sum;
    const float scale = (largest - smallest) / 65535.0F;
    std::fill(row.begin(), row.end(), std::uint16_t{0});
    std::memcpy(row.data(), &scale, sizeof scale);
    std::memcpy(row.data() + 2, &smallest_log_prob, sizeof smallest_log_prob);
    if (scale != 0) {
        const float inverse = 1 / scale;
        for (std::size_t i = 0; i < logits.size(); ++i) {
            row[kRowHead + i] = logits[i] > smallest
                                    ? nearest_whole(inverse * (logits[i] - smallest))
                                    : std::uint16_t{0};
        }
    }
    const float nll = largest + log_sum - logits[static_cast<std::size_t>(token)];
    return if_finite(static_cast<double>(nll));
}

std::optional<TextToken> compare_compatible(std::span<const float> logits,
                                            std::int32_t token,
                                            std::span<const std::uint16_t> row) {
    const Largest largest = largest_of(logits);
    const double exponentials = sum_of_float_exponentials(logits, largest.logit);
    if (!is_usable(largest.logit, exponentials)) {
        return std::nullopt;
    }
    const auto log_sum = static_cast<float>(std::log(exponentials));
    float scale = 0, smallest_log_prob = 0;
    std::memcpy(&scale, row.data(), sizeof scale);
    std::memcpy(&smallest_log_prob, row.data() + 2, sizeof smallest_log_prob);
    const std::span<const std::uint16_t> values = row.subspan(kRowHead);

    const auto at = static_cast<std::size_t>(token);
    const float nll = largest.logit + log_sum - logits[at];
    const float nll_base = -(scale * static_cast<float>(values[at]) + smallest_log_prob);
    const float log_total = largest.logit + log_sum;
    double sum = 0;
    std::size_t top_base = 0;
    float log_prob_top = 0;
    for (std::size_t i = 0; i < logits.size(); ++i) {
        const float log_prob = scale * static_cast<float>(values[i]) + smallest_log_prob;
        if (i == 0 || log_prob > log_prob_top) {
            log_prob_top = log_prob;
            top_base = i;
        }
        if (log_prob > -16.0F) {
            const float prob = std::exp(log_prob);
            sum += static_cast<double>(prob * (log_prob - logits[i] + log_total));
        }
    }
    const float p_diff = std::exp(-nll) - std::exp(-nll_base);
    return if_finite(TextToken{static_cast<double>(nll),
                               static_cast<double>(nll_base),
                               sum,
                               static_cast<double>(p_diff),
                               static_cast<std::size_t>(largest.token) == top_base});
}

}  // namespace assay::perplexity
