#include "assay/exchange/batches.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"

namespace assay::exchange {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kCodeDigits = 6;

std::string text_at(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// A whole number from 1; 0 if it is none.
int number_at(const Json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_number_unsigned()) {
        return 0;
    }
    const auto value = found->get<std::uint64_t>();
    return value > static_cast<std::uint64_t>(std::numeric_limits<int>::max())
               ? 0
               : static_cast<int>(value);
}

/// What is wrong with it; empty: nothing.
std::string complaint(const MappingEntry& entry, const std::string& order) {
    if (entry.place.batch == 0 || entry.place.example == 0) {
        return "has no batch and example, which are whole numbers from 1";
    }
    if (entry.task_id.empty()) {
        return "has no task_id";
    }
    if (entry.as_a.empty() || entry.as_b.empty()) {
        return "has no presented_as_A and presented_as_B";
    }
    // The study writes "q4_first" of a model that it calls otherwise elsewhere; the other one's
    // name it would not be.
    if (order == entry.as_b + "_first" && entry.as_a != entry.as_b) {
        return fmt::format("says \"{}\", and presented_as_A is \"{}\"",
                           shorten(order, 60),
                           shorten(entry.as_a, 60));
    }
    return {};
}

}  // namespace

void append_batches(Batches& batches, std::span<const BatchEntry> entries, int per_batch) {
    ASSAY_CHECK(per_batch >= 1);
    struct Open {
        std::size_t batch;
        std::set<std::string_view> questions;
    };
    std::vector<Open> open;  // those with room
    for (const BatchEntry& entry : entries) {
        auto place = std::find_if(open.begin(), open.end(), [&](const Open& candidate) {
            return !candidate.questions.contains(entry.question_id);
        });
        if (place == open.end()) {
            batches.emplace_back();
            place = open.insert(open.end(), {batches.size() - 1, {}});
        }
        batches[place->batch].push_back(entry.id);
        place->questions.insert(entry.question_id);
        if (batches[place->batch].size() == static_cast<std::size_t>(per_batch)) {
            open.erase(place);
        }
    }
}

std::string batch_code(int batch, std::span<const std::string> ids) {
    std::string digits = sha256_of_fields(std::vector<std::string>(ids.begin(), ids.end()));
    std::erase_if(digits, [](char c) { return c < '0' || c > '9'; });  // about 40 of 64 are left
    return fmt::format("{:02}-{:0>{}}", batch, digits.substr(0, kCodeDigits), kCodeDigits);
}

std::string batches_to_json(const Batches& batches) {
    return Json{{"batches", batches}}.dump();
}

Batches batches_from_json(std::string_view json) {
    return Json::parse(json).at("batches").get<Batches>();
}

Result<std::vector<MappingEntry>> read_batch_mapping(std::string_view text) {
    const Json json = Json::parse(to_valid_utf8(text), nullptr, false);
    if (!json.is_array()) {
        return fail(
            "is no batch_mapping.json: a list of {batch, example, task_id, presented_as_A, "
            "presented_as_B, order} is expected");
    }
    std::vector<MappingEntry> out;
    std::set<std::pair<int, int>> seen;
    for (const Json& row : json) {
        const std::string which = fmt::format("entry {}", out.size() + 1);
        if (!row.is_object()) {
            return fail(fmt::format("{} is no object", which));
        }
        MappingEntry entry{{number_at(row, "batch"), number_at(row, "example")},
                           text_at(row, "task_id"),
                           text_at(row, "presented_as_A"),
                           text_at(row, "presented_as_B"),
                           text_at(row, "comparison_id"),
                           text_at(row, "control_id"),
                           text_at(row, "answers_sha256"),
                           {}};
        if (row.contains("sample")) {
            entry.sample = number_at(row, "sample");
        }
        if (const std::string wrong = complaint(entry, text_at(row, "order")); !wrong.empty()) {
            return fail(fmt::format("{} {}", which, wrong));
        }
        if (!seen.emplace(entry.place.batch, entry.place.example).second) {
            return fail(fmt::format("{} example {} stands in it twice",
                                    batch_name(entry.place.batch),
                                    entry.place.example));
        }
        out.push_back(std::move(entry));
    }
    return out;
}

}  // namespace assay::exchange
