#include "assay/llm/engine.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <map>
#include <thread>
#include <utility>
#include <vector>

#include "assay/base/hash.hpp"
#include "temp_folder.hpp"

namespace assay::llm {
namespace {

class EngineTest : public testing::Test {
 protected:
    void SetUp() override { std::signal(SIGPIPE, SIG_IGN); }
    std::string model(const std::string& lines = "type F16\n") const {
        return folder.write("model.gguf", lines);
    }
    test::TempFolder folder;
    std::atomic<bool> cancel{false};
    Engine engine{SCRIPTED_ENGINE, cancel};
};

TEST_F(EngineTest, AnswersEveryVerb) {
    const std::string path = model();
    const auto hello = engine.hello();
    ASSERT_TRUE(hello);
    EXPECT_EQ(hello->version, "0.0.0 (scripted)");
    const auto inspected = engine.inspect(path);
    ASSERT_TRUE(inspected);
    EXPECT_EQ(inspected->file.architecture, "scripted");
    EXPECT_TRUE(engine.load({path, true, 0}));
    EXPECT_EQ(engine.render({"s", "u", {}, {}, false})->prompt, "<system>s\n<user>u\n<assistant>");
    EXPECT_EQ(*engine.render_template("{{ a }}", R"({"a": "1", "zz": "2"})"), "a: 1\n");
    EXPECT_EQ(*engine.render_prompt("{{ a }}", R"({"a": "1"})"), "a: 1\n");
    EXPECT_EQ(*engine.tokenize("ab"), (std::vector<std::int32_t>{97, 98}));
    const auto described = engine.describe_start({}), started = engine.start({});
    ASSERT_TRUE(described && started);
    EXPECT_EQ(described->fingerprint, started->fingerprint);
    EXPECT_TRUE(engine.predict_memory({}));
    std::vector<std::uint64_t> seen;
    EXPECT_TRUE(engine.quantize({path, (folder / "q.gguf").string(), "Q8_0", {}, false, 1},
                                [&](std::uint64_t done, std::uint64_t total) {
                                    seen.push_back(done);
                                    EXPECT_EQ(total, 3U);
                                }));
    EXPECT_EQ(seen, (std::vector<std::uint64_t>{1, 2, 3}));
    const std::string adapter = folder.write("adapter.gguf", "lora yes\n");
    EXPECT_EQ(engine.inspect_lora({path, adapter})->n_tensors, 7);
    seen.clear();
    EXPECT_TRUE(
        engine.merge_lora({path, (folder / "m.gguf").string(), {adapter}, {1}, 1},
                          [&](std::uint64_t done, std::uint64_t) { seen.push_back(done); }));
    EXPECT_EQ(seen, (std::vector<std::uint64_t>{1}));
    seen.clear();
    const std::string text(2 * wire::kChunkTokens, 'x'), matrix = (folder / "i.gguf").string();
    const auto made = engine.make_imatrix({path, folder.write("text.txt", text), matrix},
                                          [&](std::uint64_t done, std::uint64_t total) {
                                              seen.push_back(done);
                                              EXPECT_EQ(total, 2U);
                                          });
    ASSERT_TRUE(made);
    EXPECT_EQ(made->text_sha256, sha256_hex(text));
    EXPECT_EQ(seen, (std::vector<std::uint64_t>{1, 2}));
    EXPECT_EQ(engine.inspect_imatrix(matrix)->n_tokens, 2 * wire::kChunkTokens);
    EXPECT_FALSE(engine.inspect_imatrix(path));
    const std::string embedder = folder.write("embedder.gguf", "embeds 8\n");
    EXPECT_EQ(engine.load_embedder({embedder, 2, 1})->n_dims, 8);
    const auto embedded = engine.embed("one two three");
    ASSERT_TRUE(embedded);
    EXPECT_EQ(embedded->vector.size(), 8 * sizeof(float));
    EXPECT_TRUE(embedded->cut);
    EXPECT_FALSE(engine.load_embedder({path, 2, 1}));
    const wire::TextSettings settings{4, 4};
    EXPECT_EQ(engine.predict_text_memory({path, settings})->model_bytes, 1000U);
    EXPECT_EQ(engine.load_text_models({path, {path}, settings})->n_vocab, 256);
    seen.clear();
    const auto scored = engine.score_text(
        {{1, 2, 3, 4}}, [&](std::uint64_t done, std::uint64_t) { seen.push_back(done); });
    ASSERT_TRUE(scored) << to_sentence(scored.error());
    EXPECT_EQ(wire::unpack_doubles(scored->nll).size(), 1U);
    EXPECT_EQ(wire::unpack_text_tokens(scored->tokens).at(0).kld, 0);
    EXPECT_EQ(seen, (std::vector<std::uint64_t>{2}));
    seen.clear();
    const auto speed = engine.measure_speed(
        {{path}, {}, 32, 8}, [&](std::uint64_t done, std::uint64_t) { seen.push_back(done); });
    ASSERT_TRUE(speed) << to_sentence(speed.error());
    EXPECT_EQ(speed->sample.decode_ns, 8U * 16 * 1'000'000);
    EXPECT_EQ(speed->model_type, "scripted F16");
    EXPECT_EQ(seen, (std::vector<std::uint64_t>{1, 2, 3, 4}));
}

TEST_F(EngineTest, PassesTheEnginesOwnSentenceOn) {
    const auto failed = engine.inspect((folder / "none.gguf").string());
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().message, "no such file");
    EXPECT_EQ(failed.error().place, (folder / "none.gguf").string());
}

TEST_F(EngineTest, SaysWhatADeadEngineWasAskedToDoAndStartsAnother) {
    ::setenv("SCRIPT_DIE_VERB", "tokenize", 1);
    const auto failed = engine.tokenize("x");
    ::unsetenv("SCRIPT_DIE_VERB");
    ASSERT_FALSE(failed);
    EXPECT_NE(failed.error().message.find("was killed by signal 6 (Aborted)"), std::string::npos)
        << failed.error().message;
    EXPECT_NE(failed.error().message.find("while it was to tokenize"), std::string::npos)
        << failed.error().message;
    EXPECT_TRUE(engine.tokenize("x"));
}

TEST_F(EngineTest, GivesAnswersAsTheyComeEachWithItsId) {
    ASSERT_TRUE(engine.load({model(), false, 0}));
    ASSERT_TRUE(engine.start({}));
    EXPECT_EQ(engine.next(1).kind, Engine::Event::Kind::kNothing);
    // Nothing else may be asked while an answer can come: its reply would be passed over.
    std::vector<std::pair<std::string, std::vector<std::int32_t>>> facts;
    for (const std::string fact : {"one", "two", "three"}) {
        facts.emplace_back(fact, *engine.tokenize("Fact: " + fact + "\n"));
    }
    std::map<std::uint64_t, std::string> wanted;
    for (const auto& [fact, tokens] : facts) {
        wanted[engine.submit(wire::AnswerRequest{tokens, {}, 50, {}, {}, false})] = fact;
    }
    while (!wanted.empty()) {
        const Engine::Event event = engine.next(20000);
        ASSERT_EQ(event.kind, Engine::Event::Kind::kDone);
        EXPECT_EQ(std::get<wire::AnswerDone>(event.done).text, wanted.at(event.id));
        wanted.erase(event.id);
    }
}

TEST_F(EngineTest, GivesLabelsBesideAnswersEachAsItsOwnKind) {
    ASSERT_TRUE(engine.load({model(), false, 0}));
    ASSERT_TRUE(engine.start({}));
    const std::string pair = "expected: x is y\nanswer_a: I cannot say.\nanswer_b: x is y\n";
    const auto pair_tokens = *engine.tokenize(pair), fact_tokens = *engine.tokenize("Fact: one\n");
    const std::uint64_t labels = engine.submit(
        wire::LabelRequest{pair_tokens, {'A', 'B', 'C'}, {}, false});
    const std::uint64_t answer = engine.submit(
        wire::AnswerRequest{fact_tokens, {}, 50, {}, {}, false});
    for (int i = 0; i < 2; ++i) {
        const Engine::Event event = engine.next(20000);
        ASSERT_TRUE(event.id == labels || event.id == answer);
        ASSERT_EQ(event.kind, Engine::Event::Kind::kDone);
        const auto* done = std::get_if<wire::LabelDone>(&event.done);
        EXPECT_EQ(done != nullptr, event.id == labels);
        if (done == nullptr) {
            continue;
        }
        ASSERT_EQ(done->log_probs.size(), 3U);
        EXPECT_GT(done->log_probs[1], done->log_probs[0]);
    }
}

TEST_F(EngineTest, TellsOfADeathWhileItAnswers) {
    ASSERT_TRUE(engine.load({model(), false, 0}));
    engine.stop();
    ::setenv("SCRIPT_DIE_ON", "/poison", 1);
    ASSERT_TRUE(engine.load({model(), false, 0}));
    EXPECT_NE(engine.submit(wire::AnswerRequest{*engine.tokenize("poison"), {}, 5, {}, {}, false}),
              0U);
    Engine::Event event;
    for (int i = 0; i < 50 && event.kind == Engine::Event::Kind::kNothing; ++i) {
        event = engine.next(100);
    }
    ::unsetenv("SCRIPT_DIE_ON");
    EXPECT_EQ(event.kind, Engine::Event::Kind::kDied);
    EXPECT_NE(event.failure.message.find("this prompt is too much"), std::string::npos)
        << event.failure.message;
}

TEST_F(EngineTest, StopsWaitingWhenItIsCancelled) {
    ::setenv("SCRIPT_SLEEP_MS", "5000", 1);
    ASSERT_TRUE(engine.load({model(), false, 0}));
    ::unsetenv("SCRIPT_SLEEP_MS");
    static_cast<void>(engine.submit(wire::AnswerRequest{{1, 2, 3}, {}, 5, {}, {}, false}));
    // it takes what is there before it begins to answer
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    std::thread canceller([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        cancel = true;
    });
    const auto begun = std::chrono::steady_clock::now();
    try {
        static_cast<void>(engine.tokenize("x"));  // the engine is busy sleeping
        ADD_FAILURE() << "it was not interrupted";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::kInterrupted);
    }
    canceller.join();
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(4));
}

}  // namespace
}  // namespace assay::llm
