#pragma once
// May judging stop? Asked after every factor: a question, or a whole cluster of dependent
// comparisons, in an order that was drawn before anything was judged (statistics.md 2g).
//
// Hybrid: alpha_1 = alpha / 5 is spent on looking after every factor and alpha_2 = 4 alpha / 5 on
// the end, alpha in all (union bound). It stops as
//   - equivalent, once E+(-margin) and E-(+margin) have each reached 1 / alpha_1 at any look so far
//     (mixture_e), and the confidence sequence lies inside (-margin, margin);
//   - degraded, once E-(0) has reached 1 / alpha_1, and the confidence sequence ends below 0 and
//     begins at -margin or below; otherwise the rule of the end might still say equivalent.
//
// A false label needs an e-process to reach 1 / alpha_1 under its null, which has probability
// alpha_1 at most (Ville). What is asked for besides makes stopping rarer only, and sees to it that
// the interval that is shown supports the label: the running intersection of confidence sequences
// at level 1 - 2 alpha_1. It must hold the estimate, too. At the end of the plan Tango's interval
// at level 1 - 2 alpha_2 decides.
//
// Group-sequential: kGroupSequentialLooks equally spaced looks with obrien_fleming_boundaries
// applied to Z(-margin), -Z(margin) and -Z(0), that is to Tango's interval with the boundary as its
// critical value.
//
// None: Tango's interval at level 1 - 2 alpha at the end of the plan.
//
// No design stops as non-inferior: while the interval reaches above +margin further verdicts can
// bring it below, and "equivalent" says more, so stopping there would cut it off.
//
// With clusters one factor is the mean of a cluster's questions. Intervals of Tango's kind are
// those of the questions' means (question_score.hpp) with a design effect and Student's t. The
// confidence sequence is then one of the mean over clusters.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "assay/stats/equivalence.hpp"
#include "assay/stats/proportion.hpp"
#include "assay/stats/sequential.hpp"
#include "assay/stats/tango.hpp"

namespace assay::stats {

/// Of alpha: what the looks of a hybrid design may spend; the rest is left for its end.
inline constexpr double kShareOfLooks = 0.2;

enum class StoppingDesign { kHybrid, kGroupSequential, kNone };

inline constexpr int kGroupSequentialLooks = 5;

/// What is fixed before the first factor.
struct MonitorRule {
    StoppingDesign design = StoppingDesign::kHybrid;
    std::int64_t n_planned = 0;  ///< comparisons, those included that will give no value
    double margin = 0.1;         ///< in (0, 1)
    double alpha = 0.05;         ///< one-sided, in (0, 0.5)
    double alpha_looks = 0;      ///< alpha_1; 0 for the other designs
    double alpha_end = 0.05;  ///< one-sided error of each limit of the interval at the end of the
                              ///< plan
    std::vector<double> boundaries;  ///< of the looks of a group-sequential design; empty for the
                                     ///< others
};
/// n_planned >= 0. A group-sequential rule takes some 10 ms to compute: make it once.
[[nodiscard]] MonitorRule make_monitor_rule(StoppingDesign design,
                                            std::int64_t n_planned,
                                            double margin,
                                            double alpha);

/// What a look came to.
struct MonitorDecision {
    bool early = false;  ///< false: by the rule at the end of the plan
    Region region = Region::kInconclusive;
    NetInterval interval;  ///< estimate: the mean over questions
    double tail = 0.05;    ///< one-sided error of each limit: the interval's level is 1 - 2 tail
    bool anytime = false;  ///< a confidence sequence; false: Tango's interval
    std::string method;    ///< of the interval
};

class Monitor {
 public:
    explicit Monitor(MonitorRule rule);

    /// The next factor of the order: the means of its questions' verdicts, in [-1, 1] (several for
    /// a cluster), and how many planned comparisons it settles, at least as many as means and no
    /// more in all than were planned. A push after an early decision looks on as if nobody had
    /// stopped.
    struct Factor {
        std::span<const double> means;
        std::int64_t n_verdicts = 0;  ///< that the means are of
        std::int64_t n_settled = 0;   ///< comparisons, with or without a verdict; > 0
    };
    void push(const Factor& factor);
    /// The same of questions with one verdict each, +1, 0 or -1.
    void push(std::span<const int> values, std::int64_t n_without_value = 0);

    /// The decision of the last look, if it came to one; after the end of the plan empty only where
    /// no interval is possible (no values, or all of one cluster).
    [[nodiscard]] const std::optional<MonitorDecision>& decision() const { return decision_; }
    [[nodiscard]] bool at_end() const { return n_settled_ == rule_.n_planned; }
    [[nodiscard]] std::int64_t n_factors() const {
        return static_cast<std::int64_t>(factors_.size());
    }
    [[nodiscard]] std::int64_t n_looks() const { return n_looks_; }
    /// Error spent so far: alpha_1 for any number of a hybrid's looks, the spending function at the
    /// last look of a group-sequential design, alpha at the end.
    [[nodiscard]] double alpha_spent() const;
    /// Anytime-valid p values of a hybrid, min(1, 1 / the largest e-value so far); 1 for other
    /// designs.
    [[nodiscard]] double p_lower() const;  ///< H0: net <= -margin
    [[nodiscard]] double p_upper() const;  ///< H0: net >= +margin
    [[nodiscard]] const MonitorRule& rule() const { return rule_; }

 private:
    /// An e-process and the largest values that it had.
    struct Watch {
        explicit Watch(const MixtureDesign& design) : process(design) {}
        void push(double value);
        MixtureProcess process;
        double best_log_e = 0;
        double best_log_geometric_e = 0;
    };

    void add_factor(const Factor& factor);
    [[nodiscard]] bool is_dependent() const { return n_verdicts_ > n_factors(); }
    [[nodiscard]] double mean_of_questions() const;
    [[nodiscard]] bool may_have_crossed() const;
    [[nodiscard]] const Interval& running_sequence();
    [[nodiscard]] std::optional<MonitorDecision> look_at_processes();
    [[nodiscard]] std::optional<MonitorDecision> look_at_interval(double tail, bool early) const;
    [[nodiscard]] std::string method_of(const MonitorDecision& decision) const;

    MonitorRule rule_;
    std::vector<double> values_;        ///< of all questions
    std::vector<std::int64_t> owners_;  ///< and the factor that each belongs to
    std::vector<double> factors_;       ///< mean value of each
    double sum_of_factors_ = 0;
    std::int64_t n_verdicts_ = 0;
    std::int64_t n_settled_ = 0;  ///< of the planned comparisons
    std::int64_t n_looks_ = 0;
    std::int64_t last_look_ = 0;  ///< number of the last group-sequential one, 1 ..
                                  ///< kGroupSequentialLooks
    std::optional<MonitorDecision> decision_;

    Watch lower_;                   ///< against H0: net <= -margin
    Watch upper_;                   ///< against H0: net >= +margin
    Watch no_loss_;                 ///< against H0: net >= 0
    Interval running_{-1, 1};       ///< intersection of the confidence sequences after the first
                                    ///< n_replayed_ factors
    std::vector<ValueCount> seen_;  ///< the values of these factors, sorted
    std::size_t n_replayed_ = 0;
};

}  // namespace assay::stats
