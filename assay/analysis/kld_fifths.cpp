#include "assay/analysis/kld_fifths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string>

#include "assay/analysis/clustered_estimates.hpp"
#include "assay/analysis/tally.hpp"

namespace assay::analysis {
namespace {

constexpr std::size_t kFifths = 5;
/// Nats a token. No event's probability differs by more than sqrt(0.01 / 2) = 7 points then
/// (Pinsker's inequality); a fifth may be the nearest one and far off.
constexpr double kSmallKld = 0.01;

bool counts_in_n(OutcomeKind kind) {
    return kind == OutcomeKind::kWin || kind == OutcomeKind::kTie || kind == OutcomeKind::kLoss;
}

/// Sorted by KLD, at least one.
KldFifth fifth_of(std::span<const MeasuredQuestion> questions) {
    KldFifth out;
    out.low = questions.front().mean_kld;
    out.high = questions.back().mean_kld;
    std::vector<Outcome> outcomes;
    ClusterSums lost;
    for (const MeasuredQuestion& question : questions) {
        for (const Outcome& outcome : question.outcomes) {
            outcomes.push_back(outcome);
            if (counts_in_n(outcome.kind)) {
                lost.add(question.cluster, 1, outcome.kind == OutcomeKind::kLoss ? 1 : 0);
            }
        }
    }
    out.counts = tally(outcomes);
    out.lost = clustered_rate(lost);
    return out;
}

std::string meaning_of(std::span<const KldFifth> fifths) {
    std::int64_t losses = 0;
    for (const KldFifth& fifth : fifths) {
        losses += fifth.counts.losses;
    }
    const std::string what_it_is =
        "KLD says how far the probabilities are apart, not whether an answer is worse: the "
        "verdicts alone decide.";
    if (losses == 0) {
        return "No question was lost, so a large KLD here is no reason against the variant. " +
               what_it_is;
    }
    const std::int64_t nearest = fifths.front().counts.losses,
                       farthest = fifths.back().counts.losses;
    std::string out = fmt::format(
        "Of {} {}, {} {} in the fifth with the largest KLD and {} in the fifth with the smallest.",
        losses,
        losses == 1 ? "loss" : "losses",
        farthest,
        farthest == 1 ? "is" : "are",
        nearest);
    if (nearest > 0 && fifths.front().high <= kSmallKld) {
        out +=
            " Where KLD is small the two models hardly differ: losses there point to the judge, "
            "so read them first.";
    }
    return out + " " + what_it_is;
}

}  // namespace

std::optional<OutcomesByKld> outcomes_by_kld(std::vector<MeasuredQuestion> questions) {
    if (questions.size() < kFewestForFifths) {
        return std::nullopt;
    }
    std::stable_sort(questions.begin(),
                     questions.end(),
                     [](const MeasuredQuestion& a, const MeasuredQuestion& b) {
                         return a.mean_kld < b.mean_kld;
                     });
    OutcomesByKld out;
    std::int64_t n = 0;
    for (std::size_t i = 0; i < kFifths; ++i) {
        const std::size_t begin = i * questions.size() / kFifths,
                          end = (i + 1) * questions.size() / kFifths;
        out.fifths.push_back(fifth_of(std::span(questions).subspan(begin, end - begin)));
        n += out.fifths.back().counts.n;
    }
    if (n == 0) {
        return std::nullopt;
    }
    out.meaning = meaning_of(out.fifths);
    return out;
}

}  // namespace assay::analysis
