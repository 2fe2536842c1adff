// Comparisons, judges, and what they said.

#include <nlohmann/json.hpp>

#include "assay/base/result.hpp"
#include "assay/records/names.hpp"
#include "assay/store/impl.hpp"

namespace assay::store {
namespace {

constexpr std::string_view kSelectComparisons =
    "SELECT id, question_id, variant, baseline_answer_key, variant_answer_key, answers_sha256, "
    "variant_is_a, identical, variant_failed, order_index, presentation, repeat FROM comparisons";
constexpr std::string_view kSelectCurrent =
    "SELECT a.item_id, a.judge_key, a.judge_name, a.state, a.confidence, a.reasoning, a.raw, "
    "a.failure, "
    "a.prompt_sha256, a.model_version, a.n_prompt_tokens, a.n_reply_tokens, a.n_attempts, "
    "a.elapsed_ms, a.created_at, a.tags "
    "FROM verdicts v JOIN verdict_attempts a ON a.id = v.attempt_id WHERE v.judge_key = ?1 AND "
    "v.item_id = ?2";
constexpr std::string_view kSelectAllCurrent =
    "SELECT a.item_id, a.judge_key, a.judge_name, a.state, a.confidence, a.reasoning, a.raw, "
    "a.failure, "
    "a.prompt_sha256, a.model_version, a.n_prompt_tokens, a.n_reply_tokens, a.n_attempts, "
    "a.elapsed_ms, a.created_at, a.tags "
    "FROM verdicts v JOIN verdict_attempts a ON a.id = v.attempt_id WHERE v.judge_key = ?1 ORDER "
    "BY v.item_id";
constexpr std::string_view kSelectHistory =
    "SELECT a.item_id, a.judge_key, a.judge_name, a.state, a.confidence, a.reasoning, a.raw, "
    "a.failure, "
    "a.prompt_sha256, a.model_version, a.n_prompt_tokens, a.n_reply_tokens, a.n_attempts, "
    "a.elapsed_ms, a.created_at, a.tags "
    "FROM verdict_attempts a WHERE a.judge_key = ?1 AND a.item_id = ?2 ORDER BY a.id";

Comparison comparison_of(const Statement& row) {
    Comparison c;
    c.id = row.bytes(0);
    c.question_id = row.bytes(1);
    c.variant = row.bytes(2);
    c.baseline_answer_key = row.bytes(3);
    c.variant_answer_key = row.bytes(4);
    c.answers_sha256 = row.bytes(5);
    c.variant_is_a = row.boolean(6);
    c.identical = row.boolean(7);
    c.variant_failed = row.boolean(8);
    c.order_index = row.integer(9);
    c.order = static_cast<int>(row.integer(10));
    c.repeat = static_cast<int>(row.integer(11));
    return c;
}

/// The words of both lists as JSON; NULL: there are none.
std::optional<std::string> text_of(const std::optional<PairTags>& tags) {
    if (!tags) {
        return std::nullopt;
    }
    return nlohmann::json{{"a", words_of(tags->a)}, {"b", words_of(tags->b)}}.dump();
}

std::optional<PairTags> tags_of(const std::string& text) {
    const auto lists = nlohmann::json::parse(text);
    return pair_tags_of(tags_of_words(lists.at("a").get<std::vector<std::string>>()),
                        tags_of_words(lists.at("b").get<std::vector<std::string>>()));
}

VerdictRow verdict_of(const Statement& row) {
    VerdictRow result;
    result.item_id = row.bytes(0);
    result.judge_key = row.bytes(1);
    result.judge_name = row.bytes(2);
    const auto state = verdict_state_of(row.bytes(3));
    const auto confidence = confidence_of(row.bytes(4));
    ASSAY_CHECK(state && confidence);
    Verdict& v = result.verdict;
    v.item_id = result.item_id;
    v.state = *state;
    v.confidence = *confidence;
    v.reasoning = row.bytes(5);
    v.raw = row.bytes(6);
    v.failure = row.bytes(7);
    v.prompt_sha256 = row.bytes(8);
    v.model_version = row.bytes(9);
    v.n_prompt_tokens = row.integer(10);
    v.n_reply_tokens = row.integer(11);
    v.n_attempts = static_cast<int>(row.integer(12));
    v.elapsed_ms = row.real(13);
    result.created_at = row.bytes(14);
    if (const auto tags = row.optional_bytes(15)) {
        v.tags = tags_of(*tags);
    }
    return result;
}

std::vector<VerdictRow> verdicts_of(Statement&& row) {
    std::vector<VerdictRow> rows;
    while (row.step()) {
        rows.push_back(verdict_of(row));
    }
    return rows;
}

}  // namespace

void Store::save_comparisons(std::span<const Comparison> comparisons) {
    Database& db = impl_->database;
    Transaction transaction(db);
    for (const Comparison& c : comparisons) {
        db.execute("INSERT INTO items (id) VALUES (?1) ON CONFLICT (id) DO NOTHING", c.id);
        db.execute(
            "INSERT INTO comparisons (id, question_id, variant, baseline_answer_key, "
            "variant_answer_key, "
            "answers_sha256, variant_is_a, identical, variant_failed, order_index, presentation, "
            "repeat) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT (id) DO "
            "NOTHING",
            c.id,
            Blob(c.question_id),
            c.variant,
            c.baseline_answer_key,
            c.variant_answer_key,
            c.answers_sha256,
            c.variant_is_a,
            c.identical,
            c.variant_failed,
            c.order_index,
            c.order,
            c.repeat);
    }
    transaction.commit();
}

std::optional<Comparison> Store::comparison(std::string_view id) const {
    Statement row = impl_->database.query(std::string(kSelectComparisons) + " WHERE id = ?1", id);
    if (!row.step()) {
        return std::nullopt;
    }
    return comparison_of(row);
}

std::vector<Comparison> Store::comparisons() const {
    std::vector<Comparison> comparisons;
    Statement row = impl_->database.query(std::string(kSelectComparisons) + " ORDER BY id");
    while (row.step()) {
        comparisons.push_back(comparison_of(row));
    }
    return comparisons;
}

std::vector<Comparison> Store::comparisons(std::span<const std::string> ids) const {
    std::vector<Comparison> found;
    for (const std::string& id : ids) {
        if (auto c = comparison(id)) {
            found.push_back(std::move(*c));
        }
    }
    return found;
}

void Store::save_controls(std::span<const Control> controls) {
    Database& db = impl_->database;
    Transaction transaction(db);
    for (const Control& c : controls) {
        db.execute("INSERT INTO items (id) VALUES (?1) ON CONFLICT (id) DO NOTHING", c.id);
        db.execute(
            "INSERT INTO controls (id, kind, rank, variant, question_id, honest_answer_key, "
            "other_answer_key, honest_is_a, place, damage, other_text) VALUES "
            "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT (id) DO NOTHING",
            c.id,
            name_of(c.kind),
            c.rank,
            c.variant,
            Blob(c.question_id),
            c.honest_answer_key,
            c.other_answer_key,
            c.honest_is_a,
            c.place,
            c.damage ? name_of(*c.damage) : std::string_view(),
            Blob(c.other_text));
    }
    transaction.commit();
}

std::vector<Control> Store::controls() const {
    std::vector<Control> controls;
    Statement row = impl_->database.query(
        "SELECT id, kind, rank, variant, question_id, honest_answer_key, other_answer_key, "
        "honest_is_a, place, damage, other_text "
        "FROM controls ORDER BY kind, rank, id");
    while (row.step()) {
        const auto kind = control_kind_of(row.bytes(1));
        ASSAY_CHECK(kind);
        controls.push_back({.id = row.bytes(0),
                            .kind = *kind,
                            .rank = row.integer(2),
                            .variant = row.bytes(3),
                            .question_id = row.bytes(4),
                            .honest_answer_key = row.bytes(5),
                            .other_answer_key = row.bytes(6),
                            .honest_is_a = row.boolean(7),
                            .place = row.real(8),
                            .damage = damage_of(row.bytes(9)),
                            .other_text = row.bytes(10)});
    }
    return controls;
}

void Store::save_judge(std::string_view judge_key,
                       std::string_view name,
                       std::string_view identity_json) {
    impl_->database.execute(
        "INSERT INTO judges (key, name, identity) VALUES (?1, ?2, ?3) "
        "ON CONFLICT (key) DO UPDATE SET name = excluded.name, identity = excluded.identity",
        judge_key,
        name,
        identity_json);
}

std::vector<JudgeRow> Store::judges() const {
    std::vector<JudgeRow> judges;
    Statement row = impl_->database.query("SELECT key, name, identity FROM judges ORDER BY key");
    while (row.step()) {
        judges.push_back(
            {.key = row.bytes(0), .name = row.bytes(1), .identity_json = row.bytes(2)});
    }
    return judges;
}

void Store::save_verdict(const VerdictRow& row) {
    Database& db = impl_->database;
    const Verdict& v = row.verdict;
    Transaction transaction(db);
    db.execute(
        "INSERT INTO verdict_attempts (item_id, judge_key, judge_name, state, confidence, "
        "reasoning, raw, "
        "failure, prompt_sha256, model_version, n_prompt_tokens, n_reply_tokens, n_attempts, "
        "elapsed_ms, "
        "created_at, tags) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, "
        "?15, ?16)",
        row.item_id,
        row.judge_key,
        row.judge_name,
        name_of(v.state),
        name_of(v.confidence),
        Blob(v.reasoning),
        Blob(v.raw),
        Blob(v.failure),
        v.prompt_sha256,
        Blob(v.model_version),
        v.n_prompt_tokens,
        v.n_reply_tokens,
        v.n_attempts,
        v.elapsed_ms,
        row.created_at,
        Blob(text_of(v.tags)));
    db.execute(
        "INSERT OR REPLACE INTO verdicts (judge_key, item_id, attempt_id) "
        "VALUES (?1, ?2, last_insert_rowid())",
        row.judge_key,
        row.item_id);
    transaction.commit();
}

std::optional<VerdictRow> Store::verdict(std::string_view item_id,
                                         std::string_view judge_key) const {
    Statement row = impl_->database.query(kSelectCurrent, judge_key, item_id);
    if (!row.step()) {
        return std::nullopt;
    }
    return verdict_of(row);
}

std::vector<VerdictRow> Store::verdicts(std::string_view judge_key) const {
    return verdicts_of(impl_->database.query(kSelectAllCurrent, judge_key));
}

std::string Store::first_model_version(std::string_view judge_key) const {
    Statement row = impl_->database.query(
        "SELECT a.model_version FROM verdicts v JOIN verdict_attempts a ON a.id = v.attempt_id "
        "WHERE v.judge_key = ?1 AND length(a.model_version) > 0 ORDER BY a.id LIMIT 1",
        judge_key);
    return row.step() ? row.bytes(0) : std::string();
}

std::vector<VerdictRow> Store::verdict_history(std::string_view item_id,
                                               std::string_view judge_key) const {
    return verdicts_of(impl_->database.query(kSelectHistory, judge_key, item_id));
}

std::vector<std::string> Store::to_judge(std::span<const std::string> item_ids,
                                         std::string_view judge_key) const {
    std::vector<std::string> pending;
    for (const std::string& id : item_ids) {
        Statement row = impl_->database.query(
            "SELECT a.state FROM verdicts v JOIN verdict_attempts a ON a.id = v.attempt_id "
            "WHERE v.judge_key = ?1 AND v.item_id = ?2",
            judge_key,
            id);
        if (!row.step() || row.bytes(0) == name_of(VerdictState::kError)) {
            pending.push_back(id);
        }
    }
    return pending;
}

void Store::set_aside_verdicts(std::string_view judge_key) {
    impl_->database.execute("DELETE FROM verdicts WHERE judge_key = ?1", judge_key);
}

}  // namespace assay::store
