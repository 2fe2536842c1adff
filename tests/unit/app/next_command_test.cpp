#include "assay/app/next_command.hpp"

#include <gmock/gmock.h>

#include <CLI/CLI.hpp>
#include <vector>

namespace assay::app {
namespace {

using testing::ElementsAre;

/// Flags of every kind that a command has.
struct Given {
    CLI::App app;
    std::string file, prefix;
    std::vector<std::string> variants, judges;
    bool quiet = false;
    double temp = 0;

    Given() {
        app.add_option("EXPERIMENT", file);
        app.add_option("--variants", variants)->delimiter(',')->allow_extra_args(false);
        app.add_option("--judge", judges)->allow_extra_args(false);
        app.add_option("--query-prefix", prefix);
        app.add_option("-t,--temp", temp);
        app.add_flag("-q,--quiet", quiet);
    }
    std::vector<std::string> words(std::vector<std::string> line) {
        std::vector<const char*> arguments{"assay"};
        for (const std::string& word : line) {
            arguments.push_back(word.c_str());
        }
        app.parse(static_cast<int>(arguments.size()), arguments.data());
        return words_given(app, [](const CLI::Option&) { return true; });
    }
};

TEST(WordsGiven, AreEveryOptionByItsLongName) {
    Given given;
    EXPECT_THAT(given.words({"it's.yaml",
                             "--variants",
                             "Q8_0,Q4_K_M",
                             "--variants=Q2_K",
                             "--judge",
                             "a",
                             "--judge",
                             "b",
                             "-q",
                             "-t",
                             "0.7"}),
                ElementsAre("it's.yaml",
                            "--variants=Q8_0,Q4_K_M,Q2_K",
                            "--judge=a",
                            "--judge=b",
                            "--temp=0.7",
                            "--quiet"));
}

TEST(WordsGiven, GiveTheSameWhenTheyAreGivenAgain) {
    const std::vector<std::string> line{
        "a b.yaml", "--variants", "x", "--judge", "-odd", "--query-prefix", "", "-q"};
    Given first;
    std::vector<std::string> words;
    try {
        words = first.words(line);
    } catch (const CLI::ParseError&) {
        GTEST_SKIP() << "this CLI11 takes no such value";
    }
    Given second;
    EXPECT_EQ(second.words(words), words);
    EXPECT_EQ(second.prefix, "");
}

TEST(CommandToCopy, IsQuotedForAShell) {
    EXPECT_EQ(command_to_copy("run", {"it's.yaml", "--samples=4"}),
              "assay run 'it'\\''s.yaml' --samples=4");
    EXPECT_EQ(command_to_copy("run", {"a\nb"}), "") << "nobody can copy it as one line";
    EXPECT_EQ(command_to_copy("run", {"\x1b[31m"}), "");
    EXPECT_EQ(command_to_copy("run", {"\xff"}), "");
}

}  // namespace
}  // namespace assay::app
