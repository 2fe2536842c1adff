#include "assay/analysis/design_options.hpp"

#include <gmock/gmock.h>

#include <vector>

#include "assay/stats/question_variance.hpp"

namespace assay::analysis {
namespace {

AnalysisSettings settings_of(double decisive_rate = 0.6) {
    AnalysisSettings settings;
    settings.stopping = "none";
    settings.expected_decisive_rate = decisive_rate;
    return settings;
}

Design design_of(std::int64_t n, double decisive_rate = 0.6) {
    return make_design(n, {}, false, settings_of(decisive_rate));
}

/// The calls of a question as they are asked: samples alternate in order, unless both are asked.
std::vector<stats::Call> calls_of_question(const Design& design) {
    std::vector<stats::Call> out;
    for (int sample = 0; sample < design.n_samples; ++sample) {
        for (int judge = 0; judge < design.n_judges; ++judge) {
            if (design.both_orders) {
                out.push_back({sample, judge, 0, 0});
                out.push_back({sample, judge, 1, 0});
            } else {
                out.push_back({sample, judge, (sample + judge) % 2, 0});
            }
        }
    }
    return out;
}

VerdictVariance pilot(double v, double order, double sample) {
    VerdictVariance out;
    out.n_questions = 154;
    out.v = v;
    out.order = order * v;
    out.sample = sample * v;
    return out;
}

const DesignOption& find(const std::vector<DesignOption>& options,
                         int n_samples,
                         bool both_orders,
                         int n_judges = 1) {
    for (const DesignOption& option : options) {
        if (option.design.n_samples == n_samples && option.design.both_orders == both_orders &&
            option.design.n_judges == n_judges) {
            return option;
        }
    }
    throw std::out_of_range("no such design");
}

TEST(VarianceOfQuestionMean, IsThatOfTheCallsOneByOne) {
    for (const int samples : {1, 2, 5, 8}) {
        for (const int judges : {1, 2, 3}) {
            for (const bool both : {false, true}) {
                Design design = asked_otherwise(design_of(154), samples, judges, both);
                EXPECT_NEAR(variance_of_question_mean(design),
                            stats::variance_of_question_mean(covariances_of(design),
                                                             calls_of_question(design)),
                            1e-12)
                    << samples << " " << judges << " " << both;
            }
        }
    }
}

// power.md, section 1: questions for 80 % power at 10 points, to ship and to be equivalent, by the
// normal approximation. Several verdicts of a question are decided with Student's t, which needs
// (t / z)^2 as many: at most 2 % here.
TEST(DesignOptions, NeedTheQuestionsThatWereWorkedOutBeforehand) {
    struct Expected {
        int samples, judges;
        bool both;
        double rho_order, rho_sample, rate;
        std::int64_t ship, equivalent;
    };
    for (const Expected& e : std::vector<Expected>{
             {1, 1, false, 0.81, 0.1, 0.6, 371, 514},
             {1, 1, false, 0.81, 0.1, 0.36, 223, 309},
             {1, 1, true, 0.81, 0.1, 0.6, 336, 466},
             {1, 1, true, 0.81, 0.1, 0.36, 202, 280},
             {1, 3, false, 0.81, 0.1, 0.6, 248, 343},
             {1, 3, true, 0.81, 0.1, 0.6, 236, 327},
             {4, 1, false, 0.81, 0, 0.6, 93, 129},
             {4, 1, false, 0.81, 0.1, 0.6, 121, 167},
             {4, 1, false, 0.81, 0.25, 0.6, 163, 225},
             {4, 1, false, 0.81, 0.25, 0.36, 98, 135},
         }) {
        Design design = asked_otherwise(
            with_measured(design_of(154), pilot(e.rate, e.rho_order, e.rho_sample)),
            e.samples,
            e.judges,
            e.both);
        const QuestionsNeeded needed = option_of(design).needed;
        for (const auto& [got, wanted] : {std::pair(needed.non_inferiority.n, e.ship),
                                          std::pair(needed.equivalence.n, e.equivalent)}) {
            EXPECT_GE(*got, wanted) << e.samples << " " << e.judges << " " << e.both;
            EXPECT_LE(static_cast<double>(*got), 1.02 * static_cast<double>(wanted) + 1)
                << e.samples << " " << e.judges << " " << e.both;
        }
    }
}

// W2 of power.md: 4 samples of 154 questions, correlation 0.1: ship 0.884, equivalent 0.766, both
// to 0.012.
TEST(DesignOptions, HaveTheChancesThatWereSimulated) {
    const Design design = asked_otherwise(
        with_measured(design_of(154), pilot(0.6, 0.81, 0.1)), 4, 1, false);
    const DesignOption option = option_of(design);
    EXPECT_NEAR(option.p_ship(), 0.884, 0.012);
    EXPECT_NEAR(option.alike->equivalent, 0.766, 0.02);
    EXPECT_TRUE(option.reaches());
}

TEST(DesignOptions, AreThoseThatThereIsRoomFor) {
    const auto all = design_options(design_of(154), {});
    EXPECT_EQ(all.size(), 6U);
    EXPECT_EQ(all.front().design.verdicts_each(), 1);
    EXPECT_EQ(all.back().design.verdicts_each(), 8);
    const auto greedy = design_options(design_of(154), {.samples = false});
    EXPECT_EQ(greedy.size(), 2U) << "one verdict and both orders";
    const auto metric = design_options(design_of(154), {.samples = false, .both_orders = false});
    EXPECT_EQ(metric.size(), 1U);
    const auto judges = design_options(design_of(154), {.samples = false, .n_judges = 3});
    EXPECT_EQ(judges.size(), 4U);
    EXPECT_LT(*find(judges, 1, false, 3).needed.non_inferiority.n,
              *find(judges, 1, true).needed.non_inferiority.n);
    Design planned = design_of(154);
    planned.n_samples = 3;
    EXPECT_NO_THROW(find(design_options(planned, {}), 3, false)) << "what is planned is among them";
}

TEST(DesignOptions, TheCheapestReachesWithTheQuestionsThereAre) {
    const auto cheapest = [](const Design& design, const DesignCosts& costs = {}) {
        const auto options = design_options(design, {});
        const auto at = cheapest_of(options, costs);
        return at ? std::optional(options[*at].design) : std::nullopt;
    };
    EXPECT_EQ(cheapest(design_of(154))->n_samples, 4);
    EXPECT_EQ(cheapest(design_of(100))->n_samples, 8);
    EXPECT_FALSE(cheapest(design_of(60))) << "8 samples need 97";
    EXPECT_EQ(cheapest(design_of(400))->n_samples, 1);
    EXPECT_FALSE(cheapest(design_of(0))) << "how many there are is not known";
    // At 60 questions further ones at any price: 37 more with 8 samples (37 x 20 + 97 x 8 = 1516
    // calls) beside 311 more with one verdict (6591), 76 with 4 (2064), 156 with 2 (3552).
    EXPECT_EQ(cheapest(design_of(60), {.question = 20})->n_samples, 8);
    EXPECT_EQ(cheapest(design_of(60), {.question = 0})->n_samples, 1)
        << "a question that costs nothing is better than another call";
}

TEST(DesignOptions, WhereQuestionsCanBeBoughtTheirNumberOfSamplesIsThatOfTheFormula) {
    // sqrt(20 x 0.85 / 0.15) = 10.6
    EXPECT_EQ(cheapest_samples(design_of(154), {.question = 20}), 11);
    EXPECT_EQ(cheapest_samples(design_of(154), {}), 1) << "none can be had";
    const Design unlike = with_measured(design_of(154), pilot(0.6, 0.8, -0.02));
    EXPECT_EQ(cheapest_samples(unlike, {.question = 20}), 64)
        << "each further call is as good as a question";
}

TEST(WithMeasured, TakesWhatAPilotSaysAndNothingThatIsImpossible) {
    const Design design = with_measured(design_of(154), pilot(0.4, 0.7, -0.1));
    EXPECT_DOUBLE_EQ(design.settings.expected_decisive_rate, (154 * 0.4 + 1) / 156);
    const stats::Covariances c = covariances_of(design);
    EXPECT_DOUBLE_EQ(c.order, 0.28);
    EXPECT_EQ(c.sample, 0) << "below 0 counts as 0";
    EXPECT_DOUBLE_EQ(c.judge, 0.5 * c.v) << "not measured: what is assumed";
    const Design all_ties = with_measured(design_of(154), pilot(0, 0, 0));
    EXPECT_GT(all_ties.settings.expected_decisive_rate, 0);
    EXPECT_GE(*option_of(all_ties).needed.non_inferiority.n, 29) << "the exact test must agree";
    const Design always = with_measured(design_of(154), pilot(1.006, 1.1, 0.2));
    EXPECT_LE(always.settings.expected_decisive_rate, 1);
    EXPECT_LE(covariances_of(always).order, covariances_of(always).v);
}

TEST(AskedOtherwise, SeveralSamplesLeaveAllOfAlphaForTheEnd) {
    AnalysisSettings hybrid = settings_of();
    hybrid.stopping = "hybrid";
    const Design design = make_design(154, {}, false, hybrid);
    EXPECT_TRUE(design.alpha_end);
    EXPECT_TRUE(asked_otherwise(design, 1, 1, true).alpha_end);
    EXPECT_FALSE(asked_otherwise(design, 4, 1, false).alpha_end);
    EXPECT_FALSE(asked_otherwise(design, 1, 2, false).alpha_end);
}

TEST(WithAutoSamples, IsDecidedAtTheLevelOfTheEndWithWhatTheLookWouldAskFor) {
    // By hand: target 154 * 0.01 / (1.7507 + 0.8416)^2 = 0.229, (0.6 - 0.09) / (0.229 - 0.09)
    // = 3.7.
    const Design design = with_auto_samples(design_of(154));
    EXPECT_EQ(design.n_samples, 4);
    EXPECT_TRUE(design.auto_samples);
    EXPECT_DOUBLE_EQ(*design.alpha_end, 0.04);
    EXPECT_EQ(with_auto_samples(design_of(10'000)).n_samples, 2);
    EXPECT_EQ(with_auto_samples(design_of(20)).n_samples, 8);
    EXPECT_EQ(with_auto_samples(design_of(0)).n_samples, 2) << "the number is not known";
    EXPECT_LT(option_of(design).p_ship(), option_of(asked_otherwise(design, 4, 1, false)).p_ship())
        << "what the look may spend is missing at the end";
}

}  // namespace
}  // namespace assay::analysis
