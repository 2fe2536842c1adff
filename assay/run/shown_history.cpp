// Problem: an experiment that was changed after its decision was seen must stay marked, although
// the next run replaces the report, and although the user may change it back in part.
// Model: a list that only grows. An entry is the experiment and the decisions at the time when a
// report showed them. An entry without reasons is a frozen one: the first, or a pure extension of
// all frozen ones before it. What is run now is compared with every frozen entry.
// Invariant: reasons are a function of the list and of the experiment as it is now, and adding an
// entry for `now` does not change them; so the report before and after the entry was added, and
// every later report of the same store, is the same. It ends because equal entries in a row are
// one.

#include "assay/run/shown_history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "assay/base/result.hpp"
#include "assay/records/names.hpp"
#include "assay/records/plan.hpp"

namespace assay::run {
namespace {

using nlohmann::json;

constexpr const char* kHistory = "decisions shown";

json json_of(const DecisionShown& decision) {
    json out{{"judge", decision.judge},
             {"variant", decision.variant},
             {"label", name_of(decision.label)},
             {"claimed", decision.claimed},
             {"net", decision.net ? json(*decision.net) : json(nullptr)},
             {"n", decision.n}};
    if (decision.on_these_questions) {
        out["population"] = kTheseQuestions;
    }
    return out;
}

DecisionShown decision_of(const json& in) {
    DecisionShown out;
    in.at("judge").get_to(out.judge);
    in.at("variant").get_to(out.variant);
    out.label = decision_label_of(in.at("label").get<std::string>())
                    .value_or(DecisionLabel::kNotMeasured);
    out.on_these_questions = in.value("population", "") == kTheseQuestions;
    in.at("claimed").get_to(out.claimed);
    if (!in.at("net").is_null()) {
        out.net = in["net"].get<double>();
    }
    in.at("n").get_to(out.n);
    return out;
}

json json_of(const ShownEntry& entry) {
    json decisions = json::array();
    for (const DecisionShown& decision : entry.shown.decisions) {
        decisions.push_back(json_of(decision));
    }
    return {{"experiment", to_json_text(entry.experiment)},
            {"rules", entry.rules},
            {"changes", entry.shown.changes},
            {"decisions", std::move(decisions)},
            {"reasons", entry.shown.reasons}};
}

ShownEntry entry_of(const json& in) {
    ShownEntry out;
    out.experiment = frozen_from_json(in.at("experiment").get<std::string>());
    in.at("rules").get_to(out.rules);
    in.at("changes").get_to(out.shown.changes);
    in.at("reasons").get_to(out.shown.reasons);
    for (const json& decision : in.at("decisions")) {
        out.shown.decisions.push_back(decision_of(decision));
    }
    return out;
}

void add_once(std::vector<std::string>& out, const std::string& text) {
    if (std::find(out.begin(), out.end(), text) == out.end()) {
        out.push_back(text);
    }
}

bool says_the_same(const ShownEntry& a, const ShownEntry& b) {
    return a.experiment == b.experiment && a.rules == b.rules &&
           json_of(a)["decisions"] == json_of(b)["decisions"];
}

std::vector<std::string> changes_between(const ShownEntry& before, const ShownEntry& after) {
    std::vector<std::string> out = differences(before.experiment, after.experiment);
    for (const std::string& addition : additions(before.experiment, after.experiment)) {
        out.push_back(addition);
    }
    if (!before.rules.empty() && !after.rules.empty() && before.rules != after.rules) {
        out.push_back(fmt::format("{} took the place of {}", after.rules, before.rules));
    }
    return out;
}

}  // namespace

ShownHistory load_history(const store::Store& store) {
    const auto note = store.note(kHistory);
    ShownHistory out;
    if (!note) {
        return out;
    }
    try {
        for (const json& entry : json::parse(*note)) {
            out.push_back(entry_of(entry));
        }
    } catch (const json::exception&) {
        throw_operational("the history of the decisions that were shown is damaged in the store",
                          "assay.sqlite");
    }
    return out;
}

bool has_history(const store::Store& store) {
    return store.note(kHistory).has_value();
}

void save_history(store::Store& store, const ShownHistory& history) {
    json out = json::array();
    for (const ShownEntry& entry : history) {
        out.push_back(json_of(entry));
    }
    store.put_note(kHistory, out.dump(-1, ' ', false, json::error_handler_t::replace));
}

std::vector<std::string> exploratory_reasons(const ShownHistory& history,
                                             const FrozenExperiment& now) {
    std::vector<std::string> out;
    for (const ShownEntry& entry : history) {
        if (entry.shown.reasons.empty() && entry.experiment == now) {
            return {};
        }
        for (const std::string& reason : entry.shown.reasons) {
            add_once(out, reason);
        }
    }
    // The latest frozen entry has most to compare; an earlier one says the same with other numbers.
    for (auto entry = history.rbegin(); entry != history.rend(); ++entry) {
        if (!entry->shown.reasons.empty()) {
            continue;
        }
        const std::vector<std::string> found = differences(entry->experiment, now);
        for (const std::string& difference : found) {
            add_once(out, difference);
        }
        if (!found.empty()) {
            break;
        }
    }
    return out;
}

bool append_if_new(ShownHistory& history, ShownEntry entry) {
    if (!history.empty() && says_the_same(history.back(), entry)) {
        return false;
    }
    const bool fills_the_last = !history.empty() && history.back().rules.empty() &&
                                history.back().experiment == entry.experiment;
    if (fills_the_last) {  // what an earlier version did not keep
        history.back().rules = std::move(entry.rules);
        history.back().shown.decisions = std::move(entry.shown.decisions);
        return true;
    }
    entry.shown.reasons = exploratory_reasons(history, entry.experiment);
    if (!history.empty()) {
        entry.shown.changes = changes_between(history.back(), entry);
    }
    history.push_back(std::move(entry));
    return true;
}

}  // namespace assay::run
