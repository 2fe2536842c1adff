#include "assay/judge/batch_format.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::judge {
namespace {

using ::testing::HasSubstr;

const BatchFormat* const kFormats[] = {&openai_batches(), &gemini_batches(), &anthropic_batches()};

TEST(BatchFormat, WhatIsNoDocumentOfItsIsNothingAndNothingThrows) {
    for (const BatchFormat* format : kFormats) {
        for (const std::string& body :
             {std::string(),
              std::string("[]"),
              std::string("<html>"),
              std::string("{\"id\": 3, \"name\": [], \"data\": {}, \"status\": null}"),
              std::string(20000, '[')}) {
            EXPECT_FALSE(format->read_batch(body)) << body.substr(0, 50);
            EXPECT_TRUE(format->read_results("l", body).empty());
        }
        EXPECT_FALSE(format->read_page("[]"));
    }
}

TEST(BatchFormat, ANameThatCouldLeadElsewhereIsNotTaken) {
    for (const char* id : {"../admin", "a/b", "a?b", "", "a b", "b\\u00e4"}) {
        const std::string text(id);
        EXPECT_FALSE(is_plain_id(text));
        EXPECT_FALSE(
            openai_batches().read_batch(R"({"status": "completed", "id": ")" + text + "\"}"));
        EXPECT_FALSE(anthropic_batches().read_batch(R"({"processing_status": "ended", "id": ")" +
                                                    text + "\"}"));
        EXPECT_FALSE(gemini_batches().read_batch(R"({"name": "batches/)" + text + "\"}"));
    }
    const auto info = openai_batches().read_batch(
        R"({"status": "completed", "id": "b_1", "output_file_id": "../x", "error_file_id": "f-2"})");
    ASSERT_TRUE(info);
    ASSERT_EQ(info->results.size(), 1u);
    EXPECT_EQ(info->results[0].path, "/files/f-2/content");
}

TEST(BatchFormat, TheKeyDoesNotFollowAnAddressInAReply) {
    const auto info = anthropic_batches().read_batch(
        R"({"processing_status": "ended", "id": "m_1", "results_url": "https://evil.example/r"})");
    ASSERT_TRUE(info);
    EXPECT_EQ(info->results.at(0).path, "/v1/messages/batches/m_1/results");
}

TEST(BatchFormat, EveryStateIsWaitingEndedOrFailed) {
    const auto openai = [](const std::string& status) {
        return openai_batches().read_batch(R"({"id": "b", "status": ")" + status + "\"}")->phase;
    };
    for (const char* status :
         {"validating", "in_progress", "finalizing", "cancelling", "what_comes_later"}) {
        EXPECT_EQ(openai(status), BatchPhase::kWaiting) << status;
    }
    for (const char* status : {"completed", "expired", "cancelled"}) {
        EXPECT_EQ(openai(status), BatchPhase::kEnded) << status;
    }
    EXPECT_EQ(openai("failed"), BatchPhase::kFailed);
    const auto gemini = [](const std::string& state) {
        return gemini_batches()
            .read_batch(R"({"name": "batches/b", "metadata": {"state": "BATCH_STATE_)" + state +
                        "\"}}")
            ->phase;
    };
    for (const char* state : {"UNSPECIFIED", "PENDING", "RUNNING"}) {
        EXPECT_EQ(gemini(state), BatchPhase::kWaiting) << state;
    }
    EXPECT_EQ(gemini("SUCCEEDED"), BatchPhase::kEnded);
    for (const char* state : {"FAILED", "CANCELLED", "EXPIRED"}) {
        EXPECT_EQ(gemini(state), BatchPhase::kFailed) << state;
    }
    const auto anthropic = [](const std::string& status) {
        return anthropic_batches()
            .read_batch(R"({"id": "b", "processing_status": ")" + status + "\"}")
            ->phase;
    };
    for (const char* status : {"in_progress", "canceling"}) {
        EXPECT_EQ(anthropic(status), BatchPhase::kWaiting) << status;
    }
    EXPECT_EQ(anthropic("ended"), BatchPhase::kEnded);
}

TEST(BatchFormat, AnthropicsKindsOfErrorsAreTheStatusesOfSingleRequests) {
    const std::pair<const char*, int> kinds[] = {{"invalid_request_error", 400},
                                                 {"authentication_error", 401},
                                                 {"billing_error", 402},
                                                 {"permission_error", 403},
                                                 {"not_found_error", 404},
                                                 {"request_too_large", 413},
                                                 {"rate_limit_error", 429},
                                                 {"api_error", 500},
                                                 {"timeout_error", 504},
                                                 {"overloaded_error", 529}};
    for (const auto& [kind, status] : kinds) {
        const auto results = anthropic_batches().read_results(
            "l",
            std::string(
                R"({"custom_id": "l-0", "result": {"type": "errored", "error": {"type": "error", "error": {"type": ")") +
                kind + R"(", "message": "m"}}}})");
        ASSERT_EQ(results.size(), 1u);
        EXPECT_EQ(results[0].status, status) << kind;
        EXPECT_THAT(results[0].body, HasSubstr("\"m\""));
    }
}

}  // namespace
}  // namespace assay::judge
