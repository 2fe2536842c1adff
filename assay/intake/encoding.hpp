#pragma once
// Bytes that a person brings -> text. Whatever reads such a file asks here first: what is not UTF-8
// text is named (UTF-16, Windows-1252, a workbook, an archive) with the way out.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "assay/base/result.hpp"

namespace assay::intake {

/// Why bytes are not text that is read here.
struct NotText {
    std::int64_t line = 0;  ///< from 1; 0: the whole file
    std::string message;    ///< "is UTF-16"
    std::string remedy;
};

/// Nothing if the bytes are UTF-8, with or without a byte order mark, and of no binary format.
[[nodiscard]] std::optional<NotText> why_not_text(std::string_view bytes);

/// The text without a byte order mark.
[[nodiscard]] std::string_view without_mark(std::string_view text);

/// The bytes as text without a byte order mark, or a Failure with the place "NAME" or "NAME:LINE".
[[nodiscard]] Result<std::string_view> text_of_file(std::string_view bytes,
                                                    const std::string& name);

/// Reads a file as text without a byte order mark. Fails as read_file does, and as text_of_file.
[[nodiscard]] Result<std::string> read_text_file(const std::filesystem::path& path);

}  // namespace assay::intake
