#include "assay/retrieval/fuse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/retrieval/dense_index.hpp"
#include "word_embedder.hpp"

namespace assay::retrieval {
namespace {

using testing::DoubleEq;
using testing::DoubleNear;
using testing::ElementsAre;

std::vector<std::size_t> places_of(const std::vector<Found>& found) {
    std::vector<std::size_t> out;
    for (const Found& each : found) {
        out.push_back(each.place);
    }
    return out;
}

TEST(Fuse, ReciprocalRanksAreAdded) {
    const std::vector<Scored> lexical{{7, 9.0}, {3, 8.0}}, dense{{3, 0.9}, {5, 0.8}};
    const std::vector<Found> found = fuse(lexical, dense, 10);
    EXPECT_THAT(places_of(found), ElementsAre(3, 7, 5));
    ASSERT_EQ(found[0].legs.size(), 3U);
    EXPECT_EQ(found[0].legs[0], (LegScore{"lexical", 2, 8.0}));
    EXPECT_EQ(found[0].legs[1], (LegScore{"dense", 1, 0.9}));
    EXPECT_EQ(found[0].legs[2].leg, "fused");
    EXPECT_EQ(found[0].legs[2].rank, 1);
    EXPECT_THAT(found[0].legs[2].score, DoubleEq(1.0 / 62 + 1.0 / 61));
    EXPECT_THAT(found[1].legs.back().score, DoubleEq(1.0 / 61));
    EXPECT_EQ(found[1].legs.size(), 2U);
}

TEST(Fuse, TiesAreInTheOrderOfTheCorpus) {
    const std::vector<Scored> lexical{{9, 1.0}, {2, 0.5}}, dense{{2, 1.0}, {9, 0.5}};
    EXPECT_THAT(places_of(fuse(lexical, dense, 10)), ElementsAre(2, 9));
    EXPECT_THAT(places_of(fuse({}, {}, 10)), ElementsAre());
}

TEST(Fuse, WhatALegHasAmongItsFirstTenIsKeptBehindTheDepth) {
    std::vector<Scored> lexical, dense;
    for (std::size_t i = 0; i < 200; ++i) {
        lexical.push_back({i, 1});
        dense.push_back({199 - i, 1});
    }
    const std::vector<Found> found = fuse(lexical, dense, 3);
    // Only the places 100 to 199 of the dense and 0 to 99 of the lexical leg count: no two meet.
    EXPECT_THAT(
        places_of(found),
        ElementsAre(
            0, 199, 1, 198, 2, 197, 3, 196, 4, 195, 5, 194, 6, 193, 7, 192, 8, 191, 9, 190));
    for (std::size_t i = 0; i < found.size(); ++i) {
        EXPECT_EQ(found[i].legs.back().rank, static_cast<std::int64_t>(i) + 1);
    }
}

TEST(DenseIndex, TheNearestComeFirstAndEqualOnesByPlace) {
    DenseIndex index(4, 3);
    index.set(0, bytes_of({0, 1, 0}));
    index.set(1, bytes_of({1, 0, 0}));
    index.set(2, bytes_of({1, 1, 0}));
    index.set(3, bytes_of({1, 0, 0}));
    const std::vector<Scored> best = index.search(bytes_of({1, 0, 0}), 3);
    ASSERT_EQ(best.size(), 3U);
    EXPECT_EQ(best[0].place, 1U);
    EXPECT_EQ(best[1].place, 3U);
    EXPECT_EQ(best[2].place, 2U);
    EXPECT_THAT(best[0].score, DoubleNear(1, 1e-7));
    EXPECT_THAT(best[2].score, DoubleNear(std::sqrt(0.5), 1e-7));
    EXPECT_EQ(index.search(bytes_of({1, 0, 0}), 9).size(), 4U);
}

TEST(DenseIndex, ProductsAreThoseOfAPlainSum) {
    constexpr std::size_t kDims = 39;  // two whole rounds of 16, and 7 values
    std::vector<float> a, b;
    double product = 0;
    for (std::size_t i = 0; i < kDims; ++i) {
        a.push_back(static_cast<float>(std::sin(static_cast<double>(i) + 1)));
        b.push_back(static_cast<float>(std::cos(static_cast<double>(3 * i))));
        product += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    }
    std::string bytes_a(kDims * sizeof(float), '\0'), bytes_b = bytes_a;
    std::memcpy(bytes_a.data(), a.data(), bytes_a.size());
    std::memcpy(bytes_b.data(), b.data(), bytes_b.size());
    DenseIndex index(1, kDims);
    index.set(0, bytes_a);
    EXPECT_THAT(index.search(bytes_b, 1)[0].score, DoubleNear(product, 1e-5));
}

}  // namespace
}  // namespace assay::retrieval
