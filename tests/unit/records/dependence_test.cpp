#include "assay/records/dependence.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <vector>

namespace assay {
namespace {

std::vector<Outcome> outcomes_of(std::initializer_list<const char*> questions) {
    std::vector<Outcome> out;
    for (const char* question : questions) {
        out.emplace_back().question_id = question;
    }
    return out;
}

using Numbers = std::vector<std::uint32_t>;

TEST(Dependence, NumbersQuestionsInTheOrderInWhichTheyCome) {
    const auto outcomes = outcomes_of({"d", "c", "d", "a"});
    const Dependence d(outcomes);
    EXPECT_EQ(d.question, (Numbers{0, 1, 0, 2}));
    EXPECT_EQ(d.cluster, d.question) << "without clusters a question is its own";
    EXPECT_EQ(d.n_questions, 3u);
    EXPECT_EQ(d.n_clusters, 3u);
}

TEST(Dependence, OfAClusterBindsItsQuestions) {
    auto outcomes = outcomes_of({"q0", "q1", "q2", "q3", "q4"});
    outcomes[1].cluster = outcomes[4].cluster = "paper";
    outcomes[3].cluster = outcomes[0].question_id;
    const Dependence d(outcomes);
    EXPECT_EQ(d.cluster, (Numbers{0, 1, 2, 3, 1}))
        << "a cluster and a question of one name are apart";
    EXPECT_EQ(d.n_clusters, 4u);
    EXPECT_EQ(d.n_questions, 5u);
}

TEST(Dependence, OfManyQuestionsIsRight) {
    std::vector<Outcome> outcomes(20'000);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        outcomes[i].question_id = "q" + std::to_string(i * 7919 % 10'000);
    }
    const Dependence d(outcomes);
    EXPECT_EQ(d.n_questions, 10'000u);
    for (std::size_t i = 0; i < 10'000; ++i) {
        ASSERT_EQ(d.question[i], i);
        ASSERT_EQ(d.question[i + 10'000], i);
    }
}

TEST(Dependence, OfNothingIsEmpty) {
    const Dependence d(std::span<const Outcome>{});
    EXPECT_EQ(d.n_questions, 0u);
    EXPECT_EQ(d.n_clusters, 0u);
}

}  // namespace
}  // namespace assay
