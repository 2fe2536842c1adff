// assay bench with the scripted engine: what it measures in which order, what it prints and what it
// refuses.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "lab.hpp"

namespace assay::test {
namespace {

using nlohmann::json;

class Bench : public testing::Test {
 protected:
    std::string file(const std::string& name, const std::string& bytes) const {
        return lab.folder().write(name, bytes);
    }
    Ended bench(const Strings& more) const {
        Strings out{"bench", "--engine", SCRIPTED_ENGINE, "-t", "1"};
        out.insert(out.end(), more.begin(), more.end());
        return lab.assay(out);
    }
    json measured(Strings more) const {
        more.push_back("--json");
        const Ended ended = bench(more);
        EXPECT_EQ(ended.exit_code, 0) << describe(ended);
        return json::parse(ended.out);
    }
    void refused(const Strings& more, int code, const std::string& words) const {
        const Ended ended = bench(more);
        EXPECT_EQ(ended.exit_code, code) << describe(ended);
        EXPECT_TRUE(contains(ended.err, words)) << "looked for " << words << "\n"
                                                << describe(ended);
        EXPECT_EQ(ended.out, "");
    }
    static double median(const json& variant, const char* measure) {
        return variant["measures"][measure]["median"].get<double>();
    }
    /// The measurements' places in time, round by round: the scripted engine adds them to the load
    /// time in nanoseconds.
    static std::vector<long> order_of(const json& variant, int bits) {
        std::vector<long> out;
        for (const json& value : variant["measures"]["load_s"]["values"]) {
            out.push_back(std::lround(value.get<double>() * 1e9) - bits * 10'000'000L);
        }
        return out;
    }

