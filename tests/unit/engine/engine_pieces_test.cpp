#include <gtest/gtest.h>

#include "assay/base/random.hpp"
#include "assay/engine/pieces.hpp"

namespace assay::engine {
namespace {

using Ids = std::vector<std::int32_t>;

constexpr std::size_t kStream = 256;  ///< cells; copying them takes as long as 4 tokens

/// A piece of `n` tokens that no other number has.
Ids piece(std::int32_t number, std::size_t n) {
    return Ids(n, number);
}

const Pieces kOnA{piece(1, 20), piece(2, 300)}, kOnB{piece(1, 20), piece(3, 300)}, kNone{};

TEST(PiecesOf, APromptAreItsTokensUpToTheEnds) {
    const Ids prompt{1, 2, 3, 4, 5, 6, 7};
    EXPECT_EQ(*pieces_of(prompt, Ids{}), Pieces{});
    EXPECT_EQ(*pieces_of(prompt, Ids{2}), (Pieces{{1, 2}}));
    EXPECT_EQ(*pieces_of(prompt, Ids{2, 5}), (Pieces{{1, 2}, {3, 4, 5}}));
    for (const Ids& bad :
         {Ids{1}, Ids{0}, Ids{-3}, Ids{6}, Ids{8}, Ids{2, 3}, Ids{4, 2}, Ids{2, 6}}) {
        EXPECT_FALSE(pieces_of(prompt, bad)) << bad.back();
    }
    EXPECT_NE(pieces_of(prompt, Ids{2, 6}).error().message.find("whose first 2 are another"),
              std::string::npos);
}

TEST(ChooseSlot, TakesTheIdleOneThatKeepsTheMost) {
    const std::vector<Keeper> slots{{&kOnB, true}, {&kNone, true}, {&kOnA, true}, {&kOnA, true}};
    EXPECT_EQ(choose_slot(slots, kOnA, kStream), 2U);
    EXPECT_EQ(choose_slot(slots, kOnB, kStream), 0U);
    EXPECT_EQ(choose_slot(slots, {}, kStream), 1U) << "nothing is driven out";
    EXPECT_EQ(choose_slot(slots, {piece(1, 20), piece(4, 300)}, kStream), 1U)
        << "the template can be copied";
}

TEST(ChooseSlot, LeavesBusyOnesAlone) {
    const std::vector<Keeper> slots{{&kOnA, false}, {&kOnB, true}, {&kOnB, false}};
    EXPECT_EQ(choose_slot(slots, kOnA, kStream), 1U);
    EXPECT_EQ(choose_slot(std::vector<Keeper>{{&kOnA, false}}, kOnA, kStream), std::nullopt);
    EXPECT_EQ(choose_slot({}, kOnA, kStream), std::nullopt);
}

TEST(ChooseSource, IsWhoeverKeepsSoMuchMoreThatCopyingPays) {
    const Pieces first{piece(1, 20)}, small{piece(1, 4)};
    const std::vector<Keeper> slots{
        {&kNone, true}, {&first, true}, {&kOnA, false}, {&kOnB, true}, {&small, true}};
    EXPECT_EQ(choose_source(slots, 0, kOnA, kStream), 2U) << "a busy one gives, too";
    EXPECT_EQ(choose_source(slots, 3, kOnA, kStream), 2U);
    EXPECT_EQ(choose_source(slots, 2, kOnA, kStream), std::nullopt) << "it has all itself";
    EXPECT_EQ(choose_source(slots, 0, {piece(1, 20), piece(7, 99)}, kStream), 1U);
    EXPECT_EQ(choose_source(slots, 0, small, kStream), std::nullopt)
        << "four tokens are computed as fast";
    EXPECT_EQ(choose_source(slots, 0, kOnA, 100'000), std::nullopt)
        << "a stream that is so long is not worth it";
}

/// Whatever slots keep, the prompt gets an idle slot, and what is left to compute is never more
/// than the best of them has left.
TEST(ChooseSlot, IsIdleAndNeverWorseThanTheBestIdleOne) {
    Rng rng(11);
    for (int round = 0; round < 500; ++round) {
        std::vector<Pieces> kept(1 + rng.below(6));
        std::vector<Keeper> slots;
        bool any_idle = false;
        for (Pieces& each : kept) {
            for (std::uint64_t n = rng.below(3); n > 0; --n) {
                const auto number = static_cast<std::int32_t>(rng.below(3));
                each.push_back(piece(number, 2 + static_cast<std::size_t>(number) * 40));
            }
            slots.push_back({&each, rng.below(2) == 0});
            any_idle = any_idle || slots.back().idle;
        }
        const Pieces wanted{piece(1, 42), piece(2, 82)};
        const auto slot = choose_slot(slots, wanted, kStream);
        ASSERT_EQ(slot.has_value(), any_idle);
        if (!slot) {
            continue;
        }
        ASSERT_TRUE(slots[*slot].idle);
        const auto source = choose_source(slots, *slot, wanted, kStream);
        const Pieces& taken = *slots[source.value_or(*slot)].kept;
        for (const Keeper& each : slots) {
            EXPECT_LE(n_tokens(wanted, n_same(*each.kept, wanted)),
                      n_tokens(wanted, n_same(taken, wanted)) + kStream / 64);
        }
    }
}

}  // namespace
}  // namespace assay::engine
