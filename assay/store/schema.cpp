#include "assay/store/schema.hpp"

#include <fmt/format.h>

#include <array>

#include "assay/base/result.hpp"

namespace assay::store {
namespace {

constexpr std::int64_t kApplicationId = 0x61737379;  // "assy", in the header of the file

// Text that may be no valid UTF-8 (answers, replies, dataset, paths) is BLOB. STRICT tables: a
// value of another type is an error, not a surprise later.
constexpr std::string_view kVersion1 = R"sql(
CREATE TABLE plans (
    sha256 TEXT PRIMARY KEY,
    json BLOB NOT NULL,
    margin REAL NOT NULL,
    alpha REAL NOT NULL,
    n_questions INTEGER NOT NULL
) STRICT;

CREATE TABLE plan_history (
    position INTEGER PRIMARY KEY,
    plan_sha256 TEXT NOT NULL REFERENCES plans (sha256),
    created_at TEXT NOT NULL
) STRICT;

-- One row: what was in force when the first verdict was stored.
CREATE TABLE frozen_analysis (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    margin REAL NOT NULL,
    alpha REAL NOT NULL
) STRICT;

CREATE TABLE file_hashes (
    path BLOB PRIMARY KEY,
    size_bytes INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    sha256 TEXT NOT NULL
) STRICT;

CREATE TABLE questions (
    plan_sha256 TEXT NOT NULL REFERENCES plans (sha256),
    position INTEGER NOT NULL,
    id BLOB NOT NULL,
    text BLOB NOT NULL,
    expected BLOB,
    cluster BLOB,
    place BLOB NOT NULL,
    PRIMARY KEY (plan_sha256, position),
    UNIQUE (plan_sha256, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE question_contexts (
    plan_sha256 TEXT NOT NULL,
    question_position INTEGER NOT NULL,
    position INTEGER NOT NULL,
    text BLOB NOT NULL,
    PRIMARY KEY (plan_sha256, question_position, position),
    FOREIGN KEY (plan_sha256, question_position) REFERENCES questions (plan_sha256, position) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE variants (
    plan_sha256 TEXT NOT NULL REFERENCES plans (sha256),
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    recipe TEXT NOT NULL,
    path BLOB NOT NULL,
    sha256 TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    tensor_bytes INTEGER NOT NULL,
    n_weights INTEGER NOT NULL,
    tensor_types TEXT NOT NULL,  -- JSON: {type: number of tensors}
    architecture BLOB NOT NULL,
    file_type BLOB NOT NULL,
    context_length INTEGER NOT NULL,
    n_layers INTEGER NOT NULL,
    has_chat_template INTEGER NOT NULL,
    PRIMARY KEY (plan_sha256, position),
    UNIQUE (plan_sha256, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE engine_sessions (
    id INTEGER PRIMARY KEY,
    model_sha256 TEXT NOT NULL,
    engine_name TEXT NOT NULL,
    engine_version TEXT NOT NULL,
    engine_fingerprint TEXT NOT NULL,
    engine_description TEXT NOT NULL,
    n_parallel INTEGER NOT NULL,
    peak_memory_bytes INTEGER NOT NULL,
    saved_at TEXT NOT NULL,
    n_checked INTEGER NOT NULL,
    n_equal INTEGER NOT NULL
) STRICT;
CREATE INDEX engine_sessions_by_model ON engine_sessions (model_sha256);

CREATE TABLE answers (
    key TEXT PRIMARY KEY,
    variant_name TEXT NOT NULL,
    model_sha256 TEXT NOT NULL,
    question_id BLOB NOT NULL,
    text BLOB NOT NULL,
    tokens BLOB NOT NULL,  -- little-endian int32
    stop_reason TEXT NOT NULL,
    failure BLOB NOT NULL,
    n_prompt_tokens INTEGER NOT NULL,
    n_computed_tokens INTEGER NOT NULL,
    prompt_sha256 TEXT NOT NULL,
    messages_sha256 TEXT NOT NULL,
    trace_sha256 TEXT NOT NULL,
    n_contexts_used INTEGER NOT NULL,
    contexts_cut INTEGER NOT NULL,
    prefill_ms REAL NOT NULL,
    decode_ms REAL NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE comparisons (
    id TEXT PRIMARY KEY,
    question_id BLOB NOT NULL,
    variant TEXT NOT NULL,
    baseline_answer_key TEXT NOT NULL REFERENCES answers (key),
    variant_answer_key TEXT NOT NULL REFERENCES answers (key),
    answers_sha256 TEXT NOT NULL,
    variant_is_a INTEGER NOT NULL,
    identical INTEGER NOT NULL,
    variant_failed INTEGER NOT NULL,
    order_index INTEGER NOT NULL
) STRICT;
CREATE INDEX comparisons_by_baseline_answer ON comparisons (baseline_answer_key);
CREATE INDEX comparisons_by_variant_answer ON comparisons (variant_answer_key);

CREATE TABLE judges (
    key TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    identity TEXT NOT NULL
) STRICT;

-- Everything that was ever said; `verdicts` names the attempts that count.
CREATE TABLE verdict_attempts (
    id INTEGER PRIMARY KEY,
    comparison_id TEXT NOT NULL REFERENCES comparisons (id),
    judge_key TEXT NOT NULL REFERENCES judges (key),
    judge_name TEXT NOT NULL,
    state TEXT NOT NULL,
    confidence TEXT NOT NULL,
    reasoning BLOB NOT NULL,
    raw BLOB NOT NULL,
    failure BLOB NOT NULL,
    prompt_sha256 TEXT NOT NULL,
    model_version BLOB NOT NULL,
    n_prompt_tokens INTEGER NOT NULL,
    n_reply_tokens INTEGER NOT NULL,
    n_attempts INTEGER NOT NULL,
    elapsed_ms REAL NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX verdict_attempts_by_comparison ON verdict_attempts (comparison_id, judge_key);

CREATE TABLE verdicts (
    judge_key TEXT NOT NULL REFERENCES judges (key),
    comparison_id TEXT NOT NULL REFERENCES comparisons (id),
    attempt_id INTEGER NOT NULL REFERENCES verdict_attempts (id),
    PRIMARY KEY (judge_key, comparison_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE notes (
    key TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;
)sql";

// Controls, and verdicts that may be of a comparison or of a control: `items` is everything that a
// judge can be asked about.
constexpr std::string_view kVersion2 = R"sql(
CREATE TABLE items (
    id TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
INSERT INTO items SELECT id FROM comparisons;

CREATE TABLE controls (
    id TEXT PRIMARY KEY REFERENCES items (id),
    kind TEXT NOT NULL,
    rank INTEGER NOT NULL,
    variant TEXT NOT NULL,
    question_id BLOB NOT NULL,
    honest_answer_key TEXT NOT NULL REFERENCES answers (key),
    other_answer_key TEXT NOT NULL REFERENCES answers (key),
    honest_is_a INTEGER NOT NULL,
    place REAL NOT NULL
) STRICT;

CREATE TABLE new_verdict_attempts (
    id INTEGER PRIMARY KEY,
    item_id TEXT NOT NULL REFERENCES items (id),
    judge_key TEXT NOT NULL REFERENCES judges (key),
    judge_name TEXT NOT NULL,
    state TEXT NOT NULL,
    confidence TEXT NOT NULL,
    reasoning BLOB NOT NULL,
    raw BLOB NOT NULL,
    failure BLOB NOT NULL,
    prompt_sha256 TEXT NOT NULL,
    model_version BLOB NOT NULL,
    n_prompt_tokens INTEGER NOT NULL,
    n_reply_tokens INTEGER NOT NULL,
    n_attempts INTEGER NOT NULL,
    elapsed_ms REAL NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
INSERT INTO new_verdict_attempts SELECT * FROM verdict_attempts;

CREATE TABLE new_verdicts (
    judge_key TEXT NOT NULL REFERENCES judges (key),
    item_id TEXT NOT NULL REFERENCES items (id),
    attempt_id INTEGER NOT NULL REFERENCES new_verdict_attempts (id),
    PRIMARY KEY (judge_key, item_id)
) STRICT, WITHOUT ROWID;
INSERT INTO new_verdicts SELECT * FROM verdicts;

DROP TABLE verdicts;
DROP TABLE verdict_attempts;
ALTER TABLE new_verdict_attempts RENAME TO verdict_attempts;
ALTER TABLE new_verdicts RENAME TO verdicts;
CREATE INDEX verdict_attempts_by_item ON verdict_attempts (item_id, judge_key);
)sql";

// Both orders of a pair, and pairs that are asked once more.
constexpr std::string_view kVersion3 = R"sql(
ALTER TABLE comparisons ADD COLUMN presentation INTEGER NOT NULL DEFAULT 0;
ALTER TABLE comparisons ADD COLUMN repeat INTEGER NOT NULL DEFAULT 0;
)sql";

// Variants without a GGUF file of ours: what is known of them as JSON, empty where it does not
// apply. An answer's length where a server told it.
constexpr std::string_view kVersion4 = R"sql(
ALTER TABLE variants ADD COLUMN answers BLOB NOT NULL DEFAULT x'';
ALTER TABLE variants ADD COLUMN served BLOB NOT NULL DEFAULT x'';
ALTER TABLE answers ADD COLUMN n_told_tokens INTEGER NOT NULL DEFAULT 0;
)sql";

// What a judge noticed in each answer, as JSON; NULL: it was not asked, or did not say.
constexpr std::string_view kVersion5 = R"sql(
ALTER TABLE verdict_attempts ADD COLUMN tags BLOB;
)sql";

// Controls whose other answer was altered: what was made wrong, and the text that is shown.
constexpr std::string_view kVersion6 = R"sql(
ALTER TABLE controls ADD COLUMN damage TEXT NOT NULL DEFAULT '';
ALTER TABLE controls ADD COLUMN other_text BLOB NOT NULL DEFAULT x'';
)sql";

// How far a variant is from the baseline on the baseline's own answers (docs/fidelity.md). The
// variant's answer may be saved later than what it read, and a failed one gives way to another: so
// its key is no reference. Columns of the divergence are NULL where there is none.
constexpr std::string_view kVersion7 = R"sql(
CREATE TABLE answer_fidelity (
    id INTEGER PRIMARY KEY,
    baseline_key TEXT NOT NULL REFERENCES answers (key),
    variant_key TEXT NOT NULL,
    question_id BLOB NOT NULL,
    divergence_position INTEGER,
    divergence_token_baseline INTEGER,
    divergence_token_variant INTEGER,
    divergence_text_baseline BLOB,
    divergence_text_variant BLOB,
    baseline_probability_of_baseline_token REAL,
    variant_probability_of_baseline_token REAL,
    baseline_probability_of_variant_token REAL,
    variant_probability_of_variant_token REAL,
    created_at TEXT NOT NULL,
    UNIQUE (baseline_key, variant_key)
) STRICT;

CREATE TABLE token_fidelity (
    answer_fidelity_id INTEGER NOT NULL REFERENCES answer_fidelity (id),
    position INTEGER NOT NULL,  -- from 0
    token INTEGER NOT NULL,
    top_baseline INTEGER NOT NULL,
    top_variant INTEGER NOT NULL,
    kld REAL NOT NULL,
    log_prob_baseline REAL NOT NULL,
    log_prob_variant REAL NOT NULL,
    rank INTEGER NOT NULL,
    entropy_baseline REAL NOT NULL,
    entropy_variant REAL NOT NULL,
    PRIMARY KEY (answer_fidelity_id, position)
) STRICT, WITHOUT ROWID;

ALTER TABLE answers ADD COLUMN n_verified_tokens INTEGER NOT NULL DEFAULT 0;
ALTER TABLE answers ADD COLUMN read_ms REAL NOT NULL DEFAULT 0;
)sql";

// What servers told of the tokens that they wrote: rank 0 is the token that was written, from 1 on
// come the likeliest ones (docs/fidelity.md, "Served models").
constexpr std::string_view kVersion8 = R"sql(
CREATE TABLE told_answers (
    id INTEGER PRIMARY KEY,
    answer_key TEXT NOT NULL UNIQUE REFERENCES answers (key)
) STRICT;

CREATE TABLE told_tokens (
    told_answer_id INTEGER NOT NULL REFERENCES told_answers (id),
    position INTEGER NOT NULL,  -- from 0
    rank INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    log_prob REAL NOT NULL,
    PRIMARY KEY (told_answer_id, position, rank)
) STRICT, WITHOUT ROWID;
)sql";

// How long a model took to load; 0: not measured.
constexpr std::string_view kVersion9 = R"sql(
ALTER TABLE engine_sessions ADD COLUMN load_ms REAL NOT NULL DEFAULT 0;
)sql";

constexpr std::array<std::string_view, 9> kMigrations{kVersion1,
                                                      kVersion2,
                                                      kVersion3,
                                                      kVersion4,
                                                      kVersion5,
                                                      kVersion6,
                                                      kVersion7,
                                                      kVersion8,
                                                      kVersion9};

}  // namespace

std::span<const std::string_view> migrations() {
    return kMigrations;
}

std::int64_t checked_version(const Database& database, std::size_t n_known) {
    const std::int64_t version = database.number("PRAGMA user_version");
    const bool is_new = database.number("SELECT count(*) FROM sqlite_master") == 0 && version == 0;
    const std::string place = database.path().string();
    if (!is_new && database.number("PRAGMA application_id") != kApplicationId) {
        throw_operational(
            "is an SQLite file of another program", place, "Move it away, or use another --run");
    }
    if (version > static_cast<std::int64_t>(n_known)) {
        throw_operational(
            fmt::format(
                "has schema version {}, and this assay knows versions up to {}", version, n_known),
            place,
            "Use the newer assay that wrote it, or another --run");
    }
    return version;
}

void migrate(Database& database, std::span<const std::string_view> known) {
    for (auto i = static_cast<std::size_t>(checked_version(database, known.size()));
         i < known.size();
         ++i) {
        Transaction transaction(database);
        database.execute_script(known[i]);
        database.execute_script(fmt::format(
            "PRAGMA application_id = {}; PRAGMA user_version = {}", kApplicationId, i + 1));
        transaction.commit();
    }
}

}  // namespace assay::store
