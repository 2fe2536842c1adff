// With the real engine and model: what a judge reads depends on the pair alone, and every kind of
// judge comes to verdicts.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "assay/judge/parse.hpp"
#include "assay/judge/verdict_grammar.hpp"
#include "engine_places.hpp"
#include "lab.hpp"
#include "model_bench.hpp"

namespace assay::test {
namespace {

using nlohmann::json;

constexpr int kStream = 1280;
const std::vector<std::string> kQuestions{"Is Paris in France? Reply with A for yes, B for no.",
                                          "Why is the sky blue?",
                                          "Which is larger, A: 3 or B: 4? Reply with A or B.",
                                          "Name three colours."};

class LabelProbs : public testing::Test {
 protected:
    static void SetUpTestSuite() {
        if (!missing_for_models().empty()) {
            return;
        }
        bench = new ModelBench(real_model());
        for (const char* label : {"A", "B", "C"}) {
            labels.push_back(bench->engine().tokenize(std::string(label))->back());
        }
        for (const std::string& question : kQuestions) {
            answers.push_back(bench->chat(question, 12));
        }
        answers.push_back(bench->of_length(513, 12));
        answers.push_back(bench->of_length(1025, 12));
        for (const auto& request : answers) {
            requests.push_back(ModelBench::labels_behind(request, labels));
        }
        bench->start(8, kStream, 2);
        expected = bench->read_labels(requests, requests.size());
    }
    static void TearDownTestSuite() { delete bench; }
    void SetUp() override {
        if (bench == nullptr) {
            GTEST_SKIP() << missing_for_models();
        }
    }
    static ModelBench* bench;
    static std::vector<std::int32_t> labels;
    static std::vector<wire::AnswerRequest> answers;
    static std::vector<wire::LabelRequest> requests;
    static std::vector<std::vector<double>> expected;
};

ModelBench* LabelProbs::bench = nullptr;
std::vector<std::int32_t> LabelProbs::labels;
std::vector<wire::AnswerRequest> LabelProbs::answers;
std::vector<wire::LabelRequest> LabelProbs::requests;
std::vector<std::vector<double>> LabelProbs::expected;

TEST_F(LabelProbs, AreLogarithmsOfProbabilitiesOverTheWholeVocabulary) {
    std::vector<std::int32_t> all(
        static_cast<std::size_t>(bench->engine().load({real_model(), false, 0})->n_vocab));
    std::iota(all.begin(), all.end(), 0);
    bench->start(8, kStream, 2);
    auto request = requests[0];
    request.labels = all;
    const auto whole = bench->read_labels({request}, 1)[0];
    double sum = 0;
    for (const double log_prob : whole) {
        sum += std::exp(log_prob);
    }
    EXPECT_NEAR(sum, 1, 1e-9);
    for (std::size_t i = 0; i < labels.size(); ++i) {
        EXPECT_EQ(whole[static_cast<std::size_t>(labels[i])], expected[0][i]);
    }
    EXPECT_NE(expected[0], expected[1]);
    // The likeliest of them is what a greedy answer begins with.
    const auto best = std::max_element(whole.begin(), whole.end()) - whole.begin();
    auto answer = answers[0];
    answer.sampling.repeat_penalty = 1;
    EXPECT_EQ(bench->answer({answer}, 1)[0].tokens.at(0), best);
}

TEST_F(LabelProbs, AreBitEqualAloneInAnotherOrderAndWithAKeptPrefix) {
    bench->start(8, kStream, 2);
    for (std::size_t i = 0; i < requests.size(); ++i) {
        auto alone = requests[i];
        alone.alone = true;
        EXPECT_EQ(bench->read_labels({alone}, 1)[0], expected[i]) << i;
        EXPECT_EQ(bench->read_labels({requests[i]}, 1)[0], expected[i]) << i << ", the prefix kept";
    }
    auto reversed = requests;
    std::reverse(reversed.begin(), reversed.end());
    auto read = bench->read_labels(reversed, 3);
    std::reverse(read.begin(), read.end());
    EXPECT_EQ(read, expected);
}

TEST_F(LabelProbs, AreBitEqualWithOtherSlotsStreamsAndThreads) {
    struct Arrangement {
        int slots, stream, threads;
    };
    for (const auto& [slots, stream, threads] :
         std::vector<Arrangement>{{1, kStream, 2}, {1, 2048, 1}, {16, 1536, 1}, {24, kStream, 2}}) {
        bench->start(slots, stream, threads);
        EXPECT_EQ(bench->read_labels(requests, 4), expected) << slots << " slots";
    }
}

TEST_F(LabelProbs, AreBitEqualWhetherTheTwoPiecesOfThePrefixWereKeptOrOneOfThemOrNone) {
    const int n_prefix = requests[0].prefix_ends.at(0), n_longer = n_prefix + 600;
    auto one = requests.back(), other = one, further = requests[1];
    one.prefix_ends = other.prefix_ends = {n_prefix, n_longer};
    std::reverse(other.prompt.begin() + n_longer, other.prompt.end());
    const auto reply_to = [&](const wire::LabelRequest& request) {
        return bench->label_replies({request}, 1)[0];
    };
    bench->start(1, kStream, 2);
    const auto first = reply_to(one), second = reply_to(other), third = reply_to(one),
               between = reply_to(further), fourth = reply_to(one);
    const auto n_prompt = static_cast<std::int64_t>(one.prompt.size());
    EXPECT_EQ(first.n_computed_tokens, n_prompt);
    EXPECT_EQ(second.n_computed_tokens, n_prompt - n_longer) << "both pieces were kept";
    EXPECT_EQ(third.n_computed_tokens, n_prompt - n_longer);
    EXPECT_EQ(between.log_probs, expected[1]);
    EXPECT_EQ(fourth.n_computed_tokens, n_prompt - n_prefix) << "the longer one was driven out";
    EXPECT_NE(first.log_probs, second.log_probs);
    EXPECT_EQ(first.log_probs, third.log_probs);
    EXPECT_EQ(first.log_probs, fourth.log_probs);
    bench->start(8, kStream, 1);
    EXPECT_EQ(reply_to(other).log_probs, second.log_probs);
    for (int bad : {n_prefix + 1, n_prefix - 2, static_cast<int>(n_prompt) - 1, -5, 1 << 30}) {
        one.prefix_ends = {n_prefix, bad};
        EXPECT_THROW(static_cast<void>(reply_to(one)), std::runtime_error) << bad;
    }
    one.prefix_ends = {n_prefix, n_longer};
    EXPECT_EQ(reply_to(one).log_probs, first.log_probs) << "and the engine goes on";
}

TEST_F(LabelProbs, AndAnswersAreBitEqualWhateverElseIsInFlight) {
    bench->start(8, kStream, 2);
    const auto alone = bench->answer_alone(answers);
    std::vector<wire::AnswerDone> among;
    EXPECT_EQ(bench->read_labels(requests, 2, answers, &among), expected);
    EXPECT_EQ(difference(alone, among), "");
}

TEST_F(LabelProbs, RefuseWhatCannotBeReadAndGoOn) {
    bench->start(1, 256, 2);
    const auto refusal = [&](auto request) {
        const std::uint64_t id = bench->engine().submit(request);
        while (true) {
            const auto event = bench->engine().next(1000);
            if (event.kind == llm::Engine::Event::Kind::kDied) {
                return "died: " + event.failure.message;
            }
            if (event.id == id) {
                return event.kind == llm::Engine::Event::Kind::kFailed ? event.failure.message
                                                                       : std::string();
            }
        }
    };
    auto request = requests[0];
    request.labels.clear();
    EXPECT_NE(refusal(request).find("no labels"), std::string::npos);
    request.labels = {1 << 30};
    EXPECT_NE(refusal(request).find("not in the vocabulary"), std::string::npos);
    EXPECT_NE(refusal(requests.back()).find("do not fit the 256"), std::string::npos);
    EXPECT_NE(refusal(answers[0]).find("multiple of 8 slots"), std::string::npos)
        << "answers have rows of steps";
    EXPECT_EQ(bench->read_labels({requests[0]}, 1)[0], expected[0]);
}

TEST_F(LabelProbs, AGrammarMakesAWholeVerdictWhateverIsBeside) {
    bench->start(8, kStream, 2);
    std::vector<wire::AnswerRequest> reasoning;
    for (std::size_t i = 0; i < kQuestions.size(); ++i) {
        reasoning.push_back(answers[i]);
        reasoning.back().predict = 400;
        reasoning.back().sampling.repeat_penalty = 1;
        reasoning.back().grammar = judge::verdict_grammar(
            i == 3 ? judge::Thinking::kMayBegin : judge::Thinking::kNone, i == 1);
    }
    const auto together = bench->answer(reasoning, reasoning.size());
    EXPECT_EQ(difference(together, bench->answer_alone(reasoning)), "");
    for (std::size_t i = 0; i + 1 < together.size(); ++i) {
        const json reply = json::parse(together[i].text, nullptr, false);
        ASSERT_TRUE(reply.is_object()) << together[i].text;
        EXPECT_EQ(together[i].stop_reason, "stop");
        EXPECT_TRUE(reply["verdict"] == "A" || reply["verdict"] == "B" ||
                    reply["verdict"] == "TIE");
        EXPECT_FALSE(reply["reasoning"].get<std::string>().empty());
        EXPECT_EQ(judge::parse_reply(together[i].text).tags.has_value(), i == 1)
            << together[i].text;
    }
    auto broken = reasoning[0];
    broken.grammar = "root ::= (";
    const std::uint64_t id = bench->engine().submit(broken);
    llm::Engine::Event event;
    while (event.id != id) {
        event = bench->engine().next(1000);
    }
    EXPECT_EQ(event.kind, llm::Engine::Event::Kind::kFailed);
    EXPECT_NE(event.failure.message.find("grammar"), std::string::npos);
}

/// Item -> the judge's raw reply, from the study's files of one run with the real model as judge.
std::map<std::string, std::string> raw_by_question(const Lab& lab, const std::string& judge) {
    const std::string folder = lab.run_dir() + "/evaluation/exports/Q2_K/" + judge + "/";
    const json raw = json::parse(bytes_of(folder + "raw_judge_responses.json"));
    std::map<std::string, std::string> out;
    for (const json& row : json::parse(bytes_of(folder + "batch_mapping.json"))) {
        const std::string place = "batch_" + std::string(row["batch"].get<int>() < 10 ? "0" : "") +
                                  std::to_string(row["batch"].get<int>()) + "/" +
                                  std::to_string(row["example"].get<int>());
        if (raw.contains(place)) {
            out[row["task_id"].get<std::string>() +
                row["presented_as_A"].get<std::string>()] = raw[place];
        }
    }
    return out;
}

TEST(RealJudge, ReadsTheSameProbabilitiesInAnotherRunWithOtherQuestionsAndThreads) {
    if (const std::string missing = missing_for_models(); !missing.empty()) {
        GTEST_SKIP() << missing;
    }
    const Lab three(3), two(2);  // beside 105 controls a run
    const auto run_it = [](const Lab& lab, const Strings& more) {
        Strings arguments{"run",
                          "-m",
                          real_model(),
                          "--variants",
                          "Q2_K",
                          "--questions",
                          lab.questions(),
                          "--run",
                          lab.run_dir(),
                          "--engine",
                          real_engine(),
                          "--predict",
                          "16",
                          "--judge",
                          "gguf:" + real_model()};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return lab.assay(arguments);
    };
    const Ended first = run_it(three, {"-t", "2"}), second = run_it(two, {"-t", "1"});
    const std::string judge = "SmolLM2-135M-Instruct-F16";
    const json counts = three.comparison("Q2_K", judge)["counts"];
    EXPECT_EQ(counts["errors"], 0) << describe(first);
    EXPECT_EQ(counts["not_judged"], 0);
    EXPECT_GT(counts["n"].get<int>() + counts["invalid"].get<int>(), 0);
    const auto expected = raw_by_question(three, judge), other = raw_by_question(two, judge);
    ASSERT_FALSE(other.empty()) << describe(second);
    int n_same = 0;
    for (const auto& [question, raw] : other) {
        if (!expected.contains(question)) {
            continue;  // the same answers the other way round
        }
        EXPECT_EQ(raw, expected.at(question)) << question;
        ++n_same;
    }
    EXPECT_GT(n_same, 0);
    // Gone on with: nothing is read twice.
    const json before = json::parse(three.assay({"trace", three.run_dir(), "q01", "--json"}).out);
    static_cast<void>(run_it(three, {"-t", "2"}));
    EXPECT_EQ(json::parse(three.assay({"trace", three.run_dir(), "q01", "--json"}).out), before);
}

}  // namespace
}  // namespace assay::test
