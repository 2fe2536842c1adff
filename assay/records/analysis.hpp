#pragma once
// What analysis/ computes of one comparison of a variant with the baseline by one judge. Field
// names are those of report.json.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/records/control.hpp"
#include "assay/records/verdict.hpp"

namespace assay {

/// A value with its interval. Empty value, low, high: undefined or not measured, and `why` says
/// why.
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
    std::int64_t questions_left_out = 0;  ///< with verdicts, in fewer than half of their calls
    std::int64_t no_answer_baseline = 0;

    /// INVALID, ERROR and REFUSED.
    [[nodiscard]] std::int64_t failed() const { return invalid + errors + refused; }
    /// Comparisons of which nobody knows what they would have shown: failed verdicts, and questions
    /// that are left out because an answer is missing.
    [[nodiscard]] std::int64_t unknown() const { return failed() + no_answer_baseline; }
};

/// p values of "no difference" among the decisive verdicts; 1 where there are none. Reported, never
/// decided on.
struct SignTest {
    double exact = 1;
    double mid_p = 1;
    double normal_corrected = 1;  ///< continuity-corrected normal (Edwards' McNemar): what the
                                  ///< source study printed
};

struct EffectSize {
    std::optional<double> abs_2p_minus_1;  ///< |2p - 1| of the decisive win rate p
    std::optional<double> cohens_h;        ///< against one half, signed
    std::string why;
};

/// Smallest effects that this design shows with the stated power, two-sided at alpha.
struct DetectableEffect {
    std::optional<double> net;  ///< net win rate, exact unconditional sign test at the observed
                                ///< decisive rate
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
    PositionRow variant_first;  ///< the variant's answer was shown as A
    PositionRow variant_second;
    std::int64_t first_shown_wins = 0;
    std::int64_t second_shown_wins = 0;
    Estimate bias;  ///< half the difference of the two net win rates; > 0: the first position is
                    ///< favoured
    Estimate net_stratified;  ///< mean of the two net win rates: free of an additive position bias
    std::optional<double> p_sign;    ///< sign test, first-shown against second-shown wins
    std::optional<double> p_fisher;  ///< Fisher-Freeman-Halton on the 2 x 3 table
    std::string p_fisher_method;     ///< exact, or chi-squared for very many comparisons; empty
                                     ///< without a p
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
    double n_effective = 0;  ///< (sum n_g)^2 / sum n_g^2: equal clusters that are worth as much; at
                             ///< most n_clusters
    double largest_share = 0;             ///< of the comparisons, in the largest cluster
    std::optional<double> design_effect;  ///< CR1 variance over the naive one, before max(1, .)
    double design_effect_used = 1;
    std::optional<double> p_sign_flip;  ///< of "no difference", on cluster sums
    std::string p_sign_flip_method;     ///< exact, or its normal approximation for very many; empty
                                        ///< without a p
    std::string why;
};

/// Where questions have several verdicts: both orders, several samples. A question counts if at
/// least half of its calls have a verdict, with the mean of them.
struct QuestionSummary {
    std::int64_t n = 0;           ///< questions that count
    std::int64_t n_left_out = 0;  ///< with verdicts, but too few to count
    double verdicts_each = 1;     ///< on average
    std::int64_t n_won = 0;       ///< whose mean is above 0: the variant is ahead
    std::int64_t n_even = 0;
    std::int64_t n_lost = 0;
    std::optional<double> p_sign_flip;  ///< of "no difference", on the means; empty with clusters
    std::string p_sign_flip_method;     ///< as ClusterSummary's
};

/// p values of the exact unconditional test, which a label needs besides the interval where there
/// are few questions (or clusters). Each is of H0: the opposite of what is claimed.
struct SmallSample {
    std::int64_t n_units = 0;  ///< independent ones: questions or, where verdicts are dependent,
                               ///< clusters
    double p_not_worse = 1;    ///< claim: net > -margin
    double p_not_better = 1;   ///< claim: net < +margin
    double p_worse = 1;        ///< claim: net < 0
    double p_better = 1;       ///< claim: net > 0
    double p_beyond = 1;       ///< claim: net < -margin
};

