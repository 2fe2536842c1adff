#pragma once
// May judging stop? From outcomes in their order of judging to stats::Monitor, which says when and
// as what. Pure: the same outcomes in the same order give the same answer, so a run that goes on,
// or a report, comes to it again.
//
// The order must be drawn from a seed before the first verdict, over ALL comparisons: identical
// answers, and those that a variant failed to give, stand in their drawn places, not at the end.
// Otherwise the leading ones are no sample of all. The comparisons of a cluster (or of a question,
// where it was judged in both orders) must stand together.
//
// What counts (statistics.md 2g):
//   - Prefix: a comparison that is not judged yet, or whose verdict is ERROR, blocks. All after it
//     wait until it is settled.
//   - Values: a win is +1, a tie 0, a loss -1. Identical answers are ties, and a variant without an
//     answer loses, in place.
//   - No value: INVALID, REFUSED and a baseline without an answer are skipped; INVALID and REFUSED
//     are counted.
//   - Factors: one a cluster or question, the mean of its questions' means, once all its
//     comparisons are settled. A question counts as in evidence.hpp.
//   - Overshoot: verdicts after the stop are left out; StoppingState::n_leading says where it is.
//
// With `generation.samples: auto` nothing of this holds: judging goes to the end of the first
// samples, then there is one look (samples_look.hpp). What it says is at alpha / 5, and at
// 4 alpha / 5 once all samples are judged that it asked for; between and before nothing is decided.
//
// Early stopping is refused, with a sentence, for a judge that costs nothing (it would lose power
// and save nothing), where questions have several samples or a panel of judges, where a cluster
// does not stand together (a product over its members would be no supermartingale), where the
// decision is about exactly these questions, and where the run was extended after it was planned.
//
// Judging does not stop while more than 5 % of the leading verdicts failed, as a label would then
// have to hold whatever they would have said (decide.hpp), nor while more than 5 % of the leading
// comparisons are left out, nor on identical answers alone, as the label would be
// not_measured; and not before kIntervalAlone factors have a value (small_sample.hpp).

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/analysis/evidence.hpp"
#include "assay/records/analysis.hpp"
#include "assay/records/outcome.hpp"
#include "assay/records/plan.hpp"
#include "assay/records/taken_look.hpp"
#include "assay/stats/monitor.hpp"
#include "assay/stats/sequential.hpp"

namespace assay::analysis {

/// Of AnalysisSettings::stopping (ASSAY_CHECK).
[[nodiscard]] stats::StoppingDesign stopping_design(std::string_view name);

/// How one variant's comparisons are judged by one judge.
struct JudgingPlan {
    std::int64_t n_planned = 0;  ///< comparisons when the first of them was judged; more now: the
                                 ///< run was extended. Fewer now: those that are there are the plan
    bool judge_costs_nothing = false;
    int n_samples = 1;   ///< of a question
    bool panel = false;  ///< the judge is one of a panel
    /// How many samples there are is decided by one look at the first ones (samples_look.hpp).
    bool looks_at_samples = false;
    std::optional<TakenLook> look{};  ///< what it came to; nothing: it is still to come
    bool is_looking = false;          ///< the look is taken now: what it says is wanted
};

struct StoppingState {
    bool stopped = false;        ///< judging may end here
    std::int64_t n_taken = 0;    ///< comparisons of the order that are settled without a gap
    std::int64_t n_leading = 0;  ///< of the order that count: up to the stop, or all
    std::string refused;         ///< a sentence: why judging never stops early; empty: it may
};

class Stopping {
 public:
    /// `in_order`: every comparison that is planned, judged or not; of them only question and
    /// cluster are read. `settings` must lie in its ranges (ASSAY_CHECK).
    Stopping(std::span<const Outcome> in_order,
             const JudgingPlan& plan,
             const AnalysisSettings& settings);

    /// The next comparison of the order, number state().n_taken. False, and not taken: it is not
    /// settled (offer it again when it is; nothing after it can be taken before), judging has
    /// stopped, or all are taken.
    bool push(const Outcome& outcome);

    /// Pushes from number n_taken on, as far as it goes. `in_order` as in the constructor, with
    /// what is known by now: call it after each verdict.
    void advance(std::span<const Outcome> in_order);

    [[nodiscard]] const StoppingState& state() const { return state_; }
    [[nodiscard]] const stats::Monitor& monitor() const { return monitor_; }
    /// False: a look at samples is still to come, or not all that it asked for is judged. Then
    /// nothing is decided: each label that is shown costs some of alpha.
    [[nodiscard]] bool may_decide() const;
    /// One-sided error of each limit of the deciding interval: its level is 1 - 2 tail().
    [[nodiscard]] double tail() const;
    [[nodiscard]] StoppingSummary summary() const;

 private:
    struct Place {
        std::string owner;
        bool ends_factor = false;
    };

    void close_factor();
    [[nodiscard]] std::string sentence_of_the_end() const;
    /// With generation.samples: auto.
    [[nodiscard]] StoppingSummary summary_of_samples() const;

    JudgingPlan plan_;
    double alpha_;
    std::vector<Place> places_;
    std::string design_;  ///< the one in force
    StoppingState state_;
    bool is_behind_the_look_;
    stats::Monitor monitor_;
    std::map<std::string, QuestionVerdicts> questions_;  ///< of the factor that is being settled
    std::int64_t n_counted_ = 0;
    std::int64_t n_identical_ = 0;
    std::int64_t n_failed_ = 0;    ///< INVALID and REFUSED
    std::int64_t n_left_out_ = 0;  ///< without an answer of the baseline, or of either
};

/// Where the whole order stands: Stopping, advanced as far as the outcomes go.
[[nodiscard]] Stopping stopping_of(std::span<const Outcome> in_order,
                                   const JudgingPlan& plan,
                                   const AnalysisSettings& settings);

/// The factors of leading outcomes with their values, for a confidence sequence.
/// `failed`: what INVALID, ERROR and REFUSED count as.
[[nodiscard]] std::vector<stats::ValueCount> factors_of(std::span<const Outcome> leading,
                                                        Failed failed);

}  // namespace assay::analysis
