#include "assay/http/json_view.hpp"

#include <nlohmann/json.hpp>

#include "assay/base/text.hpp"

namespace assay::http {
namespace {

using nlohmann::ordered_json;

const ordered_json& json_of(const std::shared_ptr<const void>& value) {
    static const ordered_json kNothing(ordered_json::value_t::discarded);
    return value ? *static_cast<const ordered_json*>(value.get()) : kNothing;
}

}  // namespace

bool nests_deeper_than(std::string_view json, int depth) {
    int open = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (in_string && c == '\\') {
            ++i;
        } else if (c == '"') {
            in_string = !in_string;
        } else if (!in_string && (c == '{' || c == '[')) {
            if (++open > depth) {
                return true;
            }
        } else if (!in_string && (c == '}' || c == ']')) {
            --open;
        }
    }
    return false;
}

JsonView::JsonView(std::string_view document) {
    if (nests_deeper_than(document, 64)) {
        return;
    }
    auto root = std::make_shared<const ordered_json>(
        ordered_json::parse(to_valid_utf8(document), nullptr, false));
    if (root->is_object()) {
        value_ = std::move(root);
    }
}

JsonView JsonView::operator[](const char* name) const {
    const ordered_json& json = json_of(value_);
    const auto found = json.is_object() ? json.find(name) : json.end();
    if (!json.is_object() || found == json.end()) {
        return JsonView(std::shared_ptr<const void>());
    }
    return JsonView(std::shared_ptr<const void>(value_, &*found));
}

std::vector<JsonView> JsonView::items() const {
    std::vector<JsonView> out;
    if (!is_array()) {
        return out;
    }
    for (const ordered_json& item : json_of(value_)) {
        out.push_back(JsonView(std::shared_ptr<const void>(value_, &item)));
    }
    return out;
}

bool JsonView::is_object() const {
    return json_of(value_).is_object();
}
bool JsonView::is_array() const {
    return json_of(value_).is_array();
}
bool JsonView::is_number() const {
    return json_of(value_).is_number();
}
bool JsonView::is_true() const {
    return json_of(value_).is_boolean() && json_of(value_).get<bool>();
}

std::string JsonView::text() const {
    const ordered_json& json = json_of(value_);
    return json.is_string() ? json.get<std::string>() : std::string();
}

std::int64_t JsonView::count() const {
    const ordered_json& json = json_of(value_);
    return json.is_number_unsigned() ? json.get<std::int64_t>() : 0;
}

double JsonView::number() const {
    const ordered_json& json = json_of(value_);
    return json.is_number() ? json.get<double>() : 0;
}

std::string JsonView::dump() const {
    const ordered_json& json = json_of(value_);
    return json.is_discarded() ? std::string()
                               : json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::string content_text(const JsonView& content) {
    std::string out = content.text();
    for (const JsonView& part : content.items()) {
        out += part["text"].text();
    }
    return out;
}

bool holds_thoughts(const JsonView& message) {
    return !message["reasoning_content"].text().empty() || !message["reasoning"].text().empty();
}

}  // namespace assay::http
