#include "assay/exchange/study.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

#include "assay/base/result.hpp"
#include "assay/base/text.hpp"
#include "assay/records/names.hpp"

namespace assay::exchange {
namespace {

using Json = nlohmann::ordered_json;

std::string text(std::string_view bytes) {
    return to_valid_utf8(bytes);
}

Json text_or_null(std::string_view bytes) {
    return bytes.empty() ? Json(nullptr) : Json(text(bytes));
}

/// What the results file says of an item: the judge's verdict, or the one that follows without a
/// call.
std::optional<Verdict> settled_verdict(const StudyItem& item) {
    if (needs_call(item.comparison)) {
        return item.verdict;
    }
    Verdict out;
    out.item_id = item.comparison.id;
    if (item.comparison.identical) {
        out.state = VerdictState::kTie;
        out.reasoning = kReasonIdentical;
    } else {
        out.state = item.comparison.variant_is_a ? VerdictState::kB : VerdictState::kA;
        out.reasoning = kReasonNoAnswer;
    }
    return out;
}

/// Indices in the order of the files: by batch, then by example.
std::vector<std::size_t> file_order(std::span<const BatchPlace> places) {
    std::vector<std::size_t> order(places.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return std::tie(places[a].batch, places[a].example) <
               std::tie(places[b].batch, places[b].example);
    });
    return order;
}

/// What stands in batch_mapping.json and evaluation_results.json of an item or a control alike.
struct Row {
    BatchPlace place;
    std::string task_id;
    std::string as_a;
    std::string as_b;
    std::optional<std::int64_t> sample{};

    [[nodiscard]] std::string order() const { return as_a + "_first"; }
};

void add_sample(const Row& row, Json& out) {
    if (row.sample) {
        out["sample"] = *row.sample;
    }
}

Json mapping_row(const Row& row) {
    Json out{{"batch", row.place.batch},
             {"example", row.place.example},
             {"task_id", text(row.task_id)},
             {"presented_as_A", text(row.as_a)},
             {"presented_as_B", text(row.as_b)},
             {"order", text(row.order())}};
    add_sample(row, out);
    return out;
}

Json winner_of(const Row& row, VerdictState state) {
    switch (state) {
        case VerdictState::kA: return text(row.as_a);
        case VerdictState::kB: return text(row.as_b);
        case VerdictState::kTie: return "TIE";
        case VerdictState::kInvalid:
        case VerdictState::kError:
        case VerdictState::kRefused: return nullptr;
    }
    return nullptr;
}

Json result_row(const Row& row, const Verdict& verdict) {
    Json out{{"batch", row.place.batch},
             {"example", row.place.example},
             {"task_id", text(row.task_id)},
             {"verdict", name_of(verdict.state)},
             {"winner_model", winner_of(row, verdict.state)},
             {"order", text(row.order())},
             {"confidence", text_or_null(name_of(verdict.confidence))},
             {"reasoning", text(verdict.reasoning)}};
    add_sample(row, out);
    if (verdict.tags) {
        out["tags"] = {{"A", words_of(verdict.tags->a)}, {"B", words_of(verdict.tags->b)}};
    }
    if (!verdict.failure.empty()) {
        out["failure"] = text(verdict.failure);
    }
    return out;
}

Row row_of(const StudyItem& item, BatchPlace place) {
    const std::string &variant = item.comparison.variant, &baseline = item.baseline;
    return {place,
            item.comparison.question_id,
            item.comparison.variant_is_a ? variant : baseline,
            item.comparison.variant_is_a ? baseline : variant,
            item.sample};
}

Row row_of(const Control& control, BatchPlace place) {
    if (control.kind == ControlKind::kIdentical) {
        return {place, task_id_of(control), "identical", "identical"};
    }
    const std::string other(name_of(control.kind));  // swapped, damaged ...
    return {place,
            task_id_of(control),
            control.honest_is_a ? "honest" : other,
            control.honest_is_a ? other : "honest"};
}

std::string raw_key(BatchPlace place) {
    return fmt::format("{}/{}", batch_name(place.batch), place.example);
}

/// Text, or a list of texts where several are right; null without one.
Json expected_of(const Question& question) {
    if (!question.expected) {
        return nullptr;
    }
    if (question.alternatives.empty()) {
        return text(*question.expected);
    }
    Json all = Json::array({text(*question.expected)});
    for (const std::string& alternative : question.alternatives) {
        all.push_back(text(alternative));
    }
    return all;
}

}  // namespace

bool needs_call(const Comparison& comparison) {
    return !comparison.identical && !comparison.variant_failed;
}

