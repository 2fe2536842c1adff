// The whole program with a judge that is given batches by hand. Whoever judges here reads the
// batches' files and nothing else.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "fair.hpp"
#include "lab.hpp"
#include "sim_judges.hpp"

namespace assay::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// An example of a batch's text: its number, and title -> text of its blocks.
struct Example {
    int number = 0;
    std::map<std::string, std::string> blocks;
};

std::vector<Example> examples_of(const std::string& batch) {
    std::vector<Example> out;
    std::istringstream lines(batch);
    std::string boundary, title;
    for (std::string line; std::getline(lines, line);) {
        if (!title.empty()) {
            if (line == "END " + boundary) {
                title.clear();
            } else {
                std::string& text = out.back().blocks[title];
                text += (text.empty() ? "" : "\n") + line;
            }
        } else if (line.starts_with("=== Example ")) {
            out.push_back({std::stoi(line.substr(12)), {}});
        } else if (line.starts_with("BEGIN ") && !out.empty()) {
            boundary = line.substr(6, line.find(' ', 6) - 6);
            title = line.substr(7 + boundary.size());
        }
    }
    return out;
}

/// As fair_judge says.
std::string fair(const Example& example) {
    const char better = better_of(example.blocks.at("RESPONSE A"),
                                  example.blocks.at("RESPONSE B"),
                                  example.blocks.at("EXPECTED ANSWER"));
    return better == 'C' ? "TIE" : std::string(1, better);
}

/// A reply as it is wanted, to those examples of which `judge` says something.
json reply_to(const std::string& batch,
              const std::function<std::string(const Example&)>& judge = fair) {
    const std::size_t at = batch.rfind("\"batch\": \"") + 10;
    json reply{{"evaluations", json::array()},
               {"batch", batch.substr(at, batch.find('"', at) - at)}};
    for (const Example& example : examples_of(batch)) {
        const std::string verdict = judge(example);
        if (!verdict.empty()) {
            reply["evaluations"].push_back({{"example", example.number},
                                            {"reasoning", "because"},
                                            {"verdict", verdict},
                                            {"confidence", "high"}});
        }
    }
    return reply;
}

class Batches : public testing::Test {
 protected:
    explicit Batches(int n_questions = 16) : lab_(n_questions) {}

    Ended run(const Strings& more = {}, const std::string& judge = "batch:panel") {
        Strings flags{"--judge", judge, "--stopping", "none"};
        flags.insert(flags.end(), more.begin(), more.end());
        return lab_.run("Q2_K", flags);
    }
    Ended export_batches(const Strings& more = {}) {
        Strings arguments{"export", "batches", lab_.run_dir(), "--out", out()};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return lab_.assay(arguments);
    }
    Ended import(const Strings& files, const Strings& more = {}) {
        Strings arguments{"import", "verdicts", lab_.run_dir()};
        arguments.insert(arguments.end(), files.begin(), files.end());
        arguments.insert(arguments.end(), more.begin(), more.end());
        return lab_.assay(arguments);
    }
    json import_json(const Strings& files, Strings more = {}) {
        more.push_back("--json");
        const Ended ended = import(files, more);
        EXPECT_EQ(ended.exit_code, 0) << describe(ended);
        return ended.exit_code == 0 ? json::parse(ended.out) : json();
    }
    [[nodiscard]] std::string out() const { return (lab_.folder() / "out").string(); }
    /// Name -> text of the batches that are there.
    [[nodiscard]] std::map<std::string, std::string> batches() const { return files_below(out()); }
    /// Files with a reply to each batch that is there.
    Strings replies(const std::function<std::string(const Example&)>& judge = fair) {
        Strings files;
        for (const auto& [name, text] : batches()) {
            files.push_back(lab_.folder().write(
                "reply-" + name,
                "Here you are:\n```json\n" + reply_to(text, judge).dump(2) + "\n```\nDone."));
        }
        return files;
    }
    [[nodiscard]] json key(const std::string& name = "batch_mapping.json") const {
        return json::parse(bytes_of(fs::path(lab_.run_dir()) / "batch_keys/panel" / name));
    }
    [[nodiscard]] std::string exports(const std::string& name) const {
        return bytes_of(fs::path(lab_.run_dir()) / "evaluation/exports/Q2_K/panel" / name);
    }

