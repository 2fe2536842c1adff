#include <gmock/gmock.h>

#include "folder.hpp"

namespace assay::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

class ExperimentFile : public PlanTest {};

TEST_F(ExperimentFile, TheSmallOneOfTheFormatsPageLoads) {
    folder_.write("prompt.jinja", "Q: {{ question }}\n");
    const auto plan = load(R"(name: science
baseline: {file: model-F16.gguf}
variants: [Q8_0, q4_k_m, {name: mine, file: other.gguf}]
dataset: {file: questions.jsonl, limit: 50}
generation: {system: "You are ...", temp: 0, top-p: 0.9, repeat-penalty: 1.05, ctx-size: 4096, predict: 128, prompt-template: prompt.jinja}
judges: [{name: panel-1, provider: openai, url: "http://127.0.0.1:9000/v1", model: some-model, api-key-env: MY_KEY, concurrency: 4}]
analysis: {margin: 0.10, alpha: 0.05}
)");
    ASSERT_TRUE(plan) << testing::PrintToString(sentences(plan.error(), folder_));
    EXPECT_EQ(plan->name, "science");
    EXPECT_EQ(plan->source, folder_.path("exp.yaml"));
    EXPECT_EQ(plan->baseline.name, "model-F16");
    EXPECT_EQ(plan->baseline.file(), folder_.path("model-F16.gguf"));
    ASSERT_EQ(plan->variants.size(), 3u);
    EXPECT_EQ(plan->variants[0].name, "Q8_0");
    EXPECT_EQ(plan->variants[1].name, "Q4_K_M");
    EXPECT_EQ(plan->variants[1].type()->type, "Q4_K_M");
    EXPECT_EQ(plan->variants[1].file(), "");
    EXPECT_EQ(plan->variants[2].name, "mine");
    EXPECT_EQ(plan->variants[2].file(), folder_.path("other.gguf"));
    EXPECT_EQ(plan->dataset.file, folder_.path("questions.jsonl"));
    EXPECT_EQ(plan->dataset.limit, 50);
    EXPECT_EQ(plan->generation.system, "You are ...");
    EXPECT_EQ(plan->generation.prompt_template, "Q: {{ question }}");
    ASSERT_EQ(plan->judges.size(), 1u);
    EXPECT_EQ(plan->judges[0].name, "panel-1");
    EXPECT_EQ(plan->judges[0].api().api_key_env, "MY_KEY");
    EXPECT_EQ(plan->run_dir, (std::filesystem::current_path() / "runs" / "science").string());
}

