#include "assay/report/render_markdown.hpp"

#include <fmt/format.h>

#include <string_view>
#include <variant>

#include "assay/report/bar_lines.hpp"
#include "assay/report/markdown_text.hpp"

namespace assay::report {
namespace {

std::string_view mark_of(Weight weight) {
    switch (weight) {
        case Weight::kNormal: return "";
        case Weight::kEmphasis: return "*";
        case Weight::kStrong: return "**";
    }
    return "";
}

struct ContentToMarkdown {
    std::string operator()(const Words& words) const { return md_words(words.text); }
    std::string operator()(const Foreign& text) const {
        return md_text(text.bytes, text.max_chars);
    }
    std::string operator()(const Code& code) const { return md_code(code.bytes); }
    std::string operator()(const LineBreak&) const { return "<br>"; }
};

/// Neighbours of one weight stand within one pair of marks.
std::string line_of(const Text& text) {
    std::string out;
    Weight open = Weight::kNormal;
    for (const Span& span : text.spans()) {
        if (span.weight != open) {
            out += mark_of(open);
            out += mark_of(span.weight);
            open = span.weight;
        }
        out += std::visit(ContentToMarkdown{}, span.content);
    }
    return out += mark_of(open);
}

std::string row_of(const std::vector<Text>& cells) {
    std::string out = "|";
    for (const Text& cell : cells) {
        out += " " + line_of(cell) + " |";
    }
    return out + "\n";
}

struct BlockToMarkdown {
    std::string operator()(const Paragraph& paragraph) const {
        return line_of(paragraph.text) + "\n\n";
    }

    std::string operator()(const Bullets& bullets) const {
        std::string out;
        for (const Text& item : bullets.items) {
            out += "- " + line_of(item) + (bullets.loose ? "\n\n" : "\n");
        }
        return bullets.loose ? out : out + "\n";
    }

    std::string operator()(const Table& table) const {
        std::string out = row_of(table.heads()) + "|";
        for (const Align side : table.alignment()) {
            out += side == Align::kRight ? "---:|" : "---|";
        }
        out += "\n";
        for (const std::vector<Text>& row : table.rows()) {
            out += row_of(row);
        }
        return out + "\n";
    }

    std::string operator()(const Facts& facts) const {
        if (facts.rows.empty()) {
            return {};
        }
        Table table({"", "", ""}, "lll");
        for (const Fact& fact : facts.rows) {
            table.add({fact.name, fact.value, fact.remark});
        }
        return (*this)(table);
    }

    std::string operator()(const CodeBlock& block) const { return md_code_block(block.bytes); }

    std::string operator()(const BarChart& chart) const {
        std::string lines = raw_bytes(chart.title) + "\n";
        for (const std::string& line : bar_lines(chart)) {
            lines += "  " + line + "\n";
        }
        return md_code_block(lines);
    }
};

std::string heading_of(const Text& text, int level) {
    return fmt::format("{:#<{}} {}\n\n", "", level, line_of(text));
}

void append_blocks(std::string& out, const std::vector<Block>& blocks) {
    for (const Block& block : blocks) {
        out += std::visit(BlockToMarkdown{}, block);
    }
}

void append_section(std::string& out, const Section& section, int level) {
    out += heading_of(section.heading, level);
    append_blocks(out, section.blocks);
    for (const Section& part : section.parts) {
        append_section(out, part, level + 1);
    }
}

}  // namespace

std::string render_markdown(const Document& document) {
    std::string out;
    if (!document.title.empty()) {
        out += heading_of(document.title, 1);
    }
    append_blocks(out, document.opening);
    for (const Section& section : document.sections) {
        append_section(out, section, 2);
    }
    return out;
}

}  // namespace assay::report
