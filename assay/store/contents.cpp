// How a change by another hand is found.
//
// Problem: most rows (a verdict, a session, a frozen margin) are under no key that could be
// computed again from something else. Whoever changes one with an SQL shell leaves no trace. Model:
// each table has a note, "contents of TABLE": the number of its rows and the sum, modulo 2^256, of
// the SHA-256 of each row. A sum does not depend on the rows' order, and a row that comes or goes
// is added or subtracted without reading the others. Invariant: the note is right after every
// commit of ours. Temporary triggers see to it: they are part of our connection only, they run in
// the transaction of the write, and they see what SQLite does by itself (REPLACE, ON DELETE
// CASCADE). So a run that was killed has notes that fit its rows, and another program's write has
// no trigger and leaves a sum that does not fit. Limit: there is no secret. Whoever computes the
// notes anew, too, is not found.

#include "assay/store/contents.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/base/hash.hpp"
#include "assay/base/result.hpp"

namespace assay::store {
namespace {

constexpr std::string_view kNote = "contents of ";
constexpr std::size_t kDigits = 64;

/// A number of rows and the sum of their hashes, least significant byte last.
struct Sum {
    std::int64_t n_rows = 0;
    std::array<unsigned char, kDigits / 2> bytes{};

    void add(const Sum& other) {
        n_rows += other.n_rows;
        unsigned carry = 0;
        for (std::size_t i = bytes.size(); i-- > 0;) {
            carry += static_cast<unsigned>(bytes[i]) + other.bytes[i];
            bytes[i] = static_cast<unsigned char>(carry & 0xFF);
            carry >>= 8;
        }
    }
    /// Its additive inverse.
    [[nodiscard]] Sum negated() const {
        Sum out;
        out.n_rows = -n_rows;
        unsigned borrow = 0;
        for (std::size_t i = bytes.size(); i-- > 0;) {
            const unsigned taken = bytes[i] + borrow;
            out.bytes[i] = static_cast<unsigned char>((256 - taken) & 0xFF);
            borrow = taken > 0 ? 1 : 0;
        }
        return out;
    }
};

void read_hex(std::string_view digits, Sum& sum) {
    for (std::size_t i = 0; i < sum.bytes.size(); ++i) {
        std::from_chars(digits.data() + 2 * i, digits.data() + 2 * i + 2, sum.bytes[i], 16);
    }
}

std::string hex_of(const Sum& sum) {
    std::string out;
    for (const unsigned char byte : sum.bytes) {
        out += fmt::format("{:02x}", byte);
    }
    return out;
}

/// The text of a note: "42 2c26b4...".
std::string text_of(const Sum& sum) {
    return fmt::format("{} {}", sum.n_rows, hex_of(sum));
}

/// A text that is none of text_of counts as no rows: then nothing fits it.
Sum sum_of(std::string_view text) {
    Sum out;
    const std::size_t space = text.find(' ');
    if (space == std::string_view::npos || text.size() != space + 1 + kDigits) {
        return out;
    }
    std::from_chars(text.data(), text.data() + space, out.n_rows);
    read_hex(text.substr(space + 1), out);
    return out;
}

std::string_view bytes_of(sqlite3_value* value) {
    const void* data = sqlite3_value_blob(value);
    const auto size = static_cast<std::size_t>(sqlite3_value_bytes(value));
    return size == 0 ? std::string_view() : std::string_view(static_cast<const char*>(data), size);
}

/// A value with its type: 1 and "1" differ, and so do NULL and "".
std::string field_of(sqlite3_value* value) {
    const int type = sqlite3_value_type(value);
    std::string out = fmt::format("{}:", type);
    if (type == SQLITE_FLOAT) {
        const double number = sqlite3_value_double(value);
        return out + fmt::format("{}", number);  // the shortest text that reads back as this number
    }
    return out.append(bytes_of(value));
}

Sum row_sum(int n, sqlite3_value** values) {
    std::vector<std::string> fields;
    for (int i = 0; i < n; ++i) {
        fields.push_back(field_of(values[i]));
    }
    Sum out;
    out.n_rows = 1;
    read_hex(sha256_of_fields(fields), out);
    return out;
}

void give(sqlite3_context* context, const Sum& sum) {
    const std::string text = text_of(sum);
    sqlite3_result_blob64(context, text.data(), text.size(), SQLITE_TRANSIENT);
}

/// SQL: contents_with(note, column...)
void contents_with(sqlite3_context* context, int n, sqlite3_value** values) {
    Sum sum = sum_of(bytes_of(values[0]));
    sum.add(row_sum(n - 1, values + 1));
    give(context, sum);
}

/// SQL: contents_without(note, column...)
void contents_without(sqlite3_context* context, int n, sqlite3_value** values) {
    Sum sum = sum_of(bytes_of(values[0]));
    sum.add(row_sum(n - 1, values + 1).negated());
    give(context, sum);
}

/// SQL: contents_of(column...), over all rows. SQLite gives zeroed memory, which is an empty Sum.
void add_row(sqlite3_context* context, int n, sqlite3_value** values) {
    auto* sum = static_cast<Sum*>(sqlite3_aggregate_context(context, sizeof(Sum)));
    if (sum == nullptr) {
        sqlite3_result_error_nomem(context);
        return;
    }
    sum->add(row_sum(n, values));
}
void give_all(sqlite3_context* context) {
    const auto* sum = static_cast<const Sum*>(sqlite3_aggregate_context(context, 0));
    give(context, sum == nullptr ? Sum() : *sum);
}

void add_functions(const Database& database) {
    sqlite3* handle = database.handle();
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
    const auto add = [&](const char* name, auto function, auto step, auto final) {
        const int rc = sqlite3_create_function_v2(
            handle, name, -1, flags, nullptr, function, step, final, nullptr);
        ASSAY_CHECK(rc == SQLITE_OK);
    };
    add("contents_with", contents_with, nullptr, nullptr);
    add("contents_without", contents_without, nullptr, nullptr);
    add("contents_of", nullptr, add_row, give_all);
}

struct Table {
    std::string name;
    std::vector<std::string> columns;

