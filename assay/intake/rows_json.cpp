// Problem: JSON comes as one object a line, as a list, as an object that holds the list, as objects
// one after another over several lines, and as the log of a tool with the rows deep inside.
//
// Model: a text that begins with a whole object on its first line is read line by line, so that a
// broken line costs that line only. Anything else is read value after value: a list gives its
// items, several objects are the rows themselves, and one object is looked at for a list of rows:
// that of a tool that is known by its other keys, else the one under a usual name.
//
// Invariant: every row knows the line at which it begins. It ends because each value is passed over
// once, and no text nests deeper than read_value allows.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "assay/base/text.hpp"
#include "assay/intake/rows.hpp"

namespace assay::intake {
namespace {

using Kind = Value::Kind;

/// Line numbers of offsets that only grow.
class LineCounter {
 public:
    explicit LineCounter(std::string_view text) : text_(text) {}
    std::int64_t at(std::size_t offset) {
        for (; counted_ < std::min(offset, text_.size()); ++counted_) {
            line_ += text_[counted_] == '\n';
        }
        return line_;
    }

 private:
    std::string_view text_;
    std::size_t counted_ = 0;
    std::int64_t line_ = 1;
};

Tool tool_of_row(const Value& row) {
    const Value* response = row.member("response");
    if (row.member("custom_id") != nullptr && response != nullptr &&
        response->member("body") != nullptr) {
        return Tool::kOpenAiBatch;
    }
    if (row.member("vars") != nullptr && row.member("testIdx") != nullptr) {
        return Tool::kPromptfoo;
    }
    return Tool::kAny;
}

void add_row(Rows& rows, std::int64_t number, std::int64_t line, Value value, RowProblems& out) {
    if (value.kind != Kind::kObject) {
        out.problem(line, fmt::format("a row must be a JSON object, not {}", kind_of(value)));
        out.count_row(false);
        return;
    }
    if (rows.rows.empty() && rows.tool == Tool::kAny) {
        rows.tool = tool_of_row(value);
    }
    rows.rows.push_back({number, line, std::move(value)});
}

Rows rows_of_lines(std::string_view text, RowProblems& out) {
    Rows rows;
    JsonReader reader({});
    std::int64_t line = 0, number = 0;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view whole = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        ++line;
        if (trim(whole).empty()) {
            continue;
        }
        ++number;
        reader.reset(whole);
        try {
            Value value = read_value(reader);
            reader.expect_end();
            add_row(rows, number, line, std::move(value), out);
        } catch (const JsonProblem& problem) {
            out.problem(
                line,
                fmt::format("broken JSON at column {}: {}", problem.offset + 1, problem.message));
            out.count_row(false);
        }
    }
    return rows;
}

void add_items(Rows& rows, Value list, LineCounter& lines, RowProblems& out) {
    std::int64_t number = 0;
    for (Value& item : list.items) {
        const std::int64_t line = lines.at(item.offset);
        add_row(rows, ++number, line, std::move(item), out);
    }
}

bool is_inspect_log(const Value& root) {
    const Value* eval = root.member("eval");
    return eval != nullptr && eval->kind == Kind::kObject &&
           (root.member("plan") != nullptr || eval->member("task") != nullptr);
}

bool is_promptfoo(const Value& root) {
    const Value* results = root.member("results");
    return results != nullptr && results->kind == Kind::kObject &&
           results->member("results") != nullptr;
}

/// The list of an object's rows; null, with a problem, if it has none.
const Value* list_of(const Value& root, Rows& rows, RowProblems& out) {
    static constexpr std::array kUsual{"data", "questions", "examples", "items"};
    static constexpr std::array kFurther{
        "rows", "samples", "results", "test_cases", "testCases", "goldens"};
    if (is_inspect_log(root)) {
        rows.tool = Tool::kInspect;
        const Value* samples = root.member("samples");
        if (samples == nullptr || samples->items.empty()) {
            out.problem(0,
                        "is an Inspect log without samples",
                        "Write the log with its samples (inspect log dump FILE).");
            return nullptr;
        }
        return samples;
    }
    if (is_promptfoo(root)) {
        rows.tool = Tool::kPromptfoo;
        return find(root, "results.results");
    }
    const auto find_one = [&](const auto& names) {
        std::vector<std::string_view> found;
        for (const char* name : names) {
            const Value* list = root.member(name);
            if (list != nullptr && list->kind == Kind::kList) {
                found.emplace_back(name);
            }
        }
        return found;
    };
    std::vector<std::string_view> found = find_one(kUsual);
    if (found.empty()) {
        found = find_one(kFurther);
    }
    if (found.size() == 1) {
        return root.member(found.front());
    }
    if (found.size() > 1) {
        out.problem(1,
                    fmt::format("holds two lists, \"{}\" and \"{}\"", found[0], found[1]),
                    "Keep one of them.");
    } else {
        out.problem(1,
                    fmt::format("holds no list under {}", fmt::join(kUsual, ", ")),
                    "Write a JSON array of objects, or one object a line (JSONL).");
    }
    return nullptr;
}

/// An object that stands alone is a row if nothing in it looks like a list of rows.
bool is_one_row(const Value& root) {
    return !is_inspect_log(root) && !is_promptfoo(root) &&
           std::none_of(root.members.begin(),
                        root.members.end(),
                        [](const Member& member) {
                            return member.value.kind == Kind::kList &&
                                   !member.value.items.empty() &&
                                   member.value.items.front().kind == Kind::kObject;
                        }) &&
           std::any_of(root.members.begin(), root.members.end(), [](const Member& member) {
               return member.value.is_scalar();
           });
}

Rows rows_of_document(std::string_view text, RowProblems& out) {
    Rows rows;
    JsonReader reader(text);
    LineCounter lines(text), error_lines(text);
    try {
        std::vector<Value> roots;
        while (reader.kind() != JsonKind::kNone) {
            roots.push_back(read_value(reader));
            reader.forget();
        }
        if (roots.size() > 1) {
            std::int64_t number = 0;
            for (Value& root : roots) {
                const std::int64_t line = lines.at(root.offset);
                add_row(rows, ++number, line, std::move(root), out);
            }
        } else if (roots.front().kind == Kind::kList) {
            add_items(rows, std::move(roots.front()), lines, out);
        } else if (is_one_row(roots.front())) {
            const std::int64_t line = lines.at(roots.front().offset);
            add_row(rows, 1, line, std::move(roots.front()), out);
        } else if (const Value* list = list_of(roots.front(), rows, out)) {
            add_items(rows, *list, lines, out);
        }
    } catch (const JsonProblem& problem) {
        out.problem(error_lines.at(problem.offset),
                    fmt::format("broken JSON: {}", problem.message));
        return {};
    }
    return rows;
}

/// Whether the text is one JSON value after another, `most` at the most.
bool is_json(std::string_view text, std::size_t most) {
    JsonReader reader(text);
    try {
        for (std::size_t n = 0; n < most && reader.kind() != JsonKind::kNone; ++n) {
            reader.skip();
        }
        reader.expect_end();
        return true;
    } catch (const JsonProblem&) {
        return false;
    }
}

/// Whether a broken line would cost that line only. A file that is called JSONL may be a document
/// over many lines nevertheless.
bool is_in_lines(std::string_view text, std::string_view file_name) {
    const std::string_view body = trim(text);
    if (!body.starts_with('{')) {
        return false;
    }
    const std::string_view first_line = body.substr(0, body.find('\n'));
    if (is_json(first_line, 1)) {
        return first_line.size() < body.size() || file_name.ends_with(".jsonl") ||
               file_name.ends_with(".ndjson");
    }
    return (file_name.ends_with(".jsonl") || file_name.ends_with(".ndjson")) &&
           !is_json(body, body.size());
}

}  // namespace

Rows rows_of_json(std::string_view text, RowProblems& out) {
    return is_in_lines(text, to_lower_ascii(out.file_name())) ? rows_of_lines(text, out)
                                                              : rows_of_document(text, out);
}

}  // namespace assay::intake
