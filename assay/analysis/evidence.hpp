#pragma once
// What a decision rests on: the questions' means, and how much they are worth where questions are
// dependent.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "assay/records/analysis.hpp"
#include "assay/records/dependence.hpp"
#include "assay/records/outcome.hpp"
#include "assay/stats/clusters.hpp"
#include "assay/stats/question_score.hpp"
#include "assay/stats/tango.hpp"
#include "assay/stats/these_questions.hpp"

namespace assay::analysis {

/// The verdicts of one question. Several: both orders, several samples, several judges, several
/// rows of a file.
struct QuestionVerdicts {
    std::int32_t wins = 0;
    std::int32_t ties = 0;
    std::int32_t losses = 0;
    std::int32_t calls = 0;  ///< comparisons of it that are settled, with a verdict or without
    /// Of a panel whose judges gave unequal numbers of verdicts: the mean in which they weigh alike
    /// (panel_mean.hpp). Empty: that of all verdicts.
    std::optional<double> panel_mean{};
    bool enough_judges = true;  ///< of a panel: at least half of its judges gave a verdict

    [[nodiscard]] std::int32_t n() const { return wins + ties + losses; }
    /// A question counts if at least half of its calls have a verdict.
    [[nodiscard]] bool counts() const { return n() > 0 && 2 * n() >= calls && enough_judges; }
    /// Of all verdicts; in [-1, 1]; n() > 0.
    [[nodiscard]] double plain_mean() const {
        return static_cast<double>(wins - losses) / static_cast<double>(n());
    }
    /// What the question gives; in [-1, 1]; n() > 0.
    [[nodiscard]] double mean() const { return panel_mean.value_or(plain_mean()); }
    /// Makes n verdicts of one kind to ones of another. Of a panel each of them weighs 1 / n().
    void move(std::int32_t n_moved,
              std::int32_t QuestionVerdicts::*from,
              std::int32_t QuestionVerdicts::*to);
    auto operator<=>(const QuestionVerdicts&) const = default;
};
/// `times` questions have these verdicts.
struct QuestionKind {
    QuestionVerdicts verdicts;
    std::int64_t times = 1;
};

/// What is known of exactly these questions. A verdict that is missing is a loss in the lower limit
/// and a win in the upper one: no other question stands for it.
struct TheseQuestionsEvidence {
    stats::QuestionNoise if_lost;
    stats::QuestionNoise if_won;
};

struct Evidence {
    std::int64_t wins = 0;  ///< verdicts of the questions that count
    std::int64_t losses = 0;
    std::int64_t ties = 0;
    std::vector<QuestionKind> kinds;         ///< questions that count, in a fixed order
    std::int64_t n_questions = 0;            ///< that count
    std::int64_t n_left_out = 0;             ///< questions with verdicts, but too few to count
    stats::QuestionMeans questions;          ///< what the interval is made of
    bool several_verdicts = false;           ///< a question has more than one
    std::optional<ClusterSummary> clusters;  ///< empty: the questions are independent
    double verdict_design_effect = 1;        ///< >= 1: how much less a verdict tells than an
                                             ///< independent one would
    std::vector<stats::ClusterTotal> cluster_totals;  ///< questions and sums of their means, of
                                                      ///< each kind of cluster how many; in a
                                                      ///< fixed order
    /// The decision is about exactly these questions: then clusters play no part, and the interval
    /// is made of this. Empty: about questions like them.
    std::optional<TheseQuestionsEvidence> these;
    std::string why_not;  ///< a sentence: why there is no interval; empty: there is one

    /// Verdicts.
    [[nodiscard]] std::int64_t n() const { return wins + losses + ties; }
    /// Wins, ties or losses.
    [[nodiscard]] std::int64_t count_of(std::int32_t QuestionVerdicts::*verdicts) const;
    /// Verdicts depend on each other, through their questions or clusters.
    [[nodiscard]] bool dependent() const { return several_verdicts || clusters.has_value(); }
    /// Counts of verdicts as if they were independent, for what is made for counts only.
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

/// What the outcomes tell, with the failed verdicts as said. Each question gives the mean of its
/// verdicts, and every question has the same weight. As soon as a cluster has two questions that
/// count, the design effect of the CR1 variance of the means is used, or the mean cluster size
/// sum n_g^2 / n where that is undefined (all means alike).
[[nodiscard]] Evidence evidence_of(std::span<const Outcome> outcomes, Failed failed);
/// As above where the dependence of these outcomes is known already.
[[nodiscard]] Evidence evidence_of(std::span<const Outcome> outcomes,
                                   const Dependence& dependence,
                                   Failed failed);

/// By question (the numbers of `dependence`): its verdicts.
[[nodiscard]] std::vector<QuestionVerdicts> verdicts_by_question(std::span<const Outcome> outcomes,
                                                                 const Dependence& dependence,
                                                                 Failed failed);
void add(QuestionVerdicts& question, OutcomeKind kind, Failed failed);

/// The same evidence with other verdicts in place of `kinds`: wins, ties, losses and means follow,
/// what is known of dependence stays.
[[nodiscard]] Evidence with_kinds(const Evidence& evidence, std::vector<QuestionKind> kinds);

/// Empty where each question has one verdict.
[[nodiscard]] std::optional<QuestionSummary> question_summary_of(const Evidence& evidence);

/// +1, 0 or -1 of a win, tie or loss (and of a failed verdict or a missing answer, where those
/// count); nothing for what has none.
[[nodiscard]] std::optional<int> value_of(OutcomeKind kind, Failed failed = Failed::kLeftOut);

/// The mean over questions of their verdicts' mean, with the interval at level 1 - 2 alpha. Null
/// values and a `why` where there is none.
[[nodiscard]] Estimate net_win_rate_of(const Evidence& evidence, double alpha);

}  // namespace assay::analysis
