// Which judges pass their controls. A judge is simulated by what it sees: the share of answers to
// other questions, of wrong facts and of wrong texts that it finds, what it does with two answers
// of which neither is worse for it, and how often it says anything at all instead. It is shown the
// numbers of controls that a judge is shown which costs something. A good judge must hardly ever
// fail, a blind one hardly ever pass.

#include <fmt/format.h>

#include <array>
#include <string>
#include <vector>

#include "assay/analysis/controls.hpp"
#include "assay/validation/experiments.hpp"

namespace assay::validation {
namespace {

/// What a judge says of two answers of which it finds neither worse.
enum class Undecided { kTie, kCoin, kFirst };

struct SimulatedJudge {
    std::string what;
    double sees_swapped = 1;
    double sees_facts = 0;                  ///< numbers, negations, exchanges
    double sees_text = 0;                   ///< sentences and halves
    Undecided undecided = Undecided::kTie;  ///< of different texts; of one text twice a tie, unless
                                            ///< it always says the first
    double noise = 0;                       ///< share of verdicts that are A, B or TIE by lot
};

VerdictState one_of(Rng& rng, std::initializer_list<VerdictState> states) {
    return states.begin()[rng.below(states.size())];
}

VerdictState said(Rng& rng, const SimulatedJudge& judge, const ControlOutcome& control) {
    if (rng.uniform() < judge.noise) {
        return one_of(rng, {VerdictState::kA, VerdictState::kB, VerdictState::kTie});
    }
    double sees = 0;
    if (control.kind == ControlKind::kSwapped) {
        sees = judge.sees_swapped;
    } else if (control.damage) {
        sees = is_of_a_fact(*control.damage) ? judge.sees_facts : judge.sees_text;
    }
    if (rng.uniform() < sees) {
        return control.honest_is_a ? VerdictState::kA : VerdictState::kB;
    }
    if (judge.undecided == Undecided::kFirst) {
        return VerdictState::kA;
    }
    if (judge.undecided == Undecided::kCoin && control.kind != ControlKind::kIdentical) {
        return one_of(rng, {VerdictState::kA, VerdictState::kB});
    }
    return VerdictState::kTie;
}

bool passes(Rng& rng, const SimulatedJudge& judge) {
    std::vector<ControlOutcome> outcomes;
    const auto add = [&](ControlKind kind, std::int64_t n) {
        for (std::int64_t i = 0; i < n; ++i) {
            ControlOutcome outcome{kind, VerdictState::kTie, i % 2 == 0};
            if (kind == ControlKind::kDamaged) {
                outcome.damage = kDamages[static_cast<std::size_t>(i) % kDamages.size()];
            }
            outcome.state = said(rng, judge, outcome);
            outcomes.push_back(outcome);
        }
    };
    add(ControlKind::kIdentical, kFewestControls);
    add(ControlKind::kReformatted, kFewestControls);
    add(ControlKind::kSwapped, kFewestControls);
    add(ControlKind::kDamaged, kDamagedControls);
    return analysis::check_controls(outcomes).passed;
}

std::vector<Row> v28(const Scale& scale) {
    const std::vector<SimulatedJudge> good{
        {"sees 90 % of damages, 10 % noise", 1, 0.9, 0.9, Undecided::kTie, 0.1},
        {"sees 70 % of damages, 5 % noise", 1, 0.7, 0.7, Undecided::kTie, 0.05},
        {"sees 60 % of wrong facts and 90 % of wrong texts", 1, 0.6, 0.9, Undecided::kTie, 0}};
    const std::vector<SimulatedJudge> blind{
        {"sees answers to other questions only, 5 % noise", 1, 0, 0, Undecided::kTie, 0.05},
        {"sees answers to other questions and throws a coin over all else that is not one text",
         1,
         0,
         0,
         Undecided::kCoin,
         0},
        {"sees wrong texts and no wrong fact", 1, 0, 1, Undecided::kTie, 0.05},
        {"always says the first", 0, 0, 0, Undecided::kFirst, 0},
        {"always says TIE", 0, 0, 0, Undecided::kTie, 0}};
    const std::vector<SimulatedJudge> noisy{
        {"sees all, 40 % noise", 1, 1, 1, Undecided::kTie, 0.4}};
    const std::int64_t repeats = scale.repeats(20'000);
    const auto n_passed = [&](const SimulatedJudge& judge) {
        return repeat(scale, "V28/" + judge.what, repeats, [&](Rng& rng, Sums& total) {
            total[0] += passes(rng, judge);
        })[0];
    };
    std::vector<Row> rows;
    const double all = static_cast<double>(repeats);
    for (const SimulatedJudge& judge : good) {
        rows.push_back(at_most("V28",
                               fmt::format("a judge that {}: not measured", judge.what),
                               {all - n_passed(judge), repeats},
                               0.05));
    }
    for (const SimulatedJudge& judge : blind) {
        rows.push_back(at_most("V28",
                               fmt::format("a judge that {}: passes its controls", judge.what),
                               {n_passed(judge), repeats},
                               0.01));
    }
    for (const SimulatedJudge& judge : noisy) {
        rows.push_back(at_most("V28",
                               fmt::format("a judge that {}: passes its controls", judge.what),
                               {n_passed(judge), repeats},
                               0.1));
    }
    return rows;
}

}  // namespace

std::vector<Experiment> control_experiments() {
    return {{"V28", v28}};
}

}  // namespace assay::validation