std::vector<StudyEntry> in_judging_order(std::span<const StudyItem> items,
                                         std::span<const StudyControl> controls) {
    std::vector<StudyEntry> order;
    for (std::size_t i = 0; i < controls.size(); ++i) {
        order.push_back({true, i});
    }
    for (std::size_t i = 0; i < items.size(); ++i) {
        order.push_back({false, i});
    }
    const auto key = [&](const StudyEntry& entry) {
        const double at = entry.is_control
                              ? controls[entry.index].control.place
                              : static_cast<double>(items[entry.index].comparison.order_index);
        return std::tuple(at,
                          !entry.is_control,
                          std::string_view(entry.is_control ? controls[entry.index].control.id
                                                            : items[entry.index].comparison.id));
    };
    std::sort(order.begin(), order.end(), [&](const StudyEntry& a, const StudyEntry& b) {
        return key(a) < key(b);
    });
    return order;
}

StudyPlaces assign_batches(std::span<const StudyItem> items,
                           std::span<const StudyControl> controls,
                           int batch_size) {
    ASSAY_CHECK(batch_size >= 1);
    StudyPlaces places{std::vector<BatchPlace>(items.size()),
                       std::vector<BatchPlace>(controls.size())};
    std::vector<StudyEntry> entries = in_judging_order(items, controls);
    const auto size = static_cast<std::size_t>(batch_size);
    for (std::size_t start = 0; start < entries.size(); start += size) {
        const auto first = entries.begin() + static_cast<std::ptrdiff_t>(start);
        const auto last = entries.begin() +
                          static_cast<std::ptrdiff_t>(std::min(start + size, entries.size()));
        std::stable_partition(first, last, [&](const StudyEntry& entry) {
            return entry.is_control || needs_call(items[entry.index].comparison);
        });
        int example = 0;
        for (auto it = first; it != last; ++it) {
            (it->is_control ? places.controls : places.items)[it->index] = {
                static_cast<int>(start / size) + 1, ++example};
        }
    }
    return places;
}

StudyPlaces places_in(std::span<const std::vector<std::string>> batches,
                      std::span<const StudyItem> items,
                      std::span<const StudyControl> controls) {
    std::map<std::string_view, BatchPlace> known;
    for (std::size_t batch = 0; batch < batches.size(); ++batch) {
        for (std::size_t i = 0; i < batches[batch].size(); ++i) {
            known.emplace(batches[batch][i],
                          BatchPlace{static_cast<int>(batch) + 1, static_cast<int>(i) + 1});
        }
    }
    std::vector<StudyItem> other_items;
    std::vector<StudyControl> other_controls;
    std::copy_if(
        items.begin(), items.end(), std::back_inserter(other_items), [&](const StudyItem& item) {
            return !known.contains(item.comparison.id);
        });
    std::copy_if(controls.begin(),
                 controls.end(),
                 std::back_inserter(other_controls),
                 [&](const StudyControl& control) { return !known.contains(control.control.id); });
    const StudyPlaces others = assign_batches(other_items, other_controls);
    const auto place_of =
        [&](const std::string& id, const std::vector<BatchPlace>& rest, std::size_t& next) {
            if (const auto found = known.find(id); found != known.end()) {
                return found->second;
            }
            const BatchPlace place = rest[next++];
            return BatchPlace{place.batch + static_cast<int>(batches.size()), place.example};
        };
    StudyPlaces places;
    std::size_t next_item = 0, next_control = 0;
    for (const StudyItem& item : items) {
        places.items.push_back(place_of(item.comparison.id, others.items, next_item));
    }
    for (const StudyControl& control : controls) {
        places.controls.push_back(place_of(control.control.id, others.controls, next_control));
    }
    return places;
}

std::string batch_name(int batch) {
    return fmt::format("batch_{:02}", batch);
}

std::string response_line(const StudyAnswer& row) {
    const auto& [question, answer, why, sample] = row;
    const bool failed = answer.stop_reason == StopReason::kFailed;
    Json contexts = Json::array();
    for (const std::string& passage : question.contexts) {
        contexts.push_back(text(passage));
    }
    Json out;
    out["task_id"] = text(question.id);
    if (sample) {
        out["sample"] = *sample;
    }
    out["instruction"] = text(question.text);
    out["expected_response"] = expected_of(question);
    out["model_answer"] = failed ? std::string() : text(answer.text);
    out["contexts"] = std::move(contexts);
    const bool contexts_known = answer.n_contexts_used != kContextsUnknown;
    out["n_contexts_used"] = contexts_known ? Json(answer.n_contexts_used) : Json(nullptr);
    out["contexts_cut"] = contexts_known ? Json(answer.contexts_cut) : Json(nullptr);
    out["stop_reason"] = answer.stop_reason == StopReason::kUnknown
                             ? Json(nullptr)
                             : Json(name_of(answer.stop_reason));
    if (failed) {
        out["failure"] = text(answer.failure);
    }
    // Without token ids 0 means that nobody counted.
    const auto counted = [&](std::int64_t n) {
        return n > 0 || !answer.prompt_sha256.empty() ? Json(n) : Json(nullptr);
    };
    out["n_prompt_tokens"] = counted(answer.n_prompt_tokens);
    out["n_answer_tokens"] = counted(answer.n_tokens());
    out["prompt_sha256"] = text_or_null(answer.prompt_sha256);
    if (answer.prompt_sha256.empty()) {
        out["why"] = why.empty() ? "the prompt's tokens are not known" : text(why);
    }
    out["messages_sha256"] = text_or_null(answer.messages_sha256);
    return out.dump() + "\n";
}

