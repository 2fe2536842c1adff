#pragma once
// What a fair judge of the scripted engine's answers goes by.

#include <cctype>
#include <string>
#include <string_view>

namespace assay::test {

/// Letters and digits in small letters: other white space, punctuation and case say the same.
inline std::string letters_of(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0) {
            out += static_cast<char>(std::tolower(byte));
        }
    }
    return out;
}

/// The answer says what is expected, and may say more; or it is a long answer that was cut off.
inline bool is_right(std::string_view answer, std::string_view expected) {
    constexpr std::size_t kLong = 30;
    const std::string said = letters_of(answer), wanted = letters_of(expected);
    return !wanted.empty() &&
           (said.starts_with(wanted) || (said.size() >= kLong && wanted.starts_with(said)));
}

/// A, B or C (neither): which of the answers alone is right.
inline char better_of(std::string_view a, std::string_view b, std::string_view expected) {
    const bool a_is_right = is_right(a, expected), b_is_right = is_right(b, expected);
    if (a_is_right == b_is_right) {
        return 'C';
    }
    return a_is_right ? 'A' : 'B';
}

}  // namespace assay::test
