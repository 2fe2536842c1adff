#include "assay/retrieval/quality.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/base/hash.hpp"

namespace assay::retrieval {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

/// Question `id` with `n_gold` gold ids; `found`: at each rank the gold ids that it means.
void add(FrozenRetrieval& frozen,
         std::vector<Question>& questions,
         const std::string& id,
         std::size_t n_gold,
         const std::vector<std::vector<std::size_t>>& found) {
    Question question;
    question.id = id;
    question.text = "Text of " + id;
    FrozenQuestion out{sha256_hex(question.text), std::vector<std::string>(n_gold, "g"), {}};
    for (const std::vector<std::size_t>& gold : found) {
        const auto rank = static_cast<std::int64_t>(out.found.size()) + 1;
        out.found.push_back({0, {{std::string(kLexicalLeg), rank, 0}}, gold});
    }
    frozen.questions[id] = out;
    questions.push_back(question);
}

FrozenRetrieval empty_one() {
    FrozenRetrieval frozen;
    frozen.passages = {{"p", "", "Text.", "f"}};
    frozen.rules = {{"top", "2"}};
    return frozen;
}

TEST(RetrievalQuality, FiguresByHand) {
    FrozenRetrieval frozen = empty_one();
    std::vector<Question> questions;
    add(frozen, questions, "first", 1, {{0}, {}});
    add(frozen, questions, "third", 2, {{}, {}, {1}, {}, {}, {0}});
    add(frozen, questions, "never", 1, {{}, {}});
    add(frozen, questions, "no gold", 0, {{}});
    const RetrievalReport report = report_of(frozen, questions);
    ASSERT_EQ(report.legs.size(), 1U);
    const LegQuality& leg = report.legs[0];
    EXPECT_EQ(report.n_gold, 3);
    EXPECT_EQ(report.n_hit, 1);  // among the first two
    EXPECT_THAT(*leg.hit_at_1.value, DoubleNear(1.0 / 3, 1e-12));
    EXPECT_THAT(*leg.hit_at_4.value, DoubleNear(2.0 / 3, 1e-12));
    EXPECT_THAT(*leg.hit_at_10.value, DoubleNear(2.0 / 3, 1e-12));
    EXPECT_THAT(*leg.mrr.value, DoubleNear((1 + 1.0 / 3) / 3, 1e-12));
    EXPECT_THAT(*leg.recall_at_4.value, DoubleNear((1 + 0.5) / 3, 1e-12));
    EXPECT_THAT(*leg.recall_at_10.value, DoubleNear((1 + 1.0) / 3, 1e-12));
    // Wilson, 2 of 3: (statsmodels.stats.proportion.proportion_confint)
    EXPECT_THAT(*leg.hit_at_4.low, DoubleNear(0.2076596, 1e-6));
    EXPECT_THAT(*leg.hit_at_4.high, DoubleNear(0.9385081, 1e-6));
    const HitsAndMisses split = hits_and_misses(frozen, questions);
    EXPECT_THAT(split.hits, ElementsAre("first"));
    EXPECT_THAT(split.misses, ElementsAre("never", "third"));
}

TEST(RetrievalQuality, WithoutGoldNothingIsMeasured) {
    FrozenRetrieval frozen = empty_one();
    std::vector<Question> questions;
    add(frozen, questions, "q", 0, {{}});
    const RetrievalReport report = report_of(frozen, questions);
    EXPECT_TRUE(report.legs.empty());
    EXPECT_EQ(report.n_gold, 0);
    EXPECT_TRUE(hits_and_misses(frozen, questions).hits.empty());
}

TEST(RetrievalQuality, LeakageCountsContextsThatHoldTheAnswer) {
    FrozenRetrieval frozen = empty_one();
    std::vector<Question> questions;
    for (const char* id : {"leaks", "by another", "does not", "nothing expected", "no contexts"}) {
        add(frozen, questions, id, 0, {});
    }
    questions[0].contexts = {"Other.", "The mass is 1.4 Solar masses."};
    questions[0].expected = "1.4 solar masses";
    questions[1].contexts = {"It was in Rome"};
    questions[1].expected = "Roma";
    questions[1].alternatives = {"Rome"};
    questions[2].contexts = {"It was Parisian"};
    questions[2].expected = "Paris";
    questions[3].contexts = {"anything"};
    questions[4].expected = "Paris";
    const RetrievalReport report = report_of(frozen, questions);
    EXPECT_EQ(report.n_expected, 4);
    EXPECT_EQ(report.n_leaked, 2);
    EXPECT_EQ(report.n_without, 1);
    EXPECT_THAT(report.mean_words, DoubleNear((1 + 6 + 4 + 3 + 1) / 5.0, 1e-12));
}

TEST(RetrievalQuality, ACorpusThatContainsTheQuestionsIsSeen) {
    FrozenRetrieval frozen = empty_one();
    std::vector<Question> questions;
    add(frozen, questions, "in", 0, {});
    add(frozen, questions, "short", 0, {});
    questions[0].text = "Why does a white dwarf shrink?";
    questions[0].contexts = {"Q: why does a White Dwarf shrink? A: because"};
    questions[1].text = "Why so?";
    questions[1].contexts = {"Why so?"};
    EXPECT_EQ(report_of(frozen, questions).n_found_themselves, 1);
}

}  // namespace
}  // namespace assay::retrieval
