// A run directory that the program of commit 2646ffa made (tests/data/old_runs) is opened, extended
// and reported: same keys, nothing answered or asked anew, the same bytes but for what is new.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>

#include "lab.hpp"
#include "sim_judges.hpp"
#include "sim_server.hpp"

namespace assay::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// A judge's address is part of its key, so the simulators listen where they did then.
constexpr int kFirstPort = 18731, kSecondPort = 18732;
constexpr int kQuestions = 12;
constexpr int kRechecked = 2;
constexpr int kInconclusive = 5;
const char* const kVariants = "Q8_0,Q2_K";

/// "scripted" or "demo".
fs::path old_run(const std::string& name = "scripted") {
    return fs::path(ASSAY_SOURCE_DIR) / "tests/data/old_runs" / name;
}

/// As fair_judge, but it cannot tell answers about two of the facts apart.
ScriptedReply hasty_judge(const SeenRequest& request, int n) {
    const std::string expected = prompt_field(request.body, "expected");
    if (expected.find("thing 3 ") == 0 || expected.find("thing 9 ") == 0) {
        return {200, verdict_completion("TIE", "I cannot tell")};
    }
    return fair_judge(request, n);
}

/// What the run is called and who judges it.
Strings named_and_judged() {
    return {"--name",
            "old-run",
            "--judge",
            fmt::format("openai:first@http://127.0.0.1:{}/v1", kFirstPort),
            "--judge",
            fmt::format("openai:second@http://127.0.0.1:{}/v1", kSecondPort),
            "--judge",
            "reference"};
}

/// Every row of a table as text, but for what a later program may add at the end.
std::set<std::string> rows_of(const std::string& run_dir, const std::string& sql) {
    sqlite3* opened = nullptr;
    const int status = sqlite3_open_v2(
        (run_dir + "/assay.sqlite").c_str(), &opened, SQLITE_OPEN_READWRITE, nullptr);
    const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> database(opened, sqlite3_close);
    EXPECT_EQ(status, SQLITE_OK);
    std::set<std::string> rows;
    const auto add = [](void* out, int n, char** values, char**) {
        std::string row;
        for (int i = 0; i < n; ++i) {
            row += std::string(values[i] == nullptr ? "null" : values[i]) + "|";
        }
        static_cast<std::set<std::string>*>(out)->insert(row);
        return 0;
    };
    char* error = nullptr;
    EXPECT_EQ(sqlite3_exec(database.get(), sql.c_str(), add, &rows, &error), SQLITE_OK)
        << (error == nullptr ? "" : error);
    sqlite3_free(error);
    return rows;
}

const char* const kAnswers =
    "SELECT key, variant_name, model_sha256, hex(question_id), hex(text), hex(tokens), stop_reason,"
    " prompt_sha256, trace_sha256, created_at FROM answers";
const char* const kComparisons =
    "SELECT id, hex(question_id), variant, baseline_answer_key, variant_answer_key, variant_is_a,"
    " order_index, presentation, repeat FROM comparisons";
const char* const kStoredControls =
    "SELECT id, kind, rank, variant, hex(question_id), honest_answer_key, other_answer_key,"
    " honest_is_a, place FROM controls";
const char* const kJudges = "SELECT * FROM judges";
const char* const kAttempts = "SELECT * FROM verdict_attempts";

struct Rows {
    std::map<std::string, std::set<std::string>> of_table;

    explicit Rows(const std::string& run_dir) {
        for (const char* sql : {kAnswers, kComparisons, kStoredControls, kJudges, kAttempts}) {
            of_table[sql] = rows_of(run_dir, sql);
        }
    }
};

void expect_all_kept(const Rows& before, const Rows& after) {
    for (const auto& [sql, rows] : before.of_table) {
        EXPECT_FALSE(rows.empty()) << sql;
        for (const std::string& row : rows) {
            EXPECT_TRUE(after.of_table.at(sql).contains(row)) << sql << "\n" << row;
        }
    }
}

