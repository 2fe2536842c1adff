// A row for each token of an answer whose server told of it, and for each of its candidates.

#include <cmath>

#include "assay/base/result.hpp"
#include "assay/store/impl.hpp"

namespace assay::store {
namespace {

constexpr std::string_view kInsert =
    "INSERT INTO told_tokens (told_answer_id, position, rank, bytes, log_prob) "
    "VALUES (?1, ?2, ?3, ?4, ?5)";
constexpr std::string_view kSelect =
    "SELECT t.rank, t.bytes, t.log_prob FROM told_tokens t "
    "JOIN told_answers a ON a.id = t.told_answer_id WHERE a.answer_key = ?1 "
    "ORDER BY t.position, t.rank";

void insert_token(Database& db, std::int64_t answer, std::size_t position, const ToldToken& token) {
    ASSAY_CHECK(std::isfinite(token.log_prob));
    db.execute(kInsert, answer, position, 0, Blob(token.bytes), token.log_prob);
    for (std::size_t i = 0; i < token.candidates.size(); ++i) {
        const ToldCandidate& candidate = token.candidates[i];
        ASSAY_CHECK(std::isfinite(candidate.log_prob));
        db.execute(kInsert, answer, position, i + 1, Blob(candidate.bytes), candidate.log_prob);
    }
}

}  // namespace

void Store::save_told_tokens(std::string_view answer_key, std::span<const ToldToken> tokens) {
    Database& db = impl_->database;
    ASSAY_CHECK(!tokens.empty());
    Transaction transaction(db);
    if (!db.query("SELECT 1 FROM told_answers WHERE answer_key = ?1", answer_key).step()) {
        db.execute("INSERT INTO told_answers (answer_key) VALUES (?1)", answer_key);
        const std::int64_t answer = db.number("SELECT last_insert_rowid()");
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            insert_token(db, answer, i, tokens[i]);
        }
    }
    transaction.commit();
}

std::vector<ToldToken> Store::told_tokens(std::string_view answer_key) const {
    std::vector<ToldToken> out;
    Statement row = impl_->database.query(kSelect, answer_key);
    while (row.step()) {
        if (row.integer(0) == 0) {
            out.push_back({row.bytes(1), row.real(2), {}});
        } else if (!out.empty()) {
            out.back().candidates.push_back({row.bytes(1), row.real(2)});
        }
    }
    return out;
}

}  // namespace assay::store
