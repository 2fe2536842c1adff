// Contexts that are retrieved: the whole program with a corpus of the lab's facts.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "lab.hpp"

namespace assay::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr int kQuestions = 20;

std::string fact_of(int k) {
    return fmt::format("thing {} is number {}", k, k * k);
}

/// The thing whose fact question k is given: "thing 2 is number 4" has the words of "What is thing
/// 4?", too, and stands first.
int thing_found_for(int k) {
    switch (k) {
        case 4: return 2;
        case 9: return 3;
        case 16: return 4;
        default: return k;
    }
}
constexpr int kHits = kQuestions - 3;

class Retrieval : public testing::Test {
 protected:
    Retrieval() {
        std::string rows, passages;
        for (int k = 1; k <= kQuestions; ++k) {
            rows += json{{"id", fmt::format("q{:02}", k)},
                         {"question", fmt::format("What is thing {}?", k)},
                         {"expected_answer", fact_of(k)},
                         {"gold", {fmt::format("p{}", k)}}}
                        .dump() +
                    "\n";
            passages += json{{"id", fmt::format("p{}", k)}, {"text", "Fact: " + fact_of(k)}}
                            .dump() +
                        "\n";
        }
        lab.folder().write("questions.jsonl", rows);
        lab.folder().write("corpus.jsonl", passages);
    }
    [[nodiscard]] std::string corpus() const { return (lab.folder() / "corpus.jsonl").string(); }
    [[nodiscard]] Ended run(const Strings& more = {}, const std::string& top = "1") const {
        Strings arguments{"--corpus", corpus(), "--top", top};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return lab.run("Q8_0,Q2_K", arguments);
    }
    void append(const std::string& name, const std::string& text) const {
        lab.folder().write(name, bytes_of(lab.folder() / name) + text);
    }
    Lab lab{1};
};

TEST_F(Retrieval, ContextsAreFoundFrozenAndMeasured) {
    const Ended ended = run();
    ASSERT_TRUE(ended.exit_code == 0 || ended.exit_code == 5) << describe(ended);
    const json retrieval = lab.report()["retrieval"];
    EXPECT_GT(retrieval["mean_context_tokens"].get<double>(), 0);
    EXPECT_EQ(retrieval["corpus"], "corpus.jsonl");
    EXPECT_EQ(retrieval["n_passages"], kQuestions);
    EXPECT_EQ(retrieval["n_with_gold"], kQuestions);
    EXPECT_EQ(retrieval["n_hit"], kHits);
    EXPECT_EQ(retrieval["quality"][0]["hit_at_1"]["value"], 0.85);
    EXPECT_EQ(retrieval["quality"][0]["hit_at_4"]["value"], 1.0);
    EXPECT_EQ(retrieval["n_leaked"], kHits);  // the corpus is made of the expected answers
    const std::string report = bytes_of(fs::path(lab.run_dir()) / "report.md");
    EXPECT_THAT(report, HasSubstr("## Retrieval"));
    EXPECT_THAT(report, HasSubstr("retrieval cannot explain a difference"));
    EXPECT_THAT(report, HasSubstr("lexical only"));
    EXPECT_THAT(report, HasSubstr("Leakage: for 17 of 20 questions"));
}

TEST_F(Retrieval, WhatIsRetrievedEntersThePromptAsGivenContextsDo) {
    ASSERT_THAT(describe(run()), Not(HasSubstr("assay: ")));
    const auto retrieved = lab.answers("Q8_0");
    lab.forget_run();
    std::string rows;
    for (int k = 1; k <= kQuestions; ++k) {
        rows += json{{"id", fmt::format("q{:02}", k)},
                     {"question", fmt::format("What is thing {}?", k)},
                     {"expected_answer", fact_of(k)},
                     {"contexts", {"Fact: " + fact_of(thing_found_for(k))}}}
                    .dump() +
                "\n";
    }
    lab.folder().write("questions.jsonl", rows);
    static_cast<void>(lab.run("Q8_0,Q2_K"));
    EXPECT_EQ(lab.answers("Q8_0"), retrieved);
    EXPECT_FALSE(lab.report().contains("retrieval"));
}

