// Once a decision was shown, whatever changes the experiment makes the run exploratory, with the
// reason; whatever only adds to it, or only looks different, does not.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <nlohmann/json.hpp>

#include "assay/base/text.hpp"
#include "lab.hpp"
#include "run_sql.hpp"
#include "sim_judges.hpp"
#include "sim_server.hpp"

namespace assay::test {
namespace {

using nlohmann::json;

constexpr int kPlain = 0, kDegraded = 3, kNotMeasured = 4, kInconclusive = 5, kExploratory = 6;

std::string why(const Lab& lab) {
    return lab.report()["experiment"].value("exploratory_why", "");
}

/// The run is exploratory for this reason, and says so wherever it is read.
void expect_exploratory(const Lab& lab, const std::string& reason) {
    EXPECT_EQ(lab.report()["experiment"]["exploratory"], true);
    EXPECT_NE(why(lab).find(reason), std::string::npos) << why(lab) << "\nnot: " << reason;
    EXPECT_TRUE(lab.report()["recommendation"]["variant"].is_null());
    const std::string report = bytes_of(lab.run_dir() + "/report.md");
    EXPECT_NE(report.find("**Exploratory:**"), std::string::npos);
    EXPECT_EQ(report.find("Use "), std::string::npos);
    const json audit = json::parse(lab.assay({"audit", lab.run_dir(), "--json"}).out);
    EXPECT_NE(audit["exploratory_reasons"].dump().find(reason), std::string::npos) << audit;
    EXPECT_EQ(audit["decisions_shown"], lab.report()["decisions_shown"]);
    const Ended again = lab.assay({"report", lab.run_dir()});
    EXPECT_NE(again.out.find("Exploratory: "), std::string::npos) << describe(again);
}

void expect_plain(const Lab& lab) {
    EXPECT_EQ(lab.report()["experiment"]["exploratory"], false) << why(lab);
}

/// A variant's file; another salt knows other facts, padding makes it larger.
std::string variant(const Lab& lab, const std::string& name, const std::string& lines) {
    return lab.folder().write(name + ".gguf", "type " + name + "\n" + lines);
}
/// Larger than every other file, so that it is the first rung of a ladder, and it fails.
std::string failing_rung(const Lab& lab) {
    return variant(lab, "bad", "skill 80\nsalt other\npadding " + std::string(1000, 'x') + "\n");
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(ShownDecisions, QuestionsThatAreLeftOutAfterwardsMakeTheRunExploratory) {
    const Lab lab(60);
    EXPECT_EQ(lab.run("Q8_0").exit_code, kPlain);
    const Ended fewer = lab.run("Q8_0", {"--limit", "45"});
    EXPECT_EQ(fewer.exit_code, kExploratory) << describe(fewer);
    EXPECT_EQ(fewer.out.find("Use "), std::string::npos) << fewer.out;
    expect_exploratory(lab,
                       "after a decision had been shown, 15 of 60 questions were left out (q46, "
                       "q47, q48, ...)");
    const json shown = lab.report()["decisions_shown"];
    ASSERT_EQ(shown.size(), 2U);
    EXPECT_EQ(shown[0]["decisions"][0]["label"], "equivalent");
    EXPECT_EQ(shown[0]["decisions"][0]["n"], 60);
    EXPECT_EQ(shown[1]["decisions"][0]["n"], 45);
    const std::string report = bytes_of(lab.run_dir() + "/report.md");
    EXPECT_NE(report.find("1: Q8_0 equivalent (net +0.0 points of 60 verdicts), judged by "
                          "reference"),
              std::string::npos)
        << report.substr(0, 3000);
    EXPECT_NE(report.find("2, after 15 of 60 questions were left out"), std::string::npos)
        << report.substr(0, 3000);
    EXPECT_EQ(lab.run("Q8_0", {"--limit", "45", "--accept-exploratory"}).exit_code, kPlain);
    EXPECT_EQ(lab.assay({"report", lab.run_dir(), "--gate", "all"}).exit_code, kExploratory);
    EXPECT_EQ(lab.report()["decisions_shown"].size(), 2U) << "the same again is no new entry";
}

TEST(ShownDecisions, WhoeverGoesBackToWhatWasShownFirstIsBack) {
    const Lab lab(40);
    EXPECT_EQ(lab.run("Q8_0").exit_code, kPlain);
    EXPECT_EQ(lab.run("Q8_0",
                      {"--ids",
                       "q01,q02,q03,q04,q05,q06,q08,q09,q10,q11,q12,q13,q15,q16,"
                       "q17,q18,q19,q20,q22,q23,q24,q25,q26,q27,q29,q30,q31,q32,"
                       "q33,q34,q36"})
                  .exit_code,
              kExploratory);
    expect_exploratory(lab, "9 of 40 questions were left out (q07, q14, q21, ...)");
    EXPECT_EQ(lab.run("Q8_0").exit_code, kPlain);
    expect_plain(lab);
    EXPECT_EQ(lab.report()["decisions_shown"].size(), 3U) << "what was shown meanwhile stays";
    // But what was tried stays a reason for whatever else is made of the run.
    EXPECT_EQ(lab.run("Q8_0,Q6_K").exit_code, kExploratory);
    expect_exploratory(lab, "9 of 40 questions were left out");
}

TEST(ShownDecisions, RowsTakenOutOfTheFileAreLeftOutToo) {
    const Lab lab(40);
    EXPECT_EQ(lab.run("Q8_0").exit_code, kPlain);
    const std::string rows = bytes_of(lab.questions());
    lab.folder().write("questions.jsonl", rows.substr(rows.find('\n') + 1));
    EXPECT_EQ(lab.run("Q8_0").exit_code, kExploratory);
    expect_exploratory(lab, "1 of 40 questions was left out (q01)");
}

TEST(ShownDecisions, OtherTextsOfAQuestionAreAReason) {
    const Lab lab(40);
    EXPECT_EQ(lab.run("Q8_0").exit_code, kPlain);
    lab.folder().write(
        "questions.jsonl",
        replaced(bytes_of(lab.questions()), "Nothing else is known.", "Little else is known."));
    EXPECT_EQ(lab.run("Q8_0").exit_code, kExploratory);
    expect_exploratory(lab,
                       "the text, the expected answer or the contexts of 1 of 40 questions were "
                       "changed (q01)");
}

TEST(ShownDecisions, OfADroppedRungTheLadderStillKnows) {
    const Lab lab(30);
    const std::string bad = failing_rung(lab);
    EXPECT_EQ(lab.run(bad + ",Q8_0").exit_code, kInconclusive) << "the ladder ends at the first";
    const Ended without = lab.run("Q8_0");
    EXPECT_EQ(without.exit_code, kExploratory) << describe(without);
    expect_exploratory(lab, "the variant bad was dropped");
}

TEST(ShownDecisions, AnotherOrderOfTheVariantsIsAReason) {
    const Lab lab(30);
    const std::string bad = failing_rung(lab);
    EXPECT_EQ(lab.run(bad + ",Q8_0").exit_code, kInconclusive);
    EXPECT_EQ(lab.run("Q8_0," + bad).exit_code, kInconclusive);
    expect_exploratory(lab, "the order of the variants was changed (from bad, Q8_0 to Q8_0, bad)");
}

TEST(ShownDecisions, ARungThatIsDeclaredKnownBadAfterwardsIsAReason) {
    const Lab lab(30);
    const std::string bad = variant(
        lab, "bad", "skill 40\nsalt other\npadding " + std::string(1000, 'x') + "\n");
    EXPECT_EQ(lab.run(bad + ",Q8_0").exit_code, kInconclusive) << "the ladder ends at the first";
    const Ended declared = lab.run(bad + ",Q8_0", {"--known-bad", "bad"});
    EXPECT_EQ(declared.exit_code, kExploratory) << describe(declared);
    expect_exploratory(lab, "bad was declared known-bad");
}

TEST(ShownDecisions, WhoeverTakesKnownBadAwayAgainIsFound) {
    const Lab lab(30);
    const std::string fine = variant(lab, "fine", "");
    EXPECT_EQ(lab.run("Q8_0," + fine, {"--known-bad", "fine"}).exit_code, kNotMeasured);
    EXPECT_EQ(lab.run("Q8_0," + fine).exit_code, kExploratory);
    expect_exploratory(lab, "fine is not declared known-bad any more");
    EXPECT_EQ(lab.run("Q8_0").exit_code, kExploratory);
    expect_exploratory(lab, "the variant fine was dropped");
}

TEST(ShownDecisions, FurtherVariantsBehindTheOthersAreNone) {
    const Lab lab(30);
    EXPECT_EQ(lab.run("Q8_0").exit_code, kPlain);
    EXPECT_EQ(lab.run("Q8_0,Q2_K").exit_code, kPlain);
    expect_plain(lab);
    EXPECT_EQ(lab.run("Q8_0,Q2_K,Q6_K").exit_code, kPlain);
    expect_plain(lab);
    EXPECT_EQ(lab.report()["decisions_shown"].size(), 3U);
    EXPECT_EQ(lab.run("Q8_0,Q6_K").exit_code, kExploratory) << "Q2_K was shown meanwhile";
    expect_exploratory(lab, "the variant Q2_K was dropped");
}

TEST(ShownDecisions, AnotherModelUnderTheNameIsAReason) {
    const Lab lab(30);
    const std::string mine = variant(lab, "mine", "skill 40\nsalt other\n");
    EXPECT_EQ(lab.run(mine).exit_code, kDegraded);
    static_cast<void>(variant(lab, "mine", ""));
    EXPECT_EQ(lab.run(mine).exit_code, kExploratory);
    expect_exploratory(lab, "the answers of mine were replaced (30 of 30 answers: q01, q02, q03, ");
}

TEST(ShownDecisions, AnotherNameOfTheSameFileAndOtherThreadsAreNone) {
    const Lab lab(30);
    EXPECT_EQ(lab.run("mine=" + variant(lab, "mine", "")).exit_code, kPlain);
    lab.folder().write("yours.gguf", bytes_of(lab.folder() / "mine.gguf"));
    EXPECT_EQ(
        lab.run("mine=" + (lab.folder() / "yours.gguf").string(), {"--threads", "2"}).exit_code,
        kPlain);
    expect_plain(lab);
}

TEST(ShownDecisions, AnotherOrderOfTheRowsIsNone) {
    const Lab lab(30);
    EXPECT_EQ(lab.run("Q8_0").exit_code, kPlain);
    const std::string rows = bytes_of(lab.questions());
    const std::size_t end = rows.find('\n') + 1;
    lab.folder().write("questions.jsonl", rows.substr(end) + rows.substr(0, end));
    EXPECT_EQ(lab.run("Q8_0").exit_code, kPlain);
    expect_plain(lab);
}

/// The questions with a cluster each, two of a name.
std::string clustered(const std::string& rows, const std::string& name) {
    std::string out;
    int k = 0;
    for (std::size_t at = 0; at < rows.size(); ++k) {
        const std::size_t end = rows.find('\n', at);
        json row = json::parse(rows.substr(at, end - at));
        row["cluster"] = fmt::format("{}{}", name, k / 2);
        out += row.dump() + "\n";
        at = end + 1;
    }
    return out;
}

TEST(ShownDecisions, ClustersThatAreTakenAwayAreAReasonAndTheirNamesAreNot) {
    const Lab lab(60);
    const std::string rows = bytes_of(lab.questions());
    lab.folder().write("questions.jsonl", clustered(rows, "document "));
    EXPECT_EQ(lab.run("Q8_0").exit_code, kPlain);
    lab.folder().write("questions.jsonl", clustered(rows, "source "));
    EXPECT_EQ(lab.run("Q8_0").exit_code, kPlain);
    expect_plain(lab);
    lab.folder().write("questions.jsonl", rows);
    EXPECT_EQ(lab.run("Q8_0").exit_code, kExploratory);
    expect_exploratory(lab,
                       "the clusters of 60 of 60 questions were taken away (q01, q02, q03, ...)");
}

/// As fair_judge, and capitals are no difference: to it the answers of Q8_0 are as good.
ScriptedReply lenient_judge(const SeenRequest& request, int n) {
    SeenRequest lower = request;
    lower.body = to_lower_ascii(request.body);
    return fair_judge(lower, n);
}

Strings judged_by(const SimServer& server, const Strings& names) {
    Strings out{"--stopping", "none"};
    for (const std::string& name : names) {
        out.insert(out.end(),
                   {"--judge",
                    name == "reference" ? name : fmt::format("openai:{}@{}", name, server.url())});
    }
    return out;
}

TEST(ShownDecisions, AnotherFirstJudgeIsAReasonAndAFurtherOneBehindItIsNot) {
    const Lab lab(30);
    const SimServer server(lenient_judge);
    EXPECT_EQ(lab.run("Q8_0", judged_by(server, {"one"})).exit_code, kPlain);
    EXPECT_EQ(lab.run("Q8_0", judged_by(server, {"one", "two"})).exit_code, kPlain);
    expect_plain(lab);
    EXPECT_EQ(lab.run("Q8_0", judged_by(server, {"two", "one"})).exit_code, kExploratory);
    expect_exploratory(lab, "another judge decides (two instead of one)");
    EXPECT_EQ(lab.run("Q8_0", judged_by(server, {"two"})).exit_code, kExploratory);
    EXPECT_EQ(lab.run("Q8_0", judged_by(server, {"one", "two"})).exit_code, kPlain);
    expect_plain(lab);
}

TEST(ShownDecisions, AJudgeThatIsLeftOutAfterwardsIsAReason) {
    const Lab lab(30);
    const SimServer server(lenient_judge);
    EXPECT_EQ(lab.run("Q8_0", judged_by(server, {"one", "two", "reference"})).exit_code, kPlain);
    EXPECT_EQ(lab.run("Q8_0", judged_by(server, {"one", "reference"})).exit_code, kExploratory);
    expect_exploratory(lab, "the judge two was left out");
}

/// Fair for the first `n` requests; after these it prefers no answer over a longer one.
Script fair_at_first(const std::atomic<bool>& fair) {
    return [&fair](const SeenRequest& request, int n) {
        const ScriptedReply reply = fair_judge(request, n);
        return fair || prompt_field(request.body, "expected").find("thing 3 ") != 0
                   ? reply
                   : ScriptedReply{200, verdict_completion("TIE")};
    };
}

TEST(ShownDecisions, VerdictsThatAreAskedForAgainAreAReasonWhereTheyAreOthers) {
    const Lab lab(30);
    std::atomic<bool> fair = true;
    const SimServer server(fair_at_first(fair));
    const Strings flags = judged_by(server, {"one"});
    Strings again = flags;
    again.emplace_back("--rejudge");
    EXPECT_EQ(lab.run("Q2_K", flags).exit_code, kDegraded);
    EXPECT_EQ(lab.run("Q2_K", again).exit_code, kDegraded);
    expect_plain(lab);
    fair = false;
    EXPECT_NE(lab.run("Q2_K", again).exit_code, 1);
    expect_exploratory(lab, "replaced: they were asked again (--rejudge)");
    EXPECT_NE(lab.run("Q2_K", flags).exit_code, 1);
    expect_exploratory(lab, "replaced: they were asked again (--rejudge)");
}

TEST(ShownDecisions, ARunThatShowedNoneIsFreeToChange) {
    const Lab lab(40);
    const SimServer broken([](const SeenRequest&, int) {
        return ScriptedReply{200, completion_json("I would rather not say")};
    });
    EXPECT_EQ(lab.run("Q8_0", judged_by(broken, {"broken"})).exit_code, kNotMeasured);
    EXPECT_EQ(lab.report().contains("decisions_shown"), false);
    const SimServer server(lenient_judge);
    Strings fewer = judged_by(server, {"one"});
    fewer.insert(fewer.end(), {"--limit", "35"});
    EXPECT_EQ(lab.run("Q8_0", fewer).exit_code, kPlain);
    expect_plain(lab);
}

TEST(ShownDecisions, BothOrdersThatAreTakenBackAreAReason) {
    const Lab lab(30);
    const SimServer server(lenient_judge);
    Strings both = judged_by(server, {"one"});
    both.emplace_back("--both-orders");
    EXPECT_EQ(lab.run("Q8_0", both).exit_code, kPlain);
    EXPECT_EQ(lab.run("Q8_0", judged_by(server, {"one"})).exit_code, kExploratory);
    expect_exploratory(lab, "one judges each pair in one order only, and not in both");
}

TEST(ShownDecisions, StatisticsWithAnotherMarginOrAlphaAreNoPass) {
    const Lab lab(60);
    EXPECT_EQ(lab.run("Q8_0").exit_code, kPlain);
    const auto stats = [&](const Strings& more) {
        Strings arguments{"stats", lab.run_dir(), "--gate"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return lab.assay(arguments).exit_code;
    };
    EXPECT_EQ(stats({}), kPlain);
    EXPECT_EQ(stats({"--margin", "0.2"}), kExploratory);
    EXPECT_EQ(stats({"--alpha", "0.1"}), kExploratory);
    EXPECT_EQ(stats({"--margin", "0.2", "--accept-exploratory"}), kPlain);
    EXPECT_EQ(stats({}), kPlain);
}

TEST(ShownDecisions, OfARunOfAnEarlierVersionAreTakenFromItsPlans) {
    const Lab lab(60);
    EXPECT_EQ(lab.run("Q8_0").exit_code, kPlain);
    // As an earlier version left it: that a decision was shown, and not which.
    run_sql(lab.run_dir(), "DELETE FROM notes WHERE key = 'decisions shown'");
    EXPECT_EQ(lab.run("Q8_0", {"--limit", "45"}).exit_code, kExploratory);
    expect_exploratory(lab, "15 of 60 questions were left out");
    const json shown = lab.report()["decisions_shown"];
    ASSERT_EQ(shown.size(), 2U);
    EXPECT_EQ(shown[0]["decisions"].size(), 0U);
    EXPECT_NE(bytes_of(lab.run_dir() + "/report.md").find("an earlier version showed a decision"),
              std::string::npos);
    EXPECT_EQ(lab.run("Q8_0").exit_code, kPlain) << why(lab);
}

TEST(ShownDecisions, TheHistoryIsPartOfTheReportAndTheReportStaysTheSame) {
    const Lab lab(40);
    EXPECT_EQ(lab.run("Q8_0").exit_code, kPlain);
    EXPECT_EQ(lab.run("Q8_0", {"--limit", "35"}).exit_code, kExploratory);
    const auto before = lab.artifacts();
    EXPECT_EQ(lab.assay({"report", lab.run_dir()}).exit_code, kExploratory);
    EXPECT_EQ(difference(before, lab.artifacts()), "");
    EXPECT_EQ(lab.assay({"verify", lab.run_dir()}).exit_code, 0);
    EXPECT_EQ(lab.run("Q8_0", {"--limit", "35"}).exit_code, kExploratory);
    EXPECT_EQ(difference(before, lab.artifacts()), "");
}

}  // namespace
}  // namespace assay::test
