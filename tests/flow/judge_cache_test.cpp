// Verdicts of other runs (--judge-cache): which are taken, and what shows that they may be.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <nlohmann/json.hpp>

#include "lab.hpp"
#include "sim_judges.hpp"
#include "sim_server.hpp"

namespace assay::test {
namespace {

using nlohmann::json;

constexpr int kQuestions = 60;

/// A lab whose judge keeps its verdicts in a folder, and says what the test wants.
class JudgeCache : public testing::Test {
 protected:
    Ended run(const Strings& more = {}) {
        Strings flags{"--judge",
                      "openai:sim-1@" + server_.url(),
                      "--stopping",
                      "none",
                      "--judge-cache",
                      folder()};
        flags.insert(flags.end(), more.begin(), more.end());
        return lab_.run("Q2_K", flags);
    }
    /// In a new run directory; gives the number of calls, too.
    std::pair<Ended, int> run_anew(const Strings& more = {}) {
        const std::size_t before = server_.seen().size();
        lab_.forget_run();
        const Ended ended = run(more);
        return {ended, static_cast<int>(server_.seen().size() - before)};
    }
    [[nodiscard]] std::string folder() const { return (lab_.folder() / "verdicts").string(); }
    [[nodiscard]] json cache() const { return lab_.report()["judges"][0].value("cache", json()); }
    /// Pairs that need a call.
    [[nodiscard]] int n_pairs() const {
        return kQuestions - lab_.comparison("Q2_K")["counts"]["identical"].get<int>();
    }
    void rewrite(const std::function<void(json&)>& change) const {
        for (const auto& [name, bytes] : files_below(folder())) {
            json file = json::parse(bytes);
            change(file);
            lab_.folder().write("verdicts/" + name, file.dump());
        }
    }

