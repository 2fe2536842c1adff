// With the real engine and model: an answer's bits depend on the prompt and the settings, and on
// nothing else (docs/engine.md).

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "assay/base/hash.hpp"
#include "engine_places.hpp"
#include "model_bench.hpp"
#include "temp_folder.hpp"

namespace assay::test {
namespace {

constexpr int kPredict = 16;
constexpr int kStream = 1280;
const std::vector<std::string> kQuestions{
    "Why is the sky blue?",
    "What is the boiling point of water at sea level?",
    "Name three primary colours.",
    "Who wrote Hamlet?",
    "What is 17 times 3? Explain how you got there, step by step.",
    "Is the Earth flat?",
    "Was ist die Hauptstadt von Frankreich?"};

class Answers : public testing::Test {
 protected:
    static void SetUpTestSuite() {
        if (!missing_for_models().empty()) {
            return;
        }
        bench = new ModelBench(real_model());
        for (const std::string& question : kQuestions) {
            requests.push_back(bench->chat(question, kPredict));
        }
        // What remains behind the prefix is a full piece and one token, twice: a last piece of one
        // token must not be left.
        requests.push_back(bench->of_length(513, kPredict));
        requests.push_back(bench->of_length(1025, kPredict));
        bench->start(8, kStream, 2);
        expected = bench->answer(requests, requests.size());
    }
    static void TearDownTestSuite() { delete bench; }
    void SetUp() override {
        if (bench == nullptr) {
            GTEST_SKIP() << missing_for_models();
        }
    }
    static ModelBench* bench;
    static std::vector<wire::AnswerRequest> requests;
    static std::vector<wire::AnswerDone> expected;
};

ModelBench* Answers::bench = nullptr;
std::vector<wire::AnswerRequest> Answers::requests;
std::vector<wire::AnswerDone> Answers::expected;

TEST_F(Answers, AreNotAllAlikeAndEndAtTheLimitOrBefore) {
    for (const auto& done : expected) {
        EXPECT_FALSE(done.tokens.empty());
        EXPECT_LE(done.tokens.size(), static_cast<std::size_t>(kPredict));
        EXPECT_EQ(done.stop_reason == "length",
                  done.tokens.size() == static_cast<std::size_t>(kPredict));
        EXPECT_EQ(done.trace_sha256.size(), 64U);
        EXPECT_GT(done.prefill_ms, 0);
        EXPECT_GT(done.peak_memory_bytes, std::uint64_t{200} << 20);
    }
    EXPECT_NE(expected[0].text, expected[1].text);
}

TEST_F(Answers, AloneAreTheSameAsInABatch) {
    bench->start(8, kStream, 2);
    EXPECT_EQ(difference(expected, bench->answer_alone(requests)), "");
}

TEST_F(Answers, InAnotherOrderAreTheSame) {
    std::vector<std::size_t> order(requests.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        order[i] = i;
    }
    std::mt19937_64 random(3);
    std::shuffle(order.begin(), order.end(), random);
    std::vector<wire::AnswerRequest> shuffled;
    std::vector<wire::AnswerDone> wanted;
    for (const std::size_t i : order) {
        shuffled.push_back(requests[i]);
        wanted.push_back(expected[i]);
    }
    bench->start(8, kStream, 2);
    EXPECT_EQ(difference(wanted, bench->answer(shuffled, 3)), "");
}

TEST_F(Answers, With16And24SlotsAndOtherStreamSizesAreTheSame) {
    bench->start(16, kStream, 2);
    EXPECT_EQ(difference(expected, bench->answer(requests, requests.size())), "");
    bench->start(24, 2048, 2);
    EXPECT_EQ(difference(expected, bench->answer(requests, requests.size())), "");
}

TEST_F(Answers, OnOneThreadAreTheSame) {
    bench->start(8, kStream, 1);
    EXPECT_EQ(difference(expected, bench->answer(requests, requests.size())), "");
}

TEST_F(Answers, WithAPrefixThatWasKeptAreTheSameAsWithOneThatIsComputed) {
    bench->start(8, kStream, 2);
    const std::vector<wire::AnswerRequest> few(requests.begin(), requests.begin() + 2);
    const auto computed = bench->answer_alone({few[0]}), kept = bench->answer_alone({few[0]});
    EXPECT_EQ(difference(computed, kept), "");
    EXPECT_EQ(difference({expected[0]}, kept), "");
    ASSERT_GT(few[0].prefix_ends.at(0), 10);
    EXPECT_EQ(computed[0].n_computed_tokens, static_cast<std::int64_t>(few[0].prompt.size()));
    EXPECT_EQ(kept[0].n_computed_tokens,
              static_cast<std::int64_t>(few[0].prompt.size()) - few[0].prefix_ends[0]);
    // A prompt that shares nothing drives the prefix out; then it is computed again.
    wire::AnswerRequest other = few[1];
    other.prefix_ends.clear();
    other.prompt.erase(other.prompt.begin());
    static_cast<void>(bench->answer_alone({other}));
    const auto again = bench->answer_alone({few[0]});
    EXPECT_EQ(again[0].n_computed_tokens, computed[0].n_computed_tokens);
    EXPECT_EQ(difference(computed, again), "");
}

TEST_F(Answers, SampledWithASeedAreReproducibleAndIndependentOfNeighbours) {
    std::vector<wire::AnswerRequest> sampled(requests.begin(), requests.begin() + 6);
    for (std::size_t i = 0; i < sampled.size(); ++i) {
        sampled[i].sampling.temp = 0.8;
        sampled[i].sampling.seed = static_cast<std::uint32_t>(1000 + i);
    }
    bench->start(8, kStream, 2);
    const auto together = bench->answer(sampled, sampled.size());
    EXPECT_EQ(difference(together, bench->answer_alone(sampled)), "");
    EXPECT_NE(difference(together, {expected.begin(), expected.begin() + 6}), "")
        << "they are drawn";
    auto reseeded = sampled;
    for (auto& request : reseeded) {
        request.sampling.seed += 77;
    }
    EXPECT_NE(difference(together, bench->answer(reseeded, reseeded.size())), "")
        << "the seed has an effect";
}

TEST_F(Answers, StopBeforeAStopString) {
    bench->start(8, kStream, 2);
    wire::AnswerRequest request = requests[0];
    const std::string& text = expected[0].text;
    const std::string stop = text.substr(text.size() / 2, 3);
    request.stops = {stop};
    const auto stopped = bench->answer({request}, 1);
    EXPECT_EQ(stopped[0].text, text.substr(0, text.find(stop)));
    EXPECT_EQ(stopped[0].stop_reason, "stop");
}

TEST_F(Answers, RefuseWhatDoesNotFitAndGoOn) {
    bench->start(8, 256, 2);
    const auto refusal = [&](const wire::AnswerRequest& request) {
        const std::uint64_t id = bench->engine().submit(request);
        while (true) {
            const auto event = bench->engine().next(1000);
            if (event.id == id) {
                return event.kind == llm::Engine::Event::Kind::kFailed ? event.failure.message
                                                                       : std::string();
            }
            if (event.kind == llm::Engine::Event::Kind::kDied) {
                return "died: " + event.failure.message;
            }
        }
    };
    EXPECT_NE(refusal(bench->of_length(300, kPredict)).find("do not fit the 256"),
              std::string::npos);
    wire::AnswerRequest request = requests[0];
    request.prompt.clear();
    EXPECT_NE(refusal(request).find("empty"), std::string::npos);
    request = requests[0];
    request.prompt.back() = 1 << 30;
    EXPECT_NE(refusal(request).find("not in the vocabulary"), std::string::npos);
    request = requests[0];
    request.predict = 0;
    EXPECT_NE(refusal(request).find("no tokens"), std::string::npos);
    request = requests[0];
    request.prefix_ends = {static_cast<std::int32_t>(request.prompt.size())};
    EXPECT_NE(refusal(request).find("prefix"), std::string::npos);
    EXPECT_EQ(difference({expected[0]}, bench->answer({requests[0]}, 1)), "");
}

TEST(QuantizedAnswers, AreIndependentOfNeighboursSlotsAndThreadsToo) {
    if (const std::string missing = missing_for_models(); !missing.empty()) {
        GTEST_SKIP() << missing;
    }
    const TempFolder folder;
    const std::string file = (folder / "Q4_K_M.gguf").string();
    {
        std::atomic<bool> cancel{false};
        llm::Engine engine(real_engine(), cancel);
        std::uint64_t tensors = 0;
        const auto made = engine.quantize(
            {real_model(), file, "Q4_K_M", "", false, 2},
            [&](std::uint64_t done, std::uint64_t) { tensors = done; });
        ASSERT_TRUE(made) << to_sentence(made.error());
        EXPECT_GT(tensors, 200U);
        const auto inspected = engine.inspect(file);
        ASSERT_TRUE(inspected);
        EXPECT_NEAR(inspected->file.bits_per_weight(), 6.17, 0.01);  // formats.md
    }
    ModelBench bench(file);
    std::vector<wire::AnswerRequest> requests;
    for (std::size_t i = 0; i < 5; ++i) {
        requests.push_back(bench.chat(kQuestions[i], kPredict));
    }
    requests.push_back(bench.of_length(513, kPredict));
    bench.start(8, 768, 2);
    const auto expected = bench.answer(requests, requests.size());
    EXPECT_EQ(difference(expected, bench.answer_alone(requests)), "");
    bench.start(16, 1024, 1);
    EXPECT_EQ(difference(expected, bench.answer(requests, 4)), "");
}

/// The fingerprint that is made of a description's parts.
std::string fingerprint_of(const std::string& description) {
    std::vector<std::string> parts;
    for (std::size_t from = 0; from != std::string::npos;) {
        const std::size_t to = description.find("; ", from);
        parts.push_back(description.substr(from, to - from));
        from = to == std::string::npos ? to : to + 2;
    }
    return sha256_of_fields(parts);
}

TEST(ScaledPositions, AreThoseOfTheModelsFileUnlessSaidAndChangeTheAnswersOtherwise) {
    if (const std::string missing = missing_for_models(); !missing.empty()) {
        GTEST_SKIP() << missing;
    }
    ModelBench bench(real_model());
    std::vector<wire::AnswerRequest> requests;
    for (std::size_t i = 0; i < 3; ++i) {
        requests.push_back(bench.chat(kQuestions[i], kPredict));
    }
    wire::Start start;
    start.n_slots = 8;
    start.stream_size = 768;
    const auto plain = bench.engine().start(start);
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->answer_fingerprint, fingerprint_of(plain->description));
    const auto expected = bench.answer(requests, requests.size());

