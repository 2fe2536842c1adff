#include "assay/store/text_index.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include "assay/store/database.hpp"

namespace assay::store {

TextIndex::TextIndex() : database_(std::make_unique<Database>(":memory:", OpenMode::kReadWrite)) {
    // The texts themselves are not kept: only their words are searched.
    database_->execute_script(fmt::format(
        "CREATE VIRTUAL TABLE texts USING fts5(text, content='', tokenize='{}')", kTokenizer));
}

TextIndex::~TextIndex() = default;

void TextIndex::add_all(std::size_t n, const std::function<std::string(std::size_t)>& text_of) {
    Transaction transaction(*database_);
    for (std::size_t i = 0; i < n; ++i) {
        database_->execute("INSERT INTO texts (rowid, text) VALUES (?1, ?2)",
                           static_cast<std::int64_t>(i),
                           text_of(i));
    }
    transaction.commit();
    // One segment: the index is searched for each question, and never written again.
    database_->execute_script("INSERT INTO texts (texts) VALUES ('optimize')");
}

std::vector<TextIndex::Match> TextIndex::best(std::span<const std::string> words,
                                              std::int64_t most) const {
    std::string query;
    for (const std::string& word : words) {
        query += fmt::format("{}\"{}\"", query.empty() ? "" : " OR ", word);
    }
    std::vector<Match> out;
    if (query.empty()) {
        return out;
    }
    Statement rows = database_->query(
        "SELECT rowid, -rank FROM texts WHERE texts MATCH ?1 ORDER BY rank, rowid LIMIT ?2",
        query,
        most);
    while (rows.step()) {
        out.push_back({rows.integer(0), rows.real(1)});
    }
    return out;
}

std::string TextIndex::version() {
    return sqlite3_libversion();
}

}  // namespace assay::store
