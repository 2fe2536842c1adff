#include "assay/config/plan_json.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "assay/base/hash.hpp"
#include "folder.hpp"

namespace assay::config {
namespace {

using testing::HasSubstr;
using testing::Not;

Plan full_plan() {
    Plan plan;
    plan.name = "science";
    plan.source = "/lab/exp.yaml";
    const RunRecipe recipe{"off", "q8_0", "f32"};
    plan.baseline = {"original", FileSource{"/lab/model.gguf"}, recipe};
    plan.variants = {{"Q8_0", TypeSource{"Q8_0", "/lab/imatrix"}, recipe},
                     {"other", FileSource{"/elsewhere/other.gguf"}, recipe}};
    plan.dataset = {"/lab/data/q.jsonl", 5, {"a", "b"}, {"c"}, {{"question", "q"}}};
    plan.generation.system = "Be \"brief\", grün.\n";
    plan.generation.prompt_template = "{{ question }}";
    plan.generation.chat_template = "{{ messages }}";
    plan.generation.temp = 0.1;
    plan.generation.seed = 18446744073709551615u;
    plan.generation.stop = {"\n\n"};
    plan.generation.thinking = true;
    plan.engine = {"/opt/assay-engine", 7, 16, 256, 3, recipe};
    JudgeSpec judge = judge_of("openai");
    judge.name = "panel";
    judge.api().url = "https://x/v1";
    judge.api().model = "m";
    judge.api().api_key_env = "MY_KEY";
    judge.api().concurrency = 8;
    judge.api().timeout_s = 1.5;
    judge.api().retries = 2;
    judge.api().temp = 0.5;
    judge.api().max_tokens = 77;
    judge.api().prompt_template = "{{ a }}";
    judge.show_contexts = false;
    judge.show_expected = false;
    judge.api().requests_per_minute = 60;
    judge.api().tokens_per_minute = 90000;
    judge.api().max_calls = 500;
    judge.api().price_input = 1.25;
    judge.api().price_output = 10;
    judge.api().max_tokens_total = 700'000;
    judge.api().max_cost = 12.5;
    judge.api().batch = true;
    judge.api().batch_poll_s = 7.5;
    judge.api().allow_version_change = true;
    plan.judges = {judge};
    plan.judges.push_back(judge_of("reference"));
    plan.judges.back().metric().metric = "chrf";
    plan.judges.back().metric().tie_band = 0.1;
    plan.judging = {.both_orders = true, .repeats = 3, .repeat_share = 0.5};
    plan.analysis = {0.07, 0.025, 0.9, "group-sequential", "ladder", "these-questions", 0.3, 0.2};
    plan.blinding_seed = 18446744073709551614u;
    plan.run_dir = "/runs/science";
    return plan;
}

TEST(PlanJson, IsSortedAndHoldsNothingOfTheRunOrTheMachine) {
    const std::string text = plan_to_json(full_plan());
    EXPECT_EQ(nlohmann::json::parse(text).dump(), text);
    for (const char* word : {"/runs", "run_dir", "/opt/assay-engine", "threads", "slots"}) {
        EXPECT_THAT(text, Not(HasSubstr(word))) << word;
    }
    EXPECT_THAT(text,
                testing::StartsWith(
                    "{\"analysis\":{\"alpha\":0.025,\"expected-decisive-rate\":0.3,\"icc\":0.2,"
                    "\"margin\":0.07,\"multiplicity\":\"ladder\","
                    "\"power\":0.9,\"stopping\":\"group-sequential\"},\"baseline\":{\"file\":"));
}

// The stored form is an interface: plans of earlier runs are read back.
TEST(PlanJson, OfADefaultPlanNeverChanges) {
    Plan plan;
    plan.baseline = {"b", FileSource{"/b.gguf"}};
    plan.variants = {{"Q8_0", TypeSource{"Q8_0"}}};
    plan.judges.push_back(judge_of("reference"));
    EXPECT_EQ(
        plan_to_json(plan),
        R"({"analysis":{"alpha":0.05,"expected-decisive-rate":0.6,"icc":0.1,"margin":0.1,"multiplicity":"ladder","power":0.8,"stopping":"hybrid"},"baseline":{"file":"/b.gguf","name":"b"},"blinding-seed":1,"controls":{"known-bad":""},)"
        R"("dataset":{"clusters":[],"fields":{},"file":"","ids":[],"limit":0},)"
        R"("engine":{"cache-type-k":"f16","cache-type-v":"f16","flash-attn":"on","n-gpu-layers":-1,"ubatch-size":512},)"
        R"("generation":{"chat-template":"","ctx-size":4096,"date":"2025-01-01","min-p":0.0,"own-template":false,"predict":128,)"
        R"("prompt-template":"","repeat-last-n":64,"repeat-penalty":1.05,"seed":42,"stop":[],"system":"","temp":0.0,)"
        R"("thinking":false,"top-k":0,"top-p":0.9},)"
        R"("judges":[{"allow-version-change":false,"api-key-env":"","batch":false,"batch-poll-s":60.0,"concurrency":4,"max-calls":0,"max-cost":0.0,)"
        R"("max-tokens":1024,"max-tokens-total":0,"model":"","name":"","price-input":0.0,"price-output":0.0,)"
        R"("prompt-template":"","provider":"reference","requests-per-minute":0,"retries":5,"show-contexts":true,"show-expected":true,"temp":0.0,)"
        R"("timeout-s":120.0,"tokens-per-minute":0,"url":""}],)"
        R"("judging":{"both-orders":false,"repeat-share":0.2,"repeats":0},"name":"","source":"","variants":[{"file":"","imatrix":"","name":"Q8_0","type":"Q8_0"}]})");
}

TEST(PlanJson, OfAnEmbeddedJudgeHoldsItsFileAndMode) {
    Plan plan = full_plan();
    const std::string before = plan_sha256(plan);
    JudgeSpec judge = judge_of("gguf");
    judge.name = judge.embedded().model = "judge";
    judge.embedded().file = "/lab/judge.gguf";
    plan.judges.push_back(judge);
    const std::string labels = plan_sha256(plan);
    EXPECT_NE(labels, before);
    plan.judges.back().embedded().ctx_size = 2048;
    EXPECT_EQ(plan_sha256(plan), labels) << "it decides no verdict";
    plan.judges.back().embedded().reasoning = true;
    EXPECT_NE(plan_sha256(plan), labels);
    const auto read = plan_from_json(plan_to_json(plan));
    ASSERT_TRUE(read) << to_sentence(read.error());
    EXPECT_EQ(read->judges.back().embedded().file, "/lab/judge.gguf");
    EXPECT_EQ(read->judges.back().embedded().ctx_size, 2048);
    EXPECT_TRUE(read->judges.back().embedded().reasoning);
}

TEST(PlanJson, RetrievalIsNamedOnlyWhereItIsAskedFor) {
    Plan plan = full_plan();
    const std::string before = plan_sha256(plan);
    EXPECT_EQ(plan_to_json(plan).find("\"retrieval\""), std::string::npos)
        << "older plans keep their hash";
    plan.retrieval.corpus = "/lab/corpus";
    plan.retrieval.top = 7;
    plan.retrieval.replace_contexts = true;
    const std::string with = plan_sha256(plan);
    EXPECT_NE(with, before);
    const auto read = plan_from_json(plan_to_json(plan));
    ASSERT_TRUE(read) << to_sentence(read.error());
    EXPECT_EQ(read->retrieval.corpus, "/lab/corpus");
    EXPECT_EQ(read->retrieval.top, 7);
    EXPECT_TRUE(read->retrieval.replace_contexts);
    plan.retrieval.top = 6;
    EXPECT_NE(plan_sha256(plan), with);
    EXPECT_EQ(plan_to_json(plan).find("passage-prefix"), std::string::npos);
}

TEST(PlanJson, AnEmbedderIsInThePlanWithWhatOnlyItNeeds) {
    Plan plan = full_plan();
    plan.retrieval.corpus = "/lab/corpus";
    const std::string lexical = plan_sha256(plan);
    plan.retrieval.max_tokens = 256;
    plan.retrieval.query_prefix = "q: ";
    EXPECT_EQ(plan_sha256(plan), lexical) << "without an embedder they do nothing";
    plan.retrieval.embedder = "/lab/small.gguf";
    plan.retrieval.passage_prefix = "p: ";
    const std::string dense = plan_sha256(plan);
    EXPECT_NE(dense, lexical);
    const auto read = plan_from_json(plan_to_json(plan));
    ASSERT_TRUE(read) << to_sentence(read.error());
    EXPECT_EQ(read->retrieval.embedder, "/lab/small.gguf");
    EXPECT_EQ(read->retrieval.max_tokens, 256);
    EXPECT_EQ(read->retrieval.query_prefix, "q: ");
    EXPECT_EQ(read->retrieval.passage_prefix, "p: ");
    EXPECT_EQ(plan_sha256(*read), dense);
    plan.retrieval.passage_prefix.clear();
    EXPECT_NE(plan_sha256(plan), dense);
}

TEST(PlanJson, TagsAreNamedOnlyWhereTheyAreAskedFor) {
    Plan plan = full_plan();
    const std::string before = plan_sha256(plan);
    EXPECT_EQ(plan_to_json(plan).find("\"tags\""), std::string::npos)
        << "older plans keep their hash";
    plan.judges[0].api().tags = true;
    EXPECT_NE(plan_sha256(plan), before);
    const auto read = plan_from_json(plan_to_json(plan));
    ASSERT_TRUE(read) << to_sentence(read.error());
    EXPECT_TRUE(read->judges[0].api().tags);
    EXPECT_EQ(read->judges[1].replies(), nullptr) << "a metric gives none";
}

TEST(PlanJson, OfBeforeEarlyStoppingIsReadAsWithout) {
    std::string text = plan_to_json(full_plan());
    const std::string entry = ",\"stopping\":\"group-sequential\"";
    text.erase(text.find(entry), entry.size());
    const auto plan = plan_from_json(text);
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->analysis.stopping, "none");
}

TEST(PlanJson, OfBeforeJudgesHadLimitsIsReadAsWithout) {
    auto json = nlohmann::json::parse(plan_to_json(full_plan()));
    for (auto& judge : json["judges"]) {
        for (const char* key : {"requests-per-minute",
                                "tokens-per-minute",
                                "max-calls",
                                "max-tokens-total",
                                "max-cost",
                                "batch",
                                "batch-poll-s",
                                "allow-version-change"}) {
            EXPECT_EQ(judge.erase(key), 1u);
        }
    }
    const auto plan = plan_from_json(json.dump());
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->judges[0].api().requests_per_minute, 0);
    EXPECT_EQ(plan->judges[0].api().tokens_per_minute, 0);
    EXPECT_EQ(plan->judges[0].api().max_calls, 0);
    EXPECT_EQ(plan->judges[0].api().max_cost, 0);
    EXPECT_FALSE(plan->judges[0].api().batch);
}

