#include "assay/stats/numeric.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace assay::stats {
namespace {

TEST(Numeric, RootsAreFoundToTheLastDigits) {
    const auto root = find_root([](double x) { return x * x - 2; }, 0, 2);
    ASSERT_TRUE(root);
    EXPECT_NEAR(*root, std::sqrt(2.0), 1e-14);
}

TEST(Numeric, AnEndThatIsARootIsGiven) {
    EXPECT_EQ(*find_root([](double x) { return x; }, 0, 1), 0);
    EXPECT_EQ(*find_root([](double x) { return x - 1; }, 0, 1), 1);
}

TEST(Numeric, WithoutAChangeOfSignThereIsNoRoot) {
    EXPECT_FALSE(find_root([](double x) { return x * x + 1; }, -1, 1));
    EXPECT_FALSE(find_root([](double x) { return 1 / x; }, 0, 1));
}

TEST(Numeric, InverseTimesMatrixIsTheIdentity) {
    Matrix a(3);
    const std::array<std::array<double, 3>, 3> values{{{4, 1, 0.5}, {1, 3, 0.2}, {0.5, 0.2, 2}}};
    for (std::size_t i = 0; i < 3; ++i) {
        for (std::size_t j = 0; j < 3; ++j) {
            a(i, j) = values[i][j];
        }
    }
    const auto inverse = inverse_spd(a);
    ASSERT_TRUE(inverse);
    const Matrix identity = multiply(a, *inverse);
    for (std::size_t i = 0; i < 3; ++i) {
        for (std::size_t j = 0; j < 3; ++j) {
            EXPECT_NEAR(identity(i, j), i == j ? 1 : 0, 1e-14);
        }
    }
}

TEST(Numeric, ASingularMatrixHasNoInverse) {
    Matrix a(2);
    a(0, 0) = a(0, 1) = a(1, 0) = a(1, 1) = 1;
    EXPECT_FALSE(inverse_spd(a));
}

TEST(Numeric, VarianceNeedsTwoValues) {
    const std::array<double, 3> x{1, 2, 6};
    EXPECT_DOUBLE_EQ(mean(x), 3);
    EXPECT_DOUBLE_EQ(*sample_variance(x), 7);
    EXPECT_FALSE(sample_variance(std::span(x).first(1)));
}

}  // namespace
}  // namespace assay::stats