enum class DecisionLabel { kEquivalent, kNonInferior, kDegraded, kInconclusive, kNotMeasured };
/// Whether a variant with this label may ship, if nothing else is in the way.
[[nodiscard]] constexpr bool passes(DecisionLabel label) {
    return label == DecisionLabel::kEquivalent || label == DecisionLabel::kNonInferior;
}

struct Decision {
    DecisionLabel label = DecisionLabel::kNotMeasured;
    bool beyond_margin = false;       ///< degraded, and by more than the margin
    bool detectably_worse = false;    ///< the interval lies below 0
    bool detectably_better = false;   ///< the interval lies above 0
    bool on_these_questions = false;  ///< about exactly the questions that were asked
                                      ///< (kTheseQuestions), not about questions like them
    double margin = 0.1;
    double alpha = 0.05;
    std::optional<bool> claimed;  ///< under a ladder or Holm: whether an equivalent or non_inferior
                                  ///< may be claimed; empty: not corrected
    /// Further questions for the stated power of "equivalent" at a true difference of 0; empty:
    /// none needed, or not to be said.
    std::optional<std::int64_t> n_more;
    std::optional<std::int64_t> n_more_ship;  ///< the same of "equivalent or non-inferior": fewer
    /// At one-sided alpha the net win rate is at least this; where too many verdicts failed,
    /// whatever they would have said. Empty: not to be said, as of a small sample, whose interval
    /// is too narrow.
    std::optional<double> least_net;
    std::string why;
};

/// What was concluded if every failed verdict had gone one way.
struct ExtremeCase {
    Decision decision;
    Estimate net_win_rate;
    double p_not_worse = 1;   ///< of what is claimed as in SmallSample, if any verdict failed: the
                              ///< larger of the interval's test and, of a small sample, the exact
                              ///< one
    double p_not_better = 1;  ///< likewise
};

/// The net win rate if both answers had been equally long: a sensitivity analysis, as quantization
/// may change length (statistics.md 2h).
struct LengthControl {
    Estimate net;                ///< empty value and a `why`: not to be had
    bool label_differs = false;  ///< its interval gives another label than the unadjusted one
};

/// The net win rate that people would give, from those comparisons that they labelled and all that
/// the judge judged. Never decided on.
struct Calibration {
    std::vector<std::string> people;  ///< names of the judges whose verdicts are people's
    std::int64_t n_labelled = 0;      ///< comparisons that people and the judge decided
    std::int64_t n_judge_only = 0;
    std::int64_t n_settled = 0;  ///< known without a judge: identical answers, no answer of the
                                 ///< variant
    std::optional<double> people_on_labelled;  ///< net win rate of the labelled ones, by people
    std::optional<double> judge_on_labelled;   ///< and by the judge
    std::optional<double> lambda;  ///< weight of the judge's verdicts: 0 they tell nothing of
                                   ///< people's, 1 they count in full
    Estimate net;                  ///< empty value and a `why`: not to be had
    DecisionLabel label = DecisionLabel::kNotMeasured;  ///< that its interval would give
    bool label_differs = false;  ///< from what the judge's own interval gives
    std::string note;            ///< sentences: what it rests on
};

/// How judging could have ended early, and how it ended.
struct StoppingSummary {
    std::string design = "none";  ///< the one in force: hybrid | group-sequential | none
    std::int64_t n_planned = 0;   ///< comparisons
    std::int64_t n_used = 0;      ///< the leading ones that the decision rests on
    std::int64_t looks = 0;
    bool stopped_early = false;
    double alpha_spent = 0;   ///< of alpha, up to the last look
    std::string sentence;     ///< for a reader; also where early stopping was refused, and why
    bool of_samples = false;  ///< the look is at the first samples of all questions: nothing is
                              ///< left out
    /// Of alpha: what the limits that decide may err with, where `of_samples`.
    double alpha_share = 1;

    /// Comparisons behind the stop are left out, so the leading ones are a sample of their own.
    [[nodiscard]] bool leaves_some_out() const { return stopped_early && !of_samples; }
};

