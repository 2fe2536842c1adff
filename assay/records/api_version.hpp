#pragma once
// The one query that a server's address may have.

#include <algorithm>
#include <string_view>

namespace assay {

/// "api-version=2024-10-21", as Azure wants it on every request. Any other query of an address is
/// refused: it could hold a key, which would be stored. Empty: false.
[[nodiscard]] inline bool is_api_version(std::string_view query) {
    constexpr std::string_view kName = "api-version=";
    constexpr std::size_t kMost = 40;  // longer than any version, shorter than most keys
    if (!query.starts_with(kName)) {
        return false;
    }
    query.remove_prefix(kName.size());
    return !query.empty() && query.size() <= kMost &&
           std::all_of(query.begin(), query.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      c == '-' || c == '.';
           });
}

}  // namespace assay
