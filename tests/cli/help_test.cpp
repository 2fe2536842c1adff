// Help, version, the manual, and what is said to a command line that is wrong.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "lab.hpp"

namespace assay::test {
namespace {

const Strings kCommands{"run",
                        "judge",
                        "plan",
                        "report",
                        "audit",
                        "retrieve",
                        "export",
                        "import",
                        "trace",
                        "stats",
                        "fidelity",
                        "bench",
                        "quantize",
                        "doctor",
                        "init",
                        "man"};

TEST(Help, OfEveryCommandHasAnExampleAndExitCode0) {
    const Lab lab(1);
    for (const std::string& command : kCommands) {
        const Ended ended = lab.assay({command, "--help"});
        EXPECT_EQ(ended.exit_code, 0) << command;
        EXPECT_TRUE(contains(ended.out, "Example")) << command << "\n" << ended.out;
        EXPECT_TRUE(contains(ended.out, "assay " + command)) << command << "\n" << ended.out;
        EXPECT_EQ(ended.err, "") << command;
    }
}

TEST(Help, OfTheProgramNamesEveryCommandAndTheMainJob) {
    const Lab lab(1);
    const Ended ended = lab.assay({"--help"});
    EXPECT_EQ(ended.exit_code, 0);
    for (const std::string& command : kCommands) {
        EXPECT_TRUE(contains(ended.out, "\n  " + command)) << command << "\n" << ended.out;
    }
    EXPECT_TRUE(contains(ended.out, "assay run -m"));
}

TEST(Help, VersionIsOneLineOnStdout) {
    const Lab lab(1);
    const Ended ended = lab.assay({"--version"});
    EXPECT_EQ(ended.exit_code, 0);
    EXPECT_TRUE(ended.out.starts_with("assay ")) << ended.out;
    EXPECT_EQ(std::count(ended.out.begin(), ended.out.end(), '\n'), 1);
}

TEST(Help, EveryExampleOfRunIsACommandLineThatParses) {
    const Lab lab(1);
    std::istringstream lines(lab.assay({"run", "--help"}).out);
    int n = 0;
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("  assay run ")) {
            continue;
        }
        ++n;
        std::istringstream words(line);
        Strings arguments;
        for (std::string word; words >> word;) {
            arguments.push_back(word);
        }
        arguments.erase(arguments.begin());
        const Ended ended = lab.assay(arguments);
        // The files of the example are not there: that is what it must stumble over, not a flag.
        EXPECT_EQ(ended.exit_code, 2) << line;
        EXPECT_FALSE(contains(ended.err, "--help for more information")) << line << "\n"
                                                                         << ended.err;
    }
    EXPECT_GE(n, 3);
}

TEST(Man, IsValidRoffWithEveryCommandAndFlag) {
    const Lab lab(1);
    const Ended page = lab.assay({"man"});
    ASSERT_EQ(page.exit_code, 0);
    for (const std::string& command : kCommands) {
        EXPECT_TRUE(contains(page.out, ".SS assay " + command)) << command;
    }
    EXPECT_TRUE(contains(page.out, "\\-\\-max\\-concurrency"));
    EXPECT_TRUE(contains(page.out, "FILE")) << "arguments without a flag are shown too";
    const std::string groff = find_in_path("groff");
    if (groff.empty()) {
        GTEST_SKIP() << "groff is not installed: the page's roff was not checked";
    }
    const std::string file = lab.folder().write("assay.1", page.out);
    const Ended formatted = run({.command = {groff, "-man", "-Tutf8", "-ww", file},
                                 .environment = {},
                                 .folder = {},
                                 .out_file = {}});
    EXPECT_EQ(formatted.exit_code, 0);
    EXPECT_EQ(formatted.err, "");
    EXPECT_TRUE(contains(formatted.out, "assay run -m model-F16.gguf"))
        << "examples keep their lines";
}

struct Wrong {
    Strings arguments;
    std::string word;  ///< that the sentence must have
};

