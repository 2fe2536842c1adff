#include "assay/report/stats_figures.hpp"

#include <fmt/format.h>

#include <cmath>

#include "assay/report/figures.hpp"

namespace assay::report {

std::string method_of(const Estimate& estimate) {
    return fmt::format("{}, {}", estimate.method, confidence_level(estimate.confidence));
}

std::string in_points(double share) {
    return fmt::format("{:.6g}", 100 * share);
}

std::string distance_words(const std::optional<double>& value) {
    if (!value) {
        return "undefined";
    }
    return 100 * *value >= 0.995 ? fmt::format("{:.1f} points", 100 * *value)
                                 : fmt::format("{:.2g} points", 100 * *value);
}

std::string p_equals(double p) {
    return p < 0.0001 ? "p < 0.0001" : fmt::format("p = {:.4f}", p);
}

std::string p_equals(const std::optional<double>& p) {
    return p ? p_equals(*p) : std::string(kNotMeasured);
}

std::string two_decimals(const std::optional<double>& value) {
    if (!value) {
        return "undefined";
    }
    return std::abs(*value) < 0.005 ? "0.00" : fmt::format("{:.2f}", *value);
}

std::string counts_text(std::int64_t wins, std::int64_t losses, std::int64_t ties) {
    return fmt::format("{}, {}, {}", wins, losses, ties);
}

}  // namespace assay::report
