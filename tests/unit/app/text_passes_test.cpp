#include "assay/app/text_passes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/base/result.hpp"

namespace assay::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const std::vector<VariantMemory> kThree{{"a", 50}, {"b", 30}, {"c", 60}};

/// "begin-end:bytes" of each.
std::vector<std::string> words(const std::vector<TextPass>& passes) {
    std::vector<std::string> out;
    for (const TextPass& pass : passes) {
        out.push_back(std::to_string(pass.begin) + "-" + std::to_string(pass.end) + ":" +
                      std::to_string(pass.memory_bytes));
    }
    return out;
}

std::string refusal(std::uint64_t baseline,
                    const std::vector<VariantMemory>& variants,
                    std::uint64_t available) {
    try {
        static_cast<void>(plan_text_passes(baseline, variants, available));
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::kOperational);
        return error.what();
    }
    ADD_FAILURE() << "it was taken";
    return "";
}

TEST(TextPasses, TakeAllAtOnceWhereTheyFit) {
    EXPECT_EQ(words(plan_text_passes(100, kThree, 240)), (std::vector<std::string>{"0-3:240"}));
    EXPECT_EQ(words(plan_text_passes(100, kThree, 0)), (std::vector<std::string>{"0-3:240"}))
        << "what is available is not known";
    EXPECT_EQ(words(plan_text_passes(100, {}, 100)), (std::vector<std::string>{"0-0:100"}));
}

TEST(TextPasses, TakeAsManyAsFitBesideTheBaselineEachTime) {
    EXPECT_EQ(words(plan_text_passes(100, kThree, 239)),
              (std::vector<std::string>{"0-2:180", "2-3:160"}));
    EXPECT_EQ(words(plan_text_passes(100, kThree, 160)),
              (std::vector<std::string>{"0-1:150", "1-2:130", "2-3:160"}));
    EXPECT_EQ(words(plan_text_passes(0, kThree, 90)),
              (std::vector<std::string>{"0-2:80", "2-3:60"}));
}

TEST(TextPasses, AreRefusedWhereOneVariantDoesNotFit) {
    EXPECT_THAT(refusal(100, kThree, 159),
                AllOf(HasSubstr("the baseline and c beside each other need 160 B"),
                      HasSubstr("159 B can be taken"),
                      HasSubstr("--kl-divergence-base")));
    EXPECT_THAT(refusal(0, kThree, 55), HasSubstr("c needs 60 B"));
    EXPECT_THAT(refusal(100, {}, 99), HasSubstr("the baseline needs 100 B"));
}

}  // namespace
}  // namespace assay::app
