// How a variant is run is part of the variant: one file with two recipes, under one engine.

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>

#include "assay/base/hash.hpp"
#include "assay/store/store.hpp"
#include "lab.hpp"

namespace assay::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr int kQuestions = 9;
constexpr int kRechecked = 2;  ///< answers of each variant that are computed a second time, alone

/// `assay run` of an experiment whose variants are the lines of a YAML list.
Ended run(const Lab& lab, const std::string& variants, const std::string& more = "") {
    lab.folder().write("exp.yaml",
                       "baseline: {name: original, file: model.gguf}\nvariants:\n" + variants +
                           "dataset: questions.jsonl\n" + more);
    return lab.assay({"run", "exp.yaml", "--run", lab.run_dir(), "--engine", SCRIPTED_ENGINE});
}

constexpr const char*
    kKv8 = "  - {name: kv8, file: model.gguf, cache-type-k: q8_0, cache-type-v: q8_0}\n";

json variant_of(const Lab& lab, const std::string& name) {
    const json report = lab.report();
    const auto& variants = report["variants"];
    const auto found = std::find_if(variants.begin(), variants.end(), [&](const json& variant) {
        return variant["name"] == name;
    });
    return found == variants.end() ? json() : *found;
}

std::string report_text(const Lab& lab) {
    return bytes_of(lab.run_dir() + "/report.md");
}

TEST(Recipe, TheBaselinesOwnFileUnderAnotherRecipeIsAVariant) {
    const Lab lab(kQuestions);
    const Ended first = run(lab, std::string(kKv8) + "  - Q2_K\n");
    ASSERT_NE(first.exit_code, 1) << first.err;
    EXPECT_EQ(lab.n_requests("answer"), 3 * (kQuestions + kRechecked)) << "no answer is shared";

    const json original = variant_of(lab, "original");
    const json kv8 = variant_of(lab, "kv8");
    EXPECT_EQ(kv8["file"]["sha256"], original["file"]["sha256"]);
    EXPECT_EQ(kv8["engine"]["fingerprint"], original["engine"]["fingerprint"]);
    EXPECT_NE(kv8["engine"]["description"], original["engine"]["description"]);
    EXPECT_FALSE(original.contains("run_recipe"));
    EXPECT_EQ(kv8["run_recipe"],
              (json{{"flash_attn", "on"},
                    {"cache_type_k", "q8_0"},
                    {"cache_type_v", "q8_0"},
                    {"kv_bytes_per_token", 60}}));
    EXPECT_EQ(kv8["independence"]["n_checked"], kRechecked) << "of its own process, not of both";
    EXPECT_EQ(lab.comparison("kv8")["counts"]["n_items"], kQuestions);
    EXPECT_THAT(report_text(lab), HasSubstr("Same engine: one fingerprint for all variants."));
    EXPECT_THAT(report_text(lab),
                HasSubstr("kv8: run with flash attention on, KV cache q8_0/q8_0, and the baseline "
                          "with flash attention on, KV cache f16/f16, so not only the weights "
                          "differ"));

    const auto before = lab.artifacts();
    lab.forget_journal();
    const Ended again = run(lab, std::string(kKv8) + "  - Q2_K\n");
    EXPECT_EQ(again.exit_code, first.exit_code);
    EXPECT_EQ(lab.n_requests("answer"), 0);
    EXPECT_EQ(difference(before, lab.artifacts()), "");
}

TEST(Recipe, PositionsThatAreScaledAreAVariant) {
    const Lab lab(kQuestions);
    const std::string
        far = "  - {name: far, file: model.gguf, rope-scaling: yarn, rope-scale: 4}\n";
    ASSERT_NE(run(lab, far).exit_code, 1);
    EXPECT_EQ(lab.n_requests("answer"), 2 * (kQuestions + kRechecked)) << "no answer is shared";
    EXPECT_EQ(variant_of(lab, "far")["run_recipe"]["rope"],
              (json{{"scaling", "yarn"}, {"scale", 4}, {"freq_base", 0}, {"yarn_orig_ctx", 0}}));
    EXPECT_THAT(report_text(lab),
                HasSubstr("far: run with flash attention on, KV cache f16/f16, RoPE scaling yarn, "
                          "scale 4, and the baseline with flash attention on, KV cache f16/f16, so "
                          "not only the weights differ"));
}

TEST(Recipe, ARunThatWasKilledGoesOnWithBothRecipes) {
    const Lab lab(kQuestions);
    ASSERT_NE(run(lab, kKv8).exit_code, 1);
    const auto expected = lab.artifacts();
    const int n_requests = lab.n_requests("");
    for (int n = n_requests; n > n_requests - 12; n -= 3) {
        lab.forget_run();
        lab.folder().write(
            "exp.yaml",
            std::string("baseline: {name: original, file: model.gguf}\nvariants:\n") + kKv8 +
                "dataset: questions.jsonl\n");
        EXPECT_EQ(
            lab.assay({"run", "exp.yaml", "--run", lab.run_dir(), "--engine", SCRIPTED_ENGINE},
                      {{"SCRIPT_KILL_PARENT_AT", std::to_string(n)}})
                .signal,
            9)
            << n;
        lab.forget_journal();
        ASSERT_NE(run(lab, kKv8).exit_code, 1);
        EXPECT_EQ(difference(expected, lab.artifacts()), "") << "killed at request " << n;
    }
}

