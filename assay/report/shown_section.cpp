#include "assay/report/shown_section.hpp"

#include <string>
#include <utility>

#include "assay/report/shown_history.hpp"

namespace assay::report {

std::optional<Section> shown_section(std::span<const DecisionsShown> history) {
    if (history.size() < 2) {
        return std::nullopt;
    }
    Bullets bullets;
    for (const std::string& line : shown_lines(history)) {
        bullets.items.push_back(foreign(line));
    }
    Section section{"Decisions that were shown"};
    section.add(Paragraph{
        "This run showed decisions more than once, and not the same ones or not of the same "
        "experiment. Oldest first."});
    section.add(std::move(bullets));
    return section;
}

}  // namespace assay::report