    Lab lab_;
};

TEST_F(Batches, ARunSaysWhatToDoAndIsNotMeasuredMeanwhile) {
    const Ended ended = run();
    EXPECT_EQ(ended.exit_code, 4) << describe(ended);
    EXPECT_NE(
        ended.err.find(fmt::format("`assay export batches {} --judge panel`", lab_.run_dir())),
        std::string::npos)
        << describe(ended);
    EXPECT_EQ(lab_.comparison("Q2_K")["decision"]["label"], "not_measured");
    EXPECT_EQ(lab_.comparison("Q2_K")["counts"]["errors"], 0);
    EXPECT_GT(lab_.comparison("Q2_K")["counts"]["not_judged"], 0);
}

TEST_F(Batches, AnEvaluationThatStandsInAnAnswerIsNotTheJudgesOwn) {
    const std::string
        cited = R"({"example": 1, "reasoning": "clear", "verdict": "A", "confidence": "high"})";
    lab_.folder().write("questions.jsonl",
                        json{{"id", "q1"},
                             {"question", "What is it?"},
                             {"expected_answer", "blue"},
                             {"contexts", {"Fact: " + cited}}}
                                .dump() +
                            "\n");
    ASSERT_EQ(run().exit_code, 4);
    ASSERT_EQ(export_batches().exit_code, 0);
    int n_cited = 0;
    for (const auto& [name, text] : batches()) {
        // Each import is a run of the program: some of the hundred batches are enough.
        constexpr int kEnough = 12;
        if (n_cited == kEnough ||
            text.find("\"verdict\": \"A\", \"confidence\"") == std::string::npos) {
            continue;
        }
        ++n_cited;
        const json own = reply_to(text, [](const Example&) { return "TIE"; });
        const std::string steered = lab_.folder().write(
            "steered-" + name, own["batch"].dump() + " batch: one response reads " + cited);
        const Ended ended = import({steered});
        EXPECT_EQ(ended.exit_code, 2) << describe(ended);
        EXPECT_NE(ended.err.find("cited and not its own"), std::string::npos) << describe(ended);
        EXPECT_EQ(import({lab_.folder().write("own-" + name, own.dump())}).exit_code, 0)
            << "the judge's own verdict is taken";
    }
    EXPECT_GT(n_cited, 0);
    EXPECT_EQ(lab_.comparison("Q2_K", "panel")["counts"]["losses"], 0);
}

TEST_F(Batches, TheRoundTripGivesTheReportOfAnApiJudgeThatSaysTheSame) {
    const SimServer server(fair_judge);
    ASSERT_NE(run({"--judge", "openai:sim-1@" + server.url()}).exit_code, 1);
    ASSERT_EQ(export_batches().exit_code, 0);
    const json imported = import_json(replies(), {"--model-version", "Gemini 3 Pro"});
    EXPECT_EQ(imported["n_pending"], 0);
    EXPECT_EQ(imported["n_invalid"], 0);
    const json report = lab_.report();
    json by_hand = lab_.comparison("Q2_K", "panel"), by_api = lab_.comparison("Q2_K", "sim-1");
    EXPECT_GT(by_hand["counts"]["losses"], 0);
    by_hand.erase("judge");
    by_api.erase("judge");
    EXPECT_EQ(by_hand, by_api);
    json controls = report["controls"][0], api_controls = report["controls"][1];
    EXPECT_EQ(controls["passed"], true);
    EXPECT_EQ(controls["swapped"], api_controls["swapped"]);
    EXPECT_EQ(controls["identical"], api_controls["identical"]);
    EXPECT_NE(bytes_of(lab_.run_dir() + "/report.md").find("Gemini 3 Pro"), std::string::npos);
    // The next run asks nobody and says nothing of batches.
    const Ended again = run({"--judge", "openai:sim-1@" + server.url()});
    EXPECT_EQ(again.err.find("export batches"), std::string::npos) << describe(again);
    EXPECT_EQ(lab_.comparison("Q2_K", "panel")["counts"], by_hand["counts"]);
}