/// Questions that were judged in both orders, the variant shown first and second. Only what a judge
/// decided.
struct BothOrders {
    std::int64_t n = 0;              ///< questions with a verdict in each order
    std::int64_t n_one_order = 0;    ///< questions with a verdict in one order only: they are in no
                                     ///< other figure of this record
    std::int64_t n_flipped = 0;      ///< the two verdicts differ
    Estimate flip_rate;              ///< n_flipped / n; Wilson, 95 %
    std::int64_t primacy_flips = 0;  ///< the answer that was shown first won both times
    std::int64_t recency_flips = 0;  ///< the one that was shown second
    std::optional<double> p_primacy_vs_recency;  ///< sign test of the two; empty without such a
                                                 ///< flip
    std::optional<double> kappa;  ///< Cohen's, of the two orders' verdicts; empty where undefined
    std::int64_t conservative_wins = 0;  ///< MT-Bench's count: won in both orders; else a tie.
                                         ///< Pulls the net win rate to 0: never decided on
    std::int64_t conservative_ties = 0;
    std::int64_t conservative_losses = 0;
    std::array<std::int64_t, 5> means{};  ///< questions whose mean of the two verdicts is -1, -1/2,
                                          ///< 0, 1/2, 1
};

/// Equivalence on the decisive win rate: exact binomial TOST of 1/2 - margin and 1/2 + margin.
struct DecisiveTost {
    double p_lower = 1;
    double p_upper = 1;
    double p_tost = 1;
    std::optional<double> same_margin;  ///< what the net margin is on this scale at the observed
                                        ///< decisive rate; empty without a decisive verdict
    std::string why;                    ///< what it does not allow for; empty: nothing
};

/// The score test's p values without its large-sample approximation: the largest probability, over
/// all decisive rates, of a score like the observed one or beyond.
struct ExactTost {
    std::optional<double> p_lower;
    std::optional<double> p_upper;
    std::optional<double> p_tost;
    std::string why;  ///< why there is none
};

/// Posterior of the net win rate under a Dirichlet prior. Descriptive, never decided on.
struct Posterior {
    double prior = 1;          ///< each of win, tie, loss
    double p_equivalent = 0;   ///< |net| < margin
    double p_noninferior = 0;  ///< net > -margin
    double p_better = 0;       ///< net > 0
    double mean = 0;
    double low = -1;  ///< equal-tailed 95 % credible interval
    double high = 1;
};

/// The fewest verdicts that would have had to fall otherwise, n unchanged, for another label.
struct LabelFlip {
    std::string change;  ///< losses_to_ties | ties_to_wins | wins_to_ties | ties_to_losses
    std::optional<std::int64_t> n;       ///< empty: no number of them changes the label
    std::optional<DecisionLabel> label;  ///< that it would be
};

/// What would change the decision. Of the verdicts that the label rests on: with failed ones as
/// losses where there are too many of them.
struct Outlook {
    /// margins above this one would have given equivalent
    std::optional<double> smallest_margin_equivalent;
    /// and above this one at least non_inferior
    std::optional<double> smallest_margin_noninferior;
    std::optional<std::int64_t> n_more_if_observed;  ///< further questions for equivalence if the
                                                     ///< observed difference is the true one;
                                                     ///< empty: out of reach
    std::vector<LabelFlip> flips;
};

/// What `assay stats` shows beside the decision. None of it decides.
struct Companions {
    DecisiveTost decisive_tost;
    ExactTost exact_tost;
    std::vector<Posterior> posteriors;  ///< prior 1, then 1/2
    std::string posteriors_why;  ///< what they rest on besides the counts, or why there are none
    Outlook outlook;
};

