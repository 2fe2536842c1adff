#include "assay/analysis/controls.hpp"

#include <fmt/format.h>

#include "assay/analysis/decide.hpp"
#include "assay/analysis/rates.hpp"

namespace assay::analysis {
namespace {

constexpr const char* kNone = "no control of this kind has a verdict";

bool is_preference(VerdictState state) {
    return state == VerdictState::kA || state == VerdictState::kB;
}

void add(std::string& text, const std::string& reason) {
    text += (text.empty() ? "" : "; ") + reason;
}

std::string why_not(const ControlsSummary& c) {
    std::string why;
    if (c.n_pending > 0) {
        add(why,
            fmt::format("{} of the {} controls that count have no verdict yet",
                        c.n_pending,
                        c.n_pending + c.n_identical + c.n_swapped + c.n_identical_failed));
    }
    if (c.n_identical + c.n_identical_failed + c.n_swapped + c.n_pending < 2 * kFewestControls) {
        add(why,
            fmt::format("only {} identical and {} swapped pairs could be made of these answers, "
                        "and {} of each are needed",
                        c.n_identical + c.n_identical_failed,
                        c.n_swapped,
                        kFewestControls));
    }
    if (c.n_pending > 0 || !why.empty()) {
        return why;
    }
    if (!(c.swapped_lost.low.value_or(0) > kSwappedLostAbove)) {
        add(why,
            fmt::format("an answer to another question lost in only {} of {} pairs (95 % interval "
                        "from {:.2f}, which must be above {:g}): it does not see large differences",
                        c.n_swapped_lost,
                        c.n_swapped,
                        c.swapped_lost.low.value_or(0),
                        kSwappedLostAbove));
    }
    if (!(c.side_preferred.high.value_or(1) < kPreferredBelow)) {
        add(why,
            fmt::format("it preferred a side in {} of {} identical pairs (95 % interval to {:.2f}, "
                        "which must be below {:g}): it sees differences where there are none",
                        c.n_preferred,
                        c.n_identical,
                        c.side_preferred.high.value_or(1),
                        kPreferredBelow));
    }
    return why;
}

}  // namespace

ControlsSummary check_controls(std::span<const ControlOutcome> outcomes) {
    ControlsSummary out;
    for (const ControlOutcome& outcome : outcomes) {
        const bool honest_won = outcome.state ==
                                (outcome.honest_is_a ? VerdictState::kA : VerdictState::kB);
        if (outcome.kind == ControlKind::kTruncated) {
            out.n_truncated += outcome.state != VerdictState::kError;
            out.n_truncated_lost += honest_won;
        } else if (outcome.state == VerdictState::kError) {
            ++out.n_pending;
        } else if (outcome.kind == ControlKind::kSwapped) {
            ++out.n_swapped;
            out.n_swapped_lost += honest_won;
        } else if (is_preference(outcome.state)) {
            ++out.n_identical;
            ++out.n_preferred;
            out.n_first_preferred += outcome.state == VerdictState::kA;
        } else if (outcome.state == VerdictState::kTie) {
            ++out.n_identical;
        } else {
            ++out.n_identical_failed;
        }
    }
    out.side_preferred = exact_rate(out.n_preferred, out.n_identical, kNone);
    out.swapped_lost = exact_rate(out.n_swapped_lost, out.n_swapped, kNone);
    out.truncated_lost = exact_rate(out.n_truncated_lost, out.n_truncated, kNone);
    out.why = why_not(out);
    out.passed = out.why.empty();
    return out;
}

Decision gate(const Decision& decision, const ControlsSummary& controls) {
    if (controls.passed || decision.label == DecisionLabel::kNotMeasured) {
        return decision;
    }
    return not_measured(
        decision,
        fmt::format("The judge did not pass its controls, so its verdicts decide nothing: {}.",
                    controls.why));
}

Decision gate_known_bad(const Decision& decision,
                        const std::string& known_bad,
                        const Decision& of_known_bad) {
    if (of_known_bad.label == DecisionLabel::kDegraded ||
        decision.label == DecisionLabel::kNotMeasured) {
        return decision;
    }
    return not_measured(
        decision,
        fmt::format("The variant {} is there to be found degraded (known-bad), and this judge did "
                    "not find it so, so its verdicts decide nothing. Take a judge that sees it, or "
                    "more questions.",
                    known_bad));
}

}  // namespace assay::analysis
