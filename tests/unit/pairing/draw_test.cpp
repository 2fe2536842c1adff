#include "assay/pairing/draw.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

namespace assay::pairing {
namespace {

Answer answer(std::string text, StopReason stop_reason = StopReason::kStop) {
    Answer a;
    a.text = std::move(text);
    a.stop_reason = stop_reason;
    return a;
}

Question question(std::string id, std::optional<std::string> cluster = std::nullopt) {
    Question q;
    q.id = std::move(id);
    q.cluster = std::move(cluster);
    return q;
}

enum class Kind { kDiffer, kIdentical, kFailed };

PairInput pair_of(int number, Kind kind) {
    PairInput pair;
    pair.question_id = "q" + std::to_string(number);
    pair.baseline_answer_key = "b" + std::to_string(number);
    pair.variant_answer_key = "v" + std::to_string(number);
    pair.answers_sha256 = answers_sha256(pair.question_id, "text");
    pair.identical = kind == Kind::kIdentical;
    pair.variant_failed = kind == Kind::kFailed;
    return pair;
}

/// Pairs with consecutive numbers from `first`, the kinds mixed.
std::vector<PairInput> pairs_of(int n_differ, int n_identical, int n_failed = 0, int first = 0) {
    std::vector<PairInput> pairs;
    const int total = n_differ + n_identical + n_failed;
    for (int i = 0; static_cast<int>(pairs.size()) < total; ++i) {
        if (i < n_differ) {
            pairs.push_back(pair_of(first++, Kind::kDiffer));
        }
        if (i < n_identical) {
            pairs.push_back(pair_of(first++, Kind::kIdentical));
        }
        if (i < n_failed) {
            pairs.push_back(pair_of(first++, Kind::kFailed));
        }
    }
    return pairs;
}

template <class Filter>
int lean(const std::vector<Comparison>& comparisons, Filter filter) {
    int result = 0;
    for (const Comparison& c : comparisons) {
        if (filter(c)) {
            result += c.variant_is_a ? 1 : -1;
        }
    }
    return result;
}

bool any(const Comparison&) {
    return true;
}
bool needs_call(const Comparison& c) {
    return !c.identical && !c.variant_failed;
}
bool needs_none(const Comparison& c) {
    return !needs_call(c);
}

std::string sides(const std::vector<Comparison>& comparisons) {
    std::string text;
    for (const Comparison& c : comparisons) {
        text += c.variant_is_a ? 'A' : 'B';
    }
    return text;
}

std::vector<std::string> ids(const std::vector<Comparison>& comparisons) {
    std::vector<std::string> result;
    for (const Comparison& c : comparisons) {
        result.push_back(c.id);
    }
    return result;
}

TEST(MakePairInput, DescribesTwoAnswers) {
    const Answer baseline = answer("yes"), variant = answer("no");
    const auto pair = make_pair_input(question("q"), {"kb", &baseline}, {"kv", &variant});
    ASSERT_TRUE(pair);
    EXPECT_EQ(pair->question_id, "q");
    EXPECT_EQ(pair->baseline_answer_key, "kb");
    EXPECT_EQ(pair->variant_answer_key, "kv");
    EXPECT_EQ(pair->answers_sha256, answers_sha256("yes", "no"));
    EXPECT_FALSE(pair->identical);
    EXPECT_FALSE(pair->variant_failed);
}

TEST(MakePairInput, ByteIdenticalTextsAreIdenticalWhateverStoppedThem) {
    const Answer baseline = answer("same", StopReason::kLength), variant = answer("same");
    EXPECT_TRUE(make_pair_input(question("q"), {"kb", &baseline}, {"kv", &variant})->identical);
    const Answer space = answer("same ");
    EXPECT_FALSE(make_pair_input(question("q"), {"kb", &baseline}, {"kv", &space})->identical);
    const Answer empty = answer("");
    EXPECT_TRUE(make_pair_input(question("q"), {"kb", &empty}, {"kv", &empty})->identical);
}

TEST(MakePairInput, WithoutABaselineAnswerThereIsNoPair) {
    const Answer good = answer("x"), failed = answer("", StopReason::kFailed);
    EXPECT_FALSE(make_pair_input(question("q"), {"kb", nullptr}, {"kv", &good}));
    EXPECT_FALSE(make_pair_input(question("q"), {"kb", &failed}, {"kv", &good}));
    EXPECT_FALSE(make_pair_input(question("q"), {"kb", &failed}, {"kv", &failed}));
}

TEST(MakePairInput, AVariantThatFailedAloneIsAPairAndOneNotYetAskedIsNone) {
    const Answer good = answer(""), failed = answer("", StopReason::kFailed);
    const auto pair = make_pair_input(question("q"), {"kb", &good}, {"kv", &failed});
    ASSERT_TRUE(pair);
    EXPECT_TRUE(pair->variant_failed);
    EXPECT_FALSE(pair->identical);  // although both texts are empty
    EXPECT_FALSE(make_pair_input(question("q"), {"kb", &good}, {"kv", nullptr}));
}

TEST(ComparisonId, DependsOnEachOfTheThree) {
    const std::set<std::string> all{comparison_id("q", "b", "v"),
                                    comparison_id("q2", "b", "v"),
                                    comparison_id("q", "b2", "v"),
                                    comparison_id("q", "b", "v2"),
                                    comparison_id("qb", "", "v"),
                                    comparison_id("q", "v", "b")};
    EXPECT_EQ(all.size(), 6u);
    EXPECT_EQ(comparison_id("q", "b", "v"), comparison_id("q", "b", "v"));
}

TEST(AnswersSha256, IsOfTheTextsAsTheyAreShown) {
    EXPECT_EQ(answers_sha256("a\xFF", "b"), answers_sha256("a\uFFFD", "b"));
    EXPECT_NE(answers_sha256("a", "b"), answers_sha256("b", "a"));
}

TEST(DrawComparisons, FillsEveryField) {
    const auto drawn = draw_comparisons(std::vector{pair_of(3, Kind::kDiffer)}, {}, "Q8_0", 1);
    ASSERT_EQ(drawn.size(), 1u);
    EXPECT_EQ(drawn[0].id, comparison_id("q3", "b3", "v3"));
    EXPECT_EQ(drawn[0].question_id, "q3");
    EXPECT_EQ(drawn[0].variant, "Q8_0");
    EXPECT_EQ(drawn[0].baseline_answer_key, "b3");
    EXPECT_EQ(drawn[0].variant_answer_key, "v3");
    EXPECT_EQ(drawn[0].answers_sha256, answers_sha256("q3", "text"));
    EXPECT_EQ(drawn[0].order_index, 0);
}

/// n_samples pairs of each of n questions, from sample `first` on; those of every fifth question
/// are the same but for the last.
std::vector<PairInput> samples_of(int n, int n_samples, int first = 0) {
    std::vector<PairInput> pairs;
    for (int q = 0; q < n; ++q) {
        for (int s = first; s < first + n_samples; ++s) {
            PairInput pair = pair_of(q * 100 + s,
                                     q % 5 == 0 && s < 2 ? Kind::kIdentical : Kind::kDiffer);
            pair.question_id = "q" + std::to_string(q);
            pair.sample = s;
            pairs.push_back(pair);
        }
    }
    return pairs;
}

int lean_of(const std::vector<Comparison>& comparisons, const std::string& question) {
    int lean = 0;
    for (const Comparison& c : comparisons) {
        if ((question.empty() || c.question_id == question) && !c.identical) {
            lean += c.variant_is_a ? 1 : -1;
        }
    }
    return lean;
}

TEST(DrawComparisons, OfSamplesAreBalancedOverEachQuestionAndInAll) {
    for (const int n_samples : {2, 3, 4, 5, 8}) {
        for (std::uint64_t seed = 1; seed <= 50; ++seed) {
            const auto drawn = draw_comparisons(samples_of(30, n_samples), {}, "v", seed);
            ASSERT_LE(std::abs(lean_of(drawn, "")), 1) << n_samples << " samples, seed " << seed;
            for (int q = 0; q < 30; ++q) {
                ASSERT_LE(std::abs(lean_of(drawn, "q" + std::to_string(q))), 1);
            }
        }
    }
}

TEST(DrawComparisons, OfSamplesComeInWavesOverAllQuestions) {
    const auto drawn = draw_comparisons(samples_of(20, 3), {}, "v", 7);
    ASSERT_EQ(drawn.size(), 60U);
    for (std::size_t wave = 0; wave < 3; ++wave) {
        std::set<std::string> seen;
        for (std::size_t i = 0; i < 20; ++i) {
            seen.insert(drawn[wave * 20 + i].question_id);
        }
        EXPECT_EQ(seen.size(), 20U) << "wave " << wave;
    }
}

TEST(DrawComparisons, FurtherSamplesGoOnWithTheRarerSide) {
    std::vector<Comparison> all = draw_comparisons(samples_of(40, 3), {}, "v", 3);
    const auto more = draw_comparisons(samples_of(40, 3, 3), all, "v", 3);
    EXPECT_EQ(more.size(), 120U);
    all.insert(all.end(), more.begin(), more.end());
    for (int q = 0; q < 40; ++q) {
        EXPECT_LE(std::abs(lean_of(all, "q" + std::to_string(q))), 1) << q;
    }
    EXPECT_LE(std::abs(lean_of(all, "")), 8) << "of the questions with an odd number";
}

TEST(DrawComparisons, OfNothingIsNothing) {
    EXPECT_TRUE(draw_comparisons({}, {}, "v", 1).empty());
}

// Sides and orders that users have stored were drawn so; a change here changes their extensions.
TEST(DrawComparisons, FirstDrawsNeverChange) {
    const auto drawn = draw_comparisons(pairs_of(8, 2), {}, "Q4_K_M", 1);
    std::string order;
    for (const Comparison& c : drawn) {
        order += c.question_id + " ";
    }
    EXPECT_EQ(order, "q8 q2 q5 q0 q6 q4 q3 q7 q1 q9 ");
    EXPECT_EQ(sides(drawn), "BAABAAABBB");
}

TEST(DrawComparisons, BalancesEverySplitToWithinOne) {
    for (const std::uint64_t seed : {1u, 2u, 3u, 4u}) {
        for (int n_differ = 0; n_differ <= 40; ++n_differ) {
            for (int n_identical = 0; n_identical <= 40; ++n_identical) {
                const auto drawn = draw_comparisons(pairs_of(n_differ, n_identical), {}, "v", seed);
                ASSERT_EQ(drawn.size(), static_cast<std::size_t>(n_differ + n_identical));
                ASSERT_LE(std::abs(lean(drawn, any)), 1)
                    << n_differ << " " << n_identical << " " << seed;
                ASSERT_LE(std::abs(lean(drawn, needs_call)), 1)
                    << n_differ << " " << n_identical << " " << seed;
                ASSERT_LE(std::abs(lean(drawn, needs_none)), 1)
                    << n_differ << " " << n_identical << " " << seed;
            }
        }
    }
}

TEST(DrawComparisons, Shows77Of154FirstWhateverTheSplit) {
    for (int n_identical = 0; n_identical <= 154; ++n_identical) {
        for (const int n_failed : {0, 1, 5}) {
            const int n_differ = 154 - n_identical - n_failed;
            if (n_differ < 0) {
                continue;
            }
            const auto drawn = draw_comparisons(
                pairs_of(n_differ, n_identical, n_failed), {}, "v", 9);
            ASSERT_EQ(lean(drawn, any), 0) << n_identical << " " << n_failed;
        }
    }
}

TEST(DrawComparisons, ExtensionsKeepTheBalanceAndChangeNothing) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        std::vector<PairInput> pairs;
        std::vector<Comparison> drawn;
        int next = 0;
        for (int step = 0; step < 12; ++step) {
            const int n_differ = static_cast<int>(
                (seed * 7 + static_cast<std::uint64_t>(step) * 3) % 6);
            const int n_identical = static_cast<int>((seed * 5 + static_cast<std::uint64_t>(step)) %
                                                     4);
            const int n_failed = step % 2;
            for (PairInput& p : pairs_of(n_differ, n_identical, n_failed, next)) {
                pairs.push_back(std::move(p));
            }
            next += n_differ + n_identical + n_failed;
            // Old pairs are handed in again, as a resumed run does.
            const auto more = draw_comparisons(pairs, drawn, "v", seed);
            ASSERT_EQ(more.size(), static_cast<std::size_t>(n_differ + n_identical + n_failed));
            for (const Comparison& c : more) {
                ASSERT_EQ(c.order_index, static_cast<std::int64_t>(drawn.size()));
                drawn.push_back(c);
            }
            ASSERT_LE(std::abs(lean(drawn, any)), 1) << seed << " " << step;
        }
        const auto all = ids(drawn);
        EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), pairs.size());
        EXPECT_TRUE(draw_comparisons(pairs, drawn, "v", seed).empty());
    }
}

