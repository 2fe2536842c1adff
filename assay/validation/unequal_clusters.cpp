#include <fmt/format.h>

#include <cmath>

#include "assay/analysis/analyse.hpp"
#include "assay/analysis/evidence.hpp"
#include "assay/stats/equivalence.hpp"
#include "assay/validation/draws.hpp"
#include "assay/validation/experiments.hpp"

namespace assay::validation {
namespace {

constexpr int kQuestions = 400;
constexpr int kClusters = 40;
constexpr double kMargin = 0.1;

/// Sizes of 40 clusters of 400 questions together: the first has this share, the others are as
/// equal as can be.
std::vector<int> sizes_with_first(double share) {
    std::vector<int> sizes{static_cast<int>(std::lround(share * kQuestions))};
    const int others = kQuestions - sizes[0];
    for (int i = 0; i < kClusters - 1; ++i) {
        sizes.push_back(others / (kClusters - 1) + (i < others % (kClusters - 1) ? 1 : 0));
    }
    return sizes;
}

/// Each question takes its cluster's common verdict with probability sqrt(1/2), else one of its
/// own: correlation 1/2.
std::vector<Outcome> draw_outcomes(Rng& rng, const Truth& truth, std::span<const int> sizes) {
    std::vector<Outcome> out;
    for (std::size_t cluster = 0; cluster < sizes.size(); ++cluster) {
        const int common = draw_verdict(rng, truth);
        for (int i = 0; i < sizes[cluster]; ++i) {
            Outcome outcome;
            outcome.question_id = fmt::format("q{}", out.size());
            outcome.cluster = fmt::format("c{}", cluster);
            outcome.kind = kind_of(rng.uniform() < std::sqrt(0.5) ? common
                                                                  : draw_verdict(rng, truth));
            out.push_back(std::move(outcome));
        }
    }
    return out;
}

/// As if 40 clusters were 40 however unequal they are.
bool ships_by_number(std::span<const Outcome> outcomes) {
    analysis::Evidence evidence = analysis::evidence_of(outcomes, analysis::Failed::kLeftOut);
    evidence.questions.df = kClusters - 1;
    const auto interval = stats::deciding_interval(evidence.questions, 0.05);
    const stats::Region region = stats::region_of(interval->low, interval->high, kMargin);
    return region == stats::Region::kEquivalent || region == stats::Region::kNonInferior;
}

std::vector<Row> v27(const Scale& scale) {
    const Truth truth{0.6, -kMargin};
    const std::int64_t repeats = scale.repeats(4'000);
    std::vector<Row> rows;
    for (const double share : {0.025, 0.1, 0.2, 0.3, 0.5, 0.8}) {
        const std::vector<int> sizes = sizes_with_first(share);
        const Sums sums = repeat(
            scale, fmt::format("V27/{}", share), repeats, [&](Rng& rng, Sums& total) {
                const std::vector<Outcome> outcomes = draw_outcomes(rng, truth, sizes);
                total[0] += passes(analysis::analyse(outcomes, {.margin = kMargin}).decision.label);
                total[1] += ships_by_number(outcomes);
            });
        const std::string what = fmt::format(
            "40 clusters, {:g} % of the questions in one, correlation 0.5: equivalent or "
            "non-inferior at -margin",
            100 * share);
        rows.push_back(at_most("V27", what, {sums[0], repeats}, 0.05));
        if (share >= 0.5) {
            rows.push_back(within(scale,
                                  "V27",
                                  "the same by the number of clusters (must fail)",
                                  {sums[1], repeats},
                                  {0.10, 1},
                                  "above 0.10: twice what was promised"));
        }
    }
    return rows;
}

}  // namespace

std::vector<Experiment> cluster_size_experiments() {
    return {{"V27", v27}};
}

}  // namespace assay::validation
