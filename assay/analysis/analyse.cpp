#include "assay/analysis/analyse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <tuple>
#include <vector>

#include "assay/analysis/decide.hpp"
#include "assay/analysis/evidence.hpp"
#include "assay/analysis/graded_rate.hpp"
#include "assay/analysis/length_control.hpp"
#include "assay/analysis/phrases.hpp"
#include "assay/analysis/position.hpp"
#include "assay/analysis/rates.hpp"
#include "assay/analysis/small_sample.hpp"
#include "assay/analysis/tally.hpp"
#include "assay/analysis/these_questions.hpp"
#include "assay/base/result.hpp"
#include "assay/stats/clusters.hpp"
#include "assay/stats/equivalence.hpp"
#include "assay/stats/sequential.hpp"
#include "assay/stats/sign_test.hpp"
#include "assay/stats/sign_test_power.hpp"

namespace assay::analysis {
namespace {

constexpr const char* kNoDecisive = "no comparison was decided: there are only ties";
constexpr const char* kNothing = "no comparison has a verdict";

std::string why_nothing_decisive(std::int64_t n) {
    return n == 0 ? kNothing : kNoDecisive;
}

SignTest sign_test_of(const Counts& counts) {
    const stats::SignTestResult exact = stats::sign_test(counts.wins, counts.losses);
    return {exact.two_sided, exact.mid_p, stats::mcnemar(counts.wins, counts.losses).p_corrected};
}

EffectSize effect_size_of(const Counts& counts) {
    EffectSize out;
    const double decisive = static_cast<double>(counts.wins + counts.losses);
    if (decisive == 0) {
        out.why = why_nothing_decisive(counts.n);
        return out;
    }
    out.abs_2p_minus_1 = std::abs(static_cast<double>(counts.wins - counts.losses)) / decisive;
    out.cohens_h = stats::cohens_h(static_cast<double>(counts.wins) / decisive, 0.5);
    return out;
}

/// With clusters: of as many independent comparisons as the clustered ones are worth, rounded down.
DetectableEffect detectable_effect_of(const Evidence& evidence, const AnalysisSettings& settings) {
    DetectableEffect out;
    out.power = settings.power;
    out.alpha = settings.alpha;
    const std::int64_t decisive = evidence.wins + evidence.losses;
    if (decisive == 0) {
        out.why = why_nothing_decisive(evidence.n());
        return out;
    }
    const auto worth = [&](std::int64_t count) {
        return static_cast<std::int64_t>(
            std::floor(static_cast<double>(count) / evidence.verdict_design_effect));
    };
    const double decisive_rate = static_cast<double>(decisive) / static_cast<double>(evidence.n());
    const auto net = stats::net_detectable(
        worth(evidence.n()), decisive_rate, settings.power, settings.alpha);
    if (net) {
        out.net = net->net;
        out.method = net->exact ? "exact unconditional sign test"
                                : fmt::format("normal approximation (more than {} comparisons)",
                                              stats::kExactNetLimit);
        if (evidence.verdict_design_effect > 1) {
            out.method += fmt::format(", counts divided by the design effect {:.3g}",
                                      evidence.verdict_design_effect);
        }
    }
    const auto p = stats::sign_test_detectable(worth(decisive), settings.power, settings.alpha);
    if (p) {
        out.decisive_win_rate = *p - 0.5;
    }
    if (!p) {
        out.why = fmt::format(
            "{} decided of {} are too few: even if all went one way in truth, the test would not "
            "show it",
            decisive,
            evidence.n());
    } else if (!net) {
        out.why = fmt::format(
            "net: {} decided of {} are too few: even if all went one way in truth, so few of them "
            "are expected that "
            "the "
            "test would not show it with that power",
            decisive,
            evidence.n());
    }
    return out;
}

EquivalenceTest equivalence_test_of(const Evidence& evidence, double margin, double tail) {
    EquivalenceTest out;
    if (!evidence.why_not.empty()) {
        return out;
    }
    if (evidence.these) {
        return test_on_these_questions(*evidence.these, margin, tail);
    }
    const auto tost = stats::tost_score(evidence.questions, margin);
    out.p_lower = tost->p_lower;
    out.p_upper = tost->p_upper;
    out.p_tost = tost->p_tost;
    out.smallest_margin = stats::smallest_equivalence_margin(evidence.questions, tail);
    return out;
}

/// Evidence and the net win rate that it gives.
struct NetEvidence {
    Evidence evidence;
    Estimate net;
};

/// What the decision rests on.
struct Inference {
    NetEvidence usable;  ///< without failed verdicts
    NetEvidence worst;   ///< with every failed verdict a loss
    NetEvidence best;    ///< with every failed verdict a win
    double tail = 0.05;  ///< one-sided error of each limit
    EquivalenceTest tost;
};

NetEvidence net_evidence_of(Evidence evidence, double tail) {
    NetEvidence out{std::move(evidence), {}};
    out.net = out.evidence.these ? net_on_these_questions(out.evidence, tail)
                                 : net_win_rate_of(out.evidence, tail);
    return out;
}

Inference fixed_inference(
    Evidence usable, Evidence worst, Evidence best, double margin, double tail) {
    Inference out{net_evidence_of(std::move(usable), tail),
                  net_evidence_of(std::move(worst), tail),
                  net_evidence_of(std::move(best), tail),
                  tail,
                  {}};
    out.tost = equivalence_test_of(out.usable.evidence, margin, tail);
    return out;
}

/// The interval that holds after a stop, with failed verdicts as said.
void set_sequence(NetEvidence& extreme,
                  std::span<const Outcome> leading,
                  Failed failed,
                  double tail) {
    const auto interval = stats::confidence_sequence_of_values(factors_of(leading, failed),
                                                               1 - 2 * tail);
    extreme.net.low = interval.low;
    extreme.net.high = interval.high;
}

/// In place of the intervals and p values that hold for a number of comparisons that was fixed
/// before.
void allow_for_the_stop(Inference& inference,
                        const stats::Monitor& monitor,
                        std::span<const Outcome> leading) {
    const stats::MonitorDecision& decision = *monitor.decision();
    for (NetEvidence* each : {&inference.usable, &inference.worst, &inference.best}) {
        each->net.method = decision.method;
    }
    inference.usable.net.low = decision.interval.low;
    inference.usable.net.high = decision.interval.high;
    if (!decision.anytime) {
        return;
    }
    inference.tost.p_lower = monitor.p_lower();
    inference.tost.p_upper = monitor.p_upper();
    inference.tost.p_tost = std::max(monitor.p_lower(), monitor.p_upper());
    inference.tost.smallest_margin = std::max(std::abs(decision.interval.low),
                                              std::abs(decision.interval.high));
    if (inference.worst.evidence.n() > inference.usable.evidence.n()) {
        set_sequence(inference.worst, leading, Failed::kLosses, decision.tail);
        set_sequence(inference.best, leading, Failed::kWins, decision.tail);
        return;
    }
    for (NetEvidence* extreme : {&inference.worst, &inference.best}) {
        extreme->net.low = decision.interval.low;
        extreme->net.high = decision.interval.high;
    }
}

/// The share of the wins with half of the ties: (1 + net) / 2, so the same interval decides it.
Estimate score_of(const Estimate& net) {
    Estimate out = net;
    for (std::optional<double>* value : {&out.value, &out.low, &out.high}) {
        if (*value) {
            *value = (1 + **value) / 2;
        }
    }
    return out;
}

ExtremeCase extreme_case_of(const NetEvidence& given, const AnalysisSettings& deciding) {
    const auto sample = small_sample_of(given.evidence, deciding.margin);
    const EquivalenceTest test = equivalence_test_of(
        given.evidence, deciding.margin, deciding.alpha);
    ExtremeCase out{decide_by_interval(given.evidence, given.net, sample, deciding), given.net};
    out.p_not_worse = std::max(test.p_lower, sample ? sample->p_not_worse : 0);
    out.p_not_better = std::max(test.p_upper, sample ? sample->p_not_better : 0);
    return out;
}

/// What does not need to know the single outcomes.
ComparisonAnalysis analyse_inference(const Counts& counts,
                                     const Inference& inference,
                                     const AnalysisSettings& settings) {
    ASSAY_CHECK(settings.power > settings.alpha && settings.power < 1);
    const std::int64_t decisive = counts.wins + counts.losses, failed = counts.failed();
    ComparisonAnalysis out;
    out.counts = counts;
    out.counts.questions_left_out = inference.usable.evidence.n_left_out;
    out.win_rate_decisive = wilson_rate(counts.wins, decisive, why_nothing_decisive(counts.n));
    out.loss_rate_decisive = wilson_rate(counts.losses, decisive, why_nothing_decisive(counts.n));
    if (inference.usable.evidence.dependent()) {
        for (Estimate* estimate : {&out.win_rate_decisive, &out.loss_rate_decisive}) {
            estimate->method += ", as if the verdicts were independent, which they are not";
        }
    }
    out.net_win_rate = inference.usable.net;
    out.score = score_of(out.net_win_rate);
    out.failure_rate = wilson_rate(failed, counts.n + failed, kNothing);
    out.sign_test = sign_test_of(counts);
    out.effect_size = effect_size_of(counts);
    out.mde = detectable_effect_of(inference.usable.evidence, settings);
    out.tost = inference.tost;
    out.clusters = inference.usable.evidence.clusters;
    out.questions = question_summary_of(inference.usable.evidence);
    // Planning further comparisons is for the level that decides.
    AnalysisSettings deciding = settings;
    deciding.alpha = inference.tail;
    out.small_sample = small_sample_of(inference.usable.evidence, settings.margin);
    const Decision by_interval = decide_by_interval(
        inference.usable.evidence, inference.usable.net, out.small_sample, deciding);
    out.worst_case = out.best_case = {by_interval, inference.worst.net};
    if (counts.unknown() > 0) {
        out.worst_case = extreme_case_of(inference.worst, deciding);
        out.best_case = extreme_case_of(inference.best, deciding);
    }
    out.decision = decide(out.counts, by_interval, out.worst_case, out.best_case);
    for (Decision* decision : {&out.decision, &out.worst_case.decision, &out.best_case.decision}) {
        decision->alpha = settings.alpha;
        decision->why = sentence(decision->why);
    }
    return out;
}

Inference inference_of(std::span<const Outcome> outcomes,
                       const Dependence& dependence,
                       const AnalysisSettings& settings,
                       double tail) {
    const auto evidence = [&](Failed failed) {
        return settings.on_these_questions() ? evidence_of_these(outcomes, dependence, failed)
                                             : evidence_of(outcomes, dependence, failed);
    };
    Evidence usable = evidence(Failed::kLeftOut), worst = usable, best = usable;
    if (tally(outcomes).unknown() > 0) {
        worst = evidence(Failed::kLosses);
        best = evidence(Failed::kWins);
    }
    return fixed_inference(
        std::move(usable), std::move(worst), std::move(best), settings.margin, tail);
}

ComparisonAnalysis analyse_outcomes(std::span<const Outcome> outcomes,
                                    const Dependence& dependence,
                                    const Inference& inference,
                                    const AnalysisSettings& settings) {
    ComparisonAnalysis out = analyse_inference(tally(outcomes), inference, settings);
    out.graded_net_win_rate = graded_rate_of(outcomes, dependence, settings.alpha);
    out.position = position_of(outcomes, dependence);
    out.both_orders = both_orders_of(outcomes, dependence);
    if (settings.on_these_questions()) {
        out.questions_like_these = net_win_rate_of(
            evidence_of(outcomes, dependence, Failed::kLeftOut), inference.tail);
    } else {
        out.these_questions = these_questions_of(outcomes, dependence, out.net_win_rate.confidence);
    }
    out.confidence = confidence_of(outcomes);
    out.length_control = length_control_of(outcomes, out.net_win_rate, settings);
    return out;
}

void check_ranges(const AnalysisSettings& settings) {
    ASSAY_CHECK(settings.margin > 0 && settings.margin < 1);
    ASSAY_CHECK(settings.alpha > 0 && settings.alpha < 0.5);
}

}  // namespace

ComparisonAnalysis analyse(std::span<const Outcome> outcomes, const AnalysisSettings& settings) {
    return analyse(outcomes, Dependence(outcomes), settings);
}

ComparisonAnalysis analyse(std::span<const Outcome> outcomes,
                           const Dependence& dependence,
                           const AnalysisSettings& settings) {
    check_ranges(settings);
    return analyse_outcomes(outcomes,
                            dependence,
                            inference_of(outcomes, dependence, settings, settings.alpha),
                            settings);
}

ComparisonAnalysis analyse_in_order(std::span<const Outcome> in_order,
                                    const JudgingPlan& plan,
                                    const AnalysisSettings& settings) {
    const Stopping stopping = stopping_of(in_order, plan, settings);
    const auto n_leading = static_cast<std::size_t>(stopping.state().n_leading);
    const std::span<const Outcome> leading = in_order.first(n_leading);
    const Dependence dependence(leading);
    Inference inference = inference_of(leading, dependence, settings, stopping.tail());
    if (stopping.state().stopped) {
        allow_for_the_stop(inference, stopping.monitor(), leading);
    }
    ComparisonAnalysis out = analyse_outcomes(leading, dependence, inference, settings);
    for (const Outcome& outcome : in_order.subspan(n_leading)) {
        ++out.counts.n_items;
        ++(outcome.kind == OutcomeKind::kNoAnswerBaseline ? out.counts.no_answer_baseline
                                                          : out.counts.not_judged);
    }
    // Those that have no place in the order of judging were not counted when it stopped.
    if (const auto missing = too_many_missing(out.counts, out.decision)) {
        out.decision = *missing;
        out.decision.why = sentence(out.decision.why);
    }
    out.stopping = stopping.summary();
    if (!stopping.may_decide() && out.decision.label != DecisionLabel::kNotMeasured) {
        out.decision = not_measured(out.decision, out.stopping->sentence);
    }
    if (out.stopping->leaves_some_out()) {
        out.these_questions.reset();  // its interval makes no allowance for that
    }
    return out;
}

ComparisonAnalysis analyse_counts(std::int64_t wins,
                                  std::int64_t losses,
                                  std::int64_t ties,
                                  const AnalysisSettings& settings) {
    ASSAY_CHECK(wins >= 0 && losses >= 0 && ties >= 0);
    check_ranges(settings);
    Counts counts;
    counts.wins = wins;
    counts.losses = losses;
    counts.ties = ties;
    counts.n = counts.n_items = wins + losses + ties;
    Evidence evidence = evidence_of_counts(wins, losses, ties);
    if (settings.on_these_questions() && evidence.why_not.empty()) {
        evidence.why_not = "counts alone do not tell which verdicts are of one question";
    }
    ComparisonAnalysis out = analyse_inference(
        counts,
        fixed_inference(evidence, evidence, evidence, settings.margin, settings.alpha),
        settings);
    out.failure_rate = wilson_rate(0, 0, "bare counts do not tell how many verdicts failed");
    out.decision.why +=
        " No controls were given, so nothing shows that the judge could have seen a difference.";
    return out;
}

}  // namespace assay::analysis
