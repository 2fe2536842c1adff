#include "assay/analysis/phrases.hpp"

#include <fmt/format.h>

#include <cmath>

namespace assay::analysis {
namespace {

std::string signed_points(double share, int decimals) {
    const double scale = std::pow(10.0, decimals),
                 rounded = std::round(share * 100 * scale) / scale;
    return rounded == 0 ? fmt::format("{:.{}f}", 0.0, decimals)
                        : fmt::format("{:+.{}f}", rounded, decimals);
}

}  // namespace

std::string points(double share) {
    return signed_points(share, 1);
}

std::string points_beside(double share, double edge) {
    // A limit of -10.04 points must not read as if it were at a margin of 10.
    for (int decimals = 1; decimals <= 4; ++decimals) {
        const double scale = std::pow(10.0, decimals);
        if (std::round(share * 100 * scale) != std::round(edge * 100 * scale)) {
            return signed_points(share, decimals);
        }
    }
    return points(share);
}

std::string plain_points(double share) {
    return fmt::format("{:.6g}", share * 100);
}

std::string points_up(double share) {
    return fmt::format("{:.6g}", std::ceil(share * 1000 * (1 - 1e-12)) / 10);
}

std::string chance(double probability) {
    if (probability < 0.001) {
        return "below 0.1 %";
    }
    if (probability > 0.999) {
        return "above 99.9 %";
    }
    return fmt::format("{:.1f} %", 100 * probability);
}

std::string percent_level(double share) {
    return fmt::format("{:.6g} %", share * 100);
}

std::string count_of(std::int64_t count, std::string_view singular) {
    return fmt::format("{} {}{}", count, singular, count == 1 ? "" : "s");
}

std::string sentence(std::string text) {
    if (text.empty()) {
        return text;
    }
    if (text[0] >= 'a' && text[0] <= 'z') {
        text[0] = static_cast<char>(text[0] - 'a' + 'A');
    }
    if (text.back() != '.') {
        text += '.';
    }
    return text;
}

}  // namespace assay::analysis
