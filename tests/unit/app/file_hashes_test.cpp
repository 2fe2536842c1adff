#include "assay/app/file_hashes.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

#include "assay/base/hash.hpp"
#include "temp_folder.hpp"

namespace assay::app {
namespace {

TEST(FileHashes, AreRememberedUntilSizeOrTimeChange) {
    const test::TempFolder folder;
    const auto store = store::Store::open(folder / "run");
    SilentProgress progress;
    const FileHashes hashes(*store, progress);
    const std::string file = folder.write("file", "one");
    EXPECT_EQ(hashes.of(file), sha256_hex("one"));
    const auto time = std::filesystem::last_write_time(file);
    folder.write("file", "two");
    std::filesystem::last_write_time(file, time);
    EXPECT_EQ(hashes.of(file), sha256_hex("one")) << "same size, same time: it is not read again";
    std::filesystem::last_write_time(file, time + std::chrono::seconds(1));
    EXPECT_EQ(hashes.of(file), sha256_hex("two"));
    folder.write("file", "three");
    std::filesystem::last_write_time(file, time + std::chrono::seconds(1));
    EXPECT_EQ(hashes.of(file), sha256_hex("three"));
}

TEST(FileHashes, OfAFileThatIsNotThereAreAnError) {
    const test::TempFolder folder;
    const auto store = store::Store::open(folder / "run");
    SilentProgress progress;
    try {
        static_cast<void>(FileHashes(*store, progress).of((folder / "none").string()));
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::kUsage);
        EXPECT_NE(std::string(error.what()).find("none"), std::string::npos);
    }
}

}  // namespace
}  // namespace assay::app
