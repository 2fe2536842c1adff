#include "assay/analysis/calibration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "assay/analysis/evidence.hpp"
#include "assay/analysis/small_sample.hpp"
#include "assay/analysis/tally.hpp"
#include "assay/base/result.hpp"
#include "assay/stats/calibration.hpp"
#include "assay/stats/distributions.hpp"
#include "assay/stats/equivalence.hpp"

namespace assay::analysis {
namespace {

/// The mean of what people said of a comparison; nothing where nobody labelled it.
std::optional<double> people_say(const RatedUnit& unit) {
    double sum = 0;
    int n = 0;
    for (std::size_t r = 1; r < unit.of.size(); ++r) {
        if (unit.of[r] == nullptr || !was_decided_by_a_judge(*unit.of[r])) {
            continue;
        }
        sum += *value_of(unit.of[r]->kind);
        ++n;
    }
    return n == 0 ? std::nullopt : std::optional(sum / n);
}

std::vector<stats::CalibrationItem> items_of(const RatedUnits& rated) {
    std::vector<stats::CalibrationItem> out;
    for (const RatedUnit& unit : rated.units) {
        const Outcome* judge = unit.of[0];
        if (judge == nullptr) {
            continue;
        }
        stats::CalibrationItem item;
        item.judge = *value_of(judge->kind);
        item.settled = !was_decided_by_a_judge(*judge);
        item.cluster = unit.cluster;
        if (!item.settled) {
            item.human = people_say(unit);
        }
        out.push_back(item);
    }
    return out;
}

std::string note_of(const ComparisonAnalysis& own) {
    std::string out =
        "It holds if the labelled comparisons are a random sample of those that were judged, which "
        "the run cannot show.";
    if (own.stopping && own.stopping->leaves_some_out()) {
        out += " Judging was stopped early, which the interval does not allow for.";
    }
    return out;
}

}  // namespace

std::optional<Calibration> calibration_of(const Rater& judge,
                                          std::span<const Rater> people,
                                          const ComparisonAnalysis& own,
                                          const AnalysisSettings& settings) {
    std::vector<Rater> raters{judge};
    raters.insert(raters.end(), people.begin(), people.end());
    for (const Rater& rater : raters) {
        ASSAY_CHECK(rater.by_variant.size() == 1);
    }
    const auto items = items_of(rated_units(raters));
    Calibration out;
    for (const Rater& rater : people) {
        out.people.push_back(rater.name);
    }
    for (const stats::CalibrationItem& item : items) {
        if (item.settled) {
            ++out.n_settled;
        } else {
            ++(item.human ? out.n_labelled : out.n_judge_only);
        }
    }
    if (out.n_labelled == 0) {
        return std::nullopt;
    }
    out.note = note_of(own);
    out.net.confidence = own.net_win_rate.confidence;
    out.net.n = out.n_labelled + out.n_judge_only + out.n_settled;
    out.net.method = "prediction-powered (PPI++, tuned weight), Student's t over labelled clusters";
    if (out.n_labelled < kFewestLabels) {
        out.net.why = fmt::format(
            "only {} comparisons are labelled, and {} are needed", out.n_labelled, kFewestLabels);
        return out;
    }
    if (out.n_judge_only < 2) {
        out.net.why =
            "people labelled all that the judge judged, so what they say themselves is the answer";
        return out;
    }
    const auto mean = stats::calibrated_mean(items);
    if (!mean) {
        out.net.why =
            "the labelled comparisons, or those that only the judge judged, are all of one cluster";
        return out;
    }
    out.people_on_labelled = mean->human_mean;
    out.judge_on_labelled = mean->judge_on_labelled;
    out.lambda = mean->lambda;
    out.net.value = std::clamp(mean->estimate, -1.0, 1.0);
    if (!(mean->se > 0)) {
        out.net.why = "no interval: the verdicts do not vary";
        return out;
    }
    const double half = stats::student_upper_quantile((1 - out.net.confidence) / 2, mean->df) *
                        mean->se;
    out.net.low = std::max(-1.0, mean->estimate - half);
    out.net.high = std::min(1.0, mean->estimate + half);
    const stats::Region region = stats::region_of(*out.net.low, *out.net.high, settings.margin);
    out.label = label_of(region);
    // This interval is about questions like these.
    if (own.net_win_rate.low && own.net_win_rate.high && !settings.on_these_questions()) {
        out.label_differs = region != stats::region_of(*own.net_win_rate.low,
                                                       *own.net_win_rate.high,
                                                       settings.margin);
    }
    return out;
}

}  // namespace assay::analysis
