#include "assay/analysis/design.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "assay/analysis/phrases.hpp"
#include "assay/analysis/small_sample.hpp"
#include "assay/analysis/stopping.hpp"
#include "assay/base/result.hpp"
#include "assay/stats/distributions.hpp"
#include "assay/stats/exact.hpp"
#include "assay/stats/monitor.hpp"
#include "assay/stats/sample_size.hpp"
#include "assay/stats/sign_test_power.hpp"
#include "assay/stats/tango.hpp"

namespace assay::analysis {
namespace {

constexpr std::int64_t kMostQuestions = 1'000'000'000'000'000;
constexpr double kPowerSlack = 0.005;
constexpr double kInfinite = std::numeric_limits<double>::infinity();

void check(const AnalysisSettings& settings) {
    ASSAY_CHECK(settings.margin > 0 && settings.margin < 1);
    ASSAY_CHECK(settings.alpha > 0 && settings.alpha < 0.5);
    ASSAY_CHECK(settings.power > settings.alpha && settings.power < 1);
    ASSAY_CHECK(settings.expected_decisive_rate > 0 && settings.expected_decisive_rate <= 1);
    ASSAY_CHECK(settings.icc >= 0 && settings.icc <= 1);
}

double design_effect_of(const Design& design) {
    const double mean_size = design.clusters ? design.clusters->mean_size : 1;
    const auto each = static_cast<double>(design.verdicts_each());
    return each * (variance_of_question_mean(design) / covariances_of(design).v +
                   (mean_size - 1) * design.settings.icc);
}

std::int64_t comparisons_of(const Design& design, std::int64_t n_questions) {
    return design.verdicts_each() * n_questions;
}

/// What n questions are worth.
struct Worth {
    double n = 0;      ///< independent comparisons
    double df = 0;     ///< of Student's t
    double alpha = 0;  ///< the level whose normal quantile is Student's at the level that is asked
                       ///< for
    std::int64_t n_units = 0;  ///< questions or clusters; what few of them may decide is limited
    double exact_alpha = 0;    ///< the level that is asked for
};

/// Nothing with fewer than two clusters.
std::optional<Worth> worth_of(const Design& design, std::int64_t n_questions) {
    Worth out;
    out.n = static_cast<double>(comparisons_of(design, n_questions)) / design_effect_of(design);
    double n_clusters = design.verdicts_each() > 1 ? static_cast<double>(n_questions) : kInfinite;
    if (design.clusters) {  // effective ones, as in small_sample.hpp
        n_clusters = std::floor(static_cast<double>(n_questions) / design.clusters->mean_size *
                                (1 + 1e-12));
    }
    if (n_clusters < 2) {
        return std::nullopt;
    }
    out.df = n_clusters - 1;
    out.n_units = std::isinf(n_clusters) ? n_questions : static_cast<std::int64_t>(n_clusters);
    out.exact_alpha = design.alpha_end.value_or(design.settings.alpha);
    const double critical = stats::student_upper_quantile(out.exact_alpha, out.df);
    // Far out the level is too small for a double, and no practicable number of comparisons gets
    // there.
    out.alpha = std::max(stats::normal_upper(critical), std::numeric_limits<double>::min());
    return out;
}

/// Of fewer questions, or clusters, the exact test must agree.
std::int64_t exact_below(const Worth& worth) {
    return interval_alone_from(!std::isinf(worth.df));
}

std::int64_t whole(const Worth& worth) {
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::floor(worth.n * (1 + 1e-12))));
}

LabelChances normal_chances(const stats::OperatingDesign& design) {
    const double error = std::sqrt((design.decisive_rate - design.delta * design.delta) /
                                   static_cast<double>(design.n));
    const double reach = stats::normal_upper_quantile(design.alpha) * error;
    const auto above = [&](double edge) {
        return stats::normal_upper((edge - design.delta) / error);
    };
    LabelChances out;
    const double not_worse = above(reach - design.margin);
    out.equivalent = std::max(0.0, not_worse - above(design.margin - reach));
    out.non_inferior = not_worse - out.equivalent;
    out.degraded = 1 - above(std::min(-reach, reach - design.margin));
    out.inconclusive = std::max(0.0, 1 - not_worse - out.degraded);
    return out;
}

LabelChances label_chances(const stats::OperatingCharacteristics& of_rule) {
    return {
        of_rule.p_equivalent, of_rule.p_non_inferior, of_rule.p_degraded, of_rule.p_inconclusive};
}

/// The truth is possible. Below kFewestUnits nothing is decided.
LabelChances small_sample_chances(const stats::OperatingDesign& independent, const Worth& worth) {
    stats::OperatingDesign design = independent;
    design.n = std::min(whole(worth), worth.n_units);
    if (design.n < kFewestUnits) {
        return {0, 0, 0, 1};
    }
    return label_chances(*small_sample_characteristics(design, worth.exact_alpha));
}

