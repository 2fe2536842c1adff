#include "assay/report/audit_json.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "audit_builder.hpp"
#include "golden.hpp"

namespace assay::report {
namespace {

using Json = nlohmann::json;

TEST(AuditJson, IsTheGoldenFile) {
    expect_golden("audit.json", audit_to_json(example_audit(), 2) + "\n");
}

TEST(AuditJson, WhatIsNotKnownIsNullWithAWhy) {
    const Json json = Json::parse(audit_to_json(example_audit(), -1));
    EXPECT_EQ(json["schema_version"], 1);
    const Json& metric = json["judges"][1];
    EXPECT_TRUE(metric["position"].is_null());
    EXPECT_TRUE(metric["flips"].is_null());
    EXPECT_TRUE(metric["conduct"]["n_prompt_tokens"].is_null());
    EXPECT_EQ(metric["cost"]["why"], "a metric costs nothing");
    EXPECT_TRUE(metric["length"]["longer_won"]["value"].is_null());
    EXPECT_FALSE(metric["length"]["longer_won"]["why"].get<std::string>().empty());
    const Json& ties = json["agreement"]["pairs"][1];
    EXPECT_EQ(ties["n_same"], 30);
    EXPECT_TRUE(ties["kappa"]["value"].is_null()) << "neither 0 nor 1";
    EXPECT_NE(ties["kappa"]["why"].get<std::string>().find("undefined"), std::string::npos);
    EXPECT_EQ(Json::parse(agreement_to_json({}, std::nullopt)),
              Json::parse(R"({"pairs": [], "panel": null})"));
}

}  // namespace
}  // namespace assay::report
