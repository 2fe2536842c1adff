// Several samples of each question: several fresh pairs of answers, judged in turn in either order.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cctype>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "fair.hpp"
#include "lab.hpp"
#include "sim_judges.hpp"
#include "sim_server.hpp"

namespace assay::test {
namespace {

using nlohmann::json;

constexpr int kAsked = 20;

Strings sampled(const SimServer& server, const std::string& n, const Strings& more = {}) {
    Strings flags{"--judge", "openai:sim-1@" + server.url(), "--temp", "0.7", "--samples", n};
    flags.insert(flags.end(), more.begin(), more.end());
    return flags;
}

TEST(Samples, GiveAQuestionSeveralPairsThatCountOnceTogether) {
    const Lab lab(kAsked);
    const SimServer server(fair_judge);
    const Ended ended = lab.run("Q2_K", sampled(server, "4"));
    EXPECT_EQ(ended.exit_code, 3) << describe(ended);
    const json comparison = lab.comparison("Q2_K");
    EXPECT_EQ(comparison["counts"]["n_items"], 4 * kAsked);
    EXPECT_EQ(comparison["counts"]["n"], 4 * kAsked);
    EXPECT_EQ(comparison["questions"]["n"], kAsked);
    EXPECT_EQ(comparison["questions"]["verdicts_each"], 4.0);
    EXPECT_EQ(comparison["net_win_rate"]["n"], kAsked);
    EXPECT_NE(comparison["net_win_rate"]["method"].get<std::string>().find("question score"),
              std::string::npos);
    EXPECT_TRUE(comparison["clusters"].is_null());
    EXPECT_NE(comparison["stopping"]["sentence"].get<std::string>().find("4 samples"),
              std::string::npos);
    EXPECT_EQ(lab.report()["experiment"]["generation"]["samples"], 4);

    // Of the pairs of a question that need a call, either order half of the time.
    const std::string folder = lab.run_dir() + "/evaluation/exports/Q2_K/sim-1/";
    std::map<std::string, int> lean;
    std::set<std::string> ids;
    for (const json& row : json::parse(bytes_of(folder + "batch_mapping.json"))) {
        lean[row["task_id"]] += row["order"] == "Q2_K_first" ? 1 : -1;
        ids.insert(row["comparison_id"].get<std::string>());
    }
    for (const auto& [id, surplus] : lean) {
        EXPECT_LE(std::abs(surplus), 2) << id;
    }
    EXPECT_EQ(ids.size(), static_cast<std::size_t>(4 * kAsked));

    // Another sample is no other order of the same pair.
    EXPECT_TRUE(comparison["both_orders"].is_null());
    EXPECT_EQ(comparison["these_questions"]["n"], kAsked);
    const json from_file = json::parse(
        lab.assay({"stats", folder + "evaluation_results.json", "--variant", "Q2_K", "--json"})
            .out);
    EXPECT_EQ(from_file["questions"], comparison["questions"]);
    EXPECT_EQ(from_file["net_win_rate"], comparison["net_win_rate"]);
    EXPECT_EQ(from_file["these_questions"], comparison["these_questions"]);

    // A finished run asks for nothing more and says the same again.
    const auto before = lab.artifacts();
    const std::size_t n_calls = server.seen().size();
    lab.forget_journal();
    EXPECT_EQ(lab.run("Q2_K", sampled(server, "4")).exit_code, 3);
    EXPECT_EQ(server.seen().size(), n_calls);
    EXPECT_EQ(lab.n_requests("answer"), 0);
    EXPECT_EQ(lab.artifacts(), before);
    const Ended verified = lab.assay({"verify", lab.run_dir()});
    EXPECT_EQ(verified.exit_code, 0) << describe(verified);
    const Ended trace = lab.assay({"trace", lab.run_dir(), "q02"});
    EXPECT_EQ(trace.exit_code, 0) << describe(trace);
    EXPECT_NE(trace.out.find("model, sample 4:"), std::string::npos) << trace.out;
    EXPECT_NE(trace.out.find("Q2_K against model, sample 4:"), std::string::npos) << trace.out;
    const std::string report = bytes_of(lab.run_dir() + "/report.md");
    EXPECT_NE(report.find("4 samples of each question with the same dice"), std::string::npos);
    EXPECT_NE(report.find("Each question counts once, with the mean of its verdicts"),
              std::string::npos);
    EXPECT_NE(report.find("On exactly these 20 questions"), std::string::npos);
}

TEST(Samples, TheFirstOneIsTheAnswerOfARunWithoutSamples) {
    const Lab lab(kAsked);
    const SimServer server(fair_judge);
    EXPECT_EQ(
        lab.run("Q2_K", {"--judge", "openai:sim-1@" + server.url(), "--temp", "0.7"}).exit_code, 3);
    const int n_before = lab.n_requests("answer");
    EXPECT_EQ(lab.run("Q2_K", sampled(server, "2")).exit_code, 3)
        << "exploratory, and degraded all the same";
    EXPECT_EQ(lab.n_requests("answer") - n_before, 2 * kAsked + 4)
        << "only the second samples are asked for, and two of each model again";
    EXPECT_EQ(lab.report()["experiment"]["exploratory"], true)
        << "more samples were added when a decision had been seen";
}

TEST(Samples, OfAJudgeThatFollowsThePositionShowNothing) {
    // Either order half of the time cancels what such a judge says in each question: a net win
    // rate of 0 with hardly any spread, which must not pass for "equivalent".
    const Lab lab(60);
    const SimServer server([](const SeenRequest&, int) {
        return ScriptedReply{200, verdict_completion("A")};
    });
    const Ended ended = lab.run("Q2_K", sampled(server, "4"));
    EXPECT_EQ(ended.exit_code, 4) << describe(ended);
    EXPECT_EQ(lab.comparison("Q2_K")["decision"]["label"], "not_measured");
}

TEST(Samples, LeftOutWhenADecisionHadBeenSeenMakeTheRunExploratory) {
    const Lab lab(kAsked);
    const SimServer server(fair_judge);
    EXPECT_EQ(lab.run("Q2_K", sampled(server, "4")).exit_code, 3);
    EXPECT_EQ(lab.report()["experiment"]["exploratory"], false);
    EXPECT_EQ(lab.run("Q2_K", sampled(server, "2")).exit_code, 3);
    EXPECT_EQ(lab.report()["experiment"]["exploratory"], true)
        << "their number could be chosen by what they say";
    EXPECT_NE(bytes_of(lab.run_dir() + "/report.md").find("samples of Q2_K were left out"),
              std::string::npos);
    EXPECT_EQ(lab.run("Q2_K", sampled(server, "4")).exit_code, 3);
    EXPECT_EQ(lab.report()["experiment"]["exploratory"], false)
        << "it is what was shown first, again";
}

TEST(Samples, AJudgeIsComparedWithItselfAndOthersOnTheSamePair) {
    const Lab lab(kAsked);
    const SimServer one(fair_judge), other(fair_judge);
    const Ended ended = lab.run(
        "Q2_K",
        sampled(
            one,
            "3",
            {"--judge", "openai:sim-2@" + other.url(), "--repeats", "1", "--repeat-share", "1"}));
    EXPECT_EQ(ended.exit_code, 3) << describe(ended);
    const json audit = json::parse(lab.assay({"audit", lab.run_dir(), "--json"}).out);
    for (const json& judge : audit["judges"]) {
        EXPECT_EQ(judge["repeats"]["n_same"], judge["repeats"]["n"]) << judge["repeats"];
        EXPECT_GT(judge["repeats"]["n"], kAsked);
    }
    const json& pair = audit["agreement"]["pairs"][0];
    EXPECT_EQ(pair["n_same"], pair["n"]) << pair;
    EXPECT_GT(pair["n"], kAsked);
}

std::string without_spaces(std::string text) {
    std::erase_if(text, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; });
    return text;
}

/// Fair where one of the answers alone is right. Where both are and differ in their capitals, it
/// goes by the dice of the pair, which the scripted engine writes behind its answers: now this
/// spelling is better, now the other.
ScriptedReply judge_by_dice(const SeenRequest& request, int n) {
    const std::string a = without_spaces(prompt_field(request.body, "answer_a")),
                      b = without_spaces(prompt_field(request.body, "answer_b"));
    const std::size_t dice = a.rfind("Number");
    if (a == b || letters_of(a) != letters_of(b) || dice == std::string::npos) {
        return fair_judge(request, n);
    }
    const int number = std::atoi(a.c_str() + dice + 6) % 5;
    if (number == 0) {
        return {200, verdict_completion("TIE")};
    }
    return {200, verdict_completion((a < b) == (number > 2) ? "A" : "B")};
}

TEST(Samples, AutoStopsAtTheLookWhereItIsClear) {
    const Lab lab(kAsked);
    const SimServer server(fair_judge);
    const Ended ended = lab.run("Q2_K", sampled(server, "auto"));
    EXPECT_EQ(ended.exit_code, 3) << describe(ended);
    EXPECT_NE(ended.err.find("Q2_K: the look at 2 samples of each question says degraded"),
              std::string::npos)
        << ended.err;
    const json comparison = lab.comparison("Q2_K");
    EXPECT_EQ(comparison["counts"]["n_items"], 2 * kAsked);
    EXPECT_EQ(comparison["stopping"]["looks"], 1);
    EXPECT_EQ(comparison["stopping"]["stopped_early"], true);
    EXPECT_NEAR(comparison["net_win_rate"]["confidence"].get<double>(), 0.98, 1e-12)
        << "the look may err by a fifth of alpha";
    EXPECT_EQ(lab.report()["experiment"]["generation"]["samples"], "auto");
    EXPECT_EQ(lab.report()["experiment"]["exploratory"], false);

    const auto before = lab.artifacts();
    const std::size_t n_calls = server.seen().size();
    lab.forget_journal();
    EXPECT_EQ(lab.run("Q2_K", sampled(server, "auto")).exit_code, 3);
    EXPECT_EQ(server.seen().size(), n_calls);
    EXPECT_EQ(lab.n_requests("answer"), 0);
    EXPECT_EQ(lab.artifacts(), before);
    const Ended verified = lab.assay({"verify", lab.run_dir()});
    EXPECT_EQ(verified.exit_code, 0) << describe(verified);
}

TEST(Samples, AutoAsksForAsManyAsTheDecisionNeeds) {
    const Lab lab(60);
    const SimServer server(judge_by_dice);
    const Ended ended = lab.run("Q8_0", sampled(server, "auto"));
    const json comparison = lab.comparison("Q8_0");
    const auto n_items = comparison["counts"]["n_items"].get<int>();
    const int n_samples = n_items / 60;
    EXPECT_EQ(n_items % 60, 0);
    EXPECT_GT(n_samples, 2) << describe(ended) << comparison.dump(1);
    EXPECT_LE(n_samples, 8);
    EXPECT_EQ(comparison["counts"]["not_judged"], 0);
    EXPECT_EQ(comparison["stopping"]["stopped_early"], false);
    EXPECT_NEAR(comparison["net_win_rate"]["confidence"].get<double>(), 0.92, 1e-12)
        << "four fifths of alpha are left for the end";
    EXPECT_EQ(lab.report()["experiment"]["exploratory"], false)
        << "that there may be more was fixed beforehand";
    EXPECT_NE(ended.err.find(fmt::format("asks for {} in all", n_samples)), std::string::npos)
        << ended.err;

    // All of them are what a run with that number has: same answers, same sides.
    const std::string folder = "/evaluation/exports/Q8_0/sim-1/batch_mapping.json";
    const auto pairs = [&](const Lab& of) {
        std::set<std::string> out;
        for (const json& row : json::parse(bytes_of(of.run_dir() + folder))) {
            out.insert(row["comparison_id"].get<std::string>());
        }
        return out;
    };
    const Lab fixed(60);
    static_cast<void>(fixed.run("Q8_0", sampled(server, std::to_string(n_samples))));
    EXPECT_EQ(pairs(lab), pairs(fixed));

    // The look is taken once.
    const auto before = lab.artifacts();
    const std::size_t n_calls = server.seen().size();
    lab.forget_journal();
    EXPECT_EQ(lab.run("Q8_0", sampled(server, "auto")).exit_code, ended.exit_code);
    EXPECT_EQ(server.seen().size(), n_calls);
    EXPECT_EQ(lab.n_requests("answer"), 0);
    EXPECT_EQ(lab.artifacts(), before);
}

TEST(Samples, AutoGoesOnWhereAJudgeHadToStopBeforeTheLook) {
    const Lab lab(60);
    std::atomic<int> n_left = 130;  // too few for the controls and the first two samples
    const SimServer server([&](const SeenRequest& request, int n) {
        return --n_left < 0 ? ScriptedReply{401, "{}"} : judge_by_dice(request, n);
    });
    const Ended stopped = lab.run("Q8_0", sampled(server, "auto"));
    EXPECT_EQ(stopped.exit_code, 4) << describe(stopped);
    EXPECT_EQ(stopped.err.find("the look at"), std::string::npos) << stopped.err;
    json comparison = lab.comparison("Q8_0");
    EXPECT_EQ(comparison["counts"]["n_items"], 120);
    EXPECT_GT(comparison["counts"]["not_judged"], 0);
    EXPECT_NE(comparison["stopping"]["sentence"].get<std::string>().find("is still to come"),
              std::string::npos);

    n_left = 100'000;
    const Ended ended = lab.run("Q8_0", sampled(server, "auto"));
    EXPECT_NE(ended.err.find("the look at"), std::string::npos) << ended.err;
    comparison = lab.comparison("Q8_0");
    EXPECT_EQ(comparison["counts"]["not_judged"], 0);
    EXPECT_GT(comparison["counts"]["n_items"], 120);
    EXPECT_EQ(lab.report()["experiment"]["exploratory"], false);
    EXPECT_EQ(comparison["decision"]["label"] == "not_measured", false) << comparison["decision"];
}

TEST(Samples, AutoIsOfEachVariant) {
    const Lab lab(60);
    const SimServer server(judge_by_dice);
    const Ended ended = lab.run("Q8_0,Q2_K", sampled(server, "auto"));
    std::map<std::string, int> n_samples;
    for (const char* variant : {"Q8_0", "Q2_K"}) {
        n_samples[variant] = lab.comparison(variant)["counts"]["n_items"].get<int>() / 60;
        EXPECT_EQ(lab.comparison(variant)["counts"]["not_judged"], 0) << variant;
    }
    EXPECT_GT(n_samples["Q8_0"], 2) << describe(ended);
    EXPECT_EQ(n_samples["Q2_K"], 2) << "clearly worse: " << describe(ended);
}

TEST(Samples, AutoLooksWithTheEyesOfAPanel) {
    const Lab lab(60);
    const SimServer one(judge_by_dice), other(judge_by_dice);
    const Ended ended = lab.run(
        "Q8_0", sampled(one, "auto", {"--panel", "--judge", "openai:sim-2@" + other.url()}));
    const json report = lab.report();
    const json comparison = report["panel"]["comparisons"][0];
    const int n_items = comparison["counts"]["n_items"].get<int>();
    EXPECT_EQ(n_items % 120, 0) << "two judges of 60 questions";
    EXPECT_GT(n_items, 2 * 120) << describe(ended);
    EXPECT_EQ(comparison["counts"]["not_judged"], 0);
    EXPECT_NEAR(comparison["net_win_rate"]["confidence"].get<double>(), 0.92, 1e-12);
    EXPECT_EQ(comparison["stopping"]["looks"], 1);
    EXPECT_EQ(report["experiment"]["exploratory"], false);
    for (const json& alone : report["comparisons"]) {
        EXPECT_EQ(2 * alone["counts"]["n_items"].get<int>(), n_items);
        EXPECT_NEAR(alone["net_win_rate"]["confidence"].get<double>(), 0.92, 1e-12)
            << "a judge alone has no more of alpha";
    }
}

TEST(Samples, AutoIsFixedBeforeTheFirstVerdict) {
    const Lab lab(kAsked);
    const SimServer server(fair_judge);
    EXPECT_EQ(lab.run("Q2_K", sampled(server, "auto")).exit_code, 3);
    EXPECT_EQ(lab.report()["experiment"]["exploratory"], false);
    // The same verdicts with all of alpha.
    EXPECT_EQ(lab.run("Q2_K", sampled(server, "2")).exit_code, 3);
    EXPECT_EQ(lab.report()["experiment"]["exploratory"], true);
    EXPECT_NE(bytes_of(lab.run_dir() + "/report.md").find("samples auto"), std::string::npos);
}

TEST(Samples, AutoOfOtherWeightsLooksAnew) {
    const Lab lab(kAsked);
    const SimServer server(fair_judge);
    EXPECT_EQ(lab.run("Q2_K", sampled(server, "auto")).exit_code, 3);
    const Ended ended = lab.run("Q2_K", sampled(server, "auto", {"--seed", "7"}));
    EXPECT_NE(ended.err.find("the look at"), std::string::npos)
        << "these are other answers: " << describe(ended);
    EXPECT_EQ(lab.comparison("Q2_K")["counts"]["n_items"], 2 * kAsked);
}

TEST(Samples, AutoIsRefusedWhereItCannotLook) {
    const Lab lab(kAsked);
    const Ended none = lab.run("Q2_K",
                               {"--samples", "auto", "--temp", "0.7", "--stopping", "none"});
    EXPECT_EQ(none.exit_code, 2) << describe(none);
    EXPECT_NE(none.err.find("auto looks"), std::string::npos) << none.err;
    const Ended word = lab.run("Q2_K", {"--samples", "some", "--temp", "0.7"});
    EXPECT_EQ(word.exit_code, 2) << describe(word);
    EXPECT_NE(word.err.find("a whole number or auto"), std::string::npos) << word.err;
    const Ended greedy = lab.run("Q2_K", {"--samples", "auto"});
    EXPECT_EQ(greedy.exit_code, 2) << describe(greedy);
    EXPECT_NE(greedy.err.find("temp 0"), std::string::npos) << greedy.err;
}

TEST(Samples, AtTemperatureZeroThereIsNothingToSample) {
    const Lab lab(kAsked);
    const Ended ended = lab.run("Q2_K", {"--samples", "3"});
    EXPECT_EQ(ended.exit_code, 2) << describe(ended);
    EXPECT_NE(ended.err.find("temp 0"), std::string::npos) << ended.err;
    const Ended looks = lab.run(
        "Q2_K", {"--samples", "3", "--temp", "0.7", "--stopping", "group-sequential"});
    EXPECT_EQ(looks.exit_code, 2) << describe(looks);
    EXPECT_NE(looks.err.find("group-sequential"), std::string::npos) << looks.err;
}

/// Rows with a number of the sample.
std::string rows_of(int n_samples, int n_wrong, int from = 0) {
    std::string out;
    for (int k = 1; k <= kAsked; ++k) {
        for (int s = 0; s < n_samples; ++s) {
            const bool wrong = s < n_wrong;
            out += json{{"id", fmt::format("q{:02}", k)},
                        {"sample", s + from},
                        {"answer",
                         wrong ? fmt::format("nobody knows {}", s)
                               : fmt::format("thing {} is number {} ({})", k, k * k, s)}}
                       .dump() +
                   "\n";
        }
    }
    return out;
}

Ended on_files(const Lab& lab, const SimServer& server, const Strings& more) {
    Strings arguments{"run",
                      "-m",
                      "f16=answers:" + (lab.folder() / "f16.jsonl").string(),
                      "--variants",
                      "q4=answers:" + (lab.folder() / "q4.jsonl").string(),
                      "--questions",
                      lab.questions(),
                      "--run",
                      lab.run_dir(),
                      "--engine",
                      SCRIPTED_ENGINE,
                      "--judge",
                      "openai:sim-1@" + server.url()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return lab.assay(arguments);
}

TEST(Samples, AreReadFromFilesWithSeveralAnswersToAQuestion) {
    const Lab lab(kAsked);
    const SimServer server(fair_judge);
    static_cast<void>(lab.folder().write("f16.jsonl", rows_of(3, 0)));
    static_cast<void>(lab.folder().write("q4.jsonl", rows_of(3, 1, 1)));
    const Ended ended = on_files(lab, server, {"--samples", "3"});
    EXPECT_EQ(ended.exit_code, 3) << describe(ended);
    const json comparison = lab.comparison("q4");
    // What is expected of every seventh is longer than any answer, so the judge says TIE there.
    const int n_lost = kAsked - kAsked / 7;
    EXPECT_EQ(comparison["counts"]["losses"], n_lost) << "the first of three is wrong";
    EXPECT_EQ(comparison["counts"]["identical"], 2 * kAsked);
    EXPECT_EQ(comparison["questions"]["n_lost"], n_lost);
    EXPECT_NEAR(comparison["net_win_rate"]["value"].get<double>(), -n_lost / (3.0 * kAsked), 1e-12);
    EXPECT_EQ(lab.assay({"verify", lab.run_dir()}).exit_code, 0);
}

TEST(Samples, AFileWithFewerThanAreWantedIsRefused) {
    const Lab lab(kAsked);
    const SimServer server(fair_judge);
    static_cast<void>(lab.folder().write("f16.jsonl", rows_of(3, 0)));
    static_cast<void>(lab.folder().write("q4.jsonl", rows_of(2, 1)));
    const Ended ended = on_files(lab, server, {"--samples", "3"});
    EXPECT_EQ(ended.exit_code, 2) << describe(ended);
    EXPECT_NE(ended.err.find("q01 (sample 3)"), std::string::npos) << ended.err;
    EXPECT_NE(ended.err.find("20 of 60 samples of questions"), std::string::npos) << ended.err;
}

}  // namespace
}  // namespace assay::test
