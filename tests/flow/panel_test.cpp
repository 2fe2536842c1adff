// A panel: the judges named decide together.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "lab.hpp"
#include "sim_judges.hpp"
#include "sim_server.hpp"

namespace assay::test {
namespace {

using nlohmann::json;

constexpr int kMayShip = 0, kUsage = 2, kDegraded = 3, kNotMeasured = 4, kExploratory = 6;

Strings panel(const Strings& judges, const Strings& more = {}) {
    Strings flags{"--panel"};
    for (const std::string& judge : judges) {
        flags.insert(flags.end(), {"--judge", judge});
    }
    flags.insert(flags.end(), more.begin(), more.end());
    return flags;
}

/// A judge of this name at the server.
std::string at(const SimServer& server, const std::string& name) {
    return fmt::format("openai:{}@{}", name, server.url());
}

/// A judge whose replies name this model.
Script of_model(const std::string& model, const Script& judge) {
    return [model, judge](const SeenRequest& request, int n) {
        ScriptedReply reply = judge(request, n);
        json body = json::parse(reply.body);
        body["model"] = model;
        reply.body = body.dump();
        return reply;
    };
}
Script fair_model(const std::string& model) {
    return of_model(model, fair_judge);
}

ScriptedReply says(const std::string& verdict) {
    return {200, verdict_completion(verdict)};
}

json decision_of_panel(const Lab& lab) {
    return lab.report()["panel"]["comparisons"][0]["decision"];
}

bool warns_of(const Lab& lab, const std::string& what) {
    return lab.report().value("warnings", json::array()).dump().find(what) != std::string::npos;
}

TEST(Panel, ItsJudgesDecideTogetherWithEqualWeights) {
    const Lab lab(40);
    const SimServer first(fair_model("one")),
        second(of_model("two", [](const SeenRequest&request, int n) {
            // Calls a part a tie, by the question's number: still enough of its controls are seen.
            const std::string question = prompt_field(request.body, "question");
            return question.find('9') == std::string::npos ? fair_judge(request, n) : says("TIE");
        }));
    const Strings flags = panel({at(first, "sim-1"), at(second, "sim-2")});
    const Ended ended = lab.run("Q2_K", flags);
    EXPECT_EQ(ended.exit_code, kDegraded) << describe(ended);
    EXPECT_NE(ended.out.find("in the eyes of this panel: sim-1, sim-2"), std::string::npos)
        << ended.out;
    EXPECT_NE(ended.out.find("sim-2 alone (sensitivity): Q2_K"), std::string::npos) << ended.out;

    const json report = lab.report();
    EXPECT_EQ(report["experiment"]["plan"]["judging"]["panel"], true);
    EXPECT_EQ(report["panel"]["name"], "panel");
    EXPECT_EQ(report["panel"]["judges"], (json{"sim-1", "sim-2"}));
    EXPECT_EQ(report["judges"][0]["decides"], false);
    EXPECT_EQ(report["judges"][1]["decides"], false);
    const json together = report["panel"]["comparisons"][0];
    EXPECT_EQ(together["judge"], "panel");
    const json a = lab.comparison("Q2_K", "sim-1"), b = lab.comparison("Q2_K", "sim-2");
    EXPECT_LT(a["net_win_rate"]["value"], b["net_win_rate"]["value"]);
    EXPECT_NEAR(
        together["net_win_rate"]["value"].get<double>(),
        (a["net_win_rate"]["value"].get<double>() + b["net_win_rate"]["value"].get<double>()) / 2,
        1e-12);
    EXPECT_EQ(together["net_win_rate"]["n"], 40);
    EXPECT_EQ(together["counts"]["n"], 80);
    EXPECT_EQ(together["counts"]["losses"].get<int>(),
              a["counts"]["losses"].get<int>() + b["counts"]["losses"].get<int>());
    EXPECT_EQ(together["questions"]["n"], 40);
    const json correlation = report["panel"]["correlations"][0];
    EXPECT_EQ(correlation["variant"], "Q2_K");
    EXPECT_GT(correlation["correlation"], 0.2);
    EXPECT_LT(correlation["correlation"], 1.0);

    const std::string text = bytes_of(lab.run_dir() + "/report.md");
    EXPECT_NE(text.find("in the eyes of this panel: `sim-1`, `sim-2`"), std::string::npos);
    EXPECT_NE(text.find("correlation of two judges' verdicts"), std::string::npos);
    EXPECT_NE(text.find("is one of the panel, whose judges decide together"), std::string::npos);

    // The same store gives the same bytes, and nobody is asked again.
    const auto before = lab.artifacts();
    const std::size_t n_calls = first.seen().size() + second.seen().size();
    EXPECT_EQ(lab.run("Q2_K", flags).exit_code, kDegraded);
    EXPECT_EQ(first.seen().size() + second.seen().size(), n_calls);
    EXPECT_EQ(difference(lab.artifacts(), before), "");
    EXPECT_EQ(lab.assay({"verify", lab.run_dir()}).exit_code, 0);
    EXPECT_EQ(lab.assay({"report", lab.run_dir()}).exit_code, kDegraded);
    // The study's files are each judge's.
    for (const char* judge : {"sim-1", "sim-2"}) {
        EXPECT_EQ(lab.sides("Q2_K", judge).size(), 40u);
    }
    EXPECT_FALSE(before.contains("evaluation/exports/Q2_K/panel/evaluation_results.json"));
}

TEST(Panel, AModelFileIsAskedInBothOrdersAndWeighsAsMuchAsAServerAskedInOne) {
    const Lab lab(40);
    const std::string file = "gguf:" + lab.folder().write("judge.gguf", "type JUDGE\n");
    // This judge calls a part a tie, so the two differ.
    const SimServer server(of_model("two", [](const SeenRequest& request, int n) {
        const std::string question = prompt_field(request.body, "question");
        return question.find('9') == std::string::npos ? fair_judge(request, n) : says("TIE");
    }));
    const Ended ended = lab.run("Q2_K", panel({file, at(server, "sim-2")}));
    EXPECT_EQ(ended.exit_code, kDegraded) << describe(ended);
    const json together = lab.report()["panel"]["comparisons"][0];
    const json a = lab.comparison("Q2_K", "judge"), b = lab.comparison("Q2_K", "sim-2");
    EXPECT_EQ(a["counts"]["n"], 80);
    EXPECT_EQ(b["counts"]["n"], 40);
    EXPECT_EQ(together["counts"]["n"], 120);
    const double net_a = a["net_win_rate"]["value"], net_b = b["net_win_rate"]["value"];
    EXPECT_LT(net_a, net_b);
    EXPECT_NEAR(together["net_win_rate"]["value"].get<double>(), (net_a + net_b) / 2, 1e-12);
    // The same file under another name is the same judge.
    const std::string copy = "gguf:" + lab.folder().write("copy.gguf", "type JUDGE\n");
    lab.forget_run();
    const Ended twice = lab.run("Q2_K", panel({file, copy}));
    EXPECT_EQ(twice.exit_code, kUsage) << describe(twice);
    EXPECT_NE(twice.err.find("copy is the same judge as judge"), std::string::npos) << twice.err;
    EXPECT_EQ(lab.n_requests("answer"), 0);
}

TEST(Panel, AJudgeThatFindsDamageWhereTheMeanPassesIsNamed) {
    const Lab lab(40);  // of more lost questions, all of them shorter, length would hold it back
    // The mild judge passes its controls, and does not mind answers that say nothing.
    const SimServer strict(fair_model("one")),
        mild(of_model("two", [](const SeenRequest&request, int n) {
            const std::string both = prompt_field(request.body, "answer_a") +
                                     prompt_field(request.body, "answer_b");
            return both.find("cannot say") == std::string::npos ? fair_judge(request, n)
                                                                : says("TIE");
        }));
    const Ended ended = lab.run(
        "Q2_K", panel({at(strict, "strict"), at(mild, "mild")}, {"--margin", "0.5"}));
    EXPECT_EQ(lab.comparison("Q2_K", "strict")["decision"]["label"], "degraded");
    EXPECT_EQ(lab.comparison("Q2_K", "mild")["decision"]["label"], "equivalent");
    EXPECT_EQ(decision_of_panel(lab)["label"], "equivalent") << describe(ended);
    EXPECT_TRUE(warns_of(lab, "strict of the panel finds Q2_K degraded"));
}

TEST(Panel, FindsTheKnownBadVariantOrDecidesNothing) {
    const Lab lab(60);
    const SimServer first(fair_model("one")), second(fair_model("two"));
    const Strings judges{at(first, "sim-1"), at(second, "sim-2")};
    EXPECT_EQ(lab.run("Q8_0,Q2_K", panel(judges, {"--known-bad", "Q2_K"})).exit_code, kMayShip);
    EXPECT_EQ(lab.report()["recommendation"]["variant"], "Q8_0");
    const Lab other(60);
    const std::string fine = other.folder().write("fine.gguf", "type fine\n");
    const Ended ended = other.run("Q8_0," + fine, panel(judges, {"--known-bad", "fine"}));
    EXPECT_EQ(ended.exit_code, kNotMeasured) << describe(ended);
    EXPECT_NE(decision_of_panel(other)["why"].get<std::string>().find(
                  "fine is there to be found degraded"),
              std::string::npos)
        << decision_of_panel(other);
}

TEST(Panel, IsFollowedByTraceAuditAndStats) {
    const Lab lab(30);
    const SimServer first(fair_model("one")), second(fair_model("two"));
    EXPECT_EQ(lab.run("Q2_K", panel({at(first, "sim-1"), at(second, "sim-2")}, {"--both-orders"}))
                  .exit_code,
              kDegraded);
    const json trace = json::parse(lab.assay({"trace", lab.run_dir(), "q02", "--json"}).out);
    ASSERT_EQ(trace["panel"].size(), 1u) << trace;
    EXPECT_EQ(trace["comparisons"].size(), 4u) << "two judges in two orders";
    EXPECT_EQ(trace["panel"][0]["n_verdicts"], 4);
    double sum = 0;
    for (const json& comparison : trace["comparisons"]) {
        const std::string outcome = comparison["outcome"];
        sum += static_cast<double>(outcome == "win") - static_cast<double>(outcome == "loss");
    }
    EXPECT_DOUBLE_EQ(trace["panel"][0]["mean"], sum / 4);
    EXPECT_NE(lab.assay({"trace", lab.run_dir(), "q02"}).out.find("panel     Q2_K: mean of its"),
              std::string::npos);

    const json audit = json::parse(lab.assay({"audit", lab.run_dir(), "--json"}).out);
    for (const json& judge : audit["judges"]) {
        EXPECT_EQ(judge["decides"], false);
    }
    const json stats = json::parse(lab.assay({"stats", lab.run_dir(), "--json"}).out);
    EXPECT_EQ(stats["comparisons"].size(), 3u);
    EXPECT_EQ(stats["comparisons"][0]["judge"], "panel");
    EXPECT_EQ(stats["comparisons"][0]["decision"], decision_of_panel(lab));
    EXPECT_EQ(stats["agreement"]["pairs"].size(), 1u) << "the panel is no further judge";
    EXPECT_EQ(lab.assay({"stats", lab.run_dir(), "--gate"}).exit_code, kDegraded);
    EXPECT_EQ(lab.assay({"stats", lab.run_dir(), "--gate", "--judge", "panel"}).exit_code,
              kDegraded);
}

TEST(Panel, RecommendsWhatItsJudgesTogetherFindAlike) {
    const Lab lab(60);
    const SimServer first(fair_model("one")), second(fair_model("two"));
    const Ended ended = lab.run("Q8_0", panel({at(first, "sim-1"), at(second, "sim-2")}));
    EXPECT_EQ(ended.exit_code, kMayShip) << describe(ended);
    EXPECT_EQ(lab.report()["recommendation"]["variant"], "Q8_0");
    EXPECT_EQ(decision_of_panel(lab)["label"], "equivalent");
}

TEST(Panel, IsNotMeasuredWhereOneJudgeDoesNotPassItsControls) {
    // Each of them would make a variant look alike: ties, or as much for one side as for the other.
    for (const char* blind : {"TIE", "A", "B"}) {
        const Lab lab(60);
        const SimServer fair(fair_model("one")),
            other([&](const SeenRequest&, int) { return says(blind); });
        const Ended ended = lab.run("Q8_0", panel({at(fair, "sim-1"), at(other, "blind")}));
        EXPECT_EQ(ended.exit_code, kNotMeasured) << blind << describe(ended);
        EXPECT_EQ(lab.comparison("Q8_0", "sim-1")["decision"]["label"], "equivalent")
            << "shown as sensitivity";
        const json decision = decision_of_panel(lab);
        EXPECT_EQ(decision["label"], "not_measured");
        EXPECT_NE(
            decision["why"].get<std::string>().find("blind: The judge did not pass its controls"),
            std::string::npos)
            << decision;
        EXPECT_TRUE(lab.report()["recommendation"]["variant"].is_null());
        EXPECT_NE(ended.out.find("sim-1 alone (sensitivity): Q8_0"), std::string::npos)
            << ended.out;
    }
}

TEST(Panel, IsNotMeasuredWhereOneJudgeWasNotAskedAboutAll) {
    const Lab lab(60);
    const SimServer fair(fair_model("one")), down([](const SeenRequest&request, int n) {
        return n <= 100 ? fair_model("two")(request, n) : ScriptedReply{401, "{}"};
    });
    const Ended ended = lab.run("Q2_K", panel({at(fair, "sim-1"), at(down, "sim-2")}, {"-j", "1"}));
    EXPECT_EQ(ended.exit_code, kNotMeasured) << describe(ended);
    EXPECT_EQ(decision_of_panel(lab)["label"], "not_measured");
    EXPECT_EQ(lab.comparison("Q2_K", "sim-1")["decision"]["label"], "degraded");
}

TEST(Panel, NoJudgeStopsEarly) {
    const Lab lab(80);
    const SimServer first(fair_model("one")), second(fair_model("two"));
    EXPECT_EQ(lab.run("Q2_K", panel({at(first, "sim-1"), at(second, "sim-2")})).exit_code,
              kDegraded);
    for (const char* judge : {"sim-1", "sim-2"}) {
        const json comparison = lab.comparison("Q2_K", judge);
        EXPECT_EQ(comparison["counts"]["not_judged"], 0);
        EXPECT_EQ(comparison["stopping"]["design"], "none");
        EXPECT_NE(comparison["stopping"]["sentence"].get<std::string>().find("a panel decides"),
                  std::string::npos);
    }
    EXPECT_EQ(first.seen().size(), second.seen().size());
}

TEST(Panel, TwoJudgesThatMayBeOneModelAreSaid) {
    const Lab lab(60);
    const SimServer server(fair_judge);
    EXPECT_EQ(lab.run("Q2_K", panel({at(server, "sim-1"), at(server, "sim-2")})).exit_code,
              kDegraded);
    EXPECT_TRUE(warns_of(lab, "the replies of both name the model sim-1-2026"))
        << lab.report()["warnings"];
    const Lab other(60);
    const SimServer first(fair_model("one")), second(fair_model("two"));
    EXPECT_EQ(other.run("Q2_K", panel({at(first, "sim-1"), at(second, "sim-2")})).exit_code,
              kDegraded);
    EXPECT_TRUE(warns_of(other, "they said the same of all")) << other.report()["warnings"];
}

TEST(Panel, WhatItCannotBeMadeOfIsRefused) {
    const Lab lab(20);
    const auto refused = [&](const Strings& flags, const std::string& sentence) {
        const Ended ended = lab.run("Q8_0", flags);
        EXPECT_EQ(ended.exit_code, kUsage) << describe(ended);
        EXPECT_NE(ended.err.find(sentence), std::string::npos) << ended.err;
    };
    const std::string a = "openai:a@http://127.0.0.1:9/v1", b = "openai:b@http://127.0.0.1:9/v1";
    refused({"--panel"}, "a panel needs two judges or more, and none is named");
    refused(panel({a}), "a panel needs two judges or more, and a is the only one");
    refused(panel({a, "reference"}), "reference is a metric");
    refused(panel({a, b, "human:me"}), "me judges by hand (provider human)");
    refused(panel({a, "openai:panel@http://127.0.0.1:9/v1"}), "a judge is called panel");
    refused(panel({a, b}, {"--stopping", "group-sequential"}),
            "group-sequential has no boundaries for a panel");
    const std::string file = lab.folder().write(
        "twice.yaml",
        "baseline: model.gguf\nvariants: [Q8_0]\ndataset: questions.jsonl\njudging: {panel: true}\n"
        "judges:\n  - {name: one, provider: openai, model: m, url: \"http://127.0.0.1:9/v1\"}\n"
        "  - {name: two, provider: openai, model: m, url: \"http://127.0.0.1:9/v1\"}\n");
    const Ended twice = lab.assay({"run", file, "--engine", SCRIPTED_ENGINE});
    EXPECT_EQ(twice.exit_code, kUsage) << describe(twice);
    EXPECT_NE(twice.err.find("two is the same judge as one, so its verdicts would count twice"),
              std::string::npos)
        << twice.err;
}

TEST(Panel, TheSameJudgeUnderTwoAddressesIsRefusedBeforeAnythingIsAnswered) {
    const Lab lab(20);
    const std::string file = lab.folder().write(
        "twice.yaml",
        "baseline: model.gguf\nvariants: [Q8_0]\ndataset: questions.jsonl\njudging: {panel: true}\n"
        "judges:\n  - {name: one, provider: openai, model: m, url: \"http://127.0.0.1:9/v1\"}\n"
        "  - {name: two, provider: openai, model: m, url: \"http://127.0.0.1:9/v1/\"}\n");
    const Ended twice = lab.assay({"run", file, "--engine", SCRIPTED_ENGINE});
    EXPECT_EQ(twice.exit_code, kUsage) << describe(twice);
    EXPECT_NE(twice.err.find("two is the same judge as one"), std::string::npos) << twice.err;
    EXPECT_EQ(lab.n_requests("answer"), 0);
}

TEST(Panel, ChangedAfterADecisionWasShownIsExploratory) {
    const Lab lab(40);
    const SimServer first(fair_model("one")), second(fair_model("two")), third(fair_model("three"));
    const Strings two{at(first, "sim-1"), at(second, "sim-2")};
    const auto why = [&] { return lab.report()["experiment"].value("exploratory_why", ""); };
    EXPECT_EQ(lab.run("Q8_0", panel(two)).exit_code, kMayShip);
    EXPECT_EQ(
        lab.run("Q8_0", {"--judge", two[0], "--judge", two[1], "--stopping", "none"}).exit_code,
        kExploratory);
    EXPECT_NE(why().find("sim-1 decides instead of a panel of 2 judges"), std::string::npos)
        << why();
    EXPECT_EQ(lab.run("Q8_0", panel({two[0], two[1], at(third, "sim-3")})).exit_code, kExploratory);
    EXPECT_NE(why().find("the judge sim-3 was added to the panel"), std::string::npos) << why();

    const Lab other(40);
    EXPECT_EQ(other.run("Q8_0", {"--judge", two[0], "--judge", two[1]}).exit_code, kMayShip);
    EXPECT_EQ(other.run("Q8_0", panel(two)).exit_code, kExploratory);
    EXPECT_NE(other.report()["experiment"]
                  .value("exploratory_why", "")
                  .find("a panel of 2 judges decides instead of sim-1"),
              std::string::npos);
}

TEST(Panel, ADryRunCountsTheCallsOfAllJudges) {
    const Lab lab(40);
    const SimServer first(fair_model("one")), second(fair_model("two"));
    const Strings flags = panel({at(first, "sim-1"), at(second, "sim-2")});
    Strings dry = flags;
    dry.push_back("--dry-run");
    dry.push_back("--json");
    const json before = json::parse(lab.run("Q2_K", dry).out);
    ASSERT_EQ(before["judges"].size(), 2u) << before;
    EXPECT_EQ(before["judges"][0]["n_calls"], before["judges"][1]["n_calls"]);
    EXPECT_GT(before["judges"][1]["n_calls"], 40);
    EXPECT_EQ(first.seen().size() + second.seen().size(), 0u);
    EXPECT_EQ(lab.run("Q2_K", flags).exit_code, kDegraded);
    const json after = json::parse(lab.run("Q2_K", dry).out);
    EXPECT_EQ(after["judges"][0]["n_calls"], 0);
    EXPECT_EQ(after["judges"][1]["n_calls"], 0);
}

}  // namespace
}  // namespace assay::test
