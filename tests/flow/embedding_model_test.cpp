// The real engine with a real embedding model (scripts/embedding_model.sh), against the reference
// implementation's vectors (tests/data/embeddings).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "assay/app/engine_embedder.hpp"
#include "assay/base/progress.hpp"
#include "assay/llm/engine.hpp"
#include "assay/retrieval/contexts.hpp"
#include "assay/retrieval/frozen.hpp"
#include "assay/retrieval/quality.hpp"
#include "engine_places.hpp"
#include "program.hpp"
#include "temp_folder.hpp"

namespace assay::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr int kMostTokens = 256;  // as sentence-transformers cuts this model

std::string bytes_of_base64(const std::string& text) {
    static const std::string
        kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    std::uint32_t bits = 0;
    int n_bits = 0;
    for (const char c : text) {
        if (c == '=') {
            break;
        }
        bits = bits << 6 | static_cast<std::uint32_t>(kDigits.find(c));
        n_bits += 6;
        if (n_bits >= 8) {
            n_bits -= 8;
            out += static_cast<char>(bits >> n_bits & 0xFF);
        }
    }
    return out;
}

double cosine(const std::string& a, const std::string& b) {
    double product = 0;
    for (std::size_t at = 0; at < a.size(); at += sizeof(float)) {
        float x = 0, y = 0;
        std::memcpy(&x, a.data() + at, sizeof(float));
        std::memcpy(&y, b.data() + at, sizeof(float));
        product += static_cast<double>(x) * static_cast<double>(y);
    }
    return product;
}

class EmbeddingModel : public testing::Test {
 protected:
    void SetUp() override {
        if (!std::filesystem::exists(real_engine()) ||
            !std::filesystem::exists(embedding_model())) {
            GTEST_SKIP() << real_engine() << " or " << embedding_model()
                         << " is not there: `make build embedder` makes them";
        }
    }
    wire::LoadedEmbedder load(llm::Engine& engine, int n_threads) {
        const auto loaded = engine.load_embedder({embedding_model(), kMostTokens, n_threads});
        EXPECT_TRUE(loaded.has_value()) << to_sentence(loaded.error());
        return loaded.value_or(wire::LoadedEmbedder());
    }
    static std::vector<json> reference() {
        std::ifstream file(ASSAY_SOURCE_DIR "/tests/data/embeddings/minilm.jsonl");
        std::vector<json> out;
        for (std::string line; std::getline(file, line);) {
            out.push_back(json::parse(line));
        }
        return out;
    }
    std::atomic<bool> cancel_{false};
};

TEST_F(EmbeddingModel, VectorsAreTheReferenceImplementationsAndTheThreadsLeaveTheBitsAlone) {
    llm::Engine one(real_engine(), cancel_), two(real_engine(), cancel_);
    const wire::LoadedEmbedder loaded = load(one, 1);
    EXPECT_EQ(loaded.n_dims, 384);
    EXPECT_EQ(loaded.n_tokens, kMostTokens);
    EXPECT_EQ(load(two, 2).engine, loaded.engine);
    double worst = 1;
    const std::vector<json> rows = reference();
    ASSERT_EQ(rows.size(), 20U);
    for (const json& row : rows) {
        const auto embedded = one.embed(row.at("text"));
        ASSERT_TRUE(embedded.has_value()) << to_sentence(embedded.error());
        EXPECT_EQ(embedded->tokens, row.at("tokens").get<std::vector<std::int32_t>>())
            << row.at("text");
        EXPECT_EQ(embedded->cut, row.at("cut").get<bool>()) << row.at("text");
        const double near = cosine(embedded->vector, bytes_of_base64(row.at("vector")));
        EXPECT_GE(near, 0.9999) << row.at("text");
        worst = std::min(worst, near);
        const auto again = two.embed(row.at("text"));
        ASSERT_TRUE(again.has_value());
        EXPECT_EQ(again->vector, embedded->vector) << row.at("text");
    }
    std::printf("smallest cosine %.6f\n", worst);
    RecordProperty("smallest_cosine", std::to_string(worst));
}

