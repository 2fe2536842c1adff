#pragma once

#include <string>

namespace assay {

/// Where a run ran. Empty or 0: not known.
struct HostInfo {
    std::string cpu;
    int cores = 0;
    std::string os;
};

}  // namespace assay
