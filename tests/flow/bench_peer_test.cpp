// Beside llama-bench, built of the same source: the fields of its lines, and what they are
// measured in.

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "engine_places.hpp"
#include "lab.hpp"

namespace assay::test {
namespace {

using nlohmann::ordered_json;

std::vector<ordered_json> tests_of(const Ended& ended) {
    std::vector<ordered_json> out;
    std::istringstream lines(ended.out);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("{")) {
            out.push_back(ordered_json::parse(line));
        }
    }
    return out;
}

Strings names_of(const ordered_json& test) {
    Strings out;
    for (const auto& [name, value] : test.items()) {
        out.push_back(name);
    }
    return out;
}

TEST(BenchPeer, LinesHaveLlamaBenchsFieldsTypesAndUnits) {
    if (const std::string missing = missing_for_models(); !missing.empty()) {
        GTEST_SKIP() << missing;
    }
    if (llama_tool("llama-bench").empty()) {
        GTEST_SKIP() << "llama-bench is not there: scripts/llama.sh peers";
    }
    const Strings sizes{"-p", "64", "-n", "8", "-r", "3", "-t", "1", "-o", "jsonl"};
    const auto run_of = [&](Strings command) {
        command.insert(command.end(), sizes.begin(), sizes.end());
        Ended ended = run({.command = command, .environment = {}, .folder = {}, .out_file = {}});
        EXPECT_EQ(ended.exit_code, 0) << describe(ended);
        return tests_of(ended);
    };
    const auto theirs = run_of({llama_tool("llama-bench"), "-m", real_model(), "-fa", "on"});
    const auto ours = run_of(
        {ASSAY_PROGRAM, "bench", real_model(), "--engine", real_engine(), "--batch", "8", "-q"});
    ASSERT_EQ(theirs.size(), 2U);
    ASSERT_EQ(ours.size(), 3U);
    // What is the machine's and the model's is the same, too.
    const std::set<std::string> kSame{"cpu_info",       "gpu_info",     "backends",
                                      "model_type",     "model_size",   "n_ubatch",
                                      "n_threads",      "cpu_mask",     "cpu_strict",
                                      "type_k",         "type_v",       "n_gpu_layers",
                                      "model_n_params", "split_mode",   "main_gpu",
                                      "no_kv_offload",  "flash_attn",   "devices",
                                      "tensor_split",   "n_prompt",     "n_gen",
                                      "n_depth",        "embeddings",   "no_op_offload",
                                      "no_host",        "fit_target",   "fit_min_ctx",
                                      "lazy_mode",      "n_cpu_moe",    "poll",
                                      "build_commit",   "build_number", "tensor_buft_overrides",
                                      "model_filename"};
    for (std::size_t i = 0; i < theirs.size(); ++i) {
        EXPECT_EQ(names_of(ours[i]), names_of(theirs[i]));
        for (const auto& [name, value] : theirs[i].items()) {
            if (kSame.contains(name)) {
                EXPECT_EQ(ours[i][name], value) << name;
            }
            EXPECT_EQ(ours[i][name].is_number(), value.is_number()) << name;
            EXPECT_EQ(ours[i][name].is_string(), value.is_string()) << name;
        }
        const double ratio = ours[i]["avg_ts"].get<double>() / theirs[i]["avg_ts"].get<double>();
        std::cout << "t/s of ours / llama-bench's, test " << i << ": " << ratio << "\n";
        // A check of units, not of speed: wrong ones are off by 8 (streams) or more.
        EXPECT_GT(ratio, 1 / 3.0);
        EXPECT_LT(ratio, 3);
    }
    Strings with_marker = names_of(theirs[1]);
    with_marker.push_back("n_parallel");
    EXPECT_EQ(names_of(ours[2]), with_marker);
}

}  // namespace
}  // namespace assay::test
