#include "assay/base/shell_word.hpp"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(ShellWord, IsOneWordWhateverItHolds) {
    EXPECT_EQ(shell_word("--run=runs/science-2"), "--run=runs/science-2");
    EXPECT_EQ(shell_word(""), "''");
    EXPECT_EQ(shell_word("a b"), "'a b'");
    EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
    EXPECT_EQ(shell_word("$(reboot)`;&|*?~#!"), "'$(reboot)`;&|*?~#!'");
    EXPECT_EQ(shell_word("~/runs"), "'~/runs'") << "no folder of another user";
}

}  // namespace
}  // namespace assay
