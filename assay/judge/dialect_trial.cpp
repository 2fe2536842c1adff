#include "assay/judge/dialect_trial.hpp"

#include <fmt/format.h>

#include <utility>

namespace assay::judge {

std::string said_of(int status, const ServerError& error) {
    return fmt::format("{} ({})", status, error.message);
}

Dialect dialect_of(const std::optional<DialectTrial>& trial, const HttpMemory& memory) {
    return trial ? trial->steps.back().dialect : memory.dialect;
}

bool try_plainer(const HttpSetup& setup,
                 const HttpMemory& memory,
                 const RefusedRequest& refusal,
                 std::optional<DialectTrial>& trial) {
    if (!trial && refusal.dialect != memory.dialect) {
        return true;  // others have changed it since this request left
    }
    const auto plainer = setup.format->plainer(refusal.dialect, refusal.body);
    if (!plainer) {
        return false;
    }
    if (!trial) {
        trial = DialectTrial{memory.dialect, {}};
    }
    trial->steps.push_back({*plainer, refusal.why});
    return true;
}

void adopt(const HttpSetup& setup, const std::optional<DialectTrial>& trial, HttpMemory& memory) {
    if (!trial || trial->from != memory.dialect) {
        return;
    }
    for (const DialectTrial::Step& step : trial->steps) {
        setup.note(fmt::format("the server answered {}; from now on {}",
                               step.why,
                               setup.format->describe(step.dialect)));
    }
    memory.dialect = trial->steps.back().dialect;
}

}  // namespace assay::judge