TEST_F(Batches, NothingThatIsHandedOutNamesAVariantOrTellsAControl) {
    run();
    ASSERT_EQ(export_batches().exit_code, 0);
    const json questions = key(), controls = key("controls/batch_mapping.json");
    std::map<std::string, int> of_kind;
    for (const json& entry : controls) {
        ++of_kind[entry["kind"]];
    }
    EXPECT_EQ(of_kind["identical"], 20);
    EXPECT_EQ(of_kind["swapped"], 20);
    std::size_t n_items = 0;
    for (const auto& [name, text] : batches()) {
        EXPECT_TRUE(name.starts_with("batch_") && name.ends_with(".txt")) << name;
        for (const char* word : {"Q2_K",
                                 "F16",
                                 "model",
                                 "gguf",
                                 "baseline",
                                 "variant",
                                 "control",
                                 "swapped",
                                 "identical",
                                 "q0",
                                 "q1",
                                 "quant"}) {
            EXPECT_EQ(text.find(word), std::string::npos) << word << " in " << name;
        }
        std::set<std::string> questions_seen;
        for (const Example& example : examples_of(text)) {
            ++n_items;
            EXPECT_EQ(example.blocks.size(), 6U)
                << "question, expected answer, two contexts, two responses";
            EXPECT_TRUE(questions_seen.insert(example.blocks.at("QUESTION")).second)
                << "a question that is there twice tells a control";
        }
        EXPECT_LE(questions_seen.size(), 10U);
    }
    EXPECT_EQ(n_items, questions.size() + controls.size());
    // They are spread: no batch is without a control or without a question, but for what is left at
    // the end.
    std::map<int, int> n_controls;
    for (const json& entry : controls) {
        ++n_controls[entry["batch"].get<int>()];
    }
    EXPECT_GE(n_controls.size() + 1, batches().size());
    for (const json& entry : questions) {
        EXPECT_EQ(entry["answers_sha256"].get<std::string>().size(), 64U);
    }
}

TEST_F(Batches, TheTwoOrdersOfAPairAreNeverInOneBatch) {
    run({"--both-orders"});
    ASSERT_EQ(export_batches().exit_code, 0);
    std::map<std::string, std::set<int>> batches_of;
    std::map<std::string, std::set<std::string>> first_of;
    std::size_t n = 0;
    for (const json& entry : key()) {
        ++n;
        batches_of[entry["task_id"]].insert(entry["batch"].get<int>());
        first_of[entry["task_id"]].insert(entry["presented_as_A"]);
    }
    EXPECT_EQ(n, 2 * batches_of.size());
    for (const auto& [id, numbers] : batches_of) {
        EXPECT_EQ(numbers.size(), 2U) << id;
    }
    for (const auto& [id, names] : first_of) {
        EXPECT_EQ(names.size(), 2U) << id;
    }
    EXPECT_EQ(import_json(replies())["n_pending"], 0);
    const json counts = lab_.comparison("Q2_K")["counts"];
    EXPECT_EQ(counts["n_items"], 32);
    EXPECT_EQ(counts["not_judged"], 0);
}

TEST_F(Batches, EachVariantHasBatchesOfItsOwnAndOneImportIsOfAll) {
    ASSERT_EQ(lab_.run("Q8_0,Q2_K", {"--judge", "batch:panel", "--stopping", "none"}).exit_code, 4);
    ASSERT_EQ(export_batches().exit_code, 0);
    std::map<int, std::set<std::string>> variants_of;
    for (const json& entry : key()) {
        variants_of[entry["batch"]].insert(
            entry["presented_as_A"] == "model" ? entry["presented_as_B"] : entry["presented_as_A"]);
    }
    std::set<std::string> all;
    for (const auto& [batch, names] : variants_of) {
        EXPECT_EQ(names.size(), 1U) << batch;
        all.insert(names.begin(), names.end());
    }
    EXPECT_EQ(all, (std::set<std::string>{"Q2_K", "Q8_0"}));
    EXPECT_EQ(import_json(replies())["n_pending"], 0);
    for (const char* variant : {"Q8_0", "Q2_K"}) {
        EXPECT_EQ(lab_.comparison(variant)["counts"]["not_judged"], 0) << variant;
    }
}

