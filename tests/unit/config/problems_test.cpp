#include "assay/config/problems.hpp"

#include <gmock/gmock.h>

namespace assay::config {
namespace {

TEST(Problems, ComeByLineAndThenInTheOrderInWhichTheyWereFound) {
    Problems problems;
    problems.add({"--temp", 0, 0, ""}, "b");
    problems.add({"exp.yaml", 3, 5, "x.y"}, "c");
    problems.add({"exp.yaml", 3, 1, ""}, "d", "Mend it.");
    problems.add({"--alpha", 0, 0, ""}, "e");
    std::vector<std::string> out;
    for (const Failure& failure : problems.take()) {
        out.push_back(to_sentence(failure));
    }
    EXPECT_THAT(
        out,
        testing::ElementsAre(
            "exp.yaml:3:1: d. Mend it.", "exp.yaml:3:5: x.y: c", "--temp: b", "--alpha: e"));
}

}  // namespace
}  // namespace assay::config