TEST(PlanJson, OfBeforeControlsAndCorrectionsIsReadAsWithout) {
    std::string text = plan_to_json(full_plan());
    for (const std::string entry :
         {",\"multiplicity\":\"ladder\"", ",\"controls\":{\"known-bad\":\"\"}"}) {
        ASSERT_NE(text.find(entry), std::string::npos) << text;
        text.erase(text.find(entry), entry.size());
    }
    const auto plan = plan_from_json(text);
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->analysis.multiplicity, "none");
    EXPECT_EQ(plan->known_bad, "");
}

TEST(PlanJson, RoundTripsExactly) {
    const Plan plan = full_plan();
    const auto back = plan_from_json(plan_to_json(plan));
    ASSERT_TRUE(back) << to_sentence(back.error());
    EXPECT_EQ(plan_to_json(*back), plan_to_json(plan));
    EXPECT_EQ(plan_sha256(*back), plan_sha256(plan));
    EXPECT_EQ(back->run_dir, "");
    EXPECT_EQ(back->engine.path, "");
    EXPECT_EQ(back->engine.threads, 0);
    EXPECT_EQ(back->engine.ubatch_size, 256);
    EXPECT_EQ(back->generation.system, plan.generation.system);
    EXPECT_EQ(back->generation.temp, 0.1);
    EXPECT_EQ(back->generation.seed, plan.generation.seed);
    EXPECT_EQ(back->blinding_seed, plan.blinding_seed);
    EXPECT_EQ(back->dataset.fields, plan.dataset.fields);
    EXPECT_EQ(back->judges[0].api().timeout_s, 1.5);
    EXPECT_EQ(back->judges[0].api().api_key_env, "MY_KEY");
    EXPECT_EQ(back->variants[0].type()->imatrix, "/lab/imatrix");
    EXPECT_EQ(back->judges[0].api().price_output, 10);
    EXPECT_EQ(back->analysis.expected_decisive_rate, 0.3);
    EXPECT_EQ(back->analysis.icc, 0.2);
}

