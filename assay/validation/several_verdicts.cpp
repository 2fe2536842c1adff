#include <fmt/format.h>

#include <cmath>

#include "assay/analysis/small_sample.hpp"
#include "assay/stats/clusters.hpp"
#include "assay/stats/equivalence.hpp"
#include "assay/stats/question_score.hpp"
#include "assay/validation/asked_questions.hpp"
#include "assay/validation/copy_model.hpp"
#include "assay/validation/experiments.hpp"

namespace assay::validation {
namespace {

using Verdicts = std::vector<int>;

/// A truth at the margin, and one at no difference.
struct AtMarginAndZero {
    Sums at_margin{};
    Sums at_zero{};
};

// What `count_labels` adds up.
constexpr std::size_t kShips = 0, kIsEquivalent = 1, kIsDegraded = 2;

void count_labels(Sums& total, DecisionLabel label) {
    total[kShips] += passes(label);
    total[kIsEquivalent] += label == DecisionLabel::kEquivalent;
    total[kIsDegraded] += label == DecisionLabel::kDegraded;
}

/// Labels of many repetitions; `draw` gives the verdicts of one question.
Sums labels_of(const Scale& scale,
               const std::string& name,
               std::int64_t repeats,
               const CopyModel& model,
               const AskedQuestions& asked,
               const std::function<void(Rng&, const CopyDraw&, Verdicts&)>& draw) {
    const CopyDraw copy(model);
    return repeat(scale, name, repeats, [&](Rng& rng, Sums& total) {
        Verdicts verdicts;
        for (std::size_t i = 0; i < asked.n(); ++i) {
            draw(rng, copy, verdicts);
        }
        count_labels(total, asked.label(rng, verdicts, {}));
    });
}

AtMarginAndZero both_truths(const Scale& scale,
                            const std::string& name,
                            CopyModel model,
                            const AskedQuestions& asked,
                            const std::function<void(Rng&, const CopyDraw&, Verdicts&)>& draw) {
    AtMarginAndZero out;
    const std::int64_t repeats = scale.repeats(kRepeats);
    model.truth.delta = -0.1;
    out.at_margin = labels_of(scale, name + "/-0.1", repeats, model, asked, draw);
    model.truth.delta = 0;
    out.at_zero = labels_of(scale, name + "/0", repeats, model, asked, draw);
    return out;
}

/// What a truth at no difference is expected to give.
struct SharesAtZero {
    double ships = 0;
    double equivalent = 0;
    double tolerance = 0;
};

/// The row of a truth at the margin, and those of no difference of the same experiment.
std::vector<Row> with_rows_at_zero(const Scale& scale,
                                   Row at_margin,
                                   const Sums& at_zero,
                                   const SharesAtZero& expected) {
    const std::string id = at_margin.id;
    const auto row = [&](const char* what, std::size_t label, double share) {
        return within(scale,
                      id,
                      fmt::format("the same: {} at 0", what),
                      {at_zero[label], scale.repeats(kRepeats)},
                      {share - expected.tolerance, share + expected.tolerance},
                      fmt::format("{:.3f} +- {:.3f}", share, expected.tolerance));
    };
    return {std::move(at_margin),
            row("ships", kShips, expected.ships),
            row("equivalent", kIsEquivalent, expected.equivalent)};
}

std::vector<Row> w1(const Scale& scale) {
    const std::int64_t repeats = scale.repeats(10'000);
    const Sums sums = repeat(scale, "W1", repeats, [](Rng& rng, Sums& total) {
        const auto some = [&] { return static_cast<std::int64_t>(rng.below(120)); };
        const std::int64_t wins = some(), losses = some(), ties = some() + 1;
        const auto tango = stats::deciding_interval(stats::net_counts(wins, losses, ties), 0.05);
        stats::QuestionMeans questions;
        for (const auto& [value, count] : {std::pair{-1, losses}, {0, ties}, {1, wins}}) {
            if (count > 0) {
                questions.values.push_back({static_cast<double>(value), count});
            }
        }
        const auto score = stats::deciding_interval(questions, 0.05);
        total[0] += !(std::abs(tango->low - score->low) <= 1e-9 &&
                      std::abs(tango->high - score->high) <= 1e-9);
    });
    return {{"W1",
             fmt::format("question score beside Tango's, one verdict a question: limits further "
                         "apart than 1e-9 in {} random tables",
                         repeats),
             sums[0],
             0,
             0,
             0,
             "equal"}};
}

std::vector<Row> w2(const Scale& scale) {
    const AskedQuestions asked(154, 4);
    const auto sums = both_truths(scale,
                                  "W2",
                                  {.share_equal = 0.1, .sample = 0.1},
                                  asked,
                                  [](Rng& rng, const CopyDraw& copy, Verdicts& verdicts) {
                                      const int question = copy.question(rng);
                                      for (int i = 0; i < 4; ++i) {
                                          verdicts.push_back(copy.fresh_verdict(rng, question));
                                      }
                                  });
    const std::int64_t repeats = scale.repeats(kRepeats);
    const char* what = "N=154, 4 samples, 10 % equal pairs, correlation of samples 0.1: ";
    return with_rows_at_zero(scale,
                             within(scale,
                                    "W2",
                                    fmt::format("{}ships at -margin", what),
                                    {sums.at_margin[kShips], repeats},
                                    {0.035, 0.0562},
                                    "[0.035, 0.0562]; reference 0.0474"),
                             sums.at_zero,
                             {.ships = 0.884, .equivalent = 0.766, .tolerance = 0.012});
}

std::vector<Row> w3(const Scale& scale) {
    const AskedQuestions asked(154, 6);
    const auto sums = both_truths(scale,
                                  "W3",
                                  {.truth = {0.36, 0}, .share_equal = 0.35},
                                  asked,
                                  [](Rng& rng, const CopyDraw& copy, Verdicts& verdicts) {
                                      copy.add_both_orders(rng, 3, verdicts);
                                  });
    const std::int64_t repeats = scale.repeats(kRepeats);
    return with_rows_at_zero(
        scale,
        at_most("W3",
                "N=154, 3 judges x 2 orders, d=0.36, 35 % equal pairs: ships at -margin",
                {sums.at_margin[kShips], repeats},
                0.05,
                "reference 0.0498"),
        sums.at_zero,
        {.ships = 0.823, .equivalent = 0.643, .tolerance = 0.014});
}

std::vector<Row> w4(const Scale& scale) {
    const AskedQuestions asked(154, 2);
    const auto sums = both_truths(
        scale, "W4", {}, asked, [](Rng& rng, const CopyDraw& copy, Verdicts& verdicts) {
            copy.add_both_orders(rng, 1, verdicts);
        });
    const std::int64_t repeats = scale.repeats(kRepeats);
    return {at_most("W4",
                    "N=154, both orders: ships at -margin",
                    {sums.at_margin[kShips], repeats},
                    0.05,
                    "reference 0.0492"),
            at_most("W4",
                    "the same: false degraded at 0",
                    {sums.at_zero[kIsDegraded], repeats},
                    0.05,
                    "reference 0.0498")};
}

/// Tango's interval on the counts of verdicts, divided by their design effect.
bool ships_by_counts(const Verdicts& verdicts, std::size_t calls) {
    std::vector<double> y(verdicts.begin(), verdicts.end());
    std::vector<std::int64_t> question;
    stats::NetCounts counts{.n = static_cast<double>(verdicts.size())};
    for (std::size_t i = 0; i < verdicts.size(); ++i) {
        question.push_back(static_cast<std::int64_t>(i / calls));
        counts.wins += verdicts[i] > 0;
        counts.losses += verdicts[i] < 0;
    }
    const auto clustered = stats::cluster_mean(y, question, 0.90);
    const auto interval = stats::deciding_interval(
        stats::effective(counts, stats::design_effect_to_use(*clustered)),
        0.05,
        static_cast<double>(clustered->n_clusters - 1));
    return interval->low > -0.1;
}

/// Verdicts of questions a tenth of which is always lost.
Verdicts with_lost_questions(Rng& rng, const AskedQuestions& asked) {
    Verdicts verdicts;
    for (std::size_t i = 0; i < asked.n(); ++i) {
        const bool always_lost = rng.uniform() < 0.1;
        for (std::size_t call = 0; call < asked.calls(); ++call) {
            verdicts.push_back(always_lost ? -1 : draw_verdict(rng, {0.1, 0}));
        }
    }
    return verdicts;
}

/// Of the fewest questions with several verdicts of which the interval decides alone.
std::vector<Row> of_few_questions(const Scale& scale) {
    const std::int64_t repeats = scale.repeats(kRepeats);
    const auto fewest = static_cast<std::size_t>(analysis::kClustersAlone);
    const AskedQuestions lost(fewest, 8), both(fewest, 2);
    const Sums of_lost = repeat(scale, "W5/few", repeats, [&](Rng& rng, Sums& total) {
        total[0] += passes(lost.label(rng, with_lost_questions(rng, lost), {}));
    });
    const Sums of_both = labels_of(scale,
                                   "W5/few/orders",
                                   repeats,
                                   {.truth = {0.6, -0.1}},
                                   both,
                                   [](Rng& rng, const CopyDraw& copy, Verdicts& verdicts) {
                                       copy.add_both_orders(rng, 1, verdicts);
                                   });
    return {at_most("W5",
                    fmt::format("N={}, as the first row: ships", fewest),
                    {of_lost[0], repeats},
                    0.05,
                    "the interval decides alone from here on"),
            at_most("W5",
                    fmt::format("N={}, both orders, d=0.6: ships at -margin", fewest),
                    {of_both[kShips], repeats},
                    0.05,
                    "likewise")};
}

std::vector<Row> w5(const Scale& scale) {
    const AskedQuestions asked(100, 8);
    const std::int64_t repeats = scale.repeats(kRepeats);
    const Sums sums = repeat(scale, "W5", repeats, [&](Rng& rng, Sums& total) {
        const Verdicts verdicts = with_lost_questions(rng, asked);
        total[0] += passes(asked.label(rng, verdicts, {}));
        total[1] += ships_by_counts(verdicts, asked.calls());
    });
    std::vector<Row> rows{
        at_most("W5",
                "N=100, 8 samples, 10 % of the questions always lost, d=0.1 in the others: "
                "ships",
                {sums[0], repeats},
                0.05,
                "reference 0.039"),
        within(scale,
               "W5",
               "the same by Tango on counts divided by the design effect (must fail)",
               {sums[1], repeats},
               {0.06, 1},
               "above 0.060; reference 0.069")};
    for (Row& row : of_few_questions(scale)) {
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<Row> w6(const Scale& scale) {
    const CopyDraw copy(
        {.truth = {0.36, -0.1}, .share_equal = 0.1, .sample = 0.1, .judge = 0.5, .order = 0.58});
    const AskedQuestions asked(514, 2);
    const std::int64_t repeats = scale.repeats(6'000);
    const Sums sums = repeat(scale, "W6", repeats, [&](Rng& rng, Sums& total) {
        Verdicts verdicts;
        stats::NetCounts consistent{.n = static_cast<double>(asked.n())};
        for (std::size_t i = 0; i < asked.n(); ++i) {
            copy.add_both_orders(rng, 1, verdicts);
            const int first = verdicts.end()[-2], second = verdicts.back();
            consistent.wins += first > 0 && second > 0;
            consistent.losses += first < 0 && second < 0;
        }
        total[0] += stats::deciding_interval(consistent, 0.05)->low > -0.1;
        total[1] += passes(asked.label(rng, verdicts, {}));
    });
    return {within(scale,
                   "W6",
                   "N=514, d=0.36, 10 % equal pairs, both orders, a win only if both agree: ships "
                   "at -margin (must fail)",
                   {sums[0], repeats},
                   {0.2, 1},
                   "above 0.2; reference 0.321"),
            at_most("W6",
                    "the same by the mean of both orders",
                    {sums[1], repeats},
                    0.05,
                    "reference 0.053")};
}

std::vector<Row> w11(const Scale& scale) {
    const CopyDraw copy({.truth = {0.6, -0.1}, .sample = 0.25, .cluster = 0.7});
    const AskedQuestions clustered(154, 4, 40), ignored(154, 4);
    const std::int64_t repeats = scale.repeats(6'000);
    const Sums sums = repeat(scale, "W11", repeats, [&](Rng& rng, Sums& total) {
        std::vector<int> clusters;
        for (std::size_t i = 0; i < clustered.n_clusters(); ++i) {
            clusters.push_back(copy.cluster(rng));
        }
        Verdicts verdicts;
        for (std::size_t i = 0; i < clustered.n(); ++i) {
            const int question = copy.question(rng, clusters[i % clusters.size()]);
            for (std::size_t call = 0; call < clustered.calls(); ++call) {
                verdicts.push_back(copy.fresh_verdict(rng, question));
            }
        }
        total[0] += passes(clustered.label(rng, verdicts, {}));
        total[1] += passes(ignored.label(rng, verdicts, {}));
    });
    return {at_most("W11",
                    "154 questions in 40 clusters (correlation of their values 0.7), 4 samples: "
                    "ships at -margin",
                    {sums[0], repeats},
                    0.05,
                    "reference 0.054"),
            within(scale,
                   "W11",
                   "the same, clusters ignored (must fail)",
                   {sums[1], repeats},
                   {0.09, 1},
                   "above 0.09; reference 0.137")};
}

}  // namespace

std::vector<Experiment> question_experiments() {
    return {{"W1", w1}, {"W2", w2}, {"W3", w3}, {"W4", w4}, {"W5", w5}, {"W6", w6}, {"W11", w11}};
}

}  // namespace assay::validation
