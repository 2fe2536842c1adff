#include "assay/analysis/stopping_forecast.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "assay/analysis/small_sample.hpp"
#include "assay/analysis/stopping.hpp"
#include "assay/base/random.hpp"
#include "assay/base/result.hpp"
#include "assay/stats/monitor.hpp"

namespace assay::analysis {
namespace {

constexpr std::uint64_t kSeed = 1;
constexpr std::int64_t kWork = 500'000;  // questions of all simulated experiments of a row
constexpr std::int64_t kMostRuns = 800;

/// Draws verdicts under a truth.
class Verdicts {
 public:
    Verdicts(const Design& design, double delta)
        : design_(design),
          rng_(kSeed, "stopping"),  // the same numbers for each truth, so that rows differ by the
                                    // truth alone
          p_win_((design.settings.expected_decisive_rate + delta) / 2) {
        const double icc = design.clusters ? design.settings.icc : 0;
        p_same_in_cluster_ = icc;
        const stats::Covariances c = covariances_of(design);
        const double order = design.both_orders ? c.order / c.v : 0;
        p_same_in_question_ = icc < 1 ? std::max(0.0, (order - icc) / (1 - icc)) : 1;
    }

    /// The verdicts of one factor: a cluster of `n_questions`, or a question.
    const std::vector<int>& factor(std::int64_t n_questions) {
        values_.clear();
        const int n_orders = design_.both_orders ? 2 : 1;
        const bool all_alike = n_questions > 1 && rng_.uniform() < p_same_in_cluster_;
        const int common = draw();
        for (std::int64_t question = 0; question < n_questions; ++question) {
            const int first = all_alike ? common : draw();
            values_.push_back(first);
            if (n_orders == 2) {
                values_.push_back(all_alike || rng_.uniform() < p_same_in_question_ ? first
                                                                                    : draw());
            }
        }
        return values_;
    }

 private:
    int draw() {
        const double u = rng_.uniform();
        if (u < p_win_) {
            return 1;
        }
        return u < design_.settings.expected_decisive_rate ? -1 : 0;
    }

    const Design& design_;
    Rng rng_;
    double p_win_;
    double p_same_in_cluster_ = 0;
    double p_same_in_question_ = 0;
    std::vector<int> values_;
};

/// Questions of each cluster: as equal as can be.
std::vector<std::int64_t> cluster_sizes(const Design& design) {
    const std::int64_t n = design.n_questions,
                       n_clusters = design.clusters ? design.clusters->n_clusters : n;
    std::vector<std::int64_t> sizes(static_cast<std::size_t>(n_clusters), n / n_clusters);
    for (std::int64_t i = 0; i < n % n_clusters; ++i) {
        ++sizes[static_cast<std::size_t>(i)];
    }
    return sizes;
}

void count(LabelChances& chances,
           const std::optional<stats::MonitorDecision>& decision,
           double weight) {
    switch (decision ? decision->region : stats::Region::kInconclusive) {
        case stats::Region::kEquivalent: chances.equivalent += weight; break;
        case stats::Region::kNonInferior: chances.non_inferior += weight; break;
        case stats::Region::kDegraded: chances.degraded += weight; break;
        case stats::Region::kInconclusive: chances.inconclusive += weight; break;
    }
}

StoppingRow simulate(const Design& design,
                     const stats::MonitorRule& rule,
                     double delta,
                     int n_runs) {
    StoppingRow row;
    row.delta = delta;
    const std::vector<std::int64_t> sizes = cluster_sizes(design);
    const double weight = 1.0 / n_runs;
    Verdicts verdicts(design, delta);
    for (int run = 0; run < n_runs; ++run) {
        stats::Monitor monitor(rule);
        std::int64_t n_judged = 0;
        const auto may_end = [&] {
            return monitor.decision() && monitor.n_factors() >= kIntervalAlone;
        };
        for (std::size_t i = 0; i < sizes.size() && !may_end(); ++i) {
            monitor.push(verdicts.factor(sizes[i]));
            n_judged += sizes[i];
        }
        count(row.chances, monitor.decision(), weight);
        row.mean_questions += weight * static_cast<double>(n_judged);
        if (monitor.decision() && monitor.decision()->early) {
            row.p_early += weight;
        }
    }
    return row;
}

}  // namespace

StoppingForecast forecast_stopping(const Design& design) {
    const stats::StoppingDesign stopping = stopping_design(design.settings.stopping);
    ASSAY_CHECK(design.n_questions >= 1 && stopping != stats::StoppingDesign::kNone);
    const AnalysisSettings& settings = design.settings;
    StoppingForecast out;
    out.n_questions = design.n_questions;
    if (design.n_questions > kMostSimulated) {
        out.why = fmt::format("not simulated beyond {} questions", kMostSimulated);
        return out;
    }
    const std::int64_t n_units = design.clusters ? design.clusters->n_clusters : design.n_questions;
    if (n_units < kIntervalAlone) {
        out.why = fmt::format(
            "judging does not stop before {} questions or clusters are judged, "
            "and there are {}",
            kIntervalAlone,
            n_units);
        return out;
    }
    out.n_runs = static_cast<int>(std::min(kWork / design.n_questions, kMostRuns));
    const auto rule = stats::make_monitor_rule(stopping,
                                               design.n_questions * (design.both_orders ? 2 : 1),
                                               settings.margin,
                                               settings.alpha);
    for (int multiple = 0; multiple <= 3; ++multiple) {
        const double delta = -multiple * settings.margin;
        if (-delta <= settings.expected_decisive_rate) {
            out.rows.push_back(simulate(design, rule, delta, out.n_runs));
        }
    }
    return out;
}

}  // namespace assay::analysis
