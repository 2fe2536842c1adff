#include "assay/report/render_stats.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "assay/report/markdown_text.hpp"
#include "assay/report/stats_sections.hpp"
#include "assay/report/terminal_text.hpp"

namespace assay::report {
namespace {

constexpr std::size_t kNameWidth = 26;
constexpr std::size_t kValueWidth = 26;
constexpr std::size_t kTextWidth = 96;

std::string without_spaces_at_end(std::string row) {
    row.erase(row.find_last_not_of(' ') + 1);
    return row;
}

std::string text_of(const StatsSection& section) {
    std::size_t name_width = kNameWidth, value_width = kValueWidth;
    // Names of models are as long as they are; figures line up all the same.
    for (const StatsRow& row : section.rows) {
        name_width = std::max(name_width, display_width(plain_line(row.name)));
        if (!row.remark.empty()) value_width = std::max(value_width, display_width(plain_line(row.value)));
    }
    std::string out = plain_line(section.heading) + "\n";
    for (const StatsRow& row : section.rows) {
        out +=
            without_spaces_at_end(fmt::format("  {} {}  {}", pad_right(plain_line(row.name), name_width),
                                              pad_right(plain_line(row.value), value_width), plain_line(row.remark))) +
            "\n";
    }
    for (const std::string& paragraph : section.paragraphs) {
        for (const std::string& row : wrap(plain_line(paragraph), kTextWidth)) out += fmt::format("  {}\n", row);
    }
    return out;
}

std::string markdown_of(const StatsSection& section, std::string_view level) {
    std::string out = fmt::format("{} {}\n\n", level, md_text(section.heading));
    MarkdownTable table({"", "", ""}, "lll");
    for (const StatsRow& row : section.rows) table.add({md_text(row.name), md_text(row.value), md_text(row.remark)});
    if (!table.empty()) out += table.text();
    for (const std::string& paragraph : section.paragraphs) out += md_text(paragraph) + "\n\n";
    return out;
}

}  // namespace

std::string render_stats_text(const StatsDocument& document) {
    std::string out;
    if (!document.source.empty()) out += plain_line(fmt::format("{} ({})", document.source, document.format)) + "\n";
    for (const std::string& note : document.notes) {
        for (const std::string& row : wrap(plain_line(note), kTextWidth)) out += row + "\n";
    }
    if (document.comparisons.size() > 1) out += "\n" + text_of(stats_overview(document));
    for (const ComparisonAnalysis& comparison : document.comparisons) {
        const std::string title = plain_line(title_of(comparison));
        if (!title.empty()) out += fmt::format("\n{}\n{}\n", title, std::string(display_width(title), '='));
        for (const StatsSection& section : stats_sections(comparison))
            out += (out.empty() ? "" : "\n") + text_of(section);
    }
    return out;
}

std::string render_stats_markdown(const StatsDocument& document) {
    std::string out = "# Statistics\n\n";
    if (!document.source.empty())
        out += fmt::format("Source: {} ({})\n\n", md_code(document.source), md_text(document.format));
    for (const std::string& note : document.notes) out += md_text(note) + "\n\n";
    if (document.comparisons.size() > 1) out += markdown_of(stats_overview(document), "##");
    for (const ComparisonAnalysis& comparison : document.comparisons) {
        const std::string title = title_of(comparison);
        if (!title.empty()) out += fmt::format("## {}\n\n", md_text(title));
        for (const StatsSection& section : stats_sections(comparison)) out += markdown_of(section, title.empty() ? "##" : "###");
    }
    return out;
}

}  // namespace assay::report
