// Judges that cannot see what a worse variant does wrong, and their honest twins.

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "assay/base/hash.hpp"
#include "fair.hpp"
#include "lab.hpp"
#include "sim_judges.hpp"

namespace assay::test {
namespace {

using nlohmann::json;

/// What a judge says of a prompt: A, B or C (neither).
using Says = std::function<char(const std::string& body)>;

SimServer server_of(const Says& says) {
    return SimServer([says](const SeenRequest& request, int) -> ScriptedReply {
        const char better = says(request.body);
        return {200, verdict_completion(better == 'C' ? "TIE" : std::string(1, better))};
    });
}

char fair(const std::string& body) {
    return better_of(prompt_field(body, "answer_a"),
                     prompt_field(body, "answer_b"),
                     prompt_field(body, "expected"));
}

/// "thing 7 is number 49" and "thing 7 is number 12" are about the same.
char by_topic(const std::string& body) {
    const std::string expected = prompt_field(body, "expected");
    const std::string topic = letters_of(expected.substr(0, expected.find(" is ") + 3));
    const bool a = letters_of(prompt_field(body, "answer_a")).starts_with(topic),
               b = letters_of(prompt_field(body, "answer_b")).starts_with(topic);
    if (a == b) {
        return 'C';
    }
    return a ? 'A' : 'B';
}

char longer(const std::string& body) {
    const std::size_t a = prompt_field(body, "answer_a").size(),
                      b = prompt_field(body, "answer_b").size();
    constexpr std::size_t kSeen = 20;
    if (std::max(a, b) - std::min(a, b) < kSeen) {
        return 'C';
    }
    return a > b ? 'A' : 'B';
}

Ended judged(const Lab& lab, const SimServer& server, const std::string& variant) {
    return lab.run(variant, {"--judge", "openai:sim-1@" + server.url()});
}

TEST(Controls, AJudgeThatSeesTheTopicOnlyMeasuresNothing) {
    const Lab lab(60);
    const SimServer server = server_of(by_topic);
    const Ended ended = judged(lab, server, "Q8_0");
    EXPECT_EQ(ended.exit_code, 4) << describe(ended);
    const json controls = lab.report()["controls"][0];
    EXPECT_EQ(controls["passed"], false);
    EXPECT_EQ(controls["swapped"]["n_lost"], 20) << "it tells answers to other questions";
    EXPECT_NE(
        controls["why"].get<std::string>().find("does not see what a worse variant does wrong"),
        std::string::npos)
        << controls["why"];
    EXPECT_TRUE(lab.report()["recommendation"]["variant"].is_null());
}

TEST(Controls, AJudgeWithTenPerCentNoiseThatSeesDamageDecides) {
    const Lab lab(60);
    const SimServer server = server_of([](const std::string& body) {
        const std::string lot = sha256_hex("lot " + body);
        const int noise = std::stoi(lot.substr(0, 4), nullptr, 16) % 10;
        return noise == 0 ? "ABC"[std::stoi(lot.substr(4, 4), nullptr, 16) % 3] : fair(body);
    });
    const Ended ended = judged(lab, server, "Q8_0");
    EXPECT_EQ(lab.report()["controls"][0]["passed"], true) << lab.report()["controls"][0].dump(1);
    EXPECT_NE(ended.exit_code, 4) << describe(ended);
}

TEST(Controls, AFairJudgeShowsWhichDamagesItSaw) {
    const Lab lab(60);
    const SimServer server = server_of(fair);
    EXPECT_EQ(judged(lab, server, "Q8_0").exit_code, 0);
    const json damaged = lab.report()["controls"][0]["damaged"];
    EXPECT_EQ(damaged["n"], 25);
    EXPECT_GE(damaged["n_lost"], 20);
    std::vector<std::string> kinds;
    for (const json& row : damaged["by_damage"]) {
        kinds.push_back(row["damage"]);
        EXPECT_EQ(row["sight"], "sees") << row;
    }
    // The facts have no names and are one sentence each.
    EXPECT_EQ(kinds, (std::vector<std::string>{"number", "negation", "half"}));
}

TEST(Controls, AJudgeThatPrefersAnEmptyFillerRecommendsNothing) {
    const Lab lab(60);
    const SimServer server = server_of([](const std::string& body) {
        const char better = fair(body);
        return better == 'C' ? longer(body) : better;
    });
    const Ended ended = judged(lab, server, "Q8_0");
    const json controls = lab.report()["controls"][0];
    ASSERT_EQ(controls["passed"], true) << controls.dump(1);
    EXPECT_EQ(controls["padded"]["prefers_padding"], true);
    EXPECT_EQ(ended.exit_code, 5) << describe(ended);
    EXPECT_NE(ended.out.find("only writes more"), std::string::npos) << ended.out;
}

TEST(Controls, AMetricAloneRecommendsNothingUntilItIsAccepted) {
    const Lab lab(60);
    Start start = lab.start("Q8_0");
    std::erase(start.command, "--accept-metric");
    const Ended ended = run(start);
    EXPECT_EQ(ended.exit_code, 5) << describe(ended);
    EXPECT_NE(ended.out.find("--accept-metric"), std::string::npos) << ended.out;
    const json decision = lab.comparison("Q8_0")["decision"];
    EXPECT_EQ(decision["label"], "inconclusive");
    EXPECT_NE(decision["why"].get<std::string>().find("would say equivalent"), std::string::npos);
    EXPECT_EQ(lab.assay({"stats", lab.run_dir(), "--gate"}).exit_code, 5);
    EXPECT_EQ(lab.run("Q8_0").exit_code, 0) << "with --accept-metric";
}

}  // namespace
}  // namespace assay::test
