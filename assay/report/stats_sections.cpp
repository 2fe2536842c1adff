#include "assay/report/stats_sections.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "assay/report/agreement_section.hpp"
#include "assay/report/figures.hpp"
#include "assay/report/stats_parts.hpp"

namespace assay::report {
namespace {

bool says_confidence(const ComparisonAnalysis& a) {
    return std::any_of(a.confidence.begin(), a.confidence.end(), [](const ConfidenceRow& row) {
        return row.level != Confidence::kNone;
    });
}

/// The sections of one comparison; those that have nothing to say are left out.
std::vector<Section> sections_of(const ComparisonAnalysis& a) {
    std::vector<Section> out{counts_section(a),
                             estimates_section(a),
                             difference_section(a),
                             detectable_section(a.mde),
                             equivalence_section(a)};
    if (dependent(a)) {
        out.push_back(dependence_section(a));
    }
    if (a.position) {
        out.push_back(position_section(a));
    }
    if (a.both_orders) {
        out.push_back(both_orders_section(*a.both_orders));
    }
    if (says_confidence(a)) {
        out.push_back(confidence_section(a.confidence));
    }
    if (a.companions && !a.companions->posteriors.empty()) {
        out.push_back(bayes_section(*a.companions, a.decision.margin));
    }
    out.push_back(decision_section(a));
    if (std::optional<Section> outlook = outlook_section(a)) {
        out.push_back(std::move(*outlook));
    }
    return out;
}

std::string title_of(const ComparisonAnalysis& a) {
    std::string out = a.variant.empty() ? "" : a.variant;
    if (!a.baseline.empty()) {
        out += fmt::format("{}against {}", out.empty() ? "the variant " : " ", a.baseline);
    }
    if (!a.judge.empty()) {
        out += fmt::format("{}judged by {}", out.empty() ? "" : ", ", a.judge);
    }
    return out;
}

/// One row for each comparison: its names, its counts, and its interval with the decision.
Section overview_section(const StatsDocument& document) {
    Section out{say("{} comparisons: wins/ties/losses, net win rate in points, decision",
                    document.comparisons.size())};
    Facts facts;
    for (const ComparisonAnalysis& a : document.comparisons) {
        const Counts& c = a.counts;
        const std::string title = title_of(a);
        facts.add(
            title.empty() ? "(not named)" : title,
            fmt::format("{}/{}/{}", c.wins, c.ties, c.losses),
            fmt::format(
                "{}: {}", points_with_interval(a.net_win_rate), decision_sentence(a.decision)));
    }
    out.add(std::move(facts));
    return out;
}

/// The sections of a comparison that is named stand below its names.
void add_comparison(std::vector<Section>& sections, const ComparisonAnalysis& a) {
    const std::string title = title_of(a);
    std::vector<Section> parts = sections_of(a);
    if (!title.empty()) {
        Section comparison{foreign(title)};
        comparison.parts = std::move(parts);
        sections.push_back(std::move(comparison));
        return;
    }
    for (Section& part : parts) {
        sections.push_back(std::move(part));
    }
}

/// All but the head.
void add_body(Document& out, const StatsDocument& document) {
    for (const std::string& note : document.notes) {
        out.open_with(Paragraph{foreign(note)});
    }
    if (document.comparisons.size() > 1) {
        out.sections.push_back(overview_section(document));
    }
    for (const ComparisonAnalysis& comparison : document.comparisons) {
        add_comparison(out.sections, comparison);
    }
    if (!document.agreement.empty()) {
        out.sections.push_back(agreement_section(document.agreement, document.panel));
    }
}

}  // namespace

Document stats_page(const StatsDocument& document) {
    Document out{"Statistics"};
    if (!document.source.empty()) {
        out.open_with(
            Paragraph{say("Source: {} ({})", code(document.source), foreign(document.format))});
    }
    add_body(out, document);
    return out;
}

Document stats_printout(const StatsDocument& document) {
    Document out;
    if (!document.source.empty()) {
        out.title = say("{} ({})", foreign(document.source), foreign(document.format));
    }
    add_body(out, document);
    return out;
}

}  // namespace assay::report
