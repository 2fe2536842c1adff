#include "assay/speed/bench_lines.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

namespace assay::speed {
namespace {

using nlohmann::json;

std::vector<json> lines_of(const std::string& text) {
    std::vector<json> out;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        out.push_back(json::parse(line));
    }
    return out;
}

SpeedSample bench_sample(std::uint64_t ms) {
    const std::uint64_t ns = ms * 1'000'000;
    return {ns, 2 * ns, 3 * ns, 4 * ns, 8 * ns, 1000, 0, 0};
}

BenchModel model() {
    BenchModel out;
    out.path = "/m/x \"quoted\".gguf";
    out.type = "llama 135M Q8_0";
    out.size = 143'000'000;
    out.n_parameters = 134'515'008;
    out.recipe.cache_type_k = "q8_0";
    out.recipe.flash_attn = "off";
    out.n_threads = 3;
    out.time = "2026-01-02T03:04:05Z";
    return out;
}

TEST(BenchLines, AreThreeTestsInLlamaBenchsUnits) {
    const std::vector<SpeedSample> samples{bench_sample(100), bench_sample(200), bench_sample(300)};
    const auto lines = lines_of(bench_lines(model(), samples, {512, 64, 16, 256}));
    ASSERT_EQ(lines.size(), 3U);
    const json &prompt = lines[0], &answer = lines[1], &together = lines[2];
    EXPECT_EQ(prompt["n_prompt"], 512);
    EXPECT_EQ(prompt["n_gen"], 0);
    EXPECT_EQ(prompt["samples_ns"], json({200'000'000, 400'000'000, 600'000'000}));
    EXPECT_EQ(prompt["avg_ns"], 400'000'000);
    EXPECT_EQ(prompt["stddev_ns"], 200'000'000);
    // The mean of the rates, not the rate of the mean.
    EXPECT_NEAR(prompt["avg_ts"], (2560 + 1280 + 512 / 0.6) / 3, 1e-6);
    EXPECT_EQ(answer["n_gen"], 64);
    EXPECT_EQ(answer["n_prompt"], 0);
    EXPECT_DOUBLE_EQ(answer["samples_ts"][0].get<double>(), 64 / 0.4);
    EXPECT_FALSE(answer.contains("n_parallel"));
    EXPECT_EQ(together["n_parallel"], 16);
    EXPECT_EQ(together["n_gen"], 64);
    EXPECT_DOUBLE_EQ(together["samples_ts"][0].get<double>(), 16 * 64 / 0.8);
}

TEST(BenchLines, SayHowItWasRun) {
    const std::vector<SpeedSample> one{bench_sample(100)};
    const json line = lines_of(bench_lines(model(), one, {512, 64, 16, 256})).at(0);
    EXPECT_EQ(line["model_filename"], "/m/x \"quoted\".gguf");
    EXPECT_EQ(line["type_k"], "q8_0");
    EXPECT_EQ(line["type_v"], "f16");
    EXPECT_EQ(line["flash_attn"], 0);
    EXPECT_EQ(line["n_threads"], 3);
    EXPECT_EQ(line["n_ubatch"], 256);
    EXPECT_EQ(line["stddev_ts"], 0.0);
    EXPECT_EQ(line["stddev_ns"], 0);
    EXPECT_EQ(line["test_time"], "2026-01-02T03:04:05Z");
}

}  // namespace
}  // namespace assay::speed