TEST_F(ExperimentFile, EveryKeyReachesThePlan) {
    folder_.write("sub/judge.jinja", "{{ answer_a }} or {{ answer_b }}?");
    folder_.write("imatrix.gguf", "GGUF");
    folder_.write("assay-engine", "#!");
    const auto plan = load(R"(baseline: {name: original, file: model-F16.gguf}
variants: [{quant: iq2_xxs, imatrix: imatrix.gguf, name: small}, other.gguf, {type: F16}]
dataset:
  file: questions.jsonl
  ids: [q1, 7]
  clusters: biology
  fields: {question: q, expected: "a[0]"}
generation:
  system: ""
  chat-template: "{{ messages }}"
  temp: 0.7
  top-k: 40
  top-p: 1
  min-p: 0.05
  repeat-penalty: 1
  repeat-last-n: -1
  ctx-size: 2048
  predict: 64
  seed: 18446744073709551615
  stop: ["\n", END]
  date: 2026-02-03
  thinking: true
  own-template: yes
judges:
  - reference
  - {provider: openai, url: https://api.example.com/v1/, model: vendor/judge-1, api-key-env: KEY_2, concurrency: 2, timeout-s: 1.5, retries: 0, requests-per-minute: 60, tokens-per-minute: 90000, max-calls: 500,
     temp: 0.5, max-tokens: 99, prompt-template: sub/judge.jinja, show-contexts: false, show-expected: false, price-input: 1.25, price-output: 10}
  - openai:other@http://localhost:1/v1
analysis: {margin: 0.05, alpha: 0.025, power: 0.9, stopping: group-sequential, expected-decisive-rate: 0.3, icc: 0, accept-equal-answers: true}
engine: {path: assay-engine, threads: 3, slots: 16, ubatch-size: 256, n-gpu-layers: 0, flash-attn: off, cache-type-k: q8_0, cache-type-v: bf16}
blinding-seed: 9
output: {run: out}
)");
    ASSERT_TRUE(plan) << testing::PrintToString(sentences(plan.error(), folder_));
    EXPECT_EQ(plan->name, "exp");
    EXPECT_EQ(plan->baseline.name, "original");
    EXPECT_EQ(plan->variants[0].name, "small");
    EXPECT_EQ(plan->variants[0].type()->type, "IQ2_XXS");
    EXPECT_EQ(plan->variants[0].type()->imatrix, folder_.path("imatrix.gguf"));
    EXPECT_EQ(plan->variants[1].name, "other");
    EXPECT_EQ(plan->variants[2].name, "F16");
    EXPECT_THAT(plan->dataset.ids, ElementsAre("q1", "7"));
    EXPECT_THAT(plan->dataset.clusters, ElementsAre("biology"));
    EXPECT_THAT(plan->dataset.fields, ElementsAre(Pair("expected", "a[0]"), Pair("question", "q")));
    const GenerationSettings& g = plan->generation;
    EXPECT_EQ(g.system, "");
    EXPECT_EQ(g.chat_template, "{{ messages }}");
    EXPECT_EQ(g.temp, 0.7);
    EXPECT_EQ(g.top_k, 40);
    EXPECT_EQ(g.top_p, 1);
    EXPECT_EQ(g.min_p, 0.05);
    EXPECT_EQ(g.repeat_penalty, 1);
    EXPECT_EQ(g.repeat_last_n, -1);
    EXPECT_EQ(g.ctx_size, 2048);
    EXPECT_EQ(g.predict, 64);
    EXPECT_EQ(g.seed, 18446744073709551615u);
    EXPECT_THAT(g.stop, ElementsAre("\n", "END"));
    EXPECT_EQ(g.date, "2026-02-03");
    EXPECT_TRUE(g.thinking);
    EXPECT_TRUE(g.own_template);
    ASSERT_EQ(plan->judges.size(), 3u);
    EXPECT_EQ(plan->judges[0].name, "reference");
    const JudgeSpec& judge = plan->judges[1];
    EXPECT_EQ(judge.name, "vendor-judge-1");
    EXPECT_EQ(judge.api().url, "https://api.example.com/v1");
    EXPECT_EQ(judge.api().model, "vendor/judge-1");
    EXPECT_EQ(judge.api().api_key_env, "KEY_2");
    EXPECT_EQ(judge.api().concurrency, 2);
    EXPECT_EQ(judge.api().timeout_s, 1.5);
    EXPECT_EQ(judge.api().retries, 0);
    EXPECT_EQ(judge.api().requests_per_minute, 60);
    EXPECT_EQ(judge.api().tokens_per_minute, 90000);
    EXPECT_EQ(judge.api().max_calls, 500);
    EXPECT_EQ(judge.api().temp, 0.5);
    EXPECT_EQ(judge.api().max_tokens, 99);
    EXPECT_EQ(judge.api().prompt_template, "{{ answer_a }} or {{ answer_b }}?");
    EXPECT_FALSE(judge.show_contexts);
    EXPECT_FALSE(judge.show_expected);
    EXPECT_EQ(judge.api().price_input, 1.25);
    EXPECT_EQ(judge.api().price_output, 10);
    EXPECT_EQ(plan->judges[2].name, "other");
    EXPECT_EQ(plan->judges[2].api().api_key_env, "");
    EXPECT_EQ(plan->analysis.margin, 0.05);
    EXPECT_EQ(plan->analysis.alpha, 0.025);
    EXPECT_EQ(plan->analysis.power, 0.9);
    EXPECT_EQ(plan->analysis.stopping, "group-sequential");
    EXPECT_EQ(plan->analysis.expected_decisive_rate, 0.3);
    EXPECT_EQ(plan->analysis.icc, 0);
    EXPECT_TRUE(plan->analysis.accept_equal_answers);
    EXPECT_EQ(plan->engine.path, folder_.path("assay-engine"));
    EXPECT_EQ(plan->engine.threads, 3);
    EXPECT_EQ(plan->engine.slots, 16);
    EXPECT_EQ(plan->engine.ubatch_size, 256);
    EXPECT_EQ(plan->engine.n_gpu_layers, 0);
    EXPECT_EQ(plan->engine.recipe.flash_attn, "off");
    EXPECT_EQ(plan->engine.recipe.cache_type_k, "q8_0");
    EXPECT_EQ(plan->engine.recipe.cache_type_v, "bf16");
    EXPECT_EQ(plan->blinding_seed, 9u);
    EXPECT_EQ(plan->run_dir, folder_.path("out"));
}

