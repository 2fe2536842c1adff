#include "assay/analysis/small_sample.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "assay/analysis/phrases.hpp"
#include "assay/base/result.hpp"
#include "assay/stats/distributions.hpp"
#include "assay/stats/tango.hpp"

namespace assay::analysis {
namespace {

/// Wins and losses of the verdicts. Of a panel whose judges gave unequal numbers of them: moved
/// alike, so that their difference is the net win rate in which the judges weigh alike.
std::pair<double, double> weighted_counts(const Evidence& evidence) {
    const double n = static_cast<double>(evidence.n()), wins = static_cast<double>(evidence.wins),
                 losses = static_cast<double>(evidence.losses);
    const bool weighted = std::any_of(
        evidence.kinds.begin(), evidence.kinds.end(), [](const QuestionKind& kind) {
            return kind.verdicts.panel_mean.has_value();
        });
    if (!weighted) {
        return {wins, losses};
    }
    const double net = stats::mean_of(evidence.questions.values) * n;
    const double moved = (net - (wins - losses)) / 2;
    // Where one of them would fall below 0, the other one takes the rest.
    const double more_wins = std::max({0.0, net, wins + moved});
    return {more_wins, more_wins - net};
}

}  // namespace

DecisionLabel label_of(stats::Region region) {
    switch (region) {
        case stats::Region::kEquivalent: return DecisionLabel::kEquivalent;
        case stats::Region::kNonInferior: return DecisionLabel::kNonInferior;
        case stats::Region::kDegraded: return DecisionLabel::kDegraded;
        case stats::Region::kInconclusive: return DecisionLabel::kInconclusive;
    }
    return DecisionLabel::kInconclusive;
}

std::int64_t units_of(const Evidence& evidence) {
    if (!evidence.clusters) {
        return evidence.n_questions;
    }
    return static_cast<std::int64_t>(std::floor(evidence.clusters->n_effective * (1 + 1e-12)));
}

std::string units_text(const Evidence& evidence) {
    return evidence.clusters ? clusters_text(*evidence.clusters)
                             : count_of(evidence.n_questions, "question");
}

ExactTests::ExactTests(std::int64_t n, double margin)
    : n_(n), at_minus_margin_(n, -margin), at_zero_(n, 0), at_margin_(n, margin) {}

SmallSample ExactTests::of(std::int64_t wins, std::int64_t losses) const {
    return {.n_units = 0,
            .p_not_worse = at_minus_margin_.p(wins, losses),
            .p_not_better = at_minus_margin_.p(losses, wins),
            .p_worse = at_zero_.p(losses, wins),
            .p_better = at_zero_.p(wins, losses),
            .p_beyond = at_margin_.p(losses, wins)};
}

SmallSample ExactTests::of(const Evidence& evidence) const {
    const double share = static_cast<double>(n_) / static_cast<double>(evidence.n());
    const auto rounded_down = [&](double count) {
        return static_cast<std::int64_t>(std::floor(count * share * (1 + 1e-12)));
    };
    const auto rounded_up = [&](double count) {
        return static_cast<std::int64_t>(std::ceil(count * share * (1 - 1e-12)));
    };
    const auto [wins, losses] = weighted_counts(evidence);
    const std::int64_t few_wins = rounded_down(wins), few_losses = rounded_down(losses);
    const SmallSample good = of(few_wins, std::min(rounded_up(losses), n_ - few_wins));
    const SmallSample bad = of(std::min(rounded_up(wins), n_ - few_losses), few_losses);
    return {.n_units = units_of(evidence),
            .p_not_worse = good.p_not_worse,
            .p_not_better = bad.p_not_better,
            .p_worse = bad.p_worse,
            .p_better = good.p_better,
            .p_beyond = bad.p_beyond};
}

std::optional<std::int64_t> exact_test_size(const Evidence& evidence) {
    const std::int64_t units = units_of(evidence);
    // The test is about questions like these.
    if (evidence.n() == 0 || !evidence.why_not.empty() || evidence.these ||
        units >= interval_alone_from(evidence.dependent())) {
        return std::nullopt;
    }
    const double worth = static_cast<double>(evidence.n()) / evidence.verdict_design_effect;
    return std::clamp<std::int64_t>(
        static_cast<std::int64_t>(std::floor(worth * (1 + 1e-12))), 1, units);
}

std::optional<SmallSample> small_sample_of(const Evidence& evidence, double margin) {
    const auto n = exact_test_size(evidence);
    if (!n) {
        return std::nullopt;
    }
    return ExactTests(*n, margin).of(evidence);
}

double p_of_label(const SmallSample& sample, DecisionLabel label) {
    switch (label) {
        case DecisionLabel::kEquivalent: return std::max(sample.p_not_worse, sample.p_not_better);
        case DecisionLabel::kNonInferior: return sample.p_not_worse;
        case DecisionLabel::kDegraded: return sample.p_worse;
        case DecisionLabel::kInconclusive:
        case DecisionLabel::kNotMeasured: return 0;
    }
    return 0;
}

DecisionLabel label_with(const std::optional<SmallSample>& sample,
                         DecisionLabel by_interval,
                         double alpha) {
    if (!sample) {
        return by_interval;
    }
    if (sample->n_units < kFewestUnits) {
        return DecisionLabel::kNotMeasured;
    }
    return p_of_label(*sample, by_interval) < alpha ? by_interval : DecisionLabel::kInconclusive;
}

std::optional<stats::OperatingCharacteristics> small_sample_characteristics(
    const stats::OperatingDesign& design, double exact_alpha) {
    ASSAY_CHECK(design.n >= kFewestUnits && design.n < kIntervalAlone);
    if (std::abs(design.delta) > design.decisive_rate) {
        return std::nullopt;
    }
    const ExactTests tests(design.n, design.margin);
    const double p_win = (design.decisive_rate + design.delta) / 2,
                 p_loss = (design.decisive_rate - design.delta) / 2;
    const double p_tie = std::max(0.0, 1 - design.decisive_rate);
    const double critical = stats::normal_upper_quantile(design.alpha);
    stats::OperatingCharacteristics out;
    for (std::int64_t wins = 0; wins <= design.n; ++wins) {
        for (std::int64_t losses = 0; wins + losses <= design.n; ++losses) {
            const std::int64_t ties = design.n - wins - losses;
            const double p = std::exp(stats::log_factorial(design.n) - stats::log_factorial(wins) -
                                      stats::log_factorial(losses) - stats::log_factorial(ties)) *
                             std::pow(p_win, wins) * std::pow(p_loss, losses) *
                             std::pow(p_tie, ties);
            if (p == 0) {
                continue;
            }
            const auto interval = stats::tango_interval(stats::net_counts(wins, losses, ties),
                                                        critical);
            SmallSample sample = tests.of(wins, losses);
            sample.n_units = design.n;
            const DecisionLabel label = label_with(
                sample,
                label_of(stats::region_of(interval->low, interval->high, design.margin)),
                exact_alpha);
            switch (label) {
                case DecisionLabel::kEquivalent: out.p_equivalent += p; break;
                case DecisionLabel::kNonInferior: out.p_non_inferior += p; break;
                case DecisionLabel::kDegraded: out.p_degraded += p; break;
                default: out.p_inconclusive += p;
            }
        }
    }
    return out;
}

}  // namespace assay::analysis
