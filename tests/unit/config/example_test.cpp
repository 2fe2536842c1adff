#include "assay/config/example.hpp"

#include <gmock/gmock.h>

#include "assay/config/plan_json.hpp"
#include "folder.hpp"

namespace assay::config {
namespace {

class Example : public PlanTest {};

TEST_F(Example, MeansWhatItsNeededKeysAloneMean) {
    const auto example = load(example_experiment());
    ASSERT_TRUE(example) << testing::PrintToString(sentences(example.error(), folder_));
    const auto small = load(
        "baseline: {file: model-F16.gguf}\nvariants: [Q8_0, Q4_K_M]\ndataset: {file: "
        "questions.jsonl}\n");
    ASSERT_TRUE(small);
    EXPECT_EQ(plan_to_json(*example), plan_to_json(*small));
    EXPECT_EQ(example->run_dir, small->run_dir);
    EXPECT_EQ(example->engine.threads, small->engine.threads);
    EXPECT_EQ(example->engine.slots, small->engine.slots);
    EXPECT_EQ(example->engine.path, small->engine.path);
}

TEST_F(Example, ShowsEveryKey) {
    // Every block with a key that nobody knows: the errors list the keys that are known.
    const auto errors = errors_of(
        "baseline: {qqqqqqqqqqqq: 1}\nvariants: [{qqqqqqqqqqqq: 1}]\ndataset: {qqqqqqqqqqqq: "
        "1}\ngeneration: "
        "{qqqqqqqqqqqq: 1}\n"
        "judges: [{qqqqqqqqqqqq: 1}]\nanalysis: {qqqqqqqqqqqq: 1}\nengine: {qqqqqqqqqqqq: "
        "1}\noutput: {qqqqqqqqqqqq: "
        "1}\nqqqqqqqqqqqq: 1\n");
    const std::string example = example_experiment();
    int n_keys = 0;
    for (const std::string& error : errors) {
        const std::size_t at = error.find("known: ");
        if (at == std::string::npos) {
            continue;
        }
        for (std::size_t start = at + 7; start < error.size();) {
            const std::size_t end = std::min(error.find(", ", start), error.size());
            const std::string key = error.substr(start, end - start);
            start = end + 2;
            ++n_keys;
            if (key == "quant") {
                continue;  // another word for type
            }
            EXPECT_NE(example.find(key + ":"), std::string::npos) << key;
        }
    }
    EXPECT_GE(n_keys, 55);
}

}  // namespace
}  // namespace assay::config
