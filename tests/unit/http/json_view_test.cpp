#include "assay/http/json_view.hpp"

#include <gtest/gtest.h>

namespace assay::http {
namespace {

TEST(JsonView, ReadsWhatIsThere) {
    const JsonView view(R"({"b": "text", "a": [1, {"n": 7}], "yes": true})");
    EXPECT_EQ(view["b"].text(), "text");
    ASSERT_EQ(view["a"].items().size(), 2u);
    EXPECT_EQ(view["a"].items()[1]["n"].count(), 7);
    EXPECT_TRUE(view["yes"].is_true());
    EXPECT_EQ(view.dump(), R"({"b":"text","a":[1,{"n":7}],"yes":true})");
}

TEST(JsonView, WhatIsMissingOrOfAnotherTypeIsNothing) {
    const JsonView view(R"({"t": "text", "n": -1, "f": 1.5, "o": {}, "big": 1e300})");
    EXPECT_EQ(view["x"]["y"]["z"].text(), "");
    EXPECT_EQ(view["n"].text(), "");
    EXPECT_EQ(view["n"].count(), 0);
    EXPECT_EQ(view["f"].count(), 0);
    EXPECT_EQ(view["f"].number(), 1.5);
    EXPECT_EQ(view["n"].number(), -1);
    EXPECT_EQ(view["t"].number(), 0);
    EXPECT_EQ(view["big"].count(), 0);
    EXPECT_TRUE(view["t"].items().empty());
    EXPECT_FALSE(view["t"].is_true());
    EXPECT_TRUE(view["o"].is_object());
    EXPECT_FALSE(view["o"].is_array());
    EXPECT_EQ(view["x"].dump(), "");
}

TEST(JsonView, AMessagesContentIsATextOrPartsOfOne) {
    EXPECT_EQ(content_text(JsonView(R"({"c": "one"})")["c"]), "one");
    EXPECT_EQ(
        content_text(JsonView(
            R"({"c": [{"type": "text", "text": "one, "}, {"type": "image"}, {"text": "two"}]})")
                         ["c"]),
        "one, two");
    EXPECT_EQ(content_text(JsonView("{}")["c"]), "");
}

TEST(JsonView, DepthIsThatOfBracketsOutsideOfStrings) {
    EXPECT_TRUE(nests_deeper_than(std::string(100000, '['), 64));
    EXPECT_FALSE(nests_deeper_than("[\"[[[[[\\\"[[[[\"]", 1));
    EXPECT_TRUE(nests_deeper_than("[[1]]", 1));
}

TEST(JsonView, WhatIsNoObjectIsNothingWhateverItsBytes) {
    for (const std::string& text : {std::string(),
                                    std::string("[1]"),
                                    std::string("{\"a\": "),
                                    std::string("\xFF\xFE"),
                                    std::string(100000, '['),
                                    std::string("null")}) {
        const JsonView view(text);
        EXPECT_FALSE(view.is_object());
        EXPECT_EQ(view["a"].text(), "");
        EXPECT_EQ(view.dump(), "");
    }
}

TEST(JsonView, APartOutlivesItsDocument) {
    const JsonView part = JsonView(R"({"a": {"b": "kept"}})")["a"];
    EXPECT_EQ(part["b"].text(), "kept");
}

}  // namespace
}  // namespace assay::http
