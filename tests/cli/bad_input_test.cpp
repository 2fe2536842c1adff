// Bad files: a sentence that names the thing, a non-zero code, nothing lost.

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "lab.hpp"

namespace assay::test {
namespace {

void expect_sentence(const Ended& ended, const std::string& word) {
    EXPECT_TRUE(ended.exit_code == 1 || ended.exit_code == 2) << describe(ended);
    EXPECT_NE(ended.err.find(word), std::string::npos) << "looked for " << word << "\n"
                                                       << describe(ended);
    EXPECT_EQ(ended.out, "");
    for (const char* crash : {"Sanitizer", "terminate called", "std::", "what():"}) {
        EXPECT_EQ(ended.err.find(crash), std::string::npos) << ended.err;
    }
}

Ended run_on(const Lab& lab, const std::string& questions) {
    return lab.assay({"run",
                      "-m",
                      lab.model(),
                      "--variants",
                      "Q8_0",
                      "--questions",
                      questions,
                      "--run",
                      lab.run_dir(),
                      "--engine",
                      SCRIPTED_ENGINE});
}

TEST(BadInput, ADatasetThatCannotBeUsed) {
    const Lab lab(2);
    const std::string row = R"({"id": "a", "question": "What?", "expected_answer": "That."})"
                            "\n";
    const std::vector<std::pair<std::pair<std::string, std::string>, std::string>> cases{
        {{"broken.jsonl", row + "{\"id\": \"x\", \n"}, "broken.jsonl:2"},
        {{"dup.jsonl", row + row}, "\"a\""},
        {{"noq.jsonl",
          R"({"id": "x", "expected_answer": "y"})"
          "\n"},
         "noq.jsonl:1"},
        {{"empty.jsonl", ""}, "empty.jsonl"},
        {{"blank.jsonl", "\n\n  \n"}, "blank.jsonl"},
        {{"number.jsonl", "17\n"}, "number.jsonl:1"},
        {{"latin1.jsonl",
          "{\"id\": \"a\", \"question\": \"caf\xe9\", \"expected_answer\": \"x\"}\n"},
         "latin1.jsonl:1"},
        {{"nul.jsonl", std::string("{\"id\": \"a\0b\"}\n", 14)}, "nul.jsonl:1"},
        {{"deep.jsonl", std::string(100000, '[')}, "deep.jsonl"},
        {{"two.jsonl",
          R"({"id": "a", "question": "x", "instruction": "y", "expected_answer": "z"})"
          "\n"},
         "dataset.fields"},
        {{"noexpected.jsonl",
          R"({"id": "a", "question": "What?"})"
          "\n"},
         "no expected answer"},
        {{"ragged.csv", "id,question,expected\n1,\"what\n"}, "ragged.csv"},
        {{"words.txt", "hello\n"}, "words.txt"},
    };
    for (const auto& [file, word] : cases) {
        SCOPED_TRACE(file.first);
        expect_sentence(run_on(lab, lab.folder().write(file.first, file.second)), word);
        EXPECT_FALSE(std::filesystem::exists(lab.run_dir()));
    }
    expect_sentence(run_on(lab, "none.jsonl"), "none.jsonl");
    expect_sentence(run_on(lab, lab.folder().path().string()), lab.folder().path().string());
    EXPECT_EQ(lab.n_requests("answer"), 0);
}

TEST(BadInput, AModelThatCannotBeUsed) {
    const Lab lab(2);
    const auto run = [&](const std::string& model, const std::string& variants) {
        return lab.assay({"run",
                          "-m",
                          model,
                          "--variants",
                          variants,
                          "--questions",
                          lab.questions(),
                          "--run",
                          lab.run_dir(),
                          "--engine",
                          SCRIPTED_ENGINE});
    };
    expect_sentence(run("none.gguf", "Q8_0"), "none.gguf");
    expect_sentence(run(lab.folder().path().string(), "Q8_0"), lab.folder().path().string());
    expect_sentence(run(lab.folder().write("corrupt.gguf", "GGUFxxxx"), "Q8_0"), "corrupt.gguf");
    expect_sentence(run(lab.model(), lab.folder().write("corrupt2.gguf", "GGUFxxxx")),
                    "corrupt2.gguf");
    expect_sentence(run(lab.model(), "other/none.gguf"), "none.gguf");
    EXPECT_FALSE(std::filesystem::exists(lab.run_dir())) << "the plan was never valid";
}

TEST(BadInput, AnEngineThatIsNone) {
    const Lab lab(2);
    const auto run = [&](const std::string& engine) {
        return lab.assay({"run",
                          "-m",
                          lab.model(),
                          "--variants",
                          "Q8_0",
                          "--questions",
                          lab.questions(),
                          "--run",
                          lab.run_dir(),
                          "--engine",
                          engine});
    };
    expect_sentence(run("no-such-engine"), "no-such-engine");
    expect_sentence(run(lab.questions()), "questions.jsonl");
    expect_sentence(run("/bin/true"), "ended with exit code 0");
    expect_sentence(run("/bin/cat"), "engine");
}

TEST(BadInput, ARunDirectoryThatCannotBeWritten) {
    const Lab lab(2);
    const auto run = [&](const std::string& folder) {
        return lab.assay({"run",
                          "-m",
                          lab.model(),
                          "--variants",
                          "Q8_0",
                          "--questions",
                          lab.questions(),
                          "--run",
                          folder,
                          "--engine",
                          SCRIPTED_ENGINE});
    };
    expect_sentence(run(lab.questions() + "/below"), "questions.jsonl");
    expect_sentence(run("/proc/no-such-folder"), "/proc/no-such-folder");
    const std::filesystem::path locked = lab.folder() / "locked";
    std::filesystem::create_directory(locked);
    std::filesystem::permissions(
        locked, std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
    if (::geteuid() != 0) {
        expect_sentence(run((locked / "run").string()), "locked");  // root may write anywhere
    }
    EXPECT_EQ(lab.n_requests("answer"), 0);
}

TEST(BadInput, AStoreThatIsNoneOrDamaged) {
    const Lab lab(3);
    const Ended first = lab.run("Q8_0");
    EXPECT_NE(first.exit_code, 1);
    lab.folder().write("other/assay.sqlite",
                       "this is not a database, and longer than a header of SQLite's, which has "
                       "one hundred bytes; "
                       "well, now it is long enough");
    expect_sentence(lab.assay({"report", (lab.folder() / "other").string()}), "assay.sqlite");
    std::string bytes = bytes_of(lab.run_dir() + "/assay.sqlite");
    for (std::size_t at = 4096; at + 2048 < bytes.size(); at += 4096) {
        bytes.replace(at, 2048, 2048, '\xff');
    }
    lab.folder().write("damaged/assay.sqlite", bytes);
    expect_sentence(lab.assay({"report", (lab.folder() / "damaged").string()}), "damaged");
    EXPECT_EQ(lab.assay({"report", lab.run_dir()}).exit_code, first.exit_code)
        << "the run itself is as it was";
}

TEST(BadInput, AQuestionThatDoesNotFitTheContextIsNamedWithItsPlace) {
    const Lab lab(2);
    const std::string file = lab.folder().write("long.jsonl",
                                                R"({"id": "long", "question": ")" +
                                                    std::string(5000, 'x') +
                                                    R"(", "expected_answer": "y"})"
                                                    "\n");
    const Ended ended = run_on(lab, file);
    expect_sentence(ended, "long.jsonl:1");
    EXPECT_NE(ended.err.find("--ctx-size"), std::string::npos) << ended.err;
}

TEST(BadInput, ContextsThatDoNotFitAreCutAndTheReportSaysSo) {
    const Lab lab(1);
    const std::string file = lab.folder().write(
        "long.jsonl",
        R"({"id": "a", "question": "What?", "expected_answer": "y", "contexts": ["Fact: it is so", ")" +
            std::string(5000, 'x') +
            R"("]})"
            "\n");
    const Ended ended = run_on(lab, file);
    EXPECT_GE(ended.exit_code, 0);
    EXPECT_NE(ended.exit_code, 1) << describe(ended);
    EXPECT_NE(ended.exit_code, 2) << describe(ended);
    const auto row = nlohmann::json::parse(
        bytes_of(lab.run_dir() + "/evaluation/responses/model.jsonl"));
    EXPECT_EQ(row["n_contexts_used"], 1);
    EXPECT_EQ(row["contexts_cut"], true);
    EXPECT_EQ(row["model_answer"], "it is so");
}

}  // namespace
}  // namespace assay::test
