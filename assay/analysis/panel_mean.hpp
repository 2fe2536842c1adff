#pragma once
// The mean of a question's verdicts where a panel of judges decides: of its samples, of each the
// mean over the judges, of each judge the mean of its verdicts (its orders). So a judge that is
// asked in both orders weighs as much as one that is asked in one, and one that failed once is not
// made up for by more of another's.
//
// Failed verdicts: a judge without a verdict on a sample is left out of that sample's mean, and a
// sample without one is left out of the question's. A question counts if at least half of its calls
// have a verdict and at least half of its judges gave one (of each sample); else it is left out,
// and a label must hold whatever the failed ones would have said (decide.hpp).

#include <optional>
#include <span>
#include <vector>

#include "assay/records/dependence.hpp"
#include "assay/records/outcome.hpp"

namespace assay::analysis {

struct PanelMean {
    std::optional<double> mean;  ///< in [-1, 1]; empty: it is that of all verdicts, or there is
                                 ///< none
    bool enough_judges = true;   ///< at least half of the judges asked (of each sample) gave a
                                 ///< verdict
};

/// Whether outcomes are of more than one judge of a panel (Outcome::judge).
[[nodiscard]] bool is_of_panel(std::span<const Outcome> outcomes);

/// By question (the numbers of `dependence`). `values` has each outcome's value, in [-1, 1], or
/// nothing where it has none.
[[nodiscard]] std::vector<PanelMean> panel_means(std::span<const Outcome> outcomes,
                                                 const Dependence& dependence,
                                                 std::span<const std::optional<int>> values);

}  // namespace assay::analysis
