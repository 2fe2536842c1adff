// Times the decision of one comparison whose questions have many verdicts: 5,000 questions, 8
// samples, 3 judges of a panel, both orders.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "assay/analysis/analyse.hpp"
#include "assay/base/random.hpp"

namespace {

using namespace assay;
using Clock = std::chrono::steady_clock;

constexpr int kQuestions = 5'000;
constexpr int kSamples = 8;
constexpr int kJudges = 3;

OutcomeKind drawn(Rng& rng) {
    constexpr OutcomeKind kKinds[] = {OutcomeKind::kWin, OutcomeKind::kTie, OutcomeKind::kLoss};
    return kKinds[rng.below(3)];
}

std::vector<Outcome> outcomes_of(int n_judges) {
    Rng rng(1, "analysis_bench");
    std::vector<Outcome> out;
    for (int question = 0; question < kQuestions; ++question) {
        Outcome outcome;
        outcome.question_id = fmt::format("question {}", question);
        for (outcome.sample = 0; outcome.sample < kSamples; ++outcome.sample) {
            for (outcome.judge = 0; outcome.judge < n_judges; ++outcome.judge) {
                for (const bool is_a : {true, false}) {
                    outcome.variant_is_a = is_a;
                    outcome.kind = drawn(rng);
                    out.push_back(outcome);
                }
            }
        }
    }
    return out;
}

void measure(int n_judges) {
    const std::vector<Outcome> outcomes = outcomes_of(n_judges);
    double best = 0;
    ComparisonAnalysis analysis;
    for (int round = 0; round < 3; ++round) {
        const auto start = Clock::now();
        analysis = analysis::analyse(outcomes, {});
        const std::chrono::duration<double> elapsed = Clock::now() - start;
        best = round == 0 ? elapsed.count() : std::min(best, elapsed.count());
    }
    std::fputs(fmt::format("{} verdicts of {} questions by {}: {:.2f} s, net {:+.4f} [{:+.4f}, "
                           "{:+.4f}]\n",
                           outcomes.size(),
                           kQuestions,
                           n_judges == 1 ? "one judge" : fmt::format("{} judges", n_judges),
                           best,
                           *analysis.net_win_rate.value,
                           *analysis.net_win_rate.low,
                           *analysis.net_win_rate.high)
                   .c_str(),
               stdout);
}

}  // namespace

int main() {
    measure(1);
    measure(kJudges);
    return 0;
}
