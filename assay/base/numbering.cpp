#include "assay/base/numbering.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>
#include <limits>

#include "assay/base/result.hpp"

namespace assay {
namespace {

constexpr std::size_t kBlock = 1 << 16;

}  // namespace

Numbering::Numbering(std::size_t expected) {
    slots_.resize(std::bit_ceil(std::max<std::size_t>(16, 2 * expected)));
    texts_.reserve(expected);
}

std::uint32_t Numbering::hash_of(std::string_view text) {
    const std::uint64_t hash = std::hash<std::string_view>{}(text);
    return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

std::uint32_t Numbering::number_of(std::string_view text, std::uint32_t hash) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash & mask;
    for (; slots_[at].number_plus_one != 0; at = (at + 1) & mask) {
        const Slot slot = slots_[at];
        if (slot.hash == hash && texts_[slot.number_plus_one - 1] == text) {
            return slot.number_plus_one - 1;
        }
    }
    ASSAY_CHECK(texts_.size() < std::numeric_limits<std::uint32_t>::max() - 1);
    texts_.push_back(keep(text));
    const auto number = static_cast<std::uint32_t>(texts_.size() - 1);
    slots_[at] = {hash, number + 1};
    if (2 * texts_.size() > slots_.size()) {
        grow();
    }
    return number;
}

void Numbering::grow() {
    std::vector<Slot> old(2 * slots_.size());
    std::swap(old, slots_);
    const std::size_t mask = slots_.size() - 1;
    for (const Slot& slot : old) {
        if (slot.number_plus_one == 0) {
            continue;
        }
        std::size_t at = slot.hash & mask;
        while (slots_[at].number_plus_one != 0) {
            at = (at + 1) & mask;
        }
        slots_[at] = slot;
    }
}

std::string_view Numbering::keep(std::string_view text) {
    if (text.empty()) {
        return {};
    }
    if (text.size() > block_free_) {
        const std::size_t size = std::max(kBlock, text.size());
        blocks_.push_back(std::make_unique<char[]>(size));
        block_at_ = blocks_.back().get();
        block_free_ = size;
    }
    char* const kept = block_at_;
    std::memcpy(kept, text.data(), text.size());
    block_at_ += text.size();
    block_free_ -= text.size();
    return {kept, text.size()};
}

}  // namespace assay