TEST_F(EmbeddingModel, AModelTakesNoMoreTokensThanItWasMadeFor) {
    llm::Engine engine(real_engine(), cancel_);
    const auto loaded = engine.load_embedder({embedding_model(), 8192, 1});
    ASSERT_TRUE(loaded.has_value());
    EXPECT_EQ(loaded->n_tokens, 512);
    std::string text;
    for (int i = 0; i < 200'000; ++i) {
        text += "long ";
    }
    const auto embedded = engine.embed(text);
    ASSERT_TRUE(embedded.has_value()) << to_sentence(embedded.error());
    EXPECT_EQ(embedded->tokens.size(), 512U);
    EXPECT_TRUE(embedded->cut);
    EXPECT_TRUE(engine.embed("").has_value());
}

TEST_F(EmbeddingModel, WhatIsNoEmbeddingModelIsRefused) {
    llm::Engine engine(real_engine(), cancel_);
    EXPECT_FALSE(engine.embed("before a model is loaded").has_value());
    const TempFolder folder;
    folder.write("text.gguf", "This is a text.");
    EXPECT_FALSE(engine.load_embedder({(folder / "text.gguf").string(), 256, 1}).has_value());
    EXPECT_FALSE(engine.load_embedder({(folder / "nowhere.gguf").string(), 256, 1}).has_value());
    std::string cut_off = bytes_of(embedding_model());
    cut_off.resize(cut_off.size() / 2);
    folder.write("half.gguf", cut_off);
    EXPECT_FALSE(engine.load_embedder({(folder / "half.gguf").string(), 256, 1}).has_value());
    if (std::filesystem::exists(real_model())) {
        const auto chat = engine.load_embedder({real_model(), 256, 1});
        ASSERT_FALSE(chat.has_value());
        EXPECT_THAT(to_sentence(chat.error()), HasSubstr("is no embedding model"));
    }
}

TEST_F(EmbeddingModel, FindsTheGoldPassagesOfScienceQaNoWorseThanEitherLeg) {
    const TempFolder folder;
    const std::string example = ASSAY_SOURCE_DIR "/examples/science-qa/";
    std::ifstream file(example + "questions.jsonl");
    std::vector<Question> questions;
    for (std::string line; std::getline(file, line);) {
        const json row = json::parse(line);
        Question question;
        question.id = row.at("id");
        question.text = row.at("question");
        question.gold = row.at("context_ids").get<std::vector<std::string>>();
        questions.push_back(std::move(question));
    }
    RetrievalSettings settings;
    settings.corpus = example + "corpus.jsonl";
    settings.embedder = embedding_model();
    settings.max_tokens = kMostTokens;
    EngineSettings engine;
    engine.path = real_engine();
    engine.threads = 2;
    const app::EngineSearch search(settings, engine, cancel_);
    retrieval::SearchSetup setup = search.setup();
    setup.vectors = folder / "vectors.sqlite";
    SilentProgress silent;
    const auto found = retrieval::with_contexts(setup, questions, {}, silent);
    const RetrievalReport report = retrieval::report_of(retrieval::frozen_from_json(found.frozen),
                                                        found.questions);
    ASSERT_EQ(report.legs.size(), 3U);
    for (const LegQuality& leg : report.legs) {
        std::printf("%s: hit@1 %.4f, hit@4 %.4f, hit@10 %.4f, MRR@10 %.4f, recall@4 %.4f\n",
                    leg.leg.c_str(),
                    *leg.hit_at_1.value,
                    *leg.hit_at_4.value,
                    *leg.hit_at_10.value,
                    *leg.mrr.value,
                    *leg.recall_at_4.value);
    }
    const double fused = *report.legs[2].hit_at_4.value;
    EXPECT_GE(fused, 0.95);
    EXPECT_GE(fused, *report.legs[0].hit_at_4.value);
    EXPECT_GE(fused, *report.legs[1].hit_at_4.value);
    EXPECT_EQ(retrieval::with_contexts(setup, questions, {}, silent).frozen, found.frozen);
}

}  // namespace
}  // namespace assay::test
