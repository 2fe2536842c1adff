#pragma once
// What analysis/ computes of one comparison of a variant with the baseline by one judge. Field names are those of report.json.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/records/verdict.hpp"

namespace assay {

/// A value with its interval. Empty value, low, high: undefined or not measured, and `why` says why.
struct Estimate {
    std::optional<double> value;
    std::optional<double> low;
    std::optional<double> high;
    double confidence = 0.95;
    std::int64_t n = 0;
    std::string method;
    std::string why;
};

struct Counts {
    std::int64_t n_items = 0;
    std::int64_t n = 0;  ///< wins + ties + losses
    std::int64_t wins = 0;
    std::int64_t ties = 0;
    std::int64_t losses = 0;
    std::int64_t identical = 0;
    std::int64_t invalid = 0;
    std::int64_t errors = 0;
    std::int64_t refused = 0;
    std::int64_t not_judged = 0;
    std::int64_t no_answer_variant = 0;   ///< among the losses
    std::int64_t no_answer_baseline = 0;
};

/// p values of "no difference" among the decisive verdicts; 1 where there are none. Reported, never decided on.
struct SignTest {
    double exact = 1;
    double mid_p = 1;
    double normal_corrected = 1;  ///< continuity-corrected normal (Edwards' McNemar): what the source study printed
};

struct EffectSize {
    std::optional<double> abs_2p_minus_1;  ///< |2p - 1| of the decisive win rate p
    std::optional<double> cohens_h;        ///< against one half, signed
    std::string why;
};

/// Smallest effects that this design shows with the stated power, two-sided at alpha.
struct DetectableEffect {
    std::optional<double> net;                ///< net win rate, exact unconditional sign test at the observed decisive rate
    std::optional<double> decisive_win_rate;  ///< distance from one half, exact sign test
    double power = 0.8;
    double alpha = 0.05;
    std::string method;  ///< of `net`: exact, or its normal approximation for very many comparisons
    std::string why;
};

struct PositionRow {
    std::int64_t wins = 0;
    std::int64_t losses = 0;
    std::int64_t ties = 0;
};

struct Position {
    PositionRow variant_first;   ///< the variant's answer was shown as A
    PositionRow variant_second;
    std::int64_t first_shown_wins = 0;
    std::int64_t second_shown_wins = 0;
    Estimate bias;               ///< half the difference of the two net win rates; > 0: the first position is favoured
    Estimate net_stratified;     ///< mean of the two net win rates: free of an additive position bias
    std::optional<double> p_sign;    ///< sign test, first-shown against second-shown wins
    std::optional<double> p_fisher;  ///< Fisher-Freeman-Halton on the 2 x 3 table
    std::string p_fisher_method;     ///< exact, or chi-squared for very many comparisons; empty without a p
};

struct ConfidenceRow {
    Confidence level = Confidence::kNone;
    std::int64_t wins = 0;
    std::int64_t losses = 0;
    std::int64_t ties = 0;
};

/// Score-based TOST at the margin (Tango's score at -margin and +margin).
struct EquivalenceTest {
    double p_lower = 1;  ///< H0: net <= -margin
    double p_upper = 1;  ///< H0: net >= +margin
    double p_tost = 1;
    std::optional<double> smallest_margin;  ///< that these data support, at alpha
};

struct ClusterSummary {
    std::int64_t n_clusters = 0;
    std::int64_t largest = 0;
    std::optional<double> design_effect;  ///< CR1 variance over the naive one, before max(1, .)
    double design_effect_used = 1;
    std::optional<double> p_sign_flip;    ///< exact, on cluster sums; few clusters
    std::string why;
};

enum class DecisionLabel { kEquivalent, kNonInferior, kDegraded, kInconclusive, kNotMeasured };

struct Decision {
    DecisionLabel label = DecisionLabel::kNotMeasured;
    bool beyond_margin = false;       ///< degraded, and by more than the margin
    bool detectably_worse = false;    ///< the interval lies below 0
    bool detectably_better = false;   ///< the interval lies above 0
    double margin = 0.1;
    double alpha = 0.05;
    std::optional<std::int64_t> n_more;  ///< further questions for the stated power at a true difference of 0; empty: none needed, or not to be said
    std::string why;
};

/// What was concluded if every failed verdict had gone against the variant.
struct WorstCase {
    Decision decision;
    Estimate net_win_rate;
};

/// How judging could have ended early, and how it ended.
struct StoppingSummary {
    std::string design = "none";   ///< the one in force: hybrid | group-sequential | none
    std::int64_t n_planned = 0;    ///< comparisons
    std::int64_t n_used = 0;       ///< the leading ones that the decision rests on
    std::int64_t looks = 0;
    bool stopped_early = false;
    double alpha_spent = 0;        ///< of alpha, up to the last look
    std::string sentence;          ///< for a reader; also where early stopping was refused, and why
};

struct ComparisonAnalysis {
    std::string variant;
    std::string baseline;
    std::string judge;
    Counts counts;
    Estimate win_rate_decisive;   ///< Wilson, 95 %
    Estimate loss_rate_decisive;
    Estimate net_win_rate;        ///< the interval that decides
    Estimate failure_rate;        ///< INVALID, ERROR and REFUSED among all that were settled or tried; Wilson
    SignTest sign_test;
    EffectSize effect_size;
    DetectableEffect mde;
    std::optional<Position> position;  ///< empty where sides are not known (bare counts)
    std::vector<ConfidenceRow> confidence;  ///< high, medium, low, none; only levels that occur
    EquivalenceTest tost;
    std::optional<ClusterSummary> clusters;
    Decision decision;
    WorstCase worst_case;
    std::optional<StoppingSummary> stopping;  ///< empty: judging without an order (analyse), where nothing could stop early
};

/// Which variant to use, of all that were compared by the judge that decides.
struct Recommendation {
    std::optional<std::string> variant;  ///< empty: none may be recommended
    std::string sentence;
};

}  // namespace assay
