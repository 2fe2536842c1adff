#include "assay/stats/agreement.hpp"

#include <cmath>
#include <map>

#include "assay/base/result.hpp"
#include "assay/stats/numeric.hpp"

namespace assay::stats {
namespace {

struct Margins {
    double total = 0;
    std::vector<double> rows;
    std::vector<double> columns;
};

Margins margins_of(const AgreementTable& table) {
    Margins out{0, std::vector<double>(table.size(), 0.0), std::vector<double>(table.size(), 0.0)};
    for (std::size_t i = 0; i < table.size(); ++i) {
        ASSAY_CHECK(table[i].size() == table.size());
        for (std::size_t j = 0; j < table.size(); ++j) {
            ASSAY_CHECK(table[i][j] >= 0);
            out.rows[i] += static_cast<double>(table[i][j]);
            out.columns[j] += static_cast<double>(table[i][j]);
            out.total += static_cast<double>(table[i][j]);
        }
    }
    return out;
}

/// How much a pair of categories disagrees, in whole units, so that "no disagreement expected" is
/// an exact zero.
double disagreement(std::size_t i, std::size_t j, KappaWeights weights) {
    const double distance = std::abs(static_cast<double>(i) - static_cast<double>(j));
    if (weights == KappaWeights::kLinear) {
        return distance;
    }
    if (weights == KappaWeights::kQuadratic) {
        return distance * distance;
    }
    return i == j ? 0.0 : 1.0;
}

double squared_distance(double a, double b, Metric metric) {
    if (metric == Metric::kInterval) {
        return (a - b) * (a - b);
    }
    return a == b ? 0.0 : 1.0;
}

}  // namespace

std::optional<double> cohen_kappa(const AgreementTable& table, KappaWeights weights) {
    const Margins margins = margins_of(table);
    double observed = 0, expected = 0;  // disagreement: times total, and times total squared
    for (std::size_t i = 0; i < table.size(); ++i) {
        for (std::size_t j = 0; j < table.size(); ++j) {
            const double weight = disagreement(i, j, weights);
            observed += weight * static_cast<double>(table[i][j]);
            expected += weight * margins.rows[i] * margins.columns[j];
        }
    }
    if (expected == 0) {
        return std::nullopt;
    }
    return 1 - margins.total * observed / expected;
}

std::optional<double> cohen_kappa_se(const AgreementTable& table) {
    const auto kappa = cohen_kappa(table);
    if (!kappa) {
        return std::nullopt;
    }
    const Margins margins = margins_of(table);
    const double n = margins.total, rest = 1 - *kappa;
    double chance = 0, diagonal = 0, off_diagonal = 0;
    for (std::size_t i = 0; i < table.size(); ++i) {
        chance += margins.rows[i] * margins.columns[i] / (n * n);
        for (std::size_t j = 0; j < table.size(); ++j) {
            const double p = static_cast<double>(table[i][j]) / n;
            if (i == j) {
                const double term = 1 - (margins.rows[i] + margins.columns[i]) / n * rest;
                diagonal += p * term * term;
            } else {
                const double term = (margins.columns[i] + margins.rows[j]) / n;
                off_diagonal += p * term * term;
            }
        }
    }
    const double correction = *kappa - chance * rest;
    const double variance = (diagonal + rest * rest * off_diagonal - correction * correction) /
                            (n * (1 - chance) * (1 - chance));
    return std::sqrt(std::fmax(0.0, variance));
}

std::optional<double> fleiss_kappa(const std::vector<std::vector<std::int64_t>>& counts) {
    if (counts.empty()) {
        return std::nullopt;
    }
    std::vector<double> category(counts[0].size(), 0.0);
    double raters = -1, agreeing = 0;
    for (const auto& row : counts) {
        ASSAY_CHECK(row.size() == category.size());
        double in_row = 0;
        for (std::size_t j = 0; j < row.size(); ++j) {
            ASSAY_CHECK(row[j] >= 0);
            const double count = static_cast<double>(row[j]);
            in_row += count;
            category[j] += count;
            agreeing += count * (count - 1);
        }
        if (raters >= 0 && raters != in_row) {
            return std::nullopt;
        }
        raters = in_row;
    }
    if (raters < 2) {
        return std::nullopt;
    }
    return fleiss_kappa(agreeing, category, raters);
}

std::optional<double> fleiss_kappa(double agreeing,
                                   std::span<const double> category,
                                   double raters) {
    ASSAY_CHECK(raters >= 2);
    const double total = sum(category);
    double squares = 0;
    for (const double count : category) {
        squares += count * count;
    }
    if (squares == total * total) {
        return std::nullopt;
    }
    const double observed = agreeing / (total * (raters - 1)), chance = squares / (total * total);
    return (observed - chance) / (1 - chance);
}

double alpha_disagreement(std::span<const double> ratings, Metric metric) {
    ASSAY_CHECK(ratings.size() >= 2);
    double out = 0;
    for (const double a : ratings) {
        for (const double b : ratings) {
            out += squared_distance(a, b, metric);
        }
    }
    return out / static_cast<double>(ratings.size() - 1);
}

std::optional<double> krippendorff_alpha(double observed,
                                         std::span<const double> values,
                                         std::span<const double> counts,
                                         Metric metric) {
    ASSAY_CHECK(values.size() == counts.size());
    const double n = sum(counts);
    if (n < 2) {
        return std::nullopt;
    }
    double expected = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        for (std::size_t j = 0; j < values.size(); ++j) {
            expected += counts[i] * counts[j] * squared_distance(values[i], values[j], metric);
        }
    }
    if (expected == 0) {
        return std::nullopt;
    }
    return 1 - (n - 1) * observed / expected;
}

std::optional<double> krippendorff_alpha(
    const std::vector<std::vector<std::optional<double>>>& ratings, Metric metric) {
    if (ratings.empty()) {
        return std::nullopt;
    }
    std::map<double, double> pairable;  // value -> how often
    double observed = 0;
    for (std::size_t unit = 0; unit < ratings[0].size(); ++unit) {
        std::vector<double> given;
        for (const auto& rater : ratings) {
            ASSAY_CHECK(rater.size() == ratings[0].size());
            if (rater[unit]) {
                given.push_back(*rater[unit]);
            }
        }
        if (given.size() < 2) {
            continue;
        }
        observed += alpha_disagreement(given, metric);
        for (const double a : given) {
            pairable[a] += 1;
        }
    }
    std::vector<double> values, counts;
    for (const auto& [value, count] : pairable) {
        values.push_back(value);
        counts.push_back(count);
    }
    return krippendorff_alpha(observed, values, counts, metric);
}

}  // namespace assay::stats
