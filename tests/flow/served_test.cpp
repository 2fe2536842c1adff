// The whole program with the scripted engine and models behind servers in the test program.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <memory>
#include <thread>

#include "lab.hpp"
#include "sim_ollama.hpp"
#include "sim_providers.hpp"

namespace assay::test {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr int kQuestions = 6;

bool is_decision(const Ended& ended) {
    return ended.exit_code == 0 || (ended.exit_code >= 3 && ended.exit_code <= 5);
}

json variant_of(const json& report, const std::string& name) {
    for (const json& variant : report["variants"]) {
        if (variant["name"] == name) {
            return variant;
        }
    }
    return nullptr;
}

std::string served_at(const SimOllama& server) {
    return "q4=ollama:m:1@" + server.url();
}

TEST(Served, AServedModelIsAVariantLikeAnyOther) {
    const Lab lab(kQuestions);
    SimOllama server("m:1", "d1d2d3");
    const Ended ended = lab.run(served_at(server) + ",Q8_0");
    ASSERT_TRUE(is_decision(ended)) << describe(ended);
    EXPECT_THAT(server.complaints(), IsEmpty());
    EXPECT_EQ(server.chats().size(), std::size_t{kQuestions});
    const json report = lab.report();
    const json q4 = variant_of(report, "q4");
    EXPECT_EQ(q4["source"], "served");
    EXPECT_EQ(q4["file"], nullptr);
    EXPECT_EQ(q4["served"]["digest"], "d1d2d3");
    EXPECT_EQ(q4["served"]["quantization"], "Q4_K_M");
    EXPECT_EQ(q4["served"]["server_version"], "0.17.4");
    EXPECT_EQ(q4["served"]["n_parameters"], 134515008);
    EXPECT_EQ(q4["engine"]["name"], "ollama");
    EXPECT_EQ(q4["speed"]["decode_tokens_per_s"], 100.0);
    EXPECT_EQ(q4["speed"]["prefill_tokens_per_s"], nullptr);
    EXPECT_EQ(q4["speed"]["peak_memory_bytes"], nullptr);
    EXPECT_EQ(q4["answers"]["n"], kQuestions);
    EXPECT_EQ(report["comparisons"].size(), 2u);
    const std::string markdown = bytes_of(lab.run_dir() + "/report.md");
    EXPECT_THAT(markdown,
                AllOf(HasSubstr("is not proven"),
                      HasSubstr("the variants did not run under one fingerprint")));
    // The messages are those that the engine's variants were given; the token ids are the server's
    // affair.
    const std::string line = bytes_of(lab.run_dir() + "/evaluation/responses/q4.jsonl");
    const json served = json::parse(line.substr(0, line.find('\n')));
    const std::string other = bytes_of(lab.run_dir() + "/evaluation/responses/Q8_0.jsonl");
    const json local = json::parse(other.substr(0, other.find('\n')));
    EXPECT_EQ(served["messages_sha256"], local["messages_sha256"]);
    EXPECT_EQ(served["prompt_sha256"], nullptr);
    EXPECT_THAT(served["why"].get<std::string>(), HasSubstr("server"));
    EXPECT_EQ(served["n_prompt_tokens"], 30);
    EXPECT_EQ(served["n_answer_tokens"], 7);
}

TEST(Served, AFinishedRunAsksNobody) {
    const Lab lab(kQuestions);
    auto server = std::make_unique<SimOllama>("m:1", "d1");
    const std::string variant = served_at(*server);
    ASSERT_TRUE(is_decision(lab.run(variant)));
    const auto before = lab.artifacts();
    server.reset();
    const Ended again = lab.run(variant);
    ASSERT_TRUE(is_decision(again)) << describe(again);
    EXPECT_EQ(difference(before, lab.artifacts()), "");
}

TEST(Served, ARunThatWasStoppedAsksForTheRestOnly) {
    const Lab lab(kQuestions);
    SimOllama server("m:1", "d1");
    // So slow in between that the model is looked at, and what was answered before is kept.
    server.on_chat([](const json& request, int n) {
        if (n > 4) {
            return ScriptedReply{403, R"({"error": "enough"})"};
        }
        const std::string user = request["messages"].back()["content"];
        const std::chrono::milliseconds delay(n == 3 ? 2200 : 0);
        return ScriptedReply{200, ollama_answer(user), {}, delay};
    });
    const std::string yaml = lab.folder().write(
        "exp.yaml",
        "baseline: model.gguf\nvariants: [{name: q4, provider: ollama, model: 'm:1', url: '" +
            server.url() +
            "', concurrency: 1}]\ndataset: questions.jsonl\n"
            "output: {run: run}\nengine: {path: " SCRIPTED_ENGINE "}\n");
    const Ended stopped = lab.assay({"run", yaml});
    EXPECT_EQ(stopped.exit_code, 1) << describe(stopped);
    EXPECT_THAT(stopped.err, AllOf(HasSubstr("q4"), HasSubstr("403: enough")));
    server.on_chat({});
    const std::size_t n_before = server.chats().size();
    ASSERT_TRUE(is_decision(lab.assay({"run", yaml})));
    const std::size_t n_again = server.chats().size() - n_before;
    EXPECT_GE(n_again, kQuestions - 3u);
    EXPECT_LE(n_again, kQuestions - 2u);
    EXPECT_THAT(lab.answers("q4"), testing::SizeIs(kQuestions));
}

TEST(Served, AModelThatWasReplacedBetweenRunsIsAskedEverythingAnewAndTheReportSaysSo) {
    const Lab lab(kQuestions);
    SimOllama server("m:1", "d1");
    server.on_chat([&](const json& request, int n) {
        if (n == kQuestions) {
            return ScriptedReply{403, R"({"error": "enough"})"};
        }
        return ScriptedReply{200, ollama_answer(request["messages"].back()["content"])};
    });
    EXPECT_EQ(lab.run(served_at(server)).exit_code, 1);
    server.on_chat({});
    server.set_digest("m:1", "d2");
    const std::size_t n_before = server.chats().size();
    ASSERT_TRUE(is_decision(lab.run(served_at(server))));
    EXPECT_EQ(server.chats().size() - n_before, std::size_t{kQuestions});
    EXPECT_EQ(variant_of(lab.report(), "q4")["served"]["digest"], "d2");
    EXPECT_THAT(bytes_of(lab.run_dir() + "/report.md"),
                AllOf(HasSubstr("digest d1"), HasSubstr("every question was asked anew")));
}

/// A run of two served models.
Strings of_two(const Lab& lab, const SimOllama& baseline, const SimOllama& variant) {
    return {"run",
            "-m",
            "f16=ollama:a@" + baseline.url(),
            "--variants",
            "q4=ollama:b@" + variant.url(),
            "--questions",
            lab.questions(),
            "--run",
            lab.run_dir(),
            "--engine",
            SCRIPTED_ENGINE};
}

TEST(Served, TwoServedModelsAreComparedWithoutAModelHere) {
    const Lab lab(kQuestions);
    SimOllama one("a", "d1"), two("b", "d2");
    const Ended ended = lab.assay(of_two(lab, one, two));
    ASSERT_TRUE(is_decision(ended)) << describe(ended);
    EXPECT_EQ(lab.comparison("q4")["counts"]["identical"], kQuestions);
    EXPECT_EQ(lab.n_requests("load"), 0);
}

/// A reply whose two tokens are told; the second one is as likely as `p`.
ScriptedReply told_answer(const std::string& second, double p) {
    json reply = json::parse(ollama_answer("Yes " + second));
    const auto token = [](const std::string& text, double probability) {
        return json{{"token", text}, {"logprob", std::log(probability)}};
    };
    json first = token("Yes ", 0.9), last = token(second, p);
    first["top_logprobs"] = {token("Yes ", 0.9), token("No ", 0.1)};
    last["top_logprobs"] = {token(second, p), token("neither", 1 - p)};
    reply["logprobs"] = {first, last};
    return {200, reply.dump()};
}

TEST(Served, WhatTwoServersTellOfTheirTokensIsComparedUntilTheTextsPart) {
    const Lab lab(kQuestions);
    SimOllama one("a", "d1"), two("b", "d2");
    one.on_chat([](const json&, int) { return told_answer("this", 0.6); });
    two.on_chat([](const json&, int n) {
        return n == 1 ? told_answer("that", 0.7) : told_answer("this", 0.8);
    });
    const Strings command = of_two(lab, one, two);
    const Ended ended = lab.assay(command);
    ASSERT_TRUE(is_decision(ended)) << describe(ended);
    EXPECT_THAT(one.complaints(), IsEmpty());
    const json told = lab.report()["fidelity"]["variants"][0]["told"];
    EXPECT_EQ(told["n_answers"], kQuestions);
    EXPECT_EQ(told["n_tokens"], 2 * kQuestions);
    EXPECT_EQ(told["n_diverged"], 1);
    EXPECT_NEAR(told["same_top"]["value"].get<double>(), 1 - 1.0 / (2 * kQuestions), 1e-12);
    const double same = 0.6 * std::log(0.6 / 0.8) + 0.4 * std::log(0.4 / 0.2);
    const double parted = 0.4 * std::log(0.4 / 0.3) + 0.6 * std::log(0.6 / 0.7);
    EXPECT_NEAR(told["kld_at_least"]["value"].get<double>(),
                ((kQuestions - 1) * same + parted) / (2 * kQuestions),
                1e-9);
    EXPECT_THAT(bytes_of(lab.run_dir() + "/report.md"), HasSubstr("mean KLD, at least"));

    std::filesystem::remove_all(lab.run_dir());
    Strings without = command;
    without.push_back("--no-fidelity");
    ASSERT_TRUE(is_decision(lab.assay(without)));
    EXPECT_FALSE(one.chats().back().contains("logprobs"));
}

TEST(Served, AFileOfOursIsAModelOnOllamaForTheRunOnly) {
    const Lab lab(kQuestions);
    SimOllama server("users:1", "d1");
    const std::string yaml = lab.folder().write(
        "exp.yaml",
        "baseline: model.gguf\nvariants:\n  - {name: ours, type: Q8_0}\n  - {name: theirs, type: "
        "Q8_0, provider: ollama, url: '" +
            server.url() +
            "'}\n"
            "dataset: questions.jsonl\noutput: {run: run}\nengine: {path: " SCRIPTED_ENGINE "}\n");
    const Ended ended = lab.assay({"run", yaml});
    ASSERT_TRUE(is_decision(ended)) << describe(ended);
    EXPECT_THAT(server.names(), testing::ElementsAre("users:1"));
    EXPECT_EQ(server.blobs().size(), 1u);
    const json report = lab.report(), ours = variant_of(report, "ours"),
               theirs = variant_of(report, "theirs");
    EXPECT_EQ(theirs["file"]["sha256"], ours["file"]["sha256"]);
    EXPECT_EQ(theirs["engine"]["name"], "ollama");
    for (const json& chat : server.chats()) {
        EXPECT_THAT(chat["model"].get<std::string>(), testing::StartsWith("assay-temporary-"));
    }
}

TEST(Served, WhetherAFileIsSplitIsSaidByItselfAndNotByItsName) {
    const Lab lab(kQuestions);
    SimOllama server("users:1", "d1");
    const auto run = [&](const std::string& file, const std::string& bytes) {
        lab.folder().write(file, bytes);
        const std::string yaml = lab.folder().write(
            "exp.yaml",
            "baseline: model.gguf\nvariants: [{name: theirs, file: " + file +
                ", provider: ollama, url: '" + server.url() +
                "'}]\ndataset: questions.jsonl\noutput: {run: " + file +
                "-run}\nengine: {path: " SCRIPTED_ENGINE "}\n");
        return lab.assay({"run", yaml});
    };
    const Ended split = run("split.gguf", "type Q8_0 parts 2\n");
    EXPECT_EQ(split.exit_code, 2) << describe(split);
    EXPECT_THAT(split.err,
                AllOf(HasSubstr("a model in several files is not taken to Ollama"),
                      HasSubstr("llama-gguf-split --merge")));
    const Ended whole = run("whole-00001-of-00003.gguf", "type Q8_0\n");
    EXPECT_TRUE(is_decision(whole)) << describe(whole);
}

TEST(Served, AModelOfARunThatWasKilledIsRemovedByTheNextRunOfAnyKind) {
    const Lab lab(kQuestions);
    SimOllama server("users:1", "d1");
    std::atomic<bool> asked{false};
    server.on_chat([&](const json&, int) {
        asked = true;
        return ScriptedReply{200, ollama_answer("late"), {}, std::chrono::seconds(3)};
    });
    const std::string yaml = lab.folder().write(
        "exp.yaml",
        "baseline: model.gguf\nvariants: [{name: theirs, type: Q8_0, provider: ollama, url: '" +
            server.url() +
            "'}]\ndataset: questions.jsonl\noutput: {run: killed}\n"
            "engine: {path: " SCRIPTED_ENGINE "}\n");
    Start start = lab.start("Q8_0");
    start.command = {ASSAY_PROGRAM, "run", yaml};
    Program killed(start);
    const auto until = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (!asked && std::chrono::steady_clock::now() < until) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    const std::string of_ours = [&] {
        for (const std::string& name : server.names()) {
            if (name.starts_with("assay-temporary-")) {
                return name;
            }
        }
        return std::string();
    }();
    ASSERT_NE(of_ours, "");
    // Whatever runs beside it leaves its model alone.
    ASSERT_TRUE(is_decision(lab.run("Q8_0")));
    ASSERT_THAT(server.names(), Contains(of_ours));
    killed.signal(SIGKILL);
    EXPECT_EQ(killed.wait().signal, SIGKILL);
    ASSERT_THAT(server.names(), Contains(of_ours));
    const Ended next = lab.run("Q8_0");
    ASSERT_TRUE(is_decision(next)) << describe(next);
    EXPECT_THAT(next.err, HasSubstr("removed the model assay-temporary-"));
    EXPECT_THAT(server.names(), testing::ElementsAre("users:1"));
    const Ended again = lab.run("Q8_0");
    EXPECT_THAT(again.err, Not(HasSubstr("removed the model")));
}

TEST(Served, ASettingThatTheServerDoesNotTakeEndsTheRunBeforeAnyAnswer) {
    const Lab lab(kQuestions);
    SimServer server([](const SeenRequest&, int) {
        return ScriptedReply{200, R"({"data": [{"id": "m", "owned_by": "vllm"}]})"};
    });
    const Ended ended = lab.run("vllm=openai:m@" + server.url());
    EXPECT_EQ(ended.exit_code, 2) << describe(ended);
    EXPECT_THAT(ended.err, AllOf(HasSubstr("vllm"), HasSubstr("repeat-penalty")));
    EXPECT_EQ(lab.n_requests("answer"), 0);
}

/// An experiment whose variant has these settings besides.
std::string with_settings(const Lab& lab, const SimOllama& server, const std::string& settings) {
    return lab.folder().write(
        "exp.yaml",
        "baseline: model.gguf\nvariants: [{name: q4, provider: ollama, model: 'm:1', url: '" +
            server.url() + "'" + settings +
            "}]\ndataset: questions.jsonl\noutput: {run: run}\nengine: {path: " SCRIPTED_ENGINE
            "}\n");
}

TEST(Served, ALimitEndsTheRunWithASentenceAndAHigherOneGoesOn) {
    const Lab lab(kQuestions);
    SimOllama server("m:1", "d1");
    const auto dry = [&](const std::string& settings) {
        const Ended ended = lab.assay(
            {"run", with_settings(lab, server, settings), "--dry-run", "--json"});
        EXPECT_EQ(ended.exit_code, 0) << describe(ended);
        return json::parse(ended.out)["variants"].at(0);
    };
    const json before = dry("");
    EXPECT_EQ(before["n_answers"], kQuestions);
    EXPECT_EQ(before["exact"], false);
    EXPECT_EQ(before["cost"], nullptr);

    const Ended stopped = lab.assay({"run", with_settings(lab, server, ", max-calls: 4")});
    EXPECT_EQ(stopped.exit_code, 1) << describe(stopped);
    EXPECT_THAT(stopped.err,
                AllOf(HasSubstr("q4 was asked 4 times, which is its max-calls"),
                      HasSubstr("run again: only what is missing is asked")));
    EXPECT_EQ(server.chats().size(), 4u);

    const json now = dry(", max-cost: 9, price-input: 1000, price-output: 10000");
    EXPECT_EQ(now["n_answers"], kQuestions - 4);
    EXPECT_EQ(now["exact"], true);
    EXPECT_EQ(now["prompt_tokens"], 60.0);  // 30 and 7 were those of each answer so far
    EXPECT_EQ(now["reply_tokens"], 14.0);
    EXPECT_DOUBLE_EQ(now["cost"], 0.06 + 0.14);
    EXPECT_EQ(server.chats().size(), 4u) << "a dry run asks nobody";

    const std::string more = with_settings(lab, server, ", max-calls: 5");
    ASSERT_TRUE(is_decision(lab.assay({"run", more})));
    EXPECT_EQ(server.chats().size(), std::size_t{kQuestions});
    EXPECT_THAT(lab.answers("q4"), testing::SizeIs(kQuestions));
}

TEST(Served, ADeploymentAtAzureIsAVariantAndItsKeyIsInNoFile) {
    const Lab lab(kQuestions);
    std::vector<std::string> complaints;
    SimServer server([&](const SeenRequest& request, int) {
        for (const std::string& complaint : openai_answer_complaints(request, "azure")) {
            complaints.push_back(complaint);
        }
        return ScriptedReply{200, completion_json("you sent " + request.headers.at("api-key"))};
    });
    const std::string yaml = lab.folder().write(
        "exp.yaml",
        "baseline: model.gguf\nvariants: [{name: v, provider: openai, model: m, url: '" +
            server.base() +
            "/openai/deployments/my-deployment?api-version=2024-10-21', api-key-env: SERVED_KEY, "
            "concurrency: 1}]\ndataset: questions.jsonl\n"
            "generation: {repeat-penalty: 1}\noutput: {run: run}\nengine: {path: " SCRIPTED_ENGINE
            "}\n");
    const Ended ended = lab.assay({"run", yaml}, {{"SERVED_KEY", "sk-servedsecret"}});
    ASSERT_TRUE(is_decision(ended)) << describe(ended);
    EXPECT_THAT(complaints, IsEmpty());
    EXPECT_EQ(server.seen().size(), std::size_t{kQuestions});
    EXPECT_THAT(ended.out + ended.err, Not(HasSubstr("servedsecret")));
    for (const auto& [file, bytes] : files_below(lab.run_dir())) {
        EXPECT_EQ(bytes.find("servedsecret"), std::string::npos) << file;
    }
}

TEST(Served, TheKeyIsSentAndIsInNoFileAndNoLine) {
    const Lab lab(kQuestions);
    SimServer server([](const SeenRequest& request, int) {
        if (request.path == "/v1/models") {
            return ScriptedReply{200, R"({"data": [{"id": "m", "owned_by": "vllm"}]})"};
        }
        if (request.path == "/version") {
            return ScriptedReply{200, R"({"version": "1"})"};
        }
        return ScriptedReply{200, completion_json("you sent " + request.authorization)};
    });
    const std::string yaml = lab.folder().write(
        "exp.yaml",
        "baseline: model.gguf\nvariants: [{name: v, provider: openai, model: m, url: '" +
            server.url() +
            "', api-key-env: SERVED_KEY}]\ndataset: questions.jsonl\n"
            "generation: {repeat-penalty: 1}\noutput: {run: run}\nengine: {path: " SCRIPTED_ENGINE
            "}\n");
    const Ended ended = lab.assay({"run", yaml}, {{"SERVED_KEY", "sk-servedsecret"}});
    ASSERT_TRUE(is_decision(ended)) << describe(ended);
    std::vector<std::string> authorizations;
    for (const SeenRequest& request : server.seen()) {
        authorizations.push_back(request.authorization);
    }
    EXPECT_THAT(authorizations, Each("Bearer sk-servedsecret"));
    EXPECT_THAT(ended.out + ended.err, Not(HasSubstr("servedsecret")));
    for (const auto& [file, bytes] : files_below(lab.run_dir())) {
        EXPECT_EQ(bytes.find("servedsecret"), std::string::npos) << file;
    }
}

}  // namespace
}  // namespace assay::test
