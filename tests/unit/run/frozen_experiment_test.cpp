#include "assay/run/frozen_experiment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "assay/base/result.hpp"
#include "assay/run/shown_history.hpp"
#include "temp_folder.hpp"

namespace assay::run {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Three questions, the first two of a cluster; a baseline, two variants, two judges.
FrozenExperiment example() {
    FrozenExperiment out;
    out.questions = {{"a", "shown a", "one"}, {"b", "shown b", "one"}, {"c", "shown c", ""}};
    for (const char* name : {"base", "large", "small"}) {
        FrozenVariant variant{name, {}};
        for (const char* question : {"a", "b", "c"}) {
            variant.answers[question] = std::string(name) + " on " + question;
        }
        out.variants.push_back(std::move(variant));
    }
    out.judges = {{"first", "key 1", false, false, {{"x", "A"}, {"y", "TIE"}, {"z", ""}}},
                  {"second", "key 2", true, false, {{"x", "B"}}}};
    return out;
}

std::vector<std::string> differences_after(const std::function<void(FrozenExperiment&)>& change) {
    FrozenExperiment now = example();
    change(now);
    return differences(example(), now);
}

TEST(FrozenExperiment, WhatIsTheSameHasNoDifference) {
    EXPECT_THAT(differences_after([](FrozenExperiment&) {}), IsEmpty());
    EXPECT_EQ(frozen_from_json(to_json_text(example())), example());
    EXPECT_THROW(static_cast<void>(frozen_from_json("[1]")), Error);
}

TEST(FrozenExperiment, WhatOnlyLooksDifferentIsNoDifference) {
    EXPECT_THAT(differences_after([](FrozenExperiment& now) {
                    std::reverse(now.questions.begin(), now.questions.end());
                    for (FrozenQuestion& question : now.questions) {
                        question.cluster += question.cluster.empty() ? "" : " renamed";
                    }
                    now.questions.front().cluster = "alone in it";
                    now.variants[0].name = "renamed base";
                    now.variants[2].name = "renamed small";
                }),
                IsEmpty());
}

TEST(FrozenExperiment, WhatIsAddedBehindTheRestIsAnAddition) {
    const auto add = [](FrozenExperiment& now) {
        now.questions.push_back({"d", "shown d", "one"});
        now.variants.push_back({"smaller", {{"a", "smaller on a"}}});
        now.known_bad = "smaller";
        now.judges.push_back({"third", "key 3", false, false, {}});
        now.judges[0].verdicts["z"] = "B";
        now.judges[0].verdicts["new"] = "B";
    };
    EXPECT_THAT(differences_after(add), IsEmpty());
    FrozenExperiment now = example();
    add(now);
    EXPECT_THAT(
        additions(example(), now),
        ElementsAre(
            "1 question was added", "the variant smaller was added", "the judge third was added"));
}

TEST(FrozenExperiment, EachChangeOfAQuestionIsSaid) {
    EXPECT_THAT(differences_after(
                    [](FrozenExperiment& now) { now.questions.erase(now.questions.begin()); }),
                ElementsAre("1 of 3 questions was left out (a)"));
    EXPECT_THAT(differences_after([](FrozenExperiment& now) { now.questions[1].shown = "other"; }),
                ElementsAre("the text, the expected answer or the contexts of 1 of 3 questions "
                            "were changed (b)"));
    EXPECT_THAT(differences_after([](FrozenExperiment& now) { now.questions[1].cluster = ""; }),
                ElementsAre("the clusters of 2 of 3 questions were taken away (a, b)"));
    EXPECT_THAT(differences_after([](FrozenExperiment& now) { now.questions[2].cluster = "one"; }),
                ElementsAre("the clusters of 3 of 3 questions were changed (a, b, c)"));
}

TEST(FrozenExperiment, EachChangeOfAVariantIsSaid) {
    EXPECT_THAT(differences_after([](FrozenExperiment& now) { now.variants.pop_back(); }),
                ElementsAre("the variant small was dropped"));
    EXPECT_THAT(differences_after(
                    [](FrozenExperiment& now) { std::swap(now.variants[1], now.variants[2]); }),
                ElementsAre("the order of the variants was changed (from large, small to small, "
                            "large)"));
    EXPECT_THAT(differences_after([](FrozenExperiment& now) {
                    now.variants.insert(now.variants.begin() + 1, {"new", {}});
                }),
                ElementsAre("the order of the variants was changed (from large, small to new, "
                            "large, small)"));
    EXPECT_THAT(
        differences_after([](FrozenExperiment& now) { now.variants[1].answers["b"] = "other"; }),
        ElementsAre("the answers of large were replaced (1 of 3 answers: b)"));
    EXPECT_THAT(
        differences_after([](FrozenExperiment& now) { now.variants[0].answers["b"] = "other"; }),
        ElementsAre("the answers of base were replaced (1 of 3 answers: b)"));
    EXPECT_THAT(differences_after([](FrozenExperiment& now) {
                    now.variants[0] = {"another", {{"a", "other"}}};
                }),
                ElementsAre("the baseline is another instead of base"));
    EXPECT_THAT(differences_after([](FrozenExperiment& now) { now.known_bad = "small"; }),
                ElementsAre("small was declared known-bad"));
    FrozenExperiment with_known_bad = example();
    with_known_bad.known_bad = "small";
    EXPECT_THAT(differences(with_known_bad, example()),
                ElementsAre("small is not declared known-bad any more"));
}

TEST(FrozenExperiment, EachChangeOfAPanelIsSaid) {
    EXPECT_THAT(differences_after([](FrozenExperiment& now) { now.panel = true; }),
                ElementsAre("a panel of 2 judges decides instead of first"));
    FrozenExperiment panel = example();
    panel.panel = true;
    EXPECT_EQ(frozen_from_json(to_json_text(panel)), panel);
    EXPECT_THAT(differences(panel, example()),
                ElementsAre("first decides instead of a panel of 2 judges"));
    FrozenExperiment now = panel;
    std::swap(now.judges[0], now.judges[1]);
    EXPECT_THAT(differences(panel, now), IsEmpty()) << "none of them comes first";
    now.judges.push_back({"third", "key 3", false, false, {}});
    EXPECT_THAT(differences(panel, now), ElementsAre("the judge third was added to the panel"));
    EXPECT_THAT(additions(panel, now), IsEmpty());
    now = panel;
    now.judges.erase(now.judges.begin());
    EXPECT_THAT(differences(panel, now), ElementsAre("the judge first was left out"));
}

TEST(FrozenExperiment, WithoutAPanelTheStoredTextIsWhatItWas) {
    EXPECT_EQ(to_json_text(example()).find("panel"), std::string::npos);
}

TEST(FrozenExperiment, EachChangeOfAJudgeIsSaid) {
    EXPECT_THAT(
        differences_after([](FrozenExperiment& now) { std::swap(now.judges[0], now.judges[1]); }),
        ElementsAre("another judge decides (second instead of first)"));
    EXPECT_THAT(differences_after([](FrozenExperiment& now) { now.judges[0].key = "other"; }),
                ElementsAre("judge first is another one than it was (its model, address, prompt or "
                            "settings)"));
    EXPECT_THAT(differences_after([](FrozenExperiment& now) { now.judges.pop_back(); }),
                ElementsAre("the judge second was left out"));
    EXPECT_THAT(differences_after([](FrozenExperiment& now) { now.judges[0].both_orders = true; }),
                ElementsAre("first judges each pair in both orders, and not in one only"));
    EXPECT_THAT(
        differences_after([](FrozenExperiment& now) { now.judges[0].verdicts["x"] = "B"; }),
        ElementsAre("1 of 2 verdicts of first was replaced: they were asked again (--rejudge)"));
    EXPECT_THAT(differences_after([](FrozenExperiment& now) { now.judges[1].verdicts["x"] = ""; }),
                ElementsAre("1 of 1 verdict of second was replaced: others were imported "
                            "(--replace)"));
}

/// What a run showed of `experiment`.
ShownEntry shown(const FrozenExperiment& experiment, const std::string& rules = "margin 0.1") {
    ShownEntry out{experiment, rules, {}};
    out.shown.decisions = {{"first", "large", DecisionLabel::kDegraded, true, -0.25, 3}};
    return out;
}

FrozenExperiment with_fewer_questions() {
    FrozenExperiment out = example();
    out.questions.pop_back();
    return out;
}

TEST(ShownHistory, AReasonStaysUntilAllIsAsItWas) {
    ShownHistory history;
    EXPECT_THAT(exploratory_reasons(history, example()), IsEmpty());
    EXPECT_TRUE(append_if_new(history, shown(example())));
    EXPECT_FALSE(append_if_new(history, shown(example()))) << "the same again";
    const std::string left_out = "1 of 3 questions was left out (c)";
    EXPECT_THAT(exploratory_reasons(history, with_fewer_questions()), ElementsAre(left_out));
    EXPECT_TRUE(append_if_new(history, shown(with_fewer_questions())));
    EXPECT_THAT(history.back().shown.reasons, ElementsAre(left_out));
    EXPECT_THAT(history.back().shown.changes, ElementsAre(left_out));
    EXPECT_THAT(exploratory_reasons(history, with_fewer_questions()), ElementsAre(left_out))
        << "as before it was shown";
    EXPECT_THAT(exploratory_reasons(history, example()), IsEmpty());
    FrozenExperiment extended = example();
    extended.judges.push_back({"third", "key 3", false, false, {}});
    EXPECT_THAT(exploratory_reasons(history, extended), ElementsAre(left_out));
}

TEST(ShownHistory, EveryExtensionThatWasShownIsFrozenToo) {
    FrozenExperiment extended = example();
    extended.variants.push_back({"bad", {{"a", "bad on a"}}});
    FrozenExperiment without = example();
    without.variants.push_back({"other", {{"a", "other on a"}}});
    ShownHistory history;
    EXPECT_TRUE(append_if_new(history, shown(example())));
    EXPECT_TRUE(append_if_new(history, shown(extended)));
    EXPECT_THAT(history.back().shown.reasons, IsEmpty());
    EXPECT_THAT(history.back().shown.changes, ElementsAre("the variant bad was added"));
    EXPECT_THAT(exploratory_reasons(history, without), ElementsAre("the variant bad was dropped"));
    EXPECT_TRUE(append_if_new(history, shown(example()))) << "back to the first";
    EXPECT_THAT(history.back().shown.reasons, IsEmpty());
    EXPECT_THAT(exploratory_reasons(history, without), ElementsAre("the variant bad was dropped"));
}

TEST(ShownHistory, WhatAnEarlierVersionLeftOpenIsFilled) {
    ShownHistory history;
    EXPECT_TRUE(append_if_new(history, {example(), "", {}}));
    EXPECT_TRUE(append_if_new(history, shown(example())));
    ASSERT_EQ(history.size(), 1U);
    EXPECT_EQ(history[0].shown.decisions.size(), 1U);
    EXPECT_TRUE(append_if_new(history, shown(example(), "margin 0.2")));
    ASSERT_EQ(history.size(), 2U);
    EXPECT_THAT(history[1].shown.changes, ElementsAre("margin 0.2 took the place of margin 0.1"));
}

TEST(ShownHistory, IsKeptInTheStore) {
    const test::TempFolder folder;
    const auto store = store::Store::open(folder.path());
    EXPECT_FALSE(has_history(*store));
    ShownHistory history;
    static_cast<void>(append_if_new(history, shown(example())));
    static_cast<void>(append_if_new(history, shown(with_fewer_questions())));
    save_history(*store, history);
    EXPECT_TRUE(has_history(*store));
    const ShownHistory back = load_history(*store);
    ASSERT_EQ(back.size(), 2U);
    EXPECT_EQ(back[0].experiment, example());
    EXPECT_EQ(back[0].rules, "margin 0.1");
    ASSERT_EQ(back[0].shown.decisions.size(), 1U);
    EXPECT_EQ(back[0].shown.decisions[0].label, DecisionLabel::kDegraded);
    EXPECT_EQ(back[0].shown.decisions[0].net, -0.25);
    EXPECT_EQ(back[1].shown.reasons, history[1].shown.reasons);
    EXPECT_EQ(back[1].shown.changes, history[1].shown.changes);
    store->put_note("decisions shown", "[{}]");
    EXPECT_THROW(static_cast<void>(load_history(*store)), Error);
}

}  // namespace
}  // namespace assay::run
