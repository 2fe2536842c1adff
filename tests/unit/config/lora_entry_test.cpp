#include "assay/config/lora_entry.hpp"

#include <gmock/gmock.h>

#include "assay/config/plan_json.hpp"
#include "folder.hpp"

namespace assay::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class LoraEntry : public PlanTest {
 protected:
    void SetUp() override {
        PlanTest::SetUp();
        folder_.write("a.gguf", "x");
        folder_.write("b.gguf", "x");
    }
    [[nodiscard]] static std::string experiment(const std::string& baseline,
                                                const std::string& variants = "[Q8_0]") {
        return "baseline: " + baseline + "\nvariants: " + variants + "\ndataset: questions.jsonl\n";
    }
    std::string hash_of(const std::string& baseline, const std::string& variants = "[Q8_0]") {
        const auto plan = load(experiment(baseline, variants));
        EXPECT_TRUE(plan) << baseline;
        return plan ? plan_sha256(*plan) : "";
    }
};

TEST_F(LoraEntry, OfABaselineIsAListOfFilesWithTheirScales) {
    const auto plan = load(
        experiment("{file: model-F16.gguf, lora: [a.gguf, {file: b.gguf, scale: -0.5}]}",
                   "[Q8_0, {name: other, file: other.gguf, lora: [b.gguf]}]"));
    ASSERT_TRUE(plan) << testing::PrintToString(sentences(plan.error(), folder_));
    EXPECT_THAT(
        plan->baseline.merged_lora(),
        ElementsAre(LoraSpec{folder_.path("a.gguf"), 1.0}, LoraSpec{folder_.path("b.gguf"), -0.5}));
    EXPECT_EQ(plan->baseline.name, "model-F16-lora");
    EXPECT_FALSE(plan->variants[0].applies_lora());
    EXPECT_THAT(plan->variants[1].merged_lora(), ElementsAre(LoraSpec{folder_.path("b.gguf")}));
}

TEST_F(LoraEntry, OfATypeIsTheWordForRunTime) {
    const auto plan = load(experiment("{file: model-F16.gguf, lora: [a.gguf]}",
                                      "[Q4_K_M, {type: Q4_K_M, lora: applied}]"));
    ASSERT_TRUE(plan) << testing::PrintToString(sentences(plan.error(), folder_));
    EXPECT_FALSE(plan->variants[0].applies_lora());
    EXPECT_TRUE(plan->variants[1].applies_lora());
    EXPECT_EQ(plan->variants[1].name, "Q4_K_M-applied");
}

TEST_F(LoraEntry, IsInThePlanAndItsHashAndComesBack) {
    const std::string tuned = "{name: m, file: model-F16.gguf, lora: [a.gguf]}";
    const std::set<std::string> hashes{
        hash_of("{name: m, file: model-F16.gguf}"),
        hash_of(tuned),
        hash_of("{name: m, file: model-F16.gguf, lora: [b.gguf]}"),
        hash_of("{name: m, file: model-F16.gguf, lora: [{file: a.gguf, scale: 0.5}]}"),
        hash_of("{name: m, file: model-F16.gguf, lora: [a.gguf, b.gguf]}"),
        hash_of(tuned, "[{name: Q8_0, type: Q8_0, lora: applied}]")};
    EXPECT_EQ(hashes.size(), 6U);
    EXPECT_EQ(hash_of("{name: m, file: model-F16.gguf, lora: [{file: a.gguf, scale: 1}]}"),
              hash_of(tuned));
    const auto plan = load(experiment(tuned, "[{type: Q8_0, lora: applied}]"));
    ASSERT_TRUE(plan);
    const auto back = plan_from_json(plan_to_json(*plan));
    ASSERT_TRUE(back) << to_sentence(back.error());
    EXPECT_EQ(back->baseline.merged_lora(), plan->baseline.merged_lora());
    EXPECT_TRUE(back->variants[0].applies_lora());
    EXPECT_EQ(plan_to_json(*back), plan_to_json(*plan));
    EXPECT_THAT(plan_to_json(*load(experiment("model-F16.gguf"))), Not(HasSubstr("lora")))
        << "plans of before keep their hash";
}

