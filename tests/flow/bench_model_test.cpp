// assay bench with the real engine and the demo's model.

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "engine_places.hpp"
#include "lab.hpp"

namespace assay::test {
namespace {

using nlohmann::json;

class BenchModel : public testing::Test {
 protected:
    void SetUp() override {
        if (const std::string missing = missing_for_models(); !missing.empty()) {
            GTEST_SKIP() << missing;
        }
    }
    Ended bench(const Strings& more) const {
        Strings command{ASSAY_PROGRAM, "bench", "--engine", real_engine(), "-q", "-t", "1"};
        command.insert(command.end(), more.begin(), more.end());
        return run({.command = command,
                    .environment = {{"ASSAY_CACHE", (folder / "cache").string()}},
                    .folder = {},
                    .out_file = {}});
    }
    static const json& values(const json& variant, const char* measure) {
        return variant["measures"][measure]["values"];
    }

    TempFolder folder;
};

TEST_F(BenchModel, MeasuresWhatItSaysAndPredictsTheMemory) {
    const Ended ended = bench({real_model(),
                               "--variants",
                               "Q8_0",
                               "-p",
                               "64",
                               "-n",
                               "4",
                               "--batch",
                               "8",
                               "-r",
                               "2",
                               "--json"});
    ASSERT_EQ(ended.exit_code, 0) << describe(ended);
    const json out = json::parse(ended.out);
    ASSERT_EQ(out["variants"].size(), 2U);
    for (const json& variant : out["variants"]) {
        for (const auto& [name, measure] : variant["measures"].items()) {
            ASSERT_EQ(measure["values"].size(), 2U) << name;
            EXPECT_GT(measure["values"][0], 0) << name;
        }
        for (int round = 0; round < 2; ++round) {
            const double prefill = 64 /
                                   values(variant, "prefill_tokens_per_s")[round].get<double>();
            const double first = values(variant, "first_token_s")[round].get<double>();
            // The first token is the same prompt, and a choice: no second one.
            EXPECT_GT(first, prefill);
            EXPECT_LT(first, 1.5 * prefill);
        }
        // What was predicted holds, and is no idle figure.
        const double predicted = variant["predicted_memory_bytes"].get<double>();
        const double peak = values(variant, "peak_memory_bytes")[1].get<double>();
        EXPECT_GT(predicted, 0.6 * peak) << variant["name"];
        EXPECT_LT(predicted, 1.5 * peak) << variant["name"];
    }
    // 8 bits take less memory than 16, in processes of their own.
    EXPECT_LT(values(out["variants"][1], "peak_memory_bytes")[1].get<double>(),
              0.8 * values(out["variants"][0], "peak_memory_bytes")[1].get<double>());
    EXPECT_TRUE(contains(out["variants"][1]["type"], "Q8_0")) << out["variants"][1]["type"];
}

TEST_F(BenchModel, RefusesAnEmbeddingModelAndAFileThatIsNone) {
    const std::string none = folder.write("none.gguf", "not a model");
    EXPECT_EQ(bench({none}).exit_code, 2);
    if (!std::filesystem::exists(embedding_model())) {
        GTEST_SKIP() << embedding_model() << " is not there: `make embedder`";
    }
    const Ended ended = bench({embedding_model()});
    EXPECT_EQ(ended.exit_code, 2) << describe(ended);
    EXPECT_TRUE(contains(ended.err, "does not write token by token")) << describe(ended);
}

}  // namespace
}  // namespace assay::test