/// Nothing where the truth is impossible.
std::optional<LabelChances> chances(const AnalysisSettings& settings,
                                    const Worth& worth,
                                    double delta) {
    const stats::OperatingDesign design{.n = whole(worth),
                                        .decisive_rate = settings.expected_decisive_rate,
                                        .delta = delta,
                                        .margin = settings.margin,
                                        .alpha = worth.alpha};
    if (std::abs(delta) > design.decisive_rate) {
        return std::nullopt;
    }
    if (worth.n_units < exact_below(worth)) {
        return small_sample_chances(design, worth);
    }
    if (design.n > kMostEnumerated) {
        return normal_chances(design);
    }
    return label_chances(*stats::operating_characteristics(design));
}

/// The smallest n for which `enough` holds; once it does, it does for all larger ones.
std::optional<std::int64_t> smallest(const std::function<bool(std::int64_t)>& enough) {
    std::int64_t low = 0, high = 1;  // not enough, enough
    while (!enough(high)) {
        low = high;
        high *= 2;
        if (high > kMostQuestions) {
            return std::nullopt;
        }
    }
    while (high - low > 1) {
        const std::int64_t middle = low + (high - low) / 2;
        (enough(middle) ? high : low) = middle;
    }
    return high;
}

using SampleSize = std::optional<std::int64_t> (*)(const stats::EquivalenceDesign&, double power);

std::optional<std::int64_t> questions_for(const Design& design, SampleSize sample_size) {
    const AnalysisSettings& settings = design.settings;
    return smallest([&](std::int64_t n) {
        const auto worth = worth_of(design, n);
        if (!worth) {
            return false;
        }
        const auto independent = sample_size({.decisive_rate = settings.expected_decisive_rate,
                                              .delta = 0,
                                              .margin = settings.margin,
                                              .alpha = worth->alpha},
                                             settings.power);
        return independent && static_cast<double>(*independent) <= worth->n;
    });
}

using Success = double (*)(const LabelChances&);

/// The normal approximation's number, or a larger one if that has clearly less power in truth.
NeededQuestions needed(const Design& design, SampleSize sample_size, Success success) {
    const auto exact_power = [&](std::int64_t n) -> std::optional<double> {
        const auto worth = worth_of(design, n);
        if (!worth || whole(*worth) > kMostEnumerated) {
            return std::nullopt;
        }
        return success(*chances(design.settings, *worth, 0));
    };
    const double wanted = design.settings.power - kPowerSlack;
    NeededQuestions out;
    out.n = questions_for(design, sample_size);
    if (out.n) {
        out.exact_power = exact_power(*out.n);
    }
    if (!out.exact_power || *out.exact_power >= wanted) {
        return out;
    }
    // Enumerating costs, and the power is saw-toothed: the number is found to about one per cent.
    std::int64_t low = *out.n, high = low;
    do {
        low = high;
        high += 1 + high / 4;
        out.exact_power = exact_power(high);
    } while (out.exact_power && *out.exact_power < wanted);
    while (out.exact_power && high - low > 1 + high / 100) {
        const std::int64_t middle = low + (high - low) / 2;
        const auto power = exact_power(middle);
        if (*power < wanted) {
            low = middle;
        } else {
            high = middle;
            out.exact_power = power;
        }
    }
    out.n = high;
    return out;
}

DetectableEffect detectable_effect_of(const AnalysisSettings& settings, const Worth& worth) {
    DetectableEffect out;
    out.power = settings.power;
    out.alpha = settings.alpha;
    const double decisive = std::floor(
        static_cast<double>(whole(worth)) * settings.expected_decisive_rate + 0.5);
    const auto net = stats::net_detectable(
        whole(worth), settings.expected_decisive_rate, settings.power, settings.alpha);
    const auto share = stats::sign_test_detectable(
        static_cast<std::int64_t>(decisive), settings.power, settings.alpha);
    if (net) {
        out.net = net->net;
    }
    if (share) {
        out.decisive_win_rate = *share - 0.5;
    }
    out.method = whole(worth) <= stats::kExactNetLimit ? "exact sign test" : "normal approximation";
    if (!net || !share) {
        out.why = "even if all decisive verdicts went one way in truth, the test would not show it";
    }
    return out;
}

/// At how many decisive verdicts equal wins and losses are just still equivalent.
std::int64_t most_decisive(std::int64_t n_comparisons,
                           double design_effect,
                           const Worth& worth,
                           double margin) {
    const double critical = stats::normal_upper_quantile(worth.alpha);
    const auto equivalent = [&](std::int64_t wins) {
        const stats::NetCounts counts = stats::net_counts(wins, wins, n_comparisons - 2 * wins);
        return *stats::tango_z(stats::effective(counts, design_effect), -margin) > critical;
    };
    std::int64_t low = -1, high = n_comparisons / 2 + 1;  // equivalent, not
    while (high - low > 1) {
        const std::int64_t middle = low + (high - low) / 2;
        (equivalent(middle) ? low : high) = middle;
    }
    if (low == n_comparisons / 2) {
        return n_comparisons;
    }
    return low < 0 ? -1 : 2 * low;
}

