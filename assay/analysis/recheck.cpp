#include "assay/analysis/recheck.hpp"

#include <fmt/format.h>

#include "assay/analysis/decide.hpp"
#include "assay/analysis/evidence.hpp"
#include "assay/analysis/rates.hpp"
#include "assay/records/outcome.hpp"
#include "assay/stats/sign_test.hpp"

namespace assay::analysis {
namespace {

constexpr const char* kJudgeAnew = "judge all of it anew (--rejudge, or another --run)";

/// 1 the variant won, -1 it lost, 0 neither or unusable.
int score_of(VerdictState state, bool variant_is_a) {
    return value_of(outcome_of(state, variant_is_a)).value_or(0);
}

std::string why_not(const Recheck& r) {
    if (r.n_pending > 0) {
        return fmt::format("{} pairs that were judged before are not asked again yet", r.n_pending);
    }
    if (r.n > 0 && too_few_the_same(r.n_same, r.n)) {
        return fmt::format(
            "of {} pairs that were judged before and asked again only {} got the same verdict, so "
            "these are no longer verdicts of one judge; {}",
            r.n,
            r.n_same,
            kJudgeAnew);
    }
    if (r.p_shift < kShiftBelow) {
        return fmt::format(
            "of {} pairs that were judged before and asked again the variant fares better in {} "
            "and worse in {}, so the judge has become {}; {}",
            r.n,
            r.n_better,
            r.n_worse,
            r.n_better > r.n_worse ? "milder" : "stricter",
            kJudgeAnew);
    }
    return {};
}

}  // namespace

bool too_few_the_same(std::int64_t n_same, std::int64_t n) {
    const Estimate same = exact_rate(n_same, n, "nothing was asked again");
    return 2 * n_same < n || same.high.value_or(1) < kSameAtLeast;
}

Recheck recheck_of(std::span<const AskedTwice> pairs) {
    Recheck out;
    for (const AskedTwice& pair : pairs) {
        if (pair.first == VerdictState::kError) {
            continue;
        }
        if (pair.again == VerdictState::kError) {
            ++out.n_pending;
            continue;
        }
        ++out.n;
        out.n_same += pair.first == pair.again;
        const int before = score_of(pair.first, pair.variant_is_a);
        const int now = score_of(pair.again, pair.variant_is_a);
        out.n_better += now > before;
        out.n_worse += now < before;
    }
    out.same = exact_rate(out.n_same, out.n, "nothing was asked again");
    out.p_shift = stats::sign_test(out.n_better, out.n_worse).two_sided;
    out.why = why_not(out);
    out.passed = out.why.empty();
    return out;
}

Decision gate_extension(const Decision& decision, const ExtensionSummary& extension) {
    if (extension.passed() || decision.label == DecisionLabel::kNotMeasured) {
        return decision;
    }
    return not_measured(
        decision,
        fmt::format("The run was extended after a decision had been shown, and the judge did not "
                    "pass what it was shown for that among the new questions, so its verdicts "
                    "decide nothing: {}.",
                    extension.why()));
}

}  // namespace assay::analysis