std::string responses_jsonl(std::span<const StudyAnswer> rows) {
    std::string out;
    for (const StudyAnswer& row : rows) {
        out += response_line(row);
    }
    return out;
}

std::string batch_mapping_json(std::span<const StudyItem> items,
                               std::span<const BatchPlace> places) {
    ASSAY_CHECK(items.size() == places.size());
    Json out = Json::array();
    for (const std::size_t i : file_order(places)) {
        const Comparison& comparison = items[i].comparison;
        Json row = mapping_row(row_of(items[i], places[i]));
        row["comparison_id"] = text(comparison.id);
        row["order_index"] = comparison.order_index;
        if (comparison.repeat > 0) {
            row["repeat"] = comparison.repeat;
        }
        row["answers_sha256"] = text(comparison.answers_sha256);
        out.push_back(std::move(row));
    }
    return out.dump(2) + "\n";
}

std::string raw_judge_responses_json(std::span<const StudyItem> items,
                                     std::span<const StudyControl> controls,
                                     const StudyPlaces& places,
                                     Prompts prompts) {
    std::map<std::pair<int, int>, const Verdict*> replies;
    const auto add = [&](const std::optional<Verdict>& verdict, BatchPlace place) {
        if (verdict && !verdict->raw.empty()) {
            replies.emplace(std::pair(place.batch, place.example), &*verdict);
        }
    };
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (needs_call(items[i].comparison)) {
            add(items[i].verdict, places.items[i]);
        }
    }
    for (std::size_t i = 0; i < controls.size(); ++i) {
        add(controls[i].verdict, places.controls[i]);
    }
    std::map<int, std::set<std::string_view>> of_batch;
    for (const auto& [place, verdict] : replies) {
        of_batch[place.first].insert(verdict->raw);
    }
    // The places are in order, so a key that comes again comes next. Looking for it among all would
    // be quadratic.
    Json::object_t members;
    for (const auto& [place, verdict] : replies) {
        const bool whole = prompts == Prompts::kWholeBatch && of_batch[place.first].size() == 1;
        std::string key = whole ? batch_name(place.first) : raw_key({place.first, place.second});
        if (members.empty() || members.back().first != key) {
            members.push_back({std::move(key), text(verdict->raw)});
        }
    }
    return Json(std::move(members)).dump(2) + "\n";
}

std::string evaluation_results_json(std::span<const StudyItem> items,
                                    std::span<const BatchPlace> places) {
    ASSAY_CHECK(items.size() == places.size());
    Json out = Json::array();
    for (const std::size_t i : file_order(places)) {
        if (items[i].left_out) {
            continue;
        }
        const std::optional<Verdict> verdict = settled_verdict(items[i]);
        if (verdict) {
            out.push_back(result_row(row_of(items[i], places[i]), *verdict));
        }
    }
    return out.dump(2) + "\n";
}

std::string task_id_of(const Control& control) {
    return "control-" + control.id.substr(0, 16);
}

std::string control_mapping_json(std::span<const StudyControl> controls,
                                 std::span<const BatchPlace> places) {
    ASSAY_CHECK(controls.size() == places.size());
    Json out = Json::array();
    for (const std::size_t i : file_order(places)) {
        Json row = mapping_row(row_of(controls[i].control, places[i]));
        row["kind"] = name_of(controls[i].control.kind);
        if (controls[i].control.damage) {
            row["damage"] = name_of(*controls[i].control.damage);
        }
        row["question_id"] = text(controls[i].control.question_id);
        row["control_id"] = text(controls[i].control.id);
        out.push_back(std::move(row));
    }
    return out.dump(2) + "\n";
}

std::string control_results_json(std::span<const StudyControl> controls,
                                 std::span<const BatchPlace> places) {
    ASSAY_CHECK(controls.size() == places.size());
    Json out = Json::array();
    for (const std::size_t i : file_order(places)) {
        if (!controls[i].verdict) {
            continue;
        }
        Json row = result_row(row_of(controls[i].control, places[i]), *controls[i].verdict);
        row["kind"] = name_of(controls[i].control.kind);
        if (controls[i].control.damage) {
            row["damage"] = name_of(*controls[i].control.damage);
        }
        out.push_back(std::move(row));
    }
    return out.dump(2) + "\n";
}

}  // namespace assay::exchange
