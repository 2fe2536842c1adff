#include "assay/report/render_json.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "assay/base/text.hpp"
#include "golden.hpp"
#include "report_builder.hpp"

namespace assay::report {
namespace {

using Json = nlohmann::ordered_json;

TEST(RenderJson, IsTheGoldenFile) {
    expect_golden("report.json", render_json(example_report()));
}

TEST(RenderJson, TwoRendersAreTheSameBytes) {
    EXPECT_EQ(render_json(example_report()), render_json(example_report()));
}

TEST(RenderJson, ARecipeIsThereWhereItIsNotTheDefault) {
    ReportModel model = example_report();
    model.variants[1].recipe = {"off", "bf16", "f16"};
    model.variants[1].kv_bytes_per_token = 7;
    const Json doc = Json::parse(render_json(model));
    EXPECT_FALSE(doc["variants"][0].contains("run_recipe"));
    EXPECT_EQ(doc["variants"][1]["run_recipe"],
              (Json{{"flash_attn", "off"},
                    {"cache_type_k", "bf16"},
                    {"cache_type_v", "f16"},
                    {"kv_bytes_per_token", 7}}));
}

TEST(RenderJson, CountsAndDecisionsAreTheModels) {
    const ReportModel model = example_report();
    const Json doc = Json::parse(render_json(model));
    EXPECT_EQ(doc["schema_version"], 1);
    ASSERT_EQ(doc["comparisons"].size(), model.comparisons.size());
    for (std::size_t i = 0; i < model.comparisons.size(); ++i) {
        const ComparisonAnalysis& a = model.comparisons[i].analysis;
        const Json& c = doc["comparisons"][i];
        EXPECT_EQ(c["variant"], a.variant);
        EXPECT_EQ(c["baseline"], a.baseline);
        EXPECT_EQ(c["judge"], a.judge);
        EXPECT_FALSE(c.contains("schema_version"));
        const Json& k = c["counts"];
        EXPECT_EQ(k["n_items"], a.counts.n_items);
        EXPECT_EQ(k["n"], a.counts.n);
        EXPECT_EQ(k["wins"], a.counts.wins);
        EXPECT_EQ(k["ties"], a.counts.ties);
        EXPECT_EQ(k["losses"], a.counts.losses);
        EXPECT_EQ(k["identical"], a.counts.identical);
        EXPECT_EQ(k["invalid"], a.counts.invalid);
        EXPECT_EQ(k["errors"], a.counts.errors);
        EXPECT_EQ(k["refused"], a.counts.refused);
        EXPECT_EQ(k["not_judged"], a.counts.not_judged);
        EXPECT_EQ(c["net_win_rate"]["value"].is_null(), !a.net_win_rate.value.has_value());
        if (a.net_win_rate.value) {
            EXPECT_EQ(c["net_win_rate"]["value"].get<double>(), *a.net_win_rate.value);
        }
    }
    EXPECT_EQ(doc["comparisons"][5]["decision"]["label"], "not_measured");
}

TEST(RenderJson, KeysStandInAFixedOrder) {
    const Json doc = Json::parse(render_json(example_report()));
    std::string keys;
    for (const auto& [key, value] : doc.items()) {
        keys += key + " ";
    }
    EXPECT_EQ(keys,
              "schema_version experiment variants judges comparisons controls recommendation proof "
              "host ");
}

TEST(RenderJson, WhatIsNotKnownIsNullWithAWhyNeverZero) {
    const Json doc = Json::parse(render_json(example_report()));
    ASSERT_EQ(doc["controls"].size(), doc["judges"].size());
    EXPECT_EQ(doc["controls"][0]["judge"], doc["judges"][0]["name"]);
    EXPECT_EQ(doc["controls"][0]["passed"], true);
    EXPECT_EQ(doc["controls"][0]["swapped"]["n_lost"], 19);
    EXPECT_EQ(doc["controls"][1]["passed"], false);
    const Json& served = doc["variants"][6];
    EXPECT_TRUE(served["file"].is_null());
    EXPECT_TRUE(served["speed"]["decode_tokens_per_s"].is_null());
    EXPECT_TRUE(served["speed"]["peak_memory_bytes"].is_null());
    EXPECT_FALSE(served["speed"]["why"].get<std::string>().empty());
    EXPECT_TRUE(served["engine"]["fingerprint"].is_null());
    EXPECT_FALSE(doc["variants"][0]["speed"].contains("why"));
    EXPECT_EQ(doc["variants"][4]["speed"]["load_s"], 0.2225);
    EXPECT_FALSE(doc["variants"][5]["speed"].contains("load_s")) << "as in runs of before";
    EXPECT_TRUE(doc["variants"][5]["speed"]["peak_memory_bytes"].is_null());
    EXPECT_EQ(doc["variants"][5]["speed"]["decode_tokens_per_s"], 171.0);
}

TEST(RenderJson, AVariantShowsItsFile) {
    const Json doc = Json::parse(render_json(example_report()));
    const Json& v = doc["variants"][3];
    EXPECT_EQ(v["name"], "Q4_K_M");
    EXPECT_EQ(v["role"], "variant");
    EXPECT_EQ(doc["variants"][0]["role"], "baseline");
    EXPECT_EQ(v["file"]["size_bytes"], 105'000'000);
    EXPECT_NEAR(v["file"]["bits_per_weight"].get<double>(), 6.155, 0.001);
    EXPECT_EQ(v["file"]["tensor_types"]["Q5_0"], 166);
    EXPECT_EQ(v["file"]["name"], "Q4_K_M.gguf");
}

TEST(RenderJson, WithoutARecommendationTheVariantIsNull) {
    ReportModel model = example_report();
    EXPECT_EQ(Json::parse(render_json(model))["recommendation"]["variant"], "Q6_K");
    model.recommendation.variant.reset();
    EXPECT_TRUE(Json::parse(render_json(model))["recommendation"]["variant"].is_null());
}

TEST(RenderJson, BytesThatAreNotUtf8DoNotSpoilTheFile) {
    ReportModel model = example_report();
    model.experiment.generation.system = "a\xFF\xC0";
    model.variants[1].independence.note = "\x80";
    model.recommendation.sentence = "\xED\xA0\x80";
    const std::string text = render_json(model);
    EXPECT_TRUE(is_valid_utf8(text));
    EXPECT_EQ(Json::parse(text)["experiment"]["generation"]["system"], "a\uFFFD\uFFFD");
}

TEST(RenderJson, ThePlanIsADocumentNotAString) {
    ReportModel model = example_report();
    EXPECT_EQ(Json::parse(render_json(model))["experiment"]["plan"]["analysis"]["margin"], 0.1);
    model.experiment.plan_json = "{broken";
    EXPECT_THROW((void)render_json(model), std::logic_error);
    model.experiment.plan_json.clear();
    EXPECT_FALSE(Json::parse(render_json(model))["experiment"].contains("plan"));
}

TEST(RenderJson, AnEmptyModelIsADocument) {
    const Json doc = Json::parse(render_json(ReportModel{}));
    EXPECT_TRUE(doc["comparisons"].is_array());
    EXPECT_TRUE(doc["comparisons"].empty());
}

TEST(RenderJson, WhatIsNotKnownOfAnswersThatWereMadeElsewhereIsNull) {
    const Json doc = Json::parse(render_json(report_of_given_answers()));
    EXPECT_TRUE(doc["experiment"]["generation"].is_null());
    const Json& v = doc["variants"][1];
    EXPECT_EQ(v["source"], "answers");
    EXPECT_TRUE(v["file"].is_null());
    EXPECT_TRUE(v["served"].is_null());
    for (const char* part : {"name", "version", "fingerprint", "description"}) {
        EXPECT_TRUE(v["engine"][part].is_null()) << part;
    }
    EXPECT_EQ(
        v["answers_file"].dump(),
        R"({"name":"q4.jsonl","sha256":"abc","format":"study","generator":null,"n_answers":154})");
    EXPECT_EQ(
        v["speed"].dump(),
        R"({"prefill_tokens_per_s":null,"median_prompt_ms":null,"decode_tokens_per_s":null,"n_parallel":null,"peak_memory_bytes":null,"why":"the answers were made elsewhere"})");
    EXPECT_TRUE(v["answers"]["length_stop"].is_null());
    EXPECT_TRUE(v["answers"]["contexts_cut"].is_null());
    EXPECT_EQ(v["answers"]["n"], 154);
}

TEST(RenderJson, AServedModelShowsWhatItsServerTold) {
    ReportModel model = example_report();
    ReportVariant& served = model.variants[1];
    served.variant.file = {};
    served.variant.served = ServedModel{
        "ollama", "http://127.0.0.1:11434", "qwen", "sha256:abc", "Q4_K_M", "", 0};
    served.speed = Speed{0, 50, 0, 0};
    const Json v = Json::parse(render_json(model))["variants"][1];
    EXPECT_EQ(v["source"], "served");
    EXPECT_TRUE(v["file"].is_null());
    EXPECT_EQ(v["served"]["digest"], "sha256:abc");
    EXPECT_TRUE(v["served"]["server_version"].is_null());
    EXPECT_TRUE(v["served"]["size_bytes"].is_null());
    EXPECT_EQ(v["speed"]["decode_tokens_per_s"], 50);
    EXPECT_EQ(v["speed"]["why"], "what is null the server does not tell");
}

}  // namespace
}  // namespace assay::report
