#include "assay/report/render_audit.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "audit_builder.hpp"
#include "golden.hpp"

namespace assay::report {
namespace {

TEST(RenderAudit, TextIsTheGoldenFile) {
    expect_golden("audit.txt", render_audit_text(example_audit()));
}

TEST(RenderAudit, MarkdownIsTheGoldenFile) {
    expect_golden("audit.md", render_audit_markdown(example_audit()));
}

TEST(RenderAudit, AJudgeFitsOnAPage) {
    RunAudit audit = example_audit();
    audit.judges.resize(1);
    audit.pairs.clear();
    const std::string text = render_audit_text(audit);
    EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 60);
}

TEST(RenderAudit, WithoutAnOtherJudgeNothingIsSaidOfAgreement) {
    RunAudit audit = example_audit();
    audit.judges.resize(1);
    audit.pairs.clear();
    audit.panel.reset();
    EXPECT_EQ(render_audit_text(audit).find("Agreement"), std::string::npos);
}

TEST(RenderAudit, AJudgeWithoutWorriesSaysSoAndWhatWasNotMeasured) {
    const std::string text = render_audit_text(example_audit());
    EXPECT_NE(text.find("Nothing of what is looked at here stands out."), std::string::npos);
    EXPECT_NE(text.find("no question was decided in both orders"), std::string::npos);
}

}  // namespace
}  // namespace assay::report
