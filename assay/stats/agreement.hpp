#pragma once
// Agreement between raters. Undefined (nothing) where chance agreement is complete, for instance
// with a single category; never 0 or 1 then.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace assay::stats {

enum class KappaWeights {
    kNone,
    kLinear,     ///< 1 - |i - j| / (k - 1)
    kQuadratic,  ///< 1 - (i - j)^2 / (k - 1)^2
};

/// Square table: rows are rater 1's categories in their order, columns rater 2's. Counts >= 0.
using AgreementTable = std::vector<std::vector<std::int64_t>>;

/// Cohen's kappa (1960; weighted 1968). Also nothing for an empty table.
[[nodiscard]] std::optional<double> cohen_kappa(const AgreementTable& table,
                                                KappaWeights weights = KappaWeights::kNone);
/// Large-sample standard error of the unweighted kappa (Fleiss, Cohen, Everitt 1969).
[[nodiscard]] std::optional<double> cohen_kappa_se(const AgreementTable& table);

/// Fleiss' kappa (1971): a row for each unit with the number of raters that chose each category.
/// Nothing unless all rows have the same number of raters, at least 2.
[[nodiscard]] std::optional<double> fleiss_kappa(
    const std::vector<std::vector<std::int64_t>>& counts);
/// As above from sums over units, which add up: `agreeing` is the sum of count (count - 1) over
/// units and categories, category[j] how often j was chosen; `raters` >= 2 judged each unit.
[[nodiscard]] std::optional<double> fleiss_kappa(double agreeing,
                                                 std::span<const double> category,
                                                 double raters);

enum class Metric { kNominal, kInterval };

/// Krippendorff's alpha (2011): a row for each rater with a rating, or none, for each unit. Units
/// with fewer than two ratings are left out. Nothing where fewer than two ratings can be paired, or
/// no disagreement is expected.
[[nodiscard]] std::optional<double> krippendorff_alpha(
    const std::vector<std::vector<std::optional<double>>>& ratings, Metric metric);
/// As above from sums over units, which add up: values[k] was given counts[k] times in units with
/// at least two ratings; `observed` is the sum of alpha_disagreement over those units.
[[nodiscard]] std::optional<double> krippendorff_alpha(double observed,
                                                       std::span<const double> values,
                                                       std::span<const double> counts,
                                                       Metric metric);
/// What one unit's ratings (at least two) disagree: the squared distances of all ordered pairs over
/// (ratings - 1).
[[nodiscard]] double alpha_disagreement(std::span<const double> ratings, Metric metric);

}  // namespace assay::stats
