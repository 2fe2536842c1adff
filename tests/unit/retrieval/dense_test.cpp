#include "assay/retrieval/dense.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>

#include "assay/base/hash.hpp"
#include "assay/base/result.hpp"
#include "assay/retrieval/contexts.hpp"
#include "assay/retrieval/frozen.hpp"
#include "assay/retrieval/quality.hpp"
#include "temp_folder.hpp"
#include "word_embedder.hpp"

namespace assay::retrieval {
namespace {

using test::TempFolder;
using testing::ElementsAre;
using testing::HasSubstr;

/// Keeps the notes.
class NotedProgress final : public Progress {
 public:
    void begin(std::string_view label, std::uint64_t total, std::string_view) override {
        if (label == "embedding") {
            n_embedded = total;
        }
    }
    void advance(std::uint64_t) override {}
    void finish(std::string_view) override {}
    void note(std::string_view line) override { notes += std::string(line) + "\n"; }
    std::uint64_t n_embedded = 0;
    std::string notes;
};

class DenseTest : public testing::Test {
 protected:
    DenseTest() {
        folder_.write("c/a.txt", "felines sleep");
        folder_.write("c/b.txt", "whales swim");
        folder_.write("c/c.txt", "stars shine");
        setup_.settings.corpus = (folder_ / "c").string();
        setup_.settings.embedder = "models/small.gguf";
        setup_.settings.top = 1;
        setup_.embedder = &embedder_;
        setup_.vectors = folder_ / "cache" / "vectors.sqlite";
        embedder_.meaning = [](const std::string& word) {
            return word == "cats" ? std::string("felines") : word;
        };
        questions_ = {ask("q1", "cats"), ask("q2", "whales swim")};
    }
    static Question ask(const std::string& id, const std::string& text) {
        Question out;
        out.id = id;
        out.text = text;
        return out;
    }
    WithContexts retrieve(const std::optional<std::string>& before = {}) {
        progress_ = NotedProgress();
        return with_contexts(setup_, questions_, before, progress_);
    }
    std::string refusal(const std::optional<std::string>& before = {}) {
        try {
            static_cast<void>(retrieve(before));
        } catch (const Error& error) {
            return error.what();
        }
        return {};
    }
    TempFolder folder_;
    WordEmbedder embedder_;
    SearchSetup setup_;
    std::vector<Question> questions_;
    NotedProgress progress_;
};

TEST_F(DenseTest, APassageIsFoundThatSharesNoWordWithTheQuestion) {
    const WithContexts found = retrieve();
    EXPECT_THAT(found.questions[0].contexts, ElementsAre("felines sleep"));
    const FrozenRetrieval frozen = frozen_from_json(found.frozen);
    const FrozenFind& first = frozen.questions.at("q1").found[0];
    EXPECT_EQ(first.legs[0].leg, "dense");
    EXPECT_EQ(first.legs[1].leg, "fused");
    const FrozenFind& both = frozen.questions.at("q2").found[0];
    ASSERT_EQ(both.legs.size(), 3U);
    EXPECT_EQ(both.legs[0].leg, "lexical");
    EXPECT_NEAR(both.legs[1].score, 1, 1e-6);
    EXPECT_EQ(frozen.dense->model, "small.gguf");
    EXPECT_THAT(progress_.notes, HasSubstr("the vectors of 3 passages take 768 B"));
    setup_.embedder = nullptr;  // the honest twin: by words alone nothing is found
    EXPECT_THAT(retrieve().questions[0].contexts, ElementsAre());
}

TEST_F(DenseTest, VectorsAreMadeOnceAndAChangedFileCostsItsOwn) {
    static_cast<void>(retrieve());
    // Three passages and two questions, one of which has the text of a passage.
    EXPECT_EQ(embedder_.texts.size(), 4U);
    embedder_.texts.clear();
    static_cast<void>(retrieve());
    EXPECT_THAT(embedder_.texts, ElementsAre());
    folder_.write("c/b.txt", "whales dive");
    static_cast<void>(retrieve());
    EXPECT_THAT(embedder_.texts, ElementsAre("whales dive"));
    EXPECT_EQ(progress_.n_embedded, 1U);
}

TEST_F(DenseTest, AnotherModelEngineOrCutHasVectorsOfItsOwn) {
    static_cast<void>(retrieve());
    for (const auto& change :
         std::vector<std::function<void()>>{[&] { embedder_.model = "model 2"; },
                                            [&] { embedder_.engine = "engine 2"; },
                                            [&] { embedder_.most_words = 31; }}) {
        change();
        embedder_.texts.clear();
        static_cast<void>(retrieve());
        EXPECT_EQ(embedder_.texts.size(), 4U);
    }
}

TEST_F(DenseTest, PrefixesAreShownToTheEmbedderOnly) {
    setup_.settings.query_prefix = "query: ";
    setup_.settings.passage_prefix = "passage: ";
    const WithContexts found = retrieve();
    EXPECT_THAT(embedder_.texts,
                ElementsAre("passage: felines sleep",
                            "passage: whales swim",
                            "passage: stars shine",
                            "query: cats",
                            "query: whales swim"));
    EXPECT_THAT(found.questions[1].contexts, ElementsAre("whales swim"));
}

TEST_F(DenseTest, WhatIsTooLongIsCountedAndSaid) {
    embedder_.most_words = 1;
    const WithContexts found = retrieve();
    const FrozenRetrieval frozen = frozen_from_json(found.frozen);
    EXPECT_EQ(frozen.dense->n_cut, 3);
    EXPECT_THAT(frozen.dense->cut_questions, ElementsAre("q2"));
    EXPECT_THAT(progress_.notes, HasSubstr("1 questions have more than 1 tokens"));
    const RetrievalReport report = report_of(frozen, found.questions);
    EXPECT_EQ(report.embedder->n_cut, 3);
    EXPECT_EQ(report.embedder->n_cut_questions, 1);
    EXPECT_EQ(retrieve().frozen, found.frozen);  // from the cache, too
}

TEST_F(DenseTest, WorkThatWasDoneBeforeAFailureIsKept) {
    embedder_.fail_at = 3;
    EXPECT_THAT(refusal(), HasSubstr("the engine is gone"));
    embedder_.fail_at = 0;
    embedder_.texts.clear();
    static_cast<void>(retrieve());
    EXPECT_THAT(embedder_.texts, ElementsAre("stars shine", "cats"));
}

TEST_F(DenseTest, ADamagedCacheIsNoRanking) {
    static_cast<void>(retrieve());
    const std::string key = sha256_of_fields(std::vector<std::string>{"model 1", "32", "engine 1"});
    const auto put = [&](std::string vector) {
        store::VectorCache cache(setup_.vectors);
        cache.put(key, sha256_hex("whales swim"), {std::move(vector), false});
    };
    put(bytes_of({1, 2, 3}));
    EXPECT_THAT(refusal(), HasSubstr("a vector of the cache is damaged: 12 bytes, and not 64"));
    put(std::string(WordEmbedder::kDims * sizeof(float), '\0'));
    EXPECT_THAT(refusal(), HasSubstr("vectors.sqlite"));
    std::filesystem::remove(setup_.vectors);
    EXPECT_EQ(refusal(), "");
    folder_.write("cache/vectors.sqlite", "This is no database, but a text that is long enough.");
    EXPECT_THAT(refusal(), HasSubstr("vectors.sqlite"));
}

TEST_F(DenseTest, AnotherEmbedderOrSettingIsNamed) {
    const std::string before = retrieve().frozen;
    EXPECT_EQ(refusal(before), "");
    setup_.settings.max_tokens = 256;
    EXPECT_THAT(refusal(before), HasSubstr("max-tokens was 512 and is 256 now"));
    setup_.settings.max_tokens = 512;
    setup_.settings.query_prefix = "q: ";
    EXPECT_THAT(refusal(before), HasSubstr("query-prefix was \"\" and is \"q: \" now"));
    setup_.settings.query_prefix.clear();
    embedder_.model = "model 2";
    EXPECT_THAT(refusal(before), HasSubstr("embedder was model 1 and is model 2 now"));
    setup_.embedder = nullptr;
    EXPECT_THAT(refusal(before), HasSubstr("embedder was model 1 and is none now"));
}

TEST_F(DenseTest, AnotherEngineMattersForFurtherQuestionsOnly) {
    const std::string before = retrieve().frozen;
    embedder_.engine = "engine 2";
    embedder_.texts.clear();
    EXPECT_EQ(retrieve(before).frozen, before);
    EXPECT_THAT(embedder_.texts, ElementsAre());
    questions_.push_back(ask("q3", "stars"));
    EXPECT_THAT(
        refusal(before),
        HasSubstr("contexts were found with vectors of the engine \"engine 1\", and this is "
                  "\"engine 2\""));
    embedder_.engine = "engine 1";
    EXPECT_THAT(retrieve(before).questions[2].contexts, ElementsAre("stars shine"));
}

TEST_F(DenseTest, EachLegIsMeasuredApart) {
    questions_[0].gold = {"a.txt"};
    questions_[1].gold = {"b.txt"};
    const WithContexts found = retrieve();
    const RetrievalReport report = report_of(frozen_from_json(found.frozen), found.questions);
    ASSERT_EQ(report.legs.size(), 3U);
    EXPECT_EQ(report.legs[0].leg, "lexical");
    EXPECT_EQ(*report.legs[0].hit_at_4.value, 0.5);
    EXPECT_EQ(report.legs[1].leg, "dense");
    EXPECT_EQ(*report.legs[1].hit_at_1.value, 1);
    EXPECT_EQ(report.legs[2].leg, "fused");
    EXPECT_EQ(*report.legs[2].mrr.value, 1);
    EXPECT_EQ(report.n_hit, 2);
}

TEST_F(DenseTest, AQuestionThatStandsInItsContextIsTold) {
    folder_.write("c/d.txt", "Which whales swim in the Arctic sea?");
    questions_ = {ask("q1", "Which whales swim in the Arctic sea?")};
    static_cast<void>(retrieve());
    EXPECT_THAT(progress_.notes, HasSubstr("1 of 1 questions stand in a context"));
    questions_ = {ask("q1", "Which whales do swim in the Arctic sea?")};
    static_cast<void>(retrieve());
    EXPECT_THAT(progress_.notes, testing::Not(HasSubstr("stand in a context")));
}

}  // namespace
}  // namespace assay::retrieval
