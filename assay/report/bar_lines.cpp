#include "assay/report/bar_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "assay/report/figures.hpp"

namespace assay::report {
namespace {

constexpr int kBarWidth = 30;

/// Cells of a bar that are filled: at least one where there is anything.
int n_filled(std::int64_t part, std::int64_t whole) {
    if (part <= 0 || whole <= 0) {
        return 0;
    }
    const double cells = static_cast<double>(part) * kBarWidth / static_cast<double>(whole);
    return std::max(1, static_cast<int>(std::lround(cells)));
}

}  // namespace

std::vector<std::string> bar_lines(const BarChart& chart) {
    std::vector<std::string> lines;
    for (const Bar& bar : chart.bars) {
        const int filled = n_filled(bar.n, chart.whole);
        std::string cells;
        for (int i = 0; i < kBarWidth; ++i) {
            cells += i < filled ? "█" : "·";
        }
        lines.push_back(fmt::format("{:<7}{:>6}  {}  {}",
                                    raw_bytes(bar.word),
                                    bar.n,
                                    cells,
                                    percent_of(bar.n, chart.whole)));
    }
    return lines;
}

}  // namespace assay::report
