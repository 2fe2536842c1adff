#pragma once
// A report as data: a document is sections, a section is blocks, and a block's text is spans
// (text.hpp). Nothing here knows Markdown, HTML or a terminal.
//
// Sections are made by pure functions of what is reported: report_sections.hpp of a ReportModel,
// stats_sections.hpp of a StatsDocument, audit_sections.hpp of a RunAudit. They are shown by
// renderers: render_markdown.hpp, render_text.hpp. A renderer is a function of a Document; it
// visits Block and Span, so a kind of block that is added here does not compile until every
// renderer shows it. A figure is a block of data, as BarChart is: a renderer with pictures paints
// it, the others draw it with characters or show the numbers.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "assay/report/text.hpp"

namespace assay::report {

struct Paragraph {
    Text text;
};

struct Bullets {
    std::vector<Text> items;
    bool loose = false;  ///< with space between the items, as between paragraphs
};

enum class Align { kLeft, kRight };

/// Rows under heads. A row has a cell for each head; another number is a bug of ours.
class Table {
 public:
    /// `alignment`: one of l and r for each column.
    Table(std::vector<Text> heads, std::string_view alignment);
    void add(std::vector<Text> cells);

    [[nodiscard]] bool empty() const { return rows_.empty(); }
    [[nodiscard]] const std::vector<Text>& heads() const { return heads_; }
    [[nodiscard]] const std::vector<Align>& alignment() const { return alignment_; }
    [[nodiscard]] const std::vector<std::vector<Text>>& rows() const { return rows_; }

 private:
    std::vector<Text> heads_;
    std::vector<Align> alignment_;
    std::vector<std::vector<Text>> rows_;
};

/// A name, its value, and a remark, which may be empty.
struct Fact {
    Text name;
    Text value;
    Text remark;
};

struct Facts {
    std::vector<Fact> rows;
    /// A row whose strings may hold names from elsewhere, so that all of it is foreign text.
    void add(std::string_view name, std::string_view value, std::string_view remark);
};

/// Lines that are shown as they are, for instance a command.
struct CodeBlock {
    std::string bytes;  ///< text from elsewhere
};

struct Bar {
    Text word;
    std::int64_t n = 0;  ///< in 0 .. the chart's whole
};

/// Parts of a whole as horizontal bars on one scale.
struct BarChart {
    Text title;
    std::vector<Bar> bars;
    std::int64_t whole = 0;  ///< 0: nothing was measured
};

using Block = std::variant<Paragraph, Bullets, Table, Facts, CodeBlock, BarChart>;

struct Section {
    Text heading;
    std::vector<Block> blocks{};
    std::vector<Section> parts{};  ///< one level below, after the blocks

    void add(Block block);
};

struct Document {
    Text title;                    ///< may be empty
    std::vector<Block> opening{};  ///< before the first section
    std::vector<Section> sections{};

    /// Adds to the opening.
    void open_with(Block block);
};

}  // namespace assay::report
