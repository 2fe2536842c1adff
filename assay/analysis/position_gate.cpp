#include "assay/analysis/position_gate.hpp"

#include <fmt/format.h>

#include "assay/analysis/decide.hpp"
#include "assay/analysis/rates.hpp"

namespace assay::analysis {
namespace {

/// Decisive verdicts by the side that won, with the variant shown first and second.
struct SideWins {
    std::int64_t first = 0;
    std::int64_t second = 0;
};

struct Sides {
    SideWins variant_first;
    SideWins variant_second;
    std::int64_t n_both = 0;  ///< questions in both orders
    std::int64_t n_flipped = 0;
};

Sides sides_of(std::span<const ComparisonAnalysis* const> of_judge) {
    Sides out;
    for (const ComparisonAnalysis* each : of_judge) {
        if (each->position) {
            const Position& position = *each->position;
            out.variant_first.first += position.variant_first.wins;
            out.variant_first.second += position.variant_first.losses;
            out.variant_second.first += position.variant_second.losses;
            out.variant_second.second += position.variant_second.wins;
        }
        if (each->both_orders) {
            out.n_both += each->both_orders->n;
            out.n_flipped += each->both_orders->n_flipped;
        }
    }
    return out;
}

bool nearly_all(std::int64_t part, std::int64_t whole) {
    return whole >= kFewestForPosition &&
           static_cast<double>(part) >= kPositionShare * static_cast<double>(whole) &&
           *exact_rate(part, whole, "").low > kPositionAbove;
}

std::string why_of_side(const Sides& sides, std::int64_t SideWins::*side, const char* name) {
    const SideWins &one = sides.variant_first, &other = sides.variant_second;
    const std::int64_t n_one = one.first + one.second, n_other = other.first + other.second;
    const std::int64_t n_won = one.*side + other.*side, n = n_one + n_other;
    const bool in_both = 2 * (one.*side) > n_one && 2 * (other.*side) > n_other;
    if (!in_both || !nearly_all(n_won, n)) {
        return "";
    }
    return fmt::format(
        "the answer that was shown {} won {} of {} decisive verdicts, whichever it was: the place "
        "decided, not the answer",
        name,
        n_won,
        n);
}

}  // namespace

std::string why_position_decides(std::span<const ComparisonAnalysis* const> of_judge) {
    const Sides sides = sides_of(of_judge);
    std::string why = why_of_side(sides, &SideWins::first, "first");
    if (why.empty()) {
        why = why_of_side(sides, &SideWins::second, "second");
    }
    if (why.empty() && sides.n_both >= kFewestForPosition &&
        *exact_rate(sides.n_flipped, sides.n_both, "").low > kFlipsAbove) {
        why = fmt::format(
            "turning the order round changed the verdict on {} of {} questions: it depends on the "
            "place more than on the answers",
            sides.n_flipped,
            sides.n_both);
    }
    return why;
}

Decision gate_position(const Decision& decision, const std::string& why) {
    if (why.empty() || decision.label == DecisionLabel::kNotMeasured) {
        return decision;
    }
    return not_measured(decision,
                        fmt::format("The judge's verdicts follow the position: {}. Take another "
                                    "judge.",
                                    why));
}

std::vector<std::string> gate_positions(std::span<ComparisonAnalysis* const> of_judge) {
    const std::vector<const ComparisonAnalysis*> all(of_judge.begin(), of_judge.end());
    const std::string of_all = why_position_decides(all);
    std::vector<std::string> out;
    for (std::size_t i = 0; i < all.size(); ++i) {
        out.push_back(of_all.empty() ? why_position_decides(std::span(all).subspan(i, 1)) : of_all);
        of_judge[i]->decision = gate_position(of_judge[i]->decision, out.back());
    }
    return out;
}

}  // namespace assay::analysis
