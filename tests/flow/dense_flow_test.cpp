// An embedder through the whole program: the scripted engine's takes words for places.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "lab.hpp"

namespace assay::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr int kQuestions = 12;

class Dense : public testing::Test {
 protected:
    Dense() {
        std::string rows, passages;
        for (int k = 1; k <= kQuestions; ++k) {
            const std::string fact = fmt::format("thing {} is number {}", k, k * k);
            rows += json{{"id", fmt::format("q{:02}", k)},
                         {"question", fmt::format("What is thing {} ?", k)},
                         {"expected_answer", fact},
                         {"gold", {fmt::format("p{}", k)}}}
                        .dump() +
                    "\n";
            passages += json{{"id", fmt::format("p{}", k)}, {"text", "Fact: " + fact}}.dump() +
                        "\n";
        }
        lab.folder().write("questions.jsonl", rows);
        lab.folder().write("corpus.jsonl", passages);
        lab.folder().write("embedder.gguf", "embeds 256\n");
    }
    [[nodiscard]] Ended run(const Strings& more = {}, const Environment& environment = {}) const {
        return run_with("embedder.gguf", more, environment);
    }
    [[nodiscard]] Ended run_with(const std::string& embedder,
                                 const Strings& more = {},
                                 const Environment& environment = {}) const {
        Strings arguments{"--corpus", "corpus.jsonl", "--top", "2", "--embedder", embedder};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return lab.run("Q8_0", arguments, environment);
    }
    Lab lab{1};
};

TEST_F(Dense, EachSearchAndBothTogetherAreInTheReport) {
    const Ended ended = run();
    ASSERT_TRUE(ended.exit_code == 0 || ended.exit_code == 5) << describe(ended);
    EXPECT_THAT(ended.err, HasSubstr("the vectors of 12 passages take 12.3 kB"));
    const json retrieval = lab.report()["retrieval"];
    EXPECT_EQ(retrieval["embedder"]["model"], "embedder.gguf");
    EXPECT_EQ(retrieval["embedder"]["n_dims"], 256);
    ASSERT_EQ(retrieval["quality"].size(), 3U);
    EXPECT_EQ(retrieval["quality"][1]["leg"], "dense");
    EXPECT_EQ(retrieval["quality"][2]["leg"], "fused");
    const std::string report = bytes_of(fs::path(lab.run_dir()) / "report.md");
    EXPECT_THAT(report, HasSubstr("dense (by the 256 values of the embedding model"));
    EXPECT_THAT(report, HasSubstr("sees the first 512 tokens of a text: 0 passages"));
    const Ended trace = lab.assay({"trace", lab.run_dir(), "q03"});
    EXPECT_THAT(trace.out,
                AllOf(HasSubstr("lexical rank"), HasSubstr("dense rank"), HasSubstr("fused rank")));
}

TEST_F(Dense, ARunThatIsDoneEmbedsNothingAndKeepsItsBytes) {
    const Ended first = run();
    const auto before = lab.artifacts();
    EXPECT_EQ(lab.n_requests("embed"), 2 * kQuestions);
    lab.forget_journal();
    EXPECT_EQ(run().exit_code, first.exit_code);
    EXPECT_EQ(difference(before, lab.artifacts()), "");
    EXPECT_EQ(lab.n_requests("load_embedder"), 0);
    EXPECT_EQ(lab.assay({"verify", lab.run_dir()}).exit_code, 0);
}

TEST_F(Dense, AnEngineThatDiesLosesNoVectorOfTheCache) {
    Ended ended = run({}, {{"SCRIPT_DIE_VERB", "embed"}});
    EXPECT_EQ(ended.exit_code, 1) << describe(ended);
    EXPECT_THAT(ended.err, HasSubstr("while it was to embed a text"));
    EXPECT_FALSE(fs::exists(fs::path(lab.run_dir()) / "assay.sqlite"));
    ended = run();
    EXPECT_TRUE(ended.exit_code == 0 || ended.exit_code == 5) << describe(ended);
}

