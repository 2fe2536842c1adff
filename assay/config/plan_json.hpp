#pragma once
// The resolved plan as text, as it is stored in a run directory; and back.

#include <string>
#include <string_view>

#include "assay/base/result.hpp"
#include "assay/records/plan.hpp"

namespace assay::config {

/// Canonical JSON on one line: every default resolved, keys sorted, numbers in their shortest exact
/// form. Left out is what belongs to one run or one machine: run_dir, engine.path, engine.threads,
/// engine.slots. Keys of judges are never part of a plan; the name of the environment variable is.
/// Files are absolute paths. All strings must be valid UTF-8, as load_plan makes sure.
[[nodiscard]] std::string plan_to_json(const Plan& plan);

/// SHA-256 of what decides the results. It is that of plan_to_json with `name`, `source`, how
/// judges are reached and what they cost (api-key-env, concurrency, timeout-s, retries, limits,
/// prices) and what is only for planning (expected-decisive-rate, icc) left out, and files below
/// the experiment file's folder written relative to it, so that a folder that was moved or copied
/// to another machine keeps its hash. The bytes of the files are not read.
[[nodiscard]] std::string plan_sha256(const Plan& plan);

/// Inverse of plan_to_json; what that leaves out has its default (run_dir and engine.path empty).
/// Fails on broken JSON, on a missing or unknown key, and on a value of the wrong type or out of
/// its range. How judges are reached and what is only for planning may be missing: plans of earlier
/// versions lack some of it.
[[nodiscard]] Result<Plan> plan_from_json(std::string_view text);

}  // namespace assay::config
