#include <gtest/gtest.h>

#include "reading.hpp"

namespace assay::exchange {
namespace {

constexpr const char* kAnnotations = R"([
  {"instruction": "Name a fruit.", "output_1": "Apple", "generator_1": "f16", "dataset": "x", "output_2": "Pear", "generator_2": "q4", "annotator": "weighted", "preference": 1.0},
  {"instruction": "Name two.", "output_1": "A, B", "generator_1": "f16", "output_2": "C, D", "generator_2": "q4", "annotator": "weighted", "preference": 1.5, "raw_completion": {"x": [1]}},
  {"instruction": "Name three.", "output_1": "A", "generator_1": "f16", "output_2": "C", "generator_2": "q4", "annotator": "weighted", "preference": 2},
  {"instruction": "Name four.", "output_1": "A", "generator_1": "f16", "output_2": "C", "generator_2": "q4", "annotator": "weighted", "preference": 1.9765},
  {"instruction": "Name five.", "output_1": "A", "generator_1": "f16", "output_2": "C", "generator_2": "q4", "annotator": "weighted", "preference": null}
])";

TEST(AlpacaEval, PreferencesAreOutcomesOfTheSecondOutput) {
    const OutcomeSet set = outcomes_of(kAnnotations);
    EXPECT_EQ(set.format, OutcomeFormat::kAlpacaEval);
    ASSERT_EQ(set.groups.size(), 1u);
    const OutcomeGroup& group = set.groups[0];
    EXPECT_EQ(group.variant + " " + group.baseline + " " + group.judge, "q4 f16 weighted");
    const OutcomeKind kinds[] = {OutcomeKind::kLoss,
                                 OutcomeKind::kTie,
                                 OutcomeKind::kWin,
                                 OutcomeKind::kWin,
                                 OutcomeKind::kInvalid};
    ASSERT_EQ(group.outcomes.size(), 5u);
    for (std::size_t i = 0; i < 5; ++i) {
        EXPECT_EQ(group.outcomes[i].kind, kinds[i]) << i;
        EXPECT_FALSE(group.outcomes[i].side_known);
    }
    EXPECT_FALSE(group.outcomes[2].graded);
    EXPECT_NEAR(*group.outcomes[3].graded, 2 * 1.9765 - 3, 1e-12);
    expect_has(group.outcomes[0].question_id, "Name a fruit.");
}

TEST(AlpacaEval, AnInstructionWithSeveralOutputsIsOneCluster) {
    const OutcomeSet set = outcomes_of(R"([
  {"instruction": "Go.", "output_1": "a", "output_2": "b", "preference": 1},
  {"instruction": "Go.", "output_1": "a", "output_2": "c", "preference": 2}])");
    EXPECT_EQ(set.groups[0].dependence.n_questions, 2u);
    EXPECT_EQ(set.groups[0].dependence.n_clusters, 1u);
    expect_has(refusal_of(R"([
  {"instruction": "Go.", "output_1": "a", "output_2": "b", "preference": 1},
  {"instruction": "Go.", "output_1": "a", "output_2": "b", "preference": 2}])"),
               "v.jsonl:3: question \"Go.");
}

TEST(AlpacaEval, PreferencesOutOfRangeAreRefused) {
    for (const char* wrong : {"0", "0.99", "2.01", "3", "-1", "1e400", "\"1\"", "true", "[1]"}) {
        const std::string text = std::string(R"([{"instruction": "x", "preference": )") + wrong +
                                 "}]";
        expect_has(refusal_of(text), "v.jsonl:1: preference:");
    }
    expect_has(refusal_of(R"([{"instruction": "x"}])", {}, OutcomeFormat::kAlpacaEval),
               "no preference");
    expect_has(refusal_of(R"([{"preference": 1}])"), "no instruction");
    EXPECT_EQ(
        outcomes_of(R"([{"instruction": "x", "preference": NaN}])").groups[0].outcomes[0].kind,
        OutcomeKind::kInvalid);
}

TEST(AlpacaEval, NothingCrashes) {
    expect_that_nothing_crashes(kAnnotations, OutcomeFormat::kAlpacaEval);
}

}  // namespace
}  // namespace assay::exchange
