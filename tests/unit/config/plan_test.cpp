#include <gmock/gmock.h>
#include <unistd.h>

#include "folder.hpp"

namespace assay::config {
namespace {

using testing::ElementsAre;

class LoadPlan : public PlanTest {};

TEST_F(LoadPlan, AMissingExperimentFileIsNamed) {
    const auto plan = load_plan(folder_.path("none.yaml"), {});
    ASSERT_FALSE(plan);
    EXPECT_THAT(sentences(plan.error(), folder_), ElementsAre("none.yaml: no such file"));
}

TEST_F(LoadPlan, BrokenYamlNamesItsPlace) {
    EXPECT_THAT(errors_of("name: x\nvariants: [Q8_0\n"),
                ElementsAre("exp.yaml:3:1: broken YAML: end of sequence flow not found"));
}

TEST_F(LoadPlan, PathsOfTheFileAreRelativeToItAndPathsOfFlagsToTheWorkingFolder) {
    const std::filesystem::path before = std::filesystem::current_path();
    folder_.write("sub/model.gguf", "GGUF");
    folder_.write("sub/q.jsonl", "{\"question\": \"?\"}");
    folder_.write("sub/e.yaml",
                  "baseline: model.gguf\nvariants: [../other.gguf]\ndataset: ./q.jsonl\noutput: "
                  "{run: out}\n");
    std::filesystem::current_path(folder_.path(""));
    Overrides flags;
    flags.questions = "questions.jsonl";
    const auto plan = load_plan("sub/e.yaml", flags);
    Overrides wrong;
    wrong.settings["generation.temp"] = std::int64_t{-1};
    const auto broken = load_plan("sub/e.yaml", wrong);
    const std::string here = std::filesystem::current_path().string();
    std::filesystem::current_path(before);
    ASSERT_TRUE(plan) << testing::PrintToString(sentences(plan.error(), folder_));
    EXPECT_EQ(plan->source, here + "/sub/e.yaml");
    EXPECT_EQ(plan->baseline.file(), here + "/sub/model.gguf");
    EXPECT_EQ(plan->variants[0].file(), here + "/sub/../other.gguf");
    EXPECT_EQ(plan->variants[0].name, "other");
    EXPECT_EQ(plan->dataset.file, here + "/questions.jsonl");
    EXPECT_EQ(plan->run_dir, here + "/sub/out");
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error()[0].place, "--temp");
}

TEST_F(LoadPlan, ErrorsOfTheFileComeBeforeThoseOfTheFlags) {
    Overrides flags;
    flags.settings["generation.temp"] = std::int64_t{-1};
    flags.model = folder_.path("gone.gguf");
    EXPECT_THAT(errors_with("colour: red\ngeneration: {top-p: 0}\n", flags),
                ElementsAre(testing::StartsWith("exp.yaml:4:1: unknown key \"colour\""),
                            "exp.yaml:5:21: generation.top-p: must be above 0 and at most 1, not 0",
                            "--temp: must be from 0 to 10, not -1",
                            "--model: no such file: gone.gguf"));
}

TEST(LoadAnalysis, TakesTheFlagsOfTheDecisionAndChecksThemAsAnExperimentDoes) {
    Overrides flags;
    flags.settings["analysis.margin"] = 0.05;
    flags.settings["analysis.expected-decisive-rate"] = 0.3;
    flags.model = "no-such-file.gguf";
    const auto settings = load_analysis(flags);
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->margin, 0.05);
    EXPECT_EQ(settings->expected_decisive_rate, 0.3);
    EXPECT_EQ(settings->power, AnalysisSettings{}.power);

    flags.settings["analysis.margin"] = std::int64_t{1};
    flags.settings["analysis.expected-decisive-rate"] = std::int64_t{0};
    flags.settings["analysis.icc"] = 1.5;
    flags.settings["analysis.power"] = 0.04;
    const auto refused = load_analysis(flags);
    ASSERT_FALSE(refused);
    std::vector<std::string> errors;
    for (const Failure& failure : refused.error()) {
        errors.push_back(to_sentence(failure));
    }
    EXPECT_THAT(errors,
                ElementsAre("--margin: must be above 0 and below 1, not 1",
                            "--decisive-rate: must be above 0 and at most 1, not 0",
                            "--icc: must be from 0 to 1, not 1.5",
                            "--power: power (0.04) must be above alpha (0.05)"));
}

}  // namespace
}  // namespace assay::config
