// Problem: a table is written with commas, or with semicolons where the comma is the decimal sign,
// or with tabs, and nothing in the file says which.
//
// Model: the head decides. A separator that splits it into several names is a candidate. One
// candidate alone is taken; of several the one that gives the most names that are known; and where
// that does not tell them apart, the file is refused with both named. Excel's first line "sep=;"
// decides before anything else.
//
// Invariant: the separator is chosen once, before the first row, so no row can be read in another
// way than its head. It ends because the head is one record.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "assay/base/csv.hpp"
#include "assay/base/text.hpp"
#include "assay/intake/rows.hpp"

namespace assay::intake {
namespace {

constexpr std::size_t kShown = 60;

struct Separator {
    char sign;
    std::string_view name;
};
constexpr std::array<Separator, 3> kSeparators{
    {{',', "commas"}, {';', "semicolons"}, {'\t', "tabs"}}};

bool is_known(std::string_view name) {
    for (const Meaning meaning : {Meaning::kId,
                                  Meaning::kQuestion,
                                  Meaning::kExpected,
                                  Meaning::kContexts,
                                  Meaning::kCluster,
                                  Meaning::kAnswer}) {
        const auto names = names_of(meaning, Tool::kAny);
        if (std::find(names.begin(), names.end(), name) != names.end()) {
            return true;
        }
    }
    return false;
}

/// Takes the line "sep=;" away, and gives its sign.
std::optional<char> take_excels_line(std::string_view& text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string line = to_lower_ascii(trim(text.substr(0, end)));
    const bool is_tab = trim(text.substr(0, end)) == "sep=";  // a tab is white space
    if (!line.starts_with("sep=") || (line.size() != 5 && !is_tab)) {
        return std::nullopt;
    }
    text.remove_prefix(std::min(end + 1, text.size()));
    return is_tab ? '\t' : line[4];
}

struct Head {
    Separator separator;
    std::size_t n_cells = 0;
    std::size_t n_known = 0;
};

std::vector<Head> heads_of(std::string_view text) {
    std::vector<Head> out;
    for (const Separator& separator : kSeparators) {
        CsvReader reader(text, separator.sign);
        CsvRecord record;
        while (reader.next(record) && record.is_blank()) {
            continue;
        }
        const auto n_known = std::count_if(
            record.cells.begin(), record.cells.end(), [](const std::string& cell) {
                return is_known(trim(cell));
            });
        if (record.cells.size() > 1) {
            out.push_back({separator, record.cells.size(), static_cast<std::size_t>(n_known)});
        }
    }
    std::stable_sort(
        out.begin(), out.end(), [](const Head& a, const Head& b) { return a.n_known > b.n_known; });
    return out;
}

/// The separator of the head; nothing, with a problem, if two are as likely.
std::optional<char> separator_of(std::string_view text, RowProblems& out) {
    const std::vector<Head> heads = heads_of(text);
    if (heads.empty()) {
        return ',';
    }
    if (heads.size() > 1 && heads[0].n_known == heads[1].n_known) {
        out.problem(1,
                    fmt::format("the head may be split at {} or at {}, and neither gives more "
                                "names that are known",
                                heads[0].separator.name,
                                heads[1].separator.name),
                    "Write the line sep=; (or sep=,) above it.");
        return std::nullopt;
    }
    return heads[0].separator.sign;
}

/// promptfoo's export has the answers of each model in a column of its own, "[provider] prompt",
/// with its Status behind it.
std::vector<std::string> promptfoo_columns(const std::vector<std::string>& head) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i + 1 < head.size(); ++i) {
        if (head[i].starts_with('[') && head[i + 1] == "Status") {
            out.push_back(head[i]);
        }
    }
    return out;
}

Value object_of(std::vector<std::string>& cells, const std::vector<std::string>& head) {
    Value out;
    out.kind = Value::Kind::kObject;
    for (std::size_t i = 0; i < head.size(); ++i) {
        Value cell;
        if (!cells[i].empty()) {
            cell.kind = Value::Kind::kText;
            cell.text = std::move(cells[i]);
        }
        out.members.push_back({head[i], std::move(cell)});
    }
    return out;
}

}  // namespace

Rows rows_of_csv(std::string_view text, RowProblems& out) {
    Rows rows;
    rows.is_csv = true;
    const std::size_t whole = text.size();
    std::optional<char> separator = take_excels_line(text);
    const std::int64_t lines_before = text.size() < whole ? 1 : 0;
    if (!separator) {
        separator = separator_of(text, out);
    }
    if (!separator) {
        return rows;
    }
    CsvReader reader(text, *separator);
    std::vector<std::string> head;
    std::int64_t number = 0;
    CsvRecord record;
    while (reader.next(record)) {
        if (record.is_blank()) {
            continue;
        }
        const std::int64_t line = record.line + lines_before;
        if (head.empty() && record.problem.empty()) {
            for (const std::string& name : record.cells) {
                head.emplace_back(trim(name));
            }
            rows.answer_columns = promptfoo_columns(head);
            continue;
        }
        ++number;
        if (!record.problem.empty()) {
            out.problem(line, record.problem, "Double the quotes that stand inside a quoted cell.");
        } else if (record.cells.size() != head.size()) {
            out.problem(
                line,
                fmt::format("has {} cells, and the head has {}", record.cells.size(), head.size()),
                "Put cells that hold the separator or a line break in quotes.");
        } else {
            rows.rows.push_back({number, line, object_of(record.cells, head)});
        }
        // Without a head nothing that follows means anything.
        if (head.empty()) {
            return rows;
        }
    }
    if (number == 0 && !head.empty() && std::none_of(head.begin(), head.end(), is_known)) {
        out.problem(1,
                    fmt::format("is neither JSON nor CSV with a head that names its columns: it "
                                "begins with \"{}\"",
                                shorten(head.front(), kShown)));
    }
    return rows;
}

}  // namespace assay::intake
