#include "html_renderer.hpp"

#include <fmt/format.h>

#include <string_view>
#include <variant>

namespace assay::report {
namespace {

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '&': out += "&amp;"; break;
            case '"': out += "&quot;"; break;
            default: out += c;
        }
    }
    return out;
}

std::string element(std::string_view name, const std::string& inner) {
    return fmt::format("<{0}>{1}</{0}>", name, inner);
}

struct ContentToHtml {
    std::string operator()(const Words& words) const { return escaped(words.text); }
    std::string operator()(const Foreign& text) const {
        return element("bdi", escaped(shown_part(text)));
    }
    std::string operator()(const Code& code) const { return element("code", escaped(code.bytes)); }
    std::string operator()(const LineBreak&) const { return "<br>"; }
};

std::string html_of(const Text& text) {
    std::string out;
    for (const Span& span : text.spans()) {
        const std::string inner = std::visit(ContentToHtml{}, span.content);
        switch (span.weight) {
            case Weight::kNormal: out += inner; break;
            case Weight::kEmphasis: out += element("em", inner); break;
            case Weight::kStrong: out += element("strong", inner); break;
        }
    }
    return out;
}

std::string row_of(std::string_view cell_name, const std::vector<Text>& cells) {
    std::string out;
    for (const Text& cell : cells) {
        out += element(cell_name, html_of(cell));
    }
    return element("tr", out);
}

struct BlockToHtml {
    std::string operator()(const Paragraph& paragraph) const {
        return element("p", html_of(paragraph.text));
    }
    std::string operator()(const Bullets& bullets) const {
        std::string items;
        for (const Text& item : bullets.items) {
            items += element("li", html_of(item));
        }
        return element("ul", items);
    }
    std::string operator()(const Table& table) const {
        std::string rows = row_of("th", table.heads());
        for (const std::vector<Text>& row : table.rows()) {
            rows += row_of("td", row);
        }
        return element("table", rows);
    }
    std::string operator()(const Facts& facts) const {
        std::string rows;
        for (const Fact& fact : facts.rows) {
            rows += element("dt", html_of(fact.name)) + element("dd", html_of(fact.value)) +
                    element("dd", html_of(fact.remark));
        }
        return element("dl", rows);
    }
    std::string operator()(const CodeBlock& block) const {
        return element("pre", escaped(block.bytes));
    }
    std::string operator()(const BarChart& chart) const {
        std::string bars = element("figcaption", html_of(chart.title));
        for (const Bar& bar : chart.bars) {
            bars += fmt::format(
                R"(<meter max="{}" value="{}">{}</meter>)", chart.whole, bar.n, html_of(bar.word));
        }
        return element("figure", bars);
    }
};

std::string blocks_of(const std::vector<Block>& blocks) {
    std::string out;
    for (const Block& block : blocks) {
        out += std::visit(BlockToHtml{}, block) + "\n";
    }
    return out;
}

std::string section_of(const Section& section, int level) {
    std::string out = element(fmt::format("h{}", level), html_of(section.heading)) + "\n";
    out += blocks_of(section.blocks);
    for (const Section& part : section.parts) {
        out += section_of(part, level + 1);
    }
    return element("section", out) + "\n";
}

}  // namespace

std::string render_html(const Document& document) {
    std::string out = element("h1", html_of(document.title)) + "\n" + blocks_of(document.opening);
    for (const Section& section : document.sections) {
        out += section_of(section, 2);
    }
    return out;
}

}  // namespace assay::report