    Lab lab_{kQuestions};
    std::atomic<bool> blind_{false};  ///< the judge sees no difference
    SimServer server_{[this](const SeenRequest& request, int n) {
        if (blind_) {
            return ScriptedReply{200, verdict_completion("TIE")};
        }
        return fair_judge(request, n);
    }};
};

TEST_F(JudgeCache, AnotherRunAsksForItsControlsAndAShareAndSaysTheSame) {
    EXPECT_EQ(run().exit_code, 3);
    const json first = lab_.comparison("Q2_K");
    EXPECT_TRUE(cache().is_null()) << "no other run had a verdict";
    const auto [again, n_calls] = run_anew();
    EXPECT_EQ(again.exit_code, 3) << describe(again);
    EXPECT_EQ(lab_.comparison("Q2_K")["counts"], first["counts"]);
    EXPECT_EQ(lab_.comparison("Q2_K")["decision"], first["decision"]);
    EXPECT_GT(n_pairs(), 20);
    const int n_again = std::max(5, (n_pairs() + 9) / 10);
    EXPECT_EQ(cache(),
              (json{{"n_taken", n_pairs() - n_again},
                    {"n_again", n_again},
                    {"n_same", n_again},
                    {"stopped", false}}));
    EXPECT_EQ(n_calls, n_controls(lab_.report()["controls"][0]) + n_again);
    EXPECT_NE(again.err.find("from the cache"), std::string::npos) << again.err;
    EXPECT_NE(bytes_of(lab_.run_dir() + "/report.md")
                  .find(fmt::format("{} verdicts were taken from other runs in which it passed its "
                                    "controls; {} were asked again, and {} of these were the same.",
                                    n_pairs() - n_again,
                                    n_again,
                                    n_again)),
              std::string::npos);
    // The same run again asks nothing, and leaves the same bytes.
    const auto before = lab_.artifacts();
    const std::size_t n_seen = server_.seen().size();
    EXPECT_EQ(run().exit_code, 3);
    EXPECT_EQ(server_.seen().size(), n_seen);
    EXPECT_EQ(difference(before, lab_.artifacts()), "");
}

TEST_F(JudgeCache, OfAJudgeThatDidNotPassItsControlsNothingIsTaken) {
    blind_ = true;
    EXPECT_EQ(run().exit_code, 4);
    const std::size_t n_first = server_.seen().size();
    blind_ = false;
    const auto [ended, n_calls] = run_anew();
    EXPECT_EQ(ended.exit_code, 3) << describe(ended);
    EXPECT_EQ(n_calls, static_cast<int>(n_first));
    EXPECT_NE(ended.err.find(
                  fmt::format("{} verdicts of the judge cache are not taken for sim-1", n_pairs())),
              std::string::npos)
        << ended.err;
    EXPECT_TRUE(cache().is_null());
    // What was asked for anew is kept, with controls that were passed.
    EXPECT_LT(run_anew().second, static_cast<int>(n_first) - 20);
}

TEST_F(JudgeCache, OfAnEarlierVersionNothingIsTaken) {
    EXPECT_EQ(run().exit_code, 3);
    const std::size_t n_first = server_.seen().size();
    rewrite([](json& file) { file.erase("run"); });
    const auto [ended, n_calls] = run_anew();
    EXPECT_EQ(ended.exit_code, 3) << describe(ended);
    EXPECT_EQ(n_calls, static_cast<int>(n_first));
    EXPECT_NE(ended.err.find("an earlier version of assay kept none"), std::string::npos)
        << ended.err;
}

/// A folder in which somebody made every verdict a tie.
TEST_F(JudgeCache, VerdictsThatTheJudgeDoesNotGiveAgainAreNotTaken) {
    EXPECT_EQ(run().exit_code, 3);
    const json first = lab_.comparison("Q2_K");
    const std::size_t n_first = server_.seen().size();
    rewrite([](json& file) {
        if (file.contains("state")) {
            file["state"] = "TIE";
        }
    });
    const auto [ended, n_calls] = run_anew();
    EXPECT_EQ(ended.exit_code, 3) << describe(ended);
    EXPECT_EQ(n_calls, static_cast<int>(n_first)) << "all is asked anew";
    EXPECT_EQ(lab_.comparison("Q2_K")["counts"], first["counts"]);
    EXPECT_NE(ended.err.find("the judge cache is not used for sim-1: of "), std::string::npos)
        << ended.err;
    EXPECT_EQ(cache()["stopped"], true);
    EXPECT_EQ(cache()["n_taken"], 0);
    EXPECT_LT(2 * cache()["n_same"].get<int>(), cache()["n_again"].get<int>());
    EXPECT_NE(bytes_of(lab_.run_dir() + "/report.md").find("too few, so all was asked anew"),
              std::string::npos);
}

TEST_F(JudgeCache, AskedForAnewTheyAreKeptAnewAndAnotherJudgeKnowsNothingOfThem) {
    EXPECT_EQ(run().exit_code, 3);
    const std::size_t n_first = server_.seen().size();
    EXPECT_EQ(run({"--rejudge"}).exit_code, 3);
    EXPECT_EQ(server_.seen().size(), 2 * n_first);
    EXPECT_LT(run_anew().second, static_cast<int>(n_first) - 20);
    const std::size_t before = server_.seen().size();
    lab_.forget_run();
    EXPECT_EQ(lab_.run("Q2_K",
                       {"--judge",
                        "openai:sim-2@" + server_.url(),
                        "--stopping",
                        "none",
                        "--judge-cache",
                        folder()})
                  .exit_code,
              3);
    EXPECT_EQ(server_.seen().size() - before, n_first);
}

TEST_F(JudgeCache, ADamagedFileIsAskedForAgainAndAFolderThatCannotBeMadeIsNamed) {
    EXPECT_EQ(run().exit_code, 3);
    int n_files = 0;
    for (const auto& [name, bytes] : files_below(folder())) {
        lab_.folder().write("verdicts/" + name,
                            ++n_files % 2 == 0 ? "{\"state\": 7}" : "not JSON \xFF");
    }
    EXPECT_GT(n_files, 0);
    const std::size_t n_first = server_.seen().size();
    const auto [ended, n_calls] = run_anew();
    EXPECT_EQ(ended.exit_code, 3) << describe(ended);
    EXPECT_EQ(n_calls, static_cast<int>(n_first));

    lab_.forget_run();
    const Ended refused = lab_.run(
        "Q2_K",
        {"--judge", "openai:sim-1@" + server_.url(), "--judge-cache", lab_.model() + "/no"});
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_NE(refused.err.find("--judge-cache"), std::string::npos) << describe(refused);
}

}  // namespace
}  // namespace assay::test
