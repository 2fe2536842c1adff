#include "assay/llm/shared_prefix.hpp"

#include <algorithm>
#include <array>

namespace assay::llm {

std::string probe_beginning(std::size_t i) {
    static constexpr std::array<const char*, kPrefixProbes> kBeginnings{
        "A", "what", "7", "(", "\"", "é", " x", "\nx"};
    return kBeginnings[i % kPrefixProbes];
}

std::vector<std::int32_t> common_prefix(std::span<const std::vector<std::int32_t>> lists) {
    if (lists.empty()) {
        return {};
    }
    std::vector<std::int32_t> common = lists.front();
    for (const auto& list : lists.subspan(1)) {
        const auto [end, unused] = std::mismatch(
            common.begin(), common.end(), list.begin(), list.end());
        common.erase(end, common.end());
    }
    return common;
}

int usable_prefix(std::span<const std::int32_t> tokens, std::span<const std::int32_t> prefix) {
    if (prefix.size() < 2 || tokens.size() < prefix.size() + 2) {
        return 0;
    }
    return std::equal(prefix.begin(), prefix.end(), tokens.begin())
               ? static_cast<int>(prefix.size())
               : 0;
}

std::vector<std::int32_t> usable_prefixes(std::span<const std::int32_t> tokens,
                                          std::span<const std::vector<std::int32_t>> prefixes) {
    std::vector<std::int32_t> ends;
    for (const auto& prefix : prefixes) {
        const int end = usable_prefix(tokens, prefix);
        if (end >= (ends.empty() ? 0 : ends.back()) + 2) {
            ends.push_back(end);
        }
    }
    return ends;
}

int usable_longer_prefix(std::span<const std::int32_t> tokens,
                         std::span<const std::int32_t> other,
                         int n_prefix) {
    const auto [end, unused] = std::mismatch(
        tokens.begin(), tokens.end(), other.begin(), other.end());
    const auto n = static_cast<int>(
        std::min(end - tokens.begin(), static_cast<std::ptrdiff_t>(tokens.size()) - 2));
    return n < n_prefix + 2 ? 0 : n;
}

}  // namespace assay::llm