TEST(Usage, WhatIsWrongIsSaidInASentenceWithExitCode2) {
    const Lab lab(2);
    const std::string m = lab.model(), q = lab.questions();
    const std::vector<Wrong> all{
        {{}, "subcommand"},
        {{"reprot"}, "there is no command \"reprot\"; did you mean report?"},
        {{"run", "--no-such-flag"}, "--no-such-flag"},
        {{"run"}, "-m model"},
        {{"run", "-m", m}, "--questions"},
        {{"run", "-m", m, "--questions", q, "--variants", "Q4_K_X"}, "Q4_K_X"},
        {{"run", "-m", m, "--questions", q, "--variants", "Q8_0", "--margin", "2"}, "--margin"},
        {{"run", "-m", m, "--questions", q, "--variants", "Q8_0", "--margin", "nan"}, "--margin"},
        {{"run", "-m", m, "--questions", q, "--variants", "Q8_0", "--slots", "7"}, "--slots"},
        {{"run", "-m", m, "--questions", q, "--variants", "Q8_0", "--predict", "0"}, "--predict"},
        {{"run", "-m", m, "--questions", q, "--variants", "Q8_0", "--predict", "x"}, "--predict"},
        {{"run",
          "-m",
          m,
          "--questions",
          q,
          "--variants",
          "Q8_0",
          "--predict",
          "128",
          "--ctx-size",
          "100"},
         "ctx-size"},
        {{"run", "-m", m, "--questions", q, "--variants", "Q8_0,Q8_0"}, "Q8_0"},
        {{"run", "-m", m, "--questions", q, "--variants", "Q8_0", "--ids", "q77"}, "q77"},
        {{"run", "-m", m, "--questions", q, "--variants", "Q8_0", "--limit", "-3"}, "--limit"},
        {{"run", "-m", m, "--questions", q, "--variants", "Q8_0", "--judge", "gemini"}, "gemini"},
        {{"run",
          "-m",
          m,
          "--questions",
          q,
          "--variants",
          "Q8_0",
          "--judge",
          "openai:x@http://user:pass@host/v1"},
         "user"},
        {{"run",
          "-m",
          m,
          "--questions",
          q,
          "--variants",
          "Q8_0",
          "--judge",
          "openai:x@ftp://host/v1"},
         "http"},
        {{"run", "-m", m, "--questions", q, "--variants", "Q8_0", "--fail-exit-code", "999"},
         "--fail-exit-code"},
        {{"run", "-m", m, "--questions", q, "--variants", "Q8_0", "--system-file", "none.txt"},
         "none.txt"},
        {{"run", "-m", m, "--questions", q, "--variants", "IQ1_S"}, "importance matrix"},
        {{"report"}, "RUN"},
        {{"report", "no-such-run"}, "no-such-run"},
        {{"report", lab.folder().path().string(), "--json", "--md"}, "--json"},
        {{"trace", "no-such-run", "q1"}, "no-such-run"},
        {{"audit", "no-such-run"}, "no-such-run"},
        {{"stats", "--wins", "-1", "--losses", "2"}, "--wins"},
        {{"stats", "--wins", "x", "--losses", "2"}, "--wins"},
        {{"stats", "--wins", "1000000000000000000000000000000", "--losses", "1"}, "--wins"},
        {{"stats", "--wins", "1"}, "--losses"},
        {{"stats"}, "--wins"},
        {{"stats", "no-such-file.jsonl"}, "no-such-file.jsonl"},
        {{"stats", q}, "of no known format"},
        {{"stats", q, "--wins", "1", "--losses", "2"}, "both"},
        {{"stats", q, "--format", "xml"}, "xml"},
        {{"stats", q, "--margin", "1"}, "--margin"},
        {{"stats", q, "--json", "--md"}, "--json"},
        {{"quantize", m, "Q4_K_X"}, "Q4_K_X"},
        {{"quantize", m}, "TYPE"},
        {{"quantize", m, "IQ1_S"}, "--imatrix make"},
        {{"quantize", m, "IQ1_S", "--imatrix", "make"}, "--imatrix-text"},
        {{"quantize", m, "Q8_0", "--imatrix-text", q}, "--imatrix make"},
        {{"quantize", m, "Q8_0", "--imatrix-chunks", "-1"}, "--imatrix-chunks"},
        {{"quantize", m, "Q8_0", "-o", q}, "questions.jsonl"},
        {{"quantize", m, "Q8_0", "-o", m, "--force"}, "same file"},
        {{"doctor", "--slots", "3"}, "--slots"},
        {{"init", q}, "--force"},
    };
    for (const Wrong& wrong : all) {
        const Ended ended = lab.assay(wrong.arguments);
        const std::string line = testing::PrintToString(wrong.arguments);
        EXPECT_EQ(ended.exit_code, 2) << line << "\n" << describe(ended);
        EXPECT_TRUE(contains(ended.err, wrong.word)) << line << "\n" << describe(ended);
        EXPECT_EQ(ended.out, "") << line;
    }
}