TEST_F(ExperimentFile, BaselineAndDatasetMayBeTheirFilesAlone) {
    const auto plan = load(
        "baseline: model-F16.gguf\nvariants: [Q8_0]\ndataset: questions.jsonl\n");
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->baseline.file(), folder_.path("model-F16.gguf"));
    EXPECT_EQ(plan->dataset.file, folder_.path("questions.jsonl"));
}

TEST_F(ExperimentFile, AnUnknownKeyIsRefusedWithItsPlaceAndTheNearestOne) {
    EXPECT_THAT(errors_of("name: x\nbaseline: {file: model-F16.gguf}\nvariantz: [Q8_0]\ndataset: "
                          "{file: questions.jsonl}\n"),
                ElementsAre("exp.yaml:3:1: unknown key \"variantz\"; did you mean \"variants\"?"));
}

TEST_F(ExperimentFile, AnUnknownTypeIsRefusedWithTheKnownOnes) {
    const auto errors = errors_of(
        "baseline: {file: model-F16.gguf}\ndataset: {file: questions.jsonl}\nvariants:\n  - Q8_0\n "
        " - {name: x, type: "
        "Q4_K_X}\n  - Q9\n");
    ASSERT_EQ(errors.size(), 2u);
    EXPECT_THAT(errors[0],
                testing::StartsWith("exp.yaml:5:21: variants[1].type: unknown type \"Q4_K_X\"; "
                                    "known: F32, F16, BF16, Q8_0, "));
    EXPECT_THAT(
        errors[1],
        testing::StartsWith("exp.yaml:6:5: variants[2]: unknown type \"Q9\"; known: F32, "));
}

TEST_F(ExperimentFile, AllErrorsAreReportedAtOnceInTheOrderOfTheFile) {
    EXPECT_THAT(
        errors_of(R"(baseline: {file: none.gguf, nmae: x}
variants: [Q8_0, [], {name: y}, {type: Q8_0, file: other.gguf}]
dataset: {file: questions.jsonl, limit: -1}
generation: {temp: warm, top-p: 2, predict: 0}
analysis: {margin: 1, alpha: 0.5, stopping: peek}
engine: {flash-attn: auto, cache-type-k: q3}
engine: {}
blinding-seed: -1
colour: red
)"),
        ElementsAre(
            "exp.yaml:1:18: baseline.file: no such file: none.gguf",
            "exp.yaml:1:29: unknown key \"nmae\" in baseline; did you mean \"name\"?",
            "exp.yaml:2:18: variants[1]: must be a type, a file or a mapping, not a list. Write "
            "Q4_K_M, other.gguf, or "
            "{name: mine, file: other.gguf}.",
            "exp.yaml:2:22: variants[2]: needs one of type, file, checkpoint and answers, and has "
            "none. Write "
            "{type: Q4_K_M}, {name: mine, file: other.gguf} or {name: mine, answers: mine.jsonl}.",
            "exp.yaml:2:33: variants[3]: needs one of type, file, checkpoint and answers, and has "
            "several. "
            "Write {type: Q4_K_M}, {name: mine, file: other.gguf} or {name: mine, answers: "
            "mine.jsonl}.",
            "exp.yaml:2:33: variants[3]: the name \"Q8_0\" is that of variants[0], too. Give one "
            "of them a name of its own: {name: NAME, type: TYPE}, {name: NAME, file: FILE} or "
            "{name: NAME, answers: FILE}.",
            "exp.yaml:3:41: dataset.limit: must be from 0 to 1000000000, not -1",
            "exp.yaml:4:20: generation.temp: must be a number, not \"warm\"",
            "exp.yaml:4:33: generation.top-p: must be above 0 and at most 1, not 2",
            "exp.yaml:4:45: generation.predict: must be from 1 to 1000000, not 0",
            "exp.yaml:5:20: analysis.margin: must be above 0 and below 1, not 1",
            "exp.yaml:5:30: analysis.alpha: must be above 0 and below 0.5, not 0.5",
            "exp.yaml:5:45: analysis.stopping: must be one of hybrid, group-sequential, none, not "
            "\"peek\"",
            "exp.yaml:6:22: engine.flash-attn: must be one of on, off, not \"auto\"",
            "exp.yaml:6:42: engine.cache-type-k: must be one of f32, f16, bf16, q8_0, q4_0, q4_1, "
            "iq4_nl, q5_0, q5_1, "
            "not \"q3\"",
            "exp.yaml:7:1: the key \"engine\" stands twice; the first is in line 6",
            "exp.yaml:8:16: blinding-seed: must be from 0 to 2^64 - 1, not -1",
            "exp.yaml:9:1: unknown key \"colour\"; known: name, baseline, variants, dataset, "
            "retrieval, generation, judges, judging, "
            "analysis, "
            "engine, blinding-seed, controls, output"));
}

