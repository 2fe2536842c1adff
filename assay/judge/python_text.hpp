#pragma once
// Text as CPython sees it, for metrics that must give what their Python originals give.

#include <string>
#include <string_view>

namespace assay::judge {

/// Code points; each byte that is not part of well-formed UTF-8 becomes U+FFFD.
[[nodiscard]] std::u32string code_points(std::string_view utf8);
/// str.lower(), as UTF-16: the root locale's full mapping, with U+0130 becoming two characters and
/// the final sigma by its context.
[[nodiscard]] std::u16string lower_utf16(std::string_view utf8);
/// str.isspace: bidirectional class WS, B or S, or category Zs.
[[nodiscard]] bool is_python_space(char32_t c);

}  // namespace assay::judge