struct ComparisonAnalysis {
    std::string variant;
    std::string baseline;
    std::string judge;
    Counts counts;
    Estimate win_rate_decisive;  ///< Wilson, 95 %
    Estimate loss_rate_decisive;
    Estimate net_win_rate;  ///< the interval that decides
    Estimate score;  ///< (wins + ties / 2) / n, with the interval that decides as a share: (1 +
                     ///< net) / 2
    std::optional<Estimate> graded_net_win_rate;  ///< mean of graded verdicts, where there are any;
                                                  ///< never decided on
    Estimate failure_rate;  ///< INVALID, ERROR and REFUSED among all that were settled or tried;
                            ///< Wilson
    SignTest sign_test;
    EffectSize effect_size;
    DetectableEffect mde;
    std::optional<Position> position;       ///< empty where sides are not known (bare counts)
    std::optional<BothOrders> both_orders;  ///< empty: no question has a verdict in each order
    std::vector<ConfidenceRow> confidence;  ///< high, medium, low, none; only levels that occur
    EquivalenceTest tost;
    std::optional<ClusterSummary> clusters;
    std::optional<QuestionSummary> questions;  ///< empty: each question has one verdict
    std::optional<Estimate> these_questions;   ///< the net win rate on exactly the questions that
                                               ///< were asked: another claim than the decision's;
                                               ///< empty: neither samples nor both orders, or that
                                               ///< is what is decided
    std::optional<Estimate> questions_like_these;  ///< the other claim where the decision is about
                                                   ///< exactly the questions that were asked
    std::optional<SmallSample> small_sample;  ///< empty: enough for the interval to decide alone
    Decision decision;
    ExtremeCase worst_case;                       ///< failed verdicts were all losses
    ExtremeCase best_case;                        ///< failed verdicts were all wins
    std::optional<LengthControl> length_control;  ///< empty: the answers' lengths are not known
    std::optional<Calibration> calibration;  ///< empty: people labelled none of it, or they are the
                                             ///< judge
    std::optional<StoppingSummary> stopping;   ///< empty: judging without an order (analyse), where
                                               ///< nothing could stop early
    std::optional<Companions> companions;      ///< filled by analysis::add_companions
    std::optional<Estimate> cluster_interval;  ///< with clusters: a second interval of the net win
                                               ///< rate, by another method; filled by
                                               ///< analysis::add_cluster_interval
};

/// Whether verdicts depend on each other, through their questions or clusters.
[[nodiscard]] inline bool dependent(const ComparisonAnalysis& analysis) {
    return analysis.clusters.has_value() || analysis.questions.has_value();
}

/// How often a variant's answers show a failure mode (docs/failure_modes.md), beside the baseline's
/// answers to the same questions: as rules find it, or as a judge tagged it.
struct FailureModeRow {
    std::string mode;    ///< truncation, repetition ...
    std::int64_t n = 0;  ///< questions that both were asked; of a judge's tags: those whose pair
                         ///< has tags
    std::int64_t baseline = 0;
    std::int64_t variant = 0;
    Estimate difference;  ///< variant's rate - baseline's
    double p_mid = 1;     ///< McNemar's mid-p test
    double p_holm = 1;    ///< p_mid after Holm over all modes
};

/// Whether a judge was shown to see a kind of damage.
enum class Sight {
    kSees,       ///< the damaged answer lost more often than it won, beyond chance
    kDoesNot,    ///< it lost in fewer than half of the pairs, beyond chance
    kTooFewSay,  ///< neither
};

/// What one judge made of answers that were damaged in one way.
struct DamageRow {
    Damage damage = Damage::kNumber;
    std::int64_t n = 0;       ///< settled, INVALID and REFUSED among them
    std::int64_t n_lost = 0;  ///< of those: the damaged answer lost
    std::int64_t n_won = 0;   ///< and won
    Estimate lost;            ///< n_lost / n
    Sight sight = Sight::kTooFewSay;
};

/// What one judge made of pairs whose right outcome is known. Rates have exact intervals.
struct ControlsSummary {
    std::int64_t n_identical = 0;         ///< identical pairs with a verdict A, B or TIE
    std::int64_t n_preferred = 0;         ///< of those: A or B
    std::int64_t n_first_preferred = 0;   ///< of those: A
    std::int64_t n_identical_failed = 0;  ///< identical pairs that ended as INVALID or REFUSED
    Estimate side_preferred;              ///< n_preferred / n_identical

