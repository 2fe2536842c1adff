#include "assay/judge/text_metrics.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "assay/base/text.hpp"

namespace assay::judge {
namespace {

/// make_metric_cases.py wrote them with the peers.
nlohmann::json cases() {
    return nlohmann::json::parse(
        read_file(ASSAY_SOURCE_DIR "/tests/unit/judge/metric_cases.json").value());
}

TEST(TextMetrics, RougeLIsRougeScores) {
    int n = 0;
    for (const auto& row : cases()) {
        const std::string answer = row["answer"], expected = row["expected"];
        EXPECT_EQ(rouge_tokens(answer), row["rouge_tokens"].get<std::vector<std::string>>()) << row;
        const Fraction score = rouge_l(answer, expected);
        EXPECT_NEAR(static_cast<double>(score.numerator) / static_cast<double>(score.denominator),
                    row["rouge_l"].get<double>(),
                    1e-12)
            << row;
        ++n;
    }
    EXPECT_GT(n, 300);
}

TEST(TextMetrics, ChrfIsSacrebleus) {
    for (const auto& row : cases()) {
        EXPECT_NEAR(chrf(row["answer"].get<std::string>(), row["expected"].get<std::string>()),
                    row["chrf"].get<double>(),
                    1e-12)
            << row;
    }
}

TEST(TextMetrics, TakeAnyBytes) {
    for (const std::string& text :
         {std::string("\xFF\xC0 x"), std::string(3, '\0'), std::string("\xED\xA0\x80")}) {
        EXPECT_EQ(chrf(text, text), 1);
        EXPECT_LE(rouge_l(text, "x").numerator, rouge_l(text, "x").denominator);
    }
}

}  // namespace
}  // namespace assay::judge
