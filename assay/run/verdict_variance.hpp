#pragma once
// How the verdicts of a stored run vary, and what that makes of its next step and of another run's
// plan.

#include <optional>
#include <string>
#include <vector>

#include "assay/analysis/design.hpp"
#include "assay/records/verdict_variance.hpp"
#include "assay/report/report_model.hpp"
#include "assay/run/stored_run.hpp"

namespace assay::run {

/// Of a comparison of the stored run's model. Each judge and variant has a ladder of its own, as
/// the decision is of one variant and judge: variants differ in how often they change an answer, so
/// pooled verdicts would be too even for the one and too uneven for the other.
[[nodiscard]] VerdictVariance verdict_variance_of(const StoredRun& stored,
                                                  const report::ReportModel& model,
                                                  const report::ReportComparison& comparison);

/// Why samples are no option for an experiment that has none: a sentence without a full stop;
/// empty: they are.
[[nodiscard]] std::string why_no_samples(const Plan& plan);

/// What the judge's run was, as a design, with as many questions as count.
[[nodiscard]] analysis::Design design_as_run(const StoredRun& stored,
                                             const report::ReportComparison& comparison);

/// For this comparison alone; nothing where it is not inconclusive.
[[nodiscard]] std::optional<NextStep> next_step_of(const StoredRun& stored,
                                                   const report::ReportComparison& comparison,
                                                   const VerdictVariance& variance);
/// For all variants that the deciding judge left inconclusive, with as many questions as count of
/// the variant with the fewest.
[[nodiscard]] std::optional<NextStep> next_step_of(const StoredRun& stored,
                                                   const report::ReportModel& model);

/// What a run tells another's plan: of one judge, by variant.
struct PilotVariant {
    std::string name;
    VerdictVariance variance;  ///< with a `v`
};
struct Pilot {
    std::string judge;
    std::vector<PilotVariant> variants;  ///< that were measured; never empty
};
/// Of the judge of this name or, where it is not in the run, of the one that decides. Nothing where
/// no variant was measured and has enough questions with verdicts; `why` then says so.
[[nodiscard]] std::optional<Pilot> pilot_of(const StoredRun& stored,
                                            const std::string& judge,
                                            std::string& why);

}  // namespace assay::run
