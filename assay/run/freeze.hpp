#pragma once

#include "assay/run/frozen_experiment.hpp"
#include "assay/run/stored_run.hpp"

namespace assay::run {

/// The fingerprint of a stored run, as it is now.
[[nodiscard]] FrozenExperiment frozen_experiment_of(const StoredRun& stored);

}  // namespace assay::run