TEST_F(ExperimentFile, WhatIsMissingIsSaidWithAnExample) {
    EXPECT_THAT(errors_of("name: x\n"),
                ElementsAre("exp.yaml: no baseline is given. For example: baseline: {file: "
                            "model-F16.gguf} (or -m model-F16.gguf)",
                            "exp.yaml: no variant is given. For example: variants: [Q8_0, Q4_K_M, "
                            "{name: mine, file: other.gguf}] (or "
                            "--variants Q8_0,Q4_K_M,other.gguf)",
                            "exp.yaml: no dataset is given. For example: dataset: {file: "
                            "questions.jsonl} (or --questions "
                            "questions.jsonl)"));
    EXPECT_THAT(
        errors_of("baseline: {}\nvariants: []\ndataset:\n"),
        ElementsAre("exp.yaml:1:11: no baseline is given. For example: baseline: {file: "
                    "model-F16.gguf} (or -m model-F16.gguf)",
                    "exp.yaml:2:11: variants: is empty. For example: [Q8_0, Q4_K_M]",
                    "exp.yaml:3:1: dataset: has no value. Fill it in or leave the key out."));
    EXPECT_THAT(errors_of(""),
                testing::Contains("exp.yaml: is empty. `assay init` writes an example."));
    EXPECT_THAT(errors_of("- a\n"),
                testing::Contains("exp.yaml:1:1: must be a mapping (key: value), not a list. "
                                  "`assay init` writes an example."));
}

TEST_F(ExperimentFile, AKeyOfAJudgeIsNeverTakenFromTheFileNorRepeated) {
    const auto errors = errors_with(
        "judges:\n  - {provider: openai, url: \"http://x/v1\", model: m, api-key: sk-secret-1}\n"
        "  - {provider: openai, url: \"http://me:sk-secret-2@x/v1\", model: n, api-key-env: "
        "sk-secret-3}\n"
        "  - {provider: openai, url: \"http://x/v1\", model: o, api-key-env: AIzaSecret4}\n");
    EXPECT_THAT(
        errors,
        ElementsAre(
            "exp.yaml:5:63: judges[0].api-key: keys come from the environment only, never from "
            "a file. Put the key into a "
            "variable and write api-key-env: NAME_OF_THE_VARIABLE.",
            "exp.yaml:6:29: judges[1].url: holds a user or password; keys come from the "
            "environment only. Name the variable "
            "with api-key-env.",
            "exp.yaml:6:82: judges[1].api-key-env: must be the name of an environment "
            "variable, in capitals. Put the key itself "
            "into that variable.",
            "exp.yaml:7:67: judges[2].api-key-env: must be the name of an environment "
            "variable, in capitals. Put the key itself "
            "into that variable."));
    for (const std::string& error : errors) {
        EXPECT_THAT(error, testing::Not(HasSubstr("ecret"))) << error;
    }
}

