// Problem: a dataset with each question five times has a fifth of the evidence that it seems to
// have, and intervals that take its rows as independent are too narrow by half.
//
// Model: rows with the same essence (folded text and contexts) are joined, and so are the clusters
// that they are in: a union of sets (Galler and Fischer 1964), so that a chain of copies through
// several clusters ends in one. Everything behind it, intervals, gates and early stopping, then
// counts effective clusters as it does for any cluster.
//
// Near copies: two sets of at least s shingles with Jaccard >= t share one of the first
// s - ceil(t s) + 1 of either in any common order (prefix filter: Chaudhuri, Ganti, Kaushik 2006).
// With the rarest first, few pairs are left to be compared in full.
//
// Invariant: joining only ever makes clusters larger, so it only ever takes a claim away.

#include "assay/analysis/copies.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "assay/analysis/phrases.hpp"
#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"
#include "assay/base/unicode_text.hpp"

namespace assay::analysis {
namespace {

constexpr std::size_t kShownExamples = 3;
constexpr std::size_t kShownId = 40;

/// What two copies have in common, and nothing else has.
std::string essence_of(const Question& question) {
    std::vector<std::string> parts{folded_text(question.text)};
    for (const std::string& context : question.contexts) {
        parts.push_back(folded_text(context));
    }
    return sha256_of_fields(parts);
}

/// Sets of numbers that are joined; the smallest number stands for its set.
class Sets {
 public:
    explicit Sets(std::size_t n) : parent_(n) {
        std::iota(parent_.begin(), parent_.end(), std::size_t{0});
    }
    std::size_t find(std::size_t i) {
        while (parent_[i] != i) {
            i = parent_[i] = parent_[parent_[i]];
        }
        return i;
    }
    void join(std::size_t a, std::size_t b) {
        const std::size_t one = find(a), other = find(b);
        parent_[std::max(one, other)] = std::min(one, other);
    }