TEST_F(Dense, AnotherEmbedderStopsARunThatGoesOn) {
    static_cast<void>(run());
    const auto before = lab.artifacts();
    lab.folder().write("embedder.gguf", "embeds 128\n");
    Ended ended = run();
    EXPECT_EQ(ended.exit_code, 2) << describe(ended);
    EXPECT_THAT(ended.err, AllOf(HasSubstr("embedder was "), HasSubstr("--run")));
    ended = lab.run("Q8_0", {"--corpus", "corpus.jsonl", "--top", "2"});
    EXPECT_EQ(ended.exit_code, 2) << describe(ended);
    EXPECT_THAT(ended.err, HasSubstr("and is none now"));
    fs::remove(lab.folder() / "embedder.gguf");
    ended = run();
    EXPECT_EQ(ended.exit_code, 2) << describe(ended);
    EXPECT_THAT(ended.err, HasSubstr("embedder.gguf"));
    EXPECT_EQ(difference(before, lab.artifacts()), "");
    EXPECT_EQ(lab.assay({"verify", lab.run_dir()}).exit_code, 0);  // needs no embedder
}

TEST_F(Dense, WhatIsNoEmbeddingModelOrDoesNothingIsRefused) {
    lab.folder().write("chat.gguf", "type F16\n");
    Ended ended = run_with("chat.gguf");
    EXPECT_EQ(ended.exit_code, 2) << describe(ended);
    EXPECT_THAT(ended.err, HasSubstr("is no embedding model"));
    EXPECT_FALSE(fs::exists(fs::path(lab.run_dir()) / "assay.sqlite"));
    ended = run_with("nowhere.gguf");
    EXPECT_EQ(ended.exit_code, 2) << describe(ended);
    EXPECT_THAT(ended.err, HasSubstr("nowhere.gguf"));
    ended = run_with("none", {"--query-prefix", "query: "});
    EXPECT_EQ(ended.exit_code, 2) << describe(ended);
    EXPECT_THAT(ended.err, HasSubstr("is for an embedder, and none is named"));
    ended = lab.run("Q8_0", {"--embedder", "embedder.gguf"});
    EXPECT_EQ(ended.exit_code, 2) << describe(ended);
    EXPECT_THAT(ended.err, HasSubstr("retrieval needs a corpus"));
    ended = run({"--embedder-max-tokens", "2"});
    EXPECT_EQ(ended.exit_code, 2) << describe(ended);
    EXPECT_THAT(ended.err, HasSubstr("must be from 8 to 8192"));
}

TEST_F(Dense, TheCommandShowsRankAndScoreOfEachSearch) {
    const Ended ended = lab.assay({"retrieve",
                                   "--corpus",
                                   "corpus.jsonl",
                                   "--embedder",
                                   "embedder.gguf",
                                   "--engine",
                                   SCRIPTED_ENGINE,
                                   "What is thing 3 ?"});
    EXPECT_EQ(ended.exit_code, 0) << describe(ended);
    EXPECT_THAT(
        ended.out,
        AllOf(HasSubstr("lexical rank "), HasSubstr("dense rank "), HasSubstr("fused rank 1")));
    lab.folder().write("exp.yaml",
                       fmt::format("baseline: model.gguf\nvariants: [Q8_0]\n"
                                   "dataset: questions.jsonl\nengine: {{path: {}}}\n"
                                   "retrieval: {{corpus: corpus.jsonl, embedder: embedder.gguf, "
                                   "query-prefix: 'q '}}\n",
                                   SCRIPTED_ENGINE));
    const json document = json::parse(lab.assay({"retrieve", "exp.yaml", "q05", "--json"}).out);
    EXPECT_EQ(document["passages"].size(), 4U);
    EXPECT_TRUE(document["passages"][0]["legs"].contains("dense"));
    EXPECT_EQ(document["question_cut"], false);
    const Ended plan = lab.assay({"plan", "exp.yaml"});
    EXPECT_THAT(plan.out, HasSubstr("lexical and dense by"));
}

TEST_F(Dense, AQuestionThatIsTooLongIsSaid) {
    std::string question = "What";
    for (int i = 0; i < 20; ++i) {
        question += fmt::format(" word{}", i);
    }
    lab.folder().write(
        "questions.jsonl",
        json{{"id", "q01"}, {"question", question}, {"expected_answer", "That."}}.dump() + "\n");
    const Ended ended = run({"--embedder-max-tokens", "8"});
    EXPECT_NE(ended.exit_code, 2) << describe(ended);
    EXPECT_THAT(ended.err, HasSubstr("1 questions have more than 8 tokens"));
    EXPECT_EQ(lab.report()["retrieval"]["embedder"]["n_cut_questions"], 1);
    EXPECT_THAT(bytes_of(fs::path(lab.run_dir()) / "report.md"),
                HasSubstr("0 passages and 1 questions are"));
}

}  // namespace
}  // namespace assay::test
