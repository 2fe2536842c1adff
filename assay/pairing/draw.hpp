#pragma once
// From answers to comparisons: which pairs need a judge, in which order, and who is shown first.
// Pure: same input and seed, same result, whatever the order of the input.
//
// Order: all pairs of a draw in one order from the seed, whether they need a call or not, so that
// any stretch of it from the beginning is a random sample of the questions (early stopping relies
// on it, statistics.md 2g). Questions of a cluster stand together, and the clusters are shuffled.
// First come the first samples of all questions, then the second ones, and so on: two pairs of one
// question do not stand side by side. The samples of a question are shown half in either order.
// Sides: permuted blocks (sides.hpp) over the pairs that need a call, in their order (where
// questions have several, over couples and over what is left over), then over the others: identical
// ones, then those that only the variant failed to answer. So the position effect cancels from
// every stretch of what is judged, not only from the whole.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/records/answer.hpp"
#include "assay/records/comparison.hpp"
#include "assay/records/question.hpp"

namespace assay::pairing {

/// SHA-256 of the three, each with its length.
[[nodiscard]] std::string comparison_id(std::string_view question_id,
                                        std::string_view baseline_answer_key,
                                        std::string_view variant_answer_key);

/// The id that a comparison with these fields has: of the other order of a pair and of its repeats,
/// too.
[[nodiscard]] std::string id_of(const Comparison& comparison);

/// SHA-256 of both texts as they are shown and exported (valid UTF-8), each with its length, the
/// baseline's first.
[[nodiscard]] std::string answers_sha256(std::string_view baseline_text,
                                         std::string_view variant_text);

/// An answer and its key in the store; nullptr: there is none.
struct KeyedAnswer {
    std::string_view key;
    const Answer* answer = nullptr;
};

/// What a draw needs to know of two answers; small, so that the texts of a large run need not be in
/// memory together.
struct PairInput {
    std::string question_id;
    std::optional<std::string> cluster;
    int sample = 0;  ///< which of the question's pairs
    std::string baseline_answer_key;
    std::string variant_answer_key;
    std::string answers_sha256;
    bool identical = false;       ///< byte-identical texts
    bool variant_failed = false;  ///< the variant alone has no answer; then `identical` is false
};

/// Looks at one question's two answers. Empty where there is nothing to compare: the baseline has
/// no answer or a failed one, or the variant's file has none (count both as no_answer_baseline), or
/// the variant's answer was not made yet.
[[nodiscard]] std::optional<PairInput> make_pair_input(const Question& question,
                                                       const KeyedAnswer& baseline,
                                                       const KeyedAnswer& variant);

/// Comparisons for those of `pairs` that are not among `already_drawn` (all comparisons of this
/// variant in the present plan, stored earlier; they are never changed). The result is in
/// order_index order, and order_index goes on after the highest one that was drawn. Over old and
/// new ones together the variant is A in half to within one, if the old ones were; the new ones
/// that need a call are balanced to within one among themselves, and so are the others. Where a
/// group is odd, its remainder goes against the imbalance so far; if there is none, the seed says.
[[nodiscard]] std::vector<Comparison> draw_comparisons(std::span<const PairInput> pairs,
                                                       std::span<const Comparison> already_drawn,
                                                       std::string_view variant_name,
                                                       std::uint64_t blinding_seed);

/// The same two answers the other way round, at the same place in the order of judging: a
/// comparison of its own.
[[nodiscard]] Comparison in_other_order(const Comparison& drawn);

/// Those of `in_order` (one variant's comparisons in judging order, as drawn) that are asked again
/// `n_times`: about `share` (in (0, 1]) of the pairs that need a call, one of every 1 / share with
/// the variant as A and one of every 1 / share with it as B, by the seed; so they are balanced and
/// spread over the order, and an extension changes none of them. Each of the results is a
/// comparison of its own, shown as the first time.
[[nodiscard]] std::vector<Comparison> choose_repeats(std::span<const Comparison> in_order,
                                                     int n_times,
                                                     double share,
                                                     std::uint64_t blinding_seed);

/// Which pairs are asked again when a run is extended.
struct RecheckDraw {
    int number = 1;     ///< of the extension, from 1
    std::size_t n = 0;  ///< pairs
    std::uint64_t blinding_seed = 0;
};
/// Up to `n` of the pairs in `before` that need a call (one variant's, as drawn), at random by the
/// seed, shown as the first time. Each stands at a random place among those of `added` (the
/// variant's that the extension added), so a judge cannot tell them apart. Empty where either is.
[[nodiscard]] std::vector<Comparison> choose_rechecks(std::span<const Comparison> before,
                                                      std::span<const Comparison> added,
                                                      const RecheckDraw& draw);

}  // namespace assay::pairing
