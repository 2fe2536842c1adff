#include "assay/base/shell_word.hpp"

#include <string_view>

namespace assay {

std::string shell_word(const std::string& bytes) {
    static constexpr std::string_view
        kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%";
    if (!bytes.empty() && bytes.find_first_not_of(kPlain) == std::string::npos) {
        return bytes;
    }
    std::string out = "'";
    for (const char c : bytes) {
        out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return out + "'";
}

}  // namespace assay
