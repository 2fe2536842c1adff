#include "assay/analysis/controls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "assay/analysis/decide.hpp"
#include "assay/analysis/rates.hpp"
#include "assay/records/names.hpp"
#include "assay/stats/distributions.hpp"
#include "assay/stats/tango.hpp"

namespace assay::analysis {
namespace {

constexpr const char* kNone = "no control of this kind has a verdict";

bool is_preference(VerdictState state) {
    return state == VerdictState::kA || state == VerdictState::kB;
}

void add(std::string& text, const std::string& reason) {
    text += (text.empty() ? "" : "; ") + reason;
}

/// Empty: enough could be made.
std::string too_few(const ControlsSummary& c, bool is_metric) {
    const std::int64_t n_identical = c.n_identical + c.n_identical_failed;
    const bool enough_of_others = n_identical >= kFewestControls && c.n_swapped >= kFewestControls;
    if (enough_of_others && (is_metric || c.n_damaged >= kFewestControls)) {
        return {};
    }
    if (enough_of_others && c.n_damaged == 0) {
        return "this run of an earlier version has no damaged answers; assay run asks about some";
    }
    return fmt::format(
        "only {} identical, {} swapped and {} damaged pairs could be made of these answers, and {} "
        "of each are needed",
        n_identical,
        c.n_swapped,
        c.n_damaged,
        kFewestControls);
}

/// "negation (0 of 5) and number (1 of 5)": where it was not shown to see.
std::string unseen(const std::vector<DamageRow>& rows) {
    std::string out;
    for (const DamageRow& row : rows) {
        if (row.sight != Sight::kSees) {
            out += fmt::format(
                "{}{} ({} of {})", out.empty() ? "" : ", ", name_of(row.damage), row.n_lost, row.n);
        }
    }
    return out;
}

bool sees_topics(const Estimate& swapped_lost) {
    return swapped_lost.low.value_or(0) > kSwappedLostAbove;
}
bool sees_damage(const Estimate& net_detection) {
    return net_detection.low.value_or(-1) > kNetDetectionAbove;
}
bool sees_nothing_more(const Estimate& null_preferred) {
    return null_preferred.high.value_or(1) < kPreferredBelow;
}

void add_blindness(const ControlsSummary& c, std::string& why) {
    if (!sees_topics(c.swapped_lost)) {
        add(why,
            fmt::format("an answer to another question lost in only {} of {} pairs (95 % interval "
                        "from {:.2f}, which must be above {:g}): it does not see large differences",
                        c.n_swapped_lost,
                        c.n_swapped,
                        c.swapped_lost.low.value_or(0),
                        kSwappedLostAbove));
    }
}

void add_blindness_to_damage(const ControlsSummary& c, std::string& why) {
    if (!sees_damage(c.net_detection)) {
        add(why,
            fmt::format(
                "an answer with a damage lost in {} and won in {} of {} pairs (95 % "
                "interval of the difference from {:.2f}, which must be above {:g}): it does "
                "not see what a worse variant does wrong, {}",
                c.n_damaged_lost,
                c.n_damaged_won,
                c.n_damaged,
                c.net_detection.low.value_or(-1),
                kNetDetectionAbove,
                unseen(c.by_damage)));
    } else if (c.net_detection_of_facts.n >= kFewestOfFacts &&
               !(c.net_detection_of_facts.low.value_or(-1) > 0)) {
        add(why,
            fmt::format("it sees damage to the text but not to its facts: {}",
                        unseen(c.by_damage)));
    }
}

void add_imagination(const ControlsSummary& c, std::string& why) {
    if (sees_nothing_more(c.null_preferred)) {
        return;
    }
    add(why,
        fmt::format(
            "it preferred a side in {} of {} identical pairs and in {} of {} that differ in "
            "white space, punctuation, case or a phrase only (95 % interval to {:.2f}, which "
            "must be below {:.2f}): it sees differences where there are none",
            c.n_preferred,
            c.n_identical,
            c.n_reformatted_preferred,
            c.n_reformatted,
            c.null_preferred.high.value_or(1),
            kPreferredBelow));
}

std::string why_not(const ControlsSummary& c, std::int64_t n_asked, bool is_metric) {
    std::string why;
    if (c.n_pending > 0) {
        add(why,
            fmt::format(
                "{} of the {} controls that count have no verdict yet", c.n_pending, n_asked));
        return why;
    }
    why = too_few(c, is_metric);
    if (!why.empty()) {
        return why;
    }
    add_blindness(c, why);
    if (!is_metric) {
        add_blindness_to_damage(c, why);
    }
    add_imagination(c, why);
    return why;
}

/// What stood in the place of the honest answer.
enum class Fate { kLost, kWon, kNeither };
Fate fate_of_other(const ControlOutcome& outcome) {
    if (!is_preference(outcome.state)) {
        return Fate::kNeither;
    }
    const bool a_won = outcome.state == VerdictState::kA;
    return a_won == outcome.honest_is_a ? Fate::kLost : Fate::kWon;
}

struct Fates {
    std::int64_t n = 0;
    std::int64_t lost = 0;
    std::int64_t won = 0;
    void add(Fate fate) {
        ++n;
        lost += fate == Fate::kLost;
        won += fate == Fate::kWon;
    }
    void add(const Fates& other) {
        n += other.n;
        lost += other.lost;
        won += other.won;
    }
};

/// Of one kind in which nothing may be preferred.
struct Preferences {
    std::int64_t n = 0;
    std::int64_t preferred = 0;
    std::int64_t first = 0;
    std::int64_t failed = 0;
    void add(VerdictState state) {
        if (!is_preference(state) && state != VerdictState::kTie) {
            ++failed;
            return;
        }
        ++n;
        preferred += is_preference(state);
        first += state == VerdictState::kA;
    }
};

Estimate net_detection_of(const Fates& fates) {
    Estimate out;
    out.n = fates.n;
    out.method = "Tango score interval";
    const auto interval = stats::tango_interval(
        stats::net_counts(fates.lost, fates.won, fates.n - fates.lost - fates.won),
        stats::normal_upper_quantile(0.025));
    if (!interval) {
        out.why = kNone;
        return out;
    }
    out.value = interval->estimate;
    out.low = interval->low;
    out.high = interval->high;
    return out;
}

Sight sight_of(const Fates& fates, const Estimate& lost) {
    if (net_detection_of(fates).low.value_or(-1) > 0) {
        return Sight::kSees;
    }
    return lost.high.value_or(1) < 0.5 ? Sight::kDoesNot : Sight::kTooFewSay;
}

void fill_damages(const std::map<Damage, Fates>& by_damage, ControlsSummary& out) {
    Fates all, of_facts;
    for (const auto& [damage, fates] : by_damage) {
        all.add(fates);
        if (is_of_a_fact(damage)) {
            of_facts.add(fates);
        }
        const Estimate lost = exact_rate(fates.lost, fates.n, kNone);
        out.by_damage.push_back(
            {damage, fates.n, fates.lost, fates.won, lost, sight_of(fates, lost)});
    }
    out.n_damaged = all.n;
    out.n_damaged_lost = all.lost;
    out.n_damaged_won = all.won;
    out.damaged_lost = exact_rate(all.lost, all.n, kNone);
    out.net_detection = net_detection_of(all);
    out.net_detection_of_facts = net_detection_of(of_facts);
}

}  // namespace

ControlsSummary check_controls(std::span<const ControlOutcome> outcomes, bool is_metric) {
    ControlsSummary out;
    std::map<ControlKind, Fates> fates;
    std::map<ControlKind, Preferences> preferences;
    std::map<Damage, Fates> by_damage;
    std::int64_t n_that_count = 0;
    for (const ControlOutcome& outcome : outcomes) {
        const bool counts = outcome.kind != ControlKind::kPadded &&
                            outcome.kind != ControlKind::kTruncated;
        n_that_count += counts;
        if (outcome.state == VerdictState::kError) {
            out.n_pending += counts;
            continue;
        }
        preferences[outcome.kind].add(outcome.state);
        fates[outcome.kind].add(fate_of_other(outcome));
        if (outcome.damage) {
            by_damage[*outcome.damage].add(fate_of_other(outcome));
        }
    }
    const Preferences& identical = preferences[ControlKind::kIdentical];
    out.n_identical = identical.n;
    out.n_preferred = identical.preferred;
    out.n_first_preferred = identical.first;
    out.n_identical_failed = identical.failed;
    out.side_preferred = exact_rate(identical.preferred, identical.n, kNone);

    const Preferences& reformatted = preferences[ControlKind::kReformatted];
    out.n_reformatted = reformatted.n;
    out.n_reformatted_preferred = reformatted.preferred;
    out.form_preferred = exact_rate(reformatted.preferred, reformatted.n, kNone);

    const std::int64_t n_null = identical.n + (is_metric ? 0 : reformatted.n);
    const std::int64_t n_null_preferred = identical.preferred +
                                          (is_metric ? 0 : reformatted.preferred);
    out.null_preferred = exact_rate(n_null_preferred, n_null, kNone);

    const Fates& swapped = fates[ControlKind::kSwapped];
    out.n_swapped = swapped.n;
    out.n_swapped_lost = swapped.lost;
    out.swapped_lost = exact_rate(swapped.lost, swapped.n, kNone);

    fill_damages(by_damage, out);

    const Fates& padded = fates[ControlKind::kPadded];
    out.n_padded = padded.n;
    out.n_padded_won = padded.won;
    out.padded_won = exact_rate(padded.won, padded.n, kNone);
    out.prefers_padding = out.padded_won.low.value_or(0) > 0.5;

    const Fates& truncated = fates[ControlKind::kTruncated];
    out.n_truncated = truncated.n;
    out.n_truncated_lost = truncated.lost;
    out.truncated_lost = exact_rate(truncated.lost, truncated.n, kNone);

    out.why = why_not(out, n_that_count, is_metric);
    out.passed = out.why.empty();
    const Fates one_less_found{out.n_damaged, out.n_damaged_lost - 1, out.n_damaged_won};
    out.narrowly = out.passed && (!sees_topics(exact_rate(swapped.lost - 1, swapped.n, kNone)) ||
                                  !sees_nothing_more(exact_rate(
                                      std::min(n_null_preferred + 1, n_null), n_null, kNone)) ||
                                  (!is_metric && !sees_damage(net_detection_of(one_less_found))));
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

std::string why_padding(const ControlsSummary& controls) {
    if (!controls.prefers_padding) {
        return {};
    }
    return fmt::format(
        "the judge preferred an answer with an empty filler in {} of {} pairs, so a variant that "
        "only writes more would look as good",
        controls.n_padded_won,
        controls.n_padded);
}

std::string why_metric_alone(const std::string& metric, const ControlsSummary& controls) {
    const std::string blind_to = unseen(controls.by_damage);
    return fmt::format("the judge {} is a metric, which reads no meaning{}",
                       metric,
                       blind_to.empty() ? "" : ", and was not shown to see: " + blind_to);
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
