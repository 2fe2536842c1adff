// Files of answers that are not what they seem: the whole program must not recommend on them.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "lab.hpp"

namespace assay::test {
namespace {

using nlohmann::json;

constexpr int kQuestions = 60;

std::string gold_of(int k) {
    return fmt::format("The capital of land {} is the town of {}.", k, k * k);
}

/// Two files of answers and their questions, each as rows of `answer_of(k)`.
class Files {
 public:
    template <class AnswerOf>
    void write(const std::string& name, AnswerOf&& answer_of) const {
        std::string rows;
        for (int k = 1; k <= kQuestions; ++k) {
            rows += json{{"id", fmt::format("q{}", k)}, {"answer", answer_of(k)}}.dump() + "\n";
        }
        static_cast<void>(lab_.folder().write(name, rows));
    }
    [[nodiscard]] Ended run(const std::string& baseline,
                            const std::string& variant,
                            const Strings& more = {}) const {
        std::string rows;
        for (int k = 1; k <= kQuestions; ++k) {
            rows += json{{"id", fmt::format("q{}", k)},
                         {"question", fmt::format("What is the capital of land {}?", k)},
                         {"expected_answer", gold_of(k)}}
                        .dump() +
                    "\n";
        }
        Strings arguments{"run",
                          "-m",
                          "f16=answers:" + (lab_.folder() / baseline).string(),
                          "--variants",
                          "q2=answers:" + (lab_.folder() / variant).string(),
                          "--questions",
                          lab_.folder().write("questions_60.jsonl", rows),
                          "--run",
                          lab_.run_dir(),
                          "--accept-metric"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return lab_.assay(arguments);
    }
    [[nodiscard]] json comparison() const { return lab_.comparison("q2", "reference"); }
    [[nodiscard]] const Lab& lab() const { return lab_; }

 private:
    const Lab lab_{1};
};

TEST(GivenMistakes, GoldThatWasReadAsTheAnswersOfBothSidesIsNotRecommendedOn) {
    const Files files;
    files.write("f16.jsonl", gold_of);
    files.write("q2.jsonl", gold_of);
    const Ended ended = files.run("f16.jsonl", "q2.jsonl");
    EXPECT_EQ(ended.exit_code, 4) << describe(ended);
    EXPECT_EQ(files.comparison()["decision"]["label"], "not_measured");
    EXPECT_EQ(ended.out.find("Use q2"), std::string::npos) << ended.out;
    EXPECT_NE(ended.out.find("60 of 60 answers of f16 are the expected answers to the letter"),
              std::string::npos)
        << ended.out;
    EXPECT_NE(bytes_of(files.lab().run_dir() + "/report.md").find("to the letter"),
              std::string::npos);
    // Confirmed in the plan, it is what it is.
    const Ended accepted = files.run("f16.jsonl", "q2.jsonl", {"--accept-equal-answers"});
    EXPECT_EQ(accepted.exit_code, 0) << describe(accepted);
    EXPECT_EQ(files.comparison()["decision"]["label"], "equivalent");
}

TEST(GivenMistakes, OneFileUnderTwoNamesIsNotRecommendedOn) {
    const Files files;
    files.write("both.jsonl", [](int k) { return fmt::format("I think it is town {}.", k * k); });
    const Ended ended = files.run("both.jsonl", "both.jsonl");
    EXPECT_EQ(ended.exit_code, 4) << describe(ended);
    EXPECT_NE(ended.out.find("named twice"), std::string::npos) << ended.out;
}

TEST(GivenMistakes, TwoHonestFilesDecide) {
    const Files files;
    files.write("f16.jsonl", [](int k) { return "I think: " + gold_of(k); });
    files.write("q2.jsonl",
                [](int k) { return (k % 10 == 0 ? "I believe: " : "I think: ") + gold_of(k); });
    const Ended ended = files.run("f16.jsonl", "q2.jsonl");
    EXPECT_EQ(ended.exit_code, 0) << describe(ended);
    EXPECT_EQ(files.comparison()["decision"]["label"], "equivalent");
}

TEST(GivenMistakes, ThoughtsOnOneSideAreTakenOffBeforeJudgingAndKeptInTheStore) {
    const Files files;
    const auto said = [](int k) { return fmt::format("It is town {}.", k * k); };
    files.write("f16.jsonl", [&](int k) {
        return fmt::format("<think>\nLand {}... {}?\n</think>\n\n{}", k, gold_of(k), said(k));
    });
    files.write("q2.jsonl", [&](int k) { return k % 20 == 0 ? "No idea." : said(k); });
    const Ended ended = files.run("f16.jsonl", "q2.jsonl");
    const json counts = files.comparison()["counts"];
    EXPECT_EQ(counts["identical"], 57) << describe(ended);
    EXPECT_EQ(counts["losses"], 3);
    const std::string report = bytes_of(files.lab().run_dir() + "/report.md");
    EXPECT_NE(report.find("f16: 60 of 60 answers begin with thoughts, which were taken off"),
              std::string::npos)
        << report;
    const Ended trace = files.lab().assay({"trace", files.lab().run_dir(), "q1", "--json"});
    const json answer = json::parse(trace.out)["answers"][0];
    EXPECT_TRUE(answer["text"].get<std::string>().starts_with("<think>")) << trace.out;
    EXPECT_EQ(answer["text_without_thoughts"], said(1));
    EXPECT_EQ(files.lab().assay({"verify", files.lab().run_dir()}).exit_code, 0);

    // The same again changes nothing, and a report needs the store alone.
    const auto before = files.lab().artifacts();
    EXPECT_EQ(files.run("f16.jsonl", "q2.jsonl").exit_code, ended.exit_code);
    EXPECT_EQ(difference(before, files.lab().artifacts()), "");
    EXPECT_EQ(files.lab().assay({"report", files.lab().run_dir()}).exit_code, ended.exit_code);
    EXPECT_EQ(difference(before, files.lab().artifacts()), "");

    // As they were written, where the plan says so.
    const Ended shown = files.run("f16.jsonl", "q2.jsonl", {"--no-strip-thoughts"});
    EXPECT_EQ(files.comparison()["counts"]["identical"], 0) << describe(shown);
    EXPECT_NE(bytes_of(files.lab().run_dir() + "/report.md").find("which the judges saw"),
              std::string::npos);
}

TEST(GivenMistakes, AnAnswerThatEndsWhileItThinksSaysNothing) {
    const Files files;
    files.write("f16.jsonl", [](int k) { return "It is " + gold_of(k); });
    files.write("q2.jsonl", [](int k) { return "<think>\nIt may be " + gold_of(k); });
    const Ended ended = files.run("f16.jsonl", "q2.jsonl");
    EXPECT_EQ(ended.exit_code, 3) << describe(ended);
    EXPECT_EQ(files.comparison()["counts"]["losses"], kQuestions);
    EXPECT_NE(bytes_of(files.lab().run_dir() + "/report.md").find("60 of them say nothing else"),
              std::string::npos);
}

TEST(GivenMistakes, TwoModelsThatOnlyThinkAreNotEquivalent) {
    const Files files;
    const auto answers = [](int n_silent, const char* thought) {
        return [=](int k) {
            return (k <= n_silent ? fmt::format("<think>\n{} {}?", thought, k)
                                  : "I say: " + gold_of(k));
        };
    };
    files.write("f16.jsonl", answers(20, "Is it the town"));
    files.write("q2.jsonl", answers(20, "Hm, perhaps"));
    const Ended ended = files.run("f16.jsonl", "q2.jsonl", {"--accept-equal-answers"});
    EXPECT_EQ(ended.exit_code, 4) << describe(ended);
    const json comparison = files.comparison();
    EXPECT_EQ(comparison["counts"]["no_answer_baseline"], 20);
    EXPECT_EQ(comparison["counts"]["ties"], 40);
    EXPECT_NE(
        comparison["decision"]["why"].get<std::string>().find("20 of 60 comparisons are left"),
        std::string::npos)
        << comparison["decision"];
    EXPECT_EQ(files.lab().assay({"verify", files.lab().run_dir()}).exit_code, 0);
}

}  // namespace
}  // namespace assay::test
