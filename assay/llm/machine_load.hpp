#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace assay::llm {

/// Processor time of all cores since the machine started, as the first line of /proc/stat gives it:
/// in ticks of 10 ms.
struct CpuTicks {
    long long busy = 0;   ///< in user, nice, system, irq and softirq, and stolen by other virtual
                          ///< machines
    long long total = 0;  ///< busy and idle
};
/// Empty where `proc_stat` does not begin with such a line.
[[nodiscard]] std::optional<CpuTicks> cpu_ticks_of(std::string_view proc_stat);

/// Now; empty where the system does not say.
[[nodiscard]] std::optional<CpuTicks> cpu_ticks_now();
/// How many cores all processes together kept busy between two times; empty where none has passed.
[[nodiscard]] std::optional<double> busy_cores_between(const CpuTicks& before,
                                                       const CpuTicks& after);

/// How many cores all processes together kept busy while this call slept for `sample`; empty where
/// the system does not say.
[[nodiscard]] std::optional<double> busy_cores(std::chrono::milliseconds sample);

}  // namespace assay::llm
