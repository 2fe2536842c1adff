#include "assay/run/report_judge.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "assay/analysis/controls.hpp"
#include "assay/analysis/judge_cost.hpp"
#include "assay/analysis/recheck.hpp"
#include "assay/analysis/repeats.hpp"
#include "assay/pairing/draw.hpp"
#include "assay/records/judge_provider.hpp"
#include "assay/records/names.hpp"
#include "assay/run/asked.hpp"

namespace assay::run {
namespace {

/// Of the run's first comparisons (number 0), or of an extension.
ControlsSummary controls_summary(const StoredRun& stored,
                                 const StoredJudge& judge,
                                 std::size_t number) {
    std::vector<ControlOutcome> outcomes;
    for (const Control& control : judge.controls) {
        if (number_of(stored.extensions, control) == number) {
            outcomes.push_back(outcome_of(control, judge.verdict(control.id)));
        }
    }
    return analysis::check_controls(outcomes, is_metric(judge.facts.provider));
}

/// What was said of the pairs that are asked again in an extension.
std::vector<analysis::AskedTwice> asked_twice(const StoredJudge& judge, std::size_t number) {
    const auto state_of = [&](const std::string& id) {
        const Verdict* verdict = judge.verdict(id);
        return verdict == nullptr ? VerdictState::kError : verdict->state;
    };
    std::vector<analysis::AskedTwice> out;
    for (const Asked& asked : judge.asked) {
        for (const Comparison& comparison : asked.rechecks) {
            if (comparison.repeat != -static_cast<int>(number)) {
                continue;
            }
            const std::string first_id = pairing::comparison_id(comparison.question_id,
                                                                comparison.baseline_answer_key,
                                                                comparison.variant_answer_key);
            out.push_back({state_of(first_id), state_of(comparison.id), comparison.variant_is_a});
        }
    }
    return out;
}

/// Those that added comparisons to this plan.
std::vector<ExtensionSummary> extensions_of(const StoredRun& stored, const StoredJudge& judge) {
    std::vector<ExtensionSummary> out;
    for (std::size_t number = 1; number <= stored.extensions.size(); ++number) {
        ExtensionSummary summary;
        summary.number = static_cast<std::int64_t>(number);
        for (std::size_t v = 1; v < stored.variants.size(); ++v) {
            const std::vector<Comparison>& in_order = judge.asked[v].in_order;
            if (std::any_of(in_order.begin(), in_order.end(), [&](const Comparison& comparison) {
                    return comparison.order == 0 &&
                           number_of(stored.extensions, comparison) == number;
                })) {
                summary.variants.push_back(stored.variants[v].name);
            }
        }
        if (!summary.variants.empty()) {
            summary.controls = controls_summary(stored, judge, number);
            summary.recheck = analysis::recheck_of(asked_twice(judge, number));
            out.push_back(std::move(summary));
        }
    }
    return out;
}

/// Of each pair that was to be asked again, what the judge said each time.
std::vector<analysis::Askings> askings_of(const StoredJudge& judge, const Asked& asked) {
    const auto pair_of = [](const Comparison& comparison) {
        return pairing::comparison_id(
            comparison.question_id, comparison.baseline_answer_key, comparison.variant_answer_key);
    };
    std::map<std::string, analysis::Askings> by_pair;
    const auto add = [&](const Comparison& comparison) {
        const Verdict* verdict = judge.verdict(comparison.id);
        by_pair[pair_of(comparison)].push_back(verdict != nullptr ? verdict->state
                                                                  : VerdictState::kError);
    };
    std::set<std::string> again;
    for (const Comparison& comparison : asked.repeats) {
        again.insert(pair_of(comparison));
    }
    for (const Comparison& comparison : asked.in_order) {
        if (comparison.order == 0 && again.contains(pair_of(comparison))) {
            add(comparison);
        }
    }
    for (const Comparison& comparison : asked.repeats) {
        add(comparison);
    }
    std::vector<analysis::Askings> out;
    for (auto& [pair, askings] : by_pair) {
        out.push_back(std::move(askings));
    }
    return out;
}

/// The ids of all that the judge is asked in this plan.
std::set<std::string> asked_ids(const StoredJudge& judge) {
    std::set<std::string> out;
    for (const Asked& asked : judge.asked) {
        for (const auto* list : {&asked.in_order, &asked.repeats, &asked.rechecks}) {
            for (const Comparison& comparison : *list) {
                out.insert(comparison.id);
            }
        }
    }
    for (const Control& control : judge.controls) {
        out.insert(control.id);
    }
    return out;
}

/// How many calls there were, which versions replied, and what it cost.
void count_calls(report::ReportJudge& out, const StoredRun& stored, const StoredJudge& judge) {
    std::map<std::string, std::int64_t> versions;
    std::vector<Verdict> called;
    const std::set<std::string> ids = asked_ids(judge);
    for (const auto& [id, verdict] : judge.verdicts) {
        if (!ids.contains(id)) {
            continue;
        }
        if (!verdict.model_version.empty()) {
            ++versions[verdict.model_version];
        }
        if (!is_from_cache(verdict)) {
            ++out.n_calls;
            called.push_back(verdict);
        }
    }
    for (const auto& [version, n] : versions) {
        out.versions.push_back(version);
        out.n_by_version.push_back(n);
    }
    const auto spec = std::find_if(stored.plan.judges.begin(),
                                   stored.plan.judges.end(),
                                   [&](const JudgeSpec& each) { return each.name == out.name; });
    // Without an entry: without prices.
    out.cost = analysis::judge_cost(spec != stored.plan.judges.end() ? *spec : JudgeSpec(), called);
}

/// Nothing where no other run had a verdict.
std::optional<report::VerdictReuse> reuse_of(const StoredJudge& judge) {
    if (judge.reuse.offered.empty()) {
        return std::nullopt;
    }
    report::VerdictReuse out;
    out.stopped = judge.reuse.stopped;
    for (const std::string& id : asked_ids(judge)) {
        const Verdict* verdict = judge.verdict(id);
        out.n_taken += verdict != nullptr && is_from_cache(*verdict);
    }
    for (const auto& [id, cached] : judge.reuse.again) {
        const Verdict* verdict = judge.verdict(id);
        if (verdict == nullptr || verdict->state == VerdictState::kError) {
            continue;
        }
        ++out.n_again;
        out.n_same += name_of(verdict->state) == cached;
    }
    return out;
}

}  // namespace

report::ReportJudge report_judge_of(const StoredRun& stored, const StoredJudge& judge) {
    report::ReportJudge out;
    out.name = judge.facts.name;
    out.provider = judge.facts.provider;
    out.model = judge.facts.model;
    out.url = judge.facts.url;
    out.show_contexts = judge.facts.show_contexts;
    out.show_expected = judge.facts.show_expected;
    out.costs_nothing = judge.facts.costs_nothing;
    out.both_orders = judge.facts.both_orders;
    std::vector<analysis::Askings> askings;
    for (std::size_t v = 1; v < stored.variants.size(); ++v) {
        for (analysis::Askings& of_pair : askings_of(judge, judge.asked[v])) {
            askings.push_back(std::move(of_pair));
        }
    }
    if (!askings.empty()) {
        out.repeats = analysis::repeat_stability(askings);
    }
    count_calls(out, stored, judge);
    out.controls = controls_summary(stored, judge, 0);
    out.extensions = extensions_of(stored, judge);
    out.reuse = reuse_of(judge);
    return out;
}

}  // namespace assay::run
