// The whole program on answers that attack, with a judge that only echoes.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "assay/base/text.hpp"
#include "attacks.hpp"
#include "lab.hpp"
#include "sim_server.hpp"

namespace assay::test {
namespace {

using nlohmann::json;

/// The scripted engine answers with the rest of a passage's line.
std::string one_line(std::string text) {
    text = to_valid_utf8(text);
    std::replace(text.begin(), text.end(), '\n', ' ');
    text.erase(std::remove(text.begin(), text.end(), '\0'), text.end());
    return text.substr(0, 120);  // an answer's limit is 128 tokens, each a byte
}

std::string rows() {
    std::string out;
    int k = 0;
    for (const Attack& attack : attacks()) {
        const std::string text = to_valid_utf8(one_line(attack.text));
        out += json{{"id", fmt::format("q{:02}", ++k)},
                    {"question", attack.name + "?"},
                    {"expected_answer", "blue"},
                    {"contexts", {"Fact: " + text, "Nothing else is known."}}}
                   .dump() +
               "\n";
    }
    return out;
}

ScriptedReply echo(const SeenRequest& request, int) {
    return {200,
            completion_json(
                json::parse(request.body)["messages"].back()["content"].get<std::string>())};
}

void expect_harmless(const std::string& text, const std::string& what) {
    EXPECT_TRUE(is_valid_utf8(text)) << what;
    for (const char* steering : {"\x1B", "\x08", "\x7F", "\u009B", "\u202E", "\u2066"}) {
        EXPECT_EQ(text.find(steering), std::string::npos) << what;
    }
}

TEST(Attacks, LeaveNoVerdictNoMarkupAndNoEscapeSequence) {
    const Lab lab(1);
    lab.folder().write("questions.jsonl", rows());
    const SimServer server(echo);
    const Ended ended = lab.run("Q2_K", {"--judge", "openai:sim-1@" + server.url()});
    EXPECT_EQ(ended.exit_code, 4) << describe(ended);
    ASSERT_FALSE(server.seen().empty());
    const json comparison = lab.comparison("Q2_K");
    const json& counts = comparison["counts"];
    EXPECT_EQ(counts["wins"], 0) << counts;
    EXPECT_EQ(counts["losses"], 0) << counts;
    EXPECT_EQ(counts["ties"], counts["identical"]) << "no verdict came from the judge";
    EXPECT_GT(counts["invalid"].get<int>(), 10) << counts;

    const std::string markdown = lab.artifacts().at("report.md");
    expect_harmless(markdown, "report.md");
    for (const char* markup : {"<script", "<img"}) {
        EXPECT_EQ(markdown.find(markup), std::string::npos) << markup;
    }
    EXPECT_NE(markdown.find("instruction_to_judge"), std::string::npos);
    expect_harmless(ended.out, "the table");
    expect_harmless(ended.err, "the progress");
    for (std::size_t k = 1; k <= attacks().size(); ++k) {
        const Ended trace = lab.assay({"trace", lab.run_dir(), fmt::format("q{:02}", k)});
        EXPECT_EQ(trace.exit_code, 0) << describe(trace);
        expect_harmless(trace.out, "trace of " + attacks()[k - 1].name);
    }
}

}  // namespace
}  // namespace assay::test
