#include "assay/intake/fields.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "assay/base/text.hpp"

namespace assay::intake {
namespace {

constexpr std::size_t kShownName = 40;
constexpr std::size_t kShownNames = 20;

bool is_message_of(const Value& item, std::string_view role) {
    const Value* said = item.member("role");
    return said != nullptr && said->text == role && item.member("content") != nullptr;
}

std::vector<std::string> split_at(std::string_view text, std::string_view separator) {
    std::vector<std::string> out;
    while (true) {
        const std::size_t end = text.find(separator);
        if (const std::string_view part = trim(text.substr(0, end)); !part.empty()) {
            out.emplace_back(part);
        }
        if (end == std::string_view::npos) {
            return out;
        }
        text.remove_prefix(end + separator.size());
    }
}

}  // namespace

bool say_the_same(const Value& a, const Value& b) {
    const auto one = text_of(a), other = text_of(b);
    return one && other && *one == *other;
}

std::string say_fields(FieldsOf whose, Meaning meaning, std::string_view name) {
    const std::string_view field = name_of(meaning);
    return whose == FieldsOf::kDataset
               ? fmt::format("dataset.fields: {{{0}: {1}}} (--fields dataset.{0}={1})", field, name)
               : fmt::format(
                     "fields: {{{0}: {1}}} beside the key answers (--fields {0}={1})", field, name);
}

std::string FieldFinder::mapped(Meaning meaning) const {
    const auto found = fields_.find(std::string(name_of(meaning)));
    return found == fields_.end() ? std::string() : found->second;
}

std::optional<Found> FieldFinder::at(const Row& row, std::string_view path) {
    const Value* value = intake::find(row.fields, path);
    if (value == nullptr) {
        return std::nullopt;
    }
    if (row.fields.n_members(path) > 1 &&
        told_.emplace(Meaning::kId, std::string(path), "twice").second) {
        problems_.problem(
            row.line,
            fmt::format(
                "the {} \"{}\" stands twice", rows_.is_csv ? "column" : "key", shorten(path, 60)),
            "Keep one of them.");
    }
    return Found{std::string(path), value};
}

std::optional<Found> FieldFinder::find(const Row& row, Meaning meaning) {
    if (const std::string path = mapped(meaning); !path.empty()) {
        return at(row, path);
    }
    std::optional<Found> found;
    for (const std::string_view name : names_of(meaning, rows_.tool)) {
        auto other = at(row, name);
        if (!other) {
            continue;
        }
        if (!found) {
            found = std::move(other);
            continue;
        }
        if (!say_the_same(*found->value, *other->value) &&
            told_.emplace(meaning, found->name, other->name).second) {
            problems_.problem(row.line,
                              fmt::format("\"{}\" and \"{}\" are both names of the {}",
                                          found->name,
                                          other->name,
                                          name_of(meaning)),
                              fmt::format("Say which one counts with {}.",
                                          say_fields(whose_, meaning, found->name)));
        }
    }
    for (const std::string_view name : further_names_of(meaning, rows_.tool)) {
        if (!found) {
            found = at(row, name);
        }
    }
    return found;
}

const Value* FieldFinder::input_of(const Row& row, const Found& question) const {
    const Value* input = intake::find(row.fields, "input");
    const bool belongs = question.name == "instruction" && mapped(Meaning::kQuestion).empty();
    return belongs && input != nullptr && !trim(input->text).empty() ? input : nullptr;
}

void FieldFinder::check_mapped() {
    for (const auto& [field, path] : fields_) {
        if (std::none_of(rows_.rows.begin(), rows_.rows.end(), [&](const Row& row) {
                return intake::find(row.fields, path) != nullptr;
            })) {
            problems_.problem(
                0,
                fmt::format("no row has \"{}\", which {} names as the {}",
                            path,
                            whose_ == FieldsOf::kDataset ? "dataset.fields" : "fields",
                            field));
        }
    }
}

std::optional<std::string> question_of(const Value& value) {
    if (value.kind != Value::Kind::kList) {
        return text_of(value);
    }
    const Value* user = nullptr;
    for (const Value& item : value.items) {
        if (is_message_of(item, "system")) {
            continue;
        }
        if (user != nullptr || !is_message_of(item, "user")) {
            return std::nullopt;
        }
        user = &item;
    }
    return user ? content_of(*user->member("content")) : std::nullopt;
}

tl::expected<std::vector<std::string>, std::string> passages_of(const Value& value,
                                                                std::string_view separator) {
    if (value.kind == Value::Kind::kText) {
        if (const auto list = list_of_text(value.text)) {
            // "[1]" may be how a passage begins and ends; only a list of texts is one.
            auto passages = passages_of(*list, {});
            const bool all_texts = std::none_of(
                list->items.begin(), list->items.end(), [](const Value& item) {
                    return item.kind == Value::Kind::kNumber || item.kind == Value::Kind::kBool;
                });
            if (passages && all_texts) {
                return passages;
            }
        }
        return separator.empty() ? std::vector<std::string>{value.text}
                                 : split_at(value.text, separator);
    }
    if (value.kind != Value::Kind::kList) {
        if (auto text = text_of(value)) {
            return std::vector<std::string>{std::move(*text)};
        }
        return tl::unexpected(kind_of(value));
    }
    std::vector<std::string> out;
    for (std::size_t i = 0; i < value.items.size(); ++i) {
        const Value& item = value.items[i];
        auto text = passage_of(item);
        if (!text) {
            return tl::unexpected(fmt::format(
                "a list whose item {} is {}{}",
                i + 1,
                kind_of(item),
                item.kind == Value::Kind::kObject ? " without text, content or passage" : ""));
        }
        out.push_back(std::move(*text));
    }
    return out;
}

tl::expected<std::vector<std::string>, std::string> expected_of(const Value& value, bool is_csv) {
    if (is_csv && value.kind == Value::Kind::kText) {
        const auto list = list_of_text(value.text);
        // A list of numbers may be the right answer itself.
        if (list && !list->items.empty() &&
            std::all_of(list->items.begin(), list->items.end(), [](const Value& item) {
                return item.kind == Value::Kind::kText;
            })) {
            return expected_of(*list, false);
        }
    }
    if (value.kind != Value::Kind::kList) {
        if (auto text = text_of(value)) {
            return std::vector<std::string>{std::move(*text)};
        }
        std::vector<std::string> names;
        for (const Member& member : value.members) {
            names.push_back(shorten(member.name, kShownName));
        }
        return tl::unexpected(fmt::format("an object of {}", fmt::join(names, ", ")));
    }
    std::vector<std::string> out;
    for (std::size_t i = 0; i < value.items.size(); ++i) {
        const Value& item = value.items[i];
        const auto text = text_of(item);
        if (!text && !item.is_null()) {
            return tl::unexpected(fmt::format("a list whose item {} is {}", i + 1, kind_of(item)));
        }
        if (text && !trim(*text).empty() && std::find(out.begin(), out.end(), *text) == out.end()) {
            out.push_back(*text);
        }
    }
    return out;
}

std::string listed_names(const Row& row) {
    std::vector<std::string> there;
    for (const Member& member : row.fields.members) {
        if (there.size() == kShownNames) {
            there.emplace_back("...");
            break;
        }
        there.push_back(shorten(member.name, kShownName));
    }
    return fmt::format("{}", fmt::join(there, ", "));
}

}  // namespace assay::intake
