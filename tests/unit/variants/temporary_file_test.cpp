#include "assay/variants/temporary_file.hpp"

#include <gmock/gmock.h>

#include "assay/base/result.hpp"
#include "temp_folder.hpp"

namespace assay::variants {
namespace {

namespace fs = std::filesystem;

class TemporaryFileTest : public testing::Test {
 protected:
    [[nodiscard]] bool is_there(const std::string& name) const { return fs::exists(folder / name); }
    test::TempFolder folder;
};

TEST_F(TemporaryFileTest, IsThereUntilItIsRenamedOrGivenUp) {
    const fs::path target = folder / "m.gguf";
    fs::path path;
    {
        const TemporaryFile made(target);
        path = made.path();
        EXPECT_TRUE(fs::exists(path));
    }
    EXPECT_FALSE(fs::exists(path));
    {
        const TemporaryFile made(target);
        fs::rename(made.path(), target);
    }
    EXPECT_TRUE(fs::exists(target));
    EXPECT_THROW(TemporaryFile(folder / "none" / "m.gguf"), Error);
}

TEST_F(TemporaryFileTest, WhatAKilledRunLeftIsRemovedAndWhatIsBeingMadeIsNot) {
    folder.write("m.gguf.17.part", "left");
    folder.write("other.gguf.18.part", "left");
    folder.write("m.gguf", "whole");
    folder.write("notes.txt.19.part", "a user's");
    folder.write("m.gguf.part", "a user's");
    folder.write("m.gguf.x1.part", "a user's");
    const TemporaryFile being_made(folder / "m.gguf");
    remove_left_temporaries(folder.path(), "m.gguf");
    EXPECT_FALSE(is_there("m.gguf.17.part"));
    EXPECT_TRUE(is_there("other.gguf.18.part")) << "of another file";
    remove_left_temporaries(folder.path(), "");
    EXPECT_FALSE(is_there("other.gguf.18.part"));
    for (const char* name : {"m.gguf", "notes.txt.19.part", "m.gguf.part", "m.gguf.x1.part"}) {
        EXPECT_TRUE(is_there(name)) << name;
    }
    EXPECT_TRUE(fs::exists(being_made.path()));
}

}  // namespace
}  // namespace assay::variants
