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
    for (const char* wrong : {"0.01", "0.99", "2.01", "3", "-1", "1e400", "\"1\"", "true", "[1]"}) {
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

TEST(AlpacaEval, AZeroIsADrawAsInOlderFiles) {
    const OutcomeSet set = outcomes_of(R"([
  {"instruction": "a", "output_1": "x", "output_2": "y", "preference": 0},
  {"instruction": "b", "output_1": "x", "output_2": "y", "preference": 0.0},
  {"instruction": "c", "output_1": "x", "output_2": "y", "preference": 1.0000048}])");
    const std::vector<Outcome>& outcomes = set.groups[0].outcomes;
    EXPECT_EQ(outcomes[0].kind, OutcomeKind::kTie);
    EXPECT_EQ(outcomes[1].kind, OutcomeKind::kTie);
    EXPECT_FALSE(outcomes[0].graded);
    EXPECT_EQ(outcomes[2].kind, OutcomeKind::kLoss);
    EXPECT_NEAR(*outcomes[2].graded, -1, 1e-4);
}

std::string row_with(const std::string& generators) {
    static int n = 0;
    return "{\"instruction\": \"i" + std::to_string(++n) +
           "\", \"output_1\": \"x\", \"output_2\": \"y\", \"preference\": 2, " + generators + "}";
}

TEST(AlpacaEval, AGeneratorWithoutANumberIsTheOneThatLacksIt) {
    for (const char* generators :
         {R"("generator": "f16", "generator_2": "q4")",
          R"("generator_1": "f16", "generator": "q4")",
          R"("generator_1": "f16", "generator_2": "q4", "generator": "z")"}) {
        const OutcomeSet set = outcomes_of("[" + row_with(generators) + "]");
        EXPECT_EQ(set.groups[0].variant + " " + set.groups[0].baseline, "q4 f16") << generators;
        EXPECT_EQ(set.groups[0].outcomes[0].kind, OutcomeKind::kWin);
    }
    expect_has(refusal_of("[" + row_with(R"("generator": "f16")") + "]"),
               "nothing says which of the two outputs is its");
    expect_has(refusal_of("[" + row_with(R"("generator_1": "q4", "generator_2": "q4")") + "]"),
               "both outputs are of \"q4\"");
}

TEST(AlpacaEval, TwoBaselinesAreRefusedInEverySpelling) {
    for (const char* key : {"generator", "generator_1"}) {
        const std::string name = std::string("\"") + key + "\": ";
        const std::string refused = refusal_of(
            "[" + row_with(name + R"("f16", "generator_2": "q4")") + ",\n" +
            row_with(name + R"("other", "generator_2": "q4")") + "]");
        expect_has(refused, "the baseline is \"other\" here and \"f16\" before");
        expect_has(refusal_of("[" + row_with(name + R"("f16", "generator_2": "q4")") + ",\n" +
                              row_with(R"("generator_2": "q4")") + "]"),
                   "some rows name a baseline (generator_1) and others do not");
    }
}

TEST(AlpacaEval, ABaselineThatStandsSecondTurnsThePreference) {
    const std::string text = "[" + row_with(R"("generator_1": "q4", "generator_2": "f16")") + "]";
    const OutcomeSet set = outcomes_of(text, {"f16", "", ""});
    EXPECT_EQ(set.groups[0].variant + " " + set.groups[0].baseline, "q4 f16");
    EXPECT_EQ(set.groups[0].outcomes[0].kind, OutcomeKind::kLoss);
    expect_has(refusal_of(text, {"f32", "", ""}), "neither of which is the baseline \"f32\"");
}

TEST(AlpacaEval, NothingCrashes) {
    expect_that_nothing_crashes(kAnnotations, OutcomeFormat::kAlpacaEval);
}

}  // namespace
}  // namespace assay::exchange
