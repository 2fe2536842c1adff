#include "assay/app/plan_summary.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "temp_folder.hpp"

namespace assay::app {
namespace {

std::vector<Question> different_questions(int n) {
    std::vector<Question> out;
    for (int i = 0; i < n; ++i) {
        out.push_back(
            Question{std::to_string(i), "Why " + std::to_string(i) + "?", {}, {}, {}, {}});
    }
    return out;
}

class PlanSummary : public testing::Test {
 protected:
    PlanSummary() {
        plan.name = "science";
        plan.baseline = {"base", FileSource{folder.write("base.gguf", std::string(1000, 'x'))}};
        plan.variants = {{"Q8_0", TypeSource{"Q8_0"}}, {"mine", FileSource{"other.gguf"}}};
        plan.dataset.file = "q.jsonl";
        plan.run_dir = "runs/science";
        plan.engine.threads = 3;
        JudgeSpec reference = judge_of("reference"), panel = judge_of("openai");
        reference.name = reference.provider;
        panel.name = "panel";
        panel.api().model = "m";
        panel.api().url = "http://host/v1";
        plan.judges = {reference, panel};
    }
    const test::TempFolder folder;
    Plan plan;
    std::vector<Question> questions = different_questions(5);
};

TEST_F(PlanSummary, NamesWhatWillBeDone) {
    const std::string text = summarize_plan(plan, questions);
    for (const char* word : {"experiment science",
                             "Q8_0, mine",
                             "5 of q.jsonl",
                             "at most 128 tokens",
                             "3 threads",
                             "reference (token_f1, a metric), panel (m at http://host/v1); at most "
                             "115 calls, 105 of them controls",
                             "margin 10 points",
                             "runs/science",
                             "15 answers"}) {
        EXPECT_NE(text.find(word), std::string::npos) << word << "\n" << text;
    }
}

TEST_F(PlanSummary, TellsHowAVariantIsRunWhereItIsNotTheEnginesWay) {
    EXPECT_EQ(summarize_plan(plan, questions).find("recipe"), std::string::npos);
    plan.variants[1].recipe.cache_type_k = "q8_0";
    EXPECT_NE(summarize_plan(plan, questions)
                  .find("  recipe     mine: flash attention on, KV cache q8_0/f16\n"),
              std::string::npos)
        << summarize_plan(plan, questions);
}

TEST_F(PlanSummary, OfALargerModelTakesLonger) {
    // a hole, no disk space
    std::filesystem::resize_file(plan.baseline.file(), std::uintmax_t{100} << 30);
    questions = different_questions(100);
    EXPECT_NE(summarize_plan(plan, questions).find(" h "), std::string::npos)
        << summarize_plan(plan, questions);
}

TEST_F(PlanSummary, OfARunWarnsOfADesignThatIsTooSmallAndOnlyThen) {
    const std::string text = run_preface(plan, questions);
    EXPECT_NE(
        text.find("can decide nothing: only 5 questions, and below 10 nothing is decided; 514 "
                  "questions would do."),
        std::string::npos)
        << text;
    questions = different_questions(20);
    EXPECT_NE(
        run_preface(plan, questions)
            .find("with 20 questions, equivalence at 10 points is said with probability below "
                  "0.1 % at best; 514 questions or a margin of 50.7 points would do."),
        std::string::npos)
        << run_preface(plan, questions);
    plan.analysis.margin = 0.999;
    questions = different_questions(50);
    EXPECT_EQ(run_preface(plan, questions), summarize_plan(plan, questions));
}

TEST_F(PlanSummary, OfAPlanHasJudgesAndFiguresToo) {
    plan.judges[1].api().price_output = 10;
    const std::string text = plan_text(plan, questions);
    for (const char* part : {"experiment science",
                             "panel: 10 pairs and 105 controls; about ",
                             "panel: about 0.17 at its prices, 1.18 if",
                             "questions needed",
                             "what 5 questions can show"}) {
        EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
    }
    EXPECT_EQ(text.find("early stopping"), std::string::npos)
        << "the judge that decides costs nothing";
    plan.judging.both_orders = true;
    EXPECT_NE(plan_text(plan, questions).find("panel: 20 pairs"), std::string::npos);
}

TEST_F(PlanSummary, StopsEarlyWhereTheJudgeThatDecidesCostsSomething) {
    plan.judges.erase(plan.judges.begin());
    EXPECT_NE(plan_text(plan, questions).find("early stopping, hybrid, of 5 questions"),
              std::string::npos);
    plan.analysis.stopping = "none";
    EXPECT_EQ(plan_text(plan, questions).find("early stopping"), std::string::npos);
}

TEST_F(PlanSummary, OfClustersUsesThoseOfTheDataset) {
    for (std::size_t i = 0; i < questions.size(); ++i) {
        questions[i].cluster = i < 3 ? "x" : "y";
    }
    EXPECT_NE(plan_text(plan, questions).find("clusters             2, a question shares"),
              std::string::npos)
        << plan_text(plan, questions);
}

TEST_F(PlanSummary, AsJsonIsOneDocument) {
    const auto document = nlohmann::json::parse(plan_json(plan, questions));
    EXPECT_EQ(document["schema_version"], 1);
    EXPECT_EQ(document["experiment"]["name"], "science");
    EXPECT_EQ(document["experiment"]["n_answers"], 15);
    EXPECT_EQ(document["experiment"]["plan_sha256"].get<std::string>().size(), 64u);
    EXPECT_EQ(document["judges"].size(), 1u);
    EXPECT_EQ(document["judges"][0]["n_calls"], 115);
    EXPECT_EQ(document["judges"][0]["cost"], nullptr);
    EXPECT_EQ(document["assumed"]["n_questions"], 5);
    const auto size = nlohmann::json::parse(size_json(analysis::make_design(154, {}, false, {})));
    EXPECT_EQ(size["experiment"], nullptr);
    EXPECT_EQ(size["judges"].size(), 0u);
    EXPECT_EQ(size["schema_version"], 1);
}

TEST_F(PlanSummary, OfCopiesWarnsAndCountsThemAsOneCluster) {
    questions = different_questions(20);
    EXPECT_EQ(data_warnings(questions), "");
    for (std::size_t i = 0; i < 10; ++i) {
        questions[2 * i + 1].text = "  WHY " + questions[2 * i].text.substr(4);
    }
    EXPECT_EQ(data_warnings(questions).find("warning: 20 of 20 questions are copies"), 0U);
    const std::string text = plan_text(plan, questions);
    EXPECT_NE(text.find("clusters             10, a question shares"), std::string::npos) << text;
}

}  // namespace
}  // namespace assay::app
