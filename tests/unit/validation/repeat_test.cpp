#include "assay/validation/repeat.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace assay::validation {
namespace {

void add_a_number(Rng& rng, Sums& total) {
    ++total[0];
    total[1] += rng.uniform();
}

TEST(Repeat, DoesNotDependOnTheNumberOfThreads) {
    const Sums one = repeat({.seed = 3, .n_threads = 1}, "x", 1'234, add_a_number);
    const Sums four = repeat({.seed = 3, .n_threads = 4}, "x", 1'234, add_a_number);
    EXPECT_EQ(one, four);
    EXPECT_EQ(one[0], 1'234);
}

TEST(Repeat, HasAStreamOfItsOwnForEachSeedAndName) {
    const double sum = repeat({.seed = 3}, "x", 300, add_a_number)[1];
    EXPECT_NE(sum, repeat({.seed = 4}, "x", 300, add_a_number)[1]);
    EXPECT_NE(sum, repeat({.seed = 3}, "y", 300, add_a_number)[1]);
    // The first chunk of 100 is not repeated in the next ones.
    EXPECT_NE(sum, 3 * repeat({.seed = 3}, "x", 100, add_a_number)[1]);
}

TEST(Repeat, ThrowsOnWhatARepetitionThrows) {
    const auto bad = [](Rng&, Sums&) { throw std::runtime_error("broken"); };
    EXPECT_THROW((void)repeat({.n_threads = 3}, "x", 1'000, bad), std::runtime_error);
}

TEST(Scale, OfAFastRunIsATwentiethButNeverTooFew) {
    EXPECT_EQ((Scale{.fast = false}.repeats(20'000)), 20'000);
    EXPECT_EQ((Scale{.fast = true}.repeats(20'000)), 1'000);
    EXPECT_EQ((Scale{.fast = true}.repeats(1'000)), 100);
}

}  // namespace
}  // namespace assay::validation
