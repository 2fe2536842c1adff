#include "assay/engine/pieces.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay::engine {
namespace {

/// Computing a token takes longer than copying this many cells of a stream: a cell's keys and
/// values are kilobytes, and a token goes through all weights.
constexpr std::size_t kCellsForAToken = 64;

std::size_t n_same_tokens(const Pieces& kept, const Pieces& wanted) {
    return n_tokens(wanted, n_same(kept, wanted));
}

}  // namespace

Result<Pieces> pieces_of(std::span<const std::int32_t> prompt, std::span<const std::int32_t> ends) {
    Pieces pieces;
    const auto size = static_cast<std::int64_t>(prompt.size());
    std::int64_t begin = 0;
    for (const std::int64_t end : ends) {
        if (end < begin + 2 || end > size - 2) {
            return fail(
                fmt::format("a prefix of {} tokens does not go with a prompt of {}{}",
                            end,
                            size,
                            begin > 0 ? fmt::format(" whose first {} are another", begin) : ""));
        }
        pieces.emplace_back(prompt.begin() + begin, prompt.begin() + end);
        begin = end;
    }
    return pieces;
}

std::size_t n_same(const Pieces& kept, const Pieces& wanted) {
    const auto end = std::mismatch(kept.begin(), kept.end(), wanted.begin(), wanted.end()).first;
    return static_cast<std::size_t>(end - kept.begin());
}

std::size_t n_tokens(const Pieces& pieces, std::size_t n_pieces) {
    std::size_t n = 0;
    for (std::size_t i = 0; i < n_pieces; ++i) {
        n += pieces[i].size();
    }
    return n;
}

std::optional<std::size_t> choose_slot(std::span<const Keeper> slots,
                                       const Pieces& wanted,
                                       std::size_t stream_size) {
    std::size_t most = 0;
    for (const Keeper& slot : slots) {
        most = std::max(most, n_same_tokens(*slot.kept, wanted));
    }
    const std::size_t by_copying = most - std::min(most, stream_size / kCellsForAToken);
    std::optional<std::size_t> best;
    std::size_t least = 0;
    for (std::size_t i = 0; i < slots.size(); ++i) {
        if (!slots[i].idle) {
            continue;
        }
        const Pieces& kept = *slots[i].kept;
        const std::size_t same = n_same_tokens(kept, wanted);
        const std::size_t cost = n_tokens(wanted, wanted.size()) - std::max(same, by_copying) +
                                 n_tokens(kept, kept.size()) - same;
        if (!best || cost < least) {
            best = i;
            least = cost;
        }
    }
    return best;
}

std::optional<std::size_t> choose_source(std::span<const Keeper> slots,
                                         std::size_t slot,
                                         const Pieces& wanted,
                                         std::size_t stream_size) {
    std::optional<std::size_t> best;
    std::size_t most = n_same_tokens(*slots[slot].kept, wanted) + stream_size / kCellsForAToken;
    for (std::size_t i = 0; i < slots.size(); ++i) {
        if (const std::size_t same = n_same_tokens(*slots[i].kept, wanted); same > most) {
            best = i;
            most = same;
        }
    }
    return best;
}

}  // namespace assay::engine
