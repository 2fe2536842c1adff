#include "assay/judge/dialect_trial.hpp"

#include <fmt/format.h>

#include <utility>

namespace assay::judge {

std::string said_of(int status, const ServerError& error) {
    return fmt::format("{} ({})", status, error.message);
}

Dialect dialect_of(const std::optional<DialectTrial>& trial, const HttpMemory& memory) {
    return trial ? trial->dialect : memory.dialect;
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
    trial = DialectTrial{trial ? trial->from : memory.dialect, *plainer, refusal.why};
    return true;
}

void adopt(const HttpSetup& setup, const std::optional<DialectTrial>& trial, HttpMemory& memory) {
    if (!trial || trial->from != memory.dialect) {
        return;
    }
    memory.dialect = trial->dialect;
    setup.note(fmt::format("the server answered {}; from now on {}",
                           trial->why,
                           setup.format->describe(memory.dialect)));
}

}  // namespace assay::judge
