#include "assay/analysis/design_options.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "assay/base/result.hpp"
#include "assay/stats/choose_samples.hpp"
#include "assay/stats/monitor.hpp"
#include "assay/stats/question_variance.hpp"

namespace assay::analysis {
namespace {

/// The same calls, decided at the same level.
bool is_same(const Design& a, const Design& b) {
    return std::tie(a.n_samples, a.n_judges, a.both_orders, a.alpha_end) ==
           std::tie(b.n_samples, b.n_judges, b.both_orders, b.alpha_end);
}

/// What shipping costs under this design, in calls (or, where these cost nothing, in answers);
/// nothing: it does not get there.
std::optional<double> cost_of(const DesignOption& option, const DesignCosts& costs) {
    const auto there_are = static_cast<double>(option.design.n_questions);
    double n = there_are;
    if (!option.reaches()) {
        if (!costs.question || !option.needed.non_inferiority.n) {
            return std::nullopt;
        }
        n = std::max(there_are, static_cast<double>(*option.needed.non_inferiority.n));
    }
    const double further = costs.question.value_or(0) * (n - there_are);
    return further +
           (costs.calls_cost ? calls_of(option.design, costs, n) : n * option.design.n_samples);
}

}  // namespace

Design asked_otherwise(const Design& design, int n_samples, int n_judges, bool both_orders) {
    AnalysisSettings settings = design.settings;
    if (n_samples > 1 || n_judges > 1) {
        settings.stopping = "none";
    }
    Design out = make_design(design.n_questions, design.clusters, both_orders, settings);
    out.n_samples = n_samples;
    out.n_judges = n_judges;
    out.measured = design.measured;
    return out;
}

Design with_measured(const Design& design, const VerdictVariance& pilot) {
    ASSAY_CHECK(pilot.v.has_value());
    const auto n = static_cast<double>(pilot.n_questions);
    stats::CovarianceLadder ladder;
    ladder.v = std::clamp(*pilot.v, (n * std::max(0.0, *pilot.v) + 1) / (n + 2), 1.0);
    ladder.repeat = pilot.repeat;
    ladder.order = pilot.order;
    ladder.judge = pilot.judge;
    ladder.sample = pilot.sample;
    Design out = design;
    out.measured = stats::covariances_of(ladder);
    for (double stats::Covariances::*c : {&stats::Covariances::repeat,
                                          &stats::Covariances::order,
                                          &stats::Covariances::judge,
                                          &stats::Covariances::sample}) {
        (*out.measured).*c = std::min((*out.measured).*c, *ladder.v);
    }
    out.settings.expected_decisive_rate = *ladder.v;
    if (pilot.icc) {
        out.settings.icc = std::min(1.0, *pilot.icc);
    }
    return out;
}

Design with_auto_samples(const Design& design) {
    Design out = design;
    out.alpha_end = (1 - stats::kShareOfLooks) * design.settings.alpha;
    out.n_samples = kFirstSamples;
    out.auto_samples = true;
    if (design.n_questions == 0) {
        return out;
    }
    const stats::Covariances c = covariances_of(design);
    Design one_sample = design;
    one_sample.n_samples = 1;
    const double mean_size = design.clusters ? design.clusters->mean_size : 1;
    out.n_samples = static_cast<int>(
        stats::choose_samples(
            {.second_moment = variance_of_question_mean(one_sample), .product = c.sample},
            {.n = design.n_questions,
             .margin = design.settings.margin,
             .alpha_end = *out.alpha_end,
             .power = design.settings.power,
             .most = kMostSamples,
             .cluster_design_effect = 1 + (mean_size - 1) * design.settings.icc})
            .k);
    return out;
}

DesignOption option_of(const Design& design) {
    DesignOption out{design, questions_needed(design), {}};
    if (design.n_questions > 0) {
        out.alike = reach_of(design).alike;
    }
    return out;
}

std::vector<DesignOption> design_options(const Design& planned, const DesignRoom& room) {
    std::vector<Design> designs{planned};
    const auto add = [&](int n_samples, int n_judges, bool both_orders) {
        const bool fits = (n_samples == 1 || room.samples) && n_judges <= room.n_judges &&
                          (both_orders ? room.both_orders : room.one_order);
        if (!fits) {
            return;
        }
        Design design = asked_otherwise(planned, n_samples, n_judges, both_orders);
        if (std::none_of(designs.begin(), designs.end(), [&](const Design& other) {
                return is_same(design, other);
            })) {
            designs.push_back(std::move(design));
        }
    };
    for (const int n_judges : {1, room.n_judges}) {
        add(1, n_judges, false);
        add(1, n_judges, true);
    }
    for (const int n_samples : {2, 4, 8, room.best_samples}) {
        // Where each pair is judged twice anyway, half as many samples are as many calls.
        add(n_samples, 1, !room.one_order);
    }
    add(4, 1, true);
    if (room.n_judges > 1) {
        add(4, room.n_judges, !room.one_order);
    }
    std::stable_sort(designs.begin(), designs.end(), [](const Design& a, const Design& b) {
        return std::tuple(a.verdicts_each(), a.n_samples, a.n_judges) <
               std::tuple(b.verdicts_each(), b.n_samples, b.n_judges);
    });
    std::vector<DesignOption> out;
    for (const Design& design : designs) {
        out.push_back(option_of(design));
    }
    return out;
}

double calls_of(const Design& design, const DesignCosts& costs, double n) {
    return n * static_cast<double>(design.verdicts_each()) * costs.pairs_each;
}

int cheapest_samples(const Design& design, const DesignCosts& costs) {
    if (!costs.question || costs.pairs_each <= 0) {
        return 1;
    }
    const stats::Covariances c = covariances_of(design);
    const auto k = stats::cheapest_calls_of_question(
        *costs.question, costs.pairs_each, std::min(1.0, c.sample / c.v));
    constexpr std::int64_t kMost = 64;
    return static_cast<int>(std::min(k.value_or(kMost), kMost));
}

std::optional<std::size_t> cheapest_of(const std::vector<DesignOption>& options,
                                       const DesignCosts& costs) {
    std::optional<std::size_t> best;
    std::optional<double> least;
    for (std::size_t i = 0; i < options.size(); ++i) {
        const auto cost = cost_of(options[i], costs);
        if (cost && (!least || *cost < *least)) {
            best = i;
            least = cost;
        }
    }
    return best;
}

}  // namespace assay::analysis
