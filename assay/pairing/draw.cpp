#include "assay/pairing/draw.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "assay/base/hash.hpp"
#include "assay/base/random.hpp"
#include "assay/base/text.hpp"

namespace assay::pairing {
namespace {

constexpr std::array<std::size_t, 2> kBlockSizes{4, 6};

bool has_text(const Answer* answer) {
    return answer != nullptr && answer->stop_reason != StopReason::kFailed;
}

std::int64_t lean_to_a(std::span<const Comparison> comparisons) {
    std::int64_t lean = 0;
    for (const Comparison& c : comparisons) lean += c.variant_is_a ? 1 : -1;
    return lean;
}

/// Sides for `count` pairs in order. `lean`: how many more As than Bs the variant has so far. All blocks but the last
/// are even, so only the last can have a remainder.
std::vector<char> draw_sides(std::size_t count, std::int64_t lean, Rng& rng) {
    std::vector<char> sides;
    sides.reserve(count);
    while (sides.size() < count) {
        const std::size_t drawn_size = kBlockSizes[rng.below(kBlockSizes.size())];
        const std::size_t size = std::min(drawn_size, count - sides.size());
        std::vector<char> block(size, 0);
        std::fill_n(block.begin(), size / 2, 1);
        if (size % 2 == 1) block.back() = lean < 0 || (lean == 0 && rng.below(2) == 1) ? 1 : 0;
        rng.shuffle(std::span<char>(block));
        sides.insert(sides.end(), block.begin(), block.end());
    }
    return sides;
}

Comparison undrawn(const PairInput& pair, std::string id, std::string_view variant_name) {
    Comparison c;
    c.id = std::move(id);
    c.question_id = pair.question_id;
    c.variant = variant_name;
    c.baseline_answer_key = pair.baseline_answer_key;
    c.variant_answer_key = pair.variant_answer_key;
    c.answers_sha256 = pair.answers_sha256;
    c.identical = pair.identical;
    c.variant_failed = pair.variant_failed;
    return c;
}

/// Sorted first, so that the order in which the pairs came has no say.
void shuffle_by_seed(std::vector<Comparison>& group, Rng rng) {
    std::sort(group.begin(), group.end(), [](const Comparison& a, const Comparison& b) {
        return std::tie(a.question_id, a.id) < std::tie(b.question_id, b.id);
    });
    rng.shuffle(std::span<Comparison>(group));
}

}  // namespace

std::string comparison_id(std::string_view question_id,
                          std::string_view baseline_answer_key,
                          std::string_view variant_answer_key) {
    const std::array<std::string, 3> fields{std::string(question_id), std::string(baseline_answer_key),
                                            std::string(variant_answer_key)};
    return sha256_of_fields(fields);
}

std::string answers_sha256(std::string_view baseline_text, std::string_view variant_text) {
    const std::array<std::string, 2> fields{to_valid_utf8(baseline_text), to_valid_utf8(variant_text)};
    return sha256_of_fields(fields);
}

std::optional<PairInput> make_pair_input(std::string_view question_id,
                                         const KeyedAnswer& baseline,
                                         const KeyedAnswer& variant) {
    if (!has_text(baseline.answer) || variant.answer == nullptr) return std::nullopt;
    PairInput pair;
    pair.question_id = question_id;
    pair.baseline_answer_key = baseline.key;
    pair.variant_answer_key = variant.key;
    pair.answers_sha256 = answers_sha256(baseline.answer->text, variant.answer->text);
    pair.variant_failed = !has_text(variant.answer);
    // As they are shown: a judge could not tell apart what differs only in invalid bytes.
    pair.identical = !pair.variant_failed && to_valid_utf8(baseline.answer->text) == to_valid_utf8(variant.answer->text);
    return pair;
}

std::vector<Comparison> draw_comparisons(std::span<const PairInput> pairs,
                                         std::span<const Comparison> already_drawn,
                                         std::string_view variant_name,
                                         std::uint64_t blinding_seed) {
    std::set<std::string> drawn_ids;
    std::int64_t next_index = 0;
    for (const Comparison& c : already_drawn) {
        drawn_ids.insert(c.id);
        next_index = std::max(next_index, c.order_index + 1);
    }
    std::vector<Comparison> to_call, identical, failed;
    for (const PairInput& pair : pairs) {
        std::string id = comparison_id(pair.question_id, pair.baseline_answer_key, pair.variant_answer_key);
        if (!drawn_ids.insert(id).second) continue;
        auto& group = pair.variant_failed ? failed : pair.identical ? identical : to_call;
        group.push_back(undrawn(pair, std::move(id), variant_name));
    }

    // The number already drawn is part of the name: each extension has streams of its own.
    const auto stream = [&](std::string_view purpose) {
        return Rng(blinding_seed, fmt::format("{}/{}/{}", purpose, variant_name, already_drawn.size()));
    };
    shuffle_by_seed(to_call, stream("order"));
    shuffle_by_seed(identical, stream("order of identical"));
    shuffle_by_seed(failed, stream("order of failed"));
    std::vector<Comparison> others = std::move(identical);
    std::move(failed.begin(), failed.end(), std::back_inserter(others));

    std::vector<Comparison> result;
    result.reserve(to_call.size() + others.size());
    std::int64_t lean = lean_to_a(already_drawn);
    Rng side_rng = stream("sides");
    for (std::vector<Comparison>* group : {&to_call, &others}) {
        const std::vector<char> sides = draw_sides(group->size(), lean, side_rng);
        for (std::size_t i = 0; i < group->size(); ++i) {
            Comparison& c = (*group)[i];
            c.variant_is_a = sides[i] != 0;
            c.order_index = next_index++;
            lean += c.variant_is_a ? 1 : -1;
            result.push_back(std::move(c));
        }
    }
    return result;
}

}  // namespace assay::pairing
