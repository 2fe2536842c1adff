#include "assay/records/dependence.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "assay/base/numbering.hpp"

namespace assay {
namespace {

/// Texts whose place in the table is asked for this many steps before it is used: a table of a
/// million texts does not fit a processor's cache.
constexpr std::size_t kAhead = 16;

}  // namespace

Dependence::Dependence(std::span<const Outcome> outcomes) {
    constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
    Numbering questions(outcomes.size()), clusters;
    std::array<std::uint32_t, kAhead> hashes{};
    const auto look_ahead = [&](std::size_t i) {
        if (i >= outcomes.size()) {
            return;
        }
        hashes[i % kAhead] = Numbering::hash_of(outcomes[i].question_id);
        questions.prefetch(hashes[i % kAhead]);
    };
    // Questions without a cluster and clusters are counted in common; the number of each, where it
    // has one.
    std::vector<std::uint32_t> of_question, of_cluster;
    const auto common = [&](std::vector<std::uint32_t>& numbers, std::uint32_t own) {
        if (own >= numbers.size()) {
            numbers.resize(own + 1, kNone);
        }
        if (numbers[own] == kNone) {
            numbers[own] = static_cast<std::uint32_t>(n_clusters++);
        }
        return numbers[own];
    };
    question.reserve(outcomes.size());
    cluster.reserve(outcomes.size());
    of_question.reserve(outcomes.size());
    for (std::size_t i = 0; i < kAhead; ++i) {
        look_ahead(i);
    }
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        const Outcome& outcome = outcomes[i];
        question.push_back(questions.number_of(outcome.question_id, hashes[i % kAhead]));
        look_ahead(i + kAhead);
        cluster.push_back(outcome.cluster ? common(of_cluster, clusters.number_of(*outcome.cluster))
                                          : common(of_question, question.back()));
    }
    n_questions = questions.size();
}

}  // namespace assay
