// The whole program with a judge that speaks HTTP.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <csignal>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>

#include "lab.hpp"
#include "sim_judges.hpp"
#include "sim_server.hpp"

namespace assay::test {
namespace {

using nlohmann::json;

constexpr const char* kKey = "sk-secret-93b1f00d";

Strings judge(const SimServer& server) {
    return {"--judge", "openai:sim-1@" + server.url()};
}

ScriptedReply verdict(const std::string& word) {
    return {200, verdict_completion(word)};
}

TEST(HttpJudge, AFairOneIsUnblindedToWinsAndLosses) {
    const Lab lab(20);
    const SimServer server(fair_judge);
    const Ended ended = lab.run("Q2_K", judge(server));
    EXPECT_EQ(ended.exit_code, 3) << describe(ended);
    const auto counts = lab.comparison("Q2_K", "sim-1")["counts"];
    EXPECT_EQ(counts["wins"], 0);
    EXPECT_GT(counts["losses"], 5);
    EXPECT_EQ(counts["losses"].get<int>() + counts["ties"].get<int>(), 20);
    EXPECT_EQ(static_cast<int>(server.seen().size()),
              20 - counts["identical"].get<int>() + kControls)
        << "identical answers need no call";
    const auto controls = lab.report()["controls"][0];
    EXPECT_EQ(controls["passed"], true) << controls;
    EXPECT_EQ(controls["swapped"]["n_lost"], 20);
    EXPECT_EQ(controls["identical"]["n_preferred"], 0);
    // Both sides were shown, about as often.
    std::set<std::string> as_a;
    for (const auto& [id, side] : lab.sides("Q2_K", "sim-1")) {
        as_a.insert(side.presented_as_a);
    }
    EXPECT_EQ(as_a.size(), 2U);
}

TEST(HttpJudge, SeesQuestionExpectedAnswerContextsAndNoName) {
    const Lab lab(10);
    const SimServer server(fair_judge);
    EXPECT_NE(lab.run("Q2_K", judge(server)).exit_code, 1);
    ASSERT_FALSE(server.seen().empty());
    for (const SeenRequest& request : server.seen()) {
        EXPECT_TRUE(prompt_field(request.body, "question").starts_with("What is thing"));
        EXPECT_TRUE(prompt_field(request.body, "expected").starts_with("thing"));
        EXPECT_TRUE(prompt_field(request.body, "contexts").starts_with("Fact: "));
        for (const char* name : {"Q2_K", "F16", "gguf", "model.gguf", "baseline", "variant"}) {
            EXPECT_EQ(request.body.find(name), std::string::npos) << name;
        }
    }
}

TEST(HttpJudge, AReplyWithoutAVerdictIsInvalidNotATie) {
    const Lab lab(20);
    const SimServer server([](const SeenRequest& request, int n) {
        const bool odd = std::stoi(prompt_field(request.body, "question").substr(14)) % 2 ==
                         1;  // "What is thing 7?"
        return odd ? ScriptedReply{200, completion_json("I like both of them.")}
                   : fair_judge(request, n);
    });
    EXPECT_NE(lab.run("Q2_K", judge(server)).exit_code, 1);
    const auto counts = lab.comparison("Q2_K")["counts"];
    const int n_calls = static_cast<int>(server.seen().size());
    const auto baseline = lab.answers("model"), variant = lab.answers("Q2_K");
    int n_odd = 0;
    for (const auto& [id, text] : baseline) {
        n_odd += std::stoi(id.substr(1)) % 2 == 1 && variant.at(id) != text;
    }
    EXPECT_GT(n_odd, 0);
    EXPECT_EQ(counts["invalid"], n_odd);
    EXPECT_EQ(counts["ties"], counts["identical"]);
    EXPECT_EQ(counts["n"].get<int>() + counts["invalid"].get<int>(), 20);
    EXPECT_NE(bytes_of(lab.run_dir() + "/evaluation/exports/Q2_K/sim-1/raw_judge_responses.json")
                  .find("I like both of them."),
              std::string::npos);
    // It is final: the next run asks nothing.
    EXPECT_NE(lab.run("Q2_K", judge(server)).exit_code, 1);
    EXPECT_EQ(static_cast<int>(server.seen().size()), n_calls);
}

TEST(HttpJudge, OneThatAlwaysSaysAShowsAsPositionBiasNotAsAWinner) {
    const Lab lab(30);
    const SimServer server([](const SeenRequest&, int) { return verdict("A"); });
    EXPECT_NE(lab.run("Q2_K", judge(server)).exit_code, 1);
    const auto comparison = lab.comparison("Q2_K");
    const auto& counts = comparison["counts"];
    const int n_calls = static_cast<int>(server.seen().size()) - kControls;
    EXPECT_EQ(lab.report()["controls"][0]["passed"], false);
    EXPECT_EQ(comparison["decision"]["label"], "not_measured");
    // Nor does another margin make its verdicts count.
    EXPECT_EQ(json::parse(lab.assay({"stats", lab.run_dir(), "--margin", "0.9", "--json"})
                              .out)["decision"]["label"],
              "not_measured");
    // Sides are balanced over all pairs; those that need a call are a part of them.
    EXPECT_LE(std::abs(counts["wins"].get<int>() - counts["losses"].get<int>()), n_calls / 2);
    EXPECT_EQ(counts["wins"].get<int>() + counts["losses"].get<int>(), n_calls);
    EXPECT_FALSE(comparison["position"].is_null());
    const std::string report = bytes_of(lab.run_dir() + "/report.md");
    EXPECT_NE(report.find("osition"), std::string::npos);
}

TEST(HttpJudge, OutOfReachIsExitCode4WithTheAddressAndBackAgainOnlyTheMissingIsJudged) {
    const Lab lab(12);
    const int port = free_port();
    const Strings flags{"--judge", fmt::format("openai:sim-1@http://127.0.0.1:{}/v1", port)};
    const Ended gone = lab.run("Q2_K", flags);
    EXPECT_EQ(gone.exit_code, 4) << describe(gone);
    EXPECT_NE((gone.out + gone.err).find(fmt::format("127.0.0.1:{}", port)), std::string::npos)
        << describe(gone);
    const auto answers = lab.answers("Q2_K");
    EXPECT_EQ(answers.size(), 12U);
    const auto sides = lab.sides("Q2_K", "sim-1");
    lab.forget_journal();
    // Back again, but it breaks down after three verdicts. One that is under way when the first 401
    // arrives is waited for.
    {
        const SimServer server(
            [](const SeenRequest& request, int n) {
                return n <= 3 ? fair_judge(request, n)
                              : ScriptedReply{401, R"({"error": {"message": "no more"}})"};
            },
            port);
        const Ended half = lab.run("Q2_K", flags);
        EXPECT_EQ(half.exit_code, 4) << describe(half);
        EXPECT_NE((half.out + half.err).find("no more"), std::string::npos) << describe(half);
    }
    const SimServer server(fair_judge, port);
    const Ended back = lab.run("Q2_K", flags);
    EXPECT_EQ(back.exit_code, 3) << describe(back);
    EXPECT_EQ(lab.n_requests("answer"), 0);
    EXPECT_EQ(lab.answers("Q2_K"), answers);
    const auto counts = lab.comparison("Q2_K")["counts"];
    EXPECT_EQ(counts["errors"], 0);
    EXPECT_EQ(counts["not_judged"], 0);
    EXPECT_EQ(static_cast<int>(server.seen().size()),
              12 - counts["identical"].get<int>() + kControls - 3);
    for (const auto& [id, side] : lab.sides("Q2_K", "sim-1")) {
        EXPECT_EQ(side.presented_as_a, sides.at(id).presented_as_a) << id;
    }
}

TEST(HttpJudge, JudgeAloneMakesNoAnswerAndAFurtherJudgeIsAdded) {
    const Lab lab(12);
    const SimServer server(fair_judge);
    const auto arguments = [&](const char* verb) {
        return Strings{verb,
                       "-m",
                       lab.model(),
                       "--variants",
                       "Q2_K",
                       "--questions",
                       lab.questions(),
                       "--run",
                       lab.run_dir(),
                       "--engine",
                       SCRIPTED_ENGINE,
                       "--judge",
                       "reference",
                       "--judge",
                       "openai:sim-1@" + server.url()};
    };
    const Ended early = lab.assay(arguments("judge"));
    EXPECT_EQ(early.exit_code, 2) << describe(early);
    EXPECT_NE(early.err.find("12 of the 12 answers of"), std::string::npos) << describe(early);
    EXPECT_TRUE(server.seen().empty());
    EXPECT_EQ(lab.run("Q2_K").exit_code, 3);
    lab.forget_journal();
    const Ended judged = lab.assay(arguments("judge"));
    EXPECT_EQ(judged.exit_code, 3) << describe(judged);
    EXPECT_EQ(lab.n_requests("answer"), 0);
    EXPECT_GT(server.seen().size(), 40U);
    EXPECT_EQ(lab.report()["comparisons"].size(), 2U);
}

TEST(HttpJudge, OneThatCostsSomethingStopsEarlyOnABadVariantAndARunAgainAsksNothing) {
    const Lab lab(240);
    const SimServer server(fair_judge);
    const Ended ended = lab.run("Q2_K", judge(server));
    EXPECT_EQ(ended.exit_code, 3) << describe(ended);
    const auto comparison = lab.comparison("Q2_K");
    const auto& counts = comparison["counts"];
    EXPECT_EQ(comparison["decision"]["label"], "degraded");
    EXPECT_EQ(comparison["stopping"]["design"], "hybrid");
    EXPECT_EQ(comparison["stopping"]["stopped_early"], true);
    EXPECT_EQ(comparison["stopping"]["n_planned"], 240);
    EXPECT_GT(counts["not_judged"], 50) << "stopped early, not pending";
    EXPECT_EQ(counts["n_items"], 240);
    EXPECT_EQ(comparison["stopping"]["n_used"].get<int>() + counts["not_judged"].get<int>(), 240);
    EXPECT_LT(server.seen().size(), 200U);
    EXPECT_EQ(lab.report()["controls"][0]["passed"], true)
        << "all controls are asked whatever the questions say";
    // What came after the stop is in no result.
    int n_wins = 0, n_losses = 0, n_ties = 0;
    for (const json& row : json::parse(
             bytes_of(lab.run_dir() + "/evaluation/exports/Q2_K/sim-1/evaluation_results.json"))) {
        if (row["winner_model"] == "TIE") {
            ++n_ties;
        } else if (row["winner_model"] == "Q2_K") {
            ++n_wins;
        } else {
            ++n_losses;
        }
    }
    EXPECT_EQ(n_wins, counts["wins"]);
    EXPECT_EQ(n_losses, counts["losses"]);
    EXPECT_EQ(n_ties, counts["ties"]);

    // `assay stats RUN` speaks of the same verdicts, beside the decision too.
    const json stats = json::parse(lab.assay({"stats", lab.run_dir(), "--json"}).out);
    EXPECT_EQ(stats["counts"], counts);
    EXPECT_EQ(stats["decision"], comparison["decision"]);
    const double w = counts["wins"], l = counts["losses"], n = counts["n"];
    EXPECT_NEAR(stats["bayes"]["posteriors"][0]["mean"], (w - l) / (n + 3), 1e-9);

    const auto before = lab.artifacts();
    const std::size_t n_calls = server.seen().size();
    EXPECT_EQ(lab.run("Q2_K", judge(server)).exit_code, 3);
    EXPECT_EQ(server.seen().size(), n_calls);
    EXPECT_EQ(lab.artifacts(), before);
}

TEST(HttpJudge, WithoutEarlyStoppingAllIsJudged) {
    const Lab lab(120);
    const SimServer server(fair_judge);
    Strings flags = judge(server);
    flags.insert(flags.end(), {"--stopping", "none"});
    EXPECT_EQ(lab.run("Q2_K", flags).exit_code, 3);
    const auto comparison = lab.comparison("Q2_K");
    EXPECT_EQ(comparison["counts"]["not_judged"], 0);
    EXPECT_EQ(comparison["stopping"]["stopped_early"], false);
    EXPECT_NEAR(comparison["net_win_rate"]["confidence"], 0.9, 1e-12);
}

TEST(HttpJudge, MoreQuestionsAfterTheDecisionWasShownMakeTheRunExploratory) {
    const Lab lab(40);
    const SimServer server(fair_judge);
    Strings few = judge(server);
    few.insert(few.end(), {"--limit", "20"});
    EXPECT_NE(lab.run("Q2_K", few).exit_code, 1);
    EXPECT_EQ(lab.report()["experiment"]["exploratory"], false);
    EXPECT_NE(lab.run("Q2_K", judge(server)).exit_code, 1);
    const auto experiment = lab.report()["experiment"];
    EXPECT_EQ(experiment["exploratory"], true);
    EXPECT_NE(experiment["exploratory_why"].get<std::string>().find(
                  "added after a decision had been shown"),
              std::string::npos);
}

TEST(HttpJudge, TheKeyIsSentAndStandsNowhereElse) {
    const Lab lab(10);
    // The server gives the key back wherever it can.
    const SimServer server([](const SeenRequest& request, int n) {
        if (n == 2) {
            return ScriptedReply{
                400,
                fmt::format(R"({{"error": {{"message": "bad request {} with {}"}}}})",
                            std::string(260, 'x'),
                            request.authorization)};
        }
        return ScriptedReply{200, verdict_completion("A", "your key is " + request.authorization)};
    });
    for (const char* variable : {"OPENAI_API_KEY", "MY_JUDGE_KEY"}) {
        lab.forget_run();
        lab.folder().write(
            "exp.yaml",
            fmt::format(
                "baseline: {{file: model.gguf}}\nvariants: [Q2_K]\ndataset: {{file: "
                "questions.jsonl}}\n"
                "judges: [{{provider: openai, url: \"{}\", model: sim-1{}}}]\n",
                server.url(),
                std::string(variable) == "OPENAI_API_KEY" ? "" : ", api-key-env: MY_JUDGE_KEY"));
        const Ended ended = lab.assay(
            {"run", "exp.yaml", "--run", lab.run_dir(), "--engine", SCRIPTED_ENGINE},
            {{variable, kKey}});
        EXPECT_NE(ended.exit_code, 1) << describe(ended);
        // Nor a part of it, where a text was cut.
        EXPECT_EQ((ended.out + ended.err).find("sk-"), std::string::npos) << describe(ended);
        for (const auto& [name, bytes] : files_below(lab.folder().path())) {
            EXPECT_EQ(bytes.find("sk-"), std::string::npos) << variable << " in " << name;
        }
    }
    for (const SeenRequest& request : server.seen()) {
        EXPECT_EQ(request.authorization, std::string("Bearer ") + kKey);
        EXPECT_EQ(request.body.find(kKey), std::string::npos);
    }
}

TEST(HttpJudge, AKeyThatIsNamedButNotSetIsSaidBeforeAnythingIsComputed) {
    const Lab lab(3);
    lab.folder().write(
        "exp.yaml",
        "baseline: {file: model.gguf}\nvariants: [Q2_K]\ndataset: {file: questions.jsonl}\n"
        "judges: [{provider: openai, url: \"http://127.0.0.1:9/v1\", model: sim-1, api-key-env: "
        "NO_SUCH_KEY}]\n");
    const Ended ended = lab.assay(
        {"run", "exp.yaml", "--run", lab.run_dir(), "--engine", SCRIPTED_ENGINE},
        {{"NO_SUCH_KEY", ""}});
    EXPECT_EQ(ended.exit_code, 2) << describe(ended);
    EXPECT_NE(ended.err.find("NO_SUCH_KEY"), std::string::npos);
    EXPECT_EQ(lab.n_requests("answer"), 0);
}

TEST(HttpJudge, AnotherJudgeIsAddedAndOnlyItIsAsked) {
    const Lab lab(12);
    EXPECT_NE(lab.run("Q2_K").exit_code, 1);
    const auto before = lab.sides("Q2_K", "reference");
    const auto verdicts = bytes_of(lab.run_dir() +
                                   "/evaluation/exports/Q2_K/reference/evaluation_results.json");
    const SimServer server(fair_judge);
    lab.forget_journal();
    EXPECT_NE(lab.run("Q2_K", {"--judge", "reference", "--judge", "openai:sim-1@" + server.url()})
                  .exit_code,
              1);
    EXPECT_EQ(lab.n_requests("answer"), 0);
    EXPECT_EQ(
        bytes_of(lab.run_dir() + "/evaluation/exports/Q2_K/reference/evaluation_results.json"),
        verdicts);
    for (const auto& [id, side] : lab.sides("Q2_K", "sim-1")) {
        EXPECT_EQ(side.presented_as_a, before.at(id).presented_as_a)
            << "a comparison has one pair of sides, whoever judges";
    }
    EXPECT_EQ(lab.report()["comparisons"].size(), 2U);
    EXPECT_EQ(lab.comparison("Q2_K", "reference")["counts"],
              lab.comparison("Q2_K", "sim-1")["counts"]);
}

TEST(HttpJudge, AfterAKillOnlyTheMissingIsAskedFor) {
    const Lab lab(16);
    int n_calls = 0;
    {
        const SimServer server(fair_judge);
        EXPECT_NE(lab.run("Q2_K", judge(server)).exit_code, 1);
        n_calls = static_cast<int>(server.seen().size());
    }
    ASSERT_GT(n_calls, 6);
    lab.forget_run();
    std::mutex mutex;
    std::multiset<std::string> asked;
    int pid = 0;
    const SimServer server([&](const SeenRequest& request, int n) {
        const std::lock_guard lock(mutex);
        asked.insert(prompt_field(request.body, "question"));
        if (n == 6) {
            ::kill(pid, SIGKILL);
        }
        return fair_judge(request, n);
    });
    const int port = server.port();
    const Strings flags{
        "--judge", fmt::format("openai:sim-1@http://127.0.0.1:{}/v1", port), "-j", "1"};
    {
        Program program = Program(lab.start("Q2_K", flags));
        pid = program.pid();
        EXPECT_EQ(program.wait().signal, SIGKILL);
    }
    EXPECT_NE(lab.run("Q2_K", flags).exit_code, 1);
    // The one that was in flight is asked twice; every other question once.
    EXPECT_EQ(static_cast<int>(asked.size()), n_calls + 1);
    EXPECT_EQ(lab.comparison("Q2_K")["counts"]["errors"], 0);
}

}  // namespace
}  // namespace assay::test