 private:
    std::vector<std::size_t> parent_;
};

/// Questions by essence, those that have a copy only, in the dataset's order.
std::vector<std::vector<std::size_t>> copies_of(std::span<const Question> questions) {
    std::map<std::string, std::size_t> number;
    std::vector<std::vector<std::size_t>> groups;
    for (std::size_t q = 0; q < questions.size(); ++q) {
        const auto [found, is_new] = number.emplace(essence_of(questions[q]), groups.size());
        if (is_new) {
            groups.emplace_back();
        }
        groups[found->second].push_back(q);
    }
    std::erase_if(groups, [](const auto& group) { return group.size() < 2; });
    return groups;
}

std::string shown(const Question& question) {
    return shorten(question.id, kShownId);
}

std::string copies_note(std::span<const Question> questions,
                        const std::vector<std::vector<std::size_t>>& groups) {
    std::size_t n = 0;
    std::vector<std::string> examples;
    for (const std::vector<std::size_t>& group : groups) {
        n += group.size();
        if (examples.size() < kShownExamples) {
            examples.push_back(
                fmt::format("{} and {}", shown(questions[group[0]]), shown(questions[group[1]])));
        }
    }
    return fmt::format(
        "{} of {} questions are copies of each other ({} {}; the same text and contexts but for "
        "white space, letter case and Unicode form): {}{}. Copies are one observation, so they "
        "count as one cluster.",
        n,
        questions.size(),
        groups.size(),
        groups.size() == 1 ? "group" : "groups",
        fmt::join(examples, ", "),
        groups.size() > kShownExamples ? " ..." : "");
}

/// A question as the ranks of its shingles, ascending.
using Shingles = std::vector<std::uint32_t>;

/// Hashes of the runs of kShingleWords words of text and contexts, each once; of fewer words the
/// whole is the only one.
std::vector<std::uint64_t> hashes_of(const Question& question) {
    std::string all = folded_text(question.text);
    for (const std::string& context : question.contexts) {
        all += ' ' + folded_text(context);
    }
    std::vector<std::string> words = split(all, ' ');
    words.resize(std::min(words.size(), kMostWordsForNearCopies));
    std::vector<std::uint64_t> out;
    const std::size_t length = std::min(kShingleWords, words.size());
    for (std::size_t first = 0; first + length <= words.size(); ++first) {
        std::uint64_t hash = 14695981039346656037ULL;  // FNV-1a
        for (std::size_t i = first; i < first + length; ++i) {
            for (const char c : words[i] + ' ') {
                hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
            }
        }
        out.push_back(hash);
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

/// Ranks by rarity over all questions: rank 0 is the rarest shingle.
std::vector<Shingles> shingles_of(std::span<const Question> questions,
                                  const std::vector<std::size_t>& chosen) {
    std::vector<std::vector<std::uint64_t>> hashes;
    std::vector<std::uint64_t> all;
    for (const std::size_t q : chosen) {
        hashes.push_back(hashes_of(questions[q]));
        all.insert(all.end(), hashes.back().begin(), hashes.back().end());
    }
    std::sort(all.begin(), all.end());
    std::vector<std::pair<std::uint32_t, std::uint64_t>> by_rarity;  // how often, hash
    for (std::size_t i = 0; i < all.size();) {
        const std::size_t begin = i;
        while (i < all.size() && all[i] == all[begin]) {
            ++i;
        }
        by_rarity.emplace_back(static_cast<std::uint32_t>(i - begin), all[begin]);
    }
    std::sort(by_rarity.begin(), by_rarity.end());
    std::unordered_map<std::uint64_t, std::uint32_t> rank;  // looked up only
    rank.reserve(by_rarity.size());
    for (const auto& [times, hash] : by_rarity) {
        rank.emplace(hash, static_cast<std::uint32_t>(rank.size()));
    }
    std::vector<Shingles> out;
    for (const std::vector<std::uint64_t>& own : hashes) {
        Shingles& shingles = out.emplace_back();
        for (const std::uint64_t hash : own) {
            shingles.push_back(rank.at(hash));
        }
        std::sort(shingles.begin(), shingles.end());
    }
    return out;
}

/// Jaccard's similarity is at least kNearCopy.
bool are_near(const Shingles& a, const Shingles& b) {
    std::size_t n_both = 0;
    for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
        const bool equal = a[i] == b[j], a_is_next = a[i] < b[j];
        n_both += equal;
        i += equal || a_is_next;
        j += equal || !a_is_next;
    }
    const double n_either = static_cast<double>(a.size() + b.size() - n_both);
    return static_cast<double>(n_both) >= kNearCopy * n_either;
}

/// Finds the pairs, question by question.
class NearCopies {
 public:
    NearCopies(std::span<const Question> questions, std::vector<std::size_t> chosen)
        : chosen_(std::move(chosen)),
          shingles_(shingles_of(questions, chosen_)),
          seen_by_(chosen_.size(), chosen_.size()) {
        for (std::size_t i = 0; i < shingles_.size() && complete(); ++i) {
            look_at(i);
        }
    }

    [[nodiscard]] std::size_t n_pairs() const { return n_pairs_; }
    /// Places of questions.
    [[nodiscard]] const std::vector<std::pair<std::size_t, std::size_t>>& examples() const {
        return examples_;
    }
    /// False: the search ended before all candidates were compared.
    [[nodiscard]] bool complete() const { return n_steps_ <= kMostNearSteps; }

 private:
    void look_at(std::size_t i) {
        const Shingles& own = shingles_[i];
        const auto must_share = static_cast<std::size_t>(
            std::ceil(kNearCopy * static_cast<double>(own.size()) - 1e-9));
        for (std::size_t k = 0; k + must_share <= own.size(); ++k) {
            std::vector<std::size_t>& before = with_prefix_[own[k]];
            for (const std::size_t candidate : before) {
                ++n_steps_;
                if (std::exchange(seen_by_[candidate], i) != i) {
                    compare(candidate, i);
                }
            }
            before.push_back(i);
        }
    }

    void compare(std::size_t a, std::size_t b) {
        n_steps_ += shingles_[a].size() + shingles_[b].size();
        if (!are_near(shingles_[a], shingles_[b])) {
            return;
        }
        ++n_pairs_;
        if (examples_.size() < kShownExamples) {
            examples_.emplace_back(chosen_[a], chosen_[b]);
        }
    }

    const std::vector<std::size_t> chosen_;
    const std::vector<Shingles> shingles_;
    std::vector<std::size_t> seen_by_;  ///< by place in chosen_: the last one that it was compared
                                        ///< with
    std::unordered_map<std::uint32_t, std::vector<std::size_t>> with_prefix_;  ///< looked up only
    std::size_t n_steps_ = 0;
    std::size_t n_pairs_ = 0;
    std::vector<std::pair<std::size_t, std::size_t>> examples_;
};

std::string near_copies_note(std::span<const Question> questions,
                             const std::vector<std::vector<std::size_t>>& groups) {
    std::set<std::size_t> further;  // copies of an earlier one
    for (const std::vector<std::size_t>& group : groups) {
        further.insert(group.begin() + 1, group.end());
    }
    const std::size_t n_looked_at = std::min(questions.size(), kMostForNearCopies);
    std::vector<std::size_t> representatives;
    for (std::size_t q = 0; q < n_looked_at; ++q) {
        if (!further.contains(q)) {
            representatives.push_back(q);
        }
    }
    const NearCopies near(questions, std::move(representatives));
    if (near.n_pairs() == 0) {
        return "";
    }
    std::vector<std::string> examples;
    for (const auto& [a, b] : near.examples()) {
        examples.push_back(fmt::format("{} and {}", shown(questions[a]), shown(questions[b])));
    }
    std::string beyond;
    if (n_looked_at < questions.size()) {
        beyond = fmt::format(" Only the first {} questions were looked at.", n_looked_at);
    }
    return fmt::format(
        "{}{} of questions are nearly the same text ({:.0f} % or more of their runs of {} words "
        "are in both): {}{}. If they are variations of one question, give them one cluster; as it "
        "is they count as independent.{}",
        near.complete() ? "" : "At least ",
        count_of(static_cast<std::int64_t>(near.n_pairs()), "pair"),
        100 * kNearCopy,
        kShingleWords,
        fmt::join(examples, ", "),
        near.n_pairs() > kShownExamples ? " ..." : "",
        beyond);
}

}  // namespace

std::vector<Question> with_copies_joined(std::span<const Question> questions) {
    std::vector<Question> out(questions.begin(), questions.end());
    const auto groups = copies_of(questions);
    if (groups.empty()) {
        return out;
    }
    Sets sets(questions.size());
    std::map<std::string_view, std::size_t> first_of_cluster;
    for (std::size_t q = 0; q < questions.size(); ++q) {
        if (questions[q].cluster) {
            sets.join(q, first_of_cluster.emplace(*questions[q].cluster, q).first->second);
        }
    }
    std::vector<bool> has_copies(questions.size(), false);
    for (const std::vector<std::size_t>& group : groups) {
        for (const std::size_t q : group) {
            sets.join(group[0], q);
            has_copies[q] = true;
        }
    }
    std::vector<bool> touched(questions.size(), false);  // by set
    std::vector<std::optional<std::string>> name(questions.size());
    for (std::size_t q = 0; q < questions.size(); ++q) {
        const std::size_t set = sets.find(q);
        touched[set] = touched[set] || has_copies[q];
        if (!name[set] && questions[q].cluster) {
            name[set] = questions[q].cluster;
        }
    }
    for (std::size_t q = 0; q < questions.size(); ++q) {
        const std::size_t set = sets.find(q);
        if (!touched[set]) {
            continue;
        }
        if (!name[set]) {
            std::string fresh = "copies of " + questions[set].id;
            while (first_of_cluster.contains(fresh)) {
                fresh += '\'';
            }
            name[set] = std::move(fresh);
        }
        out[q].cluster = name[set];
    }
    return out;
}

std::vector<std::string> notes_on_copies(std::span<const Question> questions) {
    const auto groups = copies_of(questions);
    std::vector<std::string> out;
    if (!groups.empty()) {
        out.push_back(copies_note(questions, groups));
    }
    std::string near = near_copies_note(questions, groups);
    if (!near.empty()) {
        out.push_back(std::move(near));
    }
    return out;
}

std::optional<std::pair<std::size_t, std::size_t>> first_copies(
    std::span<const Question> questions) {
    const auto groups = copies_of(questions);
    return groups.empty() ? std::nullopt : std::optional(std::pair(groups[0][0], groups[0][1]));
}

}  // namespace assay::analysis
