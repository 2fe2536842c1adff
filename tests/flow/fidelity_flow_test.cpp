// Variants read the baseline's answers in a run, with the scripted engine. What the real engine
// reads is in fidelity_model_test.cpp.

#include <gmock/gmock.h>

#include "lab.hpp"
#include "run_sql.hpp"

namespace assay::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr int kQuestions = 9;
constexpr int kRechecked = 2;   ///< answers of each variant that are computed again, alone
constexpr int kOwnAnswers = 2;  ///< that the baseline reads
const std::string kVariants = "Q8_0,Q2_K";

/// A lab whose model keeps rows and reads drafts.
class ReadingLab : public Lab {
 public:
    explicit ReadingLab(const std::string& more = "") : Lab(kQuestions) {
        folder().write("model.gguf", bytes_of(model()) + "rows yes\n" + more);
    }
    [[nodiscard]] std::vector<std::string> sql(const std::string& query) const {
        return run_sql(run_dir(), query);
    }
    [[nodiscard]] std::string report_text() const { return bytes_of(run_dir() + "/report.md"); }
};

TEST(FidelityOfARun, EveryVariantReadsEveryAnswerOnceAndWritesWhatDiffers) {
    const ReadingLab lab;
    ASSERT_NE(lab.run(kVariants).exit_code, 1);
    EXPECT_EQ(lab.n_requests("answer"), 3 * (kQuestions + kRechecked) + kOwnAnswers)
        << "reading is part of answering";
    EXPECT_EQ(lab.sql("select count(*) from answer_fidelity"), std::vector<std::string>{"18"});
    // Q2_K knows fewer facts: where it writes something else, its reading says so.
    EXPECT_GT(std::stoi(lab.sql("select count(*) from answers where variant_name = 'Q2_K' and "
                                "n_verified_tokens = 0")[0]),
              0);
    EXPECT_GT(std::stoi(lab.sql("select sum(n_verified_tokens) from answers")[0]), 0);
    EXPECT_EQ(lab.sql("select sum(n_verified_tokens) from answers where variant_name = 'model'"),
              std::vector<std::string>{"0"});
    EXPECT_THAT(lab.report_text(), HasSubstr("exactly 0"));

    const auto before = lab.artifacts();
    lab.forget_journal();
    static_cast<void>(lab.run(kVariants));
    EXPECT_EQ(lab.n_requests("answer"), 0) << "a finished run computes nothing";
    EXPECT_EQ(difference(before, lab.artifacts()), "");
}

TEST(FidelityOfARun, AnswersAreThoseOfARunWithoutIt) {
    const ReadingLab with, without;
    static_cast<void>(with.run(kVariants));
    static_cast<void>(without.run(kVariants, {"--no-fidelity"}));
    for (const char* variant : {"model", "Q8_0", "Q2_K"}) {
        EXPECT_EQ(with.answers(variant), without.answers(variant)) << variant;
    }
    EXPECT_EQ(without.sql("select count(*) from answer_fidelity"), std::vector<std::string>{"0"});
    EXPECT_EQ(without.n_requests("answer"), 3 * (kQuestions + kRechecked));

    // What was left out is made up for, and no answer is made anew.
    const auto answers = without.sql("select key || text || created_at from answers order by key");
    without.forget_journal();
    static_cast<void>(without.run(kVariants));
    EXPECT_EQ(without.n_requests("answer"), 3 * kQuestions + kOwnAnswers) << "read, not written";
    EXPECT_EQ(without.sql("select count(*) from answer_fidelity"), std::vector<std::string>{"18"});
    EXPECT_EQ(without.sql("select key || text || created_at from answers order by key"), answers);
    EXPECT_EQ(without.sql("select sum(kld) from token_fidelity"),
              with.sql("select sum(kld) from token_fidelity"));
}

TEST(FidelityOfARun, AfterAKillTheRestIsReadAndTheFilesAreTheSame) {
    const ReadingLab lab;
    static_cast<void>(lab.run(kVariants));
    const auto undisturbed = lab.artifacts();
    const int n_requests = lab.n_requests("");
    for (const int at : {n_requests / 3, n_requests / 2, n_requests * 2 / 3, n_requests - 3}) {
        lab.forget_run();
        static_cast<void>(lab.run(kVariants, {}, {{"SCRIPT_KILL_PARENT_AT", std::to_string(at)}}));
        lab.forget_journal();
        static_cast<void>(lab.run(kVariants));
        EXPECT_EQ(difference(undisturbed, lab.artifacts()), "") << at;
        EXPECT_EQ(lab.sql("select count(*) from answer_fidelity"), std::vector<std::string>{"18"})
            << at;
    }
}

TEST(FidelityOfARun, WhereReadingIsNotWritingNothingIsTakenOverAndTheReportSaysSo) {
    const ReadingLab lab("noisy yes\n");
    static_cast<void>(lab.run(kVariants));
    EXPECT_EQ(lab.sql("select sum(n_verified_tokens) from answers"), std::vector<std::string>{"0"});
    EXPECT_EQ(lab.sql("select count(*) from answer_fidelity"), std::vector<std::string>{"18"});
    EXPECT_THAT(lab.report_text(), HasSubstr("Not proven here"));
}

TEST(FidelityOfARun, AModelThatKeepsNoRowsIsComparedWithoutIt) {
    const Lab lab(kQuestions);
    const Ended ended = lab.run(kVariants);
    EXPECT_NE(ended.exit_code, 1) << ended.err;
    EXPECT_EQ(lab.n_requests("answer"), 3 * (kQuestions + kRechecked));
    EXPECT_EQ(run_sql(lab.run_dir(), "select count(*) from answer_fidelity"),
              std::vector<std::string>{"0"});
}

}  // namespace
}  // namespace assay::test
