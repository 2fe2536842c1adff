#include "assay/report/render_stats.hpp"

#include <fmt/format.h>

#include "assay/report/agreement_section.hpp"
#include "assay/report/markdown_text.hpp"
#include "assay/report/section_text.hpp"
#include "assay/report/stats_sections.hpp"
#include "assay/report/terminal_text.hpp"

namespace assay::report {

std::string render_stats_text(const StatsDocument& document) {
    std::string out;
    if (!document.source.empty()) {
        out += plain_line(fmt::format("{} ({})", document.source, document.format)) + "\n";
    }
    for (const std::string& note : document.notes) {
        for (const std::string& row : wrap(plain_line(note), kTextWidth)) {
            out += row + "\n";
        }
    }
    if (document.comparisons.size() > 1) {
        out += "\n" + section_text(stats_overview(document));
    }
    for (const ComparisonAnalysis& comparison : document.comparisons) {
        const std::string title = plain_line(title_of(comparison));
        if (!title.empty()) {
            out += fmt::format("\n{}\n{}\n", title, std::string(display_width(title), '='));
        }
        for (const StatsSection& section : stats_sections(comparison)) {
            out += (out.empty() ? "" : "\n") + section_text(section);
        }
    }
    if (!document.agreement.empty()) {
        out += "\n" + section_text(agreement_section(document.agreement, document.panel));
    }
    return out;
}

std::string render_stats_markdown(const StatsDocument& document) {
    std::string out = "# Statistics\n\n";
    if (!document.source.empty()) {
        out += fmt::format(
            "Source: {} ({})\n\n", md_code(document.source), md_text(document.format));
    }
    for (const std::string& note : document.notes) {
        out += md_text(note) + "\n\n";
    }
    if (document.comparisons.size() > 1) {
        out += section_markdown(stats_overview(document), "##");
    }
    for (const ComparisonAnalysis& comparison : document.comparisons) {
        const std::string title = title_of(comparison);
        if (!title.empty()) {
            out += fmt::format("## {}\n\n", md_text(title));
        }
        for (const StatsSection& section : stats_sections(comparison)) {
            out += section_markdown(section, title.empty() ? "##" : "###");
        }
    }
    if (!document.agreement.empty()) {
        out += section_markdown(agreement_section(document.agreement, document.panel), "##");
    }
    return out;
}

}  // namespace assay::report
