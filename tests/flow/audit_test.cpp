// `assay audit`: what the judges of a real run are like.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "lab.hpp"

namespace assay::test {
namespace {

using nlohmann::json;

TEST(Audit, OfARunIsTheSameEveryTimeAndChangesNothing) {
    const Lab lab(30);
    ASSERT_NE(lab.run("Q8_0,Q2_K").exit_code, 1);
    const auto before = lab.artifacts();
    const Ended text = lab.assay({"audit", lab.run_dir()});
    EXPECT_EQ(text.exit_code, 0) << describe(text);
    EXPECT_EQ(text.err, "");
    EXPECT_NE(text.out.find("Judge reference (reference, token_f1), decides"), std::string::npos) << text.out;
    EXPECT_NE(text.out.find("Controls: passed"), std::string::npos);
    EXPECT_EQ(lab.assay({"audit", lab.run_dir()}).out, text.out);
    EXPECT_NE(lab.assay({"audit", lab.run_dir(), "--md"}).out.find("# Audit of the judges"), std::string::npos);
    EXPECT_EQ(difference(before, lab.artifacts()), "");
}

TEST(Audit, AgreesWithTheReport) {
    const Lab lab(30);
    ASSERT_NE(lab.run("Q8_0,Q2_K").exit_code, 1);
    const json audit = json::parse(lab.assay({"audit", lab.run_dir(), "--json"}).out);
    EXPECT_EQ(audit["schema_version"], 1);
    ASSERT_EQ(audit["judges"].size(), 1U);
    const json& judge = audit["judges"][0];
    const json report = lab.report();
    std::int64_t needed_call = 0;
    for (const json& comparison : report["comparisons"]) {
        const json& counts = comparison["counts"];
        needed_call += counts["n"].get<std::int64_t>() - counts["identical"].get<std::int64_t>();
    }
    const json& controls = report["controls"][0];
    EXPECT_EQ(judge["conduct"]["n"], needed_call + controls["identical"]["n"].get<std::int64_t>() + controls["swapped"]["n"].get<std::int64_t>() + controls["truncated"]["n"].get<std::int64_t>());
    EXPECT_EQ(judge["controls"]["swapped"], controls["swapped"]);
    ASSERT_EQ(judge["variants"].size(), 2U);
    EXPECT_EQ(judge["variants"][1]["label"], "degraded");
    EXPECT_EQ(judge["variants"][1]["net_win_rate"], report["comparisons"][1]["net_win_rate"]);
}

TEST(Audit, AJudgeOrAFolderThatIsNotThereIsASentence) {
    const Lab lab(3);
    ASSERT_NE(lab.run("Q8_0").exit_code, 1);
    const Ended judge = lab.assay({"audit", lab.run_dir(), "--judge", "nobody"});
    EXPECT_EQ(judge.exit_code, 2) << describe(judge);
    EXPECT_NE(judge.err.find("nobody"), std::string::npos);
    EXPECT_NE(judge.err.find("reference"), std::string::npos);
    lab.folder().write("empty/keep.txt", "x");
    const Ended folder = lab.assay({"audit", (lab.folder() / "empty").string()});
    EXPECT_EQ(folder.exit_code, 2) << describe(folder);
    EXPECT_EQ(folder.out, "");
}

}  // namespace
}  // namespace assay::test