TEST(PlanJson, StoredBeforeThereWerePricesAndPlanningIsReadWithTheirDefaults) {
    nlohmann::json before = nlohmann::json::parse(plan_to_json(full_plan()));
    for (const char* key : {"expected-decisive-rate", "icc"}) {
        before["analysis"].erase(key);
    }
    for (nlohmann::json& judge : before["judges"]) {
        judge.erase("price-input");
        judge.erase("price-output");
    }
    const auto plan = plan_from_json(before.dump());
    ASSERT_TRUE(plan) << to_sentence(plan.error());
    EXPECT_EQ(plan->analysis.expected_decisive_rate, 0.6);
    EXPECT_EQ(plan->analysis.icc, 0.1);
    EXPECT_EQ(plan->judges[0].api().price_input, 0);
    EXPECT_EQ(plan_sha256(*plan), plan_sha256(full_plan()));
    before["analysis"].erase("margin");
    EXPECT_EQ(plan_from_json(before.dump()).error().message,
              "the stored plan is damaged: analysis.margin is missing");
}

TEST(PlanJson, ThoughtsAreNamedOnlyWhereJudgesSeeThem) {
    Plan plan = full_plan();
    const std::string before = plan_sha256(plan);
    EXPECT_THAT(plan_to_json(plan), Not(HasSubstr("strip-thoughts")));
    EXPECT_TRUE(plan_from_json(plan_to_json(plan))->judging.strip_thoughts);
    plan.judging.strip_thoughts = false;
    EXPECT_NE(plan_sha256(plan), before);
    const auto back = plan_from_json(plan_to_json(plan));
    ASSERT_TRUE(back) << to_sentence(back.error());
    EXPECT_FALSE(back->judging.strip_thoughts);
}

