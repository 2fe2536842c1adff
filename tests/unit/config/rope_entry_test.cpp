// Scaled positions: in the engine block for all, in the entry of a variant for itself.

#include <gmock/gmock.h>

#include "assay/config/plan_json.hpp"
#include "folder.hpp"

namespace assay::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class RopeEntry : public PlanTest {
 protected:
    [[nodiscard]] static std::string experiment(const std::string& variants,
                                                const std::string& engine = "{}") {
        return "baseline: model-F16.gguf\nvariants: " + variants +
               "\ndataset: questions.jsonl\nengine: " + engine + "\n";
    }
};

TEST_F(RopeEntry, AVariantHasItsOwnAndTheOthersThatOfTheEngineBlock) {
    const auto plan = load(experiment(
        "[{name: far, type: Q8_0, rope-scaling: yarn, rope-scale: 4, yarn-orig-ctx: 2048}, Q4_K_M, "
        "{name: plain, type: Q8_0, rope-scaling: model, rope-scale: 0}]",
        "{rope-scaling: linear, rope-scale: 2, rope-freq-base: 20000}"));
    ASSERT_TRUE(plan);
    const RopeScaling of_all{"linear", 2, 20000, 0};
    EXPECT_EQ(plan->baseline.recipe.rope, of_all);
    EXPECT_EQ(plan->variants[0].recipe.rope, (RopeScaling{"yarn", 4, 20000, 2048}));
    EXPECT_EQ(plan->variants[1].recipe.rope, of_all);
    EXPECT_EQ(plan->variants[2].recipe.rope, (RopeScaling{"model", 0, 20000, 0}));

    const auto back = plan_from_json(plan_to_json(*plan));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->engine.recipe, plan->engine.recipe);
    for (std::size_t i = 0; i < plan->variants.size(); ++i) {
        EXPECT_EQ(back->variants[i].recipe, plan->variants[i].recipe) << i;
    }
}

TEST_F(RopeEntry, IsInThePlansHashOnlyWhereItIsSaid) {
    const auto plain = load(experiment("[Q8_0]"));
    const auto scaled = load(experiment("[{type: Q8_0, rope-freq-base: 20000}]"));
    const auto all_scaled = load(experiment("[Q8_0]", "{rope-freq-base: 20000}"));
    ASSERT_TRUE(plain && scaled && all_scaled);
    EXPECT_EQ(plan_to_json(*plain).find("rope"), std::string::npos);
    EXPECT_NE(plan_sha256(*plain), plan_sha256(*scaled));
    EXPECT_NE(plan_sha256(*plain), plan_sha256(*all_scaled));
    EXPECT_NE(plan_sha256(*scaled), plan_sha256(*all_scaled));
}

TEST_F(RopeEntry, WhatWouldHaveNoEffectIsRefused) {
    EXPECT_THAT(errors_of(experiment("[{type: Q8_0, rope-scaling: yarn}]")),
                ElementsAre(HasSubstr("variants[0].rope-scaling: yarn needs rope-scale")));
    EXPECT_THAT(errors_of(experiment("[{type: Q8_0, rope-scaling: none, rope-scale: 4}]")),
                ElementsAre(HasSubstr("variants[0].rope-scale: has no effect")));
    EXPECT_THAT(errors_of(experiment("[{type: Q8_0, yarn-orig-ctx: 2048}]")),
                ElementsAre(HasSubstr("variants[0].yarn-orig-ctx: belongs to rope-scaling: yarn")));
    EXPECT_THAT(errors_of(experiment("[Q8_0]", "{rope-scaling: linear}")),
                ElementsAre(HasSubstr("engine.rope-scaling: linear needs rope-scale")));
    EXPECT_THAT(errors_of(experiment("[{type: Q8_0, rope-scaling: longrope}]")),
                ElementsAre(HasSubstr("must be one of model")));
    EXPECT_THAT(errors_of(experiment("[{type: Q8_0, rope-scale: -1}]")),
                ElementsAre(HasSubstr("must be from 0 to 1000")));
    EXPECT_THAT(errors_of(experiment("[{name: s, provider: ollama, model: m, rope-scale: 2}]")),
                ElementsAre(HasSubstr("belongs to a variant that assay-engine runs")));
}

}  // namespace
}  // namespace assay::config
