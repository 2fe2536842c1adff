#include "assay/llm/shared_prefix.hpp"

#include <gtest/gtest.h>

#include <set>

namespace assay::llm {
namespace {

using Ids = std::vector<std::int32_t>;

TEST(CommonPrefix, IsWhatAllListsBeginWith) {
    EXPECT_EQ(common_prefix({}), Ids{});
    EXPECT_EQ(common_prefix(std::vector<Ids>{{1, 2}}), (Ids{1, 2}));
    EXPECT_EQ(common_prefix(std::vector<Ids>{{1, 2, 3}, {1, 2, 4}, {1, 2}}), (Ids{1, 2}));
    EXPECT_EQ(common_prefix(std::vector<Ids>{{1, 2}, {2, 1}}), Ids{});
    EXPECT_EQ(common_prefix(std::vector<Ids>{{1, 2}, {}}), Ids{});
}

TEST(ProbeBeginnings, AreAllDifferentAndBeginAgain) {
    std::set<std::string> all;
    for (std::size_t i = 0; i < kPrefixProbes; ++i) {
        all.insert(probe_beginning(i));
    }
    EXPECT_EQ(all.size(), kPrefixProbes);
    EXPECT_EQ(probe_beginning(kPrefixProbes + 3), probe_beginning(3));
}

TEST(UsablePrefix, LeavesTwoTokensOnBothSidesOrIsNone) {
    EXPECT_EQ(usable_prefix(Ids{1, 2, 3, 4}, Ids{1, 2}), 2);
    EXPECT_EQ(usable_prefix(Ids{1, 2, 3}, Ids{1, 2}), 0);
    EXPECT_EQ(usable_prefix(Ids{1, 2, 3, 4}, Ids{1}), 0);
    EXPECT_EQ(usable_prefix(Ids{1, 3, 3, 4}, Ids{1, 2}), 0);
    EXPECT_EQ(usable_prefix(Ids{}, Ids{}), 0);
}

TEST(UsablePrefixes, EndWhereTheTokensBeginWithThemAndNoPieceHasOneToken) {
    const Ids tokens{1, 2, 3, 4, 5, 6};
    const auto ends = [&](const std::vector<Ids>& prefixes) {
        return usable_prefixes(tokens, prefixes);
    };
    EXPECT_EQ(ends({}), Ids{});
    EXPECT_EQ(ends({{1, 2}}), Ids{2});
    EXPECT_EQ(ends({{1, 2}, {1, 2, 3, 4}}), (Ids{2, 4}));
    EXPECT_EQ(ends({{1, 2}, {1, 2, 3}}), Ids{2}) << "a piece of one token";
    EXPECT_EQ(ends({{1, 2}, {1, 2}}), Ids{2}) << "no piece at all";
    EXPECT_EQ(ends({{1, 2}, {1, 2, 3, 4, 5}}), Ids{2}) << "one token would be left";
    EXPECT_EQ(ends({{1, 2}, {1, 2, 9, 4}}), Ids{2});
    EXPECT_EQ(ends({{9, 2}, {1, 2, 3}}), Ids{3}) << "the second alone";
    EXPECT_EQ(ends({{1}, {}}), Ids{});
}

TEST(UsableLongerPrefix, LeavesTwoTokensBehindItAndHasTwoMoreThanTheOtherOrIsNone) {
    EXPECT_EQ(usable_longer_prefix(Ids{1, 2, 3, 4, 5, 6, 7}, Ids{1, 2, 3, 4, 9, 6, 7}, 2), 4);
    EXPECT_EQ(usable_longer_prefix(Ids{1, 2, 3, 4, 5, 6, 7}, Ids{1, 2, 3, 4}, 0), 4);
    EXPECT_EQ(usable_longer_prefix(Ids{1, 2, 3, 4, 5, 6}, Ids{1, 2, 3, 4, 5, 6}, 2), 4)
        << "two are left";
    EXPECT_EQ(usable_longer_prefix(Ids{1, 2, 3, 4, 5, 6}, Ids{1, 2, 3, 9}, 2), 0)
        << "a piece of one token";
    EXPECT_EQ(usable_longer_prefix(Ids{1, 2, 3}, Ids{2, 2, 3}, 0), 0);
    EXPECT_EQ(usable_longer_prefix(Ids{1}, Ids{1}, 0), 0);
    EXPECT_EQ(usable_longer_prefix(Ids{}, Ids{}, 0), 0);
}

}  // namespace
}  // namespace assay::llm
