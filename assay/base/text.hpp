#pragma once
// Small text helpers that know no domain word.

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/base/result.hpp"

namespace assay {

/// Without ASCII white space at both ends.
[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);
[[nodiscard]] std::string to_lower_ascii(std::string_view text);
[[nodiscard]] bool is_valid_utf8(std::string_view bytes);
/// Valid UTF-8: every byte that is not part of a well-formed sequence becomes U+FFFD. Model output
/// is bytes; reports are text.
[[nodiscard]] std::string to_valid_utf8(std::string_view bytes);
/// Code points of a text, an invalid byte counted as one.
[[nodiscard]] std::int64_t n_characters(std::string_view bytes);
/// At most `max_chars` characters (code points) of valid UTF-8 on one line, "…" at the end where
/// something was cut.
[[nodiscard]] std::string shorten(std::string_view text, std::size_t max_chars);
/// In double quotes on one line, every byte to be told: \n, \t, \r, \", \\ and \xNN for control
/// characters and for bytes that are no UTF-8. Valid UTF-8.
[[nodiscard]] std::string in_quotes(std::string_view bytes);
/// Safe as a file name: ASCII letters, digits, '.', '_' and '-' are kept, each run of anything else
/// becomes one '-'; never empty, ".", or "..".
[[nodiscard]] std::string slug(std::string_view text);
/// "397.8 MB" (decimal units, as file managers and the study print them).
[[nodiscard]] std::string format_bytes(std::uint64_t bytes);
/// "4 s", "3 min 20 s", "2 h 05 min".
[[nodiscard]] std::string format_duration(double seconds);
/// The known word nearest to `word` (edit distance at most 3 and less than half of its length), or
/// empty. For "did you mean".
[[nodiscard]] std::string nearest_word(std::string_view word, std::span<const std::string> known);
/// Whole file as bytes.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path);
/// Writes to a temporary file beside `path`, flushes it to disk, and renames: the file is the old
/// one or the new one, never a part.
[[nodiscard]] Result<bool> write_file_atomically(const std::filesystem::path& path,
                                                 std::string_view bytes);

}  // namespace assay