void copy_old_run(const Lab& lab, const std::string& name = "scripted") {
    fs::copy(old_run(name) / "run", lab.run_dir(), fs::copy_options::recursive);
    for (const auto& entry : fs::recursive_directory_iterator(lab.run_dir())) {
        fs::permissions(entry.path(), fs::perms::owner_write, fs::perm_options::add);
    }
}

/// What this version makes of an old run, where that differs from what was written then: the rules
/// of a decision have changed since, on purpose.
fs::path now_of(const std::string& name) {
    return fs::path(ASSAY_SOURCE_DIR) / "tests/golden/old_runs" / name;
}

/// A file beside the old run as this version is to write it.
std::string expected_bytes(const std::string& name, const std::string& file) {
    return bytes_of(fs::exists(now_of(name) / file) ? now_of(name) / file : old_run(name) / file);
}

/// Keeps what differs from what was written then, if the environment asks for it.
void update_now(const std::string& name, const std::map<std::string, std::string>& files) {
    const char* update = std::getenv("ASSAY_UPDATE_GOLDEN");
    if (update == nullptr || std::string_view(update) != "1") {
        return;
    }
    for (const auto& [file, bytes] : files) {
        fs::remove(now_of(name) / file);
        if (!fs::exists(old_run(name) / file) || bytes_of(old_run(name) / file) != bytes) {
            fs::create_directories((now_of(name) / file).parent_path());
            std::ofstream(now_of(name) / file, std::ios::binary) << bytes;
        }
    }
}

/// report.md, report.json and the study's files of the old run, as this version writes them.
std::map<std::string, std::string> old_artifacts(const std::string& name) {
    std::map<std::string, std::string> out;
    for (auto& [path, bytes] : files_below(old_run(name) / "run")) {
        if (path.starts_with("evaluation/") || path.starts_with("report.")) {
            out.emplace(path, expected_bytes(name, "run/" + path));
        }
    }
    return out;
}

class OldRunOf : public ::testing::TestWithParam<std::string> {};

TEST_P(OldRunOf, IsReportedWithTheSameBytes) {
    const Lab lab(1);
    copy_old_run(lab, GetParam());
    fs::remove(fs::path(lab.run_dir()) / "report.md");
    fs::remove(fs::path(lab.run_dir()) / "report.json");
    fs::remove_all(fs::path(lab.run_dir()) / "evaluation");
    const Ended ended = lab.assay({"report", lab.run_dir()});
    EXPECT_EQ(ended.signal, 0) << describe(ended);
    std::map<std::string, std::string> files;
    for (const auto& [path, bytes] : lab.artifacts()) {
        files.emplace("run/" + path, bytes);
    }
    update_now(GetParam(), files);
    const auto expected = old_artifacts(GetParam());
    ASSERT_GT(expected.size(), 10U);
    EXPECT_EQ(difference(expected, lab.artifacts()), "");
}

TEST_P(OldRunOf, IsAuditedAndTracedWithTheSameBytes) {
    const Lab lab(1);
    copy_old_run(lab, GetParam());
    const Ended audit = lab.assay({"audit", lab.run_dir(), "--json"});
    update_now(GetParam(), {{"audit.json", audit.out}});
    EXPECT_EQ(audit.out, expected_bytes(GetParam(), "audit.json")) << describe(audit);
    const std::string question = GetParam() == "demo" ? "sq-003" : "q07";
    const Ended trace = lab.assay({"trace", lab.run_dir(), question, "--json"});
    update_now(GetParam(), {{"trace.json", trace.out}});
    EXPECT_EQ(trace.out, expected_bytes(GetParam(), "trace.json")) << describe(trace);
}

INSTANTIATE_TEST_SUITE_P(OldRun,
                         OldRunOf,
                         ::testing::Values("scripted", "demo"),
                         [](const auto& run) { return run.param; });

