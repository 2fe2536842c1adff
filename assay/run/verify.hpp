#pragma once
// `assay verify`: is a run directory what assay left?

#include <filesystem>

#include "assay/run/verification.hpp"
#include "assay/store/store.hpp"

namespace assay::run {

/// Computes everything again that can be, and compares. Changes nothing. Throws Error kUsage where
/// no plan is stored, and kOperational where the store cannot be read at all.
[[nodiscard]] Verification verify_run(const store::Store& store,
                                      const std::filesystem::path& run_dir);

}  // namespace assay::run
