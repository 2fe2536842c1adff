#pragma once
// What a decision rests on: counts, and how much they are worth where comparisons are dependent.

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "assay/records/analysis.hpp"
#include "assay/records/dependence.hpp"
#include "assay/records/outcome.hpp"
#include "assay/stats/clusters.hpp"
#include "assay/stats/tango.hpp"

namespace assay::analysis {

struct Evidence {
    std::int64_t wins = 0;
    std::int64_t losses = 0;
    std::int64_t ties = 0;
    std::optional<ClusterSummary> clusters;  ///< empty: the comparisons are independent
    double design_effect = 1;                ///< >= 1: all counts are divided by it
    /// of Student's t in place of the normal: effective clusters - 1
    double df = std::numeric_limits<double>::infinity();
    std::vector<stats::ClusterTotal> cluster_totals;  ///< of each kind of cluster how many; in a
                                                      ///< fixed order
    double per_question = 1;  ///< counted comparisons of a question, on average: 2 where all were
                              ///< judged in both orders
    std::string why_not;      ///< a sentence: why there is no interval; empty: there is one

    [[nodiscard]] std::int64_t n() const { return wins + losses + ties; }
    [[nodiscard]] stats::NetCounts effective() const;
};

[[nodiscard]] Evidence evidence_of_counts(std::int64_t wins,
                                          std::int64_t losses,
                                          std::int64_t ties);

/// "1 cluster", "12 clusters", "40 clusters (of unequal size, worth 3.4 equal
/// ones)".
[[nodiscard]] std::string clusters_text(const ClusterSummary& clusters);

/// What an outcome depends on, as a name: its cluster or, where it names none, its question.
/// Outcomes with the same owner are dependent.
[[nodiscard]] std::string owner_of(const Outcome& outcome);

/// What INVALID, ERROR and REFUSED and questions whose answer is missing count as.
enum class Failed { kLeftOut, kLosses, kWins };

/// Wins, ties and losses of the outcomes, with the failed verdicts as said. Outcomes of one
/// cluster, or of one question where it names no cluster, are dependent; as soon as two counted
/// ones are, the design effect of the CR1 variance is used, or the mean cluster size sum n_g^2 / n
/// where that is undefined (all verdicts alike).
[[nodiscard]] Evidence evidence_of(std::span<const Outcome> outcomes, Failed failed);
/// As above where the dependence of these outcomes is known already.
[[nodiscard]] Evidence evidence_of(std::span<const Outcome> outcomes,
                                   const Dependence& dependence,
                                   Failed failed);

/// Sum over the comparisons of (value - mean)^2; n() > 0.
[[nodiscard]] double sum_of_squares(const Evidence& evidence);

/// +1, 0 or -1 of a win, tie or loss (and of a failed verdict or a missing answer, where those
/// count); nothing for what has none.
[[nodiscard]] std::optional<int> value_of(OutcomeKind kind, Failed failed = Failed::kLeftOut);

/// (wins - losses) / n with the interval at level 1 - 2 alpha. Null values and a `why` where there
/// is none.
[[nodiscard]] Estimate net_win_rate_of(const Evidence& evidence, double alpha);

}  // namespace assay::analysis
