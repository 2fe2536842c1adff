// assay fidelity with the real engine and the demo's model.

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine_places.hpp"
#include "lab.hpp"

namespace assay::test {
namespace {

using nlohmann::json;

/// The first bytes of the science example's corpus.
std::string science_text(std::size_t n_bytes) {
    std::ifstream corpus(ASSAY_SOURCE_DIR "/examples/science-qa/corpus.jsonl");
    std::string out;
    for (std::string line; out.size() < n_bytes && std::getline(corpus, line);) {
        out += json::parse(line)["text"].get<std::string>() + "\n\n";
    }
    out.resize(std::min(out.size(), n_bytes));
    return out;
}

class PerplexityModel : public testing::Test {
 protected:
    void SetUp() override {
        if (const std::string missing = missing_for_models(); !missing.empty()) {
            GTEST_SKIP() << missing;
        }
        text = folder.write("text.txt", science_text(9000) + "\n");
    }
    Ended fidelity(const Strings& more) const {
        Strings command{ASSAY_PROGRAM, "fidelity", "--engine", real_engine(), "-q"};
        command.insert(command.end(), more.begin(), more.end());
        return run({.command = command,
                    .environment = {{"ASSAY_CACHE", (folder / "cache").string()}},
                    .folder = {},
                    .out_file = {}});
    }
    json measured(Strings more) const {
        more.insert(more.end(), {"-m", real_model(), "-f", text, "--json"});
        const Ended ended = fidelity(more);
        EXPECT_EQ(ended.exit_code, 0) << describe(ended);
        return json::parse(ended.out);
    }
    static double number(const json& figure) { return figure["value"].get<double>(); }

    TempFolder folder;
    std::string text;
};

TEST_F(PerplexityModel, OfTheBaselineItselfIsExactlyNothingAndOfTypesGrowsWithTheDamage) {
    const json out = measured(
        {"-c", "128", "--chunks", "4", "--variants", "Q8_0,Q2_K,same=" + real_model()});
    const json &q8 = out["variants"][0], &q2 = out["variants"][1], &same = out["variants"][2];
    EXPECT_EQ(number(same["kld"]), 0);
    EXPECT_EQ(same["kld_percentiles"]["maximum"], 0);
    EXPECT_EQ(same["p_diff_percentiles"]["minimum"], 0);
    EXPECT_EQ(number(same["same_top"]), 1);
    EXPECT_GT(number(q8["kld"]), 0);
    EXPECT_LT(number(q8["kld"]), 0.05);
    EXPECT_GT(number(q2["kld"]), 10 * number(q8["kld"]));
    EXPECT_GT(number(q2["perplexity"]), number(q8["perplexity"]));
    EXPECT_LT(number(q2["same_top"]), number(q8["same_top"]));
    EXPECT_EQ(out["n_chunks"], 4);
    EXPECT_EQ(q8["n_tokens"], 4 * 63);
    // What was predicted holds, and is no idle figure.
    const auto peak = out["peak_memory_bytes"].get<double>();
    const auto predicted = out["predicted_memory_bytes"].get<double>();
    EXPECT_GT(predicted, 0.8 * peak) << out["peak_memory_bytes"];
    EXPECT_LT(predicted, 1.5 * peak) << out["peak_memory_bytes"];
}

TEST_F(PerplexityModel, IsTheSameWithOtherThreadsAndInTheCompatibleArithmeticNearIt) {
    const Strings asked{"-c", "128", "--chunks", "3", "--variants", "Q4_K_M"};
    const auto with = [&](const Strings& more) {
        Strings out = asked;
        out.insert(out.end(), more.begin(), more.end());
        return measured(out)["variants"][0];
    };
    const json exact = with({"-t", "2"});
    EXPECT_EQ(with({"-t", "1"}), exact);
    const json compatible = with({"--compatible"});
    EXPECT_NEAR(number(compatible["kld"]), number(exact["kld"]), 0.01 * number(exact["kld"]));
    EXPECT_NEAR(number(compatible["perplexity"]),
                number(exact["perplexity"]),
                1e-4 * number(exact["perplexity"]));
}

TEST_F(PerplexityModel, TakesChunksInPartsAndSeveralAtOnce) {
    const Strings asked{"-c", "128", "--chunks", "4", "--variants", "Q8_0"};
    std::vector<json> found;
    for (const char* batch : {"128", "512", "64", "50"}) {
        Strings more = asked;
        more.insert(more.end(), {"-b", batch});
        found.push_back(measured(more));
    }
    for (const json& each : found) {
        // Other batches go through other kernels: the last digits may differ, no more.
        EXPECT_NEAR(number(each["baseline"]["perplexity"]),
                    number(found[0]["baseline"]["perplexity"]),
                    0.02 * number(found[0]["baseline"]["perplexity"]))
            << each["batch_size"];
        EXPECT_NEAR(number(each["variants"][0]["kld"]),
                    number(found[0]["variants"][0]["kld"]),
                    0.5 * number(found[0]["variants"][0]["kld"]))
            << each["batch_size"];
        EXPECT_GT(number(each["variants"][0]["kld"]), 0);
        EXPECT_EQ(each["n_chunks"], 4);
    }
}

TEST_F(PerplexityModel, RefusesWeightsThatAreDamaged) {
    const std::string made = (folder / "q8.gguf").string();
    ASSERT_EQ(run({.command = {ASSAY_PROGRAM,
                               "quantize",
                               real_model(),
                               "Q8_0",
                               "-o",
                               made,
                               "-q",
                               "--engine",
                               real_engine()},
                   .environment = {},
                   .folder = {},
                   .out_file = {}})
                  .exit_code,
              0);
    // The end of the file is the last tensor: scales of blocks that are no numbers.
    std::fstream file(made, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(-200'000, std::ios::end);
    file << std::string(150'000, '\xff');
    file.close();
    const Ended ended = fidelity(
        {"-m", real_model(), "-f", text, "-c", "128", "--chunks", "2", "--variants", made});
    EXPECT_EQ(ended.exit_code, 2) << describe(ended);
    EXPECT_TRUE(contains(ended.err, made)) << describe(ended);
    EXPECT_TRUE(contains(ended.err, "not finite")) << describe(ended);
}

}  // namespace
}  // namespace assay::test
