#pragma once
// Verdicts beside fidelity: what becomes of answers that are near the baseline's, and of those that
// are far. It informs and decides nothing.

#include <cstdint>
#include <optional>
#include <vector>

#include "assay/records/fidelity_report.hpp"
#include "assay/records/outcome.hpp"

namespace assay::analysis {

/// Fewer questions than this have no table by fifths.
inline constexpr std::size_t kFewestForFifths = 10;

/// A question with its outcomes (two where both orders were judged) and its answer's mean KLD.
struct MeasuredQuestion {
    double mean_kld = 0;
    std::int64_t cluster = 0;
    std::vector<Outcome> outcomes;
};

/// Sorted by KLD (equal ones in the given order), in five parts whose numbers differ by at most
/// one; with `meaning`, which says that losses point to the judge only where KLD is small in
/// itself (0.01 nats). Nothing for fewer than kFewestForFifths, or where none has a verdict.
/// Variant and judge are left empty.
[[nodiscard]] std::optional<OutcomesByKld> outcomes_by_kld(std::vector<MeasuredQuestion> questions);

}  // namespace assay::analysis
