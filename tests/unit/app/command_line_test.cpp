#include "assay/app/command_line.hpp"

#include <gtest/gtest.h>

#include "assay/base/result.hpp"
#include "temp_folder.hpp"

namespace assay::app {
namespace {

/// argv of a command line.
class Arguments {
 public:
    explicit Arguments(std::vector<std::string> words) : words_(std::move(words)) {
        for (std::string& word : words_) {
            pointers_.push_back(word.data());
        }
        pointers_.push_back(nullptr);
    }
    [[nodiscard]] int argc() const { return static_cast<int>(words_.size()); }
    char** argv() { return pointers_.data(); }

 private:
    std::vector<std::string> words_;
    std::vector<char*> pointers_;
};

std::string stored(const std::vector<std::string>& words) {
    Arguments arguments(words);
    set_command_line(arguments.argc(), arguments.argv());
    return command_line();
}

TEST(CommandLine, IsQuotedForAShell) {
    EXPECT_EQ(stored({"/usr/bin/assay", "run", "a-b.yaml", "--run=x/y"}),
              "assay run a-b.yaml --run=x/y");
    EXPECT_EQ(stored({"assay", "two words", "", "$HOME", "it's", "*"}),
              R"(assay 'two words' '' '$HOME' 'it'\''s' '*')");
    EXPECT_EQ(stored({"assay", "\xff"}), "assay '\xef\xbf\xbd'");
}

TEST(CommandLine, SpellsLlamaCppsShortFlagsOut) {
    Arguments arguments({"assay",
                         "run",
                         "-ub",
                         "256",
                         "-ngl",
                         "0",
                         "-fa",
                         "off",
                         "-ctk",
                         "q8_0",
                         "-ctv",
                         "f16",
                         "-m",
                         "x",
                         "-ubx"});
    EXPECT_EQ(spell_out(arguments.argc(), arguments.argv()),
              (std::vector<std::string>{"run",
                                        "--ubatch-size",
                                        "256",
                                        "--n-gpu-layers",
                                        "0",
                                        "--flash-attn",
                                        "off",
                                        "--cache-type-k",
                                        "q8_0",
                                        "--cache-type-v",
                                        "f16",
                                        "-m",
                                        "x",
                                        "-ubx"}));
}

TEST(CheckGate, TakesAVariantAllOrNothing) {
    Plan plan;
    plan.variants = {{"Q8_0", TypeSource{"Q8_0"}}, {"mine", FileSource{"x.gguf"}}};
    for (const char* gate : {"", "all", "Q8_0", "mine"}) {
        EXPECT_NO_THROW(check_gate(gate, plan)) << gate;
    }
    try {
        check_gate("Q4_K_M", plan);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::kUsage);
        EXPECT_NE(std::string(error.what()).find("Q8_0, mine"), std::string::npos) << error.what();
    }
}

TEST(WriteExample, LeavesAFileThatIsThereUnlessForced) {
    const test::TempFolder folder;
    const std::string file = folder.write("e.yaml", "mine");
    EXPECT_THROW(write_example(file, false), Error);
    EXPECT_EQ(test::bytes_of(file), "mine");
    testing::internal::CaptureStdout();
    EXPECT_EQ(write_example(file, true), 0);
    EXPECT_NE(testing::internal::GetCapturedStdout().find(file), std::string::npos);
    EXPECT_NE(test::bytes_of(file).find("baseline:"), std::string::npos);
    EXPECT_THROW(write_example((folder / "no/such/folder.yaml").string(), false), Error);
}

}  // namespace
}  // namespace assay::app
