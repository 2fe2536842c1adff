#include "assay/stats/question_variance.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "assay/stats/these_questions.hpp"
#include "assay/validation/copy_model.hpp"
#include "assay/validation/experiments.hpp"

namespace assay::validation {
namespace {

std::vector<Row> w7(const Scale& scale) {
    const CopyDraw copy({.truth = {0.6, -0.03}});
    const std::int64_t repeats = scale.repeats(4'000);
    const Sums sums = repeat(scale, "W7", repeats, [&](Rng& rng, Sums& total) {
        std::vector<std::vector<stats::CallVerdict>> questions(154);
        std::vector<stats::Call> calls;
        for (auto& question : questions) {
            std::vector<int> verdicts;
            copy.add_both_orders(rng, 3, verdicts);
            calls.clear();
            for (std::int64_t i = 0; i < 6; ++i) {
                calls.push_back({.judge = i / 2, .order = i % 2});
                question.push_back({calls.back(), verdicts[static_cast<std::size_t>(i)]});
            }
        }
        const auto ladder = stats::covariance_ladder(questions);
        const std::array<double, 3> seen{*ladder->v, *ladder->order, *ladder->judge};
        for (std::size_t i = 0; i < seen.size(); ++i) {
            total[2 * i] += seen[i];
            total[2 * i + 1] += seen[i] * seen[i];
        }
        const double rebuilt = stats::variance_of_question_mean(
            {.v = *ladder->v, .order = *ladder->order, .judge = *ladder->judge}, calls);
        total[6] += !(std::abs(rebuilt - *ladder->variance_of_question_mean) <= 1e-12);
    });
    std::vector<Row> rows;
    const auto add = [&](const char* what, std::size_t at, double reference) {
        rows.push_back(mean_within(scale,
                                   "W7",
                                   what,
                                   {sums[at], sums[at + 1], repeats},
                                   {reference - 0.0023, reference + 0.0023},
                                   4,
                                   fmt::format("{:g} +- 0.0023", reference)));
    };
    add("N=154, 3 judges x 2 orders, net -0.03: mean variance of a verdict", 0, 0.5991);
    add("the same: mean covariance of two orders", 2, 0.4853);
    add("the same: mean covariance of two judges", 4, 0.2995);
    rows.push_back({"W7",
                    "the same: the ladder's variance of a question's mean further from the "
                    "observed one than 1e-12",
                    sums[6],
                    0,
                    0,
                    0,
                    "equal"});
    return rows;
}

std::vector<Row> w8(const Scale& scale) {
    const CopyDraw copy({.truth = {0.6, -0.03}});
    const std::int64_t repeats = scale.repeats(kRepeats);
    const Sums sums = repeat(scale, "W8", repeats, [&](Rng& rng, Sums& total) {
        std::vector<std::vector<stats::VerdictsOfOrders>> questions;
        double expected = 0;
        for (int i = 0; i < 154; ++i) {
            const Pair judge = copy.judge(rng, copy.pair(rng, copy.question(rng)));
            const double first = copy.verdict(rng, judge), second = copy.verdict(rng, judge);
            questions.push_back({{first, second}});
            expected += copy.expected_verdict(judge);
        }
        const auto interval = stats::these_questions_of_orders(questions, 0.05);
        const auto holds = [&](double net) {
            return interval->low <= net && net <= interval->high;
        };
        total[0] += holds(expected / 154);
        total[1] += holds(-0.03);
    });
    return {within(scale,
                   "W8",
                   "these questions, N=154, both orders, net -0.03: 90 % interval holds the net of "
                   "these questions",
                   {sums[0], repeats},
                   {0.89, 1},
                   "at least 0.89; reference 0.917"),
            within(scale,
                   "W8",
                   "the same: holds the net of all questions (another claim: must fail)",
                   {sums[1], repeats},
                   {0, 0.6},
                   "below 0.6; reference 0.42")};
}

}  // namespace

std::vector<Experiment> question_variance_experiments() {
    return {{"W7", w7}, {"W8", w8}};
}

}  // namespace assay::validation