TEST_F(ExperimentFile, AJudgeThatIsIncompleteOrUnknownIsRefused) {
    EXPECT_THAT(
        errors_with("judges:\n  - {provider: openai, model: m}\n  - {provider: openia}\n  - {name: "
                    "x}\n  - {provider: "
                    "reference, model: m}\n"
                    "  - 5\n  - []\n  - {provider: openai, model: \"\", url: x}\n"),
        ElementsAre(
            "exp.yaml:5:5: judges[0]: openai needs url",
            "exp.yaml:6:16: judges[1].provider: must be one of reference, openai, gemini, "
            "anthropic, "
            "ollama, gguf, batch, human, not \"openia\"",
            "exp.yaml:7:5: judges[2]: names no provider. Write provider: reference, or provider: "
            "openai with "
            "url and model.",
            "exp.yaml:8:34: judges[3].model: belongs to an API judge; reference is a metric and "
            "needs nothing",
            "exp.yaml:9:5: judges[4]: unknown judge \"5\". Write reference, reference:METRIC, "
            "openai:MODEL@URL, gemini:MODEL[@URL], "
            "anthropic:MODEL[@URL], ollama:MODEL[@URL], gguf:FILE, batch:NAME, human:NAME; for "
            "example openai:gpt-5@https://api.openai.com/v1. [@URL] may be "
            "left out.",
            "exp.yaml:10:5: judges[5]: must be a mapping, not a list. Write {provider: reference}.",
            "exp.yaml:11:31: judges[6].model: is empty",
            "exp.yaml:11:40: judges[6].url: must begin with http:// or https://. Write it like "
            "http://127.0.0.1:8080/v1."));
    EXPECT_THAT(errors_with("judges: []\n"),
                ElementsAre("exp.yaml:4:9: judges: is empty. Name a judge or leave the key out."));
}

TEST_F(ExperimentFile, AJudgesBudgetAndBatchesAreReadAndWhatCannotBeIsRefused) {
    const auto plan = plan_with(
        "judges:\n  - {provider: gemini, model: m, batch: true, batch-poll-s: 5, max-tokens-total: "
        "1000, max-cost: 2.5, price-input: 1, "
        "allow-version-change: true}\n");
    const JudgeSpec& judge = plan.judges.at(0);
    EXPECT_TRUE(judge.api().batch);
    EXPECT_EQ(judge.api().batch_poll_s, 5);
    EXPECT_EQ(judge.api().max_tokens_total, 1000);
    EXPECT_EQ(judge.api().max_cost, 2.5);
    EXPECT_TRUE(judge.api().allow_version_change);
    EXPECT_THAT(
        errors_with("judges:\n  - {provider: ollama, model: m, batch: true}\n  - {provider: "
                    "gemini, model: m, name: n, max-cost: 1}\n"),
        ElementsAre("exp.yaml:5:41: judges[0].batch: ollama has no batch API. Leave batch out.",
                    "exp.yaml:6:53: judges[1].max-cost: needs prices. Give price-input and "
                    "price-output, of a million tokens each."));
}

TEST_F(ExperimentFile, AJudgeTakesTheSettingsOfItsKindAlone) {
    EXPECT_THAT(
        errors_with("judges:\n  - {provider: reference, temp: 0}\n  - {provider: human, max-calls: "
                    "3}\n  - {provider: gguf, file: other.gguf, concurrency: 2}\n  - {provider: "
                    "gemini, model: m, metric: chrf}\n"),
        ElementsAre("exp.yaml:5:33: judges[0].temp: belongs to a judge that is a model and called "
                    "by assay, which reference is not. Leave temp out.",
                    "exp.yaml:6:34: judges[1].max-calls: belongs to an API judge; the verdicts of "
                    "human are imported",
                    "exp.yaml:7:53: judges[2].concurrency: belongs to an API judge; gguf is a file",
                    "exp.yaml:8:42: judges[3].metric: belongs to provider: reference"));
}

TEST_F(ExperimentFile, TagsAreOfJudgesThatWriteRepliesToUs) {
    EXPECT_TRUE(plan_with("judges:\n  - {provider: gemini, model: m, tags: true}\n")
                    .judges.at(0)
                    .api()
                    .tags);
    EXPECT_THAT(errors_with("judges:\n  - {provider: reference, tags: true}\n  - {provider: batch, "
                            "name: n, tags: true}\n"),
                ElementsAre("exp.yaml:5:33: judges[0].tags: belongs to a judge that is a model and "
                            "called by assay, which reference is not. Leave tags out.",
                            "exp.yaml:6:38: judges[1].tags: belongs to a judge that is a model and "
                            "called by assay, which batch is not. Leave tags out."));
}

