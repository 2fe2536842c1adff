#include "assay/stats/multiplicity.hpp"

#include <algorithm>
#include <numeric>

#include "assay/base/result.hpp"

namespace assay::stats {
namespace {

std::vector<std::size_t> ascending(std::span<const double> p) {
    for (const double value : p) {
        ASSAY_CHECK(value >= 0 && value <= 1);
    }
    std::vector<std::size_t> order(p.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(
        order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
    return order;
}

}  // namespace

std::vector<double> holm(std::span<const double> p) {
    const std::vector<std::size_t> order = ascending(p);
    std::vector<double> adjusted(p.size());
    double running = 0;
    for (std::size_t rank = 0; rank < order.size(); ++rank) {
        running = std::max(running,
                           std::min(1.0, static_cast<double>(p.size() - rank) * p[order[rank]]));
        adjusted[order[rank]] = running;
    }
    return adjusted;
}

std::vector<double> benjamini_hochberg(std::span<const double> p) {
    const std::vector<std::size_t> order = ascending(p);
    std::vector<double> adjusted(p.size());
    double running = 1;
    for (std::size_t rank = order.size(); rank-- > 0;) {
        running = std::min(
            running,
            static_cast<double>(p.size()) / static_cast<double>(rank + 1) * p[order[rank]]);
        adjusted[order[rank]] = running;
    }
    return adjusted;
}

}  // namespace assay::stats
