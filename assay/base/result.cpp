#include "assay/base/result.hpp"

#include <fmt/format.h>

namespace assay {

std::string to_sentence(const Failure& failure) {
    std::string out = failure.place.empty() ? failure.message
                                            : fmt::format("{}: {}", failure.place, failure.message);
    if (!failure.remedy.empty()) {
        if (!out.empty() && out.back() != '.' && out.back() != '?') {
            out += '.';
        }
        out += ' ';
        out += failure.remedy;
    }
    return out;
}

void check_failed(const char* condition, const char* file, int line) {
    throw std::logic_error(
        fmt::format("a bug in assay: {} does not hold at {}:{}", condition, file, line));
}

}  // namespace assay