TEST(OldRun, GoesOnAndAsksOnlyAboutTheControlsThatItDidNotHave) {
    const Lab lab(kQuestions);
    copy_old_run(lab);
    const Rows before(lab.run_dir());
    ASSERT_EQ(lab.assay({"report", lab.run_dir()}).exit_code, 4);
    const json then = lab.report();
    for (const json& controls : then["controls"]) {
        if (controls["judge"] == "reference") {
            EXPECT_TRUE(controls["passed"]) << "a metric needs none";
            continue;
        }
        ASSERT_FALSE(controls["passed"]) << controls;
        EXPECT_NE(controls["why"].get<std::string>().find("assay run asks about some"),
                  std::string::npos);
    }
    const SimServer first(fair_judge, kFirstPort), second(hasty_judge, kSecondPort);
    const Ended ended = lab.run(kVariants, named_and_judged());
    EXPECT_EQ(ended.exit_code, kInconclusive) << describe(ended);
    EXPECT_EQ(lab.n_requests("answer"), 0);
    const Rows after(lab.run_dir());
    expect_all_kept(before, after);
    constexpr std::size_t kNewControls = 20 + 25 + 20;  // reformatted, damaged, padded
    EXPECT_EQ(after.of_table.at(kStoredControls).size(),
              before.of_table.at(kStoredControls).size() + kNewControls);
    EXPECT_EQ(first.seen().size(), kNewControls);
    const json now = lab.report();
    for (std::size_t i = 0; i < then["comparisons"].size(); ++i) {
        EXPECT_EQ(now["comparisons"][i]["counts"], then["comparisons"][i]["counts"]);
        EXPECT_EQ(now["comparisons"][i]["net_win_rate"], then["comparisons"][i]["net_win_rate"]);
    }
    // The old program kept that a decision was shown, this one keeps which: once.
    ASSERT_EQ(now["decisions_shown"].size(), 1U);
    EXPECT_EQ(now["decisions_shown"][0]["decisions"].size(), 6U);
}

TEST(OldRun, IsExtendedByAVariantQuestionsAndAJudge) {
    const Lab lab(kQuestions + 2);
    copy_old_run(lab);
    const Rows before(lab.run_dir());
    const SimServer first(fair_judge, kFirstPort), second(hasty_judge, kSecondPort),
        third(fair_judge);
    Strings more = named_and_judged();
    more.insert(more.end(), {"--judge", "openai:third@" + third.url()});
    const Ended ended = lab.run(std::string(kVariants) + ",Q4_K_M", more);
    EXPECT_EQ(ended.exit_code, kInconclusive) << describe(ended);

    // Three variants get two more questions, and the new one gets all.
    EXPECT_EQ(lab.n_requests("answer"), 3 * (2 + kRechecked) + kQuestions + 2 + kRechecked);
    const Rows after(lab.run_dir());
    expect_all_kept(before, after);
    EXPECT_EQ(after.of_table.at(kAnswers).size() - before.of_table.at(kAnswers).size(),
              3U * 2 + kQuestions + 2);
    EXPECT_EQ(after.of_table.at(kJudges).size(), before.of_table.at(kJudges).size() + 1);
    // Whatever the old judges were asked now is stored as a verdict that was not there before.
    const std::string asked =
        "SELECT count(*) FROM verdict_attempts v JOIN judges j ON"
        " j.key = v.judge_key WHERE v.n_attempts > 0 AND j.name = ";
    const auto n_asked = [&](const std::string& run_dir, const std::string& judge) {
        const std::string row = *rows_of(run_dir, asked + "'" + judge + "'").begin();
        return std::stoul(row);
    };
    const std::string old_dir = lab.folder().write("old/made", "");
    const std::string was = fs::path(old_dir).parent_path() / "run";
    fs::copy(old_run() / "run", was, fs::copy_options::recursive);
    EXPECT_EQ(n_asked(lab.run_dir(), "first") - n_asked(was, "first"), first.seen().size());
    EXPECT_EQ(n_asked(lab.run_dir(), "second") - n_asked(was, "second"), second.seen().size());
    EXPECT_GT(third.seen().size(), first.seen().size());
    const json report = lab.report();
    EXPECT_EQ(report["comparisons"].size(), 3U * 4);
}

