#include "assay/config/yaml_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "assay/base/text.hpp"

namespace assay::config {
namespace {

template <class T>
bool parse_number(const YamlNode& node, T& value) {
    if (node.quoted) {
        return false;
    }
    const char* end = node.text.data() + node.text.size();
    const auto [stop, error] = std::from_chars(node.text.data(), end, value);
    return error == std::errc() && stop == end;
}

}  // namespace

std::string describe(const YamlNode& node) {
    switch (node.kind) {
        case YamlNode::Kind::kNull: return "nothing";
        case YamlNode::Kind::kList: return "a list";
        case YamlNode::Kind::kMap: return "a mapping";
        case YamlNode::Kind::kScalar: break;
    }
    return fmt::format("{}\"{}\"", node.quoted ? "the text " : "", shorten(node.text, 60));
}

MapReader::MapReader(const YamlNode& map,
                     std::string path,
                     const std::string& source,
                     Problems& problems)
    : map_(map), path_(std::move(path)), source_(source), problems_(problems) {
    for (std::size_t i = 0; i < map_.entries.size(); ++i) {
        const YamlNode& key = map_.entries[i].key;
        if (key.kind != YamlNode::Kind::kScalar) {
            problems_.add(where(key, path_),
                          fmt::format("a key must be a word, not {}", describe(key)));
            continue;
        }
        const YamlEntry* first = find(key.text);
        if (first != &map_.entries[i]) {
            problems_.add(where(key, ""),
                          fmt::format("the key \"{}\" stands twice; the first is in line {}",
                                      shorten(path_of(key.text), 80),
                                      first->key.line));
        }
    }
}

const YamlEntry* MapReader::find(std::string_view key) const {
    for (const YamlEntry& entry : map_.entries) {
        if (entry.key.kind == YamlNode::Kind::kScalar && entry.key.text == key) {
            return &entry;
        }
    }
    return nullptr;
}

std::string MapReader::path_of(std::string_view key) const {
    return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

Where MapReader::where(const YamlNode& node, std::string path) const {
    return {source_, node.line, node.column, std::move(path)};
}

Where MapReader::where(std::string_view key) const {
    const YamlEntry* entry = find(key);
    if (!entry) {
        return where(map_, path_);
    }
    // yaml-cpp gives an absent value the place of whatever follows.
    return where(entry->value.kind == YamlNode::Kind::kNull ? entry->key : entry->value,
                 path_of(key));
}

void MapReader::know(std::string_view key) {
    if (std::find(known_.begin(), known_.end(), key) == known_.end()) {
        known_.emplace_back(key);
    }
}

const YamlNode* MapReader::value(std::string_view key) {
    know(key);
    const YamlEntry* entry = find(key);
    if (!entry) {
        return nullptr;
    }
    if (entry->value.kind != YamlNode::Kind::kNull) {
        return &entry->value;
    }
    problems_.add(where(key), "has no value", "Fill it in or leave the key out.");
    return nullptr;
}

const YamlNode* MapReader::block(std::string_view key, YamlNode::Kind kind) {
    know(key);
    const YamlEntry* entry = find(key);
    if (!entry || entry->value.kind == YamlNode::Kind::kNull) {
        return nullptr;
    }
    if (entry->value.kind == kind) {
        return &entry->value;
    }
    problems_.add(where(key),
                  fmt::format("must be {}, not {}",
                              kind == YamlNode::Kind::kList ? "a list" : "a mapping",
                              describe(entry->value)));
    return nullptr;
}

const YamlNode* MapReader::scalar(std::string_view key, std::string_view wanted) {
    const YamlNode* node = value(key);
    if (!node || node->kind == YamlNode::Kind::kScalar) {
        return node;
    }
    problems_.add(where(key), fmt::format("must be {}, not {}", wanted, describe(*node)));
    return nullptr;
}

bool MapReader::text(std::string_view key, std::string& field) {
    const YamlNode* node = scalar(key, "text");
    if (node) {
        field = node->text;
    }
    return node != nullptr;
}

bool MapReader::texts(std::string_view key, std::vector<std::string>& field) {
    const YamlNode* node = value(key);
    if (!node) {
        return false;
    }
    if (node->kind == YamlNode::Kind::kMap) {
        return refuse(key, "must be a list of texts, not a mapping");
    }
    const bool is_list = node->kind == YamlNode::Kind::kList;
    const std::vector<YamlNode> one = is_list ? std::vector<YamlNode>{} : std::vector{*node};
    field.clear();
    for (const YamlNode& item : is_list ? node->items : one) {
        const std::string path = fmt::format("{}[{}]", path_of(key), field.size());
        const bool is_text = item.kind == YamlNode::Kind::kScalar;
        if (!is_text) {
            problems_.add(where(item, path), fmt::format("must be text, not {}", describe(item)));
        }
        if (is_text && item.text.empty()) {
            problems_.add(where(item, path), "is empty", "Fill it in or leave it out.");
        }
        field.push_back(item.text);
    }
    return true;
}

bool MapReader::refuse(std::string_view key, std::string message) {
    if (message.empty()) {
        return true;
    }
    problems_.add(where(key), std::move(message));
    return false;
}

bool MapReader::read(std::string_view key, double& field, const Range& range) {
    const YamlNode* node = scalar(key, "a number");
    if (!node) {
        return false;
    }
    double number = 0;
    if (!parse_number(*node, number) || !std::isfinite(number)) {
        return refuse(key, fmt::format("must be a number, not {}", describe(*node)));
    }
    if (!refuse(key, complaint(number, range))) {
        return false;
    }
    field = number;
    return true;
}

template <class T>
bool MapReader::whole(std::string_view key, T& field, const Range& range) {
    const YamlNode* node = scalar(key, "a whole number");
    if (!node) {
        return false;
    }
    double real = 0;
    if (!parse_number(*node, real) || !std::isfinite(real)) {
        return refuse(key, fmt::format("must be a whole number, not {}", describe(*node)));
    }
    if (!refuse(key, complaint(real, range))) {
        return false;
    }
    T number = 0;
    // In range as a real number, but with a fraction or an exponent, or 2^64 itself.
    if (!parse_number(*node, number)) {
        return refuse(key,
                      fmt::format("must be a whole number, written with digits only, not {}",
                                  describe(*node)));
    }
    field = number;
    return true;
}

bool MapReader::read(std::string_view key, int& field, const Range& range) {
    return whole(key, field, range);
}
bool MapReader::read(std::string_view key, std::int64_t& field, const Range& range) {
    return whole(key, field, range);
}
bool MapReader::read(std::string_view key, std::uint64_t& field, const Range& range) {
    return whole(key, field, range);
}

bool MapReader::read(std::string_view key, int& field, const RangeOrWord& rule) {
    const YamlNode* node = scalar(key, fmt::format("a whole number or {}", rule.word));
    if (node && to_lower_ascii(node->text) == rule.word) {
        field = rule.value;
        return true;
    }
    return node && whole(key, field, rule.range);
}

bool MapReader::read(std::string_view key, bool& field, const YesNo&) {
    const YamlNode* node = scalar(key, "true or false");
    if (!node) {
        return false;
    }
    const std::string word = to_lower_ascii(node->text);
    const bool yes = word == "true" || word == "yes" || word == "on";
    const bool no = word == "false" || word == "no" || word == "off";
    if (node->quoted || (!yes && !no)) {
        return refuse(key, fmt::format("must be true or false, not {}", describe(*node)));
    }
    field = yes;
    return true;
}

template <class Rule>
bool MapReader::word(std::string_view key, std::string& field, const Rule& rule) {
    std::string word;
    if (!text(key, word) || !refuse(key, complaint(word, rule))) {
        return false;
    }
    field = std::move(word);
    return true;
}

bool MapReader::read(std::string_view key, std::string& field, const Words& words) {
    return word(key, field, words);
}
bool MapReader::read(std::string_view key, std::string& field, const Day& day) {
    return word(key, field, day);
}

std::set<std::string> MapReader::finish() {
    std::set<std::string> meant;
    for (const YamlEntry& entry : map_.entries) {
        const std::string& key = entry.key.text;
        if (entry.key.kind != YamlNode::Kind::kScalar ||
            std::find(known_.begin(), known_.end(), key) != known_.end()) {
            continue;
        }
        const std::string nearest = nearest_word(key, known_);
        const std::string inside = path_.empty() ? "" : fmt::format(" in {}", path_);
        const std::string hint = nearest.empty() ? fmt::format("known: {}", fmt::join(known_, ", "))
                                                 : fmt::format("did you mean \"{}\"?", nearest);
        problems_.add(where(entry.key, ""),
                      fmt::format("unknown key \"{}\"{}; {}", shorten(key, 60), inside, hint));
        if (!nearest.empty()) {
            meant.insert(nearest);
        }
    }
    return meant;
}

}  // namespace assay::config
