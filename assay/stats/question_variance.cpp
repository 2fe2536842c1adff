#include "assay/stats/question_variance.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "assay/base/result.hpp"
#include "assay/stats/numeric.hpp"

namespace assay::stats {
namespace {

/// The first thing in which two calls differ.
enum Rung : std::size_t { kSampleRung, kJudgeRung, kOrderRung, kRepeatRung, kRungs };

Rung rung_of(const Call& a, const Call& b) {
    if (a.sample != b.sample) {
        return kSampleRung;
    }
    if (a.judge != b.judge) {
        return kJudgeRung;
    }
    if (a.order != b.order) {
        return kOrderRung;
    }
    ASSAY_CHECK(a.repeat != b.repeat);
    return kRepeatRung;
}

/// A mean that grows by one value at a time.
struct RunningMean {
    double sum = 0;
    std::int64_t n = 0;
    void add(double value) {
        sum += value;
        ++n;
    }
    [[nodiscard]] double mean() const { return sum / static_cast<double>(n); }
};

using ByRung = std::array<RunningMean, kRungs>;

/// Mean products of the pairs of one question's verdicts.
ByRung products_of(std::span<const CallVerdict> verdicts) {
    ByRung out;
    for (std::size_t i = 0; i < verdicts.size(); ++i) {
        for (std::size_t j = i + 1; j < verdicts.size(); ++j) {
            out[rung_of(verdicts[i].call, verdicts[j].call)].add(verdicts[i].verdict *
                                                                 verdicts[j].verdict);
        }
    }
    return out;
}

double covariance_at(const Covariances& covariances, Rung rung) {
    switch (rung) {
        case kSampleRung: return std::max(0.0, covariances.sample);
        case kJudgeRung: return std::max(0.0, covariances.judge);
        case kOrderRung: return std::max(0.0, covariances.order);
        default: return std::max(0.0, covariances.repeat);
    }
}

}  // namespace

std::optional<CovarianceLadder> covariance_ladder(
    std::span<const std::vector<CallVerdict>> questions) {
    std::vector<double> means;
    RunningMean squares;
    ByRung products;
    for (const std::vector<CallVerdict>& verdicts : questions) {
        if (verdicts.empty()) {
            continue;
        }
        RunningMean value, square;
        for (const CallVerdict& said : verdicts) {
            ASSAY_CHECK(said.verdict >= -1 && said.verdict <= 1);
            value.add(said.verdict);
            square.add(said.verdict * said.verdict);
        }
        means.push_back(value.mean());
        squares.add(square.mean());
        const ByRung of_question = products_of(verdicts);
        for (std::size_t rung = 0; rung < kRungs; ++rung) {
            if (of_question[rung].n > 0) {
                products[rung].add(of_question[rung].mean());
            }
        }
    }
    if (means.empty()) {
        return std::nullopt;
    }
    CovarianceLadder out;
    out.estimate = mean(means);
    out.n_questions = static_cast<std::int64_t>(means.size());
    out.variance_of_question_mean = sample_variance(means);
    if (!out.variance_of_question_mean) {
        return out;
    }
    const double c0 = out.estimate * out.estimate -
                      *out.variance_of_question_mean / static_cast<double>(out.n_questions);
    const auto minus_c0 = [&](const RunningMean& product) {
        return product.n > 0 ? std::optional(product.mean() - c0) : std::nullopt;
    };
    out.v = minus_c0(squares);
    out.repeat = minus_c0(products[kRepeatRung]);
    out.order = minus_c0(products[kOrderRung]);
    out.judge = minus_c0(products[kJudgeRung]);
    out.sample = minus_c0(products[kSampleRung]);
    return out;
}

Covariances assumed_covariances(double v) {
    ASSAY_CHECK(v >= 0);
    return {.v = v,
            .repeat = kRepeatCorrelation * v,
            .order = kOrderCorrelation * v,
            .judge = kJudgeCorrelation * v,
            .sample = kSampleCorrelation * v};
}

std::optional<Covariances> covariances_of(const CovarianceLadder& ladder) {
    if (!ladder.v) {
        return std::nullopt;
    }
    const Covariances assumed = assumed_covariances(std::max(0.0, *ladder.v));
    const auto measured = [](const std::optional<double>& covariance, double otherwise) {
        return std::max(0.0, covariance.value_or(otherwise));
    };
    return Covariances{.v = assumed.v,
                       .repeat = measured(ladder.repeat, assumed.repeat),
                       .order = measured(ladder.order, assumed.order),
                       .judge = measured(ladder.judge, assumed.judge),
                       .sample = measured(ladder.sample, assumed.sample)};
}

double variance_of_question_mean(const Covariances& covariances, std::span<const Call> calls) {
    ASSAY_CHECK(covariances.v >= 0 && !calls.empty());
    const double n = static_cast<double>(calls.size());
    double total = n * covariances.v;
    for (std::size_t i = 0; i < calls.size(); ++i) {
        for (std::size_t j = i + 1; j < calls.size(); ++j) {
            total += 2 * covariance_at(covariances, rung_of(calls[i], calls[j]));
        }
    }
    return total / (n * n);
}

DesignPlan design_plan(const Covariances& covariances,
                       std::span<const Call> calls,
                       std::int64_t n,
                       MeanDesign mean,
                       double power) {
    ASSAY_CHECK(n >= 1);
    mean.variance = variance_of_question_mean(covariances, calls);
    const double questions = static_cast<double>(n);
    return {.variance_of_question_mean = mean.variance,
            .power_equivalent = power_equivalent(mean, questions),
            .power_ship = power_ship(mean, questions),
            .questions_equivalent = questions_equivalent(mean, power),
            .questions_ship = questions_ship(mean, power)};
}

}  // namespace assay::stats
