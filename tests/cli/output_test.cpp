// stdout is the result, stderr the progress.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "lab.hpp"

namespace assay::test {
namespace {

using nlohmann::json;

TEST(Output, OfARunIsTheTableOnStdoutAndProgressOnStderr) {
    const Lab lab(5);
    const Ended ended = lab.run("Q8_0,Q2_K");
    for (const char* name : {"Q8_0", "Q2_K", "report.md"}) {
        EXPECT_NE(ended.out.find(name), std::string::npos) << ended.out;
    }
    for (const char* word :
         {"experiment", "making Q8_0", "answers of Q2_K", "verdicts of reference"}) {
        EXPECT_NE(ended.err.find(word), std::string::npos) << word << "\n" << ended.err;
    }
    EXPECT_EQ(ended.out.find("answers of"), std::string::npos);
}

TEST(Output, ThatIsPipedHasNoEscapeCodesAndNoCarriageReturns) {
    const Lab lab(5);
    const Environment colourful{{"TERM", "xterm-256color"}, {"COLORTERM", "truecolor"}};
    for (const Ended& ended :
         {lab.run("Q8_0,Q2_K", {}, colourful),
          lab.assay({"report", lab.run_dir()}, colourful),
          lab.assay({"trace", lab.run_dir(), "q01"}, colourful),
          lab.assay({"stats", "--wins", "4", "--losses", "5"}, colourful),
          lab.assay({"doctor", "--engine", SCRIPTED_ENGINE, lab.model()}, colourful),
          lab.assay({"run", "--help"}, colourful)}) {
        for (const char bad : {'\x1b', '\r', '\b'}) {
            EXPECT_EQ((ended.out + ended.err).find(bad), std::string::npos) << describe(ended);
        }
        EXPECT_NE(ended.out, "");
    }
}

TEST(Output, WithQuietStderrIsEmpty) {
    const Lab lab(4);
    const Ended ended = lab.run("Q8_0", {"--quiet"});
    EXPECT_EQ(ended.err, "");
    EXPECT_NE(ended.out, "");
}

TEST(Output, WithJsonIsOneDocumentWithASchemaVersion) {
    const Lab lab(4);
    const Ended run = lab.run("Q8_0", {"--json"});
    EXPECT_NE(run.err, "") << "the progress is still shown";
    const Ended doctor = lab.assay({"doctor", "--engine", SCRIPTED_ENGINE, lab.model(), "--json"});
    EXPECT_EQ(doctor.exit_code, 0) << describe(doctor);
    for (const Ended& ended : {run,
                               doctor,
                               lab.assay({"report", lab.run_dir(), "--json"}),
                               lab.assay({"trace", lab.run_dir(), "q01", "--json"}),
                               lab.assay({"stats", "--wins", "4", "--losses", "5", "--json"}),
                               lab.assay({"stats", lab.run_dir(), "--json"}),
                               lab.assay({"quantize",
                                          lab.model(),
                                          "Q2_K",
                                          "-o",
                                          (lab.folder() / "made.gguf").string(),
                                          "--engine",
                                          SCRIPTED_ENGINE,
                                          "--json"})}) {
        const json document = json::parse(ended.out, nullptr, false);
        ASSERT_TRUE(document.is_object()) << describe(ended);
        EXPECT_EQ(document.value("schema_version", 0), 1) << ended.out;
        EXPECT_TRUE(ended.out.ends_with("\n"));
    }
}

TEST(Output, OfStatsIsOnStdoutAlone) {
    const Lab lab(1);
    const Ended ended = lab.assay({"stats", "--wins", "45", "--losses", "48", "--ties", "61"});
    EXPECT_EQ(ended.exit_code, 0);
    EXPECT_EQ(ended.err, "");
    for (const char* number : {"48.4", "0.8358", "nconclusive"}) {
        EXPECT_NE(ended.out.find(number), std::string::npos) << number << "\n" << ended.out;
    }
    EXPECT_EQ(
        lab.assay({"stats", "--wins", "45", "--losses", "48", "--ties", "61", "--gate"}).exit_code,
        5);
    EXPECT_EQ(lab.assay({"stats",
                         "--wins",
                         "45",
                         "--losses",
                         "48",
                         "--ties",
                         "61",
                         "--gate",
                         "--fail-exit-code",
                         "9"})
                  .exit_code,
              9);
}

TEST(Output, OfStatsOfARunAgreesWithItsReport) {
    const Lab lab(12);
    EXPECT_NE(lab.run("Q8_0,Q2_K").exit_code, 1);
    const json report = json::parse(lab.assay({"report", lab.run_dir(), "--json"}).out);
    const json stats = json::parse(lab.assay({"stats", lab.run_dir(), "--json"}).out);
    ASSERT_EQ(stats.at("comparisons").size(), report.at("comparisons").size());
    for (std::size_t i = 0; i < stats.at("comparisons").size(); ++i) {
        json shown = report.at("comparisons")[i];
        shown.erase("tags");  // of judges' replies, which stats does not read
        for (const auto& [key, value] : shown.items()) {
            EXPECT_EQ(stats.at("comparisons")[i].at(key), value) << key;
        }
    }
    // The same through the study's file, which does not know that answers were cut or clusters
    // named.
    const std::string results = lab.run_dir() +
                                "/evaluation/exports/Q2_K/reference/evaluation_results.json";
    const json read = json::parse(lab.assay({"stats", results, "--json", "--margin", "0.1"}).out);
    EXPECT_EQ(read.at("variant"), "Q2_K");
    EXPECT_EQ(read.at("judge"), "reference");
    EXPECT_EQ(read.at("counts"), report.at("comparisons")[1].at("counts"));
    EXPECT_EQ(read.at("position"), report.at("comparisons")[1].at("position"));
}

TEST(Output, OfStatsOfAFileNamesEveryMistakeWithItsLine) {
    const Lab lab(1);
    const std::string file = lab.folder().write(
        "v.jsonl",
        "{\"question\": \"q1\", \"verdict\": \"win\"}\n"
        "{\"question\": \"q2\", \"verdict\": \"won\"}\n"
        "{\"question\": \"q1\", \"verdict\": \"loss\"}\n{\n");
    const Ended ended = lab.assay({"stats", file});
    EXPECT_EQ(ended.exit_code, 2);
    EXPECT_EQ(ended.out, "");
    for (const char* part : {"v.jsonl:2: verdict: unknown word \"won\"",
                             "v.jsonl:3: question \"q1\" stands twice",
                             "v.jsonl:4: broken JSON"}) {
        EXPECT_NE(ended.err.find(part), std::string::npos) << part << "\n" << ended.err;
    }
}

TEST(Output, OfQuantizeNamesTheFileItsTypesAndItsHash) {
    const Lab lab(1);
    const std::string file = (lab.folder() / "small.gguf").string();
    const Ended ended = lab.assay(
        {"quantize", lab.model(), "Q2_K", "-o", file, "--engine", SCRIPTED_ENGINE});
    EXPECT_EQ(ended.exit_code, 0) << describe(ended);
    for (const std::string& word :
         {file, std::string("sha256 "), std::string("7 Q2_K"), std::string("bits a weight")}) {
        EXPECT_NE(ended.out.find(word), std::string::npos) << word << "\n" << ended.out;
    }
    EXPECT_NE(bytes_of(file).find("type Q2_K"), std::string::npos);
    EXPECT_EQ(lab.assay({"quantize", lab.model(), "Q2_K", "-o", file, "--engine", SCRIPTED_ENGINE})
                  .exit_code,
              2)
        << "it is there already";
}

TEST(Output, OfDoctorSaysWhatIsBadWithExitCode1) {
    const Lab lab(1);
    EXPECT_EQ(lab.assay({"doctor", "--engine", SCRIPTED_ENGINE}).exit_code, 0);
    const Ended bad = lab.assay(
        {"doctor", "--engine", SCRIPTED_ENGINE, lab.folder().write("corrupt.gguf", "x")});
    EXPECT_EQ(bad.exit_code, 1) << describe(bad);
    EXPECT_NE(bad.out.find("BAD"), std::string::npos);
    EXPECT_NE(bad.out.find("corrupt.gguf"), std::string::npos);
    const Ended none = lab.assay({"doctor", "--engine", "nowhere/assay-engine"});
    EXPECT_EQ(none.exit_code, 1) << describe(none);
    EXPECT_NE(none.out.find("nowhere/assay-engine"), std::string::npos);
}

TEST(Output, TheReportsCommandRunsAgain) {
    const Lab lab(3);
    EXPECT_NE(lab.run("Q8_0", {"--system", "You're terse; say $HOME `x`."}).exit_code, 1);
    const std::string report = bytes_of(lab.run_dir() + "/report.md");
    EXPECT_NE(report.find("assay run -m"), std::string::npos);
    EXPECT_NE(report.find(R"('You'\''re terse; say $HOME `x`.')"), std::string::npos)
        << "quoted for a shell";
}

}  // namespace
}  // namespace assay::test
