#include "assay/run/verification.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace assay::run {
namespace {

Verification found() {
    Verification out;
    out.run_dir = "runs/science";
    out.plan_sha256 = "abc";
    out.checks = {{"plans, with their hashes", 2}};
    out.not_checked = {{"/m.gguf", "it cannot be read"}};
    out.differences = {{"report.md", "it is missing, and the run has one"}};
    return out;
}

TEST(Verification, TextSaysWhatWasCheckedAndEndsWithTheCount) {
    EXPECT_EQ(verification_text(found()),
              "checked      2 plans, with their hashes\n"
              "not checked  /m.gguf: it cannot be read\n"
              "DIFFERS      report.md: it is missing, and the run has one\n"
              "1 thing differs.\n");
    Verification sound = found();
    sound.differences.clear();
    EXPECT_FALSE(sound.differs());
    EXPECT_TRUE(verification_text(sound).ends_with("Nothing differs.\n"));
    sound.differences = {{"a", "b"}, {"c", "d"}};
    EXPECT_TRUE(verification_text(sound).ends_with("2 things differ.\n"));
}

TEST(Verification, JsonIsOneDocumentWhateverBytesAreInIt) {
    Verification verification = found();
    verification.differences.push_back({"\xff.md", "x"});
    const auto document = nlohmann::json::parse(verification_json(verification));
    EXPECT_EQ(document["schema_version"], 1);
    EXPECT_EQ(document["differs"], true);
    EXPECT_EQ(document["checks"][0]["n"], 2);
    EXPECT_EQ(document["differences"][0]["place"], "report.md");
    EXPECT_EQ(document["not_checked"][0]["what"], "it cannot be read");
}

}  // namespace
}  // namespace assay::run
