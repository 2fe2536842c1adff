#include "assay/judge/wire_format.hpp"

#include <gtest/gtest.h>

namespace assay::judge {
namespace {

TEST(WireFormat, BlameIsInTheParameterBeforeTheMessageBeforeTheBody) {
    EXPECT_EQ(blamed_text(R"({"error": {"param": "Temperature", "message": "tools"}})"), "temperature");
    EXPECT_EQ(blamed_text(R"({"error": {"message": "Tools"}})"), "tools");
    EXPECT_EQ(blamed_text("Tools?"), "tools?");
    EXPECT_TRUE(names_any("no tools here", {"think", "tool"}));
    EXPECT_FALSE(names_any("nothing", {"think", "tool"}));
}

TEST(WireFormat, PartsAreJoinedAndEmptyOnesLeftOut) {
    EXPECT_EQ(joined({"", "a", "", "b", ""}), "a, b");
    EXPECT_EQ(joined({"", ""}), "");
}

}  // namespace
}  // namespace assay::judge
