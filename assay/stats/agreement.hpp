#pragma once
// Agreement between raters. Undefined (nothing) where chance agreement is complete, for instance with a single
// category; never 0 or 1 then.

#include <cstdint>
#include <optional>
#include <vector>

namespace assay::stats {

enum class KappaWeights {
    kNone,
    kLinear,     ///< 1 - |i - j| / (k - 1)
    kQuadratic,  ///< 1 - (i - j)^2 / (k - 1)^2
};

/// Square table: rows are rater 1's categories in their order, columns rater 2's. Counts >= 0.
using AgreementTable = std::vector<std::vector<std::int64_t>>;

/// Cohen's kappa. Also nothing for an empty table.
[[nodiscard]] std::optional<double> cohen_kappa(const AgreementTable& table,
                                                KappaWeights weights = KappaWeights::kNone);
/// Large-sample standard error of the unweighted kappa (Fleiss, Cohen, Everitt 1969).
[[nodiscard]] std::optional<double> cohen_kappa_se(const AgreementTable& table);

/// Fleiss' kappa: a row for each unit with the number of raters that chose each category. Nothing unless all rows have
/// the same number of raters, at least 2.
[[nodiscard]] std::optional<double> fleiss_kappa(const std::vector<std::vector<std::int64_t>>& counts);

enum class Metric { kNominal, kInterval };

/// Krippendorff's alpha (2011): a row for each rater with a rating, or none, for each unit. Units with fewer than two
/// ratings are left out. Nothing where fewer than two ratings can be paired, or no disagreement is expected.
[[nodiscard]] std::optional<double> krippendorff_alpha(const std::vector<std::vector<std::optional<double>>>& ratings,
                                                       Metric metric);

}  // namespace assay::stats
