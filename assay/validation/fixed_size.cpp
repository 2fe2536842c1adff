#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "assay/stats/exact.hpp"
#include "assay/stats/multiplicity.hpp"
#include "assay/stats/net_intervals.hpp"
#include "assay/stats/sign_test.hpp"
#include "assay/validation/draws.hpp"
#include "assay/validation/experiments.hpp"

namespace assay::validation {
namespace {

using stats::NetCounts;

int of(stats::Region region) {
    return static_cast<int>(region);
}

bool claims_shippable(int region) {
    return region == of(stats::Region::kEquivalent) || region == of(stats::Region::kNonInferior);
}

/// How often `hit` is true of the table's decision.
Share share_of(const Scale& scale,
               const std::string& name,
               std::int64_t n,
               const Truth& truth,
               DecisionTable& table,
               const std::function<bool(int)>& hit) {
    const std::int64_t repeats = scale.repeats(kRepeats);
    const Sums sums = repeat(scale, name, repeats, [&](Rng& rng, Sums& total) {
        total[0] += hit(table.at(draw_counts(rng, n, truth)));
    });
    return {sums[0], repeats};
}

stats::OperatingCharacteristics enumerate(std::int64_t n, const Truth& truth, double margin = 0.1) {
    return *stats::operating_characteristics({.n = n,
                                              .decisive_rate = truth.decisive_rate,
                                              .delta = truth.delta,
                                              .margin = margin,
                                              .alpha = 0.05});
}

std::vector<Row> sign_test_row(
    const Scale& scale, const char* id, const Truth& truth, double reference, const char* what) {
    DecisionTable rejects(154, [](const NetCounts& counts) {
        const auto wins = static_cast<std::int64_t>(counts.wins),
                   losses = static_cast<std::int64_t>(counts.losses);
        return int{stats::sign_test(wins, losses).two_sided <= 0.05};
    });
    const Share share = share_of(
        scale, id, 154, truth, rejects, [](int rejected) { return rejected == 1; });
    return {near(id, what, share, reference),
            exactly(id,
                    fmt::format("{}, enumerated", what),
                    enumerate(154, truth).sign_test_reject,
                    reference)};
}

/// Of the two-sided 95 % interval.
Row tango_coverage(
    const Scale& scale, const char* id, std::int64_t n, const Truth& truth, double reference) {
    DecisionTable covers(n, [&](const NetCounts& counts) {
        const auto interval = stats::deciding_interval(counts, 0.025);
        return int{interval->low <= truth.delta && truth.delta <= interval->high};
    });
    const Share share = share_of(
        scale, fmt::format("{}/{}", id, truth.delta), n, truth, covers, [](int covered) {
            return covered == 1;
        });
    return near(
        id,
        fmt::format(
            "Tango 95 % coverage, N={}, d={:g}, net {:g}", n, truth.decisive_rate, truth.delta),
        share,
        reference);
}

std::vector<Row> v3(const Scale& scale) {
    std::vector<Row> rows;
    for (const auto& [delta, reference] :
         {std::pair{0.0, 0.9498}, {-0.10, 0.9502}, {-0.15, 0.9498}}) {
        rows.push_back(tango_coverage(scale, "V3", 154, {0.6, delta}, reference));
        rows.push_back(exactly("V3",
                               fmt::format("the same, net {:g}, enumerated", delta),
                               enumerate(154, {0.6, delta}).tango_coverage,
                               reference));
    }
    return rows;
}

std::vector<Row> v4(const Scale& scale) {
    return {
        tango_coverage(scale, "V4", 300, {0.05, -0.03}, 0.9485),
        exactly(
            "V4", "the same, enumerated", enumerate(300, {0.05, -0.03}).tango_coverage, 0.9485)};
}

/// One label of the decision rule at alpha 0.05 and margin 0.10.
std::vector<Row> label_row(const Scale& scale,
                           const char* id,
                           std::int64_t n,
                           double delta,
                           double reference,
                           const char* what,
                           double (*enumerated)(const stats::OperatingCharacteristics&),
                           const std::function<bool(int)>& hit) {
    DecisionTable table = region_table(n, 0.1, 0.05);
    const std::string text = fmt::format("{}, N={}, net {:g}", what, n, delta);
    const Share share = share_of(scale, fmt::format("{}/{}", id, n), n, {0.6, delta}, table, hit);
    return {near(id, text, share, reference),
            exactly(id, text + ", enumerated", enumerated(enumerate(n, {0.6, delta})), reference)};
}

double p_equivalent(const stats::OperatingCharacteristics& of_rule) {
    return of_rule.p_equivalent;
}

std::vector<Row> v5(const Scale& scale) {
    return label_row(scale,
                     "V5",
                     514,
                     -0.1,
                     0.0504,
                     "equivalent at -margin (TOST size)",
                     p_equivalent,
                     [](int region) { return region == of(stats::Region::kEquivalent); });
}

std::vector<Row> v6(const Scale& scale) {
    std::vector<Row> rows;
    for (const auto& [n, reference] : {std::pair{514, 0.8034}, {650, 0.9018}}) {
        for (const Row& row :
             label_row(scale,
                       "V6",
                       n,
                       0,
                       reference,
                       "equivalent at 0 (TOST power)",
                       p_equivalent,
                       [](int region) { return region == of(stats::Region::kEquivalent); })) {
            rows.push_back(row);
        }
    }
    return rows;
}

std::vector<Row> v7(const Scale& scale) {
    return label_row(
        scale,
        "V7",
        154,
        -0.1,
        0.0510,
        "equivalent or non-inferior at -margin",
        [](const stats::OperatingCharacteristics& rule) {
            return rule.p_equivalent + rule.p_non_inferior;
        },
        claims_shippable);
}

std::vector<Row> v8(const Scale& scale) {
    return label_row(
        scale,
        "V8",
        154,
        0,
        0.0505,
        "false degraded",
        [](const stats::OperatingCharacteristics& rule) { return rule.p_degraded; },
        [](int region) { return region == of(stats::Region::kDegraded); });
}

std::vector<Row> v9(const Scale& scale) {
    const Truth truth{0.05, 0.04};
    const auto wald_covers = [&](const NetCounts& counts) {
        const auto wins = static_cast<std::int64_t>(counts.wins),
                   losses = static_cast<std::int64_t>(counts.losses);
        const auto interval = stats::wald(wins, losses, 50 - wins - losses, 0.95);
        return interval->low <= truth.delta && truth.delta <= interval->high;
    };
    DecisionTable covers(50, [&](const NetCounts& counts) { return int{wald_covers(counts)}; });
    const Share wald = share_of(
        scale, "V9", 50, truth, covers, [](int covered) { return covered == 1; });
    return {
        near("V9", "Wald 95 % coverage, N=50, d=0.05, net 0.04 (must fail)", wald, 0.8939),
        exactly("V9", "the same, enumerated", exact_probability(50, truth, wald_covers), 0.8939),
        tango_coverage(scale, "V9", 50, truth, enumerate(50, truth).tango_coverage)};
}

std::vector<Row> v23(const Scale& scale) {
    constexpr std::size_t kQuants = 5;
    const Truth at_margin{0.6, -0.1};
    const std::int64_t repeats = scale.repeats(kRepeats);
    const Sums sums = repeat(scale, "V23", repeats, [&](Rng& rng, Sums& total) {
        std::vector<double> p;
        for (std::size_t i = 0; i < kQuants; ++i) {
            p.push_back(stats::tost_score(draw_counts(rng, 514, at_margin), 0.1)->p_tost);
        }
        const std::vector<double> adjusted = stats::holm(p);
        total[0] += p.front() < 0.05;  // a ladder goes on only after a claim, so its first false
                                       // one is at the first
        total[1] += *std::min_element(adjusted.begin(), adjusted.end()) < 0.05;
        total[2] += *std::min_element(p.begin(), p.end()) < 0.05;
    });
    const double one = enumerate(514, at_margin).p_equivalent;
    return {within(scale,
                   "V23",
                   "any false claim of 5 at -margin, N=514, fixed sequence",
                   {sums[0], repeats},
                   {0, 0.0566},
                   "at most 0.0566; reference 0.052"),
            within(scale,
                   "V23",
                   "the same, Holm",
                   {sums[1], repeats},
                   {0, 0.0566},
                   "at most 0.0566; reference 0.048"),
            near("V23",
                 "the same, uncorrected (must fail)",
                 {sums[2], repeats},
                 1 - std::pow(1 - one, kQuants),
                 "enumerated")};
}

std::vector<Row> v24(const Scale& scale) {
    DecisionTable table = region_table(514, 0.1, 0.05);
    std::vector<Row> rows;
    for (const auto& [flipped, reference] :
         {std::pair{0.0, 0.0}, {0.2, 0.0}, {0.35, 0.093}, {0.45, 0.647}}) {
        const std::int64_t repeats = scale.repeats(kRepeats);
        const double flip = flipped;
        const Sums sums = repeat(
            scale, fmt::format("V24/{}", flip), repeats, [&](Rng& rng, Sums& total) {
                NetCounts counts{.n = 514};
                for (int i = 0; i < 514; ++i) {
                    int verdict = draw_verdict(rng, {0.6, -0.3});
                    if (verdict != 0 && rng.uniform() < flip) {
                        verdict = -verdict;
                    }
                    counts.wins += verdict > 0;
                    counts.losses += verdict < 0;
                }
                total[0] += table.at(counts) == of(stats::Region::kEquivalent);
            });
        const std::string what = fmt::format(
            "equivalent, N=514, net -0.3, judge flips {:g} of decisive verdicts{}",
            flip,
            flip > 0.3 ? " (must fail)" : "");
        rows.push_back(within(scale,
                              "V24",
                              what,
                              {sums[0], repeats},
                              {std::max(0.0, reference - 0.014), reference + 0.014},
                              fmt::format("{:g} +- 0.014", reference)));
        rows.push_back(near("V24",
                            "the same beside the enumerated probability",
                            {sums[0], repeats},
                            enumerate(514, {0.6, -0.3 * (1 - 2 * flip)}).p_equivalent,
                            "enumerated"));
    }
    return rows;
}

}  // namespace

std::vector<Experiment> fixed_size_experiments() {
    return {
        {"V1",
         [](const Scale& scale) {
             return sign_test_row(
                 scale, "V1", {0.6, 0}, 0.0393, "exact sign test rejects, N=154, net 0 (size)");
         }},
        {"V2",
         [](const Scale& scale) {
             return sign_test_row(scale, "V2", {0.6, -0.15}, 0.6405, "the same, net -0.15 (power)");
         }},
        {"V3", v3},
        {"V4", v4},
        {"V5", v5},
        {"V6", v6},
        {"V7", v7},
        {"V8", v8},
        {"V9", v9},
        {"V23", v23},
        {"V24", v24}};
}

}  // namespace assay::validation
