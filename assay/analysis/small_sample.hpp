#pragma once
// What a few questions may decide. The score interval's error is above alpha where comparisons are
// few (up to 12 % at 5 %), so there a label needs the exact unconditional test, too.
//
// Units are what is independent: questions or, where verdicts are dependent, effective clusters,
// (sum n)^2 / sum n^2, which are fewer where sizes differ (Carter, Schnepel, Steigerwald 2017, Rev.
// Econ. Stat. 99:698).
//   - below kFewestUnits, or with more than kMostOfOneCluster in one: nothing is decided
//     (not_measured)
//   - below kIntervalAlone, or kClustersAlone clusters or questions with several verdicts: the
//   exact test must agree with the interval, else inconclusive
//   - from there on: the interval decides alone

#include <cstdint>
#include <optional>
#include <string>

#include "assay/analysis/evidence.hpp"
#include "assay/records/analysis.hpp"
#include "assay/stats/equivalence.hpp"
#include "assay/stats/exact.hpp"
#include "assay/stats/exact_table.hpp"

namespace assay::analysis {

inline constexpr std::int64_t kFewestUnits = 10;
/// With more of the comparisons in one cluster the others do not show how clusters differ.
inline constexpr double kMostOfOneCluster = 0.3;
/// Up to 40 all labels err at most as often as alpha says (validation.md, V26); beyond, the
/// interval's worst error at alpha = 5 % is 6 %.
inline constexpr std::int64_t kIntervalAlone = 41;
/// The same of clusters, and of questions with several verdicts. The exact test takes each of them
/// as one verdict, so it is asked only where Student's t rests on few of them; from here on V27,
/// and W5 with 30 questions, show that the interval keeps alpha.
inline constexpr std::int64_t kClustersAlone = 30;
[[nodiscard]] constexpr std::int64_t interval_alone_from(bool dependent) {
    return dependent ? kClustersAlone : kIntervalAlone;
}

[[nodiscard]] DecisionLabel label_of(stats::Region region);

/// Questions or, where verdicts are dependent, effective clusters, rounded down.
[[nodiscard]] std::int64_t units_of(const Evidence& evidence);

/// "1 question", "12 clusters".
[[nodiscard]] std::string units_text(const Evidence& evidence);

/// The exact tests of n independent comparisons at a margin. n >= 1; margin in (0, 1). Made once
/// for many outcomes: that takes 401 n^2 / 2 steps for each of three tables.
class ExactTests {
 public:
    ExactTests(std::int64_t n, double margin);
    /// n_units is left 0. wins + losses <= n.
    [[nodiscard]] SmallSample of(std::int64_t wins, std::int64_t losses) const;
    /// Dependent comparisons count as one a cluster or question, or as fewer where the design
    /// effect says so: as if all verdicts of it were alike. Counts that are then no whole numbers
    /// are rounded against each claim.
    [[nodiscard]] SmallSample of(const Evidence& evidence) const;

 private:
    std::int64_t n_;
    stats::ExactTable at_minus_margin_;
    stats::ExactTable at_zero_;
    stats::ExactTable at_margin_;
};
/// n of ExactTests for this evidence; nothing: there is no interval, or enough for it to decide
/// alone.
[[nodiscard]] std::optional<std::int64_t> exact_test_size(const Evidence& evidence);

[[nodiscard]] std::optional<SmallSample> small_sample_of(const Evidence& evidence, double margin);

/// The largest p value of what the label claims; 0 for inconclusive and not_measured.
[[nodiscard]] double p_of_label(const SmallSample& sample, DecisionLabel label);

/// The label with the exact test beside the interval's: not_measured or inconclusive in place of
/// `by_interval` where there are too few units or the test does not agree. An empty sample: as it
/// is. `alpha`: one-sided.
[[nodiscard]] DecisionLabel label_with(const std::optional<SmallSample>& sample,
                                       DecisionLabel by_interval,
                                       double alpha);

/// As stats::operating_characteristics, of n = kFewestUnits .. kIntervalAlone - 1 independent
/// comparisons, with the exact test beside the interval. `exact_alpha`: of the exact test, where
/// design.alpha allows for Student's t. Nothing where the truth is impossible; tango_coverage and
/// sign_test_reject are left 0.
[[nodiscard]] std::optional<stats::OperatingCharacteristics> small_sample_characteristics(
    const stats::OperatingDesign& design, double exact_alpha);

}  // namespace assay::analysis
