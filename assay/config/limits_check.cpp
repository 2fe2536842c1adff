#include "assay/config/limits_check.hpp"

namespace assay::config {

void check_prices(const MapReader& map, const RequestLimits& limits, Problems& problems) {
    if (lacks_prices(limits)) {
        problems.add(map.where("max-cost"),
                     "needs prices",
                     "Give price-input and price-output, of a million tokens each.");
    }
}

}  // namespace assay::config
