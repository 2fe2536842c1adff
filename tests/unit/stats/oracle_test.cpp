#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "assay/stats_oracle/runner.hpp"

namespace assay::stats_oracle {
namespace {

std::string file_with(const std::string& cases) {
    return "{\"cases\": [" + cases + "]}";
}

std::string wilson_case(const std::string& out) {
    return R"({"id": "w", "fn": "wilson_ci", "in": {"x": 0, "n": 1, "conf": 0.95}, "out": )" + out +
           R"(, "tol": {"abs": 1e-10, "rel": 0}})";
}

/// Every case of a file of reference values that this checkout may have passes.
void expect_that_all_pass(const char* file, std::int64_t n_cases) {
    const std::filesystem::path path = std::filesystem::path(ASSAY_SOURCE_DIR) / ".." / "shared" /
                                       "data" / file;
    if (!std::filesystem::exists(path)) {
        GTEST_SKIP() << "the reference values are not here: " << path << " does not exist";
    }
    const auto run = run_oracle_file(path);
    ASSERT_TRUE(run) << to_sentence(run.error());
    for (const std::string& failure : run->failures) {
        ADD_FAILURE() << failure;
    }
    EXPECT_EQ(run->failed, 0);
    EXPECT_GE(run->passed, n_cases);
}

TEST(Oracle, EveryCaseOfTheSharedFilePasses) {
    expect_that_all_pass("stats_oracle.json", 179);
}

TEST(Oracle, EveryCaseOfSeveralVerdictsOfAQuestionPasses) {
    expect_that_all_pass("power_oracle.json", 38);
}

TEST(Oracle, AWrongValueFailsAndIsNamed) {
    const auto run = run_oracle_text(file_with(wilson_case(R"({"lo": 0.0, "hi": 0.79})")), "here");
    ASSERT_TRUE(run);
    EXPECT_EQ(run->passed, 0);
    EXPECT_EQ(run->failed, 1);
    EXPECT_NE(run->failures.at(0).find("hi"), std::string::npos);
}

TEST(Oracle, ARightValuePassesWithinItsTolerance) {
    const auto run = run_oracle_text(file_with(wilson_case(R"({"lo": 0.0, "hi": 0.79345068562})")),
                                     "here");
    ASSERT_TRUE(run);
    EXPECT_EQ(run->passed, 1);
}

TEST(Oracle, AnOutputThatNobodyComputesFails) {
    const auto run = run_oracle_text(file_with(wilson_case(R"({"middle": null})")), "here");
    ASSERT_TRUE(run);
    EXPECT_EQ(run->failed, 1);
}

TEST(Oracle, NullMeansUndefinedAndNothingElse) {
    const std::string kappa =
        R"({"id": "k", "fn": "cohen_kappa", "in": {"table": [[10, 0], [0, TAIL]], "weights": "none"},
                                  "out": {"kappa": null}, "tol": {"abs": 1, "rel": 1}})";
    std::string undefined = kappa, defined = kappa;
    undefined.replace(undefined.find("TAIL"), 4, "0");
    defined.replace(defined.find("TAIL"), 4, "3");
    EXPECT_EQ(run_oracle_text(file_with(undefined), "here")->passed, 1);
    EXPECT_EQ(run_oracle_text(file_with(defined), "here")->failed, 1);
}

TEST(Oracle, AnUnknownFunctionAndUnusableInputsFail) {
    const auto run = run_oracle_text(
        file_with(
            R"({"id": "1", "fn": "nonsense", "in": {}, "out": {"p": 1}, "tol": {"abs": 0, "rel": 0}},
                     {"id": "2", "fn": "sign_test", "in": {"wins": -1, "losses": 2}, "out": {"p_two": 1}, "tol": {"abs": 9, "rel": 9}},
                     {"id": "3", "fn": "sign_test", "in": {"wins": "x"}, "out": {"p_two": 1}, "tol": {"abs": 9, "rel": 9}})"),
        "here");
    ASSERT_TRUE(run);
    EXPECT_EQ(run->failed, 3);
}

TEST(Oracle, AFileThatIsNoneIsRefusedWithItsPlace) {
    for (const char* text :
         {"",
          "[",
          "{}",
          R"({"cases": 3})",
          R"({"cases": [{"id": "x"}]})",
          R"({"cases": [{"id": "x", "fn": "holm", "in": {}, "out": {}, "tol": {}}]})"}) {
        const auto run = run_oracle_text(text, "file.json");
        ASSERT_FALSE(run) << text;
        EXPECT_NE(to_sentence(run.error()).find("file.json"), std::string::npos);
    }
    EXPECT_FALSE(run_oracle_file("/nowhere/oracle.json"));
}

}  // namespace
}  // namespace assay::stats_oracle
