// Problem: a judge prefers one side, and judging may stop at any point or be extended later.
// Neither may favour the variant.
//
// Model: the order and the sides are two streams of random numbers from the blinding seed. Whole
// clusters are shuffled, then the pairs within each; then the sides are dealt in permuted blocks
// (sides.hpp) along that order, first to the pairs that need a call, then to the others, which no
// judge sees.
//
// Invariants: a comparison that was drawn is never drawn again, so old verdicts stay valid; new
// ones go behind it, with streams that are named after how many were drawn before. Pairs are sorted
// before they are shuffled, so the order of the input has no say. Over every stretch of what is
// judged the variant is A about half the time: `lean` carries the surplus of As from one group, and
// from one draw, to the next.
//
// It ends because each pair is looked at once: those that are drawn already are left out, and each
// of the others gets one place and one side.

#include "assay/pairing/draw.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "assay/base/hash.hpp"
#include "assay/base/random.hpp"
#include "assay/base/result.hpp"
#include "assay/base/text.hpp"
#include "assay/pairing/sides.hpp"

namespace assay::pairing {
namespace {

bool has_text(const Answer* answer) {
    return answer != nullptr && answer->stop_reason != StopReason::kFailed;
}

/// Of a comparison that is not the first one of its pair.
std::string further_id(const Comparison& comparison, const std::string& first_id) {
    const std::array<std::string, 3> fields{first_id,
                                            fmt::format("order {}", comparison.order),
                                            fmt::format("repeat {}", comparison.repeat)};
    return sha256_of_fields(fields);
}

std::int64_t lean_to_a(std::span<const Comparison> comparisons) {
    std::int64_t lean = 0;
    for (const Comparison& c : comparisons) {
        lean += c.variant_is_a ? 1 : -1;
    }
    return lean;
}

Comparison undrawn(const PairInput& pair, std::string_view variant_name) {
    Comparison c;
    c.id = comparison_id(pair.question_id, pair.baseline_answer_key, pair.variant_answer_key);
    c.question_id = pair.question_id;
    c.variant = variant_name;
    c.baseline_answer_key = pair.baseline_answer_key;
    c.variant_answer_key = pair.variant_answer_key;
    c.answers_sha256 = pair.answers_sha256;
    c.identical = pair.identical;
    c.variant_failed = pair.variant_failed;
    return c;
}

/// Gives the pairs at `group`'s places their sides. Of each question two pairs are a couple, shown
/// in either order once; which of them is which is dealt in blocks over the couples. What is left
/// over, of a question with an odd number, is dealt in blocks over all that is left over; so the
/// whole is balanced, too. A question whose earlier pairs lean to one side first gets the other
/// one. `drawn`: earlier pairs of the same kind. `lean`: how many more of all had the variant as A.
void deal_sides(std::vector<Comparison>& result,
                std::span<const std::size_t> group,
                std::span<const Comparison* const> drawn,
                std::int64_t& lean,
                Rng& rng) {
    std::map<std::string_view, std::int64_t> lean_of_question;
    for (const Comparison* c : drawn) {
        lean_of_question[c->question_id] += c->variant_is_a ? 1 : -1;
    }
    const auto show = [&](std::size_t place, bool variant_is_a) {
        result[place].variant_is_a = variant_is_a;
        lean += variant_is_a ? 1 : -1;
    };
    std::map<std::string_view, std::size_t> waiting;  // for the other one of its couple
    std::vector<std::pair<std::size_t, std::size_t>> couples;
    for (const std::size_t place : group) {
        const std::string_view id = result[place].question_id;
        std::int64_t& own = lean_of_question[id];
        if (own != 0) {
            show(place, own < 0);
            own += own < 0 ? 1 : -1;
        } else if (const auto other = waiting.find(id); other != waiting.end()) {
            couples.emplace_back(other->second, place);
            waiting.erase(other);
        } else {
            waiting.emplace(id, place);
        }
    }
    std::vector<std::size_t> left_over;
    for (const std::size_t place : group) {
        const auto found = waiting.find(result[place].question_id);
        if (found != waiting.end() && found->second == place) {
            left_over.push_back(place);
        }
    }
    const std::vector<char> sides = draw_sides(left_over.size(), lean, rng);
    for (std::size_t i = 0; i < left_over.size(); ++i) {
        show(left_over[i], sides[i] != 0);
    }
    const std::vector<char> first = draw_sides(couples.size(), 0, rng);
    for (std::size_t i = 0; i < couples.size(); ++i) {
        show(couples[i].first, first[i] != 0);
        show(couples[i].second, first[i] == 0);
    }
}

/// Whole clusters in a random order, and the pairs of each in a random order. Sorted first, so that
/// the order in which the pairs came has no say. A pair without a cluster is one of its own;
/// without any cluster this is a random order of all pairs.
void shuffle_by_clusters(std::vector<const PairInput*>& pairs, Rng rng) {
    using Key = std::pair<std::string,
                          std::string>;  // a prefix keeps a cluster's name apart from a question's
    std::map<Key, std::vector<const PairInput*>> by_cluster;
    for (const PairInput* pair : pairs) {
        by_cluster[pair->cluster ? Key{"c", *pair->cluster} : Key{"q", pair->question_id}]
            .push_back(pair);
    }
    std::vector<std::vector<const PairInput*>*> clusters;
    for (auto& [key, members] : by_cluster) {
        std::sort(members.begin(), members.end(), [](const PairInput* a, const PairInput* b) {
            return std::tie(a->question_id, a->variant_answer_key) <
                   std::tie(b->question_id, b->variant_answer_key);
        });
        clusters.push_back(&members);
    }
    rng.shuffle(std::span<std::vector<const PairInput*>*>(clusters));
    pairs.clear();
    for (std::vector<const PairInput*>* members : clusters) {
        rng.shuffle(std::span<const PairInput*>(*members));
        pairs.insert(pairs.end(), members->begin(), members->end());
    }
}

}  // namespace

std::string comparison_id(std::string_view question_id,
                          std::string_view baseline_answer_key,
                          std::string_view variant_answer_key) {
    const std::array<std::string, 3> fields{std::string(question_id),
                                            std::string(baseline_answer_key),
                                            std::string(variant_answer_key)};
    return sha256_of_fields(fields);
}

std::string id_of(const Comparison& comparison) {
    const std::string first_id = comparison_id(
        comparison.question_id, comparison.baseline_answer_key, comparison.variant_answer_key);
    if (comparison.order == 0 && comparison.repeat == 0) {
        return first_id;
    }
    return further_id(comparison, first_id);
}

Comparison in_other_order(const Comparison& drawn) {
    ASSAY_CHECK(drawn.order == 0);
    Comparison out = drawn;
    out.order = 1;
    out.variant_is_a = !drawn.variant_is_a;
    out.id = further_id(out, drawn.id);
    return out;
}

std::vector<Comparison> choose_repeats(std::span<const Comparison> in_order,
                                       int n_times,
                                       double share,
                                       std::uint64_t blinding_seed) {
    ASSAY_CHECK(share > 0 && share <= 1 && n_times >= 0);
    const auto block = static_cast<std::uint64_t>(std::llround(1 / share));
    std::vector<Comparison> out;
    std::array<std::uint64_t, 2> n_seen{};  // by side
    for (const Comparison& comparison : in_order) {
        if (comparison.identical || comparison.variant_failed) {
            continue;
        }
        const std::uint64_t at = n_seen[comparison.variant_is_a ? 1 : 0]++;
        Rng rng(blinding_seed,
                fmt::format(
                    "repeats/{}/{}/{}", comparison.variant, comparison.variant_is_a, at / block));
        if (rng.below(block) != at % block) {
            continue;
        }
        for (int k = 1; k <= n_times; ++k) {
            Comparison& repeated = out.emplace_back(comparison);
            repeated.repeat = k;
            repeated.id = further_id(repeated, comparison.id);
        }
    }
    return out;
}

std::string answers_sha256(std::string_view baseline_text, std::string_view variant_text) {
    const std::array<std::string, 2> fields{to_valid_utf8(baseline_text),
                                            to_valid_utf8(variant_text)};
    return sha256_of_fields(fields);
}

std::optional<PairInput> make_pair_input(const Question& question,
                                         const KeyedAnswer& baseline,
                                         const KeyedAnswer& variant) {
    if (!has_text(baseline.answer) || variant.answer == nullptr || was_not_given(*variant.answer)) {
        return std::nullopt;
    }
    PairInput pair;
    pair.question_id = question.id;
    pair.cluster = question.cluster;
    pair.baseline_answer_key = baseline.key;
    pair.variant_answer_key = variant.key;
    pair.answers_sha256 = answers_sha256(baseline.answer->text, variant.answer->text);
    pair.variant_failed = !has_text(variant.answer);
    // As they are shown: a judge could not tell apart what differs only in invalid bytes.
    pair.identical = !pair.variant_failed &&
                     to_valid_utf8(baseline.answer->text) == to_valid_utf8(variant.answer->text);
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
    std::vector<const PairInput*> undrawn_pairs;
    for (const PairInput& pair : pairs) {
        const std::string id = comparison_id(
            pair.question_id, pair.baseline_answer_key, pair.variant_answer_key);
        if (drawn_ids.insert(id).second) {
            undrawn_pairs.push_back(&pair);
        }
    }

    // The number already drawn is part of the name: each extension has streams of its own.
    const auto stream = [&](std::string_view purpose) {
        return Rng(blinding_seed,
                   fmt::format("{}/{}/{}", purpose, variant_name, already_drawn.size()));
    };
    std::map<int, std::vector<const PairInput*>> waves;  // by sample
    for (const PairInput* pair : undrawn_pairs) {
        waves[pair->sample].push_back(pair);
    }
    undrawn_pairs.clear();
    for (auto& [sample, wave] : waves) {
        shuffle_by_clusters(wave, stream(sample == 0 ? "order" : fmt::format("order {}", sample)));
        undrawn_pairs.insert(undrawn_pairs.end(), wave.begin(), wave.end());
    }
    std::vector<Comparison> result;
    std::vector<std::size_t> need_a_call, identical, failed;  // places in `result`
    for (const PairInput* pair : undrawn_pairs) {
        if (pair->variant_failed) {
            failed.push_back(result.size());
        } else if (pair->identical) {
            identical.push_back(result.size());
        } else {
            need_a_call.push_back(result.size());
        }
        result.push_back(undrawn(*pair, variant_name));
        result.back().order_index = next_index++;
    }
    std::vector<std::size_t> others = std::move(identical);
    others.insert(others.end(), failed.begin(), failed.end());

    std::int64_t lean = lean_to_a(already_drawn);
    Rng side_rng = stream("sides");
    for (const std::vector<std::size_t>* group : {&need_a_call, &others}) {
        std::vector<const Comparison*> of_this_kind;
        for (const Comparison& c : already_drawn) {
            if ((c.identical || c.variant_failed) == (group == &others)) {
                of_this_kind.push_back(&c);
            }
        }
        deal_sides(result, *group, of_this_kind, lean, side_rng);
    }
    return result;
}

std::vector<Comparison> choose_rechecks(std::span<const Comparison> before,
                                        std::span<const Comparison> added,
                                        const RecheckDraw& draw) {
    ASSAY_CHECK(draw.number >= 1);
    std::vector<Comparison> out;
    if (added.empty()) {
        return out;
    }
    // By a hash of each pair alone: another pair that comes or goes changes no choice.
    std::map<std::string, const Comparison*> by_lot;
    for (const Comparison& comparison : before) {
        if (comparison.identical || comparison.variant_failed) {
            continue;
        }
        const std::vector<std::string> lot{
            fmt::format("recheck/{}/{}", draw.blinding_seed, draw.number), comparison.id};
        by_lot.emplace(sha256_of_fields(lot), &comparison);
    }
    for (const auto& [lot, drawn] : by_lot) {
        if (out.size() == draw.n) {
            break;
        }
        Comparison& comparison = out.emplace_back(*drawn);
        comparison.repeat = -draw.number;
        comparison.id = further_id(comparison, drawn->id);
        Rng place(draw.blinding_seed, "recheck place/" + lot);
        comparison.order_index = added[place.below(added.size())].order_index;
    }
    std::sort(out.begin(), out.end(), [](const Comparison& a, const Comparison& b) {
        return std::tie(a.order_index, a.id) < std::tie(b.order_index, b.id);
    });
    return out;
}

}  // namespace assay::pairing
