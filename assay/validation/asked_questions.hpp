#pragma once
// Questions that are each asked several times, as the outcomes that analysis::analyse() takes.

#include <cstdint>
#include <span>
#include <vector>

#include "assay/base/random.hpp"
#include "assay/records/analysis.hpp"
#include "assay/records/dependence.hpp"
#include "assay/records/outcome.hpp"
#include "assay/records/plan.hpp"

namespace assay::validation {

/// Of how many labels one is checked against analyse().
inline constexpr std::uint64_t kAnalysed = 50;

/// Made once; what each repetition fills in is a copy of `blank`.
class AskedQuestions {
 public:
    /// `calls` outcomes of each of n questions stand together, with the variant first in every
    /// other one. n_clusters > 0: the questions are in so many clusters, as equal as can be;
    /// question i is in cluster i % n_clusters.
    AskedQuestions(std::size_t n, std::size_t calls, std::size_t n_clusters = 0);

    [[nodiscard]] std::size_t n() const { return n_; }
    [[nodiscard]] std::size_t calls() const { return calls_; }
    [[nodiscard]] std::size_t n_clusters() const { return n_clusters_; }

    /// The verdicts (+1, 0 or -1) of question after question, with `calls` each.
    [[nodiscard]] std::vector<Outcome> outcomes(std::span<const int> verdicts) const;
    /// The label of the product's decision, without the figures that analyse() makes besides, which
    /// take nearly all of its time. One in kAnalysed is decided by analyse(), too, and must be the
    /// same (ASSAY_CHECK).
    [[nodiscard]] DecisionLabel label(Rng& rng,
                                      std::span<const int> verdicts,
                                      const AnalysisSettings& settings) const;

 private:
    std::size_t n_ = 0;
    std::size_t calls_ = 0;
    std::size_t n_clusters_ = 0;
    std::vector<Outcome> blank_;
    Dependence dependence_;
};

}  // namespace assay::validation