TEST(DrawComparisons, TheOddRemainderIsTheSeedsOnlyWhereNothingLeans) {
    std::set<int> free_remainders;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        const auto first = draw_comparisons(pairs_of(3, 0), {}, "v", seed);
        free_remainders.insert(lean(first, any));
        const auto second = draw_comparisons(pairs_of(5, 0, 0, 100), first, "v", seed);
        EXPECT_EQ(lean(second, any), -lean(first, any));
        const auto split = draw_comparisons(pairs_of(3, 3), {}, "v", seed);
        EXPECT_EQ(lean(split, needs_call), -lean(split, needs_none));
    }
    EXPECT_EQ(free_remainders, (std::set<int>{-1, 1}));
}

TEST(DrawComparisons, DoesNotDependOnTheOrderOfTheInput) {
    auto pairs = pairs_of(30, 10, 3);
    const auto drawn = draw_comparisons(pairs, {}, "v", 5);
    std::reverse(pairs.begin(), pairs.end());
    const auto reversed = draw_comparisons(pairs, {}, "v", 5);
    std::rotate(pairs.begin(), pairs.begin() + 17, pairs.end());
    const auto rotated = draw_comparisons(pairs, {}, "v", 5);
    EXPECT_EQ(ids(drawn), ids(reversed));
    EXPECT_EQ(sides(drawn), sides(reversed));
    EXPECT_EQ(ids(drawn), ids(rotated));
    EXPECT_EQ(sides(drawn), sides(rotated));
}