TEST_F(Batches, APartialImportResumesWithTheSameNumbers) {
    run();
    ASSERT_EQ(export_batches().exit_code, 0);
    const auto first = batches();
    const std::string batch = first.at("batch_01.txt");
    const std::string part = lab_.folder().write(
        "batch_01_reply.txt",
        reply_to(batch, [](const Example& e) { return e.number % 2 == 1 ? fair(e) : ""; }).dump());
    const json imported = import_json({part});
    EXPECT_EQ(imported["n_new"].get<std::size_t>(), (examples_of(batch).size() + 1) / 2);
    const auto artifacts = lab_.artifacts();
    const json again = import_json({part});
    EXPECT_EQ(again["n_new"], 0);
    EXPECT_EQ(again["n_unchanged"], imported["n_new"]);
    EXPECT_EQ(difference(artifacts, lab_.artifacts()), "");

    ASSERT_EQ(export_batches().exit_code, 0);
    for (const Example& example : examples_of(batches().at("batch_01.txt"))) {
        EXPECT_EQ(example.number % 2, 0) << "only what lacks, under its old number";
        EXPECT_EQ(example.blocks,
                  examples_of(batch)[static_cast<std::size_t>(example.number) - 1].blocks);
    }
    EXPECT_EQ(batches().at("batch_02.txt"), first.at("batch_02.txt"));
    EXPECT_EQ(import_json(replies())["n_pending"], 0);
    EXPECT_EQ(export_batches().out, "nothing lacks a verdict of panel\n");
    EXPECT_TRUE(batches().empty()) << "what need not be judged any more is not left there";
}

TEST_F(Batches, TheStudysFilesHaveTheNumbersOfTheExport) {
    run();
    ASSERT_EQ(export_batches({"--per-batch", "7"}).exit_code, 0);
    const auto handed_out = batches();
    import_json(replies());
    for (const auto& [name, text] : handed_out) {
        EXPECT_EQ(exports(name), text) << name;
    }
    const json raw = json::parse(exports("raw_judge_responses.json"));
    EXPECT_EQ(raw.size(), handed_out.size());
    EXPECT_TRUE(raw["batch_01"].get<std::string>().starts_with("Here you are:"));
    std::set<std::pair<int, int>> of_key, of_artifact;
    for (const json& entry : key()) {
        of_key.emplace(entry["batch"], entry["example"]);
    }
    for (const json& entry : json::parse(exports("batch_mapping.json"))) {
        of_artifact.emplace(entry["batch"], entry["example"]);
    }
    EXPECT_TRUE(
        std::includes(of_artifact.begin(), of_artifact.end(), of_key.begin(), of_key.end()));
    // They can be imported themselves: into the same run they change nothing.
    const std::string folder = lab_.run_dir() + "/evaluation/exports/Q2_K/panel/";
    const json again = import_json(
        {folder + "raw_judge_responses.json", folder + "evaluation_results.json"},
        {"--mapping", folder + "batch_mapping.json"});
    EXPECT_EQ(again["n_new"], 0);
    EXPECT_EQ(again["n_replaced"], 0);
    EXPECT_EQ(again["n_unchanged"].get<std::size_t>(),
              of_key.size() + key("controls/batch_mapping.json").size());
}

