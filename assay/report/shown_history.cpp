#include "assay/report/shown_history.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "assay/base/text.hpp"
#include "assay/records/names.hpp"
#include "assay/records/plan.hpp"

namespace assay::report {
namespace {

using Json = nlohmann::ordered_json;

std::string words_of(const DecisionShown& decision) {
    std::string out = fmt::format(
        "{} {}", decision.variant, assay::words_of(decision.label, decision.on_these_questions));
    if (decision.net) {
        out += fmt::format(" (net {:+.1f} points of {} verdict{})",
                           100 * *decision.net,
                           decision.n,
                           decision.n == 1 ? "" : "s");
    }
    return out + (decision.claimed ? "" : ", not claimed");
}

std::string decisions_of(const DecisionsShown& shown) {
    if (shown.decisions.empty()) {
        return "an earlier version showed a decision and did not keep which";
    }
    const std::string& judge = shown.decisions.front().judge;
    std::vector<std::string> words;
    for (const DecisionShown& decision : shown.decisions) {
        if (decision.judge == judge) {
            words.push_back(words_of(decision));
        }
    }
    return fmt::format("{}, judged by {}", fmt::join(words, ", "), judge);
}

Json texts(const std::vector<std::string>& values) {
    Json out = Json::array();
    for (const std::string& value : values) {
        out.push_back(to_valid_utf8(value));
    }
    return out;
}

}  // namespace

std::vector<std::string> shown_lines(std::span<const DecisionsShown> history) {
    std::vector<std::string> out;
    for (const DecisionsShown& shown : history) {
        std::string line = std::to_string(out.size() + 1);
        if (!shown.changes.empty()) {
            line += fmt::format(", after {}", fmt::join(shown.changes, ", and "));
        }
        line += ": " + decisions_of(shown);
        out.push_back(line + (shown.reasons.empty() ? "" : "; exploratory"));
    }
    return out;
}

std::string shown_to_json(std::span<const DecisionsShown> history) {
    Json out = Json::array();
    for (const DecisionsShown& shown : history) {
        Json decisions = Json::array();
        for (const DecisionShown& decision : shown.decisions) {
            Json shown_decision{{"judge", to_valid_utf8(decision.judge)},
                                {"variant", to_valid_utf8(decision.variant)},
                                {"label", name_of(decision.label)},
                                {"claimed", decision.claimed},
                                {"net", decision.net ? Json(*decision.net) : Json(nullptr)},
                                {"n", decision.n}};
            if (decision.on_these_questions) {
                shown_decision["population"] = kTheseQuestions;
            }
            decisions.push_back(std::move(shown_decision));
        }
        out.push_back({{"changes", texts(shown.changes)},
                       {"decisions", std::move(decisions)},
                       {"exploratory_reasons", texts(shown.reasons)}});
    }
    return out.dump();
}

}  // namespace assay::report
