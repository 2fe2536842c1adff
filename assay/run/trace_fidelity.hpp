#pragma once
// Fidelity of one answer, in a trace.

#include <cstddef>
#include <optional>
#include <string>

#include "assay/run/stored_run.hpp"
#include "assay/store/store.hpp"

namespace assay::run {

/// One JSON object: how the variant read the baseline's answer to the question (the members of
/// report::distance_to_json, `tokens` with every token), or where the run's facts say why it did
/// not, where the two texts differ (`texts`). `sentence`: the same in words. Nothing where there is
/// neither, and for the baseline.
[[nodiscard]] std::optional<std::string> fidelity_record(const StoredRun& stored,
                                                         const store::Store& store,
                                                         std::size_t variant,
                                                         std::size_t question);

}  // namespace assay::run