TEST_F(LoraEntry, ThatIsWrongIsSaidWhereItStands) {
    EXPECT_THAT(errors_of(experiment("{file: model-F16.gguf, lora: a.gguf}")),
                ElementsAre("exp.yaml:1:40: baseline.lora: must be a list of adapters, not "
                            "\"a.gguf\". Write lora: [{file: adapter.gguf, scale: 1.0}]."));
    EXPECT_THAT(errors_of(experiment("{file: model-F16.gguf, lora: []}")),
                ElementsAre(HasSubstr("baseline.lora: is empty")));
    EXPECT_THAT(errors_of(experiment("{file: model-F16.gguf, lora: [{scale: 1}]}")),
                ElementsAre(HasSubstr("baseline.lora[0]: names no file")));
    EXPECT_THAT(errors_of(experiment("{file: model-F16.gguf, lora: [[a.gguf]]}")),
                ElementsAre(HasSubstr("baseline.lora[0]: must be a file, not a list")));
    EXPECT_THAT(errors_of(experiment("{file: model-F16.gguf, lora: [{file: a.gguf, sclae: 1}]}")),
                ElementsAre(HasSubstr("sclae")));
    EXPECT_THAT(errors_of(experiment("{file: model-F16.gguf, lora: [{file: a.gguf, scale: 1e9}]}")),
                ElementsAre(HasSubstr("baseline.lora[0].scale: must be from -1000 to 1000")));
    EXPECT_THAT(errors_of(experiment("{file: model-F16.gguf, lora: [none.gguf]}")),
                ElementsAre(HasSubstr("baseline.lora[0]: no such file: ")));
    EXPECT_THAT(errors_of(experiment("model-F16.gguf", "[{type: Q8_0, lora: [a.gguf]}]")),
                ElementsAre(HasSubstr("variants[0].lora: must be")));
    EXPECT_THAT(errors_of(experiment("model-F16.gguf", "[{type: Q8_0, lora: merged}]")),
                ElementsAre(HasSubstr("variants[0].lora: must be")));
    EXPECT_THAT(
        errors_of(experiment(
            "{file: model-F16.gguf, lora: [a.gguf]}",
            "[{name: s, type: Q8_0, provider: openai, url: 'http://h/v1', lora: applied}]")),
        testing::Contains(HasSubstr(
            "variants[0].lora: applied is of a variant that assay-engine or Ollama runs")));
    EXPECT_THAT(errors_of(experiment("model-F16.gguf",
                                     "[{name: s, provider: ollama, model: m, lora: [a.gguf]}]")),
                ElementsAre(HasSubstr("variants[0].lora: belongs to a file, or to a type")));
}

TEST_F(LoraEntry, IsAppliedByOllamaWithScaleOneOnly) {
    const std::string served = "[{name: s, type: Q8_0, provider: ollama, lora: applied}]";
    const auto plan = load(experiment("{file: model-F16.gguf, lora: [a.gguf]}", served));
    ASSERT_TRUE(plan) << testing::PrintToString(sentences(plan.error(), folder_));
    EXPECT_TRUE(plan->variants[0].applies_lora());
    EXPECT_TRUE(plan_from_json(plan_to_json(*plan))->variants[0].applies_lora());
    EXPECT_NE(plan_sha256(*plan),
              hash_of("{file: model-F16.gguf, lora: [a.gguf]}",
                      "[{name: s, type: Q8_0, provider: ollama}]"));
    EXPECT_THAT(
        errors_of(experiment("{file: model-F16.gguf, lora: [{file: a.gguf, scale: 0.5}]}", served)),
        ElementsAre(HasSubstr("variants[0].lora: applies the baseline's LoRA adapter with scale "
                              "0.5, and Ollama knows scale 1 only")));
    EXPECT_THAT(errors_of(experiment("model-F16.gguf", served)),
                ElementsAre(HasSubstr("applies the baseline's LoRA adapter, and the baseline has "
                                      "none")));
}