TEST(PlanJson, APanelIsNamedOnlyWhereThereIsOne) {
    Plan plan = full_plan();
    const std::string before = plan_sha256(plan);
    EXPECT_THAT(plan_to_json(plan), Not(HasSubstr("panel\":")));
    plan.judging.panel = true;
    EXPECT_NE(plan_sha256(plan), before);
    const auto back = plan_from_json(plan_to_json(plan));
    ASSERT_TRUE(back) << to_sentence(back.error());
    EXPECT_TRUE(back->judging.panel);
}

TEST(PlanJson, EqualAnswersAreNamedOnlyWhereTheyAreAccepted) {
    Plan plan = full_plan();
    const std::string before = plan_sha256(plan);
    EXPECT_THAT(plan_to_json(plan), Not(HasSubstr("accept-equal-answers")));
    plan.analysis.accept_equal_answers = true;
    EXPECT_NE(plan_sha256(plan), before);
    const auto back = plan_from_json(plan_to_json(plan));
    ASSERT_TRUE(back) << to_sentence(back.error());
    EXPECT_TRUE(back->analysis.accept_equal_answers);
}

TEST(PlanJson, ARecipeIsNamedOnlyWhereItIsNotTheEngines) {
    Plan plan = full_plan();
    const nlohmann::json before = nlohmann::json::parse(plan_to_json(plan));
    for (const char* key : {"flash-attn", "cache-type-k", "cache-type-v"}) {
        EXPECT_FALSE(before["variants"][0].contains(key)) << "older plans keep their hash";
        EXPECT_FALSE(before["baseline"].contains(key));
    }
    plan.variants[0].recipe.cache_type_k = "f16";
    plan.baseline.recipe.flash_attn = "on";
    const nlohmann::json after = nlohmann::json::parse(plan_to_json(plan));
    EXPECT_EQ(after["variants"][0]["cache-type-k"], "f16");
    EXPECT_FALSE(after["variants"][0].contains("cache-type-v"));
    EXPECT_EQ(after["baseline"]["flash-attn"], "on");
    const auto back = plan_from_json(after.dump());
    ASSERT_TRUE(back) << to_sentence(back.error());
    EXPECT_EQ(back->variants[0].recipe, plan.variants[0].recipe);
    EXPECT_EQ(back->baseline.recipe, plan.baseline.recipe);
    EXPECT_EQ(back->variants[1].recipe, plan.engine.recipe);
    EXPECT_EQ(plan_to_json(*back), after.dump());
}

