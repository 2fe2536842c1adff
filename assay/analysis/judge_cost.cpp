#include "assay/analysis/judge_cost.hpp"

#include <fmt/format.h>

#include "assay/records/verdict_cost.hpp"

namespace assay::analysis {

Estimate judge_cost(const JudgeSpec& judge, std::span<const Verdict> verdicts) {
    Estimate out;
    const bool in_batches = judge.kind() == JudgeKind::kApi && judge.api().batch;
    out.method = in_batches ? "tokens of the replies times the prices, halved for batches"
                            : "tokens of the replies times the prices";
    if (!token_cost(judge, 0, 0)) {
        out.why = is_metric(judge.provider) ? "a metric costs nothing"
                                            : "the judge has no prices (price-input, price-output)";
        return out;
    }
    double sum = 0;
    std::int64_t n_silent = 0;
    for (const Verdict& verdict : verdicts) {
        const auto cost = verdict_cost(judge.api(), verdict);
        if (cost) {
            ++out.n;
            sum += *cost;
        } else {
            ++n_silent;
        }
    }
    if (n_silent > 0) {
        out.why = fmt::format(
            "{} of {} replies did not say their tokens", n_silent, verdicts.size());
        return out;
    }
    out.value = sum;
    return out;
}

}  // namespace assay::analysis
