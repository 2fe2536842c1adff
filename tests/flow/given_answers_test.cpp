// The whole program on answers that were made elsewhere.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "lab.hpp"
#include "sim_server.hpp"

namespace assay::test {
namespace {

using nlohmann::json;

constexpr int kQuestions = 24;
constexpr int kWrong = 6;  ///< questions that `worse` answers wrongly

std::string id_of(int k) {
    return fmt::format("q{:02}", k);
}
std::string fact_of(int k) {
    return fmt::format("thing {} is number {}", k, k * k);
}
/// Right, and not the expected answer to the letter: that would be taken for a mistake.
std::string right_of(int k) {
    return fact_of(k) + ".";
}
/// Worse than the fact, but better than another thing's.
std::string wrong_of(int k) {
    return fmt::format("thing {} is number unknown", k);
}

/// Rows as the study writes them, of whichever questions.
std::string study_rows(int n_wrong, int n = kQuestions) {
    std::string out;
    for (int k = 1; k <= n; ++k) {
        out += json{{"task_id", id_of(k)},
                    {"instruction", fmt::format("What is thing {}?", k)},
                    {"expected_response", fact_of(k)},
                    {"model_answer", k <= n_wrong ? wrong_of(k) : right_of(k)}}
                   .dump() +
               "\n";
    }
    return out;
}

/// Two files of answers, and `assay run` on them.
class Given {
 public:
    Given() {
        write("f16.jsonl", study_rows(0));
        write("worse.jsonl", study_rows(kWrong));
    }
    void write(const std::string& name, const std::string& text) const {
        static_cast<void>(lab.folder().write(name, text));
    }
    [[nodiscard]] std::string path(const std::string& name) const {
        return (lab.folder() / name).string();
    }

    [[nodiscard]] Ended run(const Strings& more = {},
                            const std::string& baseline = "f16.jsonl",
                            const std::string& variant = "worse.jsonl") const {
        Strings arguments{"run",
                          "-m",
                          "original=answers:" + path(baseline),
                          "--variants",
                          "mine=answers:" + path(variant),
                          "--run",
                          lab.run_dir(),
                          "--engine",
                          SCRIPTED_ENGINE};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return lab.assay(arguments);
    }

