#pragma once
// What limits of requests need of each other, in an entry of a judge or of a served model.

#include "assay/config/problems.hpp"
#include "assay/config/yaml_reader.hpp"
#include "assay/records/request_limits.hpp"

namespace assay::config {

/// Reports a max-cost without prices.
void check_prices(const MapReader& map, const RequestLimits& limits, Problems& problems);

}  // namespace assay::config