TEST(DrawComparisons, APairThatIsHandedInTwiceIsDrawnOnce) {
    auto pairs = pairs_of(4, 0);
    pairs.push_back(pairs.front());
    EXPECT_EQ(draw_comparisons(pairs, {}, "v", 5).size(), 4u);
}

TEST(DrawComparisons, PairsThatNeedNoCallStandAnywhereInTheOrder) {
    // Any beginning of the order is then a random sample of all questions: over seeds the first
    // place is of each kind in proportion.
    int n_calls_first = 0;
    constexpr int kSeeds = 1000;
    for (int seed = 1; seed <= kSeeds; ++seed) {
        const auto drawn = draw_comparisons(
            pairs_of(10, 7, 3), {}, "v", static_cast<std::uint64_t>(seed));
        for (std::size_t i = 0; i < drawn.size(); ++i) {
            ASSERT_EQ(drawn[i].order_index, static_cast<std::int64_t>(i));
        }
        n_calls_first += needs_call(drawn[0]);
    }
    EXPECT_NEAR(n_calls_first, kSeeds / 2, 64);  // four standard errors
}

TEST(DrawComparisons, QuestionsOfAClusterStandTogetherAndClustersAreShuffled) {
    std::set<std::string> orders_of_clusters;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        std::vector<PairInput> pairs;
        for (int i = 0; i < 30; ++i) {
            pairs.push_back(pair_of(i, i % 3 == 0 ? Kind::kIdentical : Kind::kDiffer));
            if (i < 24) {
                pairs.back().cluster = "c" + std::to_string(i % 6);
            }
        }
        std::map<std::string, std::string> cluster_of;
        for (const PairInput& pair : pairs) {
            cluster_of[pair.question_id] = pair.cluster.value_or(pair.question_id);
        }
        const auto drawn = draw_comparisons(pairs, {}, "v", seed);
        std::vector<std::string> runs;
        for (const Comparison& c : drawn) {
            const std::string& cluster = cluster_of[c.question_id];
            if (runs.empty() || runs.back() != cluster) {
                runs.push_back(cluster);
            }
        }
        EXPECT_EQ(runs.size(),
                  6u + 6u);  // each cluster and each question without one is a single run
        std::string text;
        for (const std::string& run : runs) {
            text += run + " ";
        }
        orders_of_clusters.insert(text);
    }
    EXPECT_GT(orders_of_clusters.size(), 8u);
}

