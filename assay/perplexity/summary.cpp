#include "assay/perplexity/summary.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "assay/stats/clusters.hpp"

namespace assay::perplexity {
namespace {

constexpr double kConfidence = 0.95;

/// Sorted values, in the precision in which llama-perplexity keeps them.
template <class Real>
class Sorted {
 public:
    Sorted(std::span<const TextToken> tokens, double TextToken::*field) {
        values_.reserve(tokens.size());
        for (const TextToken& token : tokens) {
            values_.push_back(static_cast<Real>(token.*field));
        }
        std::sort(values_.begin(), values_.end());
    }

    [[nodiscard]] double at(Real fraction) const {
        Real place = fraction * static_cast<Real>(values_.size() - 1);
        const auto below = static_cast<std::size_t>(place);
        place -= static_cast<Real>(below);
        const std::size_t above = std::min(below + 1, values_.size() - 1);
        return static_cast<double>((1 - place) * values_[below] + place * values_[above]);
    }
    [[nodiscard]] double median() const {
        const std::size_t half = values_.size() / 2;
        return static_cast<double>(values_.size() % 2 == 0
                                       ? Real(0.5) * (values_[half] + values_[half - 1])
                                       : values_[half]);
    }
    [[nodiscard]] double smallest() const { return static_cast<double>(values_.front()); }
    [[nodiscard]] double largest() const { return static_cast<double>(values_.back()); }

 private:
    std::vector<Real> values_;
};

template <class Real>
std::vector<Percentile> percentiles_of(const Sorted<Real>& sorted, bool with_quartiles) {
    std::vector<Percentile> out{{"maximum", sorted.largest()},
                                {"99.9%", sorted.at(Real(0.999F))},
                                {"99%", sorted.at(Real(0.990F))},
                                {"95%", sorted.at(Real(0.950F))},
                                {"90%", sorted.at(Real(0.900F))}};
    if (with_quartiles) {
        out.push_back({"75%", sorted.at(Real(0.75))});
    }
    out.push_back({"median", sorted.median()});
    if (with_quartiles) {
        out.push_back({"25%", sorted.at(Real(0.25))});
    }
    out.insert(out.end(),
               {{"10%", sorted.at(Real(0.100F))},
                {"5%", sorted.at(Real(0.050F))},
                {"1%", sorted.at(Real(0.010F))},
                {"0.1%", sorted.at(Real(0.001F))},
                {"minimum", sorted.smallest()}});
    return out;
}

std::vector<Percentile> percentiles(std::span<const TextToken> tokens,
                                    double TextToken::*field,
                                    bool with_quartiles,
                                    Arithmetic arithmetic) {
    return arithmetic == Arithmetic::kCompatible
               ? percentiles_of(Sorted<float>(tokens, field), with_quartiles)
               : percentiles_of(Sorted<double>(tokens, field), with_quartiles);
}

/// The chunk of every token.
std::vector<std::int64_t> chunks_of(std::size_t n, std::int64_t n_per_chunk) {
    std::vector<std::int64_t> out(n);
    for (std::size_t i = 0; i < n; ++i) {
        out[i] = static_cast<std::int64_t>(i) / n_per_chunk;
    }
    return out;
}

/// The standard error of the mean of a value of each token, with chunks as clusters.
class ChunkErrors {
 public:
    ChunkErrors(std::span<const TextToken> tokens, std::int64_t n_per_chunk)
        : tokens_(tokens), chunks_(chunks_of(tokens.size(), n_per_chunk)) {}

    [[nodiscard]] std::optional<double> of(
        const std::function<double(const TextToken&)>& value) const {
        std::vector<double> values;
        values.reserve(tokens_.size());
        for (const TextToken& token : tokens_) {
            values.push_back(value(token));
        }
        const auto mean = stats::cluster_mean(values, chunks_, kConfidence);
        return mean ? mean->se_cr1 : std::nullopt;
    }

