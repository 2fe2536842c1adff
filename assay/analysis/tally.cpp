#include "assay/analysis/tally.hpp"

#include <array>

#include "assay/stats/distributions.hpp"
#include "assay/stats/position.hpp"

namespace assay::analysis {
namespace {

constexpr double kPositionConfidence = 0.95;

bool is_counted(const Outcome& outcome) {
    return outcome.kind == OutcomeKind::kWin || outcome.kind == OutcomeKind::kTie || outcome.kind == OutcomeKind::kLoss;
}

bool was_decided_by_a_judge(const Outcome& outcome) {
    return is_counted(outcome) && !outcome.identical && !outcome.no_answer_variant;
}

template <class Row>
void add_to(Row& row, OutcomeKind kind) {
    if (kind == OutcomeKind::kWin) ++row.wins;
    if (kind == OutcomeKind::kLoss) ++row.losses;
    if (kind == OutcomeKind::kTie) ++row.ties;
}

/// Normal interval around one of the stratified values; without a spread there is none.
Estimate stratified(std::optional<double> value,
                    const stats::OrderEffects& effects,
                    std::int64_t n,
                    const char* method) {
    Estimate out;
    out.confidence = kPositionConfidence;
    out.n = n;
    out.method = method;
    out.value = value;
    if (!value) {
        out.why = "undefined: no judged comparison shows the variant's answer first, or none shows it second";
    } else if (*effects.standard_error == 0) {
        out.why = "no interval: the verdicts do not vary";
    } else {
        const double half = stats::normal_critical(kPositionConfidence) * *effects.standard_error;
        out.low = *value - half;
        out.high = *value + half;
    }
    return out;
}

}  // namespace

Counts tally(std::span<const Outcome> outcomes) {
    Counts counts;
    for (const Outcome& outcome : outcomes) {
        ++counts.n_items;
        add_to(counts, outcome.kind);
        switch (outcome.kind) {
            case OutcomeKind::kInvalid:
                ++counts.invalid;
                break;
            case OutcomeKind::kError:
                ++counts.errors;
                break;
            case OutcomeKind::kRefused:
                ++counts.refused;
                break;
            case OutcomeKind::kNotJudged:
                ++counts.not_judged;
                break;
            case OutcomeKind::kNoAnswerBaseline:
                ++counts.no_answer_baseline;
                break;
            default:
                break;
        }
        if (outcome.identical && outcome.kind == OutcomeKind::kTie) ++counts.identical;
        if (outcome.no_answer_variant && outcome.kind == OutcomeKind::kLoss) ++counts.no_answer_variant;
    }
    counts.n = counts.wins + counts.ties + counts.losses;
    return counts;
}

Position position_of(std::span<const Outcome> outcomes) {
    Position out;
    for (const Outcome& outcome : outcomes) {
        if (was_decided_by_a_judge(outcome))
            add_to(outcome.variant_is_a ? out.variant_first : out.variant_second, outcome.kind);
    }
    const PositionRow &first = out.variant_first, &second = out.variant_second;
    const std::int64_t n_first = first.wins + first.losses + first.ties,
                       n_second = second.wins + second.losses + second.ties;
    const stats::OrderEffects effects =
        stats::order_effects({first.wins, first.losses, first.ties}, {second.wins, second.losses, second.ties});
    out.first_shown_wins = effects.first_wins;
    out.second_shown_wins = effects.second_wins;
    out.bias = stratified(effects.bias, effects, n_first + n_second,
                          "half the difference of the two orders' net win rates, normal interval");
    out.net_stratified = stratified(effects.net_stratified, effects, n_first + n_second,
                                    "mean of the two orders' net win rates, normal interval");
    if (effects.first_wins + effects.second_wins > 0) out.p_sign = effects.p_sign;
    if (n_first > 0 && n_second > 0) {
        out.p_fisher = effects.p_fisher;
        out.p_fisher_method = effects.fisher_exact ? "Fisher-Freeman-Halton, exact" : "chi-squared approximation";
    }
    return out;
}

std::vector<ConfidenceRow> confidence_of(std::span<const Outcome> outcomes) {
    std::array<ConfidenceRow, 4> rows;
    constexpr std::array<Confidence, 4> kLevels{Confidence::kHigh, Confidence::kMedium, Confidence::kLow,
                                                Confidence::kNone};
    std::vector<ConfidenceRow> out;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i].level = kLevels[i];
        bool occurs = false;
        for (const Outcome& outcome : outcomes) {
            if (!was_decided_by_a_judge(outcome) || outcome.confidence != kLevels[i]) continue;
            add_to(rows[i], outcome.kind);
            occurs = true;
        }
        if (occurs) out.push_back(rows[i]);
    }
    return out;
}

std::int64_t failed_verdicts(const Counts& counts) {
    return counts.invalid + counts.errors + counts.refused;
}

bool more_than_5_percent(std::int64_t part, std::int64_t whole) {
    return part * 20 > whole;
}

std::int64_t pairs_that_need_a_call(const Counts& counts) {
    return counts.n_items - counts.identical - counts.no_answer_variant - counts.no_answer_baseline;
}

}  // namespace assay::analysis