TEST(PlanSha256, IgnoresWhatDecidesNoResult) {
    const std::string hash = plan_sha256(full_plan());
    const std::vector<std::function<void(Plan&)>> changes{
        [](Plan& p) { p.name = "x"; },
        [](Plan& p) { p.run_dir = "x"; },
        [](Plan& p) { p.engine.path = "x"; },
        [](Plan& p) { p.engine.threads = 1; },
        [](Plan& p) { p.engine.slots = 8; },
        [](Plan& p) { p.judges[0].api().concurrency = 1; },
        [](Plan& p) { p.judges[0].api().retries = 1; },
        [](Plan& p) { p.judges[0].api().requests_per_minute = 1; },
        [](Plan& p) { p.judges[0].api().tokens_per_minute = 1; },
        [](Plan& p) { p.judges[0].api().max_calls = 1; },
        [](Plan& p) { p.judges[0].api().api_key_env = "X"; },
        [](Plan& p) { p.judges[0].api().timeout_s = 9; },
        [](Plan& p) { p.judges[0].api().price_input = 9; },
        [](Plan& p) { p.judges[0].api().price_output = 9; },
        [](Plan& p) { p.analysis.expected_decisive_rate = 0.9; },
        [](Plan& p) { p.analysis.icc = 0.9; }};
    for (std::size_t i = 0; i < changes.size(); ++i) {
        Plan plan = full_plan();
        changes[i](plan);
        EXPECT_EQ(plan_sha256(plan), hash) << i;
    }
}

TEST(PlanSha256, ChangesWithEverythingElse) {
    std::set<std::string> hashes{plan_sha256(full_plan())};
    const std::vector<std::function<void(Plan&)>> changes{
        [](Plan& p) { p.baseline.source = FileSource{"/lab/x.gguf"}; },
        [](Plan& p) { p.variants.pop_back(); },
        [](Plan& p) { p.dataset.limit = 6; },
        [](Plan& p) { p.generation.temp = 0.2; },
        [](Plan& p) { p.generation.system = "x"; },
        [](Plan& p) { p.engine.ubatch_size = 512; },
        [](Plan& p) { p.engine.recipe.cache_type_k = "f16"; },
        [](Plan& p) { p.variants[0].recipe.cache_type_k = "f16"; },
        [](Plan& p) { p.baseline.recipe.flash_attn = "on"; },
        [](Plan& p) { p.judges[0].api().model = "n"; },
        [](Plan& p) { p.judges[0].show_contexts = true; },
        [](Plan& p) { p.analysis.margin = 0.1; },
        [](Plan& p) { p.blinding_seed = 1; },
        [](Plan& p) { p.judges[0].api().temp = 0; },
        [](Plan& p) { p.dataset.fields.clear(); },
        [](Plan& p) { p.generation.stop.clear(); }};
    for (std::size_t i = 0; i < changes.size(); ++i) {
        Plan plan = full_plan();
        changes[i](plan);
        EXPECT_TRUE(hashes.insert(plan_sha256(plan)).second) << i;
    }
}

TEST(PlanSha256, StaysWhenTheFolderOfTheExperimentIsMoved) {
    Plan moved = full_plan();
    moved.source = "/elsewhere/copy/exp.yaml";
    moved.baseline.source = FileSource{"/elsewhere/copy/model.gguf"};
    moved.variants[0].source = TypeSource{"Q8_0", "/elsewhere/copy/imatrix"};
    moved.dataset.file = "/elsewhere/copy/data/q.jsonl";
    EXPECT_EQ(plan_sha256(moved), plan_sha256(full_plan()));
    moved.variants[1].source = FileSource{"/elsewhere/copy/other.gguf"};
    EXPECT_NE(plan_sha256(moved), plan_sha256(full_plan()));
}

