#include "assay/http/server_error.hpp"

#include <gtest/gtest.h>

namespace assay::http {
namespace {

TEST(ServerError, AnEndingIsDroppedOnceAndOnlyAtTheEnd) {
    EXPECT_EQ(without_ending("http://x/v1beta", {"/v1beta", "/v1"}), "http://x");
    EXPECT_EQ(without_ending("http://x/v1", {"/v1beta", "/v1"}), "http://x");
    EXPECT_EQ(without_ending("http://x/gateway//v1", {"/v1"}), "http://x/gateway");
    EXPECT_EQ(without_ending("http://x/v1/v1", {"/v1"}), "http://x/v1");
    EXPECT_EQ(without_ending("http://x/v1/y", {"/v1"}), "http://x/v1/y");
    EXPECT_EQ(without_ending("http://x", {"/v1"}), "http://x");
}

TEST(ServerError, AnErrorIsReadInTheFormsThatServersWrite) {
    EXPECT_EQ(read_plain_error(R"({"error": {"message": " a\nb ", "type": "t"}})").message, "a b");
    EXPECT_EQ(read_plain_error(R"({"error": {"message": "a", "type": "t"}})").code, "t");
    EXPECT_EQ(read_plain_error(R"({"error": {"message": "a", "type": "t", "code": "c"}})").code,
              "c");
    EXPECT_EQ(read_plain_error(R"({"error": "bare"})").message, "bare");
    EXPECT_EQ(read_plain_error("<html>").message, "<html>");
    EXPECT_EQ(read_plain_error("\xFF").message, "\uFFFD");
    EXPECT_EQ(read_plain_error("").message, "");
}

TEST(ServerError, AKeyIsHiddenWhereverItStands) {
    EXPECT_EQ(redact("sk-secret, again sk-secret", "sk-secret"), "[key], again [key]");
    EXPECT_EQ(redact("nothing", "sk-secret"), "nothing");
    EXPECT_EQ(redact("none is none", "none"), "none is none");
}

TEST(ServerError, AKeyIsHiddenAsItIsAndAsJsonWritesIt) {
    EXPECT_EQ(redact(R"({"a": "k\"e/y\\1", "b": "k\"e\/y\\1", "c": k"e/y\1})", R"(k"e/y\1)"),
              R"({"a": "[key]", "b": "[key]", "c": [key]})");
    EXPECT_EQ(redact("aaaaaaaaaaaaa", "aaaaaa"), "[key][key]a");
    EXPECT_EQ(redact("[key][key]", "[key]["), "[key]key]") << "and it ends";
}

}  // namespace
}  // namespace assay::http
