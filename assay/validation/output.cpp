#include "assay/validation/output.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay::validation {
namespace {

std::string band_of(const Row& row) {
    return fmt::format("[{:.{}f}, {:.{}f}]", row.low, row.decimals, row.high, row.decimals);
}

std::string value_of(const Row& row) {
    return fmt::format("{:.{}f}", row.value, row.decimals);
}

std::string in_a_cell(std::string text) {
    for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) {
        text.insert(at, "\\");
    }
    return text;
}

}  // namespace

std::string line_of(const Row& row) {
    return fmt::format("{} {:<4} {}: {} in {}{}",
                       row.passed() ? "pass" : "FAIL",
                       row.id,
                       row.what,
                       value_of(row),
                       band_of(row),
                       row.note.empty() ? "" : fmt::format("   ({})", row.note));
}

std::string closing_line(std::span<const Row> rows) {
    const auto n_passed = std::count_if(
        rows.begin(), rows.end(), [](const Row& row) { return row.passed(); });
    return fmt::format(
        "{} passed, {} failed", n_passed, static_cast<std::ptrdiff_t>(rows.size()) - n_passed);
}

std::string markdown_of(std::span<const Row> rows, const RunFacts& facts) {
    std::string out = fmt::format(
        "# Validation by simulation\n\n"
        "Whether the decisions keep their promises: the product's own functions on data whose "
        "truth is known, many "
        "times "
        "over. Written by the program; do not edit.\n\n"
        "- command: `{}`\n- machine: {}\n- date: {}, duration: {:.0f} s\n- seed: {}; the result "
        "depends on it alone, "
        "not on "
        "threads\n- result: {}\n\n"
        "Decisive rate 0.6 and margin 0.10 unless said. \"SE\" is the Monte Carlo standard error; "
        "a right program "
        "misses a "
        "band of 4 SE six times in 100,000. Rows that say \"must fail\" are wrong methods, and "
        "their band is where "
        "they go "
        "wrong: they show that the harness would notice. Rows \"enumerated\" are exact sums over "
        "all outcomes.\n\n"
        "| | what | measured | accepted | reference, note | |\n|---|---|---|---|---|---|\n",
        facts.command,
        facts.machine,
        facts.date,
        facts.seconds,
        facts.scale.seed,
        closing_line(rows));
    for (const Row& row : rows) {
        out += fmt::format("| {} | {} | {} | {} | {} | {} |\n",
                           row.id,
                           in_a_cell(row.what),
                           value_of(row),
                           band_of(row),
                           in_a_cell(row.note),
                           row.passed() ? "pass" : "**FAIL**");
    }
    return out;
}

}  // namespace assay::validation