    /// "NEW.a, NEW.b"
    [[nodiscard]] std::string list(std::string_view prefix) const {
        std::string out;
        for (const std::string& column : columns) {
            out += fmt::format("{}{}\"{}\"", out.empty() ? "" : ", ", prefix, column);
        }
        return out;
    }
    /// The accounts themselves are notes, and not part of what they account for.
    [[nodiscard]] std::string condition(std::string_view prefix) const {
        return name == "notes" ? fmt::format("{}key NOT GLOB 'contents *'", prefix) : "TRUE";
    }
};

std::vector<Table> tables_of(const Database& database) {
    std::vector<Table> out;
    Statement row = database.query(
        "SELECT t.name, c.name FROM main.sqlite_master t JOIN pragma_table_info(t.name) c "
        "WHERE t.type = 'table' AND t.name NOT GLOB 'sqlite_*' ORDER BY t.name, c.cid");
    while (row.step()) {
        if (out.empty() || out.back().name != row.bytes(0)) {
            out.push_back({row.bytes(0), {}});
        }
        out.back().columns.push_back(row.bytes(1));
    }
    return out;
}

std::string text_now(const Database& database, const Table& table) {
    Statement row = database.query(fmt::format("SELECT contents_of({}) FROM main.\"{}\" WHERE {}",
                                               table.list(""),
                                               table.name,
                                               table.condition("")));
    ASSAY_CHECK(row.step());
    return row.bytes(0);
}

void create_triggers(Database& database, const Table& table) {
    const auto create = [&](std::string_view event, std::string_view row, const std::string& sum) {
        database.execute_script(fmt::format(
            "CREATE TEMP TRIGGER contents_{0}_{1} AFTER {1} ON main.\"{0}\" WHEN {2} BEGIN "
            "UPDATE notes SET value = {3} WHERE key = '{4}{0}'; END",
            table.name,
            event,
            table.condition(row),
            sum,
            kNote));
    };
    const std::string without = fmt::format("contents_without(value, {})", table.list("OLD."));
    create("INSERT", "NEW.", fmt::format("contents_with(value, {})", table.list("NEW.")));
    create("DELETE", "OLD.", without);
    create("UPDATE", "NEW.", fmt::format("contents_with({}, {})", without, table.list("NEW.")));
}

std::optional<std::string> note_of(const Database& database, const std::string& key) {
    Statement row = database.query("SELECT value FROM notes WHERE key = ?1", key);
    return row.step() ? row.optional_bytes(0) : std::nullopt;
}

}  // namespace

void watch_contents(Database& database, bool anew) {
    add_functions(database);
    const std::vector<Table> tables = tables_of(database);
    {
        Transaction transaction(database);
        std::int64_t n_uncounted = 0;
        for (const Table& table : tables) {
            const std::string key = std::string(kNote) + table.name;
            if (!anew && note_of(database, key)) {
                continue;
            }
            const std::string text = text_now(database, table);
            n_uncounted += sum_of(text).n_rows;
            database.execute(
                "INSERT OR REPLACE INTO notes (key, value) VALUES (?1, ?2)", key, Blob(text));
        }
        if (!note_of(database, std::string(kContentsBegun))) {
            database.execute("INSERT INTO notes (key, value) VALUES (?1, ?2)",
                             kContentsBegun,
                             Blob(std::to_string(n_uncounted)));
        }
        transaction.commit();
    }
    // REPLACE tells the triggers of the row that goes only with recursive triggers.
    database.execute_script("PRAGMA recursive_triggers = ON; PRAGMA temp_store = MEMORY");
    for (const Table& table : tables) {
        create_triggers(database, table);
    }
}

Contents contents_now(const Database& database) {
    add_functions(database);
    Contents out;
    for (const Table& table : tables_of(database)) {
        out.emplace(table.name, text_now(database, table));
    }
    return out;
}

Contents contents_written(const Database& database) {
    Contents out;
    for (const Table& table : tables_of(database)) {
        if (const auto text = note_of(database, std::string(kNote) + table.name)) {
            out.emplace(table.name, *text);
        }
    }
    return out;
}

}  // namespace assay::store
