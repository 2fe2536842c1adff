#pragma once

#include <optional>
#include <span>

#include "assay/records/audit.hpp"
#include "assay/report/section.hpp"

namespace assay::report {

/// What judges say of each other: rows for each pair, then for all together.
[[nodiscard]] Section agreement_section(std::span<const PairAgreement> pairs,
                                        const std::optional<PanelAgreement>& panel);

/// An index of agreement: "0.63 [0.51, 0.74]", or "undefined".
[[nodiscard]] std::string index_with_interval(const Estimate& estimate);

}  // namespace assay::report