TEST_F(Retrieval, ARunThatIsDoneComputesNothingAndKeepsItsBytes) {
    const Ended first = run();
    const auto before = lab.artifacts();
    lab.forget_journal();
    EXPECT_EQ(run().exit_code, first.exit_code);
    EXPECT_EQ(difference(before, lab.artifacts()), "");
    EXPECT_EQ(lab.n_requests("answer"), 0);
    EXPECT_EQ(lab.assay({"verify", lab.run_dir()}).exit_code, 0);
    fs::remove(corpus());  // a report needs no corpus
    EXPECT_EQ(lab.assay({"report", lab.run_dir()}).exit_code, first.exit_code);
    EXPECT_EQ(difference(before, lab.artifacts()), "");
}

TEST_F(Retrieval, AChangedCorpusOrSettingStopsTheRunAndChangesNothing) {
    const Ended first = run();
    const auto before = lab.artifacts();
    append("corpus.jsonl", json{{"id", "new"}, {"text", "thing 1 is number 2"}}.dump() + "\n");
    Ended ended = run();
    EXPECT_EQ(ended.exit_code, 2) << describe(ended);
    EXPECT_THAT(ended.err, HasSubstr("corpus.jsonl of the corpus was changed now"));
    ended = run({}, "2");
    EXPECT_EQ(ended.exit_code, 2) << describe(ended);
    EXPECT_THAT(ended.err, HasSubstr("top was 1 and is 2 now"));
    EXPECT_EQ(difference(before, lab.artifacts()), "");
    lab.forget_run();
    ended = run();
    EXPECT_EQ(ended.exit_code, first.exit_code) << describe(ended);
}

TEST_F(Retrieval, FurtherQuestionsAreRetrievedFromTheSameCorpus) {
    ASSERT_THAT(describe(run({"--limit", "10"})), Not(HasSubstr("assay: ")));
    EXPECT_EQ(lab.report()["retrieval"]["n_with_gold"], 10);
    lab.forget_journal();
    const Ended ended = run();
    EXPECT_EQ(lab.report()["retrieval"]["n_hit"], kHits) << describe(ended);
    // The further ones, and two of each variant again, alone.
    EXPECT_EQ(lab.n_requests("answer"), 3 * (kQuestions - 10 + 2));
}

TEST_F(Retrieval, HitsAndMissesAreCountedApart) {
    const Ended ended = run();
    const json by_hit = lab.report()["retrieval"]["outcomes_by_hit"];
    ASSERT_EQ(by_hit.size(), 2U) << describe(ended);
    EXPECT_EQ(by_hit[1]["variant"], "Q2_K");
    EXPECT_EQ(by_hit[1]["hit"]["n"], kHits);
    EXPECT_EQ(by_hit[1]["miss"]["n"], kQuestions - kHits);
    EXPECT_THAT(bytes_of(fs::path(lab.run_dir()) / "report.md"),
                HasSubstr("Outcomes apart for hits and misses"));
}

TEST_F(Retrieval, WithoutGoldItsQualityIsNotMeasured) {
    std::string rows = bytes_of(lab.folder() / "questions.jsonl");
    for (std::size_t at = rows.find("\"gold\""); at != std::string::npos;
         at = rows.find("\"gold\"")) {
        rows.replace(at, 6, "\"x\"");
    }
    lab.folder().write("questions.jsonl", rows);
    static_cast<void>(run());
    EXPECT_TRUE(lab.report()["retrieval"]["quality"].is_null());
    EXPECT_TRUE(lab.report()["retrieval"]["n_hit"].is_null());
    EXPECT_THAT(bytes_of(fs::path(lab.run_dir()) / "report.md"),
                HasSubstr("Quality of retrieval: not measured"));
}

