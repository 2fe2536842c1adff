// A run that is extended after a decision was shown: is the judge still the one that judged before?

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>

#include "lab.hpp"
#include "sim_judges.hpp"
#include "sim_server.hpp"

namespace assay::test {
namespace {

using nlohmann::json;

/// Pairs of before that are asked again, at most; of Q8_0 many need no call.
constexpr int kRechecks = 20;
constexpr int kFewRechecks = 10;

/// Fair until `change` is called; then `then` answers.
class ChangingJudge {
 public:
    explicit ChangingJudge(Script then)
        : then_(std::move(then)), server_([this](const SeenRequest& request, int n) {
              return changed_ ? then_(request, n) : fair_judge(request, n);
          }) {}
    void change() { changed_ = true; }
    [[nodiscard]] int n_calls() const { return static_cast<int>(server_.seen().size()); }
    [[nodiscard]] Strings flags(const Strings& more = {}) const {
        Strings out{"--judge", "openai:sim-1@" + server_.url(), "--stopping", "none"};
        out.insert(out.end(), more.begin(), more.end());
        return out;
    }

 private:
    Script then_;
    std::atomic<bool> changed_{false};
    SimServer server_;
};

ScriptedReply blind(const SeenRequest&, int) {
    return {200, verdict_completion("TIE")};
}

json extensions(const Lab& lab) {
    return lab.report()["controls"][0].value("extensions", json::array());
}

bool has_reason(const Lab& lab, const std::string& variant, const std::string& words) {
    const std::string why = lab.comparison(variant)["decision"]["why"];
    return why.find(words) != std::string::npos;
}

TEST(Extension, AFairJudgeIsAskedFreshControlsAndSomeOldPairsAndDecides) {
    const Lab lab(80);
    const ChangingJudge judge(fair_judge);
    const Ended first = lab.run("Q8_0", judge.flags({"--limit", "50"}));
    EXPECT_EQ(first.exit_code, 0) << describe(first);
    EXPECT_TRUE(extensions(lab).empty());
    const json controls = lab.report()["controls"][0];
    const int n_before = judge.n_calls();

    const Ended ended = lab.run("Q8_0", judge.flags());
    EXPECT_EQ(ended.exit_code, 6) << "exploratory, as before: " << describe(ended);
    EXPECT_EQ(lab.comparison("Q8_0")["decision"]["label"], "equivalent");
    ASSERT_EQ(extensions(lab).size(), 1U);
    const json extension = extensions(lab)[0];
    EXPECT_EQ(extension["controls"]["passed"], true) << extension.dump(1);
    EXPECT_EQ(extension["controls"]["swapped"]["n"], 20);
    EXPECT_EQ(extension["recheck"]["passed"], true);
    EXPECT_GE(extension["recheck"]["n"], kFewRechecks);
    EXPECT_EQ(extension["recheck"]["n_same"], extension["recheck"]["n"]);
    EXPECT_EQ(extension["variants"], json::array({"Q8_0"}));
    json now = lab.report()["controls"][0];
    now.erase("extensions");
    EXPECT_EQ(now, controls) << "those of the first questions stay";
    const json counts = lab.comparison("Q8_0")["counts"];
    EXPECT_EQ(counts["n_items"], 80);
    EXPECT_LE(judge.n_calls() - n_before, 30 + n_controls(extension["controls"]) + kRechecks);
    EXPECT_GT(judge.n_calls() - n_before, n_controls(extension["controls"]) + kFewRechecks);

    // The same again asks nothing and says the same.
    const int n_calls = judge.n_calls();
    const auto before = lab.artifacts();
    EXPECT_EQ(lab.run("Q8_0", judge.flags()).exit_code, 6);
    EXPECT_EQ(judge.n_calls(), n_calls);
    EXPECT_EQ(difference(before, lab.artifacts()), "");
    const Ended verified = lab.assay({"verify", lab.run_dir()});
    EXPECT_EQ(verified.exit_code, 0) << describe(verified);
    const std::string report = bytes_of(lab.run_dir() + "/report.md");
    EXPECT_NE(report.find("extension 1 added"), std::string::npos);
    const Ended audit = lab.assay({"audit", lab.run_dir()});
    EXPECT_NE(audit.out.find("Extension 1, its own controls: passed"), std::string::npos)
        << audit.out;
}

TEST(Extension, TheFreshControlsAreOfTheNewQuestionsAndTheOldPairsHideAmongThem) {
    const Lab lab(80);
    const ChangingJudge judge(fair_judge);
    EXPECT_EQ(lab.run("Q8_0", judge.flags({"--limit", "50"})).exit_code, 0);
    const std::string mapping = "/evaluation/exports/Q8_0/sim-1/controls/batch_mapping.json";
    std::set<std::string> before;
    for (const json& row : json::parse(bytes_of(lab.run_dir() + mapping))) {
        before.insert(row["control_id"]);
    }
    EXPECT_EQ(lab.run("Q8_0", judge.flags()).exit_code, 6);
    int n_fresh = 0;
    for (const json& row : json::parse(bytes_of(lab.run_dir() + mapping))) {
        if (before.contains(row["control_id"])) {
            continue;
        }
        ++n_fresh;
        const std::string id = row["question_id"];
        EXPECT_GT(std::stoi(id.substr(1)), 50) << id << ": the judge may have seen it before";
    }
    EXPECT_GE(n_fresh, 100);
}

TEST(Extension, OfFewQuestionsHasControlsOfAll) {
    const Lab lab(55);
    const ChangingJudge judge(fair_judge);
    EXPECT_EQ(lab.run("Q8_0", judge.flags({"--limit", "50"})).exit_code, 0);
    EXPECT_EQ(lab.run("Q8_0", judge.flags()).exit_code, 6);
    const json extension = extensions(lab)[0];
    EXPECT_EQ(extension["controls"]["passed"], true) << extension.dump(1);
    EXPECT_EQ(extension["controls"]["swapped"]["n"], 20);
    int n_old = 0;
    const std::string mapping = "/evaluation/exports/Q8_0/sim-1/controls/batch_mapping.json";
    for (const json& row : json::parse(bytes_of(lab.run_dir() + mapping))) {
        n_old += std::stoi(row["question_id"].get<std::string>().substr(1)) <= 50;
    }
    EXPECT_GT(n_old, kControls) << "more than the run had before";
}

TEST(Extension, AJudgeThatHasGoneBlindMeasuresNothing) {
    const Lab lab(80);
    ChangingJudge judge(blind);
    EXPECT_EQ(lab.run("Q8_0", judge.flags({"--limit", "50"})).exit_code, 0);
    judge.change();
    const Ended ended = lab.run("Q8_0", judge.flags());
    EXPECT_EQ(ended.exit_code, 4) << describe(ended);
    EXPECT_EQ(lab.report()["controls"][0]["passed"], true) << "on that day it saw";
    EXPECT_EQ(extensions(lab)[0]["controls"]["passed"], false);
    EXPECT_TRUE(has_reason(lab, "Q8_0", "extended after a decision had been shown"))
        << lab.comparison("Q8_0")["decision"];
    const Ended audit = lab.assay({"audit", lab.run_dir()});
    EXPECT_NE(audit.out.find("When the run was extended (extension 1)"), std::string::npos)
        << audit.out;
}

/// It sees all controls, which it was never asked before, and calls the rest a tie.
TEST(Extension, AnotherJudgeUnderTheSameNameIsFoundByOldPairs) {
    const Lab lab(80);
    std::mutex mutex;
    std::set<std::string> seen;
    bool changed = false;
    const SimServer server([&](const SeenRequest& request, int n) -> ScriptedReply {
        const std::string pair = prompt_field(request.body, "answer_a") + "\n" +
                                 prompt_field(request.body, "answer_b");
        const std::lock_guard lock(mutex);
        if (!changed) {
            seen.insert(pair);
            return fair_judge(request, n);
        }
        return seen.contains(pair) ? blind(request, n) : fair_judge(request, n);
    });
    const Strings flags{"--judge", "openai:sim-1@" + server.url(), "--stopping", "none"};
    Strings fewer = flags;
    fewer.insert(fewer.end(), {"--limit", "50"});
    EXPECT_EQ(lab.run("Q2_K", fewer).exit_code, 3);
    {
        const std::lock_guard lock(mutex);
        changed = true;
    }
    const Ended ended = lab.run("Q2_K", flags);
    EXPECT_EQ(ended.exit_code, 4) << describe(ended);
    const json extension = extensions(lab)[0];
    EXPECT_EQ(extension["controls"]["passed"], true) << extension.dump(1);
    EXPECT_EQ(extension["recheck"]["passed"], false);
    EXPECT_TRUE(has_reason(lab, "Q2_K", "--rejudge")) << lab.comparison("Q2_K")["decision"];

    // The way out that it names.
    Strings anew = flags;
    anew.push_back("--rejudge");
    const Ended after = lab.run("Q2_K", anew);
    EXPECT_NE(after.exit_code, 1) << describe(after);
    EXPECT_EQ(extensions(lab)[0]["recheck"]["passed"], true) << extensions(lab)[0].dump(1);
}

TEST(Extension, AVariantThatIsAddedHasControlsOfItsOwn) {
    const Lab lab(60);
    ChangingJudge judge(blind);
    EXPECT_EQ(lab.run("Q8_0", judge.flags()).exit_code, 0);
    judge.change();
    EXPECT_EQ(lab.run("Q8_0,Q2_K", judge.flags()).exit_code, 0) << "of Q8_0 it stays";
    ASSERT_EQ(extensions(lab).size(), 1U);
    EXPECT_EQ(extensions(lab)[0]["variants"], json::array({"Q2_K"}));
    EXPECT_EQ(extensions(lab)[0]["recheck"]["n"], 0) << "nothing of it was judged before";
    EXPECT_EQ(lab.comparison("Q2_K")["decision"]["label"], "not_measured");
    EXPECT_EQ(lab.comparison("Q8_0")["decision"]["label"], "equivalent")
        << "it was judged when the judge could see";
}

TEST(Extension, EachHasItsOwnControls) {
    const Lab lab(90);
    const ChangingJudge judge(fair_judge);
    EXPECT_EQ(lab.run("Q8_0", judge.flags({"--limit", "40"})).exit_code, 0);
    EXPECT_NE(lab.run("Q8_0", judge.flags({"--limit", "65"})).exit_code, 1);
    EXPECT_EQ(extensions(lab).size(), 1U);
    EXPECT_NE(lab.run("Q8_0", judge.flags()).exit_code, 1);
    ASSERT_EQ(extensions(lab).size(), 2U);
    for (const json& extension : extensions(lab)) {
        EXPECT_EQ(extension["controls"]["passed"], true) << extension.dump(1);
        EXPECT_EQ(extension["controls"]["swapped"]["n"], 20);
        EXPECT_GE(extension["recheck"]["n"], kFewRechecks);
    }
}

TEST(Extension, BeforeADecisionWasShownMoreQuestionsAreNoExtension) {
    const Lab lab(60);
    int n = 0;
    const SimServer server([&](const SeenRequest& request, int number) -> ScriptedReply {
        n = number;
        if (number > 30) {
            return {401, R"({"error": {"message": "no money left"}})"};
        }
        return fair_judge(request, number);
    });
    const Strings flags{"--judge", "openai:sim-1@" + server.url(), "--stopping", "none"};
    Strings fewer = flags;
    fewer.insert(fewer.end(), {"--limit", "40"});
    EXPECT_EQ(lab.run("Q8_0", fewer).exit_code, 4);
    EXPECT_NE(lab.run("Q8_0", flags).exit_code, 1);
    EXPECT_TRUE(extensions(lab).empty());
}

}  // namespace
}  // namespace assay::test