TEST_F(LoraEntry, OfTheFlagsTakesThePlaceOfTheFiles) {
    Overrides flags;
    flags.lora = {folder_.path("b.gguf")};
    flags.lora_scaled = {folder_.path("a.gguf") + ":0.25"};
    const auto plan = load(experiment("{file: model-F16.gguf, lora: [a.gguf]}"), flags);
    ASSERT_TRUE(plan) << testing::PrintToString(sentences(plan.error(), folder_));
    EXPECT_THAT(
        plan->baseline.merged_lora(),
        ElementsAre(LoraSpec{folder_.path("b.gguf"), 1.0}, LoraSpec{folder_.path("a.gguf"), 0.25}));
    const auto errors = [&](const std::string& scaled) {
        Overrides wrong;
        wrong.lora_scaled = {scaled};
        const auto loaded = load(experiment("model-F16.gguf"), wrong);
        return loaded ? std::vector<std::string>() : sentences(loaded.error(), folder_);
    };
    const std::string file = folder_.path("a.gguf");
    EXPECT_THAT(errors(file), ElementsAre(HasSubstr("--lora-scaled: \"")));
    EXPECT_THAT(errors(file + ":x"), ElementsAre(HasSubstr("--lora-scaled: \"x\" is no number")));
    EXPECT_THAT(errors(file + ":1,5"), ElementsAre(HasSubstr("\"1,5\" is no number")));
    EXPECT_THAT(errors(file + ":nan"), ElementsAre(HasSubstr("--lora-scaled: the scale must be")));
    EXPECT_THAT(errors(file + ":1e300"), ElementsAre(HasSubstr("the scale must be")));
    EXPECT_THAT(errors(folder_.path("none.gguf") + ":1"), ElementsAre(HasSubstr("no such file")));
}

TEST_F(LoraEntry, OfARecipeTheShortNamesAreTheSameKeys) {
    const auto spelt = load(experiment(
        "model-F16.gguf",
        "[{name: kv8, type: Q8_0, cache-type-k: q8_0, cache-type-v: q5_1, flash-attn: on}]"));
    const auto brief = load(
        experiment("model-F16.gguf", "[{name: kv8, type: Q8_0, ctk: q8_0, ctv: q5_1, fa: on}]"));
    ASSERT_TRUE(spelt && brief);
    EXPECT_EQ(brief->variants[0].recipe, (RunRecipe{"on", "q8_0", "q5_1"}));
    EXPECT_EQ(plan_sha256(*brief), plan_sha256(*spelt));
    EXPECT_THAT(
        errors_of(experiment("model-F16.gguf", "[{type: Q8_0, ctk: q8_0, cache-type-k: q8_0}]")),
        ElementsAre(HasSubstr("variants[0].ctk: is given beside cache-type-k, which is the same")));
    EXPECT_THAT(errors_of(experiment("model-F16.gguf", "[{type: Q8_0, ctv: q4_K}]")),
                ElementsAre(HasSubstr("variants[0].ctv: must be one of f32")));
    EXPECT_THAT(errors_of(experiment("model-F16.gguf", "[{type: Q8_0, ctv: q8_0, fa: off}]")),
                ElementsAre(HasSubstr("q8_0 needs flash-attn: on")));
    EXPECT_THAT(
        errors_of(
            experiment("model-F16.gguf", "[{name: s, provider: ollama, model: m, ctk: f16}]")),
        ElementsAre(HasSubstr("variants[0].ctk: belongs to a variant that assay-engine runs")));
}

}  // namespace
}  // namespace assay::config