TEST(Recipe, OfOneMakesTheCachesOfAllAFigure) {
    const Lab lab(kQuestions);
    ASSERT_NE(run(lab, std::string(kKv8) + "  - Q2_K\n").exit_code, 1);
    EXPECT_EQ(variant_of(lab, "original")["kv_bytes_per_token"], 100);
    EXPECT_EQ(variant_of(lab, "Q2_K")["kv_bytes_per_token"], 100);
    EXPECT_THAT(report_text(lab), HasSubstr("| KV cache, bytes a token |"));
    lab.forget_run();
    ASSERT_NE(run(lab, "  - Q2_K\n").exit_code, 1);
    EXPECT_FALSE(variant_of(lab, "Q2_K").contains("kv_bytes_per_token"));
    EXPECT_THAT(report_text(lab), Not(HasSubstr("KV cache")));
}

TEST(Recipe, ThatTheModelCannotHaveIsRefusedBeforeTheRun) {
    const Lab lab(kQuestions);
    const std::string model = "type F16\nhead ";
    for (const char* key : {"ctk: q8_0", "ctv: q4_0", "ctk: iq4_nl, ctv: f16"}) {
        lab.folder().write("model.gguf", model + "80\n");
        const std::string kv = std::string("  - {name: kv, type: Q2_K, ") + key + "}\n";
        const Ended refused = run(lab, kv);
        EXPECT_EQ(refused.exit_code, 2) << describe(refused);
        EXPECT_THAT(refused.err,
                    HasSubstr("is kept in blocks of 32 values, and a head of this "
                              "model has 80"));
        EXPECT_FALSE(std::filesystem::exists(lab.run_dir()));
        lab.folder().write("model.gguf", model + "96\n");
        EXPECT_NE(run(lab, kv).exit_code, 2) << key;
        lab.forget_run();
    }
    lab.folder().write("model.gguf", model + "80\n");
    EXPECT_NE(run(lab, "  - {name: kv, type: Q2_K, ctk: bf16, ctv: f32}\n").exit_code, 2);
    lab.forget_run();
    const Ended died = lab.assay(
        {"run", "exp.yaml", "--run", lab.run_dir(), "--engine", SCRIPTED_ENGINE},
        {{"SCRIPT_DIE_VERB", "predict_memory"}});
    EXPECT_EQ(died.exit_code, 2) << "whatever kills the engine for this recipe";
    EXPECT_THAT(died.err,
                HasSubstr("kv: it cannot be run with flash attention on, KV cache "
                          "bf16/f32"));
    EXPECT_FALSE(std::filesystem::exists(lab.run_dir()));
}

TEST(Recipe, ThatAllVariantsShareIsInTheReportAndDiffersFromNothing) {
    const Lab lab(kQuestions);
    ASSERT_NE(run(lab, "  - Q2_K\n", "engine: {cache-type-k: q8_0}\n").exit_code, 1);
    EXPECT_EQ(variant_of(lab, "original")["run_recipe"]["cache_type_k"], "q8_0");
    EXPECT_EQ(variant_of(lab, "Q2_K")["run_recipe"]["cache_type_k"], "q8_0");
    EXPECT_THAT(report_text(lab), Not(HasSubstr("so not only the weights differ")));
    EXPECT_THAT(report_text(lab), HasSubstr("Same engine: one fingerprint for all variants."));
}

TEST(Recipe, OfTheDefaultIsNotMentioned) {
    const Lab lab(kQuestions);
    ASSERT_NE(run(lab, "  - Q2_K\n").exit_code, 1);
    EXPECT_FALSE(variant_of(lab, "Q2_K").contains("run_recipe"));
    EXPECT_THAT(report_text(lab), Not(HasSubstr("KV cache")));
}

/// Runs of before variants had recipes: the recipe was part of the engine's fingerprint, and facts
/// named that one only.
TEST(Recipe, ARunOfAnOlderAssayWithAnotherRecipeGoesOn) {
    const Lab lab(kQuestions);
    const std::string engine = "engine: {cache-type-k: q8_0}\n";
    ASSERT_NE(run(lab, "  - Q2_K\n", engine).exit_code, 1);
    {
        const auto store = store::Store::open(lab.run_dir());
        const std::string key = "facts of plan " + store->latest_plan()->sha256;
        json facts = json::parse(*store->note(key));
        for (json& variant : facts["variants"]) {
            EXPECT_EQ(variant["answer_fingerprint"],
                      sha256_hex(variant["engine"]["description"].get<std::string>()));
            variant["engine"]["fingerprint"] = variant["answer_fingerprint"];
            variant.erase("answer_fingerprint");
            variant.erase("kv_bytes_per_token");
        }
        store->put_note(key, facts.dump());
    }
    lab.forget_journal();
    const Ended report = lab.assay({"report", lab.run_dir()});
    EXPECT_NE(report.exit_code, 1) << report.err;
    const Ended again = run(lab, "  - Q2_K\n", engine);
    EXPECT_NE(again.exit_code, 1) << again.err;
    EXPECT_EQ(lab.n_requests("answer"), 0);
    const Ended another = lab.assay(
        {"run", "exp.yaml", "--run", lab.run_dir(), "--engine", SCRIPTED_ENGINE},
        {{"SCRIPT_BUILD", "other"}});
    EXPECT_EQ(another.exit_code, 1) << "another engine is still refused";
    EXPECT_THAT(another.err, HasSubstr("the run was begun with another engine or machine"));
}

}  // namespace
}  // namespace assay::test