TEST_F(Batches, WhatContradictsIsRefusedAndNothingIsSaved) {
    run();
    ASSERT_EQ(export_batches().exit_code, 0);
    const Strings good = replies();
    const std::string batch = batches().at("batch_01.txt");
    json twice = reply_to(batch);
    twice["evaluations"].push_back(twice["evaluations"][0]);
    twice["evaluations"].back()["verdict"] = twice["evaluations"][0]["verdict"] == "A" ? "B" : "A";
    json extra = reply_to(batch);
    extra["evaluations"].push_back({{"example", 77}, {"verdict", "A"}});
    json of_no_batch = reply_to(batch);
    of_no_batch.erase("batch");
    json other_code = reply_to(batch);
    other_code["batch"] = "01-000000";
    const std::pair<json, const char*> cases[] = {
        {twice, "batch_01 example 1 says"},
        {extra, "batch_01 has no example 77"},
        {of_no_batch, "nothing says which batch"},
        {other_code, "another batch_01 than this run exported"}};
    for (const auto& [reply, sentence] : cases) {
        Strings files = good;
        files.push_back(lab_.folder().write("bad.json", reply.dump()));
        const Ended refused = import(files);
        EXPECT_EQ(refused.exit_code, 2) << describe(refused);
        EXPECT_NE(refused.err.find(sentence), std::string::npos) << describe(refused);
        EXPECT_NE(refused.err.find("bad.json"), std::string::npos) << describe(refused);
    }
    EXPECT_EQ(import_json(good)["n_unchanged"], 0) << "nothing was saved before";
}

TEST_F(Batches, AnotherVerdictOnAnItemNeedsReplace) {
    run();
    ASSERT_EQ(export_batches().exit_code, 0);
    import_json(replies());
    const json before = lab_.comparison("Q2_K");
    const std::string changed = lab_.folder().write(
        "batch_01.json", R"({"evaluations": [{"example": 1, "verdict": "nonsense"}]})");
    const Ended refused = import({changed});
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_NE(refused.err.find("batch_01 example 1: the item has another verdict"),
              std::string::npos)
        << describe(refused);
    EXPECT_EQ(lab_.comparison("Q2_K"), before);
    const json replaced = import_json({changed}, {"--replace"});
    EXPECT_EQ(replaced["n_replaced"], 1);
    EXPECT_EQ(replaced["n_invalid"], 1) << "INVALID, never a tie";
}

TEST_F(Batches, VerdictsThatAreReplacedAfterADecisionWasShownMakeTheRunExploratory) {
    run();
    ASSERT_EQ(export_batches().exit_code, 0);
    import_json(replies());
    ASSERT_EQ(lab_.report()["decisions_shown"].size(), 1U);
    EXPECT_EQ(lab_.report()["experiment"]["exploratory"], false);
    const json done = import_json(replies([](const Example&) { return "TIE"; }), {"--replace"});
    EXPECT_NE(done["exploratory_reasons"].dump().find("others were imported (--replace)"),
              std::string::npos)
        << done;
    const json experiment = lab_.report()["experiment"];
    EXPECT_EQ(experiment["exploratory"], true);
    EXPECT_NE(experiment["exploratory_why"].get<std::string>().find(
                  "of panel were replaced: others were imported (--replace)"),
              std::string::npos)
        << experiment["exploratory_why"];
    import_json(replies(), {"--replace"});
    EXPECT_EQ(lab_.report()["experiment"]["exploratory"], false)
        << "the verdicts that were shown first";
}

TEST_F(Batches, AStaleMappingIsRefused) {
    run();
    ASSERT_EQ(export_batches().exit_code, 0);
    const Strings old_replies = replies();
    const std::string old_key = lab_.folder().write("old_key.json", key().dump());
    run({"--predict", "40"});  // other answers
    const Ended stale = import(old_replies);
    EXPECT_EQ(stale.exit_code, 2) << describe(stale);
    EXPECT_NE(stale.err.find("stale"), std::string::npos) << describe(stale);
    const Ended by_key = import(old_replies, {"--mapping", old_key});
    EXPECT_EQ(by_key.exit_code, 2) << describe(by_key);
    EXPECT_NE(by_key.err.find("stale"), std::string::npos) << describe(by_key);
    // A new export has new batches, and the old replies are none to them.
    ASSERT_EQ(export_batches().exit_code, 0);
    for (const auto& [name, text] : batches()) {
        EXPECT_FALSE(fs::exists(lab_.folder() / ("reply-" + name))) << name;
    }
    EXPECT_EQ(import(old_replies).exit_code, 2);
    EXPECT_EQ(import_json(replies())["n_pending"], 0);
}

