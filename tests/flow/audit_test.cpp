// `assay audit`: what the judges of a real run are like.

#include <fmt/format.h>
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
    EXPECT_NE(text.out.find("Judge reference (reference, token_f1), decides"), std::string::npos)
        << text.out;
    EXPECT_NE(text.out.find("Controls: passed"), std::string::npos);
    EXPECT_EQ(lab.assay({"audit", lab.run_dir()}).out, text.out);
    EXPECT_NE(lab.assay({"audit", lab.run_dir(), "--md"}).out.find("# Audit of the judges"),
              std::string::npos);
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
    EXPECT_EQ(judge["conduct"]["n"], needed_call + n_controls(controls));
    EXPECT_EQ(judge["controls"]["swapped"], controls["swapped"]);
    ASSERT_EQ(judge["variants"].size(), 2U);
    EXPECT_EQ(judge["variants"][1]["label"], "degraded");
    EXPECT_EQ(judge["variants"][1]["net_win_rate"], report["comparisons"][1]["net_win_rate"]);
}

/// Fills in the forms of the first batches: A, B and TIE in turn. Gives the forms.
Strings label(const Lab& lab, int n_batches) {
    Strings forms;
    for (int batch = 1; batch <= n_batches; ++batch) {
        const std::string name = fmt::format("out/batch_{:02}_reply.json", batch);
        json form = json::parse(bytes_of(lab.folder() / name));
        for (json& evaluation : form["evaluations"]) {
            evaluation["verdict"] = Strings{
                "TIE", "A", "B"}[evaluation["example"].get<std::size_t>() % 3];
        }
        forms.push_back(lab.folder().write(name, form.dump()));
    }
    return forms;
}

TEST(Audit, APersonWhoLabelledAPartIsComparedAndCalibratesTheJudge) {
    const Lab lab(80);
    ASSERT_NE(lab.run("Q2_K", {"--judge", "reference", "--judge", "human:Ada"}).exit_code, 1);
    EXPECT_TRUE(lab.comparison("Q2_K")["calibration"].is_null());
    ASSERT_EQ(
        lab.assay({"export", "batches", lab.run_dir(), "--out", (lab.folder() / "out").string()})
            .exit_code,
        0);
    Strings import{"import", "verdicts", lab.run_dir()};
    for (const std::string& form : label(lab, 7)) {
        import.push_back(form);
    }
    const Ended imported = lab.assay(import);
    ASSERT_EQ(imported.exit_code, 0) << describe(imported);

    const json calibration = lab.comparison("Q2_K")["calibration"];
    EXPECT_EQ(calibration["people"], json::array({"Ada"}));
    EXPECT_GE(calibration["n_labelled"], 20);
    EXPECT_GT(calibration["n_judge_only"], 2);
    EXPECT_EQ(calibration["n_settled"], lab.comparison("Q2_K")["counts"]["identical"]);
    EXPECT_LT(calibration["net"]["low"], calibration["net"]["value"]);
    EXPECT_EQ(calibration["label_differs"], true) << "the metric says degraded, and Ada draws lots";
    EXPECT_NE(bytes_of(lab.run_dir() + "/report.md").find("The judge alone gives another label"),
              std::string::npos);

    const json audit = json::parse(lab.assay({"audit", lab.run_dir(), "--json"}).out);
    ASSERT_EQ(audit["agreement"]["pairs"].size(), 1U);
    EXPECT_EQ(audit["agreement"]["pairs"][0]["n"], calibration["n_labelled"]);
    EXPECT_EQ(audit["judges"][0]["variants"][0]["calibration"], calibration);
    EXPECT_EQ(audit["judges"][1]["people"], true);
    EXPECT_TRUE(audit["judges"][1]["variants"][0]["calibration"].is_null());
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