TEST_F(Retrieval, QuestionsWithoutPassagesAndGoldThatIsNotFoundAreNoted) {
    // Gold of the first twelve is a passage without their words; q19 and q20 have words that no
    // passage has.
    std::string rows, passages = bytes_of(lab.folder() / "corpus.jsonl");
    for (int k = 1; k <= kQuestions; ++k) {
        rows += json{{"id", fmt::format("q{:02}", k)},
                     {"question", k > 18 ? "Zzz?" : fmt::format("What is thing {}?", k)},
                     {"expected_answer", fact_of(k)},
                     {"gold", fmt::format("{}{}", k <= 12 ? "x" : "p", k)}}
                    .dump() +
                "\n";
        passages += json{{"id", fmt::format("x{}", k)},
                         {"text", "Elsewhere " + std::string(static_cast<std::size_t>(k), 'y')}}
                        .dump() +
                    "\n";
    }
    lab.folder().write("questions.jsonl", rows);
    lab.folder().write("corpus.jsonl", passages);
    const Ended ended = run();
    ASSERT_NE(ended.exit_code, 2) << describe(ended);
    const char* without = "no passage was found for 2 of 20 questions (q19, q20)";
    const char* gold =
        "questions with gold passages have one among their contexts; it was not "
        "found for q01, q02, q03, q04, q05 and ";
    const std::string report = bytes_of(fs::path(lab.run_dir()) / "report.md");
    for (const char* sentence : {without, gold}) {
        EXPECT_THAT(ended.err, HasSubstr(sentence));
        EXPECT_THAT(report, HasSubstr(sentence));
    }
    EXPECT_EQ(lab.assay({"verify", lab.run_dir()}).exit_code, 0);
    lab.folder().write("exp.yaml",
                       "baseline: model.gguf\nvariants: [Q8_0]\ndataset: questions.jsonl\n"
                       "retrieval: {corpus: corpus.jsonl, top: 1}\n");
    const Ended missed = lab.assay({"retrieve", "exp.yaml", "q01"});
    const std::string warning = "none of its gold passages (x1) is among those that it would get";
    EXPECT_LT(missed.out.find(warning), missed.out.find("[1] p1")) << describe(missed);
    EXPECT_THAT(lab.assay({"retrieve", "exp.yaml", "q18"}).out, Not(HasSubstr("none of its gold")));
    EXPECT_EQ(json::parse(lab.assay({"retrieve", "exp.yaml", "q01", "--json"}).out)["gold_found"],
              false);
    EXPECT_THAT(lab.assay({"retrieve", "exp.yaml", "q19"}).out,
                HasSubstr("no passage has a word of the question"));
}

struct Refused {
    const char* name;
    Strings flags;
    const char* says;
    const char* questions = nullptr;  ///< instead of those of the lab
};
void PrintTo(const Refused& refused, std::ostream* out) {
    *out << refused.name;
}

class RefusedRetrieval : public Retrieval, public testing::WithParamInterface<Refused> {};

TEST_P(RefusedRetrieval, WithASentenceAndExitCode2) {
    lab.folder().write("empty/.hidden", "");
    lab.folder().write("answers.jsonl",
                       R"({"id": "q01", "answer": "That."})"
                       "\n");
    if (GetParam().questions != nullptr) {
        lab.folder().write("questions.jsonl", GetParam().questions);
    }
    Strings flags = GetParam().flags;
    const Ended ended = lab.run("Q8_0", flags);
    EXPECT_EQ(ended.exit_code, 2) << describe(ended);
    EXPECT_THAT(ended.err, HasSubstr(GetParam().says));
    EXPECT_FALSE(fs::exists(fs::path(lab.run_dir()) / "assay.sqlite"));
    flags.emplace_back("--dry-run");
    EXPECT_EQ(lab.run("Q8_0", flags).exit_code, 2);
}

// Paths are relative to the lab's folder, in which assay is started.
INSTANTIATE_TEST_SUITE_P(
    Input,
    RefusedRetrieval,
    testing::Values(
        Refused{"embedder", {"--corpus", "corpus.jsonl", "--embedder", "m.gguf"}, "m.gguf"},
        Refused{"top alone", {"--top", "3"}, "retrieval needs a corpus"},
        Refused{"replace alone", {"--replace-contexts"}, "retrieval needs a corpus"},
        Refused{"top", {"--corpus", "corpus.jsonl", "--top", "0"}, "must be from 1 to 100"},
        Refused{"no corpus", {"--corpus", "nowhere"}, "no such folder or file"},
        Refused{
            "empty", {"--corpus", "empty"}, "the corpus holds no .txt, .md, .html or .pdf file"},
        Refused{"dataset", {"--corpus", "questions.jsonl"}, "is the dataset itself"},
        Refused{"contexts",
                {"--corpus", "corpus.jsonl"},
                "1 of 1 questions have contexts in the dataset",
                R"({"id": "q01", "question": "What?", "contexts": ["Given."]})"
                "\n"},
        Refused{"answers",
                {"--corpus", "corpus.jsonl", "--variants", "mine=answers:answers.jsonl"},
                "from other contexts than retrieval would find now"},
        Refused{"of something else",
                {"--corpus", "corpus.jsonl"},
                "for 2 of 3 questions (q01, q03) no passage of the corpus has a word of the "
                "question",
                R"({"id": "q01", "question": "Zzz?"})"
                "\n"
                R"({"id": "q02", "question": "What is thing 2?"})"
                "\n"
                R"({"id": "q03", "question": "Yyy?"})"
                "\n"},
        Refused{"gold",
                {"--corpus", "corpus.jsonl"},
                "the gold passage \"nowhere\" of question q01 is not in the corpus",
                R"({"id": "q01", "question": "What?", "gold": "nowhere"})"
                "\n"}));