TEST_F(ExperimentFile, AProviderWithAnAddressOfItsOwnNeedsOnlyAModel) {
    unsetenv("OLLAMA_HOST");
    const auto plan = plan_with(
        "judges:\n  - {provider: gemini, model: gemini-3-pro}\n  - anthropic:claude-x\n  - "
        "ollama:qwen3:8b\n"
        "  - {provider: ollama, model: b, url: \"http://10.0.0.2:11434\"}\n");
    ASSERT_EQ(plan.judges.size(), 4u);
    EXPECT_EQ(plan.judges[0].name, "gemini-3-pro");
    EXPECT_EQ(plan.judges[0].api().url, "https://generativelanguage.googleapis.com");
    EXPECT_EQ(plan.judges[1].name, "claude-x");
    EXPECT_EQ(plan.judges[1].api().url, "https://api.anthropic.com");
    EXPECT_EQ(plan.judges[2].name, "qwen3-8b");
    EXPECT_EQ(plan.judges[2].api().url, "http://127.0.0.1:11434");
    EXPECT_EQ(plan.judges[3].api().url, "http://10.0.0.2:11434");
    EXPECT_THAT(errors_with("judges: [{provider: gemini}]\n"),
                ElementsAre("exp.yaml:4:10: judges[0]: gemini needs model"));
}

TEST_F(ExperimentFile, AModelFileIsAJudgeNamedAfterIt) {
    const auto plan = plan_with(
        "judges:\n  - {provider: gguf, file: other.gguf}\n"
        "  - {name: slow, provider: gguf, file: other.gguf, reasoning: true, ctx-size: 2048}\n  - "
        "gguf:model-F16.gguf\n");
    ASSERT_EQ(plan.judges.size(), 3u);
    EXPECT_EQ(plan.judges[0].name, "other");
    EXPECT_EQ(plan.judges[0].embedded().model, "other");
    EXPECT_EQ(plan.judges[0].embedded().file, folder_.path("other.gguf"));
    EXPECT_FALSE(plan.judges[0].embedded().reasoning);
    EXPECT_EQ(plan.judges[0].embedded().ctx_size, 0);
    EXPECT_TRUE(plan.judges[1].embedded().reasoning);
    EXPECT_EQ(plan.judges[1].embedded().ctx_size, 2048);
    EXPECT_EQ(plan.judges[2].name, "model-F16");
    EXPECT_EQ(plan.judges[2].embedded().file, folder_.path("model-F16.gguf"));
    EXPECT_THAT(
        errors_with(
            "judges:\n  - {provider: gguf, model: m}\n  - {provider: reference, reasoning: true}\n"
            "  - gguf:none.gguf\n  - \"gguf:\"\n"),
        ElementsAre(
            "exp.yaml:5:5: judges[0]: gguf needs file",
            "exp.yaml:5:29: judges[0].model: belongs to an API judge; gguf is a file",
            "exp.yaml:6:38: judges[1].reasoning: belongs to provider: gguf",
            "exp.yaml:7:5: judges[2]: no such file: none.gguf",
            testing::StartsWith("exp.yaml:8:5: judges[3]: gguf needs a file. Write reference, ")));
}

TEST_F(ExperimentFile, AJudgeByHandNeedsNothingButItsProvider) {
    const auto plan = plan_with(
        "judges:\n  - {name: panel, provider: batch}\n  - {provider: human, show-expected: "
        "false}\n  - human:Ada\n");
    ASSERT_EQ(plan.judges.size(), 3u);
    EXPECT_EQ(plan.judges[0].name, "panel");
    EXPECT_EQ(plan.judges[0].provider, "batch");
    EXPECT_EQ(plan.judges[0].kind(), JudgeKind::kByHand);
    EXPECT_EQ(plan.judges[1].name, "human");
    EXPECT_FALSE(plan.judges[1].show_expected);
    EXPECT_EQ(plan.judges[2].name, "Ada");
    EXPECT_THAT(errors_with("judges: [{provider: batch, url: \"http://x\"}]\n"),
                ElementsAre("exp.yaml:4:33: judges[0].url: belongs to an API judge; the verdicts "
                            "of batch are imported"));
}

