#include "assay/report/section.hpp"

#include <utility>

#include "assay/base/result.hpp"

namespace assay::report {

Table::Table(std::vector<Text> heads, std::string_view alignment) : heads_(std::move(heads)) {
    ASSAY_CHECK(alignment.size() == heads_.size());
    for (const char side : alignment) {
        alignment_.push_back(side == 'r' ? Align::kRight : Align::kLeft);
    }
}

void Table::add(std::vector<Text> cells) {
    ASSAY_CHECK(cells.size() == heads_.size());
    rows_.push_back(std::move(cells));
}

void Facts::add(std::string_view name, std::string_view value, std::string_view remark) {
    // An empty cell is no text, not an empty foreign one.
    const auto cell = [](std::string_view text) { return text.empty() ? Text() : foreign(text); };
    rows.push_back({cell(name), cell(value), cell(remark)});
}

void Section::add(Block block) {
    blocks.push_back(std::move(block));
}

void Document::open_with(Block block) {
    opening.push_back(std::move(block));
}

}  // namespace assay::report
