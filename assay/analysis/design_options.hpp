#pragma once
// A few designs beside each other: what each needs, what it costs, and which is the cheapest.

#include <cstddef>
#include <optional>
#include <vector>

#include "assay/analysis/design.hpp"
#include "assay/records/verdict_variance.hpp"

namespace assay::analysis {

/// The same experiment asked about in another way. Several samples or judges: judging does not stop
/// early, so all of alpha is left for the decision.
[[nodiscard]] Design asked_otherwise(const Design& design,
                                     int n_samples,
                                     int n_judges,
                                     bool both_orders);
/// With what a pilot measured in place of what is assumed. A variance of few verdicts that are all
/// ties is no 0: it is planned as (n v + 1) / (n + 2), where that is larger. `pilot.v` is there.
[[nodiscard]] Design with_measured(const Design& design, const VerdictVariance& pilot);

/// `samples: auto` as a design: as many samples as its look asks for where verdicts vary as is
/// planned, decided at the level of its end (analysis/samples_look.hpp). What the look itself may
/// end is left out. Without a number of questions: the first samples.
[[nodiscard]] Design with_auto_samples(const Design& design);

/// What may be varied.
struct DesignRoom {
    bool samples = true;      ///< several samples of a question can be had
    bool one_order = true;    ///< each pair may be judged once ...
    bool both_orders = true;  ///< ... and twice
    int n_judges = 1;         ///< that could decide together
    int best_samples = 1;     ///< a number of samples that is looked at besides
};

struct DesignOption {
    Design design;
    QuestionsNeeded needed;
    std::optional<LabelChances> alike;  ///< if the two are truly alike, with the questions there
                                        ///< are; empty: their number is not known, or they can show
                                        ///< nothing

    /// Chance of "equivalent or non-inferior" with the questions there are; 0 where not known.
    [[nodiscard]] double p_ship() const {
        return alike ? alike->equivalent + alike->non_inferior : 0;
    }
    /// With the questions there are, the wanted power.
    [[nodiscard]] bool reaches() const {
        return alike.has_value() && p_ship() >= design.settings.power;
    }
};
[[nodiscard]] DesignOption option_of(const Design& design);

/// One verdict a question, both orders, 2, 4, 8 and `best_samples` samples, 4 in both orders, the
/// judges together; what there is room for, and `planned` in any case. By calls of a question.
[[nodiscard]] std::vector<DesignOption> design_options(const Design& planned,
                                                       const DesignRoom& room);

struct DesignCosts {
    double pairs_each = 1;   ///< pairs of answers of a question and sample that need a call:
                             ///< variants, without those whose answers are equal
    bool calls_cost = true;  ///< false: the judge costs nothing, and answers count instead
    std::optional<double> question{};  ///< what a further question costs, in calls; empty: none can
                                       ///< be had
};
/// Calls for n questions.
[[nodiscard]] double calls_of(const Design& design, const DesignCosts& costs, double n);

/// The number of samples that makes a decision cheapest where further questions can be had for
/// `costs.question` (stats::cheapest_calls_of_question); at most 64. 1 where they cannot.
[[nodiscard]] int cheapest_samples(const Design& design, const DesignCosts& costs);

/// The cheapest that ships with the wanted power. Where further questions can be had they are added
/// as needed; else it must reach with those there are. Of two that cost the same the one with fewer
/// samples. Nothing: none does.
[[nodiscard]] std::optional<std::size_t> cheapest_of(const std::vector<DesignOption>& options,
                                                     const DesignCosts& costs);

}  // namespace assay::analysis
