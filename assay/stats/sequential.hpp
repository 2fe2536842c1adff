#pragma once
// Looking while verdicts come in. Every e-value here is a nonnegative supermartingale under its
// null that starts at 1, so the chance that it ever reaches 1 / alpha is at most alpha (Ville),
// whatever the stopping rule. Assumption: independent comparisons, in an order that was drawn
// before.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "assay/stats/proportion.hpp"
#include "assay/stats/value_count.hpp"

namespace assay::stats {

struct RunningCounts {
    std::int64_t wins = 0;
    std::int64_t ties = 0;
    std::int64_t losses = 0;
};

enum class Side {
    kGreater,  ///< evidence for net > theta0, against H0: net <= theta0
    kLess,     ///< evidence for net < theta0, against H0: net >= theta0
};

/// Mixture betting e-value of Waudby-Smith and Ramdas's framework on counts (statistics.md 2g):
/// half the weight on a bet designed for the truth `delta1` at decisive rate `d0`, the rest on ten
/// bets 2^{-j/2}, j = 2 .. 11.
struct MixtureE {
    double design_bet = 0;
    double log_e = 0;
};
struct MixtureDesign {
    double theta0 = -0.1;  ///< in (-1, 1)
    Side side = Side::kGreater;
    double delta1 = 0;  ///< planned true net win rate
    double d0 = 0.6;    ///< planned decisive rate
};
[[nodiscard]] MixtureE mixture_e(const RunningCounts& counts, const MixtureDesign& design);

/// The same e-value, factor by factor, for factors with any value in [-1, 1]: each multiplies a
/// bet's capital by 1 - r
/// + r X / mu0, X = (1 + value) / 2. After 1, 0 and -1 only it is mixture_e of their counts, but
/// for rounding. A factor must be independent of the others: a question's verdict, or the mean of
/// all verdicts of one question or cluster. A push and a look cost some tens of nanoseconds.
class MixtureProcess {
 public:
    explicit MixtureProcess(const MixtureDesign& design);
    void push(double value);
    struct Value {
        double log_e = 0;            ///< of the whole mixture
        double log_geometric_e = 0;  ///< of the ten geometric bets alone: at least ln(2 / (1 -
                                     ///< confidence)) exactly where the confidence sequence of this
                                     ///< look ends before theta0, seen from the side that the
                                     ///< evidence is for
    };
    [[nodiscard]] Value value() const;

 private:
    static constexpr std::size_t kBets = 11;  // the design bet first
    static constexpr std::size_t kHalfSteps = 5;

    double sign_ = 1;
    double mu0_ = 0.5;
    std::array<double, kBets> bets_{};
    // log factors of -1, -1/2, 0, 1/2, 1
    std::array<std::array<double, kBets>, kHalfSteps> known_{};
    std::array<double, kBets> log_capital_{};
};

/// Anytime-valid interval for the net win rate: all theta whose two one-sided e-values (the ten
/// geometric bets only) stay below 2 / (1 - confidence). One look; the intersection over looks is
/// valid too. [-1, 1] without counts.
[[nodiscard]] Interval confidence_sequence(const RunningCounts& counts, double confidence);

/// The same for the mean of independent factors with these values, cut to `within` (the running
/// intersection, when that is what the looks before left): a limit that does not narrow it costs
/// one e-value. low > high: the intersection is empty.
[[nodiscard]] Interval confidence_sequence_of_values(std::span<const ValueCount> values,
                                                     double confidence,
                                                     const Interval& within = {-1, 1});

/// Beta-binomial mixture e-value of the sign test, ties left out; a > 0 is the prior's parameter.
/// `log_e_less` tests H0: p >= 1/2.
struct BetaBinomialE {
    double log_e_two = 0;
    double log_e_less = 0;
};
[[nodiscard]] BetaBinomialE beta_binomial_e(std::int64_t wins, std::int64_t losses, double a);

/// Waudby-Smith and Ramdas's hedged capital (arXiv 2010.09686) for H0: mean = m of observations in
/// [0, 1], with predictable plug-in bets sqrt(2 ln(2 / alpha) / (variance_{t-1} t ln(1 + t))) cut
/// at c / m and c / (1 - m).
struct HedgedCapital {
    double log_plus = 0;
    double log_minus = 0;
    double log_hedged = 0;  ///< ln max(theta K+, (1 - theta) K-)
};
struct HedgedDesign {
    double m = 0.5;       ///< in (0, 1)
    double alpha = 0.05;  ///< in (0, 1)
    double c = 0.5;       ///< in (0, 1)
    double theta = 0.5;   ///< in (0, 1)
};
[[nodiscard]] HedgedCapital hedged_capital(std::span<const double> x, const HedgedDesign& design);

/// One-sided z boundaries of a group-sequential test with `looks` (1 .. 100) equally spaced looks,
/// Lan and DeMets's spending function of the O'Brien-Fleming type, 2 - 2 Phi(z_{alpha/2} / sqrt t).
/// alpha in (0, 0.5). About 1e-6; the recursion of Armitage, McPherson, Rowe 1969.
[[nodiscard]] std::vector<double> obrien_fleming_boundaries(double alpha, int looks);

}  // namespace assay::stats