TEST_F(Retrieval, ContextsOfTheDatasetGiveWayWhereThatIsSaid) {
    lab.folder().write("questions.jsonl",
                       R"({"id": "q01", "question": "What is thing 3?", "contexts": ["Given."], )"
                       R"("expected_answer": "thing 3 is number 9"})"
                       "\n");
    const Ended ended = run({"--replace-contexts"});
    EXPECT_NE(ended.exit_code, 2) << describe(ended);
    EXPECT_EQ(lab.answers("Q8_0").at("q01").substr(0, 18), fact_of(3).substr(0, 18));
}

TEST_F(Retrieval, AnExperimentFileNamesItsCorpusRelativeToItself) {
    lab.folder().write("exp.yaml",
                       "baseline: model.gguf\nvariants: [Q8_0]\ndataset: questions.jsonl\n"
                       "retrieval: {corpus: corpus.jsonl, top: 2, embedder: none}\n");
    Ended ended = lab.assay({"plan", "exp.yaml"});
    EXPECT_EQ(ended.exit_code, 0) << describe(ended);
    EXPECT_THAT(ended.out, HasSubstr("the 2 best passages of"));
    lab.folder().write("exp.yaml",
                       "baseline: model.gguf\nvariants: [Q8_0]\ndataset: questions.jsonl\n"
                       "retrieval: {top: 2}\n");
    ended = lab.assay({"plan", "exp.yaml"});
    EXPECT_EQ(ended.exit_code, 2);
    EXPECT_THAT(ended.err, HasSubstr("exp.yaml:4"));
}

TEST_F(Retrieval, ATraceShowsWhatAQuestionWasGivenAndWhy) {
    static_cast<void>(run());
    const Ended text = lab.assay({"trace", lab.run_dir(), "q03"});
    EXPECT_THAT(text.out, HasSubstr("rank 1: p3, gold; lexical rank 1, score ")) << describe(text);
    EXPECT_THAT(text.out, HasSubstr(", not shown"));
    const json retrieved = json::parse(
        lab.assay({"trace", lab.run_dir(), "q03", "--json"}).out)["question"]["retrieved"];
    EXPECT_EQ(retrieved.size(), 10U);
    EXPECT_EQ(retrieved[0]["id"], "p3");
    EXPECT_EQ(retrieved[0]["is_context"], true);
    EXPECT_EQ(retrieved[1]["is_context"], false);
}

TEST_F(Retrieval, TheCommandShowsWhatAQuestionWouldGetAndWhy) {
    Ended ended = lab.assay({"retrieve", "--corpus", "corpus.jsonl", "What is number 9?"});
    EXPECT_EQ(ended.exit_code, 0) << describe(ended);
    EXPECT_THAT(ended.out, HasSubstr("searched  9 number"));
    EXPECT_THAT(ended.out, HasSubstr("lexical rank 1, score "));
    ended = lab.assay({"retrieve", "--corpus", "corpus.jsonl", "thing 3", "--top", "2", "--json"});
    const json document = json::parse(ended.out);
    ASSERT_EQ(document["passages"].size(), 2U);
    EXPECT_EQ(document["passages"][0]["id"], "p3");
    EXPECT_EQ(document["passages"][0]["legs"]["lexical"]["rank"], 1);
    lab.folder().write("exp.yaml",
                       "baseline: model.gguf\nvariants: [Q8_0]\ndataset: questions.jsonl\n"
                       "retrieval: {corpus: corpus.jsonl}\n");
    ended = lab.assay({"retrieve", "exp.yaml", "q05", "--json"});
    EXPECT_EQ(json::parse(ended.out)["passages"][0]["id"], "p5") << describe(ended);
    EXPECT_EQ(json::parse(ended.out)["question_id"], "q05");
    EXPECT_EQ(lab.assay({"retrieve", "exp.yaml"}).exit_code, 2);
    EXPECT_EQ(lab.assay({"retrieve", "--corpus", "nowhere", "x"}).exit_code, 2);
    EXPECT_EQ(lab.assay({"retrieve", "--corpus", "corpus.jsonl", " "}).exit_code, 2);
}

}  // namespace
}  // namespace assay::test
