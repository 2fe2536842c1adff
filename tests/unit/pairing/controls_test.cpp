#include "assay/pairing/controls.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <set>

#include "assay/records/names.hpp"

namespace assay::pairing {
namespace {

/// `n` questions, each with an answer of its own by the baseline and two variants.
std::vector<ControlQuestion> questions_of(int n) {
    std::vector<ControlQuestion> out;
    for (int i = 0; i < n; ++i) {
        const std::string q = std::to_string(i);
        out.push_back({"q" + q,
                       "What is " + q + "?",
                       {{"b" + q, "The text b" + q + " is about 7 things in the Alps of Italy."},
                        {"v" + q, "text v" + q},
                        {"w" + q, "text w" + q}}});
    }
    return out;
}

const std::vector<ControlStream> kStreams{{"v", 0, 10}, {"w", 0, 10}};

std::vector<Control> of_kind(const std::vector<Control>& controls, ControlKind kind) {
    std::vector<Control> out;
    for (const Control& control : controls) {
        if (control.kind == kind) {
            out.push_back(control);
        }
    }
    return out;
}

TEST(DrawControls, MakesAsManyOfEachKindAsWantedEachWithAnIdOfItsOwn) {
    const auto drawn = draw_controls({questions_of(154), kStreams, {}, {}, {154, 154}, 1});
    EXPECT_EQ(of_kind(drawn, ControlKind::kIdentical).size(), 154u);
    EXPECT_EQ(of_kind(drawn, ControlKind::kSwapped).size(), 154u);
    std::set<std::string> ids, questions;
    for (const Control& control : drawn) {
        ids.insert(control.id);
        if (control.kind == ControlKind::kSwapped) {
            questions.insert(control.question_id);
        }
        EXPECT_GE(control.place, 0);
        EXPECT_LT(control.place, 10);
    }
    EXPECT_EQ(of_kind(drawn, ControlKind::kReformatted).size(), 154u);
    EXPECT_EQ(of_kind(drawn, ControlKind::kDamaged).size(), 154u);
    EXPECT_EQ(of_kind(drawn, ControlKind::kPadded).size(), 154u);
    EXPECT_EQ(ids.size(), 770u);
    EXPECT_EQ(questions.size(), 154u);  // every question once
}

TEST(DrawControls, AnIdenticalPairShowsOneAnswerTwiceAndASwappedOneAnAnswerToAnotherQuestion) {
    const auto questions = questions_of(30);
    std::map<std::string, std::string> question_of_key;
    for (const auto& question : questions) {
        for (const auto& answer : question.answers) {
            question_of_key[answer.key] = question.question_id;
        }
    }
    for (const Control& control : draw_controls({questions, kStreams, {}, {}, {30, 30}, 7})) {
        EXPECT_EQ(question_of_key[control.honest_answer_key], control.question_id);
        if (control.kind != ControlKind::kSwapped) {
            EXPECT_EQ(control.honest_answer_key, control.other_answer_key);
        } else {
            EXPECT_NE(question_of_key[control.other_answer_key], control.question_id);
            EXPECT_EQ(control.honest_answer_key[0],
                      'b');  // the baseline's: a broken variant would make the judge look blind
        }
    }
}

TEST(DrawControls, ASmallSetUsesItsQuestionsAgainWithOtherPartners) {
    const auto drawn = draw_controls({questions_of(4), kStreams, {}, {}, {20, 25}, 1});
    const auto swapped = of_kind(drawn, ControlKind::kSwapped);
    ASSERT_EQ(swapped.size(), 20u);
    ASSERT_EQ(of_kind(drawn, ControlKind::kIdentical).size(), 20u);
    std::set<std::pair<std::string, std::string>> pairs;
    for (const Control& control : swapped) {
        pairs.emplace(control.honest_answer_key, control.other_answer_key);
    }
    EXPECT_EQ(pairs.size(), 20u);  // 4 questions with 3 partners of 3 variants are 36 pairs
}

TEST(DrawControls, AnEmptyAnswerIsNoControlAndEqualTextsAreNotSwapped) {
    auto questions = questions_of(3);
    for (auto& answer : questions[0].answers) {
        answer = {answer.key, ""};
    }
    for (auto& answer : questions[1].answers) {
        answer.text = "same";
    }
    questions[2].answers[0].text = "same";
    for (const Control& control : draw_controls({questions, kStreams, {}, {}, {20, 25}, 1})) {
        EXPECT_NE(control.question_id, "q0");
        if (control.kind != ControlKind::kSwapped) {
            continue;
        }
        EXPECT_NE(control.other_answer_key, "b2");
        EXPECT_NE(control.other_answer_key[1], '0');
    }
}

TEST(DrawControls, OneQuestionCannotBeSwappedAndNoStreamMeansNoControls) {
    const auto drawn = draw_controls({questions_of(1), kStreams, {}, {}, {20, 25}, 1});
    EXPECT_EQ(of_kind(drawn, ControlKind::kSwapped).size(), 0u);
    EXPECT_EQ(of_kind(drawn, ControlKind::kIdentical).size(), 20u);
    EXPECT_TRUE(draw_controls({questions_of(5), {}, {}, {}, {20, 25}, 1}).empty());
    EXPECT_TRUE(draw_controls({{}, kStreams, {}, {}, {20, 25}, 1}).empty());
}

TEST(DrawControls, EachDamageThatCanBeDoneComesInTurnToTheBaselinesAnswers) {
    const auto questions = questions_of(30);
    std::map<Damage, int> n;
    for (const Control& control : of_kind(draw_controls({questions, kStreams, {}, {}, {20, 25}, 3}),
                                          ControlKind::kDamaged)) {
        ASSERT_TRUE(control.damage);
        ++n[*control.damage];
        EXPECT_EQ(control.honest_answer_key, "b" + control.question_id.substr(1));
        EXPECT_EQ(control.other_answer_key, control.honest_answer_key);
        EXPECT_FALSE(control.other_text.empty());
    }
    // One sentence of more than a few words: none of another answer is put in its place.
    EXPECT_EQ(n.size(), 4u);
    EXPECT_EQ(n.count(Damage::kSentence), 0u);
    EXPECT_GE(n[Damage::kNumber], 6);
}

TEST(DrawControls, ASetOfOneWordAnswersIsDamagedByOtherWords) {
    std::vector<ControlQuestion> questions;
    for (const std::string word : {"iron", "gold", "lead", "zinc"}) {
        questions.push_back({"q" + word, "What is it?", {{"b" + word, word}, {"v" + word, word}}});
    }
    const auto damaged = of_kind(draw_controls({questions, kStreams, {}, {}, {20, 25}, 3}),
                                 ControlKind::kDamaged);
    EXPECT_EQ(damaged.size(), 25u);
    for (const Control& control : damaged) {
        EXPECT_EQ(control.damage, Damage::kSentence);
        EXPECT_NE("q" + control.other_text, control.question_id);
    }
}

TEST(DrawControls, WhereTheBaselineSaysNothingThereIsNoDamage) {
    auto questions = questions_of(6);
    for (auto& question : questions) {
        question.answers[0].text.clear();
    }
    const auto drawn = draw_controls({questions, kStreams, {}, {}, {20, 25}, 3});
    EXPECT_TRUE(of_kind(drawn, ControlKind::kDamaged).empty());
    EXPECT_EQ(of_kind(drawn, ControlKind::kIdentical).size(), 20u);
}

TEST(DrawControls, AnExtensionGoesOnWithOtherDamagedTexts) {
    const auto questions = questions_of(40);
    const auto first = draw_controls({questions, kStreams, {}, {}, {20, 25}, 3});
    const auto more = draw_controls({questions, kStreams, first, {}, {20, 50}, 3});
    EXPECT_EQ(more.size(), 25u);
    std::set<std::string> ids;
    for (const auto* list : {&first, &more}) {
        for (const Control& control : *list) {
            EXPECT_TRUE(ids.insert(control.id).second);
        }
    }
}

TEST(Blind, ShowsTheTextThatWasDrawnInPlaceOfTheAnswers) {
    Question question;
    question.id = "q";
    Control control;
    control.kind = ControlKind::kDamaged;
    control.question_id = "q";
    control.other_text = "It has 8 legs.";
    Answer answer;
    answer.text = "It has 6 legs.";
    const BlindedPair pair = blind(question, control, answer, answer);
    EXPECT_EQ(pair.answer_a, "It has 8 legs.");
    EXPECT_EQ(pair.answer_b, "It has 6 legs.");
}

TEST(Blind, ShowsATruncatedAnswerBesideTheWholeOne) {
    Question question;
    question.id = "q";
    Control control;
    control.kind = ControlKind::kTruncated;
    control.question_id = "q";
    control.honest_is_a = true;
    Answer answer;
    answer.text = "one two three four five six seven";
    const BlindedPair pair = blind(question, control, answer, answer);
    EXPECT_EQ(pair.answer_a, answer.text);
    EXPECT_EQ(pair.answer_b, "one two three");
}

TEST(DrawControls, SidesAreBalancedAndTheVariantsTakeTurns) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        std::map<std::string, int> lean, n;
        for (const Control& control :
             draw_controls({questions_of(25), kStreams, {}, {}, {25, 25}, seed})) {
            lean[std::string(name_of(control.kind))] += control.honest_is_a ? 1 : -1;
            ++n[control.variant];
        }
        EXPECT_LE(std::abs(lean["swapped"]), 1);
        EXPECT_LE(std::abs(lean["identical"]), 1);
        EXPECT_LE(std::abs(lean["damaged"]), 1);
        EXPECT_LE(std::abs(n["v"] - n["w"]), 5) << "one of each kind";
    }
}

