#include "assay/stats/these_questions.hpp"

#include <algorithm>
#include <cmath>

#include "assay/base/result.hpp"
#include "assay/stats/distributions.hpp"
#include "assay/stats/numeric.hpp"

namespace assay::stats {
namespace {

/// What the questions add up to.
struct Totals {
    std::int64_t n = 0;
    double sum = 0;  ///< of the question means
    double variance = 0;
    std::int64_t with_a_difference = 0;

    void add(double question_mean, double question_variance) {
        ++n;
        sum += question_mean;
        variance += question_variance;
        with_a_difference += question_variance > 0;
    }
};

std::optional<TheseQuestions> interval_of(const Totals& totals, double alpha) {
    ASSAY_CHECK(alpha > 0 && alpha < 0.5);
    if (totals.n == 0) {
        return std::nullopt;
    }
    const double n = static_cast<double>(totals.n);
    TheseQuestions out;
    out.estimate = totals.sum / n;
    out.se = std::sqrt(totals.variance + 1) / n;
    out.questions_with_a_difference = totals.with_a_difference;
    const double half = normal_upper_quantile(alpha) * out.se;
    out.low = std::max(-1.0, out.estimate - half);
    out.high = std::min(1.0, out.estimate + half);
    return out;
}

void check_verdict(double verdict) {
    ASSAY_CHECK(verdict >= -1 && verdict <= 1);
}

}  // namespace

std::optional<TheseQuestions> these_questions_of_orders(
    std::span<const std::vector<VerdictsOfOrders>> questions, double alpha) {
    Totals totals;
    for (const std::vector<VerdictsOfOrders>& judges : questions) {
        if (judges.empty()) {
            return std::nullopt;
        }
        const double n_judges = static_cast<double>(judges.size());
        double sum = 0, squares = 0;
        for (const VerdictsOfOrders& said : judges) {
            check_verdict(said.variant_first);
            check_verdict(said.variant_second);
            const double difference = said.variant_first - said.variant_second;
            sum += (said.variant_first + said.variant_second) / 2;
            squares += difference * difference;
        }
        totals.add(sum / n_judges, squares / (4 * n_judges * n_judges));
    }
    return interval_of(totals, alpha);
}

std::optional<TheseQuestions> these_questions_of_samples(
    std::span<const std::vector<double>> questions, double alpha) {
    Totals totals;
    for (const std::vector<double>& verdicts : questions) {
        std::for_each(verdicts.begin(), verdicts.end(), check_verdict);
        const auto variance = sample_variance(verdicts);
        if (!variance) {
            return std::nullopt;
        }
        totals.add(mean(verdicts), *variance / static_cast<double>(verdicts.size()));
    }
    return interval_of(totals, alpha);
}

namespace {

/// How far the sum of the question means may be off at a normal quantile z >= 0: shift + z width +
/// z^2 bend.
struct Reach {
    double shift = 0;
    double width = 0;
    double bend = 0;
};

Reach reach_of(const QuestionNoise& noise) {
    ASSAY_CHECK(noise.n > 0 && noise.k >= 2 && noise.variance >= 0);
    const double largest_step = 2.0 / static_cast<double>(noise.k);
    return {2 * largest_step / 3, std::sqrt(noise.variance + 1), largest_step / 3};
}

QuestionNoise mirrored(QuestionNoise noise) {
    noise.sum = -noise.sum;
    return noise;
}

}  // namespace

std::optional<QuestionNoise> noise_of_orders(std::span<const VerdictsOfOrders> questions) {
    std::vector<std::vector<double>> as_samples;
    for (const VerdictsOfOrders& said : questions) {
        as_samples.push_back({said.variant_first, said.variant_second});
    }
    return noise_of_samples(as_samples);
}

std::optional<QuestionNoise> noise_of_samples(std::span<const std::vector<double>> questions) {
    if (questions.empty()) {
        return std::nullopt;
    }
    Totals totals;
    std::size_t fewest = questions.front().size();
    for (const std::vector<double>& verdicts : questions) {
        std::for_each(verdicts.begin(), verdicts.end(), check_verdict);
        const auto variance = sample_variance(verdicts);
        if (!variance) {
            return std::nullopt;
        }
        fewest = std::min(fewest, verdicts.size());
        totals.add(mean(verdicts), *variance / static_cast<double>(verdicts.size()));
    }
    return QuestionNoise{totals.n, totals.sum, totals.variance, static_cast<std::int64_t>(fewest)};
}

double lower_limit(const QuestionNoise& noise, double alpha) {
    ASSAY_CHECK(alpha > 0 && alpha < 0.5);
    const Reach reach = reach_of(noise);
    const double z = normal_upper_quantile(alpha);
    const double below = reach.shift + z * (reach.width + z * reach.bend);
    return std::max(-1.0, (noise.sum - below) / static_cast<double>(noise.n));
}

double upper_limit(const QuestionNoise& noise, double alpha) {
    return -lower_limit(mirrored(noise), alpha);
}

double p_above(const QuestionNoise& noise, double delta) {
    ASSAY_CHECK(delta > -1 && delta < 1);
    const Reach reach = reach_of(noise);
    // shift + z width + z^2 bend = distance; below the shift the line without the bend goes on, so
    // that p is continuous and falls everywhere.
    const double distance = noise.sum - delta * static_cast<double>(noise.n) - reach.shift;
    if (distance <= 0) {
        return normal_upper(distance / reach.width);
    }
    return normal_upper(
        2 * distance /
        (reach.width + std::sqrt(reach.width * reach.width + 4 * reach.bend * distance)));
}

double p_below(const QuestionNoise& noise, double delta) {
    return p_above(mirrored(noise), -delta);
}

}  // namespace assay::stats
