#pragma once

#include <array>
#include <vector>

#include "assay/failure_modes/compare.hpp"
#include "assay/records/analysis.hpp"
#include "assay/records/answer_tag.hpp"
#include "assay/records/comparison.hpp"
#include "assay/records/verdict.hpp"

namespace assay::run {

/// Counts what one judge tagged of a variant's answers beside the baseline's, over the questions
/// whose pair has tags; where both orders were judged, those of the order as drawn.
class TagCounter {
 public:
    void add(const Comparison& comparison, const Verdict& verdict);
    /// A row a tag; no rows where no pair has tags.
    [[nodiscard]] std::vector<FailureModeRow> rows() const;

 private:
    std::array<stats::PairedTable, kAnswerTags.size()> tables_{};
};

}  // namespace assay::run
