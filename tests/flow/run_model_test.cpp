// The whole program with the real engine and model: resumed, in another set, and what it reports.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <sstream>
#include <thread>

#include "engine_places.hpp"
#include "lab.hpp"

namespace assay::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

/// The run came to its end. What it decided is not the point here: six questions and a metric may
/// well not pass the controls (4).
bool is_decision(const Ended& ended) {
    return ended.exit_code == 0 || (ended.exit_code >= 3 && ended.exit_code <= 5);
}

struct Row {
    std::string id, question, expected, context;
};

const std::vector<Row> kRows{
    {"q1",
     "Which gas do plants take in during photosynthesis?",
     "Carbon dioxide.",
     "During photosynthesis green plants take in carbon dioxide from the air and release oxygen."},
    {"q2",
     "What is the boiling point of water at sea level?",
     "100 degrees Celsius.",
     "At sea level water boils at 100 degrees Celsius."},
    {"q3",
     "Which planet has the strongest surface gravity?",
     "Jupiter.",
     "Jupiter has the strongest gravity of all planets in the solar system."},
    {"q4",
     "What carries oxygen in human blood?",
     "Haemoglobin.",
     "Haemoglobin, a protein in red blood cells, binds oxygen and carries it through the body."},
    {"q5",
     "Who proposed the theory of general relativity?",
     "Albert Einstein.",
     "Albert Einstein proposed the theory of general relativity in 1915."},
    {"q6",
     "What is the most abundant gas in the atmosphere?",
     "Nitrogen.",
     "The atmosphere is about 78 percent nitrogen and 21 percent oxygen."},
};

class RunModel : public testing::Test {
 protected:
    static void SetUpTestSuite() {
        if (missing_for_models().empty()) {
            folder = new TempFolder();
        }
    }
    static void TearDownTestSuite() { delete folder; }
    void SetUp() override {
        if (folder == nullptr) {
            GTEST_SKIP() << missing_for_models();
        }
    }

    static std::string dataset(const std::string& name, const std::vector<int>& which) {
        std::string rows;
        for (const int k : which) {
            const Row& row = kRows.at(static_cast<std::size_t>(k));
            rows += json{{"id", row.id},
                         {"question", row.question},
                         {"expected_answer", row.expected},
                         {"contexts", {row.context, "This passage says nothing of use."}}}
                        .dump() +
                    "\n";
        }
        return folder->write(name, rows);
    }

    static Start start(const std::string& run,
                       const std::string& questions,
                       const Strings& more = {}) {
        Start out{.command = {ASSAY_PROGRAM,
                              "run",
                              "-m",
                              real_model(),
                              "--variants",
                              "Q8_0",
                              "--questions",
                              questions,
                              "--run",
                              (*folder / run).string(),
                              "--engine",
                              real_engine(),
                              "--predict",
                              "24"},
                  .environment = {{"ASSAY_CACHE", (*folder / "cache").string()}},
                  .folder = {},
                  .out_file = {}};
        out.command.insert(out.command.end(), more.begin(), more.end());
        return out;
    }

    /// Variant/question -> answer and its token count.
    static std::map<std::string, std::string> answers(const std::string& run) {
        std::map<std::string, std::string> out;
        for (const auto& entry :
             std::filesystem::directory_iterator(*folder / (run + "/evaluation/responses"))) {
            std::istringstream lines(bytes_of(entry.path()));
            for (std::string line; std::getline(lines, line);) {
                const json row = json::parse(line);
                out[entry.path().stem().string() + "/" + row["task_id"].get<std::string>()] =
                    fmt::format("{} {}",
                                row["n_answer_tokens"].get<int>(),
                                row["model_answer"].get<std::string>());
            }
        }
        return out;
    }

    static TempFolder* folder;
};

TempFolder* RunModel::folder = nullptr;

