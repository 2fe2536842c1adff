#include "assay/judge/api_format.hpp"

#include <gtest/gtest.h>

namespace assay::judge {
namespace {

TEST(ApiFormat, BlameIsInTheParameterBeforeTheMessageBeforeTheBody) {
    EXPECT_EQ(blamed_text(R"({"error": {"param": "Temperature", "message": "tools"}})"),
              "temperature");
    EXPECT_EQ(blamed_text(R"({"error": {"message": "Tools"}})"), "tools");
    EXPECT_EQ(blamed_text("Tools?"), "tools?");
    EXPECT_TRUE(names_any("no tools here", {"think", "tool"}));
    EXPECT_FALSE(names_any("nothing", {"think", "tool"}));
}

TEST(ApiFormat, ThePauseIsTheLongestOfTheLimitsThatHaveTooLittleLeft) {
    http::HttpReply reply;
    reply.limits = {{"a-left", "0"}, {"a-reset", "2s"}, {"b-left", "99"}, {"b-reset", "5s"}};
    EXPECT_EQ(longest_pause(reply, {{"a-left", "a-reset", 1}, {"b-left", "b-reset", 50}}, 0), 2.0);
    EXPECT_EQ(longest_pause(reply, {{"a-left", "a-reset", 1}, {"b-left", "b-reset", 100}}, 0), 5.0);
    EXPECT_FALSE(longest_pause(reply, {{"b-left", "b-reset", 50}, {"c-left", "c-reset", 1}}, 0));
    for (const char* left : {"", "many", "-", "1 or so", "nan"}) {
        reply.limits["a-left"] = left;
        EXPECT_FALSE(longest_pause(reply, {{"a-left", "a-reset", 1}}, 0)) << left;
    }
    reply.limits["a-left"] = "-5";
    EXPECT_EQ(longest_pause(reply, {{"a-left", "a-reset", 1}}, 0), 2.0);
    reply.limits["a-reset"] = "soon";
    EXPECT_FALSE(longest_pause(reply, {{"a-left", "a-reset", 1}}, 0));
}

TEST(ApiFormat, PartsAreJoinedAndEmptyOnesLeftOut) {
    EXPECT_EQ(joined({"", "a", "", "b", ""}), "a, b");
    EXPECT_EQ(joined({"", ""}), "");
}

}  // namespace
}  // namespace assay::judge
