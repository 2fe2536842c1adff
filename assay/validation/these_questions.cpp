#include "assay/stats/these_questions.hpp"

#include <fmt/format.h>

#include "assay/analysis/analyse.hpp"
#include "assay/base/result.hpp"
#include "assay/validation/asked_questions.hpp"
#include "assay/validation/draws.hpp"
#include "assay/validation/experiments.hpp"

namespace assay::validation {
namespace {

/// Questions of a closed set that have the same chances; all sets are fixed, and only verdicts are
/// drawn.
struct Alike {
    std::size_t n = 0;
    double p_win = 0;
    double p_loss = 0;
    double position_bias = 0;  ///< added to p_win and taken from p_loss where the variant is first,
                               ///< and the other way round
};
struct ClosedSet {
    std::vector<Alike> groups;
    std::size_t k = 2;        ///< verdicts of a question
    bool both_orders = true;  ///< else samples

    [[nodiscard]] std::size_t n() const {
        std::size_t out = 0;
        for (const Alike& group : groups) {
            out += group.n;
        }
        return out;
    }
    [[nodiscard]] double net() const {
        double sum = 0;
        for (const Alike& group : groups) {
            sum += static_cast<double>(group.n) * (group.p_win - group.p_loss);
        }
        return sum / static_cast<double>(n());
    }
};

int draw(Rng& rng, const Alike& group, bool variant_first) {
    const double bias = variant_first ? group.position_bias : -group.position_bias;
    const double u = rng.uniform(), p_win = group.p_win + bias, p_loss = group.p_loss - bias;
    const int lost_or_tied = u < p_win + p_loss ? -1 : 0;
    return u < p_win ? 1 : lost_or_tied;
}

std::vector<std::vector<double>> draw(Rng& rng, const ClosedSet& set) {
    std::vector<std::vector<double>> out;
    for (const Alike& group : set.groups) {
        for (std::size_t i = 0; i < group.n; ++i) {
            std::vector<double>& verdicts = out.emplace_back();
            for (std::size_t call = 0; call < set.k; ++call) {
                verdicts.push_back(draw(rng, group, call % 2 == 0));
            }
        }
    }
    return out;
}

/// What the program says of the same verdicts.
DecisionLabel analysed(const ClosedSet& set,
                       const std::vector<std::vector<double>>& questions,
                       double margin) {
    std::vector<int> verdicts;
    for (const std::vector<double>& question : questions) {
        for (const double verdict : question) {
            verdicts.push_back(static_cast<int>(verdict));
        }
    }
    std::vector<Outcome> outcomes = AskedQuestions(set.n(), set.k).outcomes(verdicts);
    for (std::size_t i = 0; i < outcomes.size() && !set.both_orders; ++i) {
        outcomes[i].sample = static_cast<int>(i % set.k);
    }
    AnalysisSettings settings;
    settings.margin = margin;
    settings.population = kTheseQuestions;
    return analysis::analyse(outcomes, settings).decision.label;
}

/// How often the set ships at this margin, equivalent ones, and those that the plain normal
/// interval would ship.
Sums labels_of(const Scale& scale, const std::string& name, const ClosedSet& set, double margin) {
    return repeat(scale, "W13/" + name, scale.repeats(kRepeats), [&](Rng& rng, Sums& total) {
        const auto questions = draw(rng, set);
        const auto noise = stats::noise_of_samples(questions);
        const bool ships = stats::lower_limit(*noise, 0.05) > -margin;
        total[0] += ships;
        total[1] += ships && stats::upper_limit(*noise, 0.05) < margin;
        total[2] += stats::these_questions_of_samples(questions, 0.05)->low > -margin;
        if (rng.below(kAnalysed) == 0) {
            ASSAY_CHECK(passes(analysed(set, questions, margin)) == ships);
        }
    });
}

std::vector<Row> w13(const Scale& scale) {
    std::vector<Row> rows;
    const std::int64_t repeats = scale.repeats(kRepeats);
    // The set's own net is -margin, to the last bit of what is drawn.
    const auto false_ships = [&](const std::string& what, const ClosedSet& set) {
        const Sums sums = labels_of(scale, what, set, -set.net());
        rows.push_back(at_most(
            "W13",
            fmt::format(
                "exactly these questions, N={}, {}: ships at -{:.2f}", set.n(), what, -set.net()),
            {sums[0], repeats},
            0.05));
        return sums;
    };
    const std::vector<Alike> noisy{{154, 0.25, 0.35}};
    false_ships("both orders, each verdict a coin", {noisy, 2, true});
    false_ships("both orders, a judge with a bias to the first",
                {{{154, 0.25, 0.35, 0.15}}, 2, true});
    false_ships("2 samples, each verdict a coin", {noisy, 2, false});
    false_ships("4 samples, each verdict a coin", {noisy, 4, false});
    const std::vector<Alike> rarely{{154, 0, 0.1}};
    false_ships("2 samples, a tenth of the verdicts lost, all others tied", {rarely, 2, false});
    false_ships("4 samples, a tenth of the verdicts lost, all others tied", {rarely, 4, false});
    false_ships("2 samples, a tenth of the questions always lost",
                {{{15, 0, 1}, {135, 0.3, 0.3}}, 2, false});
    false_ships("2 samples, few questions", {{{20, 0.2, 0.45}}, 2, false});
    false_ships("4 samples, few questions", {{{20, 0.2, 0.45}}, 4, false});
    const std::vector<Alike> skewed{{25, 0, 1}, {25, 0.9, 0.1}};
    const std::string half_lost = "half always lost, half won but for a tenth of the verdicts";
    const Sums of_two = false_ships("2 samples, " + half_lost, {skewed, 2, false});
    rows.push_back(within(scale,
                          "W13",
                          "the same by net -+ z sqrt(V + 1) / N (must fail)",
                          {of_two[2], repeats},
                          {0.08, 1},
                          "above 0.08"));
    false_ships("4 samples, " + half_lost, {skewed, 4, false});
    false_ships("2 samples, few questions, half always lost, half won in 3 of 4 verdicts",
                {{{10, 0, 1}, {10, 0.75, 0.25}}, 2, false});
    const Sums alike = labels_of(scale, "alike", {{{154, 0.3, 0.3}}, 4, false}, 0.1);
    rows.push_back(within(scale,
                          "W13",
                          "exactly these questions, N=154, 4 samples, each verdict a coin: "
                          "equivalent at 0",
                          {alike[1], repeats},
                          {0.8, 1},
                          "at least 0.8"));
    return rows;
}

}  // namespace

std::vector<Experiment> these_questions_experiments() {
    return {{"W13", w13}};
}

}  // namespace assay::validation
