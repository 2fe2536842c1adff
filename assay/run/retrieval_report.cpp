#include "assay/run/retrieval_report.hpp"

#include <set>
#include <string>

#include "assay/analysis/tally.hpp"
#include "assay/retrieval/quality.hpp"

namespace assay::run {
namespace {

Counts counts_of(const report::ReportComparison& comparison, const std::set<std::string>& ids) {
    std::vector<Outcome> outcomes;
    for (const report::JudgedItem& item : comparison.items) {
        if (ids.contains(item.outcome.question_id)) {
            outcomes.push_back(item.outcome);
        }
    }
    return analysis::tally(outcomes);
}

}  // namespace

std::optional<RetrievalReport> retrieval_report_of(const StoredRun& stored) {
    if (!stored.retrieval) {
        return std::nullopt;
    }
    RetrievalReport out = retrieval::report_of(*stored.retrieval, stored.questions);
    if (stored.facts.n_context_tokens > 0) {
        out.mean_tokens = static_cast<double>(stored.facts.n_context_tokens) /
                          static_cast<double>(stored.questions.size());
    }
    return out;
}

std::vector<OutcomesByHit> outcomes_by_hit(const StoredRun& stored,
                                           const report::ReportModel& model) {
    std::vector<OutcomesByHit> out;
    if (!stored.retrieval) {
        return out;
    }
    const auto [hits, misses] = retrieval::hits_and_misses(*stored.retrieval, stored.questions);
    if (hits.empty() || misses.empty()) {
        return out;
    }
    for (const report::ReportComparison& comparison : model.comparisons) {
        out.push_back({comparison.analysis.variant,
                       comparison.analysis.judge,
                       counts_of(comparison, hits),
                       counts_of(comparison, misses)});
    }
    return out;
}

}  // namespace assay::run
