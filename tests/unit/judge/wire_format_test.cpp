#include "assay/judge/wire_format.hpp"

#include <gtest/gtest.h>

namespace assay::judge {
namespace {

TEST(WireFormat, AnEndingIsDroppedOnceAndOnlyAtTheEnd) {
    EXPECT_EQ(without_ending("http://x/v1beta", {"/v1beta", "/v1"}), "http://x");
    EXPECT_EQ(without_ending("http://x/v1", {"/v1beta", "/v1"}), "http://x");
    EXPECT_EQ(without_ending("http://x/gateway//v1", {"/v1"}), "http://x/gateway");
    EXPECT_EQ(without_ending("http://x/v1/v1", {"/v1"}), "http://x/v1");
    EXPECT_EQ(without_ending("http://x/v1/y", {"/v1"}), "http://x/v1/y");
    EXPECT_EQ(without_ending("http://x", {"/v1"}), "http://x");
}

TEST(WireFormat, AnErrorIsReadInTheFormsThatServersWrite) {
    EXPECT_EQ(read_plain_error(R"({"error": {"message": " a\nb ", "type": "t"}})").message, "a b");
    EXPECT_EQ(read_plain_error(R"({"error": {"message": "a", "type": "t"}})").code, "t");
    EXPECT_EQ(read_plain_error(R"({"error": {"message": "a", "type": "t", "code": "c"}})").code, "c");
    EXPECT_EQ(read_plain_error(R"({"error": "bare"})").message, "bare");
    EXPECT_EQ(read_plain_error("<html>").message, "<html>");
    EXPECT_EQ(read_plain_error("\xFF").message, "\uFFFD");
    EXPECT_EQ(read_plain_error("").message, "");
}

TEST(WireFormat, BlameIsInTheParameterBeforeTheMessageBeforeTheBody) {
    EXPECT_EQ(blamed_text(R"({"error": {"param": "Temperature", "message": "tools"}})"), "temperature");
    EXPECT_EQ(blamed_text(R"({"error": {"message": "Tools"}})"), "tools");
    EXPECT_EQ(blamed_text("Tools?"), "tools?");
    EXPECT_TRUE(names_any("no tools here", {"think", "tool"}));
    EXPECT_FALSE(names_any("nothing", {"think", "tool"}));
}

TEST(WireFormat, ThePauseIsTheLongestOfTheLimitsThatHaveTooLittleLeft) {
    HttpReply reply;
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

TEST(WireFormat, PartsAreJoinedAndEmptyOnesLeftOut) {
    EXPECT_EQ(joined({"", "a", "", "b", ""}), "a, b");
    EXPECT_EQ(joined({"", ""}), "");
}

}  // namespace
}  // namespace assay::judge
