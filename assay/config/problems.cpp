#include "assay/config/problems.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <tuple>

namespace assay::config {

std::string Where::place() const {
    return line > 0 ? fmt::format("{}:{}:{}", source, line, column) : source;
}

void Problems::add(const Where& where, std::string message, std::string remedy) {
    if (!where.key.empty()) {
        message = fmt::format("{}: {}", where.key, message);
    }
    const int line = where.line > 0 ? where.line : std::numeric_limits<int>::max();
    entries_.push_back(
        {line, where.column, Failure{std::move(message), where.place(), std::move(remedy)}});
}

std::vector<Failure> Problems::take() {
    std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
        return std::tie(a.line, a.column) < std::tie(b.line, b.column);
    });
    std::vector<Failure> out;
    for (Entry& entry : entries_) {
        out.push_back(std::move(entry.failure));
    }
    entries_.clear();
    return out;
}

}  // namespace assay::config
