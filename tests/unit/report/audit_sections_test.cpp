#include "assay/report/audit_sections.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "assay/report/render_markdown.hpp"
#include "assay/report/render_text.hpp"
#include "audit_builder.hpp"
#include "golden.hpp"

namespace assay::report {
namespace {

TEST(AuditDocument, TextIsTheGoldenFile) {
    expect_golden("audit.txt", render_text(audit_document(example_audit())));
}

TEST(AuditDocument, MarkdownIsTheGoldenFile) {
    expect_golden("audit.md", render_markdown(audit_document(example_audit())));
}

TEST(AuditDocument, AJudgeFitsOnAPage) {
    RunAudit audit = example_audit();
    audit.judges.resize(1);
    audit.pairs.clear();
    const std::string text = render_text(audit_document(audit));
    EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 60);
}

TEST(AuditDocument, WithoutAnOtherJudgeNothingIsSaidOfAgreement) {
    RunAudit audit = example_audit();
    audit.judges.resize(1);
    audit.pairs.clear();
    audit.panel.reset();
    EXPECT_EQ(render_text(audit_document(audit)).find("Agreement"), std::string::npos);
}

TEST(AuditDocument, AJudgeWithoutWorriesSaysSoAndWhatWasNotMeasured) {
    const std::string text = render_text(audit_document(example_audit()));
    EXPECT_NE(text.find("Nothing of what is looked at here stands out."), std::string::npos);
    EXPECT_NE(text.find("no question was decided in both orders"), std::string::npos);
}

}  // namespace
}  // namespace assay::report