/// Prompt tokens of a question that the scripted engine computed, which keeps all that it may.
std::string n_computed(const std::string& run_dir, const std::string& question) {
    const std::set<std::string> rows = rows_of(
        run_dir,
        "SELECT DISTINCT n_computed_tokens FROM answers WHERE question_id = CAST('" + question +
            "' AS BLOB)");
    EXPECT_EQ(rows.size(), 1U) << "for all variants alike";
    return rows.empty() ? "" : *rows.begin();
}

TEST(OldRun, KeepsToItsTwoPiecesOfAPromptAndANewOneHasThree) {
    const std::string note = "SELECT value FROM notes WHERE key = 'pieces of prompts'";
    const Lab lab(kQuestions + 2);  // every seventh question has a long passage
    copy_old_run(lab);
    const std::string before = n_computed(lab.run_dir(), "q07");
    const SimServer first(fair_judge, kFirstPort), second(hasty_judge, kSecondPort);
    // Twice: what it says of itself must not change by being extended.
    for (int i = 0; i < 2; ++i) {
        const Ended ended = lab.run(kVariants, named_and_judged());
        ASSERT_EQ(ended.exit_code, kInconclusive) << describe(ended);
        EXPECT_TRUE(rows_of(lab.run_dir(), note).empty());
    }
    EXPECT_EQ(lab.n_requests("answer"), 3 * (2 + kRechecked)) << "the other answers were kept";
    const std::string added = n_computed(lab.run_dir(), "q14");
    lab.forget_run();
    ASSERT_EQ(lab.run(kVariants, named_and_judged()).exit_code, kInconclusive);
    EXPECT_EQ(rows_of(lab.run_dir(), note), std::set<std::string>{"template, passages, question|"});
    EXPECT_LT(std::stoi(n_computed(lab.run_dir(), "q14")), std::stoi(added));
    EXPECT_LT(std::stoi(n_computed(lab.run_dir(), "q07")), std::stoi(before));
    const Rows now(lab.run_dir());
    ASSERT_EQ(lab.run(kVariants, named_and_judged()).exit_code, kInconclusive);
    EXPECT_EQ(Rows(lab.run_dir()).of_table, now.of_table) << "it goes on as it was begun";
}

/// No test: how tests/data/old_runs/scripted was made, by the program of that commit. The README
/// there tells how to run it.
TEST(OldRun, DISABLED_IsMade) {
    const char* target = std::getenv("ASSAY_MAKE_OLD_RUN");
    ASSERT_NE(target, nullptr) << "ASSAY_MAKE_OLD_RUN names the folder to make";
    const Lab lab(kQuestions);
    const SimServer first(fair_judge, kFirstPort), second(hasty_judge, kSecondPort);
    const Ended ended = lab.run(kVariants, named_and_judged());
    ASSERT_EQ(ended.exit_code, kInconclusive) << describe(ended);
    const fs::path out = target;
    fs::create_directories(out);
    fs::copy(lab.run_dir(), out / "run", fs::copy_options::recursive);
    const auto keep = [&](const std::string& name, const std::string& bytes) {
        std::FILE* file = std::fopen((out / name).c_str(), "wb");
        ASSERT_NE(file, nullptr);
        std::fwrite(bytes.data(), 1, bytes.size(), file);
        std::fclose(file);
    };
    keep("made.json",
         json{{"folder", lab.folder().path().string()}, {"engine", SCRIPTED_ENGINE}}.dump() + "\n");
    keep("audit.json", lab.assay({"audit", lab.run_dir(), "--json"}).out);
    keep("trace.json", lab.assay({"trace", lab.run_dir(), "q07", "--json"}).out);
}

}  // namespace
}  // namespace assay::test