TEST(PlanFromJson, RefusesWhatIsNotAPlan) {
    const auto message = [](const std::string& text) {
        return plan_from_json(text) ? "accepted" : plan_from_json(text).error().message;
    };
    EXPECT_EQ(message("{"), "the stored plan is not JSON");
    EXPECT_EQ(message("\xFF"), "the stored plan is not JSON");
    EXPECT_EQ(message("[]"), "the stored plan is damaged: it is not an object");
    EXPECT_EQ(message("{}"), "the stored plan is damaged: name is missing");
    EXPECT_EQ(message(std::string(100000, '[')), "the stored plan is not JSON");
    const auto changed = [&](const std::string& pointer, const nlohmann::json& value) {
        nlohmann::json plan = nlohmann::json::parse(plan_to_json(full_plan()));
        plan[nlohmann::json::json_pointer(pointer)] = value;
        return message(plan.dump());
    };
    EXPECT_EQ(changed("/name", 5), "the stored plan is damaged: name has the wrong type");
    EXPECT_EQ(changed("/colour", 5),
              "the stored plan is damaged: it has keys that this version does not know");
    EXPECT_EQ(changed("/engine/threads", 5),
              "the stored plan is damaged: engine has keys that this version does not know");
    EXPECT_EQ(changed("/generation/predict", 1.5),
              "the stored plan is damaged: generation.predict has the wrong type");
    EXPECT_EQ(changed("/generation/predict", 0),
              "the stored plan is damaged: generation.predict must be from 1 to 1000000, not 0");
    EXPECT_EQ(changed("/generation/thinking", 1),
              "the stored plan is damaged: generation.thinking has the wrong type");
    EXPECT_EQ(changed("/generation/temp", true),
              "the stored plan is damaged: generation.temp has the wrong type");
    EXPECT_EQ(changed("/blinding-seed", -1),
              "the stored plan is damaged: blinding-seed must be from 0 to 2^64 - 1, not -1");
    EXPECT_EQ(changed("/judges", nlohmann::json::array()),
              "the stored plan is damaged: judges is not a list with something in it");
    EXPECT_EQ(changed("/variants/0/file", "/x"),
              "the stored plan is damaged: variants[0] needs one of type, file, answers and a "
              "served model");
    EXPECT_EQ(
        changed("/judges/0/price-input", -1),
        "the stored plan is damaged: judges[0].price-input must be from 0 to 1000000000, not -1");
    EXPECT_EQ(changed("/dataset/ids", "x"),
              "the stored plan is damaged: dataset.ids has the wrong type");
}

TEST(PlanJson, LimitsOfAServedModelAreStoredWhereThereAreSomeAndAreInNoHash) {
    Plan plan = full_plan();
    ServedSpec server;
    server.provider = "ollama";
    server.model = "m:1";
    server.urls = {"http://a:1"};
    plan.variants[0].source = ServedSource{server};
    const std::string without = plan_to_json(plan);
    EXPECT_FALSE(nlohmann::json::parse(without)["variants"][0]["served"].contains("max-calls"));
    EXPECT_TRUE(plan_from_json(without));
    const std::string hash = plan_sha256(plan);
    server.max_calls = 7;
    server.price_input = 2.5;
    plan.variants[0].source = ServedSource{server};
    EXPECT_EQ(plan_sha256(plan), hash);
    const auto read = plan_from_json(plan_to_json(plan));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->variants[0].served()->server.max_calls, 7);
    EXPECT_EQ(read->variants[0].served()->server.price_input, 2.5);
}

TEST(PlanJson, OfAnswersThatWereMadeElsewhereRoundTrips) {
    Plan plan = full_plan();
    plan.baseline = {"f16", AnswersSource{"/lab/f16.jsonl", false}};
    plan.variants = {{"q4", AnswersSource{"/lab/q4.jsonl", true}}};
    const auto back = plan_from_json(plan_to_json(plan));
    ASSERT_TRUE(back) << to_sentence(back.error());
    EXPECT_EQ(plan_to_json(*back), plan_to_json(plan));
    EXPECT_EQ(back->baseline.answers()->file, "/lab/f16.jsonl");
    EXPECT_TRUE(back->variants[0].answers()->allow_missing);
    plan.variants[0].source = AnswersSource{"/lab/q4.jsonl", false};
    EXPECT_NE(plan_sha256(*back), plan_sha256(plan))
        << "what counts as an answer decides the results";
}

TEST(PlanJson, FieldsOfAnswersRoundTripAndCountInTheHashOnlyWhereThereAreSome) {
    Plan plan = full_plan();
    plan.baseline = {"f16", AnswersSource{"/lab/f16.jsonl", false}};
    const std::string without = plan_sha256(plan);
    EXPECT_EQ(plan_to_json(plan).find("contexts-separator"), std::string::npos);
    plan.baseline.source = AnswersSource{"/lab/f16.jsonl", false, {{"answer", "prediction"}}};
    plan.dataset.contexts_separator = "|";
    const auto back = plan_from_json(plan_to_json(plan));
    ASSERT_TRUE(back) << to_sentence(back.error());
    EXPECT_EQ(back->baseline.answers()->fields.at("answer"), "prediction");
    EXPECT_EQ(back->dataset.contexts_separator, "|");
    EXPECT_NE(plan_sha256(plan), without);
}

}  // namespace
}  // namespace assay::config