TEST(DrawComparisons, NoStretchOfWhatIsJudgedLeansByMoreThanHalfABlock) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        int running = 0;
        for (const char side : sides(draw_comparisons(pairs_of(101, 0), {}, "v", seed))) {
            running += side == 'A' ? 1 : -1;
            ASSERT_LE(std::abs(running), 3);
        }
    }
}

TEST(DrawComparisons, TheOrderSplitsIntoBalancedBlocksOfFourAndSix) {
    bool fours_and_sixes_mix = false;
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        const std::string text = sides(draw_comparisons(pairs_of(60, 0), {}, "v", seed));
        // reachable[i]: the first i sides are a row of whole blocks, each balanced
        std::vector<bool> reachable(text.size() + 1, false);
        reachable[0] = true;
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (!reachable[i]) {
                continue;
            }
            for (const std::size_t size : {4u, 6u, 2u}) {
                if (i + size > text.size() || (size == 2 && i + 2 != text.size())) {
                    continue;  // 2: only what is left at the end
                }
                const auto n_a = std::count(text.begin() + static_cast<long>(i),
                                            text.begin() + static_cast<long>(i + size),
                                            'A');
                if (2 * static_cast<std::size_t>(n_a) == size) {
                    reachable[i + size] = true;
                }
            }
        }
        ASSERT_TRUE(reachable.back()) << text;
        // With blocks of four alone the lean would be zero after every fourth side.
        int running = 0;
        for (std::size_t i = 0; i < text.size(); ++i) {
            running += text[i] == 'A' ? 1 : -1;
            if (i % 4 == 3 && running != 0) {
                fours_and_sixes_mix = true;
            }
        }
    }
    EXPECT_TRUE(fours_and_sixes_mix);
}

