#include "assay/report/stats_json.hpp"

#include <nlohmann/json.hpp>

#include "assay/base/text.hpp"
#include "assay/report/analysis_json.hpp"
#include "assay/report/audit_json.hpp"

namespace assay::report {
namespace {

using Json = nlohmann::ordered_json;

Json name_or_null(const std::string& name) {
    return name.empty() ? Json(nullptr) : Json(to_valid_utf8(name));
}

Json names_of(const ComparisonAnalysis& a) {
    return {{"variant", name_or_null(a.variant)},
            {"baseline", name_or_null(a.baseline)},
            {"judge", name_or_null(a.judge)}};
}

/// The version is the whole document's.
Json fields_of(const ComparisonAnalysis& a) {
    Json out = Json::parse(analysis_to_json(a));
    out.erase("schema_version");
    return out;
}

}  // namespace

std::string stats_to_json(const StatsDocument& document, int indent) {
    Json out{{"schema_version", kAnalysisSchemaVersion}};
    if (!document.source.empty()) {
        out["source"] = {{"file", to_valid_utf8(document.source)},
                         {"format", to_valid_utf8(document.format)}};
    }
    Json notes = Json::array();
    for (const std::string& note : document.notes) {
        notes.push_back(to_valid_utf8(note));
    }
    if (!notes.empty()) {
        out["notes"] = std::move(notes);
    }
    if (document.comparisons.size() == 1) {
        const ComparisonAnalysis& only = document.comparisons.front();
        if (!document.source.empty()) {
            out.update(names_of(only));
        }
        out.update(fields_of(only));
    } else {
        out["comparisons"] = Json::array();
        for (const ComparisonAnalysis& a : document.comparisons) {
            Json entry = names_of(a);
            entry.update(fields_of(a));
            out["comparisons"].push_back(std::move(entry));
        }
    }
    if (!document.agreement.empty()) {
        out["agreement"] = Json::parse(agreement_to_json(document.agreement, document.panel));
    }
    return out.dump(indent);
}

}  // namespace assay::report
