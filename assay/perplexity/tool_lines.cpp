#include "assay/perplexity/tool_lines.hpp"

#include <fmt/format.h>

#include <cmath>

#include "assay/perplexity/summary.hpp"

namespace assay::perplexity {
namespace {

constexpr std::int64_t kFewestTokens = 100;  ///< for statistics

std::string chunk_line(std::int64_t chunk, const TextSums& sums) {
    const Figure ppl = sums.ppl(), log_ratio = sums.log_ratio(), kld = sums.kld();
    const Figure rms = sums.rms_p_diff(), same_top = sums.same_top();
    return fmt::format(
        "{:4}    {:9.4f} ± {:9.4f}    {:10.5f} ± {:10.5f}    {:10.5f} ± {:10.5f}    {:6.3f} ± "
        "{:6.3f} %    {:6.3f} ± {:6.3f} %\n",
        chunk,
        ppl.value,
        ppl.error,
        log_ratio.value,
        log_ratio.error,
        kld.value,
        kld.error,
        100.0 * rms.value,
        100.0 * rms.error,
        100.0 * same_top.value,
        100.0 * same_top.error);
}

std::string figure_line(const char* name, const Figure& figure) {
    return fmt::format("{:<30}: {:10.6f} ± {:10.6f}\n", name, figure.value, figure.error);
}

std::string perplexity_block(const TextSums& sums) {
    const double correlation = sums.covariance() /
                               (sums.mean_nll().error * sums.mean_nll_base().error);
    return "====== Perplexity statistics ======\n" + figure_line("Mean PPL(Q)", sums.ppl()) +
           figure_line("Mean PPL(base)", sums.ppl_base()) +
           fmt::format("Cor(ln(PPL(Q)), ln(PPL(base))): {:6.2f}%\n", 100.0 * correlation) +
           figure_line("Mean ln(PPL(Q)/PPL(base))", sums.log_ratio()) +
           figure_line("Mean PPL(Q)/PPL(base)", sums.ratio()) +
           figure_line("Mean PPL(Q)-PPL(base)", sums.ppl_diff());
}

/// How llama-perplexity calls a percentile.
std::string tools_name(std::string_view name) {
    if (name == "maximum" || name == "minimum" || name == "median") {
        std::string out(name);
        out[0] = static_cast<char>(out[0] - 'a' + 'A');
        return fmt::format("{:<7}", out);
    }
    const std::string share(name.substr(0, name.size() - 1));
    const bool whole = share.find('.') == std::string::npos;
    return fmt::format("{:<7}", fmt::format("{:>4}%", whole ? share + ".0" : share));
}

std::string divergence_block(const TextSums& sums, const TextSummary& summary) {
    std::string out = fmt::format(
        "====== KL divergence statistics ======\nMean    KLD: {:10.6f} ± {:10.6f}\n",
        sums.kld().value,
        sums.kld().error);
    for (const Percentile& percentile : summary.kld_percentiles) {
        out += fmt::format("{} KLD: {:10.6f}\n", tools_name(percentile.name), percentile.value);
    }
    return out;
}

std::string probability_block(const TextSums& sums, const TextSummary& summary) {
    std::string out = fmt::format(
        "====== Token probability statistics ======\nMean    Δp: {:6.3f} ± {:5.3f} %\n",
        100.0 * sums.p_diff().value,
        100.0 * sums.p_diff().error);
    for (const Percentile& percentile : summary.p_diff_percentiles) {
        out += fmt::format(
            "{} Δp: {:6.3f}%\n", tools_name(percentile.name), 100.0 * percentile.value);
    }
    const Figure rms = sums.rms_p_diff(), same_top = sums.same_top();
    return out + fmt::format("RMS Δp    : {:6.3f} ± {:5.3f} %\nSame top p: {:6.3f} ± {:5.3f} %\n",
                             100.0 * rms.value,
                             100.0 * rms.error,
                             100.0 * same_top.value,
                             100.0 * same_top.error);
}

}  // namespace

std::string perplexity_lines(std::span<const double> nll, std::int64_t n_per_chunk) {
    std::string out;
    double sum = 0, squares = 0;
    std::int64_t n = 0;
    for (const double value : nll) {
        sum += value;
        squares += value * value;
        if (++n % n_per_chunk == 0) {
            out += fmt::format(
                "[{}]{:.4f},", n / n_per_chunk, std::exp(sum / static_cast<double>(n)));
        }
    }
    const double mean = sum / static_cast<double>(n);
    const double variance = squares / static_cast<double>(n) - mean * mean;
    const double ppl = std::exp(mean);
    if (variance <= 0) {
        return out + "\nUnexpected negative standard deviation of log(prob)\n";
    }
    return out + fmt::format("\nFinal estimate: PPL = {:.4f} +/- {:.5f}\n",
                             ppl,
                             std::sqrt(variance / static_cast<double>(n - 1)) * ppl);
}

std::string divergence_lines(std::span<const TextToken> tokens, std::int64_t n_per_chunk) {
    std::string out =
        "chunk             PPL               ln(PPL(Q)/PPL(base))          KL Divergence           "
        "   Δp RMS            Same top p\n";
    TextSums sums(Arithmetic::kCompatible);
    for (const TextToken& token : tokens) {
        sums.add(token);
        if (sums.n() % n_per_chunk == 0) {
            out += chunk_line(sums.n() / n_per_chunk, sums);
        }
    }
    out += "\n";
    if (sums.n() < kFewestTokens) {
        return out;
    }
    const TextSummary summary = summarize(tokens, n_per_chunk, Arithmetic::kCompatible);
    return out + perplexity_block(sums) + "\n" + divergence_block(sums, summary) + "\n" +
           probability_block(sums, summary);
}

}  // namespace assay::perplexity
