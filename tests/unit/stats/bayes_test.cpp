#include "assay/stats/bayes.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "assay/stats/distributions.hpp"

namespace assay::stats {
namespace {

TEST(DirichletNet, OfTheUniformPriorIsATriangle) {
    // Uniform on the simplex: P(net > t) = (1 - t)^2 / 2 for t >= 0.
    for (const double t : {0.05, 0.3, 0.9}) {
        const auto r = dirichlet_net({1, 1, 1}, t);
        EXPECT_NEAR(r->p_noninferior, 1 - (1 - t) * (1 - t) / 2, 1e-9);
        EXPECT_NEAR(r->p_equivalent, 1 - (1 - t) * (1 - t), 1e-9);
    }
    const auto r = dirichlet_net({1, 1, 1}, 0.1);
    EXPECT_NEAR(r->high95, 1 - std::sqrt(0.05), 1e-8);
    EXPECT_NEAR(r->low95, -r->high95, 1e-8);
}

TEST(DirichletNet, WithHardlyAnyTiesIsABeta) {
    const auto r = dirichlet_net({12, 1e-9, 7}, 0.2);
    EXPECT_NEAR(r->p_noninferior, beta_upper(0.4, 12, 7), 1e-6);
    EXPECT_NEAR(r->p_better, beta_upper(0.5, 12, 7), 1e-12);
}

TEST(DirichletNet, GivesTheStudysFigures) {
    EXPECT_NEAR(dirichlet_net({46, 62, 49}, 0.05)->p_equivalent, 0.558, 5e-4);
    EXPECT_NEAR(dirichlet_net({46, 62, 49}, 0.10)->p_equivalent, 0.877, 5e-4);
    EXPECT_NEAR(dirichlet_net({46, 62, 49}, 0.15)->p_equivalent, 0.980, 5e-4);
    EXPECT_NEAR(dirichlet_net({46, 62, 49}, 0.10)->p_noninferior, 0.904, 5e-4);
}

TEST(DirichletNet, MirrorsAndApproachesTheNormal) {
    const auto a = dirichlet_net({46, 62, 20}, 0.1), b = dirichlet_net({20, 62, 46}, 0.1);
    EXPECT_NEAR(a->low95, -b->high95, 1e-8);
    EXPECT_NEAR(a->p_better, 1 - b->p_better, 1e-12);
    const auto large = dirichlet_net({300'000, 390'000, 310'000}, 0.012);
    EXPECT_NEAR(large->p_noninferior, normal_cdf((0.012 + large->mean) / large->sd), 1e-4);
    EXPECT_NEAR(large->low95, large->mean - 1.96 * large->sd, 1e-5);
}

TEST(DirichletNet, HoldsForExtremeShapes) {
    for (const DirichletParameters& q : {DirichletParameters{0.5, 0.5, 0.5},
                                         {0.5, 1e6, 0.5},
                                         {1e6, 0.5, 0.5},
                                         {3, 0.01, 5},
                                         {0.01, 3, 0.01}}) {
        const auto r = dirichlet_net(q, 0.1);
        ASSERT_TRUE(r);
        EXPECT_GE(r->p_equivalent, 0);
        EXPECT_LE(r->p_noninferior, 1 + 1e-9);
        EXPECT_LE(r->low95, r->high95);
        EXPECT_TRUE(std::isfinite(r->p_noninferior));
    }
    EXPECT_FALSE(dirichlet_net({0, 1, 1}, 0.1));
}

}  // namespace
}  // namespace assay::stats
