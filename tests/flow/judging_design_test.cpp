// How often a pair is put to a judge: both orders and repeats.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>

#include "lab.hpp"
#include "sim_judges.hpp"
#include "sim_server.hpp"

namespace assay::test {
namespace {

using nlohmann::json;

Strings judge(const SimServer& server, const Strings& more) {
    Strings flags{"--judge", "openai:sim-1@" + server.url(), "--stopping", "none"};
    flags.insert(flags.end(), more.begin(), more.end());
    return flags;
}

json controls(const Lab& lab) {
    return lab.report()["controls"][0];
}

TEST(BothOrders, AskTwiceWithEachAnswerFirstOnceAndCountVerdicts) {
    const Lab lab(20);
    const SimServer server(fair_judge);
    const Ended ended = lab.run("Q2_K", judge(server, {"--both-orders"}));
    EXPECT_EQ(ended.exit_code, 3) << describe(ended);
    const json comparison = lab.comparison("Q2_K");
    const json& counts = comparison["counts"];
    EXPECT_EQ(counts["n_items"], 40);
    EXPECT_EQ(counts["n"], 40);
    EXPECT_EQ(counts["wins"], 0);
    EXPECT_EQ(counts["losses"].get<int>() % 2, 0);
    EXPECT_GT(counts["losses"], 10);
    EXPECT_EQ(static_cast<int>(server.seen().size()),
              40 - counts["identical"].get<int>() + n_controls(controls(lab)));
    EXPECT_EQ(comparison["both_orders"]["n_flipped"], 0);
    EXPECT_EQ(comparison["both_orders"]["n"].get<int>(), 20 - counts["identical"].get<int>() / 2);
    EXPECT_EQ(comparison["questions"]["n"], 20)
        << "the two verdicts of a question depend on each other";
    EXPECT_TRUE(comparison["clusters"].is_null());
    EXPECT_NE(comparison["net_win_rate"]["method"].get<std::string>().find("question score"),
              std::string::npos);
    EXPECT_EQ(lab.report()["judges"][0]["both_orders"], true);

    const std::string folder = lab.run_dir() + "/evaluation/exports/Q2_K/sim-1/";
    std::map<std::string, std::set<std::string>> orders;
    std::set<std::string> ids;
    for (const json& row : json::parse(bytes_of(folder + "batch_mapping.json"))) {
        orders[row["task_id"]].insert(row["order"].get<std::string>());
        ids.insert(row["comparison_id"].get<std::string>());
    }
    EXPECT_EQ(ids.size(), 40u);
    for (const auto& [id, seen] : orders) {
        EXPECT_EQ(seen.size(), 2u) << id;
    }
    EXPECT_EQ(json::parse(bytes_of(folder + "evaluation_results.json")).size(), 40u);

    // The run itself and its results file say the same.
    const json from_run = json::parse(lab.assay({"stats", lab.run_dir(), "--json"}).out);
    EXPECT_EQ(from_run["decision"], comparison["decision"]);
    const json from_file = json::parse(
        lab.assay({"stats", folder + "evaluation_results.json", "--variant", "Q2_K", "--json"})
            .out);
    EXPECT_EQ(from_file["counts"]["losses"], counts["losses"]);
    EXPECT_EQ(from_file["both_orders"]["n"], comparison["both_orders"]["n"]);

    const auto before = lab.artifacts();
    const std::size_t n_calls = server.seen().size();
    EXPECT_EQ(lab.run("Q2_K", judge(server, {"--both-orders"})).exit_code, 3);
    EXPECT_EQ(server.seen().size(), n_calls);
    EXPECT_EQ(lab.artifacts(), before);
    const Ended trace = lab.assay({"trace", lab.run_dir(), "q02"});
    EXPECT_EQ(trace.exit_code, 0) << describe(trace);
    EXPECT_NE(trace.out.find("A is model, B is Q2_K"), std::string::npos) << trace.out;
    EXPECT_NE(trace.out.find("A is Q2_K, B is model"), std::string::npos) << trace.out;
}

TEST(BothOrders, AJudgeThatAlwaysSaysAFlipsEveryTimeAndGainsNobodyAnything) {
    const Lab lab(30);
    const SimServer server([](const SeenRequest&, int) {
        return ScriptedReply{200, verdict_completion("A")};
    });
    EXPECT_NE(lab.run("Q2_K", judge(server, {"--both-orders"})).exit_code, 1);
    const json comparison = lab.comparison("Q2_K");
    EXPECT_EQ(comparison["counts"]["wins"], comparison["counts"]["losses"]);
    EXPECT_EQ(comparison["both_orders"]["n_flipped"], comparison["both_orders"]["n"]);
    EXPECT_DOUBLE_EQ(comparison["both_orders"]["flip_rate"]["value"], 1.0);
    EXPECT_EQ(comparison["decision"]["label"], "not_measured") << "it did not pass its controls";
    EXPECT_NE(bytes_of(lab.run_dir() + "/report.md").find("another verdict in the other order"),
              std::string::npos);
}

TEST(BothOrders, AddedAfterADecisionWasShownMakeTheRunExploratory) {
    const Lab lab(20);
    const SimServer server(fair_judge);
    EXPECT_EQ(lab.run("Q2_K", judge(server, {})).exit_code, 3);
    const std::size_t n_calls = server.seen().size();
    EXPECT_EQ(lab.run("Q2_K", judge(server, {"--both-orders"})).exit_code, 3);
    EXPECT_EQ(lab.report()["experiment"]["exploratory"], true);
    const json counts = lab.comparison("Q2_K")["counts"];
    EXPECT_EQ(server.seen().size() - n_calls,
              static_cast<std::size_t>(20 - counts["identical"].get<int>() / 2))
        << "only the other order is asked";
}

TEST(Repeats, ShowHowOftenAJudgeSaysTheSameAndAreInNoCount) {
    const Lab lab(40);
    std::map<std::string, int> n_asked;  // by prompt
    std::mutex mutex;
    const SimServer server([&](const SeenRequest& request, int n) {
        const std::string prompt = json::parse(request.body)["messages"].dump();
        const std::lock_guard lock(mutex);
        return n_asked[prompt]++ == 0 ? fair_judge(request, n)
                                      : ScriptedReply{200, verdict_completion("TIE")};
    });
    const Ended ended = lab.run(
        "Q2_K", judge(server, {"--repeats", "2", "--repeat-share", "0.25", "-j", "1"}));
    EXPECT_EQ(ended.exit_code, 3) << describe(ended);
    const json counts = lab.comparison("Q2_K")["counts"];
    EXPECT_EQ(counts["n_items"], 40);
    const json repeats = lab.report()["judges"][0]["repeats"];
    EXPECT_GE(repeats["n"], 8) << repeats;
    EXPECT_EQ(repeats["n"].get<int>() % 2, 0);
    EXPECT_LT(repeats["same"]["value"], 1.0);
    EXPECT_EQ(repeats["same"]["n"], repeats["n"]);
    EXPECT_GT(repeats["within_variance"], 0.0);
    EXPECT_EQ(
        static_cast<int>(server.seen().size()),
        40 - counts["identical"].get<int>() + repeats["n"].get<int>() + n_controls(controls(lab)));
    EXPECT_EQ(json::parse(bytes_of(lab.run_dir() +
                                   "/evaluation/exports/Q2_K/sim-1/evaluation_results.json"))
                  .size(),
              40u);
    EXPECT_NE(bytes_of(lab.run_dir() + "/report.md").find("asked again about the same pair"),
              std::string::npos);

    const std::size_t n_calls = server.seen().size();
    EXPECT_EQ(
        lab.run("Q2_K", judge(server, {"--repeats", "2", "--repeat-share", "0.25"})).exit_code, 3);
    EXPECT_EQ(server.seen().size(), n_calls);
}

}  // namespace
}  // namespace assay::test