 private:
    std::span<const TextToken> tokens_;
    std::vector<std::int64_t> chunks_;
};

/// Where both models are nearly one, the variance of their difference is rounded below 0.
Figure without_rounding(Figure figure) {
    figure.error = std::isnan(figure.error) ? 0 : figure.error;
    return figure;
}

std::optional<double> times(std::optional<double> error, double factor) {
    return error ? std::optional(*error * factor) : std::nullopt;
}

}  // namespace

void TextSums::add(const TextToken& token) {
    ++n_;
    n_same_top_ += token.same_top;
    nll_ += token.nll;
    nll_base_ += token.nll_base;
    kld_ += token.kld;
    kld2_ += token.kld * token.kld;
    p_diff_ += token.p_diff;
    if (arithmetic_ == Arithmetic::kExact) {
        nll2_ += token.nll * token.nll;
        nll_base2_ += token.nll_base * token.nll_base;
        nll_nll_base_ += token.nll * token.nll_base;
        const double square = token.p_diff * token.p_diff;
        p_diff2_ += square;
        p_diff4_ += square * square;
        return;
    }
    const auto nll = static_cast<float>(token.nll);
    const auto nll_base = static_cast<float>(token.nll_base);
    const auto p_diff = static_cast<float>(token.p_diff);
    nll2_ += static_cast<double>(nll * nll);
    nll_base2_ += static_cast<double>(nll_base * nll_base);
    nll_nll_base_ += static_cast<double>(nll * nll_base);
    const auto square = static_cast<double>(p_diff * p_diff);
    p_diff2_ += square;
    p_diff4_ += square * square;
}

Figure TextSums::mean(double sum, double sum_of_squares) const {
    if (n_ < 1) {
        return {};
    }
    const auto n = static_cast<double>(n_);
    const double mean = sum / n;
    const double variance = sum_of_squares / n - mean * mean;
    return {mean, variance > 0 && n_ > 10 ? std::sqrt(variance / (n - 1)) : 0.0};
}

Figure TextSums::exponential(const Figure& logarithm) {
    const double value = std::exp(logarithm.value);
    return {value, value * logarithm.error};
}

double TextSums::covariance() const {
    if (n_ < 10) {
        return 0;
    }
    const auto n = static_cast<double>(n_);
    return (nll_nll_base_ / n - (nll_ / n) * (nll_base_ / n)) / (n - 1);
}

Figure TextSums::log_ratio() const {
    const Figure own = mean_nll(), base = mean_nll_base();
    return {own.value - base.value,
            std::sqrt(own.error * own.error + base.error * base.error - 2.0 * covariance())};
}

Figure TextSums::ppl_diff() const {
    const Figure own = ppl(), base = ppl_base();
    const double shared = own.value * base.value * covariance();
    return {own.value - base.value,
            std::sqrt(own.error * own.error + base.error * base.error - 2.0 * shared)};
}

Figure TextSums::rms_p_diff() const {
    const Figure square = mean(p_diff2_, p_diff4_);
    const double root = std::sqrt(square.value);
    return {root, 0.5 / root * square.error};
}

Figure TextSums::same_top() const {
    const double share = static_cast<double>(n_same_top_) / static_cast<double>(n_);
    return {share, std::sqrt(share * (1.0 - share) / static_cast<double>(n_ - 1))};
}

TextSummary summarize(std::span<const TextToken> tokens,
                      std::int64_t n_per_chunk,
                      Arithmetic arithmetic) {
    TextSums sums(arithmetic);
    for (const TextToken& token : tokens) {
        sums.add(token);
    }
    TextSummary out;
    out.n_tokens = sums.n();
    out.n_chunks = (out.n_tokens + n_per_chunk - 1) / n_per_chunk;
    out.ppl = sums.ppl();
    out.ppl_base = sums.ppl_base();
    out.log_ratio = without_rounding(sums.log_ratio());
    out.ratio = without_rounding(sums.ratio());
    out.ppl_diff = without_rounding(sums.ppl_diff());
    const double errors = sums.mean_nll().error * sums.mean_nll_base().error;
    out.correlation = errors > 0 ? sums.covariance() / errors : 0;
    out.kld = sums.kld();
    out.p_diff = sums.p_diff();
    out.rms_p_diff = sums.rms_p_diff();
    out.same_top = sums.same_top();

    const ChunkErrors errors_by_chunk(tokens, n_per_chunk);
    const auto of = [&](const auto& value) { return errors_by_chunk.of(value); };
    const double ppl = out.ppl.value, ppl_base = out.ppl_base.value;
    out.ppl.chunk_error = times(of([](const TextToken& t) { return t.nll; }), ppl);
    out.ppl_base.chunk_error = times(of([](const TextToken& t) { return t.nll_base; }), ppl_base);
    out.log_ratio.chunk_error = of([](const TextToken& t) { return t.nll - t.nll_base; });
    out.ratio.chunk_error = times(out.log_ratio.chunk_error, out.ratio.value);
    out.ppl_diff.chunk_error = of(
        [&](const TextToken& t) { return ppl * t.nll - ppl_base * t.nll_base; });
    out.kld.chunk_error = of([](const TextToken& t) { return t.kld; });
    out.p_diff.chunk_error = of([](const TextToken& t) { return t.p_diff; });
    out.same_top.chunk_error = of([](const TextToken& t) { return t.same_top ? 1.0 : 0.0; });
    if (out.rms_p_diff.value > 0) {
        out.rms_p_diff.chunk_error = times(
            of([](const TextToken& t) { return t.p_diff * t.p_diff; }), 0.5 / out.rms_p_diff.value);
    } else {
        out.rms_p_diff.error = 0;  // no token differs
        out.rms_p_diff.chunk_error = out.p_diff.chunk_error;
    }
    out.kld_percentiles = percentiles(tokens, &TextToken::kld, false, arithmetic);
    out.p_diff_percentiles = percentiles(tokens, &TextToken::p_diff, true, arithmetic);
    return out;
}

Figure perplexity_of(std::span<const double> nll, std::int64_t n_per_chunk) {
    double sum = 0, squares = 0;
    for (const double value : nll) {
        sum += value;
        squares += value * value;
    }
    const auto n = static_cast<double>(nll.size());
    const double mean = sum / n, variance = squares / n - mean * mean;
    Figure out{std::exp(mean), 0};
    out.error = variance > 0 && n > 1 ? out.value * std::sqrt(variance / (n - 1)) : 0;
    const auto clustered = stats::cluster_mean(
        nll, chunks_of(nll.size(), n_per_chunk), kConfidence);
    out.chunk_error = times(clustered ? clustered->se_cr1 : std::nullopt, out.value);
    return out;
}

}  // namespace assay::perplexity
