#include "assay/judge/labels.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

namespace assay::judge {
namespace {

Result<Labels> chosen(const std::map<std::string, std::int32_t>& vocabulary) {
    return choose_labels([&](const std::string& text) -> std::optional<std::int32_t> {
        const auto found = vocabulary.find(text);
        return found == vocabulary.end() ? std::nullopt : std::optional(found->second);
    });
}

const Labels kOneForm{{"A", {10}}, {"B", {11}}, {"C", {12}}};

Verdict read(const std::vector<double>& probabilities, const Labels& labels = kOneForm) {
    std::vector<double> logs;
    for (const double p : probabilities) {
        logs.push_back(std::log(p));
    }
    return label_verdict(labels, logs);
}

TEST(Labels, AreTakenAsTheyStandAndBehindASpace) {
    const auto labels = chosen({{"A", 1}, {" A", 2}, {"B", 3}, {"C", 5}, {" C", 6}});
    ASSERT_TRUE(labels);
    EXPECT_EQ(labels->tokens(), (std::vector<std::int32_t>{1, 2, 3, 5, 6}));
    EXPECT_EQ(labels->tie.word, "C");
}

TEST(Labels, HaveTheFirstTieWordThatIsOneTokenAndNoOthers) {
    EXPECT_EQ(chosen({{"A", 1}, {"B", 2}, {"T", 3}, {"Tie", 4}})->tie.word, "T");
    EXPECT_EQ(chosen({{"A", 1}, {"B", 2}, {"C", 2}, {"T", 1}, {" T", 9}, {"Tie", 4}})->tie.word,
              "Tie");
    EXPECT_EQ(chosen({{"A", 1}, {"B", 2}, {"=", 3}})->tie.word, "=");
}

TEST(Labels, ThatAVocabularyLacksAreAFailureWithAWayOut) {
    EXPECT_FALSE(chosen({{"A", 1}, {"C", 3}}));
    EXPECT_FALSE(chosen({{"A", 1}, {"B", 1}, {"C", 3}}));
    const auto none = chosen({{"A", 1}, {"B", 2}});
    ASSERT_FALSE(none);
    EXPECT_NE(to_sentence(none.error()).find("C, T, Tie, Equal, ="), std::string::npos);
    EXPECT_NE(to_sentence(none.error()).find("reasoning: true"), std::string::npos);
}

TEST(LabelVerdict, IsTheLikeliestLabelWithConfidenceFromItsShare) {
    EXPECT_EQ(read({0.5, 0.2, 0.1}).state, VerdictState::kA);
    EXPECT_EQ(read({0.2, 0.5, 0.1}).state, VerdictState::kB);
    EXPECT_EQ(read({0.2, 0.1, 0.5}).state, VerdictState::kTie);
    EXPECT_EQ(read({0.46, 0.02, 0.02}).confidence, Confidence::kHigh);
    EXPECT_EQ(read({0.44, 0.03, 0.03}).confidence, Confidence::kMedium);
    EXPECT_EQ(read({0.5, 0.25, 0.25}).confidence, Confidence::kLow);
}

TEST(LabelVerdict, BetweenEquallyLikelySidesIsATie) {
    EXPECT_EQ(read({0.4, 0.4, 0.1}).state, VerdictState::kTie);
    EXPECT_EQ(read({0.1, 0.4, 0.4}).state, VerdictState::kTie);
    EXPECT_EQ(read({0.1, 0.1, 0.05}).state, VerdictState::kTie);
}

TEST(LabelVerdict, AddsUpTheFormsOfALabel) {
    const Labels forms{{"A", {1, 2}}, {"B", {3}}, {"C", {4, 5}}};
    const Verdict verdict = read({0.2, 0.25, 0.4, 0.05, 0.05}, forms);
    EXPECT_EQ(verdict.state, VerdictState::kA);
    EXPECT_NEAR(
        nlohmann::json::parse(verdict.raw)["probabilities"]["A"].get<double>(), 0.45, 1e-12);
}

TEST(LabelVerdict, SaysAllInTheRawReply) {
    const Verdict verdict = read({0.5, 0.2, 0.1});
    const auto raw = nlohmann::json::parse(verdict.raw);
    EXPECT_EQ(raw["verdict"], "A");
    EXPECT_EQ(raw["confidence"], "medium");
    EXPECT_NEAR(raw["probabilities"]["B"].get<double>(), 0.2, 1e-12);
    EXPECT_NEAR(raw["probabilities"]["TIE"].get<double>(), 0.1, 1e-12);
    EXPECT_NEAR(raw["outside_labels"].get<double>(), 0.2, 1e-12);
    EXPECT_EQ(verdict.reasoning, "A 0.500, B 0.200, tie (C) 0.100; 0.200 is on other words");
}

TEST(LabelVerdict, IsInvalidWhereTheLabelsHaveHardlyAnyProbability) {
    EXPECT_NE(read({kLeastMass, 0.001, 0.001}).state, VerdictState::kInvalid);
    const Verdict verdict = read({kLeastMass * 0.9, 1e-9, 1e-9});
    EXPECT_EQ(verdict.state, VerdictState::kInvalid);
    EXPECT_EQ(verdict.confidence, Confidence::kNone);
    EXPECT_NE(verdict.failure.find("did not answer what was asked"), std::string::npos);
    EXPECT_TRUE(nlohmann::json::parse(verdict.raw)["verdict"].is_null());
}

}  // namespace
}  // namespace assay::judge
