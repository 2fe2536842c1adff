#include "assay/stats/sensitivity.hpp"

#include <cmath>

#include "assay/base/result.hpp"
#include "assay/stats/numeric.hpp"

namespace assay::stats {
namespace {

using Rows = std::vector<std::vector<double>>;

double logistic(double x) {
    return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x));
}

double linear(const std::vector<double>& row, const std::vector<double>& beta) {
    double total = 0;
    for (std::size_t a = 0; a < beta.size(); ++a) {
        total += row[a] * beta[a];
    }
    return total;
}

/// sum of weight_i x_i x_i'
template <class Weight>
Matrix weighted_products(const Rows& rows, std::size_t size, const Weight& weight) {
    Matrix out(size);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const double w = weight(i);
        for (std::size_t a = 0; a < size; ++a) {
            for (std::size_t b = 0; b < size; ++b) {
                out(a, b) += w * rows[i][a] * rows[i][b];
            }
        }
    }
    return out;
}

/// Newton on the quasi-likelihood; nothing if it does not settle at a finite point.
std::optional<std::vector<double>> fit_fractional_logit(const Rows& rows,
                                                        std::span<const double> y,
                                                        std::size_t size) {
    std::vector<double> beta(size, 0.0);
    for (int iteration = 0; iteration < 100; ++iteration) {
        std::vector<double> gradient(size, 0.0);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const double residual = y[i] - logistic(linear(rows[i], beta));
            for (std::size_t a = 0; a < size; ++a) {
                gradient[a] += residual * rows[i][a];
            }
        }
        const auto inverse = inverse_spd(weighted_products(rows, size, [&](std::size_t i) {
            const double p = logistic(linear(rows[i], beta));
            return p * (1 - p);
        }));
        if (!inverse) {
            return std::nullopt;
        }
        const std::vector<double> step = multiply(*inverse, gradient);
        double longest = 0;
        for (std::size_t a = 0; a < size; ++a) {
            longest = std::fmax(longest, std::abs(step[a]));
        }
        // a full step from far away can overshoot
        const double scale = longest > 2 ? 2 / longest : 1;
        for (std::size_t a = 0; a < size; ++a) {
            beta[a] += scale * step[a];
        }
        for (const double value : beta) {
            if (std::abs(value) > 30) {
                return std::nullopt;  // separation: the maximum is at infinity
            }
        }
        if (longest < 1e-12) {
            return beta;
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<PpiMean> ppi_mean(std::span<const double> judge_unlabelled,
                                std::span<const double> judge_labelled,
                                std::span<const double> human_labelled) {
    ASSAY_CHECK(judge_labelled.size() == human_labelled.size());
    if (judge_unlabelled.size() < 2 || human_labelled.size() < 2) {
        return std::nullopt;
    }
    const double n_unlabelled = static_cast<double>(judge_unlabelled.size()),
                 n = static_cast<double>(human_labelled.size());
    const double var_unlabelled = *sample_variance(judge_unlabelled);
    const double mean_human = mean(human_labelled), mean_judge = mean(judge_labelled);

    const auto corrected = [&](double lambda, double& estimate, double& se) {
        std::vector<double> rest;
        for (std::size_t i = 0; i < human_labelled.size(); ++i) {
            rest.push_back(human_labelled[i] - lambda * judge_labelled[i]);
        }
        estimate = lambda * mean(judge_unlabelled) + mean(rest);
        se = std::sqrt(lambda * lambda * var_unlabelled / n_unlabelled +
                       *sample_variance(rest) / n);
    };
    std::vector<double> all(judge_unlabelled.begin(), judge_unlabelled.end());
    all.insert(all.end(), judge_labelled.begin(), judge_labelled.end());
    double covariance = 0;
    for (std::size_t i = 0; i < human_labelled.size(); ++i) {
        covariance += (human_labelled[i] - mean_human) * (judge_labelled[i] - mean_judge) / (n - 1);
    }
    const double var_all = *sample_variance(all);

    PpiMean out;
    out.human_only = mean_human;
    out.human_se = std::sqrt(*sample_variance(human_labelled) / n);
    out.judge_only = mean(judge_unlabelled);
    out.lambda = var_all > 0 ? covariance / ((1 + n / n_unlabelled) * var_all) : 0.0;
    corrected(1, out.estimate, out.se);
    corrected(out.lambda, out.estimate_tuned, out.se_tuned);
    return out;
}

std::optional<LengthControlled> length_controlled(std::span<const double> y,
                                                  std::span<const double> delta_length,
                                                  std::span<const double> position) {
    ASSAY_CHECK(y.size() == delta_length.size() &&
                (position.empty() || position.size() == y.size()));
    for (const double value : y) {
        ASSAY_CHECK(value >= 0 && value <= 1);
    }
    const std::size_t size = position.empty() ? 2 : 3;
    const auto variance = sample_variance(delta_length);
    if (!variance || *variance == 0 || y.size() < size) {
        return std::nullopt;
    }
    const double sd = std::sqrt(*variance);
    Rows rows;
    for (std::size_t i = 0; i < y.size(); ++i) {
        rows.push_back({1.0, std::tanh(delta_length[i] / sd)});
        if (!position.empty()) {
            rows.back().push_back(position[i]);
        }
    }
    const auto beta = fit_fractional_logit(rows, y, size);
    if (!beta) {
        return std::nullopt;
    }
    const auto fitted = [&](std::size_t i) { return logistic(linear(rows[i], *beta)); };
    const auto bread = inverse_spd(
        weighted_products(rows, size, [&](std::size_t i) { return fitted(i) * (1 - fitted(i)); }));
    if (!bread) {
        return std::nullopt;
    }
    const Matrix meat = weighted_products(
        rows, size, [&](std::size_t i) { return (y[i] - fitted(i)) * (y[i] - fitted(i)); });
    const Matrix sandwich = multiply(multiply(*bread, meat), *bread);

    LengthControlled out;
    out.coefficients = *beta;
    for (std::size_t a = 0; a < size; ++a) {
        out.se.push_back(std::sqrt(std::fmax(0.0, sandwich(a, a))));
    }
    out.score = logistic(beta->front());
    out.net = 2 * out.score - 1;
    out.net_se = 2 * out.score * (1 - out.score) * out.se.front();
    return out;
}

}  // namespace assay::stats
