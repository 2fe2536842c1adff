#include "assay/report/second_interval.hpp"

#include <gtest/gtest.h>

#include "assay/report/render_text.hpp"
#include "assay/report/stats_sections.hpp"

namespace assay::report {
namespace {

ComparisonAnalysis with(DecisionLabel label, double low, double high) {
    ComparisonAnalysis out;
    out.decision.label = label;
    out.decision.margin = 0.1;
    out.cluster_interval.emplace();
    out.cluster_interval->method = "BCa bootstrap of 12 clusters";
    out.cluster_interval->value = (low + high) / 2;
    out.cluster_interval->low = low;
    out.cluster_interval->high = high;
    return out;
}

TEST(SecondInterval, ContradictsALabelThatItWouldNotGive) {
    EXPECT_FALSE(second_interval_contradicts(with(DecisionLabel::kEquivalent, -0.09, 0.09)));
    EXPECT_TRUE(second_interval_contradicts(with(DecisionLabel::kEquivalent, -0.11, 0.02)));
    EXPECT_TRUE(second_interval_contradicts(with(DecisionLabel::kEquivalent, -0.02, 0.1)));
    EXPECT_FALSE(second_interval_contradicts(with(DecisionLabel::kNonInferior, -0.09, 0.3)));
    EXPECT_TRUE(second_interval_contradicts(with(DecisionLabel::kNonInferior, -0.1, 0.3)));
    EXPECT_FALSE(second_interval_contradicts(with(DecisionLabel::kDegraded, -0.3, -0.01)));
    EXPECT_TRUE(second_interval_contradicts(with(DecisionLabel::kDegraded, -0.3, 0.01)));
}

TEST(SecondInterval, SaysNothingOfLabelsThatClaimNothing) {
    EXPECT_FALSE(second_interval_contradicts(with(DecisionLabel::kInconclusive, -0.5, 0.5)));
    EXPECT_FALSE(second_interval_contradicts(with(DecisionLabel::kNotMeasured, -0.5, 0.5)));
    ComparisonAnalysis none = with(DecisionLabel::kEquivalent, -0.5, 0.5);
    none.cluster_interval->low.reset();
    EXPECT_FALSE(second_interval_contradicts(none));
    none.cluster_interval.reset();
    EXPECT_FALSE(second_interval_contradicts(none));
    EXPECT_EQ(second_interval_sentence(none), "");
}

TEST(SecondInterval, IsSaidBesideTheLabelAndBelowIt) {
    const ComparisonAnalysis a = with(DecisionLabel::kEquivalent, -0.123, 0.02);
    EXPECT_EQ(second_interval_sentence(a),
              "The second interval of the net win rate, -12.3 to +2.0 points (BCa bootstrap of 12 "
              "clusters), reaches the margin of 10 points and does not bear out the label "
              "equivalent: more clusters would settle it.");
    const std::string degraded = second_interval_sentence(
        with(DecisionLabel::kDegraded, -0.2, 0.01));
    EXPECT_NE(degraded.find("reaches 0 and does not bear out"), std::string::npos) << degraded;
    StatsDocument document;
    document.comparisons.push_back(a);
    const std::string text = render_text(stats_printout(document));
    EXPECT_NE(text.find("equivalent (second interval disagrees)"), std::string::npos) << text;
    EXPECT_NE(text.find("The second interval of the net win rate"), std::string::npos) << text;
}

}  // namespace
}  // namespace assay::report
