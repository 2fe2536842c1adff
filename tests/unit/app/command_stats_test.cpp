#include "assay/app/command_stats.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "assay/base/result.hpp"
#include "golden.hpp"
#include "temp_folder.hpp"

namespace assay::app {
namespace {

using Json = nlohmann::json;

StatsOptions counts(const std::string& wins, const std::string& losses, const std::string& ties) {
    StatsOptions options;
    options.wins = wins;
    options.losses = losses;
    options.ties = ties;
    return options;
}

std::string output_of(const StatsOptions& options) {
    std::ostringstream out;
    EXPECT_EQ(run_stats(options, out), 0);
    return out.str();
}

Json json_of(StatsOptions options) {
    options.json = true;
    return Json::parse(output_of(options));
}

std::string refusal_of(const StatsOptions& options) {
    std::ostringstream out;
    try {
        (void)run_stats(options, out);
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::kUsage);
        EXPECT_EQ(out.str(), "");
        return error.what();
    }
    ADD_FAILURE() << "accepted";
    return {};
}

TEST(CommandStats, TheTextHasAllTheStudysNumbers) {
    const std::string text = output_of(counts("45", "48", "61"));
    for (const char* number : {"48.4 % [38.5, 58.4]",
                               "51.6 % [41.6, 61.5]",
                               "0.8358",
                               "0.8357",
                               "0.7572",
                               "0.03",
                               "-0.03",
                               "-1.9 [-12.2, +8.3]",
                               "12.2 points",
                               "14.9 points",
                               "17.9 points",
                               "0.0984",
                               "inconclusive",
                               "margin of 10 points",
                               "363"}) {
        EXPECT_NE(text.find(number), std::string::npos) << number << " in\n" << text;
    }
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST(CommandStats, TheDocumentHasEveryFixedPoint) {
    const Json doc = json_of(counts("45", "48", "61"));
    EXPECT_EQ(doc.at("schema_version"), 1);
    for (const char* key : {"n_items",
                            "n",
                            "wins",
                            "ties",
                            "losses",
                            "identical",
                            "invalid",
                            "errors",
                            "refused",
                            "not_judged",
                            "no_answer_variant",
                            "no_answer_baseline"}) {
        EXPECT_TRUE(doc.at("counts").at(key).is_number_integer()) << key;
    }
    for (const char* name : {"win_rate_decisive", "loss_rate_decisive", "net_win_rate"}) {
        for (const char* key : {"value", "low", "high", "confidence", "n", "method"}) {
            EXPECT_TRUE(doc.at(name).contains(key)) << name << key;
        }
        EXPECT_FALSE(doc.at(name).contains("why"));
    }
    for (const char* key : {"exact", "mid_p", "normal_corrected"}) {
        EXPECT_TRUE(doc.at("sign_test").at(key).is_number());
    }
    for (const char* key : {"abs_2p_minus_1", "cohens_h"}) {
        EXPECT_TRUE(doc.at("effect_size").at(key).is_number());
    }
    for (const char* key : {"net", "decisive_win_rate", "power", "alpha"}) {
        EXPECT_TRUE(doc.at("mde").at(key).is_number());
    }
    for (const char* key : {"label", "beyond_margin", "margin", "alpha", "n_more", "why"}) {
        EXPECT_TRUE(doc.at("decision").contains(key));
    }
    EXPECT_TRUE(doc.at("position").is_null());
    EXPECT_TRUE(doc.at("confidence").is_array());
    EXPECT_EQ(doc.at("decision").at("label"), "inconclusive");
    EXPECT_EQ(doc.at("decision").at("n_more"), 363);
    EXPECT_EQ(doc.at("decision").at("n_more_ship"), 219);
    EXPECT_NEAR(doc.at("net_win_rate").at("low").get<double>(), -0.122, 5e-4);
    EXPECT_NE(doc.at("decision").at("why").get<std::string>().find("No controls were given"),
              std::string::npos);
}

TEST(CommandStats, UndefinedValuesAreNullWithAReason) {
    const Json ties = json_of(counts("0", "0", "20"));
    EXPECT_TRUE(ties.at("win_rate_decisive").at("value").is_null());
    EXPECT_FALSE(ties.at("win_rate_decisive").at("why").get<std::string>().empty());
    EXPECT_TRUE(ties.at("mde").at("net").is_null());
    const Json nothing = json_of(counts("0", "0", "0"));
    EXPECT_TRUE(nothing.at("net_win_rate").at("low").is_null());
    EXPECT_EQ(nothing.at("decision").at("label"), "not_measured");
    EXPECT_FALSE(output_of(counts("0", "0", "0")).empty());
}

TEST(CommandStats, MarginAndAlphaDecide) {
    StatsOptions options = counts("45", "48", "61");
    options.margin = "0.15";
    EXPECT_EQ(json_of(options).at("decision").at("label"), "equivalent");
    options.alpha = "0.01";
    EXPECT_EQ(json_of(options).at("decision").at("label"), "inconclusive");
    EXPECT_NEAR(json_of(options).at("net_win_rate").at("confidence").get<double>(), 0.98, 1e-12);
}

TEST(CommandStats, WrongOptionsAreRefusedWithTheirNames) {
    for (const char* wrong : {"-1",
                              "x",
                              "",
                              "1.5",
                              "1e3",
                              "+3",
                              " 4",
                              "0x10",
                              "-",
                              "--",
                              "nan",
                              "1000000000000000000000000000000",
                              "99999999999999999999",
                              "1000000001",
                              "-99999999999999999999999"}) {
        EXPECT_NE(refusal_of(counts(wrong, "2", "3")).find("--wins"), std::string::npos) << wrong;
        EXPECT_NE(refusal_of(counts("1", "2", wrong)).find("--ties"), std::string::npos) << wrong;
    }
    for (const char* wrong : {"0", "1", "-0.1", "10", "x", "", "nan", "inf", "0.1x"}) {
        StatsOptions options = counts("1", "2", "3");
        options.margin = wrong;
        EXPECT_NE(refusal_of(options).find("--margin"), std::string::npos) << wrong;
    }
    for (const char* wrong : {"0", "0.5", "-1", "5"}) {
        StatsOptions options = counts("1", "2", "3");
        options.alpha = wrong;
        EXPECT_NE(refusal_of(options).find("--alpha"), std::string::npos) << wrong;
    }
    StatsOptions weak = counts("1", "2", "3");
    weak.power = "0.04";
    EXPECT_NE(refusal_of(weak).find("--power"), std::string::npos);
}

TEST(CommandStats, AllErrorsAreToldAtOnce) {
    const std::string refusal = refusal_of(counts("x", "-1", "2.5"));
    for (const char* name : {"--wins", "--losses", "--ties"}) {
        EXPECT_NE(refusal.find(name), std::string::npos);
    }
}

TEST(CommandStats, TheLargestCountsWork) {
    EXPECT_EQ(json_of(counts("1000000000", "1000000000", "1000000000")).at("decision").at("label"),
              "equivalent");
    EXPECT_EQ(json_of(counts("0", "1000000000", "0")).at("decision").at("label"), "degraded");
}

TEST(CommandStats, TheTextOfTheStudysCountsIsTheGoldenFile) {
    expect_golden("stats.txt", output_of(counts("45", "48", "61")));
    StatsOptions options = counts("45", "48", "61");
    options.markdown = true;
    expect_golden("stats.md", output_of(options));
}

/// 60 questions in both orders, of 20 documents, some without a usable verdict.
std::string both_orders_file() {
    static constexpr const char* kFirst[] = {"A", "A", "TIE", "B", "TIE", "A"};
    static constexpr const char* kSecond[] = {"B", "A", "TIE", "A", "INVALID", "TIE"};
    std::string out;
    for (int q = 0; q < 60; ++q) {
        for (const bool first : {true, false}) {
            out += fmt::format(
                R"({{"question": "q{}", "cluster": "document {}", "order": "{}", "verdict": "{}", "confidence": "{}", "variant": "Q4_K_M", "baseline": "F16", "judge": "panel"}})",
                q,
                q / 3,
                first ? "a" : "b",
                (first ? kFirst : kSecond)[q % 6],
                q % 4 == 0 ? "low" : "high");
            out += '\n';
        }
    }
    return out;
}

TEST(CommandStats, TheTextOfAFileInBothOrdersIsTheGoldenFile) {
    const test::TempFolder folder;
    StatsOptions options;
    options.input = folder.write("verdicts.jsonl", both_orders_file());
    std::string text = output_of(options);
    const std::size_t at = text.find(options.input);
    ASSERT_NE(at, std::string::npos);
    expect_golden("stats_both_orders.txt",
                  text.replace(at, options.input.size(), "verdicts.jsonl"));
}

TEST(CommandStats, TheDocumentOfAFileHasTheSameFieldsAtItsTop) {
    const test::TempFolder folder;
    StatsOptions options;
    options.input = folder.write("verdicts.jsonl", both_orders_file());
    const Json doc = json_of(options), bare = json_of(counts("45", "48", "61"));
    EXPECT_EQ(doc.at("schema_version"), 1);
    EXPECT_EQ(doc.at("variant"), "Q4_K_M");
    EXPECT_EQ(doc.at("baseline"), "F16");
    EXPECT_EQ(doc.at("judge"), "panel");
    EXPECT_EQ(doc.at("source").at("format"), "outcomes");
    for (const auto& [key, value] : bare.items()) {
        EXPECT_TRUE(doc.contains(key)) << key;
    }
    EXPECT_FALSE(bare.contains("variant"));
    EXPECT_EQ(doc.at("counts").at("n_items"), 120);
    EXPECT_EQ(doc.at("counts").at("invalid"), 10);
    EXPECT_EQ(doc.at("clusters").at("n_clusters"), 20);
    EXPECT_EQ(doc.at("both_orders").at("n"), 50);
    EXPECT_EQ(doc.at("both_orders").at("n_one_order"), 10);
    EXPECT_TRUE(doc.at("position").at("bias").at("low").is_number());
    EXPECT_EQ(doc.at("confidence").size(), 2u);
    EXPECT_NE(
        doc.at("net_win_rate").at("method").get<std::string>().find("question score interval"),
        std::string::npos);
    EXPECT_NE(doc.at("cluster_interval")
                  .at("method")
                  .get<std::string>()
                  .find("BCa bootstrap of 20 clusters"),
              std::string::npos);
    EXPECT_TRUE(doc.at("exact_tost").at("p_tost").is_null());
    EXPECT_FALSE(doc.at("exact_tost").at("why").get<std::string>().empty());
    EXPECT_EQ(doc.at("bayes").at("status"), "descriptive, never decided on");
    EXPECT_EQ(doc.at("bayes").at("posteriors").size(), 2u);
    EXPECT_EQ(doc.at("outlook").at("flips").size(), 4u);
    EXPECT_NEAR(doc.at("score").at("value").get<double>(),
                (1 + doc.at("net_win_rate").at("value").get<double>()) / 2,
                1e-12);
}

TEST(CommandStats, SeveralComparisonsAreAListAndAllMustPassAGate) {
    const test::TempFolder folder;
    std::string text = "question,verdict,variant\n";
    for (int i = 0; i < 400; ++i) {
        text += fmt::format("q{},tie,good\nq{},{},bad\n", i, i, i % 2 == 0 ? "loss" : "tie");
    }
    StatsOptions options;
    options.input = folder.write("v.csv", text);
    const Json doc = json_of(options);
    ASSERT_EQ(doc.at("comparisons").size(), 2u);
    EXPECT_FALSE(doc.contains("counts"));
    EXPECT_EQ(doc.at("comparisons")[0].at("variant"), "good");
    EXPECT_TRUE(doc.at("comparisons")[0].at("judge").is_null());
    EXPECT_EQ(doc.at("comparisons")[0].at("decision").at("label"), "equivalent");
    EXPECT_EQ(doc.at("comparisons")[1].at("decision").at("label"), "degraded");
    std::ostringstream out;
    options.gate = true;
    EXPECT_EQ(run_stats(options, out), 3);
    EXPECT_NE(out.str().find("2 comparisons"), std::string::npos);
    options.variant = "good";
    EXPECT_EQ(run_stats(options, out), 5) << "no controls back it";
    EXPECT_NE(out.str().find("The gate does not pass (exit code 5): there are no controls"),
              std::string::npos)
        << out.str();
    options.no_controls_ok = true;
    EXPECT_EQ(run_stats(options, out), 0);
    options.markdown = true;
    std::ostringstream markdown;
    EXPECT_EQ(run_stats(options, markdown), 0);
    EXPECT_EQ(markdown.str().rfind("# Statistics", 0), 0u);
}

TEST(CommandStats, AVariantThatIsAlwaysShownFirstIsSaid) {
    test::TempFolder folder;
    const auto rows = [](bool in_turn) {
        std::string text = "question,verdict,order\n";
        for (int i = 0; i < 200; ++i) {
            text += fmt::format("q{},tie,{}\n", i, in_turn && i % 2 == 0 ? "b" : "a");
        }
        return text;
    };
    StatsOptions options;
    options.input = folder.write("v.csv", rows(false));
    options.gate = true;
    std::ostringstream one_side;
    EXPECT_EQ(run_stats(options, one_side), 5);
    EXPECT_NE(one_side.str().find("always shown on one side"), std::string::npos) << one_side.str();
    options.input = folder.write("v.csv", rows(true));
    options.no_controls_ok = true;
    std::ostringstream in_turn;
    EXPECT_EQ(run_stats(options, in_turn), 0);
    EXPECT_EQ(in_turn.str().find("always shown"), std::string::npos);
}

TEST(CommandStats, OfACopyNoGatePasses) {
    test::TempFolder folder;
    const auto annotations = [](const char* other_tail) {
        std::string text;
        for (int i = 0; i < 80; ++i) {
            text += Json{{"instruction", fmt::format("question {}", i)},
                         {"output_1", fmt::format("answer {}", i)},
                         {"output_2", fmt::format(" answer {}{}", i, i % 2 == 0 ? other_tail : "")},
                         {"generator_1", "f16"},
                         {"generator_2", "q4"},
                         {"preference", 1.5}}
                        .dump() +
                    "\n";
        }
        return text;
    };
    for (const bool copy : {true, false}) {
        StatsOptions options;
        options.input = folder.write("annotations.json", annotations(copy ? "\n" : "!"));
        options.gate = true;
        std::ostringstream out;
        EXPECT_EQ(run_stats(options, out), 5);
        EXPECT_EQ(out.str().find("all 80 answers of q4 are the baseline's") != std::string::npos,
                  copy)
            << out.str();
        options.no_controls_ok = true;
        std::ostringstream accepted;
        EXPECT_EQ(run_stats(options, accepted), copy ? 5 : 0) << "controls are not the reason";
    }
}

TEST(CommandStats, VerdictsThatFollowThePositionMeasureNothing) {
    test::TempFolder folder;
    const auto rows = [](const char* first_in_b) {
        std::string text = "question,verdict,order\n";
        for (int i = 0; i < 400; ++i) {
            const bool is_a = i % 2 == 0;
            text += fmt::format("q{},{},{}\n", i, is_a ? "win" : first_in_b, is_a ? "a" : "b");
        }
        return text;
    };
    StatsOptions options;
    options.input = folder.write("v.csv", rows("loss"));
    options.gate = true;
    options.no_controls_ok = true;
    std::ostringstream always_first;
    EXPECT_EQ(run_stats(options, always_first), 4);
    EXPECT_NE(always_first.str().find("shown first won 400 of 400"), std::string::npos)
        << always_first.str();
    options.input = folder.write("v.csv", rows("win"));
    std::ostringstream better;
    EXPECT_EQ(run_stats(options, better), 0) << "a variant that always wins";
}

TEST(CommandStats, CopiesOfAnInstructionAreOneCluster) {
    test::TempFolder folder;
    std::string text;
    for (int i = 0; i < 80; ++i) {
        text += Json{{"instruction", fmt::format("{}uestion {}", i % 2 == 0 ? "Q" : "q", i / 10)},
                     {"output_1", fmt::format("answer {}", i)},
                     {"output_2", fmt::format("another answer {}", i)},
                     {"preference", 1.5}}
                    .dump() +
                "\n";
    }
    StatsOptions options;
    options.input = folder.write("annotations.json", text);
    const Json doc = json_of(options);
    EXPECT_EQ(doc.at("clusters").at("n_clusters"), 8);
    EXPECT_EQ(doc.at("decision").at("label"), "not_measured");
}

TEST(CommandStats, IdsAreTrimmed) {
    test::TempFolder folder;
    StatsOptions options;
    options.input = folder.write("v.jsonl",
                                 R"({"question": "q1", "verdict": "tie"})"
                                 "\n"
                                 R"({"question": " q1\u00a0", "verdict": "tie"})"
                                 "\n");
    EXPECT_NE(refusal_of(options).find("question \"q1\" stands twice"), std::string::npos);
}

TEST(CommandStats, AMissingCountIsNamed) {
    StatsOptions options;
    options.wins = "3";
    EXPECT_NE(refusal_of(options).find("--losses: is missing"), std::string::npos);
    options.losses = "4";
    EXPECT_EQ(json_of(options).at("counts").at("ties"), 0);
    options.judge = "someone";
    EXPECT_NE(refusal_of(options).find("--judge"), std::string::npos);
}

TEST(CommandStats, OnlyAGateChangesTheExitCode) {
    std::ostringstream out;
    StatsOptions options = counts("45", "48", "61");
    options.gate = true;
    EXPECT_EQ(run_stats(options, out), 5);
    options.fail_exit_code = 1;
    EXPECT_EQ(run_stats(options, out), 1);
    options.margin = "0.15";
    EXPECT_EQ(run_stats(options, out), 1) << "no controls";
    options.no_controls_ok = true;
    EXPECT_EQ(run_stats(options, out), 0);
    options = counts("10", "90", "4");
    options.gate = true;
    EXPECT_EQ(run_stats(options, out), 3);
    options = counts("0", "0", "0");
    options.gate = true;
    EXPECT_EQ(run_stats(options, out), 4);
}

}  // namespace
}  // namespace assay::app