TEST(Usage, EveryMistakeOfAnExperimentFileIsSaidAtOnceWithItsLine) {
    const Lab lab(2);
    lab.folder().write("exp.yaml",
                       "name: x\nbaseline: {file: model.gguf}\nvariantz: [Q8_0]\nvariants: "
                       "[Q4_K_X]\ndataset: {file: "
                       "questions.jsonl}\nanalysis: {margin: 7}\n");
    const Ended ended = lab.assay({"run", "exp.yaml"});
    EXPECT_EQ(ended.exit_code, 2);
    for (const char* place : {"exp.yaml:3", "exp.yaml:4", "exp.yaml:6"}) {
        EXPECT_TRUE(contains(ended.err, place)) << place << "\n" << ended.err;
    }
    EXPECT_TRUE(contains(ended.err, "variants")) << "the key that was meant";
}

TEST(Init, WritesAFileThatPlanTakesOnceItNamesAModelAndADataset) {
    const Lab lab(2);
    const Ended made = lab.assay({"init", "mine.yaml"});
    EXPECT_EQ(made.exit_code, 0) << describe(made);
    EXPECT_TRUE(contains(made.out, "assay run mine.yaml"));
    const Ended without = lab.assay({"plan", "mine.yaml"});
    EXPECT_EQ(without.exit_code, 2);
    EXPECT_TRUE(contains(without.err, "model-F16.gguf")) << without.err;
    std::filesystem::copy(lab.model(), lab.folder() / "model-F16.gguf");
    const Ended plan = lab.assay({"plan", "mine.yaml"});
    EXPECT_EQ(plan.exit_code, 0) << describe(plan);
    for (const char* word : {"Q8_0, Q4_K_M", "2 of ", "margin 10 points"}) {
        EXPECT_TRUE(contains(plan.out, word)) << word << "\n" << plan.out;
    }
    EXPECT_FALSE(std::filesystem::exists(lab.folder() / "runs"))
        << "a plan computes nothing and leaves nothing";
    EXPECT_EQ(lab.n_requests(""), 0);
    const Ended run = lab.assay({"run", "mine.yaml", "--engine", SCRIPTED_ENGINE});
    EXPECT_NE(run.exit_code, 2) << describe(run);
    EXPECT_TRUE(std::filesystem::exists(lab.folder() / "runs/mine/report.md"));
}

TEST(Init, ReplacesAFileOnlyWhenTold) {
    const Lab lab(1);
    lab.folder().write("mine.yaml", "precious");
    EXPECT_EQ(lab.assay({"init", "mine.yaml"}).exit_code, 2);
    EXPECT_EQ(bytes_of(lab.folder() / "mine.yaml"), "precious");
    EXPECT_EQ(lab.assay({"init", "mine.yaml", "--force"}).exit_code, 0);
    EXPECT_NE(bytes_of(lab.folder() / "mine.yaml"), "precious");
}

}  // namespace
}  // namespace assay::test
