#include "assay/validation/bands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace assay::validation {
namespace {

constexpr double kHalfOfLastDecimal = 5.1e-5;

std::string with(std::string reference, const std::string& note) {
    return note.empty() ? reference : reference + "; " + note;
}

}  // namespace

double four_errors(double p, std::int64_t n) {
    return 4 * std::sqrt(p * (1 - p) / static_cast<double>(n));
}

Row near(std::string id, std::string what, const Share& share, double p, std::string note) {
    const double errors = four_errors(p, share.n);
    return {std::move(id),
            std::move(what),
            share.value(),
            std::max(0.0, p - errors),
            std::min(1.0, p + errors),
            4,
            with(fmt::format("{:.4f} +- 4 SE", p), note)};
}

Row at_most(
    std::string id, std::string what, const Share& share, double promised, std::string note) {
    return {std::move(id),
            std::move(what),
            share.value(),
            0,
            promised + four_errors(promised, share.n),
            4,
            with(fmt::format("at most {:g}, + 4 SE", promised), note)};
}

Row within(const Scale& scale,
           std::string id,
           std::string what,
           const Share& share,
           const Band& band,
           std::string note) {
    Row row{std::move(id), std::move(what), share.value(), band.low, band.high, 4, std::move(note)};
    if (scale.fast) {
        row.low = std::max(0.0, band.low - four_errors(band.low, share.n));
        row.high = std::min(1.0, band.high + four_errors(band.high, share.n));
    }
    return row;
}

Row mean_within(const Scale& scale,
                std::string id,
                std::string what,
                const Totals& totals,
                const Band& band,
                int decimals,
                std::string note) {
    const double n = static_cast<double>(totals.n), mean = totals.sum / n;
    const double variance = std::max(0.0, totals.squares / n - mean * mean);
    const double errors = scale.fast ? 4 * std::sqrt(variance / n) : 0;
    return {std::move(id),
            std::move(what),
            mean,
            band.low - errors,
            band.high + errors,
            decimals,
            std::move(note)};
}

Row exactly(std::string id, std::string what, double value, double reference) {
    return {std::move(id),
            std::move(what),
            value,
            reference - kHalfOfLastDecimal,
            reference + kHalfOfLastDecimal,
            5,
            fmt::format("{:.4f}, enumerated", reference)};
}

}  // namespace assay::validation