std::string method_of(const Worth& worth) {
    std::string what = whole(worth) <= kMostEnumerated
                           ? "all outcomes enumerated"
                           : fmt::format("normal approximation (more than {} comparisons)",
                                         kMostEnumerated);
    if (worth.n_units < exact_below(worth)) {
        what += fmt::format(
            " (below {} {} the exact unconditional test must agree with the interval)",
            exact_below(worth),
            std::isinf(worth.df) ? "questions" : "clusters");
    }
    if (std::isinf(worth.df)) {
        return what;
    }
    return fmt::format("{}, as if of {}, with Student's t at {} degrees of freedom",
                       what,
                       count_of(whole(worth), "independent comparison"),
                       worth.df);
}

}  // namespace

std::optional<ClusterShape> cluster_shape(std::span<const Question> questions) {
    std::map<std::string, double> sizes;
    double alone = 0;
    for (const Question& question : questions) {
        question.cluster ? ++sizes[*question.cluster] : ++alone;
    }
    double squares = alone;
    for (const auto& [name, size] : sizes) {
        squares += size * size;
    }
    const double n = static_cast<double>(questions.size());
    if (squares == n) {
        return std::nullopt;
    }
    return ClusterShape{static_cast<std::int64_t>(sizes.size()) + static_cast<std::int64_t>(alone),
                        squares / n};
}

double planned_cluster_effect(std::span<const Question> questions,
                              const AnalysisSettings& settings) {
    const auto clusters = cluster_shape(questions);
    return clusters ? 1 + (clusters->mean_size - 1) * settings.icc : 1;
}

std::optional<ClusterShape> equal_clusters(std::int64_t n, std::int64_t n_clusters) {
    ASSAY_CHECK(n_clusters >= 1 && n_clusters <= n);
    if (n_clusters == n) {
        return std::nullopt;
    }
    const double size = static_cast<double>(n / n_clusters),
                 n_larger = static_cast<double>(n % n_clusters);
    const double squares = n_larger * (size + 1) * (size + 1) +
                           (static_cast<double>(n_clusters) - n_larger) * size * size;
    return ClusterShape{n_clusters, squares / static_cast<double>(n)};
}

Design make_design(std::int64_t n_questions,
                   std::optional<ClusterShape> clusters,
                   bool both_orders,
                   const AnalysisSettings& settings) {
    check(settings);
    Design design{n_questions, clusters, both_orders, settings, std::nullopt};
    const stats::StoppingDesign stopping = stopping_design(settings.stopping);
    if (stopping != stats::StoppingDesign::kNone) {
        design.alpha_end = stats::make_monitor_rule(
                               stopping, n_questions, settings.margin, settings.alpha)
                               .alpha_end;
    }
    return design;
}

QuestionsNeeded questions_needed(const Design& design) {
    check(design.settings);
    ASSAY_CHECK(!design.clusters || design.n_questions >= 1);
    QuestionsNeeded out;
    out.equivalence = needed(
        design, stats::sample_size_equivalence, [](const LabelChances& c) { return c.equivalent; });
    out.non_inferiority = needed(
        design, stats::sample_size_noninferiority, [](const LabelChances& c) {
            return c.equivalent + c.non_inferior;
        });
    return out;
}

DesignReach reach_of(const Design& design) {
    const AnalysisSettings& settings = design.settings;
    check(settings);
    ASSAY_CHECK(design.n_questions >= 1);
    DesignReach out;
    out.design_effect = design_effect_of(design);
    const auto worth = worth_of(design, design.n_questions);
    if (!worth) {
        out.why = design.clusters
                      ? "all questions belong to one cluster, so nothing can show how much "
                        "clusters differ"
                      : "both orders of one question alone cannot show how much questions differ";
        return out;
    }
    if (worth->n_units < kFewestUnits) {
        out.why = fmt::format("only {}, and below {} nothing is decided",
                              count_of(worth->n_units, design.clusters ? "cluster" : "question"),
                              kFewestUnits);
        return out;
    }
    out.df = worth->df;
    out.n_effective = whole(*worth);
    out.method = method_of(*worth);
    out.mde = detectable_effect_of(settings, *worth);
    const double error = std::sqrt(settings.expected_decisive_rate / worth->n);
    const double z = stats::normal_upper_quantile(worth->alpha);
    const auto below_one = [](double margin) {
        return margin <= 0.999 ? std::optional(margin) : std::nullopt;
    };
    out.smallest_margin = below_one((z + stats::normal_upper_quantile((1 - settings.power) / 2)) *
                                    error);
    out.smallest_margin_non_inferior = below_one(
        (z + stats::normal_upper_quantile(1 - settings.power)) * error);
    out.alike = chances(settings, *worth, 0);
    out.at_margin = chances(settings, *worth, -settings.margin);
    const std::int64_t n_comparisons = comparisons_of(design, design.n_questions);
    out.most_decisive = most_decisive(n_comparisons, out.design_effect, *worth, settings.margin);
    out.p_can_be_equivalent = stats::binomial_cdf(
        out.most_decisive, n_comparisons, settings.expected_decisive_rate);
    return out;
}

}  // namespace assay::analysis
