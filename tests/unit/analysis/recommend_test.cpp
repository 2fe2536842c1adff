#include "assay/analysis/recommend.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "assay/base/result.hpp"

namespace assay::analysis {
namespace {

using enum DecisionLabel;

Candidate of(const std::string& name, DecisionLabel label, std::uint64_t size = 0) {
    return {.name = name,
            .size_bytes = size,
            .path = size > 0 ? "models/" + name + ".gguf" : "",
            .label = label,
            .n_more = std::nullopt};
}

TEST(Recommend, TheSmallestThatMayShip) {
    const std::vector<Candidate> list{
        of("Q8_0", kEquivalent, 500), of("Q4_K_M", kNonInferior, 400), of("Q2_K", kDegraded, 200)};
    const Recommendation r = recommend(list, 1000);
    EXPECT_EQ(r.variant, "Q4_K_M");
    EXPECT_EQ(r.sentence,
              "Use Q4_K_M (models/Q4_K_M.gguf): not worse than the baseline by more than the "
              "margin, and 60.0 % smaller.");
}

TEST(Recommend, UnknownSizesComeLastAndGiveNoShare) {
    EXPECT_EQ(recommend(std::vector{of("served", kEquivalent), of("Q8_0", kEquivalent, 500)}, 1000)
                  .variant,
              "Q8_0");
    const Recommendation r = recommend(std::vector{of("served", kEquivalent)}, 1000);
    EXPECT_EQ(r.sentence, "Use served: equivalent to the baseline within the margin.");
    EXPECT_EQ(recommend(std::vector{of("a", kEquivalent, 7), of("b", kEquivalent, 7)}, 0).variant,
              "a");
}

TEST(Recommend, ALargerOneSaysSo) {
    EXPECT_NE(
        recommend(std::vector{of("F32", kEquivalent, 2000)}, 1000).sentence.find("100.0 % larger"),
        std::string::npos);
}

TEST(Recommend, NoneSaysWhyForEach) {
    std::vector<Candidate> list{of("Q2_K", kDegraded, 200),
                                of("Q4_K_M", kInconclusive, 400),
                                of("Q8_0", kNotMeasured, 500)};
    list[1].n_more = 364;
    const Recommendation r = recommend(list, 1000);
    EXPECT_FALSE(r.variant);
    for (const char* text : {"Q2_K is degraded",
                             "Q4_K_M is inconclusive",
                             "364 more questions",
                             "Q8_0 was not measured"}) {
        EXPECT_NE(r.sentence.find(text), std::string::npos) << r.sentence;
    }
    EXPECT_FALSE(recommend({}, 1000).variant);
    EXPECT_FALSE(recommend({}, 1000).sentence.empty());
}

TEST(ExitCode, WithoutAGateAsksWhetherAnyMayShip) {
    EXPECT_EQ(exit_code({}), 0);
    EXPECT_EQ(exit_code(std::vector{of("a", kDegraded), of("b", kEquivalent)}), 0);
    EXPECT_EQ(exit_code(std::vector{of("a", kNotMeasured), of("b", kNonInferior)}), 0);
    EXPECT_EQ(exit_code(std::vector{of("a", kDegraded), of("b", kNotMeasured)}), 3);
    EXPECT_EQ(exit_code(std::vector{of("a", kDegraded), of("b", kInconclusive)}), 5);
    EXPECT_EQ(exit_code(std::vector{of("a", kNotMeasured), of("b", kInconclusive)}), 5);
    EXPECT_EQ(exit_code(std::vector{of("a", kNotMeasured)}), 4);
}

TEST(ExitCode, AGateAsksAboutOneOrTakesTheWorst) {
    const std::vector<Candidate> list{
        of("a", kDegraded), of("b", kEquivalent), of("c", kInconclusive), of("d", kNotMeasured)};
    EXPECT_EQ(exit_code(list, {.gate = "a", .fail_exit_code = {}}), 3);
    EXPECT_EQ(exit_code(list, {.gate = "b", .fail_exit_code = {}}), 0);
    EXPECT_EQ(exit_code(list, {.gate = "c", .fail_exit_code = {}}), 5);
    EXPECT_EQ(exit_code(list, {.gate = "d", .fail_exit_code = {}}), 4);
    EXPECT_EQ(exit_code(list, {.gate = "all", .fail_exit_code = {}}), 3);
    EXPECT_EQ(exit_code(std::span(list).subspan(1), {.gate = "all", .fail_exit_code = {}}), 4);
    EXPECT_EQ(exit_code(std::span(list).subspan(1, 2), {.gate = "all", .fail_exit_code = {}}), 5);
    EXPECT_EQ(exit_code(std::span(list).subspan(1, 1), {.gate = "all", .fail_exit_code = {}}), 0);
}

TEST(ExitCode, AnUnknownGateNamesTheVariants) {
    try {
        (void)exit_code(std::vector{of("Q8_0", kEquivalent)},
                        {.gate = "Q9_0", .fail_exit_code = {}});
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::kUsage);
        EXPECT_NE(std::string(error.what()).find("Q9_0"), std::string::npos);
        EXPECT_NE(std::string(error.what()).find("Q8_0"), std::string::npos);
    }
}

TEST(ExitCode, AnotherCodeReplacesFailuresOnly) {
    EXPECT_EQ(exit_code(std::vector{of("a", kDegraded)}, {.gate = "", .fail_exit_code = 9}), 9);
    EXPECT_EQ(exit_code(std::vector{of("a", kInconclusive)}, {.gate = "a", .fail_exit_code = 0}),
              0);
    EXPECT_EQ(exit_code(std::vector{of("a", kEquivalent)}, {.gate = "", .fail_exit_code = 9}), 0);
}

TEST(Recommend, NothingOnAnExploratoryResult) {
    const Recommendation r = recommend(std::vector{of("Q8_0", kEquivalent, 500)},
                                       1000,
                                       {.is = true, .why = "the margin was 0.05."});
    EXPECT_FALSE(r.variant);
    EXPECT_EQ(r.sentence,
              "No variant is recommended, as the result is exploratory (the margin was 0.05): Q8_0 "
              "looks equivalent; to confirm it, judge new questions in another run directory.");
}

TEST(ExitCode, OfAnExploratoryResultThatWouldPassIsSix) {
    const auto code = [](DecisionLabel label, bool accepted) {
        return exit_code(std::vector{of("a", label)},
                         {.gate = "",
                          .fail_exit_code = {},
                          .exploratory = {.is = true, .why = {}, .accepted = accepted}});
    };
    EXPECT_EQ(code(kEquivalent, false), 6);
    EXPECT_EQ(code(kNonInferior, true), 0);
    EXPECT_EQ(code(kDegraded, false), 3);
    EXPECT_EQ(code(kInconclusive, false), 5);
}

}  // namespace
}  // namespace assay::analysis
