#pragma once
// What an audit finds of the judges of a run, over all variants. Names are those of `assay audit
// --json`.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/records/analysis.hpp"
#include "assay/records/decisions_shown.hpp"
#include "assay/records/verdict_variance.hpp"

namespace assay {

/// Two judges on the comparisons that both decided. Identical answers and missing ones are none:
/// nobody was asked.
struct PairAgreement {
    std::string first;
    std::string second;
    std::int64_t n = 0;
    std::int64_t n_same = 0;
    /// loss, tie, win of the variant; rows: the first judge's
    std::array<std::array<std::int64_t, 3>, 3> table{};
    Estimate same;            ///< n_same / n
    Estimate kappa;           ///< Cohen's
    Estimate kappa_weighted;  ///< with quadratic weights on loss < tie < win
    Estimate alpha;           ///< Krippendorff's, interval, of -1, 0, 1
};

/// Three judges or more together.
struct PanelAgreement {
    std::vector<std::string> judges;
    std::int64_t n = 0;       ///< comparisons that at least two decided
    std::int64_t n_all = 0;   ///< that all decided
    std::int64_t n_same = 0;  ///< of n_all: all alike
    Estimate same;            ///< n_same / n_all
    Estimate alpha;           ///< Krippendorff's, nominal, of n
    Estimate alpha_interval;
    Estimate fleiss;  ///< Fleiss' kappa, of n_all
};

/// How often the verdicts of one level of confidence were those of others.
struct ConfidenceAgreement {
    Confidence level = Confidence::kNone;
    std::int64_t n = 0;
    std::int64_t n_same = 0;
    Estimate same;
};

/// What became of the controls of one level of confidence.
struct ConfidenceControls {
    Confidence level = Confidence::kNone;
    std::int64_t n_identical = 0;
    std::int64_t n_preferred = 0;  ///< of those: a side was preferred
    std::int64_t n_swapped = 0;
    std::int64_t n_swapped_lost = 0;  ///< of those: the swapped-in answer lost
};

/// Does the longer answer win? Not a bias by itself: longer answers may be better ones.
struct LengthBias {
    std::int64_t n = 0;  ///< wins and losses between answers of different length
    std::int64_t n_longer_won = 0;
    Estimate longer_won;  ///< n_longer_won / n
};

/// Questions in both orders, over all variants.
struct Flips {
    std::int64_t n = 0;
    std::int64_t n_flipped = 0;
    Estimate rate;  ///< n_flipped / n
};

/// Median and 95th percentile.
struct Percentiles {
    double median = 0;
    double p95 = 0;
};

/// How a judge worked, over comparisons and controls that it was asked about.
struct JudgeConduct {
    std::int64_t n = 0;         ///< with a verdict of any state
    std::int64_t n_usable = 0;  ///< A, B or TIE
    std::int64_t n_invalid = 0;
    std::int64_t n_errors = 0;
    std::int64_t n_refused = 0;
    Estimate failed;             ///< (n - n_usable) / n
    std::int64_t n_retried = 0;  ///< verdicts that took more than one attempt
    std::int64_t n_attempts = 0;
    std::int64_t n_prompt_tokens = 0;  ///< as the judge counted them; 0: it does not say
    std::int64_t n_reply_tokens = 0;
    std::optional<Percentiles> elapsed_ms;            ///< of a verdict; empty: nothing took time
    std::optional<Percentiles> reasoning_characters;  ///< of usable verdicts; empty: there are none
    std::vector<std::string> versions;                ///< that the replies named, sorted, each once
};

/// One variant as the audited judge sees it.
struct AuditedVariant {
    std::string name;
    Decision decision;
    Estimate net_win_rate;
    std::optional<LengthControl> length_control;
    std::optional<Calibration> calibration;
    VerdictVariance variance{};           ///< of the verdicts on it
    std::optional<NextStep> next_step{};  ///< empty: it is settled, or no number of verdicts
                                          ///< settles it
};

struct JudgeAudit {
    std::string name;
    std::string provider;
    std::string model;
    bool decides = false;
    bool people = false;  ///< its verdicts are people's
    JudgeConduct conduct;
    ControlsSummary controls;
    std::vector<ExtensionSummary> extensions;
    /// high, medium, low, none; only levels that occur
    std::vector<ConfidenceControls> controls_by_confidence;
    Estimate cost;  ///< of comparisons, controls and repeats, in the currency of the judge's prices
    std::optional<Position> position;  ///< over all variants; empty: nothing was decided
    LengthBias length;
    std::optional<RepeatStability> repeats;  ///< empty: no pair was to be asked again
    std::optional<Flips> flips;              ///< empty: no question was decided in both orders
    std::vector<ConfidenceAgreement> with_people;  ///< likewise; empty: people labelled none of it
    std::vector<ConfidenceAgreement> with_judges;  ///< with what most of the other judges say;
                                                   ///< empty: there are none
    std::vector<AuditedVariant> variants;
    std::vector<std::string> warnings;  ///< sentences: what a reader should worry about
};

struct RunAudit {
    std::string experiment;
    std::string plan_sha256;
    std::int64_t n_questions = 0;
    std::vector<JudgeAudit> judges;                  ///< the plan's order; the first decides
    std::vector<PairAgreement> pairs;                ///< of judges
    std::optional<PanelAgreement> panel;             ///< empty: fewer than three judges
    std::vector<std::string> warnings;               ///< about the judges together
    std::vector<std::string> exploratory_reasons{};  ///< why the run is exploratory; empty: it is
                                                     ///< not
    std::vector<DecisionsShown> decisions_shown{};   ///< ever, oldest first
};

}  // namespace assay
