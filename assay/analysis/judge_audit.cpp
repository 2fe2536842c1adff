#include "assay/analysis/judge_audit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "assay/analysis/controls.hpp"
#include "assay/analysis/phrases.hpp"
#include "assay/analysis/position_gate.hpp"
#include "assay/analysis/rates.hpp"
#include "assay/analysis/tally.hpp"
#include "assay/base/text.hpp"

namespace assay::analysis {
namespace {

/// By rank: the smallest value with at least that share at or below.
std::optional<Percentiles> percentiles_of(std::vector<double> values) {
    if (values.empty()) {
        return std::nullopt;
    }
    std::sort(values.begin(), values.end());
    const auto at = [&](double share) {
        const double rank = std::ceil(share * static_cast<double>(values.size()));
        return values[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
    };
    return Percentiles{at(0.5), at(0.95)};
}

/// "12.3": for a size whose direction the sentence says.
std::string unsigned_points(double share) {
    return fmt::format("{:.1f}", 100 * std::abs(share));
}
std::string per_cent(double share) {
    return fmt::format("{:.0f} %", 100 * share);
}

void warn_of_controls(const ControlsSummary& c, std::vector<std::string>& out) {
    if (!c.passed) {
        out.push_back(fmt::format(
            "It did not pass its controls, so its verdicts decide nothing: {}.", c.why));
    } else if (c.narrowly) {
        out.push_back(
            fmt::format("It passed its controls narrowly: an answer to another question lost in {} "
                        "of {} pairs, one with a damage in {} of {}, and it preferred a side in {} "
                        "of {} identical ones; one more mistake would have failed it.",
                        c.n_swapped_lost,
                        c.n_swapped,
                        c.n_damaged_lost,
                        c.n_damaged,
                        c.n_preferred,
                        c.n_identical));
    }
}

void warn_of_extension(const ExtensionSummary& extension, std::vector<std::string>& out) {
    if (!extension.passed()) {
        out.push_back(fmt::format(
            "When the run was extended (extension {}) it did not pass what it was shown for that, "
            "so it decides nothing on the variants that got new pairs: {}.",
            extension.number,
            extension.why()));
    }
}

/// As the gate sees it, of all variants together.
std::string position_decides(const JudgeAudit& audit) {
    ComparisonAnalysis all;
    all.position = audit.position;
    if (audit.flips) {
        all.both_orders.emplace();
        all.both_orders->n = audit.flips->n;
        all.both_orders->n_flipped = audit.flips->n_flipped;
    }
    const std::array<const ComparisonAnalysis*, 1> one{&all};
    return why_position_decides(one);
}

void warn_of_order(const JudgeAudit& audit, std::vector<std::string>& out) {
    const auto& position = audit.position;
    const auto& flips = audit.flips;
    if (position && position->bias.low && position->bias.high) {
        const double low = *position->bias.low, high = *position->bias.high,
                     size = std::max(std::abs(low), std::abs(high));
        const char* side = std::abs(high) >= std::abs(low) ? "first" : "second";
        if (low > 0 || high < 0) {
            out.push_back(
                fmt::format("It favours the answer that is shown {}: by {} points [{}, {}]. Sides "
                            "are balanced, so the net win rate is right on average; both orders of "
                            "each question would cancel it.",
                            low > 0 ? "first" : "second",
                            unsigned_points(*position->bias.value),
                            points(low),
                            points(high)));
        } else if (size > kWorryingBias) {
            out.push_back(
                fmt::format("No position bias was seen, but one of {} points for the answer that "
                            "is shown {} is not excluded.",
                            unsigned_points(size),
                            side));
        }
    }
    if (position && position->bias.value && !position->bias.low) {
        out.push_back(fmt::format(
            "A position bias of {} points was seen, and no interval says how sure that is: {}.",
            points(*position->bias.value),
            position->bias.why));
    }
    if (const std::string why = position_decides(audit); !why.empty()) {
        out.push_back(
            fmt::format("Its verdicts follow the position, so they decide nothing: {}.", why));
    }
    if (flips && flips->rate.low.value_or(0) > kWorryingFlips) {
        out.push_back(fmt::format(
            "It gave another verdict for {} of {} questions when the order was turned round.",
            flips->n_flipped,
            flips->n));
    }
    if (audit.repeats && audit.repeats->same.high.value_or(1) < kWorryingRepeats) {
        out.push_back(fmt::format(
            "Asked again about the same pair it gave the same verdict in only {} of {}.",
            audit.repeats->n_same,
            audit.repeats->n));
    }
}

void warn_of_length(const JudgeAudit& audit, std::vector<std::string>& out) {
    for (const AuditedVariant& variant : audit.variants) {
        if (variant.length_control && variant.length_control->label_differs) {
            out.push_back(
                fmt::format("At equal length {} would have another label: read its lost questions.",
                            variant.name));
        }
    }
    const Estimate& longer = audit.length.longer_won;
    if (longer.low && longer.high && (*longer.low > 0.5 || *longer.high < 0.5)) {
        out.push_back(fmt::format(
            "The {} answer won {} of {} decided pairs. That may be the answers or the judge.",
            *longer.low > 0.5 ? "longer" : "shorter",
            *longer.low > 0.5 ? audit.length.n_longer_won
                              : audit.length.n - audit.length.n_longer_won,
            audit.length.n));
    }
}

void warn_of_people(const JudgeAudit& audit, std::vector<std::string>& out) {
    for (const AuditedVariant& variant : audit.variants) {
        if (variant.calibration && variant.calibration->label_differs) {
            out.push_back(
                fmt::format("Calibrated to people, {} would have another label.", variant.name));
        }
    }
    for (const auto* rows : {&audit.with_people, &audit.with_judges}) {
        if (rows->size() < 2 || rows->front().level != Confidence::kHigh) {
            continue;
        }
        const ConfidenceAgreement& high = rows->front();
        std::int64_t n = 0, n_same = 0;
        for (const ConfidenceAgreement& row : std::span(*rows).subspan(1)) {
            n += row.n;
            n_same += row.n_same;
        }
        // Shares compared without a division.
        if (high.n >= kFewCommon && n >= kFewCommon && high.n_same * n <= n_same * high.n) {
            out.push_back(
                fmt::format("Its confidence tells nothing: what it is sure of is what {} say in {} "
                            "of {} pairs, and the rest in {} of {}.",
                            rows == &audit.with_people ? "people" : "the other judges",
                            high.n_same,
                            high.n,
                            n_same,
                            n));
        }
    }
}

void warn_of_conduct(const JudgeConduct& conduct, std::vector<std::string>& out) {
    if (conduct.n > conduct.n_usable &&
        more_than_5_percent(conduct.n - conduct.n_usable, conduct.n)) {
        out.push_back(fmt::format(
            "{} of its {} verdicts could not be used: {} invalid, {} error, {} refused.",
            conduct.n - conduct.n_usable,
            conduct.n,
            conduct.n_invalid,
            conduct.n_errors,
            conduct.n_refused));
    }
    if (conduct.versions.size() > 1) {
        out.push_back(fmt::format(
            "Its replies name {} versions of the model ({}): they may be different judges.",
            conduct.versions.size(),
            fmt::join(conduct.versions, ", ")));
    }
}

}  // namespace

LengthBias length_bias_of(std::span<const Outcome> outcomes) {
    LengthBias out;
    for (const Outcome& outcome : outcomes) {
        const bool win = outcome.kind == OutcomeKind::kWin,
                   loss = outcome.kind == OutcomeKind::kLoss;
        if (!was_decided_by_a_judge(outcome) || (!win && !loss) ||
            outcome.length_difference.value_or(0) == 0) {
            continue;
        }
        ++out.n;
        out.n_longer_won += win == (*outcome.length_difference > 0);
    }
    out.longer_won = wilson_rate(
        out.n_longer_won, out.n, "no win or loss between answers of different length");
    return out;
}

JudgeConduct conduct_of(std::span<const Verdict> verdicts) {
    JudgeConduct out;
    std::vector<double> elapsed, lengths;
    std::set<std::string> versions;
    for (const Verdict& verdict : verdicts) {
        ++out.n;
        out.n_invalid += verdict.state == VerdictState::kInvalid;
        out.n_errors += verdict.state == VerdictState::kError;
        out.n_refused += verdict.state == VerdictState::kRefused;
        const bool usable = verdict.state == VerdictState::kA ||
                            verdict.state == VerdictState::kB ||
                            verdict.state == VerdictState::kTie;
        out.n_usable += usable;
        out.n_retried += verdict.n_attempts > 1;
        out.n_attempts += verdict.n_attempts;
        out.n_prompt_tokens += verdict.n_prompt_tokens;
        out.n_reply_tokens += verdict.n_reply_tokens;
        if (verdict.elapsed_ms > 0) {
            elapsed.push_back(verdict.elapsed_ms);
        }
        if (usable) {
            lengths.push_back(static_cast<double>(n_characters(verdict.reasoning)));
        }
        if (!verdict.model_version.empty()) {
            versions.insert(verdict.model_version);
        }
    }
    out.failed = wilson_rate(out.n - out.n_usable, out.n, "it was asked nothing");
    out.elapsed_ms = percentiles_of(std::move(elapsed));
    out.reasoning_characters = percentiles_of(std::move(lengths));
    out.versions.assign(versions.begin(), versions.end());
    return out;
}

std::vector<ConfidenceControls> controls_by_confidence(std::span<const ControlOutcome> outcomes) {
    std::array<ConfidenceControls, kConfidenceLevels.size()> rows;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i].level = kConfidenceLevels[i];
    }
    for (const ControlOutcome& outcome : outcomes) {
        const bool is_preference = outcome.state == VerdictState::kA ||
                                   outcome.state == VerdictState::kB;
        if (!is_preference && outcome.state != VerdictState::kTie) {
            continue;
        }
        ConfidenceControls& row = rows[place_of(outcome.confidence)];
        if (outcome.kind == ControlKind::kIdentical) {
            ++row.n_identical;
            row.n_preferred += is_preference;
        } else if (outcome.kind == ControlKind::kSwapped) {
            ++row.n_swapped;
            row.n_swapped_lost += outcome.state ==
                                  (outcome.honest_is_a ? VerdictState::kA : VerdictState::kB);
        }
    }
    std::vector<ConfidenceControls> out;
    for (const ConfidenceControls& row : rows) {
        if (row.n_identical + row.n_swapped > 0) {
            out.push_back(row);
        }
    }
    return out;
}