TEST_F(RunModel, IsTheSameResumedInAnotherSetAndWithOtherSlots) {
    const Ended whole = run(start("whole", dataset("all.jsonl", {0, 1, 2, 3, 4, 5})));
    ASSERT_TRUE(is_decision(whole)) << describe(whole);
    const auto expected = answers("whole");
    ASSERT_EQ(expected.size(), 12U);

    const json report = json::parse(bytes_of(*folder / "whole/report.json"));
    for (const json& variant : report["variants"]) {
        EXPECT_EQ(variant["independence"]["n_checked"], 2) << variant["name"];
        EXPECT_EQ(variant["independence"]["n_equal"], 2) << variant["name"];
        EXPECT_GT(variant["speed"]["decode_tokens_per_s"], 0);
        EXPECT_GT(variant["speed"]["load_s"], 0.001);
        EXPECT_LT(variant["speed"]["load_s"], 60);
        EXPECT_GT(variant["speed"]["peak_memory_bytes"],
                  variant["role"] == "baseline" ? 250'000'000 : 130'000'000);
    }
    EXPECT_NEAR(report["variants"][1]["file"]["bits_per_weight"].get<double>(), 8.5, 0.05);

    // Killed in the middle of the answers, and gone on with.
    {
        Program program(start("resumed", dataset("all.jsonl", {0, 1, 2, 3, 4, 5})));
        const std::filesystem::path store = *folder / "resumed/assay.sqlite-wal";
        std::uintmax_t size = 0;
        for (int i = 0; i < 6000 && program.running() && size < 150'000; ++i) {
            std::this_thread::sleep_for(10ms);
            std::error_code error;
            size = std::filesystem::file_size(store, error);
            if (error) {
                size = 0;
            }
        }
        program.signal(SIGKILL);
        static_cast<void>(program.wait());
    }
    const Ended resumed = run(start("resumed", dataset("all.jsonl", {0, 1, 2, 3, 4, 5})));
    EXPECT_EQ(resumed.exit_code, whole.exit_code) << describe(resumed);
    EXPECT_EQ(answers("resumed"), expected);

    // Three of them among fewer, in another order, with other slots and threads.
    const Ended few = run(
        start("few", dataset("few.jsonl", {4, 1, 2}), {"--slots", "8", "-t", "1"}));
    ASSERT_TRUE(is_decision(few)) << describe(few);
    for (const auto& [name, text] : answers("few")) {
        EXPECT_EQ(text, expected.at(name)) << name;
    }
}

TEST_F(RunModel, WhoseEngineIsKilledInTheMiddleGoesOnByItself) {
    Program program(start("killed", dataset("all.jsonl", {0, 1, 2, 3, 4, 5})));
    // The last process that assay started is the one that answers.
    bool killed = false;
    const auto children = fmt::format("/proc/{}/task/{}/children", program.pid(), program.pid());
    for (int i = 0; i < 12000 && program.running() && !killed; ++i) {
        std::this_thread::sleep_for(5ms);
        std::istringstream pids(bytes_of(children));
        std::vector<int> all;
        for (int pid = 0; pids >> pid;) {
            all.push_back(pid);
        }
        if (all.size() < 2) {
            continue;
        }
        std::this_thread::sleep_for(700ms);
        killed = ::kill(all.back(), SIGKILL) == 0;
    }
    const Ended ended = program.wait();
    EXPECT_TRUE(killed);
    EXPECT_TRUE(is_decision(ended)) << describe(ended);
    const Ended undisturbed = run(start("undisturbed", dataset("all.jsonl", {0, 1, 2, 3, 4, 5})));
    EXPECT_EQ(undisturbed.exit_code, ended.exit_code) << describe(undisturbed);
    EXPECT_EQ(answers("killed"), answers("undisturbed"));
    const json report = json::parse(bytes_of(*folder / "killed/report.json"));
    for (const json& variant : report["variants"]) {
        EXPECT_EQ(variant["answers"]["failed"], 0);
    }
}

}  // namespace
}  // namespace assay::test
