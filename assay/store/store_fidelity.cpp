// A row for each answer that a variant read, and a row for each of its tokens (docs/fidelity.md has
// queries that a person may ask of them).

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "assay/base/result.hpp"
#include "assay/store/impl.hpp"

namespace assay::store {
namespace {

constexpr std::string_view kInsertWithoutDivergence =
    "INSERT INTO answer_fidelity (baseline_key, variant_key, question_id, created_at) "
    "VALUES (?1, ?2, ?3, ?4)";
constexpr std::string_view kInsertWithDivergence =
    "INSERT INTO answer_fidelity (baseline_key, variant_key, question_id, created_at, "
    "divergence_position, divergence_token_baseline, divergence_token_variant, "
    "divergence_text_baseline, divergence_text_variant, baseline_probability_of_baseline_token, "
    "variant_probability_of_baseline_token, baseline_probability_of_variant_token, "
    "variant_probability_of_variant_token) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
constexpr std::string_view kInsertToken =
    "INSERT INTO token_fidelity (answer_fidelity_id, position, token, top_baseline, top_variant, "
    "kld, log_prob_baseline, log_prob_variant, rank, entropy_baseline, entropy_variant) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
constexpr std::string_view kSelectAnswer =
    "SELECT id, question_id, divergence_position IS NOT NULL, divergence_position, "
    "divergence_token_baseline, divergence_token_variant, divergence_text_baseline, "
    "divergence_text_variant, baseline_probability_of_baseline_token, "
    "variant_probability_of_baseline_token, baseline_probability_of_variant_token, "
    "variant_probability_of_variant_token "
    "FROM answer_fidelity WHERE baseline_key = ?1 AND variant_key = ?2";
constexpr std::string_view kSelectTokens =
    "SELECT token, top_baseline, top_variant, kld, log_prob_baseline, log_prob_variant, rank, "
    "entropy_baseline, entropy_variant FROM token_fidelity WHERE answer_fidelity_id = ?1 "
    "ORDER BY position";

bool all_finite(std::initializer_list<double> values) {
    return std::all_of(
        values.begin(), values.end(), [](double value) { return std::isfinite(value); });
}

void insert_answer(Database& db, const FidelityRecord& record) {
    const AnswerFidelity& fidelity = record.fidelity;
    if (!fidelity.divergence) {
        db.execute(kInsertWithoutDivergence,
                   record.baseline_key,
                   record.variant_key,
                   Blob(fidelity.question_id),
                   record.created_at);
        return;
    }
    const Divergence& divergence = *fidelity.divergence;
    ASSAY_CHECK(all_finite({divergence.baseline_of_baseline,
                            divergence.variant_of_baseline,
                            divergence.baseline_of_variant,
                            divergence.variant_of_variant}));
    db.execute(kInsertWithDivergence,
               record.baseline_key,
               record.variant_key,
               Blob(fidelity.question_id),
               record.created_at,
               divergence.position,
               divergence.token_baseline,
               divergence.token_variant,
               Blob(divergence.text_baseline),
               Blob(divergence.text_variant),
               divergence.baseline_of_baseline,
               divergence.variant_of_baseline,
               divergence.baseline_of_variant,
               divergence.variant_of_variant);
}

void insert_token(Database& db, std::int64_t answer, std::size_t position, const TokenFidelity& t) {
    ASSAY_CHECK(all_finite(
        {t.kld, t.log_prob_baseline, t.log_prob_variant, t.entropy_baseline, t.entropy_variant}));
    db.execute(kInsertToken,
               answer,
               position,
               t.token,
               t.top_baseline,
               t.top_variant,
               t.kld,
               t.log_prob_baseline,
               t.log_prob_variant,
               t.rank,
               t.entropy_baseline,
               t.entropy_variant);
}

Divergence divergence_of(const Statement& row) {
    Divergence out;
    out.position = static_cast<int>(row.integer(3));
    out.token_baseline = static_cast<std::int32_t>(row.integer(4));
    out.token_variant = static_cast<std::int32_t>(row.integer(5));
    out.text_baseline = row.bytes(6);
    out.text_variant = row.bytes(7);
    out.baseline_of_baseline = row.real(8);
    out.variant_of_baseline = row.real(9);
    out.baseline_of_variant = row.real(10);
    out.variant_of_variant = row.real(11);
    return out;
}

TokenFidelity token_of(const Statement& row) {
    TokenFidelity out;
    out.token = static_cast<std::int32_t>(row.integer(0));
    out.top_baseline = static_cast<std::int32_t>(row.integer(1));
    out.top_variant = static_cast<std::int32_t>(row.integer(2));
    out.kld = row.real(3);
    out.log_prob_baseline = row.real(4);
    out.log_prob_variant = row.real(5);
    out.rank = static_cast<int>(row.integer(6));
    out.entropy_baseline = row.real(7);
    out.entropy_variant = row.real(8);
    return out;
}

}  // namespace

void Store::save_fidelity(const FidelityRecord& record) {
    Database& db = impl_->database;
    ASSAY_CHECK(!record.fidelity.tokens.empty());
    Transaction transaction(db);
    if (!has_fidelity(record.baseline_key, record.variant_key)) {
        insert_answer(db, record);
        const std::int64_t answer = db.number("SELECT last_insert_rowid()");
        for (std::size_t i = 0; i < record.fidelity.tokens.size(); ++i) {
            insert_token(db, answer, i, record.fidelity.tokens[i]);
        }
    }
    transaction.commit();
}

std::optional<AnswerFidelity> Store::fidelity(std::string_view baseline_key,
                                              std::string_view variant_key) const {
    const Database& db = impl_->database;
    AnswerFidelity out;
    std::int64_t answer = 0;
    {
        Statement row = db.query(kSelectAnswer, baseline_key, variant_key);
        if (!row.step()) {
            return std::nullopt;
        }
        answer = row.integer(0);
        out.question_id = row.bytes(1);
        if (row.boolean(2)) {
            out.divergence = divergence_of(row);
        }
    }
    Statement row = db.query(kSelectTokens, answer);
    while (row.step()) {
        out.tokens.push_back(token_of(row));
    }
    return out;
}

bool Store::has_fidelity(std::string_view baseline_key, std::string_view variant_key) const {
    return impl_->database
        .query("SELECT 1 FROM answer_fidelity WHERE baseline_key = ?1 AND variant_key = ?2",
               baseline_key,
               variant_key)
        .step();
}

}  // namespace assay::store
