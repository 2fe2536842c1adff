#include "assay/app/host.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <sys/utsname.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <set>

#include "assay/base/text.hpp"

namespace assay::app {
namespace {

std::string first_line(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

/// Cores, not hardware threads: two threads of one core share its vector units and slow each other
/// down.
int count_cores() {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) {
        return 1;
    }
    std::set<std::string> cores;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (!CPU_ISSET(cpu, &allowed)) {
            continue;
        }
        const std::string siblings = first_line(
            fmt::format("/sys/devices/system/cpu/cpu{}/topology/thread_siblings_list", cpu));
        cores.insert(siblings.empty() ? fmt::format("cpu {}", cpu) : siblings);
    }
    return std::max<int>(1, static_cast<int>(cores.size()));
}

}  // namespace

Host describe_host() {
    Host host;
    host.n_cores = count_cores();
    std::ifstream cpuinfo("/proc/cpuinfo");
    for (std::string line; host.cpu.empty() && std::getline(cpuinfo, line);) {
        if (line.starts_with("model name")) {
            host.cpu = trim(line.substr(line.find(':') + 1));
        }
    }
    std::ifstream meminfo("/proc/meminfo");
    for (std::string line; std::getline(meminfo, line);) {
        unsigned long long kib = 0;
        if (std::sscanf(line.c_str(), "MemTotal: %llu kB", &kib) == 1) {
            host.memory_bytes = kib * 1024;
        }
        if (std::sscanf(line.c_str(), "MemAvailable: %llu kB", &kib) == 1) {
            host.memory_available_bytes = kib * 1024;
        }
    }
    utsname name{};
    if (::uname(&name) == 0) {
        host.os = fmt::format("{} {} {}", name.sysname, name.release, name.machine);
    }
    return host;
}

}  // namespace assay::app