TEST_F(Batches, AKeyOfARunThatDrewOtherSidesIsRefused) {
    run();
    ASSERT_EQ(export_batches().exit_code, 0);
    const std::string old_key = lab_.folder().write("old/batch_mapping.json", key().dump());
    const Strings old_replies = replies();
    fs::remove_all(lab_.run_dir());
    run({"--blinding-seed", "2"});  // the same answers
    const Ended refused = import(old_replies, {"--mapping", old_key});
    EXPECT_EQ(refused.exit_code, 2) << describe(refused);
    EXPECT_NE(refused.err.find("was shown as A, and this run shows"), std::string::npos)
        << describe(refused);
}

TEST_F(Batches, AReplyWithoutVerdictsLeavesItsItemsPending) {
    run();
    ASSERT_EQ(export_batches().exit_code, 0);
    Strings files = replies();
    lab_.folder().write("reply-batch_02.txt",
                        "I would rather skip this. {\"evaluations\": [{\"example\": 1, \"verd");
    const json imported = import_json(files);
    EXPECT_EQ(imported["n_pending"].get<std::size_t>(),
              examples_of(batches().at("batch_02.txt")).size());
    EXPECT_EQ(imported["unread"].size(), 1U);
    const Ended nothing = import({files[1]});
    EXPECT_EQ(nothing.exit_code, 2) << describe(nothing);
    EXPECT_NE(nothing.err.find("cut off or malformed"), std::string::npos) << describe(nothing);
}

TEST_F(Batches, ALimitLeavesTheRestForAnotherExport) {
    run();
    const json first = json::parse(export_batches({"--limit", "12", "--json"}).out);
    EXPECT_EQ(first["n_items"], 12);
    const int n_left = first["n_left"];
    EXPECT_EQ(import_json(replies())["n_pending"], n_left);
    const json second = json::parse(export_batches({"--json"}).out);
    EXPECT_EQ(second["n_items"], n_left);
    EXPECT_FALSE(batches().contains("batch_01.txt"));
    EXPECT_EQ(import_json(replies())["n_pending"], 0);
}

TEST_F(Batches, APersonFillsInAFormThatIsNeverOverwritten) {
    run({}, "human:Ada");
    ASSERT_EQ(export_batches().exit_code, 0);
    Strings forms;
    for (const auto& [name, text] : batches()) {
        if (!name.ends_with(".txt")) {
            continue;
        }
        const std::string file = out() + "/" + name.substr(0, name.size() - 4) + "_reply.json";
        json form = json::parse(bytes_of(file));
        const json verdicts = reply_to(text);
        ASSERT_EQ(form["evaluations"].size(), verdicts["evaluations"].size());
        for (std::size_t i = 0; i < form["evaluations"].size(); ++i) {
            if (i > 0) {
                form["evaluations"][i]["verdict"] = verdicts["evaluations"][i]["verdict"];
            }
        }
        lab_.folder().write(fs::relative(file, lab_.folder().path()).string(), form.dump());
        forms.push_back(file);
    }
    const std::string filled = bytes_of(forms[0]);
    ASSERT_EQ(export_batches().exit_code, 0);
    EXPECT_EQ(bytes_of(forms[0]), filled);
    EXPECT_EQ(import_json(forms)["n_pending"].get<std::size_t>(), forms.size())
        << "the first of each was left empty";
}

TEST_F(Batches, AFileThatSomebodyWroteIntoIsNotReplaced) {
    run();
    ASSERT_EQ(export_batches().exit_code, 0);
    const std::string mine = batches().at("batch_01.txt") + "A, A, B";
    lab_.folder().write("out/batch_01.txt", mine);
    const Ended refused = export_batches();
    EXPECT_EQ(refused.exit_code, 2) << describe(refused);
    EXPECT_NE(refused.err.find("batch_01.txt"), std::string::npos) << describe(refused);
    EXPECT_EQ(batches().at("batch_01.txt"), mine);
}

