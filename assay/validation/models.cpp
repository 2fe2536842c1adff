#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "assay/analysis/evidence.hpp"
#include "assay/base/result.hpp"
#include "assay/records/outcome.hpp"
#include "assay/stats/bootstrap.hpp"
#include "assay/stats/bradley_terry.hpp"
#include "assay/stats/clusters.hpp"
#include "assay/stats/distributions.hpp"
#include "assay/stats/numeric.hpp"
#include "assay/stats/position.hpp"
#include "assay/stats/sensitivity.hpp"
#include "assay/validation/draws.hpp"
#include "assay/validation/experiments.hpp"

namespace assay::validation {
namespace {

bool covers(double low, double high, double truth) {
    return low <= truth && truth <= high;
}

/// 77 pairs; each member takes its pair's common verdict with probability sqrt(1/2), else one of
/// its own: correlation 1/2.
std::vector<Row> v18(const Scale& scale) {
    const Truth truth{0.6, 0};
    const std::int64_t repeats = scale.repeats(20'000);
    const Sums sums = repeat(scale, "V18", repeats, [&](Rng& rng, Sums& total) {
        std::vector<Outcome> outcomes;
        std::vector<double> y;
        std::vector<std::int64_t> owner;
        stats::NetCounts counts{.n = 154};
        for (int pair = 0; pair < 77; ++pair) {
            const int common = draw_verdict(rng, truth);
            for (int member = 0; member < 2; ++member) {
                const int verdict = rng.uniform() < std::sqrt(0.5) ? common
                                                                   : draw_verdict(rng, truth);
                Outcome outcome;
                outcome.question_id = fmt::format("q{}", pair);
                outcome.kind = kind_of(verdict);
                outcomes.push_back(std::move(outcome));
                y.push_back(verdict);
                owner.push_back(pair);
                counts.wins += verdict > 0;
                counts.losses += verdict < 0;
            }
        }
        const auto cr1 = *stats::cluster_mean(y, owner, 0.90)->interval;
        const Estimate effective = analysis::net_win_rate_of(
            analysis::evidence_of(outcomes, analysis::Failed::kLeftOut), 0.05);
        const auto naive = *stats::deciding_interval(counts, 0.05);
        total[0] += covers(cr1.low, cr1.high, truth.delta);
        total[1] += covers(*effective.low, *effective.high, truth.delta);
        total[2] += covers(naive.low, naive.high, truth.delta);
    });
    const char* reference = "[0.885, 0.915]; reference {}";
    return {within(scale,
                   "V18",
                   "77 clusters of 2, correlation 0.5: 90 % coverage of mean +- t CR1",
                   {sums[0], repeats},
                   {0.885, 0.915},
                   fmt::format(fmt::runtime(reference), "0.895")),
            within(scale,
                   "V18",
                   "the same: the question score with t, which decides",
                   {sums[1], repeats},
                   {0.885, 0.915},
                   fmt::format(fmt::runtime(reference), "0.899")),
            within(scale,
                   "V18",
                   "the same: Tango as if independent (must fail)",
                   {sums[2], repeats},
                   {0, 0.84},
                   "below 0.84; reference 0.810")};
}

std::vector<Row> v19(const Scale& scale) {
    std::vector<Row> rows;
    for (const auto& [truth, reference] : {std::pair{Truth{0.6, 0}, 0.957},
                                           {Truth{0.6, -0.15}, 0.943},
                                           {Truth{0.1, -0.05}, 0.937}}) {
        const Truth& drawn = truth;
        DecisionTable table(154, [&](const stats::NetCounts& counts) {
            const auto wins = static_cast<std::int64_t>(counts.wins),
                       losses = static_cast<std::int64_t>(counts.losses);
            const stats::Interval interval = stats::bca_net(wins, losses, 154 - wins - losses, 0.95)
                                                 ->interval;
            return int{covers(interval.low, interval.high, drawn.delta)};
        });
        const std::int64_t repeats = scale.repeats(2'000);
        const Sums sums = repeat(
            scale, fmt::format("V19/{}", truth.delta), repeats, [&](Rng& rng, Sums& total) {
                total[0] += table.at(draw_counts(rng, 154, drawn));
            });
        rows.push_back(within(
            scale,
            "V19",
            fmt::format(
                "BCa 95 % coverage, N=154, d={:g}, net {:g}", truth.decisive_rate, truth.delta),
            {sums[0], repeats},
            {0.92, 0.975},
            fmt::format("[0.92, 0.975]; reference {:g} (R=2 000)", reference)));
    }
    return rows;
}

/// Four items of which all pairs meet 154 times; 0.4 ties between equals.
std::vector<Row> v20(const Scale& scale) {
    constexpr std::array<double, 4> kAbility{0.3, 0.1, -0.1, -0.3};
    constexpr double kNu = 4.0 / 3;
    const std::int64_t repeats = scale.repeats(1'000);
    const double critical = stats::normal_critical(0.95);
    const Sums sums = repeat(scale, "V20", repeats, [&](Rng& rng, Sums& total) {
        std::vector<stats::Game> games;
        for (std::size_t i = 0; i < kAbility.size(); ++i) {
            for (std::size_t j = i + 1; j < kAbility.size(); ++j) {
                const double first = std::exp(kAbility[i]), second = std::exp(kAbility[j]);
                const double sum = first + second + kNu * std::sqrt(first * second);
                const Truth truth{(first + second) / sum, (first - second) / sum};
                const stats::NetCounts counts = draw_counts(rng, 154, truth);
                games.push_back(
                    {i, j, counts.wins, counts.losses, counts.n - counts.wins - counts.losses});
            }
        }
        const auto fit = stats::davidson(kAbility.size(), games);
        ASSAY_CHECK(fit.has_value());
        for (std::size_t i = 0; i < kAbility.size(); ++i) {
            total[0] += std::abs(fit->log_ability[i] - kAbility[i]) <=
                        critical * fit->se_log_ability[i];
        }
    });
    return {within(scale,
                   "V20",
                   "Davidson 95 % coverage, 4 items, 154 games a pair, mean over items",
                   {sums[0], repeats * static_cast<std::int64_t>(kAbility.size())},
                   {0.925, 0.975},
                   "[0.925, 0.975]; reference 0.960 (R=600)")};
}

/// The judge favours the first position by 0.3, and the variants are alike.
std::vector<Row> v21(const Scale& scale) {
    std::vector<Row> rows;
    const std::int64_t repeats = scale.repeats(20'000);
    for (const auto& [n_first, split, bias] :
         {std::tuple{77, "77:77", 0.0}, {108, "108:46", 0.3 * (108 - 46) / 154.0}}) {
        const int first = n_first;
        const Sums sums = repeat(
            scale, fmt::format("V21/{}", first), repeats, [&](Rng& rng, Sums& total) {
                const stats::NetCounts a = draw_counts(rng, first, {0.6, 0.3}),
                                       b = draw_counts(rng, 154 - first, {0.6, -0.3});
                const auto row = [](const stats::NetCounts& counts) {
                    const auto wins = static_cast<std::int64_t>(counts.wins),
                               losses = static_cast<std::int64_t>(counts.losses);
                    return stats::OrderRow{
                        wins, losses, static_cast<std::int64_t>(counts.n) - wins - losses};
                };
                const double raw = (a.wins + b.wins - a.losses - b.losses) / 154;
                const double stratified = *stats::order_effects(row(a), row(b)).net_stratified;
                total[0] += raw;
                total[1] += raw * raw;
                total[2] += stratified;
                total[3] += stratified * stratified;
            });
        const auto mean_near =
            [&](const std::string& what, double sum, double squares, double expected) {
                const double n = static_cast<double>(repeats), mean = sum / n;
                const double errors = 4 * std::sqrt((squares / n - mean * mean) / n);
                return Row{"V21",
                           what,
                           mean,
                           expected - errors,
                           expected + errors,
                           5,
                           fmt::format("{:.4f} +- 4 SE", expected)};
            };
        rows.push_back(mean_near(
            fmt::format("position bias 0.3, net 0, shown first {}: mean of the raw net win rate{}",
                        split,
                        bias > 0 ? " (must fail)" : ""),
            sums[0],
            sums[1],
            bias));
        rows.push_back(mean_near(
            fmt::format("the same, {}: mean of the stratified one", split), sums[2], sums[3], 0));
    }
    return rows;
}

/// People say net -0.2; the judge flips a fifth of their decisive verdicts, so alone it says -0.12.
std::vector<Row> v22(const Scale& scale) {
    constexpr double kTruth = -0.2;
    const double critical = stats::normal_critical(0.95);
    const std::int64_t repeats = scale.repeats(20'000);
    const Sums sums = repeat(scale, "V22", repeats, [&](Rng& rng, Sums& total) {
        std::vector<double> unlabelled, judged, human;
        const auto judge = [&](int verdict) { return rng.uniform() < 0.2 ? -verdict : verdict; };
        for (int i = 0; i < 60; ++i) {
            const int verdict = draw_verdict(rng, {0.6, kTruth});
            human.push_back(verdict);
            judged.push_back(judge(verdict));
        }
        for (int i = 0; i < 500; ++i) {
            unlabelled.push_back(judge(draw_verdict(rng, {0.6, kTruth})));
        }
        const stats::PpiMean ppi = *stats::ppi_mean(unlabelled, judged, human);
        const double judge_se = std::sqrt(*stats::sample_variance(unlabelled) / 500);
        total[0] += std::abs(ppi.estimate - kTruth) <= critical * ppi.se;
        total[1] += std::abs(ppi.estimate_tuned - kTruth) <= critical * ppi.se_tuned;
        total[2] += std::abs(ppi.judge_only - kTruth) <= critical * judge_se;
    });
    return {within(scale,
                   "V22",
                   "PPI 95 % coverage, judge flips 0.2, net -0.2, 60 labelled, 500 not",
                   {sums[0], repeats},
                   {0.935, 0.965},
                   "[0.935, 0.965]; reference 0.951 (R=4 000)"),
            within(scale,
                   "V22",
                   "the same, tuned",
                   {sums[1], repeats},
                   {0.935, 0.965},
                   "[0.935, 0.965]; reference 0.944"),
            within(scale,
                   "V22",
                   "the same, the judge alone (must fail)",
                   {sums[2], repeats},
                   {0.30, 0.42},
                   "0.36 +- 0.06")};
}

}  // namespace

std::vector<Experiment> model_experiments() {
    return {{"V18", v18}, {"V19", v19}, {"V20", v20}, {"V21", v21}, {"V22", v22}};
}

std::vector<Experiment> all_experiments() {
    std::vector<Experiment> all;
    for (const auto& group : {fixed_size_experiments(),
                              looking_experiments(),
                              model_experiments(),
                              small_sample_experiments(),
                              cluster_size_experiments(),
                              control_experiments(),
                              question_experiments(),
                              question_variance_experiments(),
                              samples_experiments(),
                              these_questions_experiments()}) {
        all.insert(all.end(), group.begin(), group.end());
    }
    const auto number = [](const Experiment& experiment) {
        return std::pair(experiment.id[0], std::stoi(experiment.id.substr(1)));
    };
    std::sort(all.begin(), all.end(), [&](const Experiment& a, const Experiment& b) {
        return number(a) < number(b);
    });
    return all;
}

}  // namespace assay::validation
