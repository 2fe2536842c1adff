// What the store says of itself: whether it is whole, and whether another hand changed it.

#include <fmt/format.h>

#include <charconv>

#include "assay/base/hash.hpp"
#include "assay/store/contents.hpp"
#include "assay/store/impl.hpp"

namespace assay::store {
namespace {

std::int64_t number_of(std::string_view text) {
    std::int64_t out = 0;
    std::from_chars(text.data(), text.data() + text.size(), out);
    return out;
}

std::vector<TableContents> rows_of(const Contents& contents) {
    std::vector<TableContents> out;
    for (const auto& [table, text] : contents) {
        out.push_back({table, number_of(text), text.substr(text.find(' ') + 1)});
    }
    return out;
}

/// Changes with every row that is written.
std::string state_of(const Database& database) {
    std::vector<std::string> fields;
    for (const auto& [table, text] : contents_written(database)) {
        fields.push_back(table);
        fields.push_back(text);
    }
    return sha256_of_fields(fields);
}

}  // namespace

std::vector<TableContents> Store::contents() const {
    return rows_of(contents_now(impl_->database));
}

std::vector<TableContents> Store::contents_as_written() const {
    return rows_of(contents_written(impl_->database));
}

std::int64_t Store::n_rows_before_account() const {
    return number_of(note(kContentsBegun).value_or("0"));
}

void Store::note_files_written(std::string_view rules) {
    put_note(kRulesShown, rules);
    put_note(kContentsShown, state_of(impl_->database));
}

std::optional<std::string> Store::rules_of_files() const {
    return note(kRulesShown);
}

std::optional<bool> Store::files_are_current() const {
    const auto shown = note(kContentsShown);
    return shown ? std::optional(*shown == state_of(impl_->database)) : std::nullopt;
}

std::vector<std::string> Store::damage() const {
    const Database& database = impl_->database;
    std::vector<std::string> out;
    Statement integrity = database.query("PRAGMA integrity_check");
    while (integrity.step()) {
        if (std::string line = integrity.bytes(0); line != "ok") {
            out.push_back(std::move(line));
        }
    }
    Statement reference = database.query("PRAGMA foreign_key_check");
    while (reference.step()) {
        out.push_back(fmt::format("a row of table {} refers to a row of {} that is not there",
                                  reference.bytes(0),
                                  reference.bytes(2)));
    }
    return out;
}

}  // namespace assay::store