TEST(DrawComparisons, SidesAndOrderVaryWithSeedAndVariant) {
    std::set<std::string> seen_sides;
    std::set<std::vector<std::string>> seen_orders;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        const auto drawn = draw_comparisons(pairs_of(40, 0), {}, "v", seed);
        seen_sides.insert(sides(drawn));
        seen_orders.insert(ids(drawn));
    }
    seen_sides.insert(sides(draw_comparisons(pairs_of(40, 0), {}, "other", 1)));
    EXPECT_EQ(seen_sides.size(), 11u);
    EXPECT_EQ(seen_orders.size(), 10u);
}

TEST(DrawComparisons, EachPairIsShownOnEitherSideAboutEquallyOftenOverSeeds) {
    constexpr int kSeeds = 2000;
    int first_is_a = 0;
    for (int seed = 1; seed <= kSeeds; ++seed) {
        for (const Comparison& c :
             draw_comparisons(pairs_of(9, 2), {}, "v", static_cast<std::uint64_t>(seed))) {
            if (c.question_id == "q0") {
                first_is_a += c.variant_is_a ? 1 : 0;
            }
        }
    }
    EXPECT_NEAR(first_is_a, kSeeds / 2, 90);  // four standard errors of a fair coin
}

TEST(InOtherOrder, IsTheSamePairTheOtherWayRoundWithAnIdOfItsOwnAtTheSamePlace) {
    for (const Comparison& c : draw_comparisons(pairs_of(20, 3, 2), {}, "v", 5)) {
        const Comparison other = in_other_order(c);
        EXPECT_NE(other.id, c.id);
        EXPECT_EQ(other.variant_is_a, !c.variant_is_a);
        EXPECT_EQ(other.order, 1);
        EXPECT_EQ(other.order_index, c.order_index);
        EXPECT_EQ(other.answers_sha256, c.answers_sha256);
        EXPECT_EQ(other.identical, c.identical);
    }
}

TEST(ChooseRepeats, TakesItsShareOfEachSideAmongThePairsThatNeedACall) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const auto drawn = draw_comparisons(pairs_of(100, 30, 5), {}, "v", seed);
        const auto repeats = choose_repeats(drawn, 2, 0.2, seed);
        ASSERT_EQ(repeats.size(), 40u);  // one of each five of 50 and 50, twice
        EXPECT_EQ(lean(repeats, [](const Comparison&) { return true; }), 0);
        std::map<std::string, const Comparison*> by_question;
        for (const Comparison& c : drawn) {
            by_question[c.question_id] = &c;
        }
        std::set<std::string> ids;
        for (std::size_t i = 0; i < repeats.size(); ++i) {
            const Comparison& c = repeats[i];
            EXPECT_FALSE(c.identical || c.variant_failed);
            EXPECT_EQ(c.repeat, static_cast<int>(i % 2) + 1);
            EXPECT_EQ(c.variant_is_a, by_question[c.question_id]->variant_is_a);
            EXPECT_EQ(c.order_index, by_question[c.question_id]->order_index);
            ids.insert(c.id);
            EXPECT_NE(c.id, by_question[c.question_id]->id);
        }
        EXPECT_EQ(ids.size(), repeats.size());
    }
}