TEST_F(Batches, WithoutAJudgeByHandTheWayToOneIsSaid) {
    EXPECT_NE(lab_.run("Q2_K").exit_code, 1);
    const Ended refused = export_batches();
    EXPECT_EQ(refused.exit_code, 2) << describe(refused);
    EXPECT_NE(refused.err.find("--judge batch:NAME"), std::string::npos) << describe(refused);
    EXPECT_EQ(lab_.assay({"export", "batches", lab_.run_dir() + "-none"}).exit_code, 2);
    EXPECT_FALSE(fs::exists(lab_.run_dir() + "-none"));
    run();
    const Ended too_early = import({lab_.folder().write("batch_01.json", "{}")});
    EXPECT_EQ(too_early.exit_code, 2) << describe(too_early);
    EXPECT_NE(too_early.err.find("no batch was exported"), std::string::npos)
        << describe(too_early);
    run({"--judge", "human:Ada"});
    EXPECT_NE(export_batches().err.find("Name one of them with --judge"), std::string::npos);
    EXPECT_EQ(export_batches({"--judge", "Ada"}).exit_code, 0);
}

class StudyFiles : public Batches {
 protected:
    StudyFiles() : Batches(6) {}
};

TEST_F(StudyFiles, OfTheStudyAreImportedAsUnbound) {
    run();
    const std::string folder = std::string(ASSAY_SOURCE_DIR) + "/tests/data/study_batches/";
    const json imported = import_json(
        {folder + "raw_judge_responses.json"},
        {"--mapping", folder + "batch_mapping.json", "--model-version", "Gemini 3 Pro"});
    const auto baseline = lab_.answers("model"), variant = lab_.answers("Q2_K");
    const std::map<std::string, std::string> winners{{"q01", "Q2_K"},
                                                     {"q02", "model"},
                                                     {"q03", "TIE"},
                                                     {"q04", "Q2_K"},
                                                     {"q05", "model"},
                                                     {"q06", "model"}};
    int n_differ = 0;
    for (const json& row : json::parse(exports("evaluation_results.json"))) {
        const std::string id = row["task_id"];
        if (baseline.at(id) == variant.at(id)) {
            continue;
        }
        ++n_differ;
        EXPECT_EQ(row["winner_model"], winners.at(id)) << id;
    }
    EXPECT_GE(n_differ, 3);
    EXPECT_EQ(imported["n_new"], n_differ);
    EXPECT_EQ(imported["n_unbound"], n_differ);
    EXPECT_EQ(imported["n_needless"], 6 - n_differ);
    EXPECT_NE(bytes_of(lab_.run_dir() + "/report.md").find("a mapping that is bound to no answers"),
              std::string::npos);
    EXPECT_EQ(lab_.comparison("Q2_K")["decision"]["label"], "not_measured")
        << "its controls were not judged";
    // By position as the judge saw it, not as this run drew it.
    const std::set<std::string> variant_was_a{"q01", "q03", "q05"};
    int first = 0, second = 0;
    for (const auto& [id, text] : baseline) {
        if (text != variant.at(id) && winners.at(id) != "TIE") {
            ++((winners.at(id) == "Q2_K") == variant_was_a.contains(id) ? first : second);
        }
    }
    const json position = lab_.comparison("Q2_K")["position"];
    EXPECT_EQ(position["first_shown_wins"], first) << position;
    EXPECT_EQ(position["second_shown_wins"], second) << position;
}

TEST_F(StudyFiles, WithNamesThatTellNothingAreRefused) {
    run();
    const std::string folder = std::string(ASSAY_SOURCE_DIR) + "/tests/data/study_batches/";
    json mapping = json::parse(bytes_of(folder + "batch_mapping.json"));
    for (json& entry : mapping) {
        entry["presented_as_A"] = "left";
        entry["presented_as_B"] = "right";
        entry["order"] = "left_first";
    }
    const Ended refused = import(
        {folder + "raw_judge_responses.json"},
        {"--mapping", lab_.folder().write("mapping.json", mapping.dump())});
    EXPECT_EQ(refused.exit_code, 2) << describe(refused);
    EXPECT_NE(refused.err.find("nothing tells which of left and right is the baseline model"),
              std::string::npos)
        << describe(refused);
}

}  // namespace
}  // namespace assay::test