    const Lab lab{1};
};

TEST_F(Bench, MeasuresEveryModelOnceARoundAndMovesTheOrderOn) {
    const json out = measured({lab.model(), "--variants", "Q8_0,small=Q2_K", "-r", "4"});
    EXPECT_EQ(lab.n_requests("measure_speed"), 12);
    EXPECT_EQ(out["baseline"], "model");
    ASSERT_EQ(out["variants"].size(), 3U);
    EXPECT_EQ(order_of(out["variants"][0], 16), (std::vector<long>{1, 6, 8, 10}));
    EXPECT_EQ(order_of(out["variants"][1], 8), (std::vector<long>{2, 4, 9, 11}));
    EXPECT_EQ(order_of(out["variants"][2], 3), (std::vector<long>{3, 5, 7, 12}));
    EXPECT_EQ(out["variants"][2]["name"], "small");
}

TEST_F(Bench, SaysRatesRatiosAndIntervals) {
    const json out = measured({"-m",
                               "base=" + lab.model(),
                               "--variants",
                               "Q8_0",
                               "-p",
                               "320",
                               "-n",
                               "10",
                               "--batch",
                               "8",
                               "-r",
                               "6"});
    const json &base = out["variants"][0], &q8 = out["variants"][1];
    EXPECT_EQ(base["name"], "base");
    EXPECT_DOUBLE_EQ(median(base, "prefill_tokens_per_s"), 1000);
    EXPECT_DOUBLE_EQ(median(q8, "prefill_tokens_per_s"), 2000);
    EXPECT_DOUBLE_EQ(median(q8, "first_token_s"), 0.161);
    EXPECT_DOUBLE_EQ(median(q8, "decode_tokens_per_s"), 125);
    EXPECT_DOUBLE_EQ(median(q8, "batch_decode_tokens_per_s"), 500);
    EXPECT_EQ(median(q8, "peak_memory_bytes"), 123'456'789);
    const json& ratio = q8["measures"]["decode_tokens_per_s"]["ratio"];
    EXPECT_DOUBLE_EQ(ratio["median"], 2);
    EXPECT_DOUBLE_EQ(ratio["coverage"], 1 - 2.0 / 64);
    EXPECT_EQ(q8["measures"]["decode_tokens_per_s"]["differs"], true);
    EXPECT_EQ(q8["measures"]["peak_memory_bytes"]["differs"], false);
    EXPECT_TRUE(base["measures"]["load_s"]["ratio"].is_null());
    EXPECT_EQ(out["prompt_tokens"], 320);
    EXPECT_EQ(out["batch"], 8);
    EXPECT_EQ(out["threads"], 1);
}

TEST_F(Bench, ShowsModelsSideBySideAndWhatDoesNotDiffer) {
    const Ended ended = bench({lab.model(), "--variants", "Q8_0,same=" + lab.model()});
    EXPECT_EQ(ended.exit_code, 0) << describe(ended);
    for (const char* words : {"measured  5 rounds",
                              "prefill, 512 tokens, t/s",
                              "decode, 16 at once, t/s together",
                              "2.000 [2.000, 2.000]",
                              "holds the true one with 93.8 % (lowest and highest; from 6",
                              "~ same: no difference from model was seen in: ",
                              "~ Q8_0: no difference from model was seen in: peak memory."}) {
        EXPECT_TRUE(contains(ended.out, words)) << "looked for " << words << "\n" << ended.out;
    }
    const Ended few = bench({lab.model(), "--variants", "Q8_0", "-r", "4", "-q"});
    EXPECT_TRUE(contains(few.out, "4 rounds are too few to say what differs")) << few.out;
    EXPECT_FALSE(contains(few.out, "~")) << few.out;
    const Ended alone = bench({lab.model(), "-r", "1", "-q"});
    EXPECT_TRUE(contains(alone.out, "One round: no intervals")) << describe(alone);
    EXPECT_FALSE(contains(alone.out, "ratio")) << describe(alone);
    EXPECT_EQ(alone.err, "");
}

TEST_F(Bench, PrintsLinesOfLlamaBench) {
    const Ended ended = bench(
        {lab.model(), "--variants", "Q8_0", "-o", "jsonl", "-ctk", "q8_0", "-r", "2", "-q"});
    EXPECT_EQ(ended.exit_code, 0) << describe(ended);
    std::istringstream lines(ended.out);
    std::vector<json> tests;
    for (std::string line; std::getline(lines, line);) {
        tests.push_back(json::parse(line));
    }
    ASSERT_EQ(tests.size(), 6U);
    EXPECT_EQ(tests[3]["model_type"], "scripted Q8_0");
    EXPECT_EQ(tests[3]["n_prompt"], 512);
    EXPECT_EQ(tests[4]["n_gen"], 64);
    EXPECT_EQ(tests[5]["n_parallel"], 16);
    EXPECT_EQ(tests[5]["type_k"], "q8_0");
    EXPECT_EQ(tests[5]["samples_ns"].size(), 2U);
}

TEST_F(Bench, TakesModelsAndHowTheyAreRunFromAnExperiment) {
    const std::string experiment = file("exp.yaml",
                                        fmt::format("baseline: {{file: {}}}\n"
                                                    "variants:\n"
                                                    "  - Q8_0\n"
                                                    "  - {{name: q8cache, type: Q8_0, ctk: q8_0}}\n"
                                                    "dataset: {{file: {}}}\n"
                                                    "engine: {{slots: 8, threads: 2}}\n"
                                                    "judges: [reference]\n",
                                                    lab.model(),
                                                    lab.questions()));
    const json out = measured({experiment, "-r", "1"});
    ASSERT_EQ(out["variants"].size(), 3U);
    EXPECT_EQ(out["batch"], 8);
    EXPECT_EQ(out["threads"], 1) << "the flag goes before the file";
    EXPECT_TRUE(contains(out["variants"][2]["recipe"], "q8_0/f16"));
    EXPECT_TRUE(contains(out["notes"].dump(), "q8cache: run with")) << out["notes"];
    refused({experiment, "--variants", "Q2_K"}, 2, "an experiment names its models");
    refused({experiment, "-fa", "off"}, 2, "an experiment names its models");
}

TEST_F(Bench, MeasuresAnAdapterMergedAndApplied) {
    file("adapter.gguf", "lora yes\nsalt tuned\n");
    const auto experiment = [&](const std::string& adapter) {
        return file("lora.yaml",
                    fmt::format("baseline: {{file: {}, lora: [{{{}, scale: 0.5}}]}}\n"
                                "variants: [Q4_K_M, {{type: Q4_K_M, lora: applied}}]\n"
                                "dataset: {{file: {}}}\n"
                                "judges: [reference]\n",
                                lab.model(),
                                adapter,
                                lab.questions()));
    };
    const json out = measured({experiment("file: adapter.gguf"), "-n", "10", "-r", "1"});
    EXPECT_EQ(lab.n_requests("merge_lora"), 1);
    ASSERT_EQ(out["variants"].size(), 3U);
    const json &merged = out["variants"][1], &applied = out["variants"][2];
    EXPECT_TRUE(contains(out["variants"][0]["file"], "cache")) << "the merged file";
    EXPECT_FALSE(merged.contains("lora"));
    EXPECT_NE(merged["sha256"], applied["sha256"]) << "of the merged file, and of the file before";
    EXPECT_EQ(applied["lora"]["scale"], 0.5);
    EXPECT_EQ(applied["lora"]["file"], (lab.folder() / "adapter.gguf").string());
    EXPECT_GT(applied["size_bytes"].get<int>(), merged["size_bytes"].get<int>());
    EXPECT_DOUBLE_EQ(median(applied, "decode_tokens_per_s"),
                     median(merged, "decode_tokens_per_s") / 2)
        << "the scripted engine takes twice the time with an adapter";
    EXPECT_TRUE(contains(out["notes"].dump(), "Q4_K_M-applied: the baseline's LoRA adapter"))
        << out["notes"];
    const int n_measured = lab.n_requests("measure_speed");
    refused({experiment("file: model.gguf")}, 2, "is no LoRA adapter");
    EXPECT_EQ(lab.n_requests("measure_speed"), n_measured);
}

TEST_F(Bench, SaysThatALoadWasTheDisks) {
    const std::string cold = file("cold.gguf", "type Q8_0\ncold 900000\n");
    const json out = measured({lab.model(), "--variants", cold, "-r", "2"});
    EXPECT_TRUE(contains(out["notes"].dump(), "cold: in 2 of 2 rounds the file was not all"))
        << out["notes"];
}

TEST_F(Bench, RefusesBeforeItMeasures) {
    refused({}, 2, "no baseline is named");
    refused({lab.model(), "-m", lab.model()}, 2, "two baselines are named");
    refused({lab.model(), "-r", "0"}, 2, "--repetitions");
    refused({lab.model(), "-p", "0"}, 2, "--prompt-tokens");
    refused({lab.model(), "--batch", "257"}, 2, "--batch");
    refused({lab.model(), "--output", "csv"}, 2, "--output");
    refused({lab.model(), "-ctk", "q9"}, 2, "--cache-type-k");
    refused({(lab.folder() / "none.gguf").string()}, 2, "no such file");
    refused({lab.model(), "--variants", "Q9_9"}, 2, "unknown type \"Q9_9\"");
    refused({lab.model(), "--variants", "answers:x.jsonl"}, 2, "is no model file");
    refused({lab.model(), "-p", "8193"}, 2, "a prompt of 8193 tokens is longer than the context");
    refused({lab.model(), "-n", "9000"}, 2, "an answer of 9000 tokens is longer");
    refused({file("head.gguf", "type F16\nhead 80\n"), "-ctv", "q8_0"},
            2,
            "head: cache-type-v: q8_0 is kept in blocks of 32 values");
    refused({lab.model(), "--variants", file("huge.gguf", "type Q8_0\nmemory 900000000000000\n")},
            1,
            "huge needs 900.0 TB of memory");
    EXPECT_EQ(lab.n_requests("measure_speed"), 0);
}

TEST_F(Bench, SaysHowTheEngineDied) {
    const Ended ended = lab.assay({"bench", "--engine", SCRIPTED_ENGINE, lab.model()},
                                  {{"SCRIPT_DIE_VERB", "measure_speed"}});
    EXPECT_EQ(ended.exit_code, 1) << describe(ended);
    EXPECT_TRUE(contains(ended.err, "while it was to measure a model's speed")) << ended.err;
    EXPECT_EQ(ended.out, "");
}

}  // namespace
}  // namespace assay::test
