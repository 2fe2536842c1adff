#include "assay/config/yaml_tree.hpp"

#include <gtest/gtest.h>

namespace assay::config {
namespace {

std::string error_of(std::string_view text) {
    const auto tree = parse_yaml(text, "exp.yaml");
    return tree ? "accepted" : to_sentence(tree.error());
}

TEST(YamlTree, KeepsPlacesQuotesAndDoubledKeys) {
    const auto tree = parse_yaml("a: 5\nb: [\"5\", x]\na:\n", "exp.yaml");
    ASSERT_TRUE(tree);
    ASSERT_EQ(tree->entries.size(), 3u);
    EXPECT_EQ(tree->entries[0].key.line, 1);
    EXPECT_EQ(tree->entries[0].value.column, 4);
    EXPECT_FALSE(tree->entries[0].value.quoted);
    EXPECT_EQ(tree->entries[1].value.items[0].text, "5");
    EXPECT_TRUE(tree->entries[1].value.items[0].quoted);
    EXPECT_EQ(tree->entries[1].value.items[1].line, 2);
    EXPECT_EQ(tree->entries[1].value.items[1].column, 10);
    EXPECT_EQ(tree->entries[2].key.text, "a");
    EXPECT_EQ(tree->entries[2].value.kind, YamlNode::Kind::kNull);
}

TEST(YamlTree, AnEmptyTextIsNull) {
    EXPECT_EQ(parse_yaml("", "x").value().kind, YamlNode::Kind::kNull);
    EXPECT_EQ(parse_yaml("# nothing\n", "x").value().kind, YamlNode::Kind::kNull);
}

TEST(YamlTree, BrokenYamlNamesLineAndColumn) {
    EXPECT_EQ(error_of("a: 1\nb: [1, 2\nc: 3\n"),
              "exp.yaml:3:2: broken YAML: end of sequence flow not found");
    EXPECT_EQ(error_of("a: 1\n  b: 2\n"), "exp.yaml:2:4: broken YAML: illegal map value");
    EXPECT_EQ(error_of("a: *nothing\n"),
              "exp.yaml:1:4: broken YAML: the referenced anchor is not defined");
}

TEST(YamlTree, ASecondDocumentIsNotDroppedSilently) {
    EXPECT_EQ(error_of("a: 1\n---\nb: 2\n"),
              "exp.yaml:2:1: a second document, or something that belongs to no key, begins here");
}

TEST(YamlTree, AnAliasIsACopy) {
    const auto tree = parse_yaml("a: &x {b: [1]}\nc: *x\nd: [*x, *x]\n", "exp.yaml");
    ASSERT_TRUE(tree);
    EXPECT_EQ(tree->entries[1].value.entries[0].value.items[0].text, "1");
    EXPECT_EQ(tree->entries[2].value.items[1].entries[0].key.text, "b");
}

// yaml-cpp reads these as empty documents without end.
TEST(YamlTree, AStrayCommaOrBracketIsRefused) {
    for (const char* text : {",", "a: 1\n,\nb: 2\n", "]\n", "}", "# x\n,\na: 1\n", "a: 1\n]"}) {
        EXPECT_NE(error_of(text).find("exp.yaml:"), std::string::npos) << text;
    }
}

TEST(YamlTree, InvalidUtf8NamesTheLine) {
    EXPECT_EQ(error_of("a: 1\nb: \xFF\n"),
              "exp.yaml:2: is not valid UTF-8. Save the file as UTF-8.");
}

TEST(YamlTree, AFewLinesThatStandForBillionsAreRefused) {
    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 12; ++i) {
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
        for (int j = 0; j < 10; ++j) {
            bomb += (j ? ", *a" : "*a") + std::to_string(i - 1);
        }
        bomb += "]\n";
    }
    EXPECT_NE(error_of(bomb).find("has more than 100000 values"), std::string::npos)
        << error_of(bomb);
}

TEST(YamlTree, DeepNestingIsRefused) {
    EXPECT_NE(error_of("a: " + std::string(60, '[') + std::string(60, ']'))
                  .find("nests deeper than 50 levels"),
              std::string::npos);
    EXPECT_NE(error_of(std::string(100000, '[')).find("exp.yaml:1:"), std::string::npos);
    EXPECT_EQ(error_of("a: &a [*a]"), "exp.yaml:1:8: an alias stands inside what it stands for");
}

}  // namespace
}  // namespace assay::config
