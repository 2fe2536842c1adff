// The whole program: batches that survive a kill, dry runs, money, and a model that changes between
// two runs.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <nlohmann/json.hpp>

#include "lab.hpp"
#include "sim_batches.hpp"
#include "sim_judges.hpp"
#include "sim_server.hpp"

namespace assay::test {
namespace {

using nlohmann::json;

/// `assay run` of an experiment file whose judge has these further settings.
Strings experiment(const Lab& lab,
                   const SimServer& server,
                   const std::string& settings,
                   const Strings& more = {}) {
    lab.folder().write(
        "exp.yaml",
        fmt::format(
            "baseline: {{file: model.gguf}}\nvariants: [Q2_K]\ndataset: {{file: questions.jsonl}}\n"
            "judges: [{{provider: openai, url: \"{}\", model: sim-1{}}}]\n",
            server.url(),
            settings));
    Strings arguments{"run", "exp.yaml", "--run", lab.run_dir(), "--engine", SCRIPTED_ENGINE};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

ScriptedReply tie(const SeenRequest&, int) {
    return {200, verdict_completion("TIE")};
}

int n_pairs(const Lab& lab) {
    return lab.comparison("Q2_K")["counts"]["n_items"].get<int>() -
           lab.comparison("Q2_K")["counts"]["identical"].get<int>();
}

TEST(JudgeOperations, ABatchIsFoundAgainAfterAKillAtAnyCallAndEveryItemIsBilledOnce) {
    const Lab lab(4);
    for (int k = 1;; ++k) {
        lab.forget_run();
        SimBatches sim("openai", [](const std::string&) {
            return ScriptedReply{200, verdict_completion("TIE")};
        });
        std::atomic<int> pid = 0;
        std::atomic<bool> killed = false;
        const SimServer server([&](const SeenRequest& request, int n) {
            const ScriptedReply reply = sim.handle(request);
            if (n == k && pid != 0) {
                killed = true;
                ::kill(pid, SIGKILL);
            }
            return reply;
        });
        const Strings arguments = experiment(
            lab, server, ", batch: true, batch-poll-s: 0.1, name: panel");
        {
            Start start = lab.start("Q2_K");
            start.command.resize(1);
            start.command.insert(start.command.end(), arguments.begin(), arguments.end());
            Program program(start);
            pid = program.pid();
            const Ended ended = program.wait();
            pid = 0;
            if (!killed) {
                EXPECT_EQ(ended.signal, 0);
                EXPECT_NE(ended.err.find("batch_1"), std::string::npos) << describe(ended);
                EXPECT_GE(k, 5) << "a file, a batch, two looks and the results";
                break;
            }
            EXPECT_EQ(ended.signal, SIGKILL);
        }
        const Ended ended = lab.assay(arguments);
        EXPECT_NE(ended.exit_code, 1) << describe(ended);
        EXPECT_EQ(lab.comparison("Q2_K")["counts"]["errors"], 0);
        EXPECT_EQ(lab.comparison("Q2_K")["counts"]["not_judged"], 0);
        int n = 0;
        for (const auto& [body, times] : sim.billed()) {
            n += times;
        }
        EXPECT_EQ(n, lab.report()["judges"][0]["n_calls"]) << "killed at call " << k;
        EXPECT_GT(n, 40);
        EXPECT_TRUE(sim.complaints().empty()) << sim.complaints().front();
    }
}

TEST(JudgeOperations, BatchesAreSubmittedInWavesSoThatStoppingSavesCalls) {
    const Lab lab(240);
    const auto judge = [&](SimBatches& sim, const Strings& more) {
        const SimServer server(
            [&](const SeenRequest& request, int) { return sim.handle(request); });
        const Ended ended = lab.assay(
            experiment(lab, server, ", batch: true, batch-poll-s: 0.1, name: panel", more));
        EXPECT_NE(ended.exit_code, 1) << describe(ended);
        EXPECT_TRUE(sim.complaints().empty()) << sim.complaints().front();
    };
    const auto fair = [](const std::string& body) {
        SeenRequest request;
        request.body = body;
        return fair_judge(request, 1);
    };
    SimBatches in_waves("openai", fair);
    judge(in_waves, {});
    const json stopped = lab.comparison("Q2_K");
    EXPECT_EQ(stopped["stopping"]["stopped_early"], true);
    EXPECT_GT(stopped["counts"]["not_judged"], 50);
    EXPECT_GE(in_waves.n_batches(), 2);
    EXPECT_LT(in_waves.billed().size(), 240u + kControls);

    SimBatches at_once("openai", fair);
    judge(at_once, {"--stopping", "none", "--rejudge"});
    EXPECT_EQ(at_once.n_batches(), 1);
    EXPECT_EQ(lab.comparison("Q2_K")["counts"]["not_judged"], 0);
}

/// Says besides which answer does not know the fact.
ScriptedReply tagging_judge(const SeenRequest& request, int n) {
    json reply = json::parse(fair_judge(request, n).body);
    json said = json::parse(reply["choices"][0]["message"]["content"].get<std::string>());
    const std::string expected = prompt_field(request.body, "expected");
    for (const std::string side : {"a", "b"}) {
        const std::string answer = prompt_field(request.body, "answer_" + side);
        const bool knows = answer.starts_with(expected.substr(0, expected.find(" is ")) + " ");
        said["tags_" + side] = knows ? json::array() : json::array({"incorrect"});
    }
    reply["choices"][0]["message"]["content"] = said.dump();
    return {200, reply.dump()};
}

TEST(JudgeOperations, TagsAreUnblindedAndCountedByVariantAndNeverDecide) {
    const Lab lab(12);
    const SimServer server(tagging_judge);
    const Ended ended = lab.assay(
        experiment(lab, server, ", name: panel, tags: true", {"--stopping", "none"}));
    ASSERT_NE(ended.exit_code, 1) << describe(ended);
    const json comparison = lab.comparison("Q2_K");
    const json& counts = comparison["counts"];
    const int n_losses = counts["losses"];
    ASSERT_GT(n_losses, 2);
    ASSERT_EQ(comparison["tags"].size(), 8U);
    const json& incorrect = comparison["tags"][0];
    EXPECT_EQ(incorrect["tag"], "incorrect");
    EXPECT_EQ(incorrect["n"], counts["n"].get<int>() - counts["identical"].get<int>())
        << "identical answers are shown to nobody";
    EXPECT_EQ(incorrect["variant"].get<int>() - incorrect["baseline"].get<int>(),
              n_losses - counts["wins"].get<int>());
    EXPECT_GT(incorrect["difference"]["low"], 0);
    EXPECT_EQ(comparison["tags"][3]["variant"], 0);
    const std::string text = bytes_of(lab.run_dir() + "/report.md");
    EXPECT_NE(text.find("What judges tagged"), std::string::npos);
    EXPECT_NE(text.find("`incorrect`"), std::string::npos);

    // By the study's files and for a terminal.
    for (const json& row : json::parse(
             bytes_of(lab.run_dir() + "/evaluation/exports/Q2_K/panel/evaluation_results.json"))) {
        if (row["winner_model"] != "model") {
            continue;
        }
        const std::string winner = row["verdict"], loser = winner == "A" ? "B" : "A";
        EXPECT_EQ(row["tags"][winner], json::array()) << row;
        EXPECT_EQ(row["tags"][loser], json::array({"incorrect"})) << row;
        EXPECT_NE(lab.assay({"trace", lab.run_dir(), row["task_id"]})
                      .out.find("tags      " + loser + ": incorrect\n"),
                  std::string::npos);
    }

    // Verdicts and decision are the same without them.
    const Lab plain(12);
    const SimServer untagged(fair_judge);
    ASSERT_NE(
        plain.assay(experiment(plain, untagged, ", name: panel", {"--stopping", "none"})).exit_code,
        1);
    EXPECT_EQ(plain.comparison("Q2_K")["counts"], counts);
    EXPECT_EQ(plain.comparison("Q2_K")["decision"], comparison["decision"]);
    EXPECT_TRUE(plain.comparison("Q2_K")["tags"].is_null());

    // The other order's tags are not counted twice.
    const SimServer both(tagging_judge);
    const Ended second = lab.assay(experiment(
        lab, both, ", name: panel, tags: true", {"--stopping", "none", "--both-orders"}));
    ASSERT_NE(second.exit_code, 1) << describe(second);
    EXPECT_EQ(lab.comparison("Q2_K")["tags"][0]["n"], incorrect["n"]);
    EXPECT_EQ(lab.comparison("Q2_K")["tags"][0]["variant"], incorrect["variant"]);

    // Of one question: which answer, still blind.
    bool any = false;
    for (int q = 1; q <= 12; ++q) {
        const json trace = json::parse(
            lab.assay({"trace", lab.run_dir(), fmt::format("q{:02}", q), "--json"}).out);
        const json& pair = trace["comparisons"][0];
        if (pair["verdicts"].empty()) {
            continue;
        }
        const bool variant_lost = pair["outcome"] == "loss";
        const std::string side = pair["presented_as_A"] == "Q2_K" ? "A" : "B";
        const json& tags = pair["verdicts"][0]["tags"];
        EXPECT_EQ(tags[side] == json::array({"incorrect"}),
                  variant_lost || tags[side] == tags[side == "A" ? "B" : "A"])
            << pair;
        any = any || variant_lost;
    }
    EXPECT_TRUE(any);
}

TEST(JudgeOperations, ADryRunCountsWhatIsMissingAndSendsAndChangesNothing) {
    const Lab lab(12);
    const SimServer server(tie);
    const auto dry = [&](const std::string& settings, Strings more) {
        more.insert(more.end(), {"--dry-run", "--json"});
        const Ended ended = lab.assay(experiment(lab, server, settings, more));
        EXPECT_EQ(ended.exit_code, 0) << describe(ended);
        EXPECT_TRUE(server.seen().empty());
        return json::parse(ended.out)["judges"][0];
    };
    const json before = dry("", {});
    EXPECT_EQ(before["n_calls"], 12 + kControls);
    EXPECT_EQ(before["exact"], false);
    EXPECT_FALSE(before["why"].get<std::string>().empty());
    EXPECT_TRUE(files_below(lab.run_dir()).empty());

    EXPECT_NE(lab.run("Q2_K").exit_code,
              1);  // answers and pairs are there, and this judge was never asked
    const auto files = lab.artifacts();
    const std::string store = bytes_of(lab.run_dir() + "/assay.sqlite");
    const json now = dry(", price-input: 10, price-output: 10", {});
    EXPECT_EQ(now["exact"], true) << now;
    EXPECT_EQ(now["n_calls"], n_pairs(lab) + kControls);
    EXPECT_GT(now["cost"], 0);
    EXPECT_GT(now["most_cost"], now["cost"]);
    const json half = dry(", price-input: 10, price-output: 10, batch: true", {});
    EXPECT_NEAR(half["cost"].get<double>(), now["cost"].get<double>() / 2, 1e-12);
    EXPECT_EQ(lab.artifacts(), files);
    EXPECT_TRUE(bytes_of(lab.run_dir() + "/assay.sqlite") == store);
    const Ended text = lab.assay(experiment(lab, server, "", {"--dry-run"}));
    EXPECT_NE(text.out.find(fmt::format("judge sim-1: {} calls missing", n_pairs(lab) + kControls)),
              std::string::npos)
        << text.out;
    EXPECT_NE(text.out.find("Nothing was sent"), std::string::npos);
}

TEST(JudgeOperations, AfterTheRunADryRunMissesNothingAndRejudgeEverything) {
    const Lab lab(12);
    const SimServer server(tie);
    EXPECT_NE(lab.assay(experiment(lab, server, "", {"--stopping", "none"})).exit_code, 1);
    const std::size_t n_calls = server.seen().size();
    const auto n_missing = [&](Strings more) {
        more.insert(more.end(), {"--stopping", "none", "--dry-run", "--json"});
        const Ended ended = lab.assay(experiment(lab, server, "", more));
        EXPECT_EQ(ended.exit_code, 0) << describe(ended);
        return json::parse(ended.out)["judges"][0]["n_calls"].get<std::size_t>();
    };
    EXPECT_EQ(n_missing({}), 0u);
    EXPECT_EQ(n_missing({"--rejudge"}), n_calls);
    EXPECT_EQ(server.seen().size(), n_calls);
    EXPECT_NE(lab.assay(experiment(lab, server, "", {"--stopping", "none", "--rejudge"})).exit_code,
              1);
    EXPECT_EQ(server.seen().size(), 2 * n_calls) << "it was no lie";
}

TEST(JudgeOperations, WhatAJudgeCostIsInTheReportOrWhyItIsNot) {
    const Lab lab(8);
    const SimServer server(tie);
    EXPECT_NE(lab.assay(experiment(lab, server, "")).exit_code, 1);
    json judge = lab.report()["judges"][0];
    EXPECT_TRUE(judge["cost"]["value"].is_null());
    EXPECT_NE(judge["cost"]["why"].get<std::string>().find("no prices"), std::string::npos);
    EXPECT_NE(
        lab.assay(experiment(lab, server, ", price-input: 1000, price-output: 2000")).exit_code, 1);
    judge = lab.report()["judges"][0];
    EXPECT_NEAR(judge["cost"]["value"].get<double>(),
                judge["n_calls"].get<double>() * 0.02,
                1e-9);  // 10 and 5 tokens each
    EXPECT_EQ(judge["cost"]["n"], judge["n_calls"]);
    EXPECT_NE(bytes_of(lab.run_dir() + "/report.md").find("They cost"), std::string::npos);
}

TEST(JudgeOperations, AModelThatChangedBetweenTwoRunsStopsTheJudgeOrSplitsTheReport) {
    const Lab lab(14);
    std::atomic<int> version = 1;
    const SimServer server([&](const SeenRequest&, int) {
        json body = json::parse(verdict_completion("TIE"));
        body["model"] = fmt::format("sim-1-v{}", version.load());
        return ScriptedReply{200, body.dump()};
    });
    EXPECT_NE(lab.assay(experiment(lab, server, "", {"--limit", "7"})).exit_code, 1);
    version = 2;
    const std::size_t n_before = server.seen().size();
    const Ended stopped = lab.assay(experiment(lab, server, ", concurrency: 1"));
    EXPECT_NE(
        (stopped.out + stopped.err).find("named the model \"sim-1-v1\" and now name \"sim-1-v2\""),
        std::string::npos)
        << describe(stopped);
    EXPECT_EQ(server.seen().size(), n_before + 1);
    EXPECT_NE(lab.assay(experiment(lab, server, ", allow-version-change: true")).exit_code, 1);
    const json judge = lab.report()["judges"][0];
    EXPECT_EQ(judge["versions"], (json{"sim-1-v1", "sim-1-v2"}));
    EXPECT_EQ(judge["n_by_version"][0].get<int>() + judge["n_by_version"][1].get<int>(),
              judge["n_calls"]);
    EXPECT_GT(judge["n_by_version"][1], 1);
    EXPECT_NE(bytes_of(lab.run_dir() + "/report.md").find("more than one model"),
              std::string::npos);
}

}  // namespace
}  // namespace assay::test
