#include "assay/base/numbering.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "assay/base/random.hpp"

namespace assay {
namespace {

TEST(Numbering, CountsTextsInTheOrderInWhichTheyFirstCome) {
    Numbering n;
    EXPECT_EQ(n.number_of("b"), 0u);
    EXPECT_EQ(n.number_of("a"), 1u);
    EXPECT_EQ(n.number_of("b"), 0u);
    EXPECT_EQ(n.number_of(""), 2u);
    EXPECT_EQ(n.number_of(std::string_view("b\0", 2)), 3u);
    EXPECT_EQ(n.size(), 4u);
    EXPECT_EQ(n.text(1), "a");
    EXPECT_EQ(n.text(2), "");
}

TEST(Numbering, KeepsItsOwnCopies) {
    Numbering n;
    std::string text = "first";
    (void)n.number_of(text);
    text = "other";
    EXPECT_EQ(n.text(0), "first");
    const std::string large(1 << 20, 'x');
    EXPECT_EQ(n.number_of(large), 1u);
    EXPECT_EQ(n.number_of("after"), 2u);
    EXPECT_EQ(n.text(1), large);
}

TEST(Numbering, AgreesWithAMapForManyTexts) {
    Numbering n(10);
    std::map<std::string, std::uint32_t> expected;
    Rng rng(5);
    for (int i = 0; i < 50'000; ++i) {
        const std::string text = "q" + std::to_string(rng.below(20'000));
        const auto [found, is_new] = expected.try_emplace(
            text, static_cast<std::uint32_t>(expected.size()));
        ASSERT_EQ(n.number_of(text), found->second) << text;
    }
    EXPECT_EQ(n.size(), expected.size());
}

}  // namespace
}  // namespace assay
