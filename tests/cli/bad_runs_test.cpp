// Run directories that cannot be read: one sentence with the place and a way out, and every file as
// it was.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "lab.hpp"
#include "run_sql.hpp"

namespace assay::test {
namespace {

namespace fs = std::filesystem;

const std::vector<Strings> kReaders{{"report"}, {"audit"}, {"trace"}, {"verify"}};

/// Each command that reads a run says `word` in one sentence, with code 1 or 2, and harms nothing.
void expect_refused(const Lab& lab, const std::string& run_dir, const std::string& word) {
    const auto before = files_of_run(run_dir);
    for (const Strings& reader : kReaders) {
        Strings arguments = reader;
        arguments.push_back(run_dir);
        if (reader.front() == "trace") {
            arguments.emplace_back("q01");
        }
        SCOPED_TRACE(reader.front() + " " + run_dir);
        const Ended ended = lab.assay(arguments);
        EXPECT_TRUE(ended.exit_code == 1 || ended.exit_code == 2) << describe(ended);
        EXPECT_EQ(ended.out, "");
        EXPECT_NE(ended.err.find(word), std::string::npos) << ended.err;
        EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
        for (const char* crash : {"a bug in assay", "Sanitizer", "terminate called", "what():"}) {
            EXPECT_EQ(ended.err.find(crash), std::string::npos) << ended.err;
        }
    }
    EXPECT_EQ(files_of_run(run_dir), before);
}

class BadRuns : public testing::Test {
 protected:
    void SetUp() override { ASSERT_NE(lab.run("Q8_0").exit_code, 1); }
    [[nodiscard]] std::string store() const { return lab.run_dir() + "/assay.sqlite"; }
    void write_store(const std::string& bytes) const {
        std::ofstream(store(), std::ios::binary) << bytes;
    }
    const Lab lab{3};
};

TEST_F(BadRuns, NoFolderAndAFolderWithoutAStore) {
    expect_refused(lab, (lab.folder() / "none").string(), "no run in");
    fs::create_directories(lab.folder() / "empty");
    expect_refused(lab, (lab.folder() / "empty").string(), "no run in");
    fs::remove(store());
    expect_refused(lab, lab.run_dir(), "no run in");
}

TEST_F(BadRuns, AStoreThatIsEmptyOrNoDatabase) {
    const std::string bytes = bytes_of(store());
    write_store("");
    expect_refused(lab, lab.run_dir(), "no run in");
    write_store(
        "this is no database, and it is longer than the header of one; so it is read "
        "whole and then refused, because the first bytes are not those of SQLite");
    expect_refused(lab, lab.run_dir(), "is not an assay run file");
    write_store(bytes.substr(0, 50));
    expect_refused(lab, lab.run_dir(), "assay.sqlite");
}

TEST_F(BadRuns, AStoreThatWasCutOff) {
    const std::string bytes = bytes_of(store());
    write_store(bytes.substr(0, bytes.size() / 2));
    const auto before = files_of_run(lab.run_dir());
    for (const std::string reader : {"report", "audit"}) {
        const Ended ended = lab.assay({reader, lab.run_dir()});
        EXPECT_EQ(ended.exit_code, 1) << describe(ended);
        EXPECT_NE(ended.err.find("is damaged"), std::string::npos) << ended.err;
    }
    // It says what is damaged where it can still be opened.
    const Ended ended = lab.assay({"verify", lab.run_dir()});
    EXPECT_TRUE(ended.exit_code == 1 || ended.exit_code == 3) << describe(ended);
    EXPECT_EQ(files_of_run(lab.run_dir()), before);
}

TEST_F(BadRuns, ARunOfANewerProgram) {
    run_sql(lab.run_dir(), "PRAGMA user_version = 99");
    expect_refused(lab, lab.run_dir(), "Use the newer assay that wrote it");
}

TEST_F(BadRuns, ARunThatWasStoppedBeforeItBegan) {
    run_sql(lab.run_dir(), "DELETE FROM plan_history");
    expect_refused(lab, lab.run_dir(), "stopped before it began");
}

TEST_F(BadRuns, ARunThatWasStoppedBeforeItsPrompts) {
    run_sql(lab.run_dir(), "DELETE FROM notes WHERE key GLOB 'facts of plan *'");
    const auto before = files_of_run(lab.run_dir());
    for (const std::string reader : {"report", "audit"}) {
        const Ended ended = lab.assay({reader, lab.run_dir()});
        EXPECT_EQ(ended.exit_code, 2) << describe(ended);
        EXPECT_NE(ended.err.find("stopped before its prompts were made"), std::string::npos)
            << ended.err;
    }
    EXPECT_EQ(lab.assay({"trace", lab.run_dir(), "q01"}).exit_code, 0) << "the question is there";
    EXPECT_EQ(files_of_run(lab.run_dir()), before);
}

TEST_F(BadRuns, ARunThatWasStoppedWhileItWasExtended) {
    run_sql(lab.run_dir(),
            "DELETE FROM question_contexts WHERE question_position = 2; "
            "DELETE FROM questions WHERE position = 2");
    for (const std::string reader : {"report", "audit"}) {
        const Ended ended = lab.assay({reader, lab.run_dir()});
        EXPECT_EQ(ended.exit_code, 2) << describe(ended);
        EXPECT_NE(ended.err.find("stopped while it was being extended"), std::string::npos)
            << ended.err;
    }
}

TEST_F(BadRuns, AFolderThatCannotBeWrittenIsReadAllTheSame) {
    const auto before = files_of_run(lab.run_dir());
    fs::permissions(lab.run_dir(), fs::perms::owner_read | fs::perms::owner_exec);
    for (const std::string reader : {"audit", "verify"}) {
        const Ended ended = lab.assay({reader, lab.run_dir()});
        EXPECT_EQ(ended.exit_code, 0) << describe(ended);
    }
    EXPECT_NE(lab.assay({"report", lab.run_dir()}).exit_code, 1);
    fs::permissions(lab.run_dir(), fs::perms::owner_all);
    EXPECT_EQ(files_of_run(lab.run_dir()), before);
}

TEST_F(BadRuns, ARunWithoutItsModelDatasetAndPlaceIsReadAllTheSame) {
    fs::remove(lab.model());
    fs::remove(lab.questions());
    const std::string moved = (lab.folder() / "moved").string();
    fs::rename(lab.run_dir(), moved);
    EXPECT_NE(lab.assay({"report", moved}).exit_code, 1);
    for (const Strings& arguments :
         {Strings{"audit", moved}, Strings{"trace", moved, "q01"}, Strings{"verify", moved}}) {
        const Ended ended = lab.assay(arguments);
        EXPECT_EQ(ended.exit_code, 0) << describe(ended);
    }
}

}  // namespace
}  // namespace assay::test
