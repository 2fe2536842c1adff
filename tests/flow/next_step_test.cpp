// A run that ends inconclusive: its last line is a command, and the command does what was said.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "lab.hpp"
#include "sim_judges.hpp"
#include "sim_server.hpp"

namespace assay::test {
namespace {

using nlohmann::json;

constexpr int kAskedTwice = 60;

/// Fair, but of two right answers one of which is in capitals (Q8_0 writes a third of its answers
/// so) it prefers now this, now that: which one depends on the dice of the answers.
ScriptedReply wavering_judge(const SeenRequest& request, int n) {
    const std::string a = prompt_field(request.body, "answer_a"),
                      b = prompt_field(request.body, "answer_b");
    const auto loud = [](const std::string& answer) { return answer.starts_with("TH"); };
    const auto quiet = [](const std::string& answer) { return answer.starts_with("th"); };
    if (!(loud(a) && quiet(b)) && !(quiet(a) && loud(b))) {
        return fair_judge(request, n);
    }
    int sum = 0;
    for (const char c : a) {
        sum += std::isdigit(static_cast<unsigned char>(c)) != 0 ? c - '0' : 0;
    }
    const bool loud_wins = sum % 5 < 2;
    return {200, verdict_completion(loud_wins == loud(a) ? "A" : "B")};
}

std::string last_line(const std::string& text) {
    const std::size_t end = text.find_last_not_of('\n') + 1;
    const std::size_t begin = text.rfind('\n', end - 1);
    return text.substr(begin + 1, end - begin - 1);
}

/// In one line, as its lines were broken for the terminal.
std::string in_one_line(const std::string& text) {
    std::string out;
    for (const char c : text) {
        const bool space = c == ' ' || c == '\n';
        if (!space || out.empty() || out.back() != ' ') {
            out += space ? ' ' : c;
        }
    }
    return out;
}

/// As a user does who copies it into a shell.
Ended copied(const Lab& lab, const std::string& line) {
    Start start;
    start.command = {find_in_path("bash"), "-c", line};
    start.environment = {{"ASSAY_CACHE", (lab.folder() / "cache").string()},
                         {"SCRIPT_JOURNAL", lab.journal()},
                         {"PATH",
                          std::filesystem::path(ASSAY_PROGRAM).parent_path().string() + ":" +
                              std::string(std::getenv("PATH"))}};
    start.folder = lab.folder().path().string();
    return run(start);
}

Strings experiment(const Lab& lab, const std::string& run_dir, const Strings& more) {
    Strings out{"run",
                "-m",
                lab.model(),
                "--variants",
                "Q8_0",
                "--questions",
                lab.questions(),
                "--run",
                run_dir,
                "--engine",
                SCRIPTED_ENGINE};
    out.insert(out.end(), more.begin(), more.end());
    return out;
}

json report_in(const Lab& lab, const std::string& run_dir) {
    return json::parse(bytes_of((lab.folder() / run_dir / "report.json").string()));
}

TEST(NextStep, WithDiceIsMoreSamplesInTheSameRunWhichThenIsExploratory) {
    const Lab lab(kAskedTwice);
    const SimServer server(wavering_judge);
    const std::string run_dir = "it's a run & more";
    const Ended ended = lab.assay(experiment(lab,
                                             run_dir,
                                             {"--judge",
                                              "openai:sim-1@" + server.url(),
                                              "--temp",
                                              "0.7",
                                              "--gate",
                                              "all",
                                              "--seed",
                                              "1"}));
    ASSERT_EQ(ended.exit_code, 5) << describe(ended);
    EXPECT_TRUE(contains(in_one_line(ended.out), "samples a question on the same 60 questions"))
        << ended.out;
    EXPECT_TRUE(contains(in_one_line(ended.out), "exploratory")) << ended.out;
    EXPECT_TRUE(contains(in_one_line(ended.out), "new ones in a run of their own confirm"))
        << ended.out;
    const std::string line = last_line(ended.out);
    EXPECT_TRUE(line.starts_with("assay run ")) << line;
    EXPECT_TRUE(contains(line, "--samples=")) << line;

    const std::size_t n_calls = server.seen().size();
    const Ended again = copied(lab, line);
    EXPECT_NE(again.exit_code, 0) << "a second look must not let it ship\n" << describe(again);
    EXPECT_TRUE(again.exit_code == 5 || again.exit_code == 6 || again.exit_code == 3)
        << describe(again);
    const json report = report_in(lab, run_dir);
    EXPECT_EQ(report["experiment"]["exploratory"], true);
    EXPECT_TRUE(report["recommendation"]["variant"].is_null());
    const int k = report["experiment"]["generation"]["samples"];
    EXPECT_GT(k, 1);
    EXPECT_LE(static_cast<int>(server.seen().size() - n_calls), (k - 1) * kAskedTwice)
        << "what was asked is not asked again";
}

TEST(NextStep, AtTemperatureZeroIsThePlanOfNewQuestionsFromWhatWasMeasured) {
    const Lab lab(kAskedTwice);
    const SimServer server(wavering_judge);
    const Ended ended = lab.assay(experiment(
        lab, "a run", {"--judge", "openai:sim-1@" + server.url(), "--rejudge", "--no-fidelity"}));
    ASSERT_EQ(ended.exit_code, 5) << describe(ended);
    EXPECT_TRUE(
        contains(in_one_line(ended.out), "nothing on the same 60 questions reaches the margin"))
        << ended.out;
    EXPECT_TRUE(contains(in_one_line(ended.out), "temperature 0")) << ended.out;
    const std::string line = last_line(ended.out);
    EXPECT_TRUE(line.starts_with("assay plan ")) << line;
    EXPECT_FALSE(contains(line, "--rejudge")) << line;
    const Ended plan = copied(lab, line);
    EXPECT_EQ(plan.exit_code, 0) << describe(plan);
    EXPECT_TRUE(contains(in_one_line(plan.out), "measured in")) << plan.out;
    EXPECT_TRUE(contains(in_one_line(plan.out), "on 60 questions of Q8_0 by sim-1")) << plan.out;
}

TEST(NextStep, WithJsonStandsBesideTheDocument) {
    const Lab lab(kAskedTwice);
    const SimServer server(wavering_judge);
    const Ended ended = lab.assay(
        experiment(lab, "run", {"--judge", "openai:sim-1@" + server.url(), "--json"}));
    ASSERT_EQ(ended.exit_code, 5) << describe(ended);
    EXPECT_EQ(json::parse(ended.out)["schema_version"], 1);
    EXPECT_TRUE(last_line(ended.err).starts_with("assay plan ")) << ended.err;
}

TEST(NextStep, OfAVariantThatMayShipIsNotSpokenOf) {
    const Lab lab(40);
    const Ended ended = lab.run("Q8_0");
    EXPECT_EQ(ended.exit_code, 0) << describe(ended);
    EXPECT_TRUE(last_line(ended.out).starts_with("report: ")) << ended.out;
}

TEST(VarianceLadder, OfSamplesInBothOrdersWithRepeatsIsMeasuredOnEveryRung) {
    const Lab lab(40);
    const SimServer one(wavering_judge), other(wavering_judge);
    const Ended ended = lab.run("Q8_0",
                                {"--judge",
                                 "openai:sim-1@" + one.url(),
                                 "--judge",
                                 "openai:sim-2@" + other.url(),
                                 "--temp",
                                 "0.7",
                                 "--samples",
                                 "2",
                                 "--both-orders",
                                 "--repeats",
                                 "1"});
    const json audit = json::parse(lab.assay({"audit", lab.run_dir(), "--json"}).out);
    const json& variance = audit["judges"][0]["variants"][0]["variance"];
    EXPECT_EQ(variance["n_questions"], 40) << describe(ended);
    EXPECT_GT(variance["v"], 0.05);
    // The simulated judge says the same of a pair whoever it is, whatever the order, and when it is
    // asked again.
    for (const char* rung : {"repeat", "order", "judge"}) {
        EXPECT_NEAR(variance["correlations"][rung].get<double>(), 1, 1e-9) << rung;
    }
    EXPECT_LT(variance["correlations"]["sample"], 0.7) << "other dice, another verdict";
    const Ended text = lab.assay({"audit", lab.run_dir()});
    EXPECT_TRUE(contains(in_one_line(text.out), "of another sample")) << text.out;
}

TEST(VarianceLadder, OfOneVerdictEachSaysWhatWasNotMeasured) {
    const Lab lab(40);
    const SimServer server(wavering_judge);
    const Ended ended = lab.run("Q8_0", {"--judge", "openai:sim-1@" + server.url()});
    const Ended audit = lab.assay({"audit", lab.run_dir()});
    EXPECT_EQ(audit.exit_code, 0) << describe(ended);
    EXPECT_TRUE(contains(in_one_line(audit.out), "variance of a verdict, of 40 questions"))
        << audit.out;
    EXPECT_TRUE(contains(in_one_line(audit.out), "not measured here")) << audit.out;
    const Lab few(20);
    static_cast<void>(few.run("Q8_0", {"--judge", "openai:sim-1@" + server.url()}));
    const Ended of_few = few.assay({"audit", few.run_dir()});
    EXPECT_TRUE(contains(in_one_line(of_few.out), "below 30 their variance says too little"))
        << of_few.out;
}

}  // namespace
}  // namespace assay::test
