#include "assay/report/render_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <variant>

#include "assay/base/text.hpp"
#include "assay/report/bar_lines.hpp"
#include "assay/report/terminal_text.hpp"

namespace assay::report {
namespace {

constexpr std::size_t kNameWidth = 26;
constexpr std::size_t kValueWidth = 26;
constexpr std::string_view kIndent = "  ";

struct ContentToText {
    std::string operator()(const Words& words) const { return words.text; }
    std::string operator()(const Foreign& text) const { return shown_part(text); }
    std::string operator()(const Code& code) const {
        return code.bytes.empty() ? "not known" : code.bytes;
    }
    std::string operator()(const LineBreak&) const { return " "; }
};

/// On one line, safe to print. Weight does not show.
std::string one_line(const Text& text) {
    std::string out;
    for (const Span& span : text.spans()) {
        out += std::visit(ContentToText{}, span.content);
    }
    return plain_line(out);
}

/// Lines of one block, not yet indented.
struct BlockToLines {
    std::vector<std::string> operator()(const Paragraph& paragraph) const {
        return wrap(one_line(paragraph.text), kTextWidth);
    }

    std::vector<std::string> operator()(const Bullets& bullets) const {
        std::vector<std::string> lines;
        for (const Text& item : bullets.items) {
            for (std::string& line : wrap("- " + one_line(item), kTextWidth)) {
                lines.push_back(std::move(line));
            }
        }
        return lines;
    }

    std::vector<std::string> operator()(const Table& table) const {
        std::vector<AlignedColumn> columns;
        for (std::size_t i = 0; i < table.heads().size(); ++i) {
            AlignedColumn column{table.alignment()[i] == Align::kRight, {}};
            column.cells.push_back(one_line(table.heads()[i]));
            for (const std::vector<Text>& row : table.rows()) {
                column.cells.push_back(one_line(row[i]));
            }
            columns.push_back(std::move(column));
        }
        return aligned_lines(columns, 2);
    }

    std::vector<std::string> operator()(const Facts& facts) const {
        std::size_t name_width = kNameWidth;
        std::size_t value_width = kValueWidth;
        for (const Fact& fact : facts.rows) {
            name_width = std::max(name_width, display_width(one_line(fact.name)));
            if (!fact.remark.empty()) {
                value_width = std::max(value_width, display_width(one_line(fact.value)));
            }
        }
        std::vector<std::string> lines;
        for (const Fact& fact : facts.rows) {
            lines.push_back(
                without_spaces_at_end(fmt::format("{} {}  {}",
                                                  pad_right(one_line(fact.name), name_width),
                                                  pad_right(one_line(fact.value), value_width),
                                                  one_line(fact.remark))));
        }
        return lines;
    }

    std::vector<std::string> operator()(const CodeBlock& block) const {
        return split(visible(trim(block.bytes)), '\n');
    }

    std::vector<std::string> operator()(const BarChart& chart) const {
        std::vector<std::string> lines{one_line(chart.title)};
        for (const std::string& line : bar_lines(chart)) {
            lines.push_back(std::string(kIndent) + visible(line));
        }
        return lines;
    }
};

void append_blocks(std::string& out, const std::vector<Block>& blocks, std::string_view indent) {
    for (const Block& block : blocks) {
        for (const std::string& line : std::visit(BlockToLines{}, block)) {
            out += fmt::format("{}{}\n", indent, line);
        }
    }
}

void append_section(std::string& out, const Section& section) {
    const std::string heading = one_line(section.heading);
    if (!out.empty()) {
        out += "\n";
    }
    out += heading + "\n";
    if (!section.parts.empty()) {
        out += std::string(display_width(heading), '=') + "\n";
    }
    append_blocks(out, section.blocks, kIndent);
    for (const Section& part : section.parts) {
        append_section(out, part);
    }
}

}  // namespace

std::string render_text(const Document& document) {
    std::string out;
    if (!document.title.empty()) {
        out += one_line(document.title) + "\n";
    }
    append_blocks(out, document.opening, "");
    for (const Section& section : document.sections) {
        append_section(out, section);
    }
    return out;
}

}  // namespace assay::report