std::optional<Flips> flips_of(std::span<const BothOrders> variants) {
    Flips out;
    for (const BothOrders& variant : variants) {
        out.n += variant.n;
        out.n_flipped += variant.n_flipped;
    }
    if (out.n == 0) {
        return std::nullopt;
    }
    out.rate = wilson_rate(out.n_flipped, out.n, "");
    return out;
}

std::vector<std::string> warnings_of(const JudgeAudit& audit) {
    std::vector<std::string> out;
    warn_of_controls(audit.controls, out);
    for (const ExtensionSummary& extension : audit.extensions) {
        warn_of_extension(extension, out);
    }
    warn_of_order(audit, out);
    warn_of_length(audit, out);
    warn_of_people(audit, out);
    warn_of_conduct(audit.conduct, out);
    return out;
}

std::vector<std::string> warnings_of(std::span<const PairAgreement> pairs) {
    std::vector<std::string> out;
    for (const PairAgreement& pair : pairs) {
        if (pair.n == 0) {
            continue;
        }
        const std::string who = fmt::format("{} and {}", pair.first, pair.second);
        if (pair.n < kFewCommon) {
            out.push_back(fmt::format("{} have only {} in common: their agreement says little.",
                                      who,
                                      count_of(pair.n, "comparison")));
        } else if (pair.kappa.low && *pair.kappa.low <= 0) {
            out.push_back(
                fmt::format("{} agree in {} of {} comparisons; that they agree by more than chance "
                            "is not shown.",
                            who,
                            pair.n_same,
                            pair.n));
        } else if (pair.kappa.value && *pair.kappa.value < kWorryingKappa) {
            out.push_back(
                fmt::format("{} agree little: in {} of {} comparisons ({}), kappa {:.2f}.",
                            who,
                            pair.n_same,
                            pair.n,
                            per_cent(*pair.same.value),
                            *pair.kappa.value));
        }
    }
    return out;
}

}  // namespace assay::analysis
