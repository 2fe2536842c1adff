#include "assay/base/result.hpp"
#include "assay/records/names.hpp"
#include "assay/store/impl.hpp"

namespace assay::store {
namespace {

constexpr std::string_view kSelectAnswers =
    "SELECT key, variant_name, model_sha256, question_id, text, tokens, stop_reason, failure, "
    "n_prompt_tokens, n_computed_tokens, prompt_sha256, messages_sha256, trace_sha256, "
    "n_contexts_used, contexts_cut, prefill_ms, decode_ms, created_at, n_told_tokens, "
    "n_verified_tokens, read_ms FROM answers";

// Little-endian on every machine, as the hashes of token ids are.
std::string tokens_to_bytes(std::span<const std::int32_t> tokens) {
    std::string bytes;
    bytes.reserve(tokens.size() * 4);
    for (const std::int32_t token : tokens) {
        const auto value = static_cast<std::uint32_t>(token);
        for (unsigned shift = 0; shift < 32; shift += 8) {
            bytes += static_cast<char>((value >> shift) & 0xFF);
        }
    }
    return bytes;
}

std::vector<std::int32_t> tokens_of_bytes(std::string_view bytes) {
    std::vector<std::int32_t> tokens;
    tokens.reserve(bytes.size() / 4);
    for (std::size_t i = 0; i + 4 <= bytes.size(); i += 4) {
        std::uint32_t value = 0;
        for (std::size_t k = 0; k < 4; ++k) {
            value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i + k]))
                     << (8 * k);
        }
        tokens.push_back(static_cast<std::int32_t>(value));
    }
    return tokens;
}

AnswerRow answer_of(const Statement& row) {
    AnswerRow result;
    result.key = row.bytes(0);
    result.variant_name = row.bytes(1);
    result.model_sha256 = row.bytes(2);
    Answer& answer = result.answer;
    answer.question_id = row.bytes(3);
    answer.text = row.bytes(4);
    answer.tokens = tokens_of_bytes(row.bytes(5));
    const auto stop_reason = stop_reason_of(row.bytes(6));
    ASSAY_CHECK(stop_reason.has_value());
    answer.stop_reason = *stop_reason;
    answer.failure = row.bytes(7);
    answer.n_prompt_tokens = row.integer(8);
    answer.n_computed_tokens = row.integer(9);
    answer.prompt_sha256 = row.bytes(10);
    answer.messages_sha256 = row.bytes(11);
    answer.trace_sha256 = row.bytes(12);
    answer.n_contexts_used = static_cast<int>(row.integer(13));
    answer.contexts_cut = row.boolean(14);
    answer.prefill_ms = row.real(15);
    answer.decode_ms = row.real(16);
    result.created_at = row.bytes(17);
    answer.n_told_tokens = row.integer(18);
    answer.n_verified_tokens = row.integer(19);
    answer.read_ms = row.real(20);
    return result;
}

}  // namespace

bool Store::has_answer(std::string_view key) const {
    return impl_->database.query("SELECT 1 FROM answers WHERE key = ?1", key).step();
}

std::vector<std::string> Store::missing_answers(std::span<const std::string> keys) const {
    std::vector<std::string> missing;
    for (const std::string& key : keys) {
        if (!has_answer(key)) {
            missing.push_back(key);
        }
    }
    return missing;
}

void Store::save_answer(const AnswerRow& row) {
    Database& db = impl_->database;
    const Answer& a = row.answer;
    Transaction transaction(db);
    // A comparison says of its answers that they are equal, or that one is missing: they may not
    // change under it.
    db.execute(
        "DELETE FROM answers WHERE key = ?1 AND stop_reason = ?2 AND NOT EXISTS (SELECT 1 FROM "
        "comparisons "
        "WHERE baseline_answer_key = ?1 OR variant_answer_key = ?1)",
        row.key,
        name_of(StopReason::kFailed));
    db.execute(
        "INSERT INTO answers (key, variant_name, model_sha256, question_id, text, tokens, "
        "stop_reason, failure, "
        "n_prompt_tokens, n_computed_tokens, prompt_sha256, messages_sha256, trace_sha256, "
        "n_contexts_used, "
        "contexts_cut, prefill_ms, decode_ms, created_at, n_told_tokens, n_verified_tokens, "
        "read_ms) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, "
        "?19, ?20, ?21) "
        "ON CONFLICT (key) DO NOTHING",
        row.key,
        row.variant_name,
        row.model_sha256,
        Blob(a.question_id),
        Blob(a.text),
        Blob(tokens_to_bytes(a.tokens)),
        name_of(a.stop_reason),
        Blob(a.failure),
        a.n_prompt_tokens,
        a.n_computed_tokens,
        a.prompt_sha256,
        a.messages_sha256,
        a.trace_sha256,
        a.n_contexts_used,
        a.contexts_cut,
        a.prefill_ms,
        a.decode_ms,
        row.created_at,
        a.n_told_tokens,
        a.n_verified_tokens,
        a.read_ms);
    transaction.commit();
}

std::optional<AnswerRow> Store::answer(std::string_view key) const {
    Statement row = impl_->database.query(std::string(kSelectAnswers) + " WHERE key = ?1", key);
    if (!row.step()) {
        return std::nullopt;
    }
    return answer_of(row);
}

std::vector<AnswerRow> Store::answers() const {
    std::vector<AnswerRow> answers;
    Statement row = impl_->database.query(std::string(kSelectAnswers) + " ORDER BY key");
    while (row.step()) {
        answers.push_back(answer_of(row));
    }
    return answers;
}

}  // namespace assay::store
