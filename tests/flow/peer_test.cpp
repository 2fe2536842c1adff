// Beside llama-server: greedy answers agree with its, and it can be the judge.

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>

#include "assay/judge/make_judge.hpp"
#include "engine_places.hpp"
#include "lab.hpp"
#include "llama_server.hpp"
#include "model_bench.hpp"

namespace assay::test {
namespace {

using nlohmann::json;

class Peer : public testing::Test {
 protected:
    static void SetUpTestSuite() {
        missing = missing_for_models();
        if (missing.empty() && llama_server().empty()) {
            missing = "llama-server is not there: scripts/llama.sh peers";
        }
        if (missing.empty()) {
            server = new LlamaServer(llama_server(), real_model());
        }
    }
    static void TearDownTestSuite() { delete server; }
    void SetUp() override {
        if (server == nullptr) {
            GTEST_SKIP() << missing;
        }
    }
    static std::string missing;
    static LlamaServer* server;
};

std::string Peer::missing;
LlamaServer* Peer::server = nullptr;

TEST_F(Peer, GreedyTokensAgreeButForNearTies) {
    constexpr int kPredict = 24;
    ModelBench bench(real_model());
    std::vector<wire::AnswerRequest> requests;
    for (const char* question : {"Why is the sky blue?",
                                 "What is the boiling point of water at sea level?",
                                 "Name three primary colours.",
                                 "Who wrote Hamlet?",
                                 "What is 17 times 3?",
                                 "Is the Earth flat?",
                                 "Was ist die Hauptstadt von Frankreich?",
                                 "List the planets of the solar system in order."}) {
        requests.push_back(bench.chat(question, kPredict));
    }
    requests.push_back(bench.of_length(700, kPredict));
    bench.start(8, 1024, 2);
    const auto ours = bench.answer(requests, requests.size());
    std::size_t n_equal = 0, n_tokens = 0, n_agreeing = 0;
    for (std::size_t i = 0; i < requests.size(); ++i) {
        std::vector<std::int32_t> theirs = server->complete(requests[i].prompt, kPredict);
        // It reports the token that ends a text; ours leaves it out.
        if (ours[i].stop_reason == "stop" && theirs.size() == ours[i].tokens.size() + 1) {
            theirs.pop_back();
        }
        n_equal += theirs == ours[i].tokens;
        const auto [x, y] = std::mismatch(
            ours[i].tokens.begin(), ours[i].tokens.end(), theirs.begin(), theirs.end());
        n_agreeing += static_cast<std::size_t>(x - ours[i].tokens.begin());
        n_tokens += ours[i].tokens.size();
        if (theirs != ours[i].tokens) {
            fmt::print("prompt {}: agree for {} of {} tokens\n",
                       i,
                       x - ours[i].tokens.begin(),
                       ours[i].tokens.size());
        }
    }
    fmt::print(
        "{} of {} answers equal llama-server's, {} of {} tokens before the first difference\n",
        n_equal,
        requests.size(),
        n_agreeing,
        n_tokens);
    // Other kernels round otherwise, and where two tokens are nearly as likely the other one may
    // win.
    EXPECT_GE(n_equal * 3, requests.size() * 2);
    EXPECT_GE(n_agreeing * 4, n_tokens * 3);
}

TEST_F(Peer, GivesLabelsTheSameProbabilities) {
    ModelBench bench(real_model());
    std::vector<std::int32_t> labels;
    for (const char* label : {"A", "B", "C", "T", "="}) {
        labels.push_back(bench.engine().tokenize(std::string(label))->back());
    }
    const auto n_vocab = static_cast<int>(bench.engine().load({real_model(), false, 0})->n_vocab);
    std::vector<wire::LabelRequest> requests;
    for (const char* question : {"Which is larger, A: 3 or B: 4? Reply with A or B.",
                                 "Is Paris in France? Reply with A for yes, B for no.",
                                 "Who wrote Hamlet?"}) {
        requests.push_back(ModelBench::labels_behind(bench.chat(question, 1), labels));
    }
    requests.push_back(ModelBench::labels_behind(bench.of_length(700, 1), labels));
    bench.start(1, 1024, 2);
    const auto ours = bench.read_labels(requests, 2);
    double largest = 0;
    for (std::size_t i = 0; i < requests.size(); ++i) {
        const auto theirs = server->next_log_probs(requests[i].prompt, n_vocab);
        for (std::size_t k = 0; k < labels.size(); ++k) {
            ASSERT_TRUE(theirs.contains(labels[k]));
            const double p = std::exp(ours[i][k]), q = std::exp(theirs.at(labels[k]));
            largest = std::max(largest, std::abs(p - q));
            fmt::print("prompt {}, label {}: log {:.6f} and {:.6f}\n",
                       i,
                       k,
                       ours[i][k],
                       theirs.at(labels[k]));
        }
    }
    fmt::print("largest difference of a probability: {:.2g}\n", largest);
    EXPECT_LT(largest, 1e-3);
}

/// One model as baseline and variant: what differs is the server's noise.
TEST_F(Peer, TellsOfItsTokensWhatCanBeCompared) {
    constexpr int kQuestions = 4;
    const Lab lab(kQuestions);
    const std::string served = "=openai:any@" + server->url() + "/v1";
    const Ended ended = run({.command = {ASSAY_PROGRAM,
                                         "run",
                                         "-m",
                                         "one" + served,
                                         "--variants",
                                         "other" + served,
                                         "--questions",
                                         lab.questions(),
                                         "--run",
                                         lab.run_dir(),
                                         "--engine",
                                         real_engine(),
                                         "--ctx-size",
                                         "1024",
                                         "--predict",
                                         "16"},
                             .environment = {},
                             .folder = {},
                             .out_file = {}});
    ASSERT_TRUE(ended.exit_code == 0 || (ended.exit_code >= 3 && ended.exit_code <= 5))
        << describe(ended);
    const json told = lab.report()["fidelity"]["variants"][0]["told"];
    ASSERT_TRUE(told.is_object()) << describe(ended);
    fmt::print("llama-server beside itself: {}\n", told.dump());
    EXPECT_EQ(told["n_answers"], kQuestions);
    EXPECT_GE(told["n_tokens"], kQuestions);
    EXPECT_GT(told["same_top"]["value"], 0.9);
    EXPECT_LT(told["kld_at_least"]["value"], 0.01);
}

TEST_F(Peer, IsAJudgeWhoseEveryVerdictHasAState) {
    const TempFolder folder;
    const Lab lab(4);
    const Ended ended = run({.command = {ASSAY_PROGRAM, "run",
                                         "-m",          real_model(),
                                         "--variants",  "Q2_K",
                                         "--questions", lab.questions(),
                                         "--run",       lab.run_dir(),
                                         "--engine",    real_engine(),
                                         "--predict",   "16",
                                         "-t",          "2",
                                         "--judge",     "openai:smollm@" + server->url() + "/v1",
                                         "-j",          "1"},
                             .environment = {{"ASSAY_CACHE", (folder / "cache").string()}},
                             .folder = {},
                             .out_file = {}});
    ASSERT_TRUE(ended.exit_code == 0 || ended.exit_code == 3 || ended.exit_code == 5 ||
                ended.exit_code == 4)
        << describe(ended);
    const json counts = lab.comparison("Q2_K", "smollm")["counts"];
    EXPECT_EQ(counts["n_items"], 4);
    EXPECT_EQ(counts["errors"], 0) << describe(ended);
    EXPECT_EQ(counts["not_judged"], 0);
    const auto at = [&](const char* name) { return counts[name].get<int>(); };
    EXPECT_EQ(at("wins") + at("ties") + at("losses"), at("n"));
    EXPECT_EQ(at("n") + at("invalid") + at("refused"), 4);
    // A grammar made its replies: they are the object that was asked for, whatever a model of this
    // size makes of the question.
    const json raw = json::parse(
        bytes_of(lab.run_dir() + "/evaluation/exports/Q2_K/smollm/raw_judge_responses.json"));
    EXPECT_GE(static_cast<int>(raw.size()),
              4 - at("identical"));  // the controls' replies stand there, too
    int n_objects = 0;
    for (const auto& [place, reply] : raw.items()) {
        const json object = json::parse(reply.get<std::string>(), nullptr, false);
        n_objects += object.is_object() && object.contains("verdict");
    }
    fmt::print("{} verdicts, {} of them a whole object; {} invalid\n",
               raw.size(),
               n_objects,
               at("invalid"));
    EXPECT_GE(n_objects + at("invalid"), static_cast<int>(raw.size()));
    // The whole run again costs no call.
    const json trace = json::parse(lab.assay({"trace", lab.run_dir(), "q01", "--json"}).out);
    for (const json& verdict : trace["comparisons"][0]["verdicts"]) {
        EXPECT_EQ(verdict["n_attempts"], 1);
    }
}

TEST_F(Peer, IsAJudgeByAnthropicsProtocolToo) {
    JudgeSpec spec = judge_of("anthropic");
    spec.name = spec.api().model = "smollm";
    spec.api().url = server->url();
    spec.api().concurrency = 1;
    spec.api().max_tokens = 128;
    SilentProgress progress;
    const auto judge = judge::make_judge(
        spec,
        {[](const std::string&, const std::string& variables) -> Result<std::string> {
            return variables;
        }},
        progress);
    ASSERT_TRUE(judge) << to_sentence(judge.error());
    std::vector<BlindedPair> pairs(3);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        pairs[i].item_id = std::to_string(i);
        pairs[i].question = "What is the boiling point of water at sea level?";
        pairs[i].answer_a = "100 degrees Celsius";
        pairs[i].answer_b = fmt::format("{} bananas", i);
    }
    std::vector<Verdict> verdicts;
    const std::atomic<bool> cancel{false};
    const auto result = (*judge)->run(
        judge::source_of(pairs),
        [&](const Verdict& verdict) { verdicts.push_back(verdict); },
        cancel);
    EXPECT_EQ(result.end, judge::RunEnd::kFinished) << to_sentence(result.why);
    ASSERT_EQ(verdicts.size(), pairs.size());
    for (const Verdict& verdict : verdicts) {
        fmt::print("state {}, {} tokens: {}\n",
                   static_cast<int>(verdict.state),
                   verdict.n_reply_tokens,
                   verdict.raw);
        EXPECT_NE(verdict.state, VerdictState::kError) << verdict.failure;
        EXPECT_EQ(verdict.n_attempts, 1);
        EXPECT_GT(verdict.n_prompt_tokens, 0);
        EXPECT_GT(verdict.n_reply_tokens, 0);
        EXPECT_FALSE(verdict.model_version.empty());
        // llama-server lets SmolLM2, whose template knows no tools, write text: whatever it is, it
        // is the reply.
        EXPECT_FALSE(verdict.raw.empty());
        EXPECT_LE(verdict.n_reply_tokens, 128);
    }
}

}  // namespace
}  // namespace assay::test
