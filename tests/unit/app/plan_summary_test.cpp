#include "assay/app/plan_summary.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "temp_folder.hpp"

namespace assay::app {
namespace {

TEST(PlanSummary, NamesWhatWillBeDone) {
    const test::TempFolder folder;
    Plan plan;
    plan.name = "science";
    plan.baseline = {"base", folder.write("base.gguf", std::string(1000, 'x'))};
    plan.variants = {{"Q8_0", "Q8_0", "", ""}, {"mine", "", "other.gguf", ""}};
    plan.dataset.file = "q.jsonl";
    plan.run_dir = "runs/science";
    plan.engine.threads = 3;
    JudgeSpec reference, panel;
    reference.provider = "reference";
    panel.name = "panel";
    panel.provider = "openai";
    panel.model = "m";
    panel.url = "http://host/v1";
    plan.judges = {reference, panel};
    const std::vector<Question> questions(5, Question{"a", "Why?", {}, {}, {}, {}});
    const std::string text = summarize_plan(plan, questions);
    for (const char* word : {"experiment science", "Q8_0, mine", "5 of q.jsonl", "at most 128 tokens", "3 threads",
                             "reference (token F1, a metric), panel (m at http://host/v1); at most 10 calls",
                             "margin 10 points", "runs/science", "15 answers"}) {
        EXPECT_NE(text.find(word), std::string::npos) << word << "\n" << text;
    }
}

TEST(PlanSummary, OfALargerModelTakesLonger) {
    const test::TempFolder folder;
    Plan plan;
    plan.variants = {{"Q8_0", "Q8_0", "", ""}};
    plan.engine.threads = 1;
    plan.baseline = {"base", folder.write("base.gguf", "x")};
    std::filesystem::resize_file(plan.baseline.file, std::uintmax_t{100} << 30);  // a hole, no disk space
    const std::vector<Question> questions(100, Question{"a", "Why?", {}, {}, {}, {}});
    EXPECT_NE(summarize_plan(plan, questions).find(" h "), std::string::npos) << summarize_plan(plan, questions);
}

}  // namespace
}  // namespace assay::app
