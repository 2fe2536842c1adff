#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "assay/base/text.hpp"

namespace assay {

/// Compares with tests/golden/<name>; with ASSAY_UPDATE_GOLDEN=1 in the environment the file is
/// rewritten instead.
inline void expect_golden(std::string_view name, const std::string& text) {
    const std::filesystem::path path = std::filesystem::path(ASSAY_SOURCE_DIR) / "tests" /
                                       "golden" / name;
    const char* update = std::getenv("ASSAY_UPDATE_GOLDEN");
    if (update != nullptr && std::string_view(update) == "1") {
        const auto written = write_file_atomically(path, text);
        ASSERT_TRUE(written) << to_sentence(written.error());
    }
    const auto golden = read_file(path);
    ASSERT_TRUE(golden) << to_sentence(golden.error());
    EXPECT_EQ(*golden, text)
        << path << " differs; if that is meant, run the test again with ASSAY_UPDATE_GOLDEN=1";
}

}  // namespace assay
