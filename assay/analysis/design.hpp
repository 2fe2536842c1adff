#pragma once
// What an experiment of a given size can show, told before anything is answered or judged. Pure,
// and quick for any input.
//
// How dependent verdicts are treated: comparisons are divided by a design effect, and Student's t
// with (clusters - 1) degrees of freedom stands in place of the normal quantile, as evidence.hpp
// does it afterwards with the design effect that it then measures. Here it is expected as
//     1 + r_order + k (m - 1) icc
// with m = sum n_g^2 / n questions in the cluster of a random question, one comparison a question
// (k = 1) and r_order = 0; or, with both orders, k = 2 and r_order = max(kOrderCorrelation, icc).
// Several samples multiply k, and each verdict of another sample adds max(kSampleCorrelation, icc).
// (Kish's 1 + (m - 1) icc for one order; with both orders and no clusters the variance of a
// question's mean is that of statistics.md 2f, (d - D^2) (1 + r) / 2.) Judges that decide together
// multiply k, too, and each verdict of another judge on the same answers adds kJudgeCorrelation.
// After a pilot its own covariances take the place of the constants (`Design::measured`).
//
// Few questions: below kIntervalAlone of them (kClustersAlone clusters) the chances allow for the
// exact test, which must agree with the interval, and below kFewestUnits nothing is decided
// (small_sample.hpp).
//
// Exact or not: chances of labels come from enumerating all outcomes
// (stats::operating_characteristics) up to kMostEnumerated effective comparisons, above from the
// normal approximation. Numbers of questions come from the normal approximation, which is close
// (514 questions for 80 % power at 10 points and 60 % decisive verdicts have 80.3 % in truth); up
// to kMostEnumerated their exact power is given beside them, and where it is more than half a point
// short (margins near the decisive rate) the number is raised until it is not. Smallest margins
// come from the normal approximation.

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>

#include "assay/records/analysis.hpp"
#include "assay/records/plan.hpp"
#include "assay/records/question.hpp"
#include "assay/stats/question_variance.hpp"

namespace assay::analysis {

/// Effective comparisons up to which outcomes are enumerated.
inline constexpr std::int64_t kMostEnumerated = 2000;

/// How questions share clusters.
struct ClusterShape {
    std::int64_t n_clusters = 1;  ///< >= 1; a question without a cluster is one of its own
    double mean_size = 1;  ///< sum n_g^2 / n, >= 1: questions in the cluster of a random question
};
/// Nothing where every question is a cluster of its own.
[[nodiscard]] std::optional<ClusterShape> cluster_shape(std::span<const Question> questions);
/// n questions in n_clusters clusters (1 <= n_clusters <= n) that are as equal as can be.
[[nodiscard]] std::optional<ClusterShape> equal_clusters(std::int64_t n, std::int64_t n_clusters);

/// 1 + (mean size - 1) icc, the design effect of clusters of questions that is planned with; 1
/// without clusters.
[[nodiscard]] double planned_cluster_effect(std::span<const Question> questions,
                                            const AnalysisSettings& settings);

/// An experiment as it is planned; the truth is taken to have `settings.expected_decisive_rate`.
struct Design {
    std::int64_t n_questions = 0;          ///< 0: not known
    std::optional<ClusterShape> clusters;  ///< of these questions; empty: independent
    bool both_orders = false;              ///< each pair is judged twice, each answer first once
    AnalysisSettings settings;             ///< in the ranges that its fields name (ASSAY_CHECK)
    /// With early stopping: what is left of alpha for the decision at the end, which all figures
    /// are of (the looks before it add little). make_design fills it in; without it settings.alpha
    /// decides.
    std::optional<double> alpha_end;
    int n_samples = 1;  ///< pairs of answers of a question; with several judging does not stop
                        ///< early
    bool auto_samples = false;  ///< their number is that which a look is expected to ask for
    int n_judges = 1;           ///< that decide together, each asked about every pair
    /// What a pilot measured, none below 0 and v = settings.expected_decisive_rate; empty: what is
    /// assumed.
    std::optional<stats::Covariances> measured{};

    /// Verdicts of a question.
    [[nodiscard]] std::int64_t verdicts_each() const {
        return std::int64_t{n_samples} * n_judges * (both_orders ? 2 : 1);
    }
};
/// Of two verdicts of a question: measured, or the constants above as shares of the decisive rate
/// (icc, where that is larger).
[[nodiscard]] stats::Covariances covariances_of(const Design& design);
/// Of the mean of a question's verdicts; the same as stats::variance_of_question_mean of its calls.
[[nodiscard]] double variance_of_question_mean(const Design& design);

/// With alpha_end as settings.stopping leaves it (stats::MonitorRule); some 100 ms for a
/// group-sequential one.
[[nodiscard]] Design make_design(std::int64_t n_questions,
                                 std::optional<ClusterShape> clusters,
                                 bool both_orders,
                                 const AnalysisSettings& settings);

/// A number of questions that has the wanted power at a true difference of 0.
struct NeededQuestions {
    std::optional<std::int64_t> n;      ///< nothing: more than 10^15
    std::optional<double> exact_power;  ///< with n; nothing above kMostEnumerated effective
                                        ///< comparisons
};
struct QuestionsNeeded {
    NeededQuestions equivalence;
    NeededQuestions non_inferiority;  ///< equivalent or non-inferior
};
/// Clusters keep their mean size: more questions come in more clusters.
[[nodiscard]] QuestionsNeeded questions_needed(const Design& design);

/// Chances of the four labels under a truth; they add up to 1.
struct LabelChances {
    double equivalent = 0;
    double non_inferior = 0;
    double degraded = 0;
    double inconclusive = 0;
};

/// What the design's own number of questions can show.
struct DesignReach {
    double design_effect = 1;
    double df = std::numeric_limits<double>::infinity();  ///< of Student's t; infinite: the normal
    std::int64_t n_effective = 0;  ///< comparisons as if independent, rounded down
    DetectableEffect mde;          ///< of a two-sided sign test at alpha
    /// Equivalent, or equivalent or non-inferior, with the wanted power at a true difference of 0.
    /// Nothing: above 0.999.
    std::optional<double> smallest_margin;
    std::optional<double> smallest_margin_non_inferior;
    std::optional<LabelChances> alike;  ///< at a true difference of 0; nothing with fewer than two
                                        ///< clusters
    std::optional<LabelChances> at_margin;  ///< at -margin; nothing where the decisive rate is
                                            ///< below the margin
    /// With more decisive verdicts not even equal wins and losses are equivalent; -1: never.
    std::int64_t most_decisive = -1;
    double p_can_be_equivalent = 0;  ///< P(Bin(comparisons, decisive rate) <= most_decisive)
    std::string method;              ///< of the chances
    std::string why;  ///< a sentence without a full stop: why nothing can be said; empty: something
                      ///< can
};
/// design.n_questions >= 1.
[[nodiscard]] DesignReach reach_of(const Design& design);

/// A sentence where the chance of "equivalent" at a true difference of 0 is below the wanted power,
/// with what would do; empty where the design is large enough.
[[nodiscard]] std::string warning_of(const Design& design,
                                     const QuestionsNeeded& needed,
                                     const DesignReach& reach);

}  // namespace assay::analysis
