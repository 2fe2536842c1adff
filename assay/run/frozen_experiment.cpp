// Has an experiment changed since a decision of it was shown?
//
// Problem: whoever has seen a decision can leave out the questions that were lost, ask another
// judge, replace answers, or ask again until the label is another one. Alpha is then no promise any
// more, and nothing in the last report would show it.
// Model: a fingerprint of all that a decision depends on, kept when the decision is shown. Two
// fingerprints are compared part by part, and each difference is a reason in words. What is only
// new (further questions, variants, judges, verdicts, behind those that were there) is no
// difference: other rules see to it (asked.hpp: an extension of a decided run is exploratory).
// Invariant: only content is compared. Another file name, address, order of rows or name of a
// cluster with the same members is no difference; so whoever goes back to what was frozen is back.

#include "assay/run/frozen_experiment.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "assay/base/hash.hpp"
#include "assay/base/result.hpp"
#include "assay/base/text.hpp"

namespace assay::run {

using nlohmann::json;

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(FrozenQuestion, id, shown, cluster)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(FrozenVariant, name, answers)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(FrozenJudge, name, key, by_hand, both_orders, verdicts)

/// `panel` is there only where it is true: what was frozen before there were panels is as it was.
void to_json(json& out, const FrozenExperiment& experiment) {
    out = {{"questions", experiment.questions},
           {"variants", experiment.variants},
           {"known_bad", experiment.known_bad},
           {"judges", experiment.judges}};
    if (experiment.panel) {
        out["panel"] = true;
    }
}
void from_json(const json& in, FrozenExperiment& experiment) {
    in.at("questions").get_to(experiment.questions);
    in.at("variants").get_to(experiment.variants);
    in.at("known_bad").get_to(experiment.known_bad);
    in.at("judges").get_to(experiment.judges);
    experiment.panel = in.value("panel", false);
}

namespace {

using Strings = std::vector<std::string>;

/// "q3, q7, q9, ..."
std::string some_of(const Strings& ids) {
    constexpr std::size_t kShown = 3;
    Strings shown;
    for (std::size_t i = 0; i < std::min(kShown, ids.size()); ++i) {
        shown.push_back(shorten(ids[i], 40));
    }
    return fmt::format("{}{}", fmt::join(shown, ", "), ids.size() > kShown ? ", ..." : "");
}

std::string_view was(std::size_t n) {
    return n == 1 ? "was" : "were";
}

/// "3 of 154 questions"
std::string part_of(std::size_t n, std::size_t all, std::string_view what) {
    return fmt::format("{} of {} {}{}", n, all, what, all == 1 ? "" : "s");
}

using QuestionsById = std::map<std::string, const FrozenQuestion*>;

QuestionsById by_id(const FrozenExperiment& experiment) {
    QuestionsById out;
    for (const FrozenQuestion& question : experiment.questions) {
        out.emplace(question.id, &question);
    }
    return out;
}

/// The questions of each cluster with more than one of `among`, by its name.
std::map<std::string, std::set<std::string>> members(const FrozenExperiment& experiment,
                                                     const QuestionsById& among) {
    std::map<std::string, std::set<std::string>> out;
    for (const FrozenQuestion& question : experiment.questions) {
        if (!question.cluster.empty() && among.contains(question.id)) {
            out[question.cluster].insert(question.id);
        }
    }
    std::erase_if(out, [](const auto& cluster) { return cluster.second.size() < 2; });
    return out;
}

/// Of each question of `among` the others that it shares a cluster with; none: not in the map.
std::map<std::string, std::set<std::string>> neighbours(const FrozenExperiment& experiment,
                                                        const QuestionsById& among) {
    std::map<std::string, std::set<std::string>> out;
    for (const auto& [name, ids] : members(experiment, among)) {
        for (const std::string& id : ids) {
            out.emplace(id, ids);
        }
    }
    return out;
}

void add_clusters(Strings& out, const FrozenExperiment& frozen, const FrozenExperiment& now) {
    const auto before = neighbours(frozen, by_id(now)), after = neighbours(now, by_id(frozen));
    Strings taken, changed;
    for (const FrozenQuestion& question : frozen.questions) {
        const auto was = before.find(question.id), is = after.find(question.id);
        if (was != before.end() && is == after.end()) {
            taken.push_back(question.id);
        } else if (is != after.end() && (was == before.end() || was->second != is->second)) {
            changed.push_back(question.id);
        }
    }
    const std::size_t n = frozen.questions.size();
    if (!taken.empty()) {
        out.push_back(fmt::format("the clusters of {} were taken away ({})",
                                  part_of(taken.size(), n, "question"),
                                  some_of(taken)));
    }
    if (!changed.empty()) {
        out.push_back(fmt::format("the clusters of {} were changed ({})",
                                  part_of(changed.size(), n, "question"),
                                  some_of(changed)));
    }
}

void add_questions(Strings& out, const FrozenExperiment& frozen, const FrozenExperiment& now) {
    const QuestionsById present = by_id(now);
    Strings left_out, changed;
    for (const FrozenQuestion& question : frozen.questions) {
        const auto found = present.find(question.id);
        if (found == present.end()) {
            left_out.push_back(question.id);
        } else if (found->second->shown != question.shown) {
            changed.push_back(question.id);
        }
    }
    const std::size_t n = frozen.questions.size();
    if (!left_out.empty()) {
        out.push_back(fmt::format("{} {} left out ({})",
                                  part_of(left_out.size(), n, "question"),
                                  was(left_out.size()),
                                  some_of(left_out)));
    }
    if (!changed.empty()) {
        out.push_back(
            fmt::format("the text, the expected answer or the contexts of {} were changed ({})",
                        part_of(changed.size(), n, "question"),
                        some_of(changed)));
    }
    add_clusters(out, frozen, now);
}

/// The questions to which both answered, and not the same.
Strings other_answers(const FrozenVariant& frozen, const FrozenVariant& now) {
    Strings out;
    for (const auto& [question, answer] : frozen.answers) {
        const auto found = now.answers.find(question);
        if (found != now.answers.end() && found->second != answer) {
            out.push_back(question);
        }
    }
    return out;
}

/// Samples of questions that are there still.
Strings samples_left_out(const FrozenVariant& frozen, const FrozenVariant& now) {
    Strings out;
    for (const auto& [id, answer] : frozen.answers) {
        const std::size_t mark = id.rfind(kSampleMark);
        if (mark != std::string::npos && id.ends_with(')') && !now.answers.contains(id) &&
            now.answers.contains(id.substr(0, mark))) {
            out.push_back(id);
        }
    }
    return out;
}

void add_answers(Strings& out, const FrozenVariant& frozen, const FrozenVariant& now) {
    if (const Strings gone = samples_left_out(frozen, now); !gone.empty()) {
        out.push_back(fmt::format("samples of {} were left out ({}: {})",
                                  frozen.name,
                                  part_of(gone.size(), frozen.answers.size(), "answer"),
                                  some_of(gone)));
    }
    const Strings others = other_answers(frozen, now);
    if (!others.empty()) {
        out.push_back(fmt::format("the answers of {} were replaced ({}: {})",
                                  frozen.name,
                                  part_of(others.size(), frozen.answers.size(), "answer"),
                                  some_of(others)));
    }
}

bool answers_alike(const FrozenVariant& frozen, const FrozenVariant& now) {
    const bool any = std::any_of(
        frozen.answers.begin(), frozen.answers.end(), [&](const auto& answer) {
            return now.answers.contains(answer.first);
        });
    return any && other_answers(frozen, now).empty();
}

/// The place of a variant: by its name, and where that is gone by its answers. 0: it is gone.
std::size_t place_of(const FrozenVariant& variant, const FrozenExperiment& now) {
    for (std::size_t v = 1; v < now.variants.size(); ++v) {
        if (now.variants[v].name == variant.name) {
            return v;
        }
    }
    for (std::size_t v = 1; v < now.variants.size(); ++v) {
        if (answers_alike(variant, now.variants[v])) {
            return v;
        }
    }
    return 0;
}

std::string names_of(const FrozenExperiment& experiment) {
    Strings names;
    for (std::size_t v = 1; v < experiment.variants.size(); ++v) {
        names.push_back(experiment.variants[v].name);
    }
    return fmt::format("{}", fmt::join(names, ", "));
}

void add_baseline(Strings& out, const FrozenExperiment& frozen, const FrozenExperiment& now) {
    const FrozenVariant& before = frozen.variants.front();
    const FrozenVariant& after = now.variants.front();
    if (before.name == after.name) {
        add_answers(out, before, after);
    } else if (!answers_alike(before, after)) {
        out.push_back(fmt::format("the baseline is {} instead of {}", after.name, before.name));
    }
}

void add_variants(Strings& out, const FrozenExperiment& frozen, const FrozenExperiment& now) {
    add_baseline(out, frozen, now);
    std::vector<std::size_t> places;
    for (std::size_t v = 1; v < frozen.variants.size(); ++v) {
        const FrozenVariant& variant = frozen.variants[v];
        const std::size_t place = place_of(variant, now);
        if (place == 0) {
            out.push_back(fmt::format("the variant {} was dropped", variant.name));
            continue;
        }
        add_answers(out, variant, now.variants[place]);
        places.push_back(place);
    }
    const bool in_order = std::is_sorted(places.begin(), places.end());
    const bool behind = places.empty() || places.back() == places.size();
    if (!in_order || !behind) {
        out.push_back(fmt::format("the order of the variants was changed (from {} to {})",
                                  names_of(frozen),
                                  names_of(now)));
    }
}

/// A further variant may be known-bad: it can only take claims away.
void add_known_bad(Strings& out, const FrozenExperiment& frozen, const FrozenExperiment& now) {
    const auto named = [](const FrozenExperiment& experiment, const std::string& name) {
        return std::find_if(experiment.variants.begin(),
                            experiment.variants.end(),
                            [&](const auto& variant) { return variant.name == name; });
    };
    const auto before = named(frozen, frozen.known_bad);
    if (before != frozen.variants.end()) {
        const std::size_t place = place_of(*before, now);
        if (place == 0 || now.variants[place].name != now.known_bad) {
            out.push_back(fmt::format("{} is not declared known-bad any more", frozen.known_bad));
        }
    }
    const auto after = named(now, now.known_bad);
    if (after == now.variants.end() || now.known_bad == frozen.known_bad) {
        return;
    }
    for (std::size_t v = 1; v < frozen.variants.size(); ++v) {
        const bool is_it = now.variants[place_of(frozen.variants[v], now)].name == now.known_bad;
        if (is_it && frozen.variants[v].name != frozen.known_bad) {
            out.push_back(fmt::format("{} was declared known-bad", now.known_bad));
        }
    }
}

}  // namespace

std::string short_hash(const std::string& text) {
    constexpr std::size_t kDigits = 32;
    return sha256_hex(text).substr(0, kDigits);
}

std::vector<std::string> differences(const FrozenExperiment& frozen, const FrozenExperiment& now) {
    Strings out;
    add_questions(out, frozen, now);
    add_variants(out, frozen, now);
    add_known_bad(out, frozen, now);
    add_judge_differences(out, {frozen.judges, frozen.panel}, {now.judges, now.panel});
    return out;
}

std::vector<std::string> additions(const FrozenExperiment& frozen, const FrozenExperiment& now) {
    Strings out;
    const QuestionsById before = by_id(frozen);
    const auto n = std::count_if(
        now.questions.begin(), now.questions.end(), [&](const FrozenQuestion& question) {
            return !before.contains(question.id);
        });
    if (n > 0) {
        out.push_back(fmt::format("{} question{} added", n, n == 1 ? " was" : "s were"));
    }
    std::set<std::size_t> old_places;
    for (std::size_t v = 1; v < frozen.variants.size(); ++v) {
        old_places.insert(place_of(frozen.variants[v], now));
    }
    for (std::size_t v = 1; v < now.variants.size(); ++v) {
        if (!old_places.contains(v)) {
            out.push_back(fmt::format("the variant {} was added", now.variants[v].name));
        }
    }
    for (const FrozenJudge& judge : now.judges) {
        const auto same = std::find_if(
            frozen.judges.begin(), frozen.judges.end(), [&](const FrozenJudge& other) {
                return other.key == judge.key;
            });
        const bool changes_the_panel = frozen.panel && now.panel;  // a difference
        if (same == frozen.judges.end() && !changes_the_panel) {
            out.push_back(fmt::format("the judge {} was added", judge.name));
        }
    }
    return out;
}

std::string to_json_text(const FrozenExperiment& experiment) {
    return json(experiment).dump(-1, ' ', false, json::error_handler_t::replace);
}

FrozenExperiment frozen_from_json(const std::string& text) {
    try {
        return json::parse(text).get<FrozenExperiment>();
    } catch (const json::exception&) {
        throw_operational("what was frozen with a decision is damaged in the store",
                          "assay.sqlite");
    }
}

}  // namespace assay::run