TEST(DrawControls, AnExtensionAddsWhatIsMissingAndDoesNotDependOnTheOrderOfTheInput) {
    auto questions = questions_of(40);
    const auto first = draw_controls({questions, kStreams, {}, {}, {20, 20}, 3});
    EXPECT_TRUE(draw_controls({questions, kStreams, first, {}, {20, 20}, 3}).empty());
    const auto more = draw_controls({questions, kStreams, first, {}, {40, 40}, 3});
    EXPECT_EQ(more.size(), 100u);
    std::set<std::string> ids;
    for (const Control& control : first) {
        ids.insert(control.id);
    }
    for (const Control& control : more) {
        EXPECT_TRUE(ids.insert(control.id).second);
    }
    std::reverse(questions.begin(), questions.end());
    const auto again = draw_controls({questions, kStreams, {}, {}, {20, 20}, 3});
    ASSERT_EQ(again.size(), first.size());
    for (std::size_t i = 0; i < first.size(); ++i) {
        EXPECT_EQ(again[i].id, first[i].id);
    }
}

TEST(BlindControl, ShowsTheHonestAnswerOnItsSideAndNoName) {
    Question question;
    question.id = "q1";
    question.text = "why?";
    question.expected = "so";
    Control control;
    control.id = "k";
    control.question_id = "q1";
    control.variant = "Q2_K";
    Answer honest, other;
    honest.text = "honest";
    other.text = "other";
    const BlindedPair pair = blind(question, control, honest, other);
    EXPECT_EQ(pair.item_id, "k");
    EXPECT_EQ(pair.answer_a, "other");
    EXPECT_EQ(pair.answer_b, "honest");
    control.honest_is_a = true;
    EXPECT_EQ(blind(question, control, honest, other).answer_a, "honest");
}

TEST(DrawControls, ThoseOfAnExtensionAreAsManyAndTakeNoRankAgain) {
    const auto questions = questions_of(30);
    const auto first = draw_controls({questions, kStreams, {}, {}, {20, 25}, 3});
    const auto fresh = draw_controls({questions, kStreams, {}, first, {20, 25}, 3});
    EXPECT_EQ(fresh.size(), first.size());
    std::set<std::string> ids;
    std::set<std::pair<ControlKind, std::int64_t>> ranks;
    for (const auto* drawn : {&first, &fresh}) {
        for (const Control& control : *drawn) {
            ids.insert(control.id);
            ranks.emplace(control.kind, control.rank);
        }
    }
    EXPECT_EQ(ids.size(), first.size() + fresh.size());
    EXPECT_EQ(ranks.size(), first.size() + fresh.size());
    EXPECT_TRUE(draw_controls({questions, kStreams, fresh, first, {20, 25}, 3}).empty());
}

}  // namespace
}  // namespace assay::pairing
