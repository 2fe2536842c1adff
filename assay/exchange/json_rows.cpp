#include "assay/exchange/json_rows.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "assay/base/text.hpp"

namespace assay::exchange {
namespace {

constexpr std::size_t kShownKey = 60;
constexpr std::size_t kRememberedPlaces = 64;

/// Counts the line breaks up to an offset that only grows.
class LineCounter {
 public:
    explicit LineCounter(std::string_view text) : text_(text) {}
    std::int64_t at(std::size_t offset) {
        const auto from = text_.begin() + static_cast<std::ptrdiff_t>(counted_);
        const auto to = text_.begin() + static_cast<std::ptrdiff_t>(
                                            std::min(std::max(offset, counted_), text_.size()));
        line_ += std::count(from, to, '\n');
        counted_ = std::max(counted_, std::min(offset, text_.size()));
        return line_;
    }

 private:
    std::string_view text_;
    std::size_t counted_ = 0;
    std::int64_t line_ = 1;
};

void each_item(std::string_view text,
               RowProblems& out,
               const std::function<void(JsonReader&, std::int64_t)>& row) {
    JsonReader reader(text);
    LineCounter lines(text);
    try {
        reader.enter_list();
        while (reader.next_item()) {
            const std::int64_t line = lines.at(reader.offset());
            if (reader.kind() != JsonKind::kObject) {
                out.problem(line,
                            fmt::format("an item of the list is {}, not an object",
                                        words_of(reader.kind())));
                reader.skip();
            } else {
                row(reader, line);
            }
            reader.forget();
            if (out.n_problems() > kMostRowProblems) {
                return;
            }
        }
        reader.expect_end();
    } catch (const JsonProblem& problem) {
        out.problem(lines.at(problem.offset), fmt::format("broken JSON: {}", problem.message));
    }
}

void each_line(std::string_view text,
               RowProblems& out,
               const std::function<void(JsonReader&, std::int64_t)>& row) {
    JsonReader reader({});
    std::int64_t line = 0;
    while (!text.empty() && out.n_problems() <= kMostRowProblems) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        reader.reset(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        ++line;
        try {
            const JsonKind kind = reader.kind();
            if (kind == JsonKind::kNone) {
                continue;
            }
            if (kind != JsonKind::kObject) {
                out.problem(line, fmt::format("the line is {}, not a JSON object", words_of(kind)));
                continue;
            }
            row(reader, line);
            reader.expect_end();
            out.count_row(true);
        } catch (const JsonProblem& problem) {
            out.count_row(false);
            out.problem(
                line,
                fmt::format("broken JSON at column {}: {}", problem.offset + 1, problem.message));
        }
    }
}

}  // namespace

void each_json_object(std::string_view text,
                      RowProblems& out,
                      const std::function<void(JsonReader&, std::int64_t)>& row) {
    const std::string_view first = trim(text.substr(0, 4096));
    if (first.starts_with('[')) {
        each_item(text, out, row);
    } else {
        each_line(text, out, row);
    }
}

std::optional<std::string_view> read_name(JsonReader& reader,
                                          RowProblems& out,
                                          std::int64_t line,
                                          std::string_view field) {
    std::string_view name;
    switch (const JsonKind kind = reader.kind()) {
        case JsonKind::kText: name = reader.read_text(); break;
        case JsonKind::kNumber:
            name = reader.read_number();
            if (name.find_first_of(".eE") != std::string_view::npos) {
                out.problem(
                    line,
                    fmt::format("{}: {} is not a whole number; text or a whole number is expected",
                                field,
                                name));
            }
            break;
        case JsonKind::kNull: reader.skip(); break;
        default:
            out.problem(
                line,
                fmt::format(
                    "{}: is {}; text or a whole number is expected", field, words_of(kind)));
            reader.skip();
            break;
    }
    return name.empty() ? std::nullopt : std::optional(name);
}

int MemberNames::field_of(std::string_view name) const {
    for (const Name& known : names_) {
        if (known.name == name) {
            return known.field;
        }
    }
    return -1;
}

int MemberNames::field_at(std::size_t place, std::string_view key) {
    if (place < recent_.size() && recent_[place].key == key) {
        return recent_[place].field;
    }
    const int field = field_of(key);
    if (place >= kRememberedPlaces) {
        return field;
    }
    if (place >= recent_.size()) {
        recent_.resize(place + 1);
    }
    recent_[place] = {std::string(key), field};
    return field;
}

void MemberNames::twice(RowProblems& out, std::int64_t line, std::string_view key) {
    out.problem(line,
                fmt::format("{}: this field stands twice, perhaps by two names",
                            fmt::format("\"{}\"", shorten(key, kShownKey))),
                "Keep one of them.");
}

}  // namespace assay::exchange
