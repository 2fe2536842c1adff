#include "assay/exchange/study.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <numeric>
#include <tuple>

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

const std::string& shown_as_a(const StudyItem& item) {
    return item.comparison.variant_is_a ? item.comparison.variant : item.baseline;
}

const std::string& shown_as_b(const StudyItem& item) {
    return item.comparison.variant_is_a ? item.baseline : item.comparison.variant;
}

std::string order_of(const StudyItem& item) {
    return shown_as_a(item) + "_first";
}

/// What the results file says of an item: the judge's verdict, or the one that follows without a call.
std::optional<Verdict> settled_verdict(const StudyItem& item) {
    if (needs_call(item.comparison)) return item.verdict;
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

Json winner_of(const StudyItem& item, VerdictState state) {
    switch (state) {
        case VerdictState::kA:
            return text(shown_as_a(item));
        case VerdictState::kB:
            return text(shown_as_b(item));
        case VerdictState::kTie:
            return "TIE";
        case VerdictState::kInvalid:
        case VerdictState::kError:
        case VerdictState::kRefused:
            return nullptr;
    }
    return nullptr;
}

/// Indices of the items in the order of the files: by batch, then by example.
std::vector<std::size_t> file_order(std::span<const StudyItem> items, std::span<const BatchPlace> places) {
    ASSAY_CHECK(items.size() == places.size());
    std::vector<std::size_t> order(items.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return std::tie(places[a].batch, places[a].example) < std::tie(places[b].batch, places[b].example);
    });
    return order;
}

}  // namespace

bool needs_call(const Comparison& comparison) {
    return !comparison.identical && !comparison.variant_failed;
}

std::vector<BatchPlace> assign_batches(std::span<const StudyItem> items, int batch_size) {
    ASSAY_CHECK(batch_size >= 1);
    std::vector<std::size_t> order(items.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        const Comparison &x = items[a].comparison, &y = items[b].comparison;
        return std::tie(x.order_index, x.id) < std::tie(y.order_index, y.id);
    });
    std::vector<BatchPlace> places(items.size());
    const auto size = static_cast<std::size_t>(batch_size);
    for (std::size_t start = 0; start < order.size(); start += size) {
        const auto first = order.begin() + static_cast<std::ptrdiff_t>(start);
        const auto last = order.begin() + static_cast<std::ptrdiff_t>(std::min(start + size, order.size()));
        std::stable_partition(first, last, [&](std::size_t i) { return needs_call(items[i].comparison); });
        int example = 0;
        for (auto it = first; it != last; ++it) places[*it] = {static_cast<int>(start / size) + 1, ++example};
    }
    return places;
}

std::string batch_name(int batch) {
    return fmt::format("batch_{:02}", batch);
}

std::string response_line(const StudyAnswer& row) {
    const auto& [question, answer, why] = row;
    const bool failed = answer.stop_reason == StopReason::kFailed;
    Json contexts = Json::array();
    for (const std::string& passage : question.contexts) contexts.push_back(text(passage));
    Json out;
    out["task_id"] = text(question.id);
    out["instruction"] = text(question.text);
    out["expected_response"] = question.expected ? Json(text(*question.expected)) : Json(nullptr);
    out["model_answer"] = failed ? std::string() : text(answer.text);
    out["contexts"] = std::move(contexts);
    out["n_contexts_used"] = answer.n_contexts_used;
    out["contexts_cut"] = answer.contexts_cut;
    out["stop_reason"] = name_of(answer.stop_reason);
    if (failed) out["failure"] = text(answer.failure);
    out["n_prompt_tokens"] = answer.n_prompt_tokens;
    out["n_answer_tokens"] = answer.tokens.size();
    out["prompt_sha256"] = text_or_null(answer.prompt_sha256);
    if (answer.prompt_sha256.empty()) out["why"] = why.empty() ? "the prompt's tokens are not known" : text(why);
    out["messages_sha256"] = text_or_null(answer.messages_sha256);
    return out.dump() + "\n";
}

std::string responses_jsonl(std::span<const StudyAnswer> rows) {
    std::string out;
    for (const StudyAnswer& row : rows) out += response_line(row);
    return out;
}

std::string batch_mapping_json(std::span<const StudyItem> items, std::span<const BatchPlace> places) {
    Json out = Json::array();
    for (const std::size_t i : file_order(items, places)) {
        const StudyItem& item = items[i];
        out.push_back({{"batch", places[i].batch},
                       {"example", places[i].example},
                       {"task_id", text(item.comparison.question_id)},
                       {"presented_as_A", text(shown_as_a(item))},
                       {"presented_as_B", text(shown_as_b(item))},
                       {"order", text(order_of(item))},
                       {"comparison_id", text(item.comparison.id)},
                       {"order_index", item.comparison.order_index},
                       {"answers_sha256", text(item.comparison.answers_sha256)}});
    }
    return out.dump(2) + "\n";
}

std::string raw_judge_responses_json(std::span<const StudyItem> items, std::span<const BatchPlace> places) {
    Json out = Json::object();
    for (const std::size_t i : file_order(items, places)) {
        const StudyItem& item = items[i];
        if (!needs_call(item.comparison) || !item.verdict || item.verdict->raw.empty()) continue;
        out[fmt::format("{}/{}", batch_name(places[i].batch), places[i].example)] = text(item.verdict->raw);
    }
    return out.dump(2) + "\n";
}

std::string evaluation_results_json(std::span<const StudyItem> items, std::span<const BatchPlace> places) {
    Json out = Json::array();
    for (const std::size_t i : file_order(items, places)) {
        const StudyItem& item = items[i];
        const std::optional<Verdict> verdict = settled_verdict(item);
        if (!verdict) continue;
        Json row{{"batch", places[i].batch},
                 {"example", places[i].example},
                 {"task_id", text(item.comparison.question_id)},
                 {"verdict", name_of(verdict->state)},
                 {"winner_model", winner_of(item, verdict->state)},
                 {"order", text(order_of(item))},
                 {"confidence", text_or_null(name_of(verdict->confidence))},
                 {"reasoning", text(verdict->reasoning)}};
        if (!verdict->failure.empty()) row["failure"] = text(verdict->failure);
        out.push_back(std::move(row));
    }
    return out.dump(2) + "\n";
}

}  // namespace assay::exchange
