#include "assay/analysis/claims.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "assay/analysis/decide.hpp"
#include "assay/stats/monitor.hpp"
#include "assay/stats/multiplicity.hpp"

namespace assay::analysis {
namespace {

void claim(Decision& decision, bool claimed, const std::string& why_not) {
    decision.claimed = claimed;
    if (!claimed) {
        decision.why += " Not claimed: " + why_not;
    }
}

void decide_by_ladder(std::span<const Rung> rungs) {
    std::vector<Rung> order(rungs.begin(), rungs.end());
    std::stable_sort(order.begin(), order.end(), [](const Rung& a, const Rung& b) {
        return a.size_bytes > b.size_bytes;
    });
    const bool any_unknown = !order.empty() && order.back().size_bytes == 0;
    const std::string_view
        and_unknown = any_unknown ? ", those of unknown size last in the order of the plan" : "";
    std::string why_not;  // empty until one fails
    for (const Rung& rung : order) {
        Decision& decision = rung.analysis->decision;
        if (passes(decision.label)) {
            claim(decision, why_not.empty(), why_not);
        } else if (why_not.empty()) {
            why_not = fmt::format(
                "variants are tested from the largest file to the smallest{}, "
                "and {}, which comes before, did not pass.",
                and_unknown,
                rung.analysis->variant);
        }
    }
}

/// The share of alpha that was left for the look that gave the p values.
double share_of_alpha(const ComparisonAnalysis& analysis) {
    if (!analysis.stopping || analysis.stopping->design != "hybrid") {
        return 1;
    }
    if (analysis.stopping->of_samples) {
        return analysis.stopping->alpha_share;
    }
    return analysis.stopping->stopped_early ? stats::kShareOfLooks : 1 - stats::kShareOfLooks;
}

/// The p values that a claim rests on.
struct ClaimTests {
    double p_non_inferior = 1;
    double p_equivalent = 1;
};

/// Each is the largest of all tests that its label had to pass: the interval's, the exact one of a
/// small sample, and, where too many verdicts failed, those with all of them losses or wins.
ClaimTests claim_tests_of(const ComparisonAnalysis& analysis) {
    ClaimTests out{analysis.tost.p_lower, analysis.tost.p_tost};
    if (analysis.small_sample) {
        out.p_non_inferior = std::max(out.p_non_inferior, analysis.small_sample->p_not_worse);
        out.p_equivalent = std::max(out.p_equivalent, analysis.small_sample->p_not_better);
    }
    if (too_many_unknown(analysis.counts)) {
        out.p_non_inferior = std::max(out.p_non_inferior, analysis.worst_case.p_not_worse);
        out.p_equivalent = std::max(out.p_equivalent, analysis.best_case.p_not_better);
    }
    out.p_equivalent = std::max(out.p_equivalent, out.p_non_inferior);
    return out;
}

void decide_by_holm(std::span<const Rung> rungs, double alpha) {
    std::vector<double> lower, both;
    for (const Rung& rung : rungs) {
        const double share = share_of_alpha(*rung.analysis);
        const ClaimTests tests = claim_tests_of(*rung.analysis);
        lower.push_back(std::min(1.0, tests.p_non_inferior / share));
        both.push_back(std::min(1.0, tests.p_equivalent / share));
    }
    const std::vector<double> adjusted_lower = stats::holm(lower),
                              adjusted_both = stats::holm(both);
    for (std::size_t i = 0; i < rungs.size(); ++i) {
        Decision& decision = rungs[i].analysis->decision;
        if (!passes(decision.label)) {
            continue;
        }
        const double p = decision.label == DecisionLabel::kEquivalent ? adjusted_both[i]
                                                                      : adjusted_lower[i];
        claim(decision,
              p < alpha,
              fmt::format("with {} variants Holm's adjusted p value is {:.3g}, not below {:g}.",
                          rungs.size(),
                          p,
                          alpha));
    }
}

}  // namespace

void decide_claims(std::span<const Rung> rungs, const AnalysisSettings& settings) {
    if (rungs.size() < 2) {
        return;
    }
    if (settings.multiplicity == "ladder") {
        decide_by_ladder(rungs);
    }
    if (settings.multiplicity == "holm") {
        decide_by_holm(rungs, settings.alpha);
    }
}

}  // namespace assay::analysis
