#include "assay/config/yaml_reader.hpp"

#include <gmock/gmock.h>

namespace assay::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class MapReaderTest : public testing::Test {
 protected:
    MapReader reader(const std::string& yaml, std::string path = "") {
        tree_ = parse_yaml(yaml, source_).value();
        return MapReader(tree_, std::move(path), source_, problems_);
    }
    std::vector<std::string> errors() {
        std::vector<std::string> out;
        for (const Failure& failure : problems_.take()) {
            out.push_back(to_sentence(failure));
        }
        return out;
    }

    const std::string source_ = "exp.yaml";
    YamlNode tree_;
    Problems problems_;
};

TEST_F(MapReaderTest, ReadsEachTypeAndLeavesAbsentKeysAlone) {
    MapReader map = reader(
        "t: text\nr: 1e-3\nw: -4\ns: 18446744073709551615\nb: Yes\nl: [a, 5]\no: one\n");
    std::string text;
    double real = 0, absent = 7;
    int whole = 0;
    std::uint64_t seed = 0;
    bool yes = false;
    std::vector<std::string> list, one;
    EXPECT_TRUE(map.text("t", text));
    EXPECT_TRUE(map.read("r", real, Range{0, 1}));
    EXPECT_TRUE(map.read("w", whole, Range{-10, 10}));
    EXPECT_TRUE(map.read("s", seed, Range{0, 2e19}));
    EXPECT_TRUE(map.read("b", yes, YesNo{}));
    EXPECT_TRUE(map.texts("l", list));
    EXPECT_TRUE(map.texts("o", one));
    EXPECT_FALSE(map.read("absent", absent, Range{0, 1}));
    EXPECT_EQ(text, "text");
    EXPECT_EQ(real, 1e-3);
    EXPECT_EQ(whole, -4);
    EXPECT_EQ(seed, 18446744073709551615u);
    EXPECT_TRUE(yes);
    EXPECT_THAT(list, ElementsAre("a", "5"));
    EXPECT_THAT(one, ElementsAre("one"));
    EXPECT_EQ(absent, 7);
    EXPECT_THAT(map.finish(), IsEmpty());
    EXPECT_THAT(errors(), IsEmpty());
}

TEST_F(MapReaderTest, WrongTypesAreNamedAndChangeNothing) {
    MapReader map = reader(
        "a: \"5\"\nb: 1.5\nc: [1]\nd: {x: 1}\ne: maybe\nf: 1e400\ng: 0x10\nh: nan\ni: {}\n",
        "block");
    double real = 7;
    int whole = 7;
    bool yes = true;
    std::string text = "7";
    std::vector<std::string> list{"7"};
    EXPECT_FALSE(map.read("a", whole, Range{0, 10}));
    EXPECT_FALSE(map.read("b", whole, Range{0, 10}));
    EXPECT_FALSE(map.read("c", real, Range{0, 10}));
    EXPECT_FALSE(map.text("d", text));
    EXPECT_FALSE(map.read("e", yes, YesNo{}));
    EXPECT_FALSE(map.read("f", real, Range{0, 10}));
    EXPECT_FALSE(map.read("g", whole, Range{0, 10}));
    EXPECT_FALSE(map.read("h", real, Range{0, 10}));
    EXPECT_FALSE(map.texts("i", list));
    EXPECT_EQ(real, 7);
    EXPECT_EQ(whole, 7);
    EXPECT_TRUE(yes);
    EXPECT_EQ(text, "7");
    EXPECT_THAT(list, ElementsAre("7"));
    EXPECT_THAT(
        errors(),
        ElementsAre(
            "exp.yaml:1:4: block.a: must be a whole number, not the text \"5\"",
            "exp.yaml:2:4: block.b: must be a whole number, written with digits only, not \"1.5\"",
            "exp.yaml:3:4: block.c: must be a number, not a list",
            "exp.yaml:4:4: block.d: must be text, not a mapping",
            "exp.yaml:5:4: block.e: must be true or false, not \"maybe\"",
            "exp.yaml:6:4: block.f: must be a number, not \"1e400\"",
            "exp.yaml:7:4: block.g: must be a whole number, not \"0x10\"",
            "exp.yaml:8:4: block.h: must be a number, not \"nan\"",
            "exp.yaml:9:4: block.i: must be a list of texts, not a mapping"));
}

TEST_F(MapReaderTest, AValueOutOfRangeIsRefusedHoweverLarge) {
    MapReader map = reader("a: 11\nb: 99999999999999999999\nc: 18446744073709551616\n");
    int whole = 7;
    std::uint64_t seed = 7;
    EXPECT_FALSE(map.read("a", whole, Range{0, 10}));
    EXPECT_FALSE(map.read("b", whole, Range{0, 10}));
    EXPECT_FALSE(map.read("c", seed, Range{0, 18446744073709551615.0}));
    EXPECT_EQ(whole, 7);
    EXPECT_EQ(seed, 7u);
    EXPECT_THAT(errors(),
                ElementsAre("exp.yaml:1:4: a: must be from 0 to 10, not 11",
                            "exp.yaml:2:4: b: must be from 0 to 10, not 1e+20",
                            "exp.yaml:3:4: c: must be a whole number, written with digits only, "
                            "not \"18446744073709551616\""));
}

TEST_F(MapReaderTest, AKeyWithoutAValueIsReportedButABlockMayBeEmpty) {
    MapReader map = reader("temp:\nblock:\n");
    double real = 7;
    EXPECT_FALSE(map.read("temp", real, Range{0, 10}));
    EXPECT_EQ(map.block("block", YamlNode::Kind::kMap), nullptr);
    EXPECT_THAT(errors(),
                ElementsAre("exp.yaml:1:1: temp: has no value. Fill it in or leave the key out."));
}

TEST_F(MapReaderTest, UnknownAndDoubledKeysAreReported) {
    MapReader map = reader("temp: 1\ntmep: 2\nzzzzzz: 3\ntemp: 4\n[a]: 5\n", "generation");
    double real = 0;
    EXPECT_TRUE(map.read("temp", real, Range{0, 10}));
    map.know("top-k");
    EXPECT_THAT(map.finish(), ElementsAre("temp"));
    EXPECT_EQ(real, 1);
    EXPECT_THAT(
        errors(),
        ElementsAre(
            "exp.yaml:2:1: unknown key \"tmep\" in generation; did you mean \"temp\"?",
            "exp.yaml:3:1: unknown key \"zzzzzz\" in generation; known: temp, top-k",
            "exp.yaml:4:1: the key \"generation.temp\" stands twice; the first is in line 1",
            "exp.yaml:5:1: generation: a key must be a word, not a list"));
}

TEST_F(MapReaderTest, AnEmptyTextInAListIsReportedWithItsPlace) {
    MapReader map = reader("stop: [a, \"\", {b: c}, ~]\n", "generation");
    std::vector<std::string> list;
    EXPECT_TRUE(map.texts("stop", list));
    EXPECT_THAT(
        errors(),
        ElementsAre("exp.yaml:1:11: generation.stop[1]: is empty. Fill it in or leave it out.",
                    "exp.yaml:1:15: generation.stop[2]: must be text, not a mapping",
                    "exp.yaml:1:23: generation.stop[3]: must be text, not nothing"));
}

}  // namespace
}  // namespace assay::config
