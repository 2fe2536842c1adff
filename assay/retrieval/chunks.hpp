#pragma once
// Text -> passages of limited length that end where sentences end.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay::retrieval {

/// The most words of a passage that is cut from a document.
inline constexpr std::int64_t kMostWords = 200;
/// The most characters of one, for text that has no words.
inline constexpr std::int64_t kMostCharacters = 4000;

/// The text (UTF-8, NFC from here on) as passages: sentence after sentence, as many as fit into
/// kMostWords. Paragraphs, which are apart by an empty line, become lines of a passage; other white
/// space becomes one space. A sentence that is longer alone is cut between words. Nothing is lost
/// but white space, and nothing stands twice.
///
/// Words: runs of anything but white space, or ICU's words where these are more (Chinese, Japanese
/// and Thai have no spaces). Sentences: ICU's, but none ends behind an abbreviation ("Dr.", "et
/// al.").
[[nodiscard]] std::vector<std::string> passages_of(std::string_view text);

}  // namespace assay::retrieval
