#pragma once
// `samples: auto`: every question gets two samples, then there is one look, and then no more or as
// many as the decision needs. The look costs alpha / 5 and the end has 4 alpha / 5, alpha in all
// (union bound), as a hybrid's looks do (stats/monitor.hpp).
//
// The look stops as equivalent or degraded, at alpha / 5. It does not stop as non_inferior:
// equivalent says more, and further samples may show it. The number of further samples comes from
// moments that ignore the sign (stats/choose_samples.hpp), so it does not lean towards a label.

#include <optional>
#include <span>

#include "assay/records/analysis.hpp"
#include "assay/records/outcome.hpp"
#include "assay/records/plan.hpp"
#include "assay/stats/choose_samples.hpp"

namespace assay::analysis {

/// Fixed before the first verdict, with AnalysisSettings.
struct SamplesSettings {
    stats::SamplesGoal goal = stats::SamplesGoal::kShip;
    std::int64_t most = kMostSamples;  ///< samples of a question at most, >= kFirstSamples
    double cluster_design_effect = 1;  ///< >= 1: of clusters of questions, as planned
};

/// The settings with what the look may spend of alpha: alpha / 5.
[[nodiscard]] AnalysisSettings settings_of_look(const AnalysisSettings& settings);
/// The settings with what is left for the end: 4 alpha / 5.
[[nodiscard]] AnalysisSettings settings_after_look(const AnalysisSettings& settings);

struct SamplesLook {
    Decision decision;   ///< of the first samples, at settings_of_look
    bool stops = false;  ///< as equivalent or degraded: `decision` stands, and no more are asked
    stats::SampleMoments moments;
    /// Where it does not stop: samples of a question in all. Nothing where no question has verdicts
    /// of two samples, so that nothing can be chosen.
    std::optional<stats::ChosenSamples> chosen;
};
/// What `decision`, made of the first samples at settings_of_look, comes to.
[[nodiscard]] SamplesLook look_at_samples(Decision decision,
                                          std::span<const Outcome> first,
                                          const AnalysisSettings& settings,
                                          const SamplesSettings& samples);
/// The same, with the decision of analyse(). `first` holds the outcomes of the first samples;
/// several with one question_id are several verdicts of that question. Failed verdicts have no
/// moments; they count for the decision as analyse() says.
[[nodiscard]] SamplesLook look_at_samples(std::span<const Outcome> first,
                                          const AnalysisSettings& settings,
                                          const SamplesSettings& samples);

}  // namespace assay::analysis