TEST_F(ExperimentFile, OllamasAddressIsThatOfItsVariable) {
    setenv("OLLAMA_HOST", "10.0.0.3", 1);
    const auto plan = plan_with("judges: [ollama:m, ollama:n@http://127.0.0.1:1]\n");
    setenv("OLLAMA_HOST", "ftp://x", 1);
    const auto errors = errors_with("judges: [ollama:m]\n");
    unsetenv("OLLAMA_HOST");
    EXPECT_EQ(plan.judges[0].api().url, "http://10.0.0.3:11434");
    EXPECT_EQ(plan.judges[1].api().url, "http://127.0.0.1:1");
    EXPECT_THAT(
        errors,
        ElementsAre(
            "exp.yaml:4:10: judges[0]: the address in OLLAMA_HOST must begin with http:// or "
            "https://. Mend the variable, or write url."));
}

TEST_F(ExperimentFile, TextAndFileOfTheSamePromptExcludeEachOther) {
    EXPECT_THAT(
        errors_with("generation: {system: a, system-file: s.txt, chat-template: \"{{ messages "
                    "}}\", chat-template-file: c}\n"),
        testing::IsSupersetOf(
            {"exp.yaml:4:38: generation.system-file: is given beside system; give one of them",
             "exp.yaml:4:98: generation.chat-template-file: is given beside chat-template; give "
             "one of them"}));
}

TEST_F(ExperimentFile, DatasetFieldsMustBeOurs) {
    EXPECT_THAT(errors_with("").size(), 0u);
    EXPECT_THAT(
        errors_of(
            "baseline: model-F16.gguf\nvariants: [Q8_0]\ndataset: {file: questions.jsonl, fields: "
            "{qestion: q, id: \"\"}}\n"),
        ElementsAre(
            "exp.yaml:3:43: unknown key \"qestion\" in dataset.fields; did you mean \"question\"?",
            "exp.yaml:3:59: dataset.fields.id: is empty. Name a field of the dataset."));
}

TEST_F(ExperimentFile, AnImatrixBelongsToATypeOnly) {
    folder_.write("i.gguf", "x");
    EXPECT_THAT(errors_of("baseline: model-F16.gguf\nvariants: [{file: other.gguf, imatrix: "
                          "i.gguf}]\ndataset: questions.jsonl\n"),
                ElementsAre("exp.yaml:2:40: variants[0].imatrix: belongs to a type that assay "
                            "makes, not to a finished file"));
}

TEST_F(ExperimentFile, AnEmptyBlockMeansItsDefaults) {
    const Plan plan = plan_with("generation:\nengine:\nanalysis:\njudges:\noutput:\n");
    EXPECT_EQ(plan.generation.predict, 128);
    ASSERT_EQ(plan.judges.size(), 1u);
    EXPECT_EQ(plan.judges[0].provider, "reference");
}

TEST_F(ExperimentFile, ReferenceHasAMetricAndABand) {
    const auto plan = load(
        "baseline: model-F16.gguf\nvariants: [Q8_0]\ndataset: questions.jsonl\n"
        "judges: [reference, \"reference:rouge_l\", {provider: reference, metric: chrf, tie-band: "
        "0.1}]\n");
    ASSERT_TRUE(plan) << testing::PrintToString(sentences(plan.error(), folder_));
    ASSERT_EQ(plan->judges.size(), 3U);
    EXPECT_EQ(plan->judges[0].name, "reference");
    EXPECT_EQ(plan->judges[1].name, "reference-rouge_l");
    EXPECT_EQ(plan->judges[1].metric().tie_band, 0.05);
    EXPECT_EQ(plan->judges[2].name, "reference-chrf");
    EXPECT_EQ(plan->judges[2].metric().tie_band, 0.1);
}

TEST_F(ExperimentFile, BaselineAndVariantsMayBeFilesOfAnswers) {
    for (const char* name : {"f16.jsonl", "q4.jsonl", "q8.csv"}) {
        folder_.write(name, "{}");
    }
    const auto plan = load(
        "baseline: {name: original, answers: f16.jsonl}\n"
        "variants: [{name: mine, answers: q4.jsonl, allow-missing: true}, \"answers:q8.csv\"]\n"
        "dataset: {limit: 5}\n");
    ASSERT_TRUE(plan) << testing::PrintToString(sentences(plan.error(), folder_));
    EXPECT_EQ(plan->baseline.name, "original");
    EXPECT_EQ(plan->baseline.answers()->file, folder_.path("f16.jsonl"));
    EXPECT_EQ(plan->variants[0].answers()->file, folder_.path("q4.jsonl"));
    EXPECT_TRUE(plan->variants[0].answers()->allow_missing);
    EXPECT_EQ(plan->variants[1].name, "q8");
    EXPECT_FALSE(plan->variants[1].answers()->allow_missing);
    EXPECT_EQ(plan->dataset.file, folder_.path("f16.jsonl"));
    EXPECT_EQ(plan->dataset.limit, 5);
    const auto word = load("baseline: answers:f16.jsonl\nvariants: [\"x=answers:q4.jsonl\"]\n");
    ASSERT_TRUE(word) << testing::PrintToString(sentences(word.error(), folder_));
    EXPECT_EQ(word->baseline.name, "f16");
    EXPECT_EQ(word->variants[0].name, "x");
}

