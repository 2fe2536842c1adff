#pragma once
// One run of a judge behind HTTP: pairs in, requests, retries, the circuit, limits, verdicts out.

#include <atomic>
#include <functional>

#include "assay/judge/http_setup.hpp"
#include "assay/judge/judge.hpp"
#include "assay/records/verdict.hpp"

namespace assay::judge {

/// Judge::run with this setup. What it learns is in `memory`, for the next one.
[[nodiscard]] RunResult run_http_session(const HttpSetup& setup,
                                         HttpMemory& memory,
                                         const PairSource& source,
                                         const std::function<void(const Verdict&)>& sink,
                                         const std::atomic<bool>& cancel);

}  // namespace assay::judge
