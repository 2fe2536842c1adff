#pragma once
// Names as numbers: what is compared, counted or sorted a million times is cheaper as a number than
// as a text.

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace assay {

/// Gives each distinct text a number: 0, 1, 2, ... in the order in which the texts first come, so
/// that results depend on that order alone. Keeps copies of the texts. Constant time a text on
/// average (a hash table with open addressing).
class Numbering {
 public:
    /// `expected`: distinct texts for which room is made beforehand.
    explicit Numbering(std::size_t expected = 0);

    /// The number of `text`: the one that it had before, or the next one.
    std::uint32_t number_of(std::string_view text) { return number_of(text, hash_of(text)); }
    /// As above with hash_of(text); for a table beyond the caches prefetch(hash) some texts before
    /// it is needed.
    std::uint32_t number_of(std::string_view text, std::uint32_t hash);
    [[nodiscard]] static std::uint32_t hash_of(std::string_view text);
    void prefetch(std::uint32_t hash) const {
        __builtin_prefetch(&slots_[hash & (slots_.size() - 1)]);
    }

    [[nodiscard]] std::size_t size() const { return texts_.size(); }
    /// The text with that number, in [0, size()); valid as long as this object.
    [[nodiscard]] std::string_view text(std::uint32_t number) const { return texts_[number]; }

 private:
    struct Slot {
        std::uint32_t hash = 0;
        std::uint32_t number_plus_one = 0;  ///< 0: free
    };
    void grow();
    std::string_view keep(std::string_view text);

    std::vector<Slot> slots_;  ///< a power of two, at most half full
    std::vector<std::string_view> texts_;
    std::vector<std::unique_ptr<char[]>> blocks_;  ///< the texts' bytes
    std::size_t block_free_ = 0;
    char* block_at_ = nullptr;
};

}  // namespace assay