    const Lab lab{kQuestions};
};

/// Prefers the answer that is the expected one, then the one that is about the same thing.
ScriptedReply fair(const SeenRequest& request, int) {
    const std::string prompt = json::parse(request.body)["messages"].back()["content"];
    const auto field = [&](const std::string& name) {
        const std::size_t at = prompt.find(name + ": ");
        return at == std::string::npos
                   ? std::string()
                   : prompt.substr(at + name.size() + 2,
                                   prompt.find('\n', at) - at - name.size() - 2);
    };
    const std::string expected = field("expected"),
                      thing = expected.substr(0, expected.find(" is ") + 4);
    const auto score = [&](const std::string& answer) {
        if (answer.starts_with(expected)) {
            return 2;
        }
        return answer.starts_with(thing) ? 1 : 0;
    };
    const int a = score(field("answer_a")), b = score(field("answer_b"));
    if (a == b) {
        return {200, verdict_completion("TIE")};
    }
    return {200, verdict_completion(a > b ? "A" : "B")};
}

TEST(GivenAnswers, TwoFilesAreJudgedWithoutModelEngineOrDataset) {
    const Given given;
    const Ended ended = given.run();
    EXPECT_EQ(ended.exit_code, 3) << describe(ended);
    EXPECT_EQ(given.lab.n_requests(""), 0) << "the engine was not even started";
    const json comparison = given.lab.comparison("mine", "reference");
    EXPECT_EQ(comparison["counts"]["losses"], kWrong);
    EXPECT_EQ(comparison["counts"]["identical"], kQuestions - kWrong);
    EXPECT_EQ(comparison["baseline"], "original");
    const json report = given.lab.report();
    EXPECT_EQ(report["controls"][0]["passed"], true) << report["controls"];
    EXPECT_TRUE(report["experiment"]["generation"].is_null());
    EXPECT_EQ(report["experiment"]["dataset"]["file"], "f16.jsonl");
    EXPECT_EQ(report["proof"]["same_engine"], false);
    EXPECT_EQ(report["proof"]["n_prompts_compared"], 0);
    for (const json& variant : report["variants"]) {
        EXPECT_EQ(variant["source"], "answers");
        EXPECT_TRUE(variant["file"].is_null());
        EXPECT_TRUE(variant["engine"]["name"].is_null());
        EXPECT_EQ(variant["answers_file"]["format"], "study");
        EXPECT_EQ(variant["answers_file"]["n_answers"], kQuestions);
        for (const char* figure :
             {"prefill_tokens_per_s", "decode_tokens_per_s", "n_parallel", "peak_memory_bytes"}) {
            EXPECT_TRUE(variant["speed"][figure].is_null()) << figure;
        }
        EXPECT_EQ(variant["speed"]["why"], "the answers were made elsewhere");
        EXPECT_TRUE(variant["answers"]["length_stop"].is_null());
        EXPECT_TRUE(variant["answers"]["contexts_cut"].is_null());
    }
    const std::string text = bytes_of(given.lab.run_dir() + "/report.md");
    for (const char* part : {"Same prompts: not measured",
                             "Same settings: not known",
                             "Same engine: not shown",
                             "with which prompts, passages, settings and engine is not known",
                             "Speed and memory were not measured",
                             "f16.jsonl",
                             "whether the limit of tokens cut them"}) {
        EXPECT_NE(text.find(part), std::string::npos) << part;
    }
    const json line = json::parse(
        bytes_of(given.lab.run_dir() + "/evaluation/responses/mine.jsonl")
            .substr(0,
                    bytes_of(given.lab.run_dir() + "/evaluation/responses/mine.jsonl").find('\n')));
    EXPECT_TRUE(line["n_prompt_tokens"].is_null());
    EXPECT_TRUE(line["stop_reason"].is_null());
    EXPECT_EQ(line["why"], "the answers were made elsewhere and read from a file");
}

TEST(GivenAnswers, OfARunOfAssayCanBeJudgedAgain) {
    const Given given;
    ASSERT_NE(given.run().exit_code, 1);
    const Given again;
    for (const char* name : {"original", "mine"}) {
        again.write(std::string(name) + ".jsonl",
                    bytes_of(given.lab.run_dir() + "/evaluation/responses/" + name + ".jsonl"));
    }
    const Ended ended = again.run({}, "original.jsonl", "mine.jsonl");
    EXPECT_EQ(ended.exit_code, 3) << describe(ended);
    EXPECT_EQ(again.lab.comparison("mine")["counts"], given.lab.comparison("mine")["counts"]);
}

TEST(GivenAnswers, AnApiJudgeNeedsTheEngineForItsPromptsAndNoModel) {
    const Given given;
    const SimServer server(fair);
    const Strings judge{"--judge", "openai:sim-1@" + server.url()};
    const Ended ended = given.run(judge);
    EXPECT_EQ(ended.exit_code, 3) << describe(ended);
    EXPECT_EQ(given.lab.comparison("mine", "sim-1")["counts"]["losses"], kWrong);
    for (const char* verb : {"inspect", "load", "tokenize", "answer", "start", "quantize"}) {
        EXPECT_EQ(given.lab.n_requests(verb), 0) << verb;
    }
    for (const SeenRequest& request : server.seen()) {
        for (const char* name : {"original", "mine", "f16", "worse.jsonl"}) {
            EXPECT_EQ(request.body.find(name), std::string::npos) << name;
        }
    }
    // The same again does nothing.
    const std::size_t n_calls = server.seen().size();
    const auto before = given.lab.artifacts();
    const Ended again = given.run(judge);
    EXPECT_EQ(again.exit_code, 3);
    EXPECT_EQ(again.out, ended.out);
    EXPECT_EQ(server.seen().size(), n_calls);
    EXPECT_EQ(difference(before, given.lab.artifacts()), "");
    // Nor do the file's bytes matter where the answers are the same: other order, other names of
    // the fields.
    std::string reordered;
    for (int k = kQuestions; k >= 1; --k) {
        reordered += json{{"id", id_of(k)}, {"answer", k <= kWrong ? wrong_of(k) : right_of(k)}}
                         .dump() +
                     "\n";
    }
    given.write("worse.jsonl", reordered);
    EXPECT_EQ(given.run(judge).exit_code, 3);
    EXPECT_EQ(server.seen().size(), n_calls);
}

TEST(GivenAnswers, AChangedFileIsANewVariantOfThePresentPlan) {
    const Given given;
    ASSERT_EQ(given.run().exit_code, 3);
    given.write("worse.jsonl", study_rows(2));
    EXPECT_NE(given.run().exit_code, 1);
    EXPECT_EQ(given.lab.comparison("mine")["counts"]["losses"], 2);
    EXPECT_EQ(given.lab.comparison("mine")["counts"]["n_items"], kQuestions);
    EXPECT_EQ(given.lab.answers("mine").at("q03"), right_of(3));
}

TEST(GivenAnswers, GapsAreAnErrorThatListsThemAndLeavesNoRun) {
    const Given given;
    given.write("worse.jsonl", study_rows(kWrong, kQuestions - 2));
    const Ended ended = given.run();
    EXPECT_EQ(ended.exit_code, 2) << describe(ended);
    EXPECT_NE(ended.err.find("worse.jsonl: 2 of 24 questions have no answer: q23, q24"),
              std::string::npos)
        << ended.err;
    EXPECT_FALSE(std::filesystem::exists(given.lab.run_dir()));
}

TEST(GivenAnswers, GapsThatAreAllowedAreLeftOutAndTooManyMeasureNothing) {
    const Given given;
    given.write("worse.jsonl", study_rows(kWrong, kQuestions - 2));
    const Ended ended = given.run({"--allow-missing"});
    EXPECT_EQ(ended.exit_code, 4) << describe(ended);
    const json counts = given.lab.comparison("mine")["counts"];
    EXPECT_EQ(counts["no_answer_variant"], 0);
    EXPECT_EQ(counts["no_answer_baseline"], 2);
    EXPECT_EQ(counts["losses"], kWrong);
    EXPECT_NE(bytes_of(given.lab.run_dir() + "/report.md")
                  .find("worse.jsonl has no answer to 2 of 24 questions"),
              std::string::npos);
    EXPECT_EQ(given.lab.report()["variants"][1]["answers"]["failed"], 2);
}

TEST(GivenAnswers, DuplicatesAreRefusedWithBothPlaces) {
    const Given given;
    given.write("worse.jsonl", study_rows(kWrong) + study_rows(0, 1));
    const Ended ended = given.run();
    EXPECT_EQ(ended.exit_code, 2) << describe(ended);
    EXPECT_NE(
        ended.err.find("worse.jsonl:25: a second answer to \"q01\"; the first stands in line 1"),
        std::string::npos)
        << ended.err;
}

TEST(GivenAnswers, AnswersToNoQuestionAreTold) {
    const Given given;
    const Ended ended = given.run({"--limit", "10"});
    EXPECT_NE(ended.exit_code, 1) << describe(ended);
    EXPECT_NE(
        ended.err.find("14 answers of worse.jsonl belong to no question of this experiment: q11"),
        std::string::npos)
        << ended.err;
    EXPECT_EQ(given.lab.comparison("mine")["counts"]["n_items"], 10);
}

TEST(GivenAnswers, OfAlpacaEvalNeedNoDatasetAndNoIds) {
    const Given given;
    const auto rows = [](const std::string& generator, bool backwards) {
        json out = json::array();
        for (int i = 1; i <= 5; ++i) {
            const int k = backwards ? 6 - i : i;
            out.push_back({{"instruction", fmt::format("What is thing {}?", k)},
                           {"output", generator + " says " + std::to_string(k)},
                           {"generator", generator}});
        }
        return out.dump(2);
    };
    given.write("a.json", rows("gpt", false));
    given.write("b.json", rows("q4", true));
    const SimServer server([](const SeenRequest&, int) {
        return ScriptedReply{200, verdict_completion("TIE")};
    });
    const Ended ended = given.run({"--judge", "openai:sim-1@" + server.url()}, "a.json", "b.json");
    EXPECT_NE(ended.exit_code, 1) << describe(ended);
    EXPECT_EQ(given.lab.answers("mine").at("000002"), "q4 says 2");
    EXPECT_EQ(given.lab.report()["variants"][1]["answers_file"]["generator"], "q4");
}

TEST(GivenAnswers, OfLmEvalAreNotComparedAcrossDocuments) {
    const Given given;
    const auto rows = [](const std::string& hash) {
        std::string out;
        for (int k = 0; k < 3; ++k) {
            out += json{{"doc_id", k},
                        {"doc", {{"question", fmt::format("What is thing {}?", k)}}},
                        {"target", fact_of(k)},
                        {"resps", {{fact_of(k)}}},
                        {"doc_hash", hash + std::to_string(k)}}
                       .dump() +
                   "\n";
        }
        return out;
    };
    given.write("samples_a.jsonl", rows("x"));
    given.write("samples_b.jsonl", rows("x"));
    const Ended same = given.run({}, "samples_a.jsonl", "samples_b.jsonl");
    EXPECT_EQ(given.lab.comparison("mine")["counts"]["identical"], 3) << describe(same);
    given.write("samples_b.jsonl", rows("y"));
    const Ended other = given.run({}, "samples_a.jsonl", "samples_b.jsonl");
    EXPECT_EQ(other.exit_code, 2) << describe(other);
    EXPECT_NE(
        other.err.find("3 questions were answered for different documents (doc_hash): 0, 1, 2"),
        std::string::npos)
        << other.err;
}

TEST(GivenAnswers, WithoutTheirQuestionsNeedADataset) {
    const Given given;
    given.write("plain.jsonl", json{{"id", "q01"}, {"answer", "x"}}.dump() + "\n");
    const Ended ended = given.run({}, "plain.jsonl", "plain.jsonl");
    EXPECT_EQ(ended.exit_code, 2);
    EXPECT_NE(ended.err.find("the questions were to come from the same file as the "
                             "baseline's answers"),
              std::string::npos)
        << ended.err;
}

TEST(GivenAnswers, BesideAModelAreComparedAndTheReportSaysWhatIsNotProven) {
    const Given given;
    const Ended ended = given.lab.run("Q8_0,mine=answers:" + given.path("worse.jsonl"));
    EXPECT_NE(ended.exit_code, 1) << describe(ended);
    const json report = given.lab.report();
    EXPECT_EQ(report["proof"]["same_engine"], false);
    EXPECT_EQ(report["proof"]["n_prompts_compared"], kQuestions) << "of the two that ran here";
    EXPECT_FALSE(report["experiment"]["generation"].is_null());
    EXPECT_EQ(report["variants"][1]["source"], "file");
    EXPECT_EQ(report["variants"][2]["source"], "answers");
    const std::string text = bytes_of(given.lab.run_dir() + "/report.md");
    EXPECT_NE(text.find("are equal for all variants that ran in assay's engine"),
              std::string::npos);
    EXPECT_NE(text.find("mine: its answers were made elsewhere"), std::string::npos);
}

TEST(GivenAnswers, AsTheBaselineOfAModelToo) {
    const Given given;
    const Ended ended = given.lab.assay({"run",
                                         "-m",
                                         "answers:" + given.path("f16.jsonl"),
                                         "--variants",
                                         given.lab.model(),
                                         "--questions",
                                         given.lab.questions(),
                                         "--run",
                                         given.lab.run_dir(),
                                         "--engine",
                                         SCRIPTED_ENGINE});
    EXPECT_NE(ended.exit_code, 1) << describe(ended);
    const json report = given.lab.report();
    EXPECT_EQ(report["variants"][0]["source"], "answers");
    EXPECT_EQ(report["variants"][1]["source"], "file");
    EXPECT_EQ(report["proof"]["n_prompts_compared"], 0);
    EXPECT_EQ(report["comparisons"][0]["counts"]["n_items"], kQuestions);
    // And again: nothing is made.
    given.lab.forget_journal();
    EXPECT_EQ(given.lab
                  .assay({"run",
                          "-m",
                          "answers:" + given.path("f16.jsonl"),
                          "--variants",
                          given.lab.model(),
                          "--questions",
                          given.lab.questions(),
                          "--run",
                          given.lab.run_dir(),
                          "--engine",
                          SCRIPTED_ENGINE})
                  .exit_code,
              ended.exit_code);
    EXPECT_EQ(given.lab.n_requests("answer"), 0);
}

TEST(GivenAnswers, TheOtherCommandsTakeSuchARun) {
    const Given given;
    ASSERT_EQ(given.run().exit_code, 3);
    const Ended trace = given.lab.assay({"trace", given.lab.run_dir(), "q02"});
    EXPECT_EQ(trace.exit_code, 0) << describe(trace);
    EXPECT_NE(trace.out.find("prompt tokens are not known"), std::string::npos) << trace.out;
    EXPECT_NE(trace.out.find(wrong_of(2)), std::string::npos) << trace.out;
    const auto before = given.lab.artifacts();
    std::filesystem::remove(given.path("worse.jsonl"));
    EXPECT_EQ(given.lab.assay({"report", given.lab.run_dir()}).exit_code, 3)
        << "the store has the answers";
    EXPECT_EQ(difference(before, given.lab.artifacts()), "");
    const Ended stats = given.lab.assay({"stats", given.lab.run_dir(), "--json"});
    EXPECT_EQ(json::parse(stats.out)["counts"]["losses"], kWrong) << describe(stats);
    given.write("worse.jsonl", study_rows(kWrong));
    const Ended plan = given.lab.assay({"plan",
                                        "-m",
                                        "answers:" + given.path("f16.jsonl"),
                                        "--variants",
                                        "answers:" + given.path("worse.jsonl")});
    EXPECT_EQ(plan.exit_code, 0) << describe(plan);
    EXPECT_NE(plan.out.find("all are read from files"), std::string::npos) << plan.out;
}

}  // namespace
}  // namespace assay::test
