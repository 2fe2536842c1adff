#include "assay/config/quant_types.hpp"

#include <gtest/gtest.h>

#include <set>

namespace assay::config {
namespace {

TEST(QuantTypes, AreFoundInAnyCaseAndNamedCanonically) {
    ASSERT_TRUE(find_quant_type("q4_k_m"));
    EXPECT_EQ(find_quant_type("q4_k_m")->name, "Q4_K_M");
    EXPECT_EQ(find_quant_type("Mxfp4_Moe")->name, "MXFP4_MOE");
    EXPECT_FALSE(find_quant_type("Q4_K_X"));
    EXPECT_FALSE(find_quant_type(""));
    EXPECT_FALSE(find_quant_type("COPY"));
}

TEST(QuantTypes, AnAliasIsItsType) {
    EXPECT_EQ(find_quant_type("Q3_K")->name, "Q3_K_M");
    EXPECT_EQ(find_quant_type("q4_k")->name, "Q4_K_M");
    EXPECT_EQ(find_quant_type("Q5_K")->name, "Q5_K_M");
}

TEST(QuantTypes, AreThoseOfLlamaQuantize) {
    const std::set<std::string_view> expected{
        "Q1_0",    "Q2_0",   "Q4_0",   "Q4_1",    "MXFP4_MOE", "Q5_0",   "Q5_1",
        "IQ2_XXS", "IQ2_XS", "IQ2_S",  "IQ2_M",   "IQ1_S",     "IQ1_M",  "TQ1_0",
        "TQ2_0",   "Q2_K",   "Q2_K_S", "IQ3_XXS", "IQ3_S",     "IQ3_M",  "IQ3_XS",
        "Q3_K_S",  "Q3_K_M", "Q3_K_L", "IQ4_NL",  "IQ4_XS",    "Q4_K_S", "Q4_K_M",
        "Q5_K_S",  "Q5_K_M", "Q6_K",   "Q8_0",    "F16",       "BF16",   "F32"};
    std::set<std::string_view> known;
    for (const QuantType& type : quant_types()) {
        EXPECT_TRUE(known.insert(type.name).second) << type.name;
    }
    EXPECT_EQ(known, expected);
}

TEST(QuantTypes, SayWhichNeedAnImportanceMatrix) {
    std::set<std::string_view> needy;
    for (const QuantType& type : quant_types()) {
        if (type.needs_imatrix) {
            needy.insert(type.name);
        }
    }
    EXPECT_EQ(needy,
              (std::set<std::string_view>{"IQ1_S",
                                          "IQ1_M",
                                          "IQ2_XXS",
                                          "IQ2_XS",
                                          "IQ2_S",
                                          "IQ2_M",
                                          "IQ3_XXS",
                                          "IQ3_XS",
                                          "Q2_K_S"}));
}

}  // namespace
}  // namespace assay::config
