#include "assay/base/boundary.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

#include "assay/base/hash.hpp"

namespace assay {

std::string boundary_for(std::span<const std::string_view> texts, std::size_t n_digits) {
    std::string hash = sha256_of_fields(std::vector<std::string>(texts.begin(), texts.end()));
    for (;; hash = sha256_hex(hash)) {
        std::string digits;
        std::copy_if(hash.begin(), hash.end(), std::back_inserter(digits), [](char c) {
            return c >= '0' && c <= '9';
        });
        if (digits.size() < n_digits) {
            continue;
        }
        digits.resize(n_digits);
        if (std::none_of(texts.begin(), texts.end(), [&](std::string_view t) {
                return t.find(digits) != t.npos;
            })) {
            return digits;
        }
    }
}

}  // namespace assay
