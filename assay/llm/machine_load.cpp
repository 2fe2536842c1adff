#include "assay/llm/machine_load.hpp"

#include <fstream>
#include <sstream>
#include <string>
#include <thread>

namespace assay::llm {

std::optional<CpuTicks> cpu_ticks_now() {
    std::string line;
    std::ifstream file("/proc/stat");
    if (!std::getline(file, line)) {
        return std::nullopt;
    }
    return cpu_ticks_of(line);
}

std::optional<CpuTicks> cpu_ticks_of(std::string_view proc_stat) {
    std::istringstream line{std::string(proc_stat.substr(0, proc_stat.find('\n')))};
    std::string name;
    long long user = 0, nice = 0, system = 0, idle = 0, waiting = 0, irq = 0, softirq = 0,
              stolen = 0;
    if (!(line >> name >> user >> nice >> system >> idle >> waiting >> irq >> softirq >> stolen) ||
        name != "cpu") {
        return std::nullopt;
    }
    const long long busy = user + nice + system + irq + softirq + stolen;
    return CpuTicks{busy, busy + idle + waiting};
}

std::optional<double> busy_cores_between(const CpuTicks& before, const CpuTicks& after) {
    if (after.total <= before.total) {
        return std::nullopt;
    }
    const double share = static_cast<double>(after.busy - before.busy) /
                         static_cast<double>(after.total - before.total);
    return share * std::thread::hardware_concurrency();
}

std::optional<double> busy_cores(std::chrono::milliseconds sample) {
    const auto before = cpu_ticks_now();
    std::this_thread::sleep_for(sample);
    const auto after = cpu_ticks_now();
    return before && after ? busy_cores_between(*before, *after) : std::nullopt;
}

}  // namespace assay::llm
