// A decision about exactly the questions that were asked, where the plan wants it.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "lab.hpp"
#include "sim_judges.hpp"
#include "sim_server.hpp"

namespace assay::test {
namespace {

using nlohmann::json;

constexpr int kInSet = 100, kLostOnes = 7, kWonOnes = 7;
const Strings kClosedSet{"--population", "these-questions"};

/// An answer to each question of a lab: what is expected, or of those from `first` on, `n` of them,
/// something wrong that is as long.
std::string answers_with_wrong(const Lab& lab, int first, int n) {
    std::string out, rows = bytes_of(lab.questions());
    int k = 0;
    for (std::size_t at = 0; at < rows.size(); at = rows.find('\n', at) + 1) {
        const json row = json::parse(rows.substr(at, rows.find('\n', at) - at));
        std::string answer = row.at("expected_answer");
        ++k;
        if (k >= first && k < first + n) {
            answer.replace(answer.find("number"), 6, "nobody");
        }
        out += json{{"id", row.at("id")}, {"answer", answer + " indeed"}}.dump() + "\n";
    }
    return out;
}

/// A lab whose answers are in files: the variant loses 7 questions and wins 7.
class SetLab {
 public:
    SetLab() : lab_(kInSet) {
        static_cast<void>(lab_.folder().write("f16.jsonl", answers_with_wrong(lab_, 1, kWonOnes)));
        static_cast<void>(
            lab_.folder().write("q4.jsonl", answers_with_wrong(lab_, 1 + kWonOnes, kLostOnes)));
    }
    [[nodiscard]] Ended run(const SimServer& server, const Strings& more) const {
        Strings arguments{"run",
                          "-m",
                          "f16=answers:" + (lab_.folder() / "f16.jsonl").string(),
                          "--variants",
                          "q4=answers:" + (lab_.folder() / "q4.jsonl").string(),
                          "--questions",
                          lab_.questions(),
                          "--run",
                          lab_.run_dir(),
                          "--engine",
                          SCRIPTED_ENGINE,
                          "--judge",
                          "openai:sim-1@" + server.url(),
                          "--stopping",
                          "none",
                          "--margin",
                          "0.04"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return lab_.assay(arguments);
    }
    [[nodiscard]] const Lab& lab() const { return lab_; }
    [[nodiscard]] json decision() const { return lab_.comparison("q4")["decision"]; }
    [[nodiscard]] std::string report() const { return bytes_of(lab_.run_dir() + "/report.md"); }

 private:
    Lab lab_;
};

Strings with_both_orders(const Strings& more = {}) {
    Strings out{"--both-orders"};
    out.insert(out.end(), more.begin(), more.end());
    return out;
}

TEST(TheseQuestions, AreDecidedOnWhereThePlanSaysSo) {
    const SetLab open, closed;
    const SimServer server(fair_judge);
    const Ended of_sample = open.run(server, with_both_orders());
    EXPECT_EQ(of_sample.exit_code, 5) << describe(of_sample);
    EXPECT_EQ(open.decision()["label"], "inconclusive");
    EXPECT_FALSE(open.decision().contains("population"));
    EXPECT_NE(open.report().find("On exactly these 100 questions"), std::string::npos);

    const Ended of_set = closed.run(server, with_both_orders(kClosedSet));
    EXPECT_EQ(of_set.exit_code, 0) << describe(of_set);
    const json comparison = closed.lab().comparison("q4");
    EXPECT_EQ(comparison["decision"]["label"], "equivalent");
    EXPECT_EQ(comparison["decision"]["population"], "these-questions");
    EXPECT_EQ(comparison["counts"], open.lab().comparison("q4")["counts"])
        << "the same verdicts, and another claim";
    EXPECT_EQ(comparison["questions_like_these"], open.lab().comparison("q4")["net_win_rate"]);
    EXPECT_TRUE(comparison["these_questions"].is_null()) << "it is what is decided";
    EXPECT_LT(comparison["net_win_rate"]["high"].get<double>(), 0.04);
    EXPECT_TRUE(comparison["decision"]["n_more"].is_null());
    EXPECT_FALSE(comparison.contains("cluster_interval"));

    // Questions are counted beside verdicts.
    EXPECT_NE(of_set.out.find("7/86/7"), std::string::npos) << of_set.out;
    EXPECT_NE(of_set.out.find("14/172/14"), std::string::npos) << of_set.out;
    EXPECT_NE(closed.report().find("by verdict, n = 200 of 200"), std::string::npos);
    EXPECT_NE(closed.report().find("by question (the mean of its verdicts), n = 100"),
              std::string::npos);

    // The words stand wherever the label is shown.
    EXPECT_NE(of_set.out.find("equivalent on these questions"), std::string::npos) << of_set.out;
    EXPECT_NE(of_set.out.find("nothing is said of other"), std::string::npos) << of_set.out;
    EXPECT_NE(of_set.err.find("on exactly these questions"), std::string::npos) << of_set.err;
    const json recommendation = closed.lab().report()["recommendation"];
    EXPECT_EQ(recommendation["variant"], "q4");
    EXPECT_NE(recommendation["sentence"].get<std::string>().find("For these questions, use q4"),
              std::string::npos)
        << recommendation;
    EXPECT_NE(closed.report().find("equivalent on these questions"), std::string::npos);
    EXPECT_NE(closed.report().find("It says nothing of other questions"), std::string::npos);
    EXPECT_EQ(closed.report().find("and others like them, these settings"), std::string::npos);
    const Ended stats = closed.lab().assay({"stats", closed.lab().run_dir()});
    EXPECT_NE(stats.out.find("equivalent on these questions"), std::string::npos) << stats.out;
    EXPECT_NE(stats.out.find("for questions like these"), std::string::npos) << stats.out;
    const Ended audit = closed.lab().assay({"audit", closed.lab().run_dir()});
    EXPECT_NE(audit.out.find("equivalent on these questions"), std::string::npos) << audit.out;
    EXPECT_EQ(closed.lab().assay({"verify", closed.lab().run_dir()}).exit_code, 0);
}

TEST(TheseQuestions, TheirChoiceIsFrozenWithTheFirstVerdict) {
    const SimServer server(fair_judge);
    const SetLab open, closed;
    EXPECT_EQ(open.run(server, with_both_orders()).exit_code, 5);
    const Ended narrowed = open.run(server, with_both_orders(kClosedSet));
    EXPECT_EQ(narrowed.exit_code, 6) << describe(narrowed);
    EXPECT_TRUE(open.lab().report()["recommendation"]["variant"].is_null());
    EXPECT_NE(open.lab().report()["experiment"]["exploratory_why"].get<std::string>().find(
                  "population these-questions"),
              std::string::npos);

    EXPECT_EQ(closed.run(server, with_both_orders(kClosedSet)).exit_code, 0);
    EXPECT_EQ(closed.run(server, with_both_orders()).exit_code, 5);
    EXPECT_EQ(closed.lab().report()["experiment"]["exploratory"], true);
    const json shown = closed.lab().report()["decisions_shown"];
    ASSERT_EQ(shown.size(), 2U);
    EXPECT_EQ(shown[0]["decisions"][0]["population"], "these-questions");
    EXPECT_FALSE(shown[1]["decisions"][0].contains("population"));
    EXPECT_NE(closed.report().find("q4 equivalent on these questions (net"), std::string::npos);
    const Ended back = closed.run(server, with_both_orders(kClosedSet));
    EXPECT_EQ(back.exit_code, 0) << "it is what was fixed, again" << describe(back);
}

TEST(TheseQuestions, OfAJudgeThatFollowsThePositionShowNothing) {
    // Its two verdicts of a question cancel, so the net win rate is 0 whatever the answers are.
    const SetLab set;
    const SimServer server([](const SeenRequest&, int) {
        return ScriptedReply{200, verdict_completion("A")};
    });
    const Ended ended = set.run(server, with_both_orders(kClosedSet));
    EXPECT_EQ(ended.exit_code, 4) << describe(ended);
    EXPECT_EQ(set.decision()["label"], "not_measured");
}

TEST(TheseQuestions, AreRefusedWhereNothingShowsTheNoise) {
    const SetLab set;
    const SimServer server(fair_judge);
    const Ended one_order = set.run(server, kClosedSet);
    EXPECT_EQ(one_order.exit_code, 2) << describe(one_order);
    EXPECT_NE(one_order.err.find("--population"), std::string::npos) << one_order.err;
    EXPECT_NE(one_order.err.find("--both-orders"), std::string::npos) << one_order.err;

    const Lab lab(20);
    const Ended sampled = lab.run("Q2_K",
                                  {"--population",
                                   "these-questions",
                                   "--both-orders",
                                   "--temp",
                                   "0.7",
                                   "--judge",
                                   "openai:sim-1@" + server.url()});
    EXPECT_EQ(sampled.exit_code, 2) << describe(sampled);
    EXPECT_NE(sampled.err.find("temp 0.7"), std::string::npos) << sampled.err;
}

TEST(TheseQuestions, MayNotHaveCopies) {
    const SetLab set;
    const SimServer server(fair_judge);
    std::string rows = bytes_of(set.lab().questions());
    json copy = json::parse(rows.substr(0, rows.find('\n')));
    copy["id"] = "q02";
    const std::size_t second = rows.find('\n') + 1, end = rows.find('\n', second);
    rows.replace(second, end - second, copy.dump());
    static_cast<void>(set.lab().folder().write("questions.jsonl", rows));
    const Ended ended = set.run(server, with_both_orders(kClosedSet));
    EXPECT_EQ(ended.exit_code, 2) << describe(ended);
    EXPECT_NE(ended.err.find("q01 and q02 are copies"), std::string::npos) << ended.err;
}

TEST(TheseQuestions, AreDecidedOnFromSamples) {
    const Lab lab(kInSet);
    const SimServer server(fair_judge);
    const Ended ended = lab.run("Q2_K",
                                {"--population",
                                 "these-questions",
                                 "--samples",
                                 "4",
                                 "--temp",
                                 "0.7",
                                 "--judge",
                                 "openai:sim-1@" + server.url()});
    EXPECT_EQ(ended.exit_code, 3) << describe(ended);
    const json comparison = lab.comparison("Q2_K");
    EXPECT_EQ(comparison["decision"]["label"], "degraded");
    EXPECT_NE(
        comparison["net_win_rate"]["method"].get<std::string>().find("the 4 verdicts of each"),
        std::string::npos)
        << comparison["net_win_rate"];
    EXPECT_NE(ended.out.find("degraded on these questions"), std::string::npos) << ended.out;
}

}  // namespace
}  // namespace assay::test
