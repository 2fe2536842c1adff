#include "assay/analysis/held_back.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "assay/analysis/rates.hpp"
#include "assay/analysis/tally.hpp"
#include "assay/records/names.hpp"

namespace assay::analysis {
namespace {

constexpr std::string_view kInstructionToJudge = "instruction_to_judge";

/// Whether the lengths are known and differ enough.
bool differ_in_length(const Outcome& outcome) {
    if (!outcome.length_difference || !outcome.baseline_length) {
        return false;
    }
    const auto baseline = static_cast<double>(*outcome.baseline_length),
               difference = static_cast<double>(*outcome.length_difference);
    const double longer = std::max(baseline, baseline + difference);
    return difference != 0 && std::abs(difference) >= kOtherLength * longer;
}

}  // namespace

std::string why_longer_wins(std::span<const Outcome> outcomes) {
    std::int64_t n = 0, n_longer_won = 0;
    for (const Outcome& outcome : outcomes) {
        const bool win = outcome.kind == OutcomeKind::kWin,
                   loss = outcome.kind == OutcomeKind::kLoss;
        if (!was_decided_by_a_judge(outcome) || (!win && !loss) || !differ_in_length(outcome)) {
            continue;
        }
        ++n;
        n_longer_won += win == (*outcome.length_difference > 0);
    }
    if (n < kFewestForLength || !(*exact_rate(n_longer_won, n, "").low > kLongerWonAbove)) {
        return "";
    }
    return fmt::format(
        "the longer answer won {} of {} decisive verdicts on answers of clearly different length, "
        "so length may have decided, not quality",
        n_longer_won,
        n);
}

std::string why_instructions(std::span<const FailureModeRow> failure_modes) {
    const auto row = std::find_if(
        failure_modes.begin(), failure_modes.end(), [](const FailureModeRow& each) {
            return each.mode == kInstructionToJudge;
        });
    if (row == failure_modes.end() || row->variant <= row->baseline ||
        row->p_holm > kInstructionsAlpha) {
        return "";
    }
    return fmt::format(
        "{} of {} answers of the variant instruct the judge, and {} of the baseline, so they may "
        "have won the verdicts",
        row->variant,
        row->n,
        row->baseline);
}

Decision hold_back(const Decision& decision, const std::string& why, const std::string& way_out) {
    if (!passes(decision.label) || why.empty()) {
        return decision;
    }
    Decision out;
    out.margin = decision.margin;
    out.alpha = decision.alpha;
    out.on_these_questions = decision.on_these_questions;
    out.label = DecisionLabel::kInconclusive;
    out.why = fmt::format("The verdicts alone would say {}, but it is held back: {}; {}.",
                          words_of(decision),
                          why,
                          way_out);
    return out;
}

}  // namespace assay::analysis