    std::int64_t n_reformatted = 0;  ///< likewise, of pairs that differ in form only
    std::int64_t n_reformatted_preferred = 0;
    Estimate form_preferred;  ///< n_reformatted_preferred / n_reformatted
    Estimate null_preferred;  ///< of identical and reformatted ones together; of a metric of
                              ///< identical ones

    std::int64_t n_swapped = 0;  ///< pairs with a swapped-in answer that are settled, INVALID and
                                 ///< REFUSED among them
    std::int64_t n_swapped_lost = 0;  ///< of those: the swapped-in answer lost
    Estimate swapped_lost;            ///< n_swapped_lost / n_swapped

    std::int64_t n_damaged = 0;       ///< as of swapped ones
    std::int64_t n_damaged_lost = 0;  ///< of those: the damaged answer lost
    std::int64_t n_damaged_won = 0;   ///< and won
    Estimate damaged_lost;            ///< n_damaged_lost / n_damaged: what it can see
    Estimate net_detection;  ///< (n_damaged_lost - n_damaged_won) / n_damaged; Tango's interval
    Estimate net_detection_of_facts;  ///< likewise, of numbers, negations and exchanges
    std::vector<DamageRow> by_damage;

    std::int64_t n_padded = 0;      ///< pairs with an answer and a filler, as of swapped ones
    std::int64_t n_padded_won = 0;  ///< of those: the longer one won
    Estimate padded_won;            ///< n_padded_won / n_padded
    bool prefers_padding = false;   ///< its interval lies above one half

    std::int64_t n_truncated = 0;       ///< pairs with an answer that was cut short, as of swapped
                                        ///< ones. They gate nothing
    std::int64_t n_truncated_lost = 0;  ///< of those: the shorter one lost
    Estimate truncated_lost;            ///< n_truncated_lost / n_truncated

    std::int64_t n_pending = 0;  ///< ERROR or not asked yet, of the kinds that gate
    bool passed = false;
    bool narrowly = false;  ///< passed, and one more mistake would have failed it
    std::string why;        ///< a sentence without a full stop: why not passed
};

/// Pairs that a judge was asked about more than once, shown in the same way each time.
struct RepeatStability {
    std::int64_t n = 0;       ///< further askings with a verdict A, B or TIE, of pairs whose first
                              ///< verdict was one, too
    std::int64_t n_same = 0;  ///< of those: the same verdict as the first time
    Estimate same;            ///< n_same / n
    std::optional<double> within_variance;  ///< of verdicts as -1, 0, 1 of one pair, averaged over
                                            ///< the pairs
    std::optional<double> icc;  ///< 1 - within_variance / variance of all of them; empty where that
                                ///< is 0
};

/// Pairs that were judged before a run was extended, and asked again among what was added.
struct Recheck {
    std::int64_t n = 0;          ///< pairs with two verdicts, each A, B, TIE, INVALID or REFUSED
    std::int64_t n_same = 0;     ///< of those: the same verdict
    Estimate same;               ///< n_same / n
    std::int64_t n_better = 0;   ///< pairs in which the variant fares better than the first time
    std::int64_t n_worse = 0;    ///< and worse
    double p_shift = 1;          ///< sign test of the two
    std::int64_t n_pending = 0;  ///< ERROR or not asked yet
    bool passed = false;
    std::string why;  ///< a sentence without a full stop: why not passed
};

/// What one judge was shown to see when a run was extended.
struct ExtensionSummary {
    std::int64_t number = 1;            ///< of the extension, from 1
    std::vector<std::string> variants;  ///< to which it added comparisons
    ControlsSummary controls;           ///< its own ones
    Recheck recheck;

    [[nodiscard]] bool passed() const { return controls.passed && recheck.passed; }
    /// A sentence without a full stop: why not passed.
    [[nodiscard]] const std::string& why() const {
        return controls.passed ? recheck.why : controls.why;
    }
};

/// Which variant to use, of all that were compared by the judge that decides.
struct Recommendation {
    std::optional<std::string> variant;  ///< empty: none may be recommended
    std::string sentence;
};

}  // namespace assay
