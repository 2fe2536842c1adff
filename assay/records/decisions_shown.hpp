#pragma once
// What a run has shown of its decisions, in the order in which it did. Names are those of
// report.json. No clock times: the same run gives the same bytes.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/records/analysis.hpp"

namespace assay {

/// One decision of a variant by a judge, as it was shown.
struct DecisionShown {
    std::string judge;
    std::string variant;
    DecisionLabel label = DecisionLabel::kNotMeasured;
    bool claimed = true;        ///< false: an equivalent or non_inferior that could not be claimed
    std::optional<double> net;  ///< net win rate; empty: not measured
    std::int64_t n = 0;         ///< verdicts that it rests on
    bool on_these_questions = false;  ///< Decision::on_these_questions
};

/// All decisions that were shown at one time.
struct DecisionsShown {
    std::vector<std::string> changes;  ///< since those that were shown before; words without a full
                                       ///< stop. The first have none
    std::vector<DecisionShown> decisions;  ///< of every judge; empty: an earlier version showed
                                           ///< them and did not keep what they were
    std::vector<std::string> reasons;  ///< why they were exploratory; empty: the experiment was as
                                       ///< it was frozen
};

}  // namespace assay
