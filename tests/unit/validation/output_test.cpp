#include "assay/validation/output.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "assay/validation/experiments.hpp"

namespace assay::validation {
namespace {

const Row kGood{"V1", "size", 0.0391, 0.0338, 0.0448, 4, "reference"};
const Row kBad{"V2", "power |x|", 0.7, 0.1, 0.2, 2, ""};

TEST(Output, SaysWhatWasMeasuredAndWhatIsAccepted) {
    EXPECT_EQ(line_of(kGood), "pass V1   size: 0.0391 in [0.0338, 0.0448]   (reference)");
    EXPECT_EQ(line_of(kBad), "FAIL V2   power |x|: 0.70 in [0.10, 0.20]");
    EXPECT_EQ(closing_line(std::vector<Row>{kGood, kBad, kGood}), "2 passed, 1 failed");
}

TEST(Output, AsMarkdownNamesTheRunAndEscapesCells) {
    const std::string text = markdown_of(std::vector<Row>{kGood, kBad},
                                         {.command = "assay_validate",
                                          .machine = "2 cores",
                                          .date = "2026-01-02",
                                          .seconds = 12.4,
                                          .scale = {.seed = 5}});
    for (const char* part : {"`assay_validate`",
                             "2 cores",
                             "2026-01-02",
                             "12 s",
                             "seed: 5",
                             "1 passed, 1 failed",
                             "| V1 | size | 0.0391 | [0.0338, 0.0448] | reference | pass |",
                             "| V2 | power \\|x\\| | 0.70 | [0.10, 0.20] |  | **FAIL** |"}) {
        EXPECT_NE(text.find(part), std::string::npos) << part;
    }
}

TEST(Experiments, AreAllInTheirOrder) {
    const std::vector<Experiment> all = all_experiments();
    // W12 is a run with real models, not a simulation.
    ASSERT_EQ(all.size(), 28u + 12u);
    for (std::size_t i = 0; i < 28 + 11; ++i) {
        EXPECT_EQ(all[i].id,
                  i < 28 ? "V" + std::to_string(i + 1) : "W" + std::to_string(i - 28 + 1));
    }
    EXPECT_EQ(all.back().id, "W13");
}

}  // namespace
}  // namespace assay::validation