    start.rope.freq_base = 100'000;  // the model's own
    const auto same = bench.engine().start(start);
    ASSERT_TRUE(same);
    EXPECT_EQ(difference(bench.answer(requests, requests.size()), expected), "");
    EXPECT_EQ(same->fingerprint, plain->fingerprint) << "the engine is one";
    EXPECT_NE(same->answer_fingerprint, plain->answer_fingerprint) << "the recipe is another";

    start.rope = {.scaling = "yarn", .scale = 4};
    const auto scaled = bench.engine().start(start);
    ASSERT_TRUE(scaled);
    const std::string readable = "; RoPE scaling yarn, scale 4";
    const std::size_t place = scaled->description.find(readable);
    ASSERT_NE(place, std::string::npos) << scaled->description;
    std::string in_key = scaled->description;
    in_key.replace(place,
                   readable.size(),
                   "; RoPE scaling yarn, scale 4, frequency base 0, trained for 0 tokens");
    EXPECT_EQ(scaled->answer_fingerprint, fingerprint_of(in_key))
        << "answers that were made before keep their keys";
    const auto others = bench.answer(requests, requests.size());
    EXPECT_NE(difference(others, expected), "");
    EXPECT_EQ(difference(bench.answer_alone(requests), others), "");
}

}  // namespace
}  // namespace assay::test
