// `assay verify`: what another hand changed is found, and what assay itself left never is.

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "lab.hpp"
#include "run_sql.hpp"

namespace assay::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int kDiffers = 3;
const char* const kVariants = "Q8_0,Q2_K";

Ended verify(const std::string& run_dir, const Strings& more = {}) {
    Start start;
    start.command = {ASSAY_PROGRAM, "verify", run_dir};
    start.command.insert(start.command.end(), more.begin(), more.end());
    return run(start);
}

void expect_nothing_differs(const std::string& run_dir) {
    const Ended ended = verify(run_dir);
    EXPECT_EQ(ended.exit_code, 0) << describe(ended);
    EXPECT_NE(ended.out.find("Nothing differs."), std::string::npos) << ended.out;
}

void expect_differs(const std::string& run_dir, const std::string& place) {
    const Ended ended = verify(run_dir);
    EXPECT_EQ(ended.exit_code, kDiffers) << place << "\n" << describe(ended);
    const std::size_t at = ended.out.find("DIFFERS");
    ASSERT_NE(at, std::string::npos) << ended.out;
    EXPECT_NE(ended.out.find(place, at), std::string::npos) << place << "\n" << ended.out;
}

void write_bytes(const fs::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

/// A file with one bit of its middle byte turned.
void flip_a_byte(const fs::path& path) {
    std::string bytes = bytes_of(path);
    ASSERT_FALSE(bytes.empty()) << path;
    bytes[bytes.size() / 2] ^= 1;
    write_bytes(path, bytes);
}

/// A finished run, and each test puts back what it changed.
class Verify : public testing::Test {
 protected:
    static void SetUpTestSuite() {
        lab = new Lab(6);
        const Ended ended = lab->run(kVariants);
        ASSERT_NE(ended.exit_code, 1) << describe(ended);
    }
    static void TearDownTestSuite() { delete lab; }
    static std::string dir() { return lab->run_dir(); }
    static Lab* lab;
};

Lab* Verify::lab = nullptr;

TEST_F(Verify, OfAFinishedRunFindsNothingAndChangesNothing) {
    const auto before = files_of_run(dir());
    expect_nothing_differs(dir());
    EXPECT_EQ(files_of_run(dir()), before);
    // A report that is made anew is the same one.
    EXPECT_NE(lab->assay({"report", dir()}).exit_code, 1);
    expect_nothing_differs(dir());
}

/// The same file of another variant or judge is of the same kind.
std::string kind_of(const fs::path& path) {
    const std::string parent = path.parent_path().filename().string();
    if (parent == "responses") {
        return parent;
    }
    const std::string name = path.filename().string();
    return parent == "controls" ? "controls/" + name : name;
}

TEST_F(Verify, FindsAByteThatWasChangedInEveryKindOfFile) {
    std::set<std::string> kinds;
    for (const auto& [path, bytes] : lab->artifacts()) {
        const std::string kind = kind_of(path);
        if (!kinds.insert(kind).second || bytes.empty()) {
            continue;
        }
        flip_a_byte(fs::path(dir()) / path);
        expect_differs(dir(), path);
        write_bytes(fs::path(dir()) / path, bytes);
    }
    EXPECT_GE(kinds.size(), 8U) << testing::PrintToString(kinds);
    expect_nothing_differs(dir());
}

TEST_F(Verify, FindsAFileThatIsMissingAndOneTooMany) {
    const fs::path mapping = fs::path(dir()) /
                             "evaluation/exports/Q2_K/reference/batch_mapping.json";
    const std::string bytes = bytes_of(mapping);
    fs::remove(mapping);
    expect_differs(dir(), "batch_mapping.json: it is missing");
    write_bytes(mapping, bytes);
    const fs::path stale = fs::path(dir()) / "evaluation/responses/another.jsonl";
    write_bytes(stale, "{}\n");
    expect_differs(dir(), "another.jsonl: it is there");
    fs::remove(stale);
    expect_nothing_differs(dir());
}

/// A change of one row in each table. A table that is added needs a line here.
const std::map<std::string, std::string> kChanges{
    {"answer_fidelity",
     "INSERT INTO answer_fidelity (baseline_key, variant_key, question_id, created_at) "
     "SELECT max(key), 'another', x'41', 'then' FROM answers"},
    {"answers", "UPDATE answers SET text = x'41' WHERE key = (SELECT max(key) FROM answers)"},
    {"comparisons",
     "UPDATE comparisons SET variant_is_a = 1 - variant_is_a "
     "WHERE id = (SELECT max(id) FROM comparisons)"},
    {"controls",
     "UPDATE controls SET honest_is_a = 1 - honest_is_a "
     "WHERE id = (SELECT max(id) FROM controls)"},
    {"engine_sessions", "UPDATE engine_sessions SET peak_memory_bytes = 1 WHERE id = 1"},
    {"file_hashes", "UPDATE file_hashes SET mtime_ns = mtime_ns + 1"},
    {"frozen_analysis", "UPDATE frozen_analysis SET margin = 0.5"},
    {"items", "INSERT INTO items VALUES ('another')"},
    {"judges", "UPDATE judges SET name = 'another'"},
    {"notes",
     "UPDATE notes SET value = CAST(replace(CAST(value AS TEXT), 'assay run', 'assay "
     "rum') AS BLOB) WHERE key GLOB 'facts of plan *'"},
    {"plan_history", "UPDATE plan_history SET created_at = '2020-01-01T00:00:00Z'"},
    {"plans", "UPDATE plans SET margin = 0.5"},
    {"question_contexts", "UPDATE question_contexts SET text = x'41' WHERE question_position = 0"},
    {"questions", "UPDATE questions SET cluster = x'41' WHERE position = 0"},
    {"token_fidelity",
     "INSERT INTO token_fidelity VALUES (999999, 0, 1, 1, 1, 0.5, -1.0, -1.0, 1, 0.5, 0.5)"},
    {"told_answers",
     "INSERT INTO told_answers (answer_key) SELECT max(key) || 'another' FROM answers"},
    {"told_tokens", "INSERT INTO told_tokens VALUES (999999, 0, 0, x'41', -0.5)"},
    {"variants", "UPDATE variants SET recipe = 'another' WHERE position = 1"},
    {"verdict_attempts", "UPDATE verdict_attempts SET reasoning = x'41' WHERE id = 1"},
    {"verdicts", "DELETE FROM verdicts WHERE item_id = (SELECT min(item_id) FROM verdicts)"},
};

TEST_F(Verify, FindsARowThatWasChangedInEveryTable) {
    const fs::path store = fs::path(dir()) / "assay.sqlite";
    const std::string bytes = bytes_of(store);
    for (const std::string& table :
         run_sql(dir(), "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")) {
        const auto change = kChanges.find(table);
        ASSERT_NE(change, kChanges.end()) << table << ": no change is known for this table";
        const auto n = run_sql(dir(), change->second + "; SELECT total_changes()");
        ASSERT_NE(n.back(), "0") << table << ": the change met no row";
        expect_differs(dir(), "assay.sqlite, table " + table);
        write_bytes(store, bytes);
    }
    expect_nothing_differs(dir());
}

TEST_F(Verify, FindsWhatNoAccountIsNeededFor) {
    const fs::path store = fs::path(dir()) / "assay.sqlite";
    const std::string bytes = bytes_of(store);
    // The account is gone, as of a run of an earlier assay: ids and keys still speak.
    const std::string forget = "DELETE FROM notes WHERE key GLOB 'contents *';";
    const std::vector<std::pair<std::string, std::string>> changes{
        {kChanges.at("answers"), "its answers are not the ones that it was drawn for"},
        {"UPDATE comparisons SET question_id = x'41' WHERE id = (SELECT max(id) FROM comparisons)",
         "its id is not the hash"},
        {"UPDATE controls SET rank = 99 WHERE id = (SELECT max(id) FROM controls)",
         "its id is not the hash"},
        {"UPDATE judges SET identity = '{}'", "its key is not the hash of its identity"},
        {"UPDATE plans SET margin = 0.5", "margin or alpha beside it are not those in it"},
        {"UPDATE plans SET json = CAST(replace(CAST(json AS TEXT), '\"predict\":128', "
         "'\"predict\":129') AS BLOB)",
         "its hash is not that of its settings"},
        {"UPDATE verdict_attempts SET state = 'TIE'", "report.json"},
    };
    for (const auto& [change, sentence] : changes) {
        const auto n = run_sql(dir(), change + "; SELECT total_changes();" + forget);
        ASSERT_NE(n.front(), "0") << change;
        expect_differs(dir(), sentence);
        EXPECT_NE(verify(dir()).out.find("kept no account of its rows"), std::string::npos);
        write_bytes(store, bytes);
    }
}

TEST_F(Verify, TellsItAsOneJsonDocument) {
    const json sound = json::parse(verify(dir(), {"--json"}).out);
    EXPECT_EQ(sound["schema_version"], 1);
    EXPECT_EQ(sound["differs"], false);
    EXPECT_TRUE(sound["differences"].empty());
    EXPECT_GT(sound["checks"].size(), 5U);
    const fs::path report = fs::path(dir()) / "report.md";
    const std::string bytes = bytes_of(report);
    write_bytes(report, bytes + "x");
    const json changed = json::parse(verify(dir(), {"--json"}).out);
    EXPECT_EQ(changed["differs"], true);
    ASSERT_EQ(changed["differences"].size(), 1U) << changed.dump(2);
    EXPECT_EQ(changed["differences"][0]["place"], "report.md");
    write_bytes(report, bytes);
}

TEST(VerifyInputs, AFileThatChangedDiffersAndOneThatIsGoneWasNotChecked) {
    const Lab lab(4);
    ASSERT_NE(lab.run(kVariants).exit_code, 1);
    const std::string dataset = bytes_of(lab.questions());
    write_bytes(lab.questions(), dataset + "\n");
    expect_differs(lab.run_dir(), lab.questions() + ": it is not the file any more");
    write_bytes(lab.questions(), dataset);
    fs::rename(lab.model(), lab.model() + ".away");
    const Ended ended = verify(lab.run_dir());
    EXPECT_EQ(ended.exit_code, 0) << describe(ended);
    EXPECT_NE(ended.out.find("not checked  " + lab.model()), std::string::npos) << ended.out;
    // The whole run elsewhere: its files are found beside its store.
    const fs::path moved = lab.folder() / "moved";
    fs::rename(lab.run_dir(), moved);
    EXPECT_EQ(verify(moved.string()).exit_code, 0);
    flip_a_byte(moved / "report.md");
    expect_differs(moved.string(), "report.md");
}

TEST(VerifyRuns, ThatWentOnFindsNothing) {
    const Lab lab(4);
    ASSERT_NE(lab.run("Q8_0").exit_code, 1);
    expect_nothing_differs(lab.run_dir());
    ASSERT_NE(lab.run(kVariants).exit_code, 1);
    expect_nothing_differs(lab.run_dir());
    ASSERT_NE(lab.run(kVariants, {"--rejudge"}).exit_code, 1);
    expect_nothing_differs(lab.run_dir());
    // Back to fewer variants: the store holds more than the plan needs.
    ASSERT_NE(lab.run("Q8_0").exit_code, 1);
    expect_nothing_differs(lab.run_dir());
}

TEST(VerifyRuns, ThatWereKilledAtAnyRequestFindNothing) {
    const Lab lab(3);
    ASSERT_NE(lab.run(kVariants).exit_code, 1);
    const int n_requests = lab.n_requests("");
    ASSERT_GT(n_requests, 50);
    lab.forget_run();
    for (int n = 1; n <= n_requests; n += 3) {
        const Ended killed = lab.run(kVariants, {}, {{"SCRIPT_KILL_PARENT_AT", std::to_string(n)}});
        ASSERT_EQ(killed.signal, SIGKILL) << n << "\n" << describe(killed);
        const Ended ended = verify(lab.run_dir());
        // 2: killed before there was a run.
        EXPECT_TRUE(ended.exit_code == 0 || ended.exit_code == 2) << n << "\n" << describe(ended);
        ASSERT_NE(lab.run(kVariants).exit_code, 1);
        expect_nothing_differs(lab.run_dir());
        lab.forget_run();
    }
}

TEST(VerifyRuns, ThatWereKilledWhileTheyWereExtendedFindNothing) {
    const Lab lab(3);
    for (int n = 1; n <= 80; n += 8) {
        ASSERT_NE(lab.run("Q8_0").exit_code, 1);
        lab.forget_journal();
        const Ended killed = lab.run(kVariants, {}, {{"SCRIPT_KILL_PARENT_AT", std::to_string(n)}});
        const Ended ended = verify(lab.run_dir());
        EXPECT_EQ(ended.exit_code, 0) << n << "\n" << describe(ended);
        lab.forget_run();
        if (killed.signal == 0) {
            break;
        }
    }
}

TEST(VerifyOldRuns, AreCheckedAsFarAsTheyCanBe) {
    const TempFolder folder;
    fs::copy(fs::path(ASSAY_SOURCE_DIR) / "tests/data/old_runs/scripted/run",
             folder / "run",
             fs::copy_options::recursive);
    const std::string dir = (folder / "run").string();
    const Ended ended = verify(dir);
    EXPECT_EQ(ended.exit_code, 0) << describe(ended);
    EXPECT_NE(ended.out.find("kept no account of its rows"), std::string::npos) << ended.out;
    EXPECT_NE(ended.out.find("an earlier version wrote them"), std::string::npos) << ended.out;
}

}  // namespace
}  // namespace assay::test
