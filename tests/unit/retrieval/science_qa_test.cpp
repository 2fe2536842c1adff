// The figure that is promised for the example: hit@4 of at least 0.95.

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "assay/retrieval/contexts.hpp"
#include "assay/retrieval/quality.hpp"

namespace assay::retrieval {
namespace {

TEST(ScienceQa, ALexicalSearchFindsAGoldPassageAmongFour) {
    const std::string folder = ASSAY_SOURCE_DIR "/examples/science-qa/";
    std::ifstream rows(folder + "questions.jsonl");
    std::vector<Question> questions;
    for (std::string line; std::getline(rows, line);) {
        const auto row = nlohmann::json::parse(line);
        Question question;
        question.id = row.at("id");
        question.text = row.at("question");
        question.cluster = row.at("cluster").get<std::string>();
        question.gold = row.at("context_ids").get<std::vector<std::string>>();
        questions.push_back(std::move(question));
    }
    RetrievalSettings settings;
    settings.corpus = folder + "corpus.jsonl";
    SilentProgress silent;
    const WithContexts found = with_contexts({settings}, questions, {}, silent);
    const RetrievalReport report = report_of(frozen_from_json(found.frozen), found.questions);
    ASSERT_EQ(report.n_gold, 154);
    EXPECT_GE(*report.legs[0].hit_at_4.value, 0.95);
    const LegQuality& leg = report.legs[0];
    for (const auto& [name, value] : {std::pair{"hit@1", leg.hit_at_1},
                                      {"hit@4", leg.hit_at_4},
                                      {"hit@10", leg.hit_at_10},
                                      {"MRR@10", leg.mrr},
                                      {"recall@4", leg.recall_at_4},
                                      {"recall@10", leg.recall_at_10}}) {
        RecordProperty(name, std::to_string(*value.value));
        std::printf("%s %.4f [%.4f, %.4f]\n", name, *value.value, *value.low, *value.high);
    }
}

}  // namespace
}  // namespace assay::retrieval