TEST_F(ExperimentFile, AVariantIsOneThingOnly) {
    folder_.write("a.jsonl", "{}");
    EXPECT_THAT(
        errors_of(
            "baseline: {file: model-F16.gguf, answers: a.jsonl}\nvariants: [{file: other.gguf, "
            "answers: a.jsonl}, {type: Q8_0, allow-missing: true}]\ndataset: questions.jsonl\n"),
        ElementsAre(
            "exp.yaml:1:43: baseline.answers: is given beside file; give one of them",
            HasSubstr(
                "variants[0]: needs one of type, file, checkpoint and answers, and has several"),
            HasSubstr("variants[0]: the name \"a\" is that of the baseline, too"),
            HasSubstr("variants[1].allow-missing: belongs to answers that are read from a file")));
}

TEST_F(ExperimentFile, AVariantMayBeRunInItsOwnWay) {
    const auto plan = load(
        "baseline: {file: model-F16.gguf, flash-attn: on}\n"
        "variants:\n"
        "  - {name: kv8, file: model-F16.gguf, cache-type-k: q8_0, cache-type-v: q8_0}\n"
        "  - {type: Q4_K_M, cache-type-k: q4_0}\n"
        "  - Q8_0\n"
        "dataset: questions.jsonl\n"
        "engine: {flash-attn: off, cache-type-k: bf16}\n");
    ASSERT_FALSE(plan) << "kv8 has a quantized V cache, and flash attention is off";
    EXPECT_THAT(sentences(plan.error(), folder_),
                ElementsAre(HasSubstr("variants[0].cache-type-v: q8_0 needs flash-attn: on")));
    const auto good = load(
        "baseline: {file: model-F16.gguf, flash-attn: on}\n"
        "variants:\n"
        "  - {name: kv8, file: model-F16.gguf, cache-type-k: q8_0, cache-type-v: q8_0, "
        "flash-attn: on}\n"
        "  - {type: Q4_K_M, cache-type-k: q4_0}\n"
        "  - Q8_0\n"
        "dataset: questions.jsonl\n"
        "engine: {flash-attn: off, cache-type-k: bf16}\n");
    ASSERT_TRUE(good) << testing::PrintToString(sentences(good.error(), folder_));
    EXPECT_EQ(good->engine.recipe, (RunRecipe{"off", "bf16", "f16"}));
    EXPECT_EQ(good->baseline.recipe, (RunRecipe{"on", "bf16", "f16"}));
    EXPECT_EQ(good->variants[0].recipe, (RunRecipe{"on", "q8_0", "q8_0"}));
    EXPECT_EQ(good->variants[0].file(), good->baseline.file());
    EXPECT_EQ(good->variants[1].recipe, (RunRecipe{"off", "q4_0", "f16"}));
    EXPECT_EQ(good->variants[2].recipe, good->engine.recipe);
}

TEST_F(ExperimentFile, AVariantsRecipeIsCheckedLikeTheEngines) {
    EXPECT_THAT(
        errors_of("baseline: {file: model-F16.gguf, flash-attn: maybe}\n"
                  "variants: [{type: Q8_0, cache-type-k: q9_0}, {name: kv8, "
                  "cache-type-k: q8_0}]\ndataset: questions.jsonl\n"),
        ElementsAre(HasSubstr("baseline.flash-attn: "),
                    HasSubstr("variants[0].cache-type-k: "),
                    HasSubstr("variants[1]: needs one of type, file, checkpoint and answers")));
}

}  // namespace
}  // namespace assay::config