TEST(ChooseRepeats, AnExtensionChangesNoneOfThem) {
    auto drawn = draw_comparisons(pairs_of(60, 0), {}, "v", 3);
    const auto before = choose_repeats(drawn, 1, 0.25, 3);
    for (Comparison& c : draw_comparisons(pairs_of(60, 0, 0, 60), drawn, "v", 3)) {
        drawn.push_back(std::move(c));
    }
    const auto after = choose_repeats(drawn, 1, 0.25, 3);
    ASSERT_GT(after.size(), before.size());
    for (std::size_t i = 0; i < before.size(); ++i) {
        EXPECT_EQ(before[i].id, after[i].id);
    }
}

TEST(ChooseRepeats, AreNoneOfNoneAndAllOfAShareOfOne) {
    const auto drawn = draw_comparisons(pairs_of(7, 1), {}, "v", 1);
    EXPECT_TRUE(choose_repeats(drawn, 0, 0.5, 1).empty());
    EXPECT_TRUE(choose_repeats({}, 3, 0.5, 1).empty());
    EXPECT_EQ(choose_repeats(drawn, 1, 1, 1).size(), 7u);
    EXPECT_TRUE(choose_repeats(drawn, 1, 0.001, 1).size() <= 2);
}

TEST(ChooseRechecks, AreOldPairsThatNeedACallHiddenAmongNewOnes) {
    const auto before = draw_comparisons(pairs_of(60, 10), {}, "v", 3);
    const auto added = draw_comparisons(pairs_of(30, 0, 0, 60), before, "v", 3);
    const auto rechecks = choose_rechecks(before, added, {2, 20, 3});
    ASSERT_EQ(rechecks.size(), 20u);
    std::set<std::string> questions, ids;
    std::set<std::int64_t> places;
    for (const Comparison& c : rechecks) {
        EXPECT_FALSE(c.identical);
        EXPECT_EQ(c.repeat, -2);
        EXPECT_EQ(id_of(c), c.id);
        questions.insert(c.question_id);
        ids.insert(c.id);
        places.insert(c.order_index);
        EXPECT_GE(c.order_index, added.front().order_index);
        EXPECT_LE(c.order_index, added.back().order_index);
        const auto drawn = std::find_if(before.begin(), before.end(), [&](const Comparison& d) {
            return d.question_id == c.question_id;
        });
        ASSERT_NE(drawn, before.end());
        EXPECT_EQ(c.variant_is_a, drawn->variant_is_a) << "shown as the first time";
        EXPECT_NE(c.id, drawn->id);
    }
    EXPECT_EQ(questions.size(), 20u);
    EXPECT_EQ(ids.size(), 20u);
    EXPECT_GT(places.size(), 5u) << "they are spread";
}

TEST(ChooseRechecks, AnotherPairChangesNoChoiceOfTheRest) {
    const auto before = draw_comparisons(pairs_of(60, 0), {}, "v", 3);
    const auto added = draw_comparisons(pairs_of(30, 0, 0, 60), before, "v", 3);
    const auto chosen = [&](std::size_t n, std::size_t n_before) {
        std::set<std::string> out;
        for (const Comparison& c :
             choose_rechecks(std::span(before).first(n_before), added, {1, n, 3})) {
            out.insert(c.id);
        }
        return out;
    };
    const auto twenty = chosen(20, 60), ten = chosen(10, 60), of_fewer = chosen(20, 59);
    EXPECT_TRUE(std::includes(twenty.begin(), twenty.end(), ten.begin(), ten.end()));
    std::vector<std::string> both;
    std::set_intersection(
        twenty.begin(), twenty.end(), of_fewer.begin(), of_fewer.end(), std::back_inserter(both));
    EXPECT_GE(both.size(), 19u);
}

TEST(ChooseRechecks, ThereAreNoneWithoutOldOrNewPairs) {
    const auto drawn = draw_comparisons(pairs_of(20, 0), {}, "v", 3);
    EXPECT_TRUE(choose_rechecks({}, drawn, {1, 20, 3}).empty());
    EXPECT_TRUE(choose_rechecks(drawn, {}, {1, 20, 3}).empty());
    EXPECT_EQ(choose_rechecks(drawn, drawn, {1, 50, 3}).size(), 20u);
}

}  // namespace
}  // namespace assay::pairing
