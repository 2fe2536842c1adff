#include "assay/report/section_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "assay/report/markdown_text.hpp"
#include "assay/report/terminal_text.hpp"

namespace assay::report {
namespace {

constexpr std::size_t kNameWidth = 26;
constexpr std::size_t kValueWidth = 26;

std::string without_spaces_at_end(std::string row) {
    row.erase(row.find_last_not_of(' ') + 1);
    return row;
}

}  // namespace

std::string section_text(const StatsSection& section) {
    std::size_t name_width = kNameWidth, value_width = kValueWidth;
    for (const StatsRow& row : section.rows) {
        name_width = std::max(name_width, display_width(plain_line(row.name)));
        if (!row.remark.empty()) {
            value_width = std::max(value_width, display_width(plain_line(row.value)));
        }
    }
    std::string out = plain_line(section.heading) + "\n";
    for (const StatsRow& row : section.rows) {
        out += without_spaces_at_end(fmt::format("  {} {}  {}",
                                                 pad_right(plain_line(row.name), name_width),
                                                 pad_right(plain_line(row.value), value_width),
                                                 plain_line(row.remark))) +
               "\n";
    }
    for (const std::string& paragraph : section.paragraphs) {
        for (const std::string& row : wrap(plain_line(paragraph), kTextWidth)) {
            out += fmt::format("  {}\n", row);
        }
    }
    return out;
}

std::string section_markdown(const StatsSection& section, std::string_view level) {
    std::string out = fmt::format("{} {}\n\n", level, md_text(section.heading));
    MarkdownTable table({"", "", ""}, "lll");
    for (const StatsRow& row : section.rows) {
        table.add({md_text(row.name), md_text(row.value), md_text(row.remark)});
    }
    if (!table.empty()) {
        out += table.text();
    }
    for (const std::string& paragraph : section.paragraphs) {
        out += md_text(paragraph) + "\n\n";
    }
    return out;
}

}  // namespace assay::report
