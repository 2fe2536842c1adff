#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/report/divergence_text.hpp"
#include "assay/report/render_markdown.hpp"
#include "assay/report/report_sections.hpp"
#include "golden.hpp"
#include "report_builder.hpp"

namespace assay::report {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string markdown_of(const ReportModel& model) {
    Document document;
    document.sections.push_back(*fidelity_section(model));
    return render_markdown(document);
}

TEST(FidelitySection, IsAsTheGoldenFileSays) {
    expect_golden("fidelity.md", markdown_of(report_with_everything()));
}

TEST(FidelitySection, IsNotThereWhereNobodyAsked) {
    EXPECT_FALSE(fidelity_section(example_report()));
    EXPECT_FALSE(fidelity_section(ReportModel{}));
}

TEST(FidelitySection, OfTextsAloneClaimsNothingOfTokens) {
    ReportModel model;
    VariantFidelity& given = model.fidelity.emplace().variants.emplace_back();
    given.variant = "theirs";
    given.why = "its answers were made elsewhere.";
    given.identical.why = "no answer";
    EXPECT_THAT(markdown_of(model),
                AllOf(HasSubstr("`theirs`: not measured: its answers were made elsewhere."),
                      HasSubstr("words until they differ"),
                      Not(HasSubstr("Not proven here")),
                      Not(HasSubstr("KLD"))));
}

TEST(DivergenceWords, AreOnOneLineAndTellAnEnd) {
    AnswerDistance distance;
    distance.n_tokens = 57;
    EXPECT_EQ(divergence_words(distance), "none: the variant would have written all 57 tokens");
    distance.divergence = {12, 5, 2, "\n", "", 0.61, 0.33, 0.2, 0.52};
    EXPECT_EQ(divergence_words(distance),
              "after 12 of 57 tokens: \"\\n\" (baseline 61.0 %, variant 33.0 %), with the variant "
              "the end (20.0 %, 52.0 %)");
    EXPECT_EQ(divergence_words(TextDivergence{3, "red \"fox\"", ""}),
              "after 3 words: \"red \\\"fox\\\"\", with the variant the end");
    EXPECT_EQ(divergence_words(TextDivergence{3, "", ""}), "after 3 words, in white space");
}

}  // namespace
}  // namespace assay::report
