// What belongs to a plan: its questions and variants; and the lives of the engine.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "assay/base/result.hpp"
#include "assay/records/names.hpp"
#include "assay/store/impl.hpp"

namespace assay::store {
namespace {

std::string types_to_json(const std::map<std::string, int>& types) {
    // Names come from a foreign file's header: what is no UTF-8 is replaced instead of failing the
    // run.
    return nlohmann::json(types).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::map<std::string, int> types_of_json(const std::string& json) {
    return nlohmann::json::parse(json).get<std::map<std::string, int>>();
}

// Texts come from foreign files and servers.
std::string to_json(const std::optional<AnswersFile>& answers) {
    if (!answers) {
        return {};
    }
    return nlohmann::json{{"path", answers->path},
                          {"sha256", answers->sha256},
                          {"format", answers->format},
                          {"generator", answers->generator},
                          {"n_answers", answers->n_answers}}
        .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string to_json(const std::optional<ServedModel>& served) {
    if (!served) {
        return {};
    }
    nlohmann::json out{{"provider", served->provider},
                       {"address", served->address},
                       {"model", served->model},
                       {"digest", served->digest},
                       {"quantization", served->quantization},
                       {"server_version", served->server_version},
                       {"size_bytes", served->size_bytes},
                       {"server", served->server},
                       {"n_parameters", served->n_parameters},
                       {"chat_template", served->chat_template},
                       {"parameters", served->parameters}};
    for (const ServedAdapter& adapter : served->adapters) {
        out["adapters"].push_back(
            {{"id", adapter.id}, {"path", adapter.path}, {"scale", adapter.scale}});
    }
    return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::optional<AnswersFile> answers_of_json(const std::string& text) {
    if (text.empty()) {
        return std::nullopt;
    }
    const auto json = nlohmann::json::parse(text);
    return AnswersFile{json.at("path"),
                       json.at("sha256"),
                       json.at("format"),
                       json.at("generator"),
                       json.at("n_answers")};
}

std::optional<ServedModel> served_of_json(const std::string& text) {
    if (text.empty()) {
        return std::nullopt;
    }
    const auto json = nlohmann::json::parse(text);
    ServedModel out{json.at("provider"),
                    json.at("address"),
                    json.at("model"),
                    json.at("digest"),
                    json.at("quantization"),
                    json.at("server_version"),
                    json.at("size_bytes"),
                    json.at("server"),
                    json.at("n_parameters"),
                    json.at("chat_template"),
                    json.at("parameters")};
    if (json.contains("adapters")) {
        for (const auto& adapter : json.at("adapters")) {
            out.adapters.push_back({adapter.at("id"), adapter.at("path"), adapter.at("scale")});
        }
    }
    return out;
}

Variant variant_of(const Statement& row) {
    Variant variant;
    variant.name = row.bytes(0);
    variant.role = row.bytes(1) == name_of(Role::kBaseline) ? Role::kBaseline : Role::kVariant;
    variant.origin = row.bytes(2);
    variant.file.path = row.bytes(3);
    variant.file.sha256 = row.bytes(4);
    variant.file.size_bytes = static_cast<std::uint64_t>(row.integer(5));
    variant.file.tensor_bytes = static_cast<std::uint64_t>(row.integer(6));
    variant.file.n_weights = static_cast<std::uint64_t>(row.integer(7));
    variant.file.tensor_types = types_of_json(row.bytes(8));
    variant.file.architecture = row.bytes(9);
    variant.file.file_type = row.bytes(10);
    variant.file.context_length = row.integer(11);
    variant.file.n_layers = row.integer(12);
    variant.file.has_chat_template = row.boolean(13);
    variant.answers = answers_of_json(row.bytes(14));
    variant.served = served_of_json(row.bytes(15));
    return variant;
}

EngineSession session_of(const Statement& row) {
    EngineSession session;
    session.model_sha256 = row.bytes(0);
    session.engine = {.name = row.bytes(1),
                      .version = row.bytes(2),
                      .fingerprint = row.bytes(3),
                      .description = row.bytes(4)};
    session.n_parallel = static_cast<int>(row.integer(5));
    session.peak_memory_bytes = static_cast<std::uint64_t>(row.integer(6));
    session.saved_at = row.bytes(7);
    session.n_checked = row.integer(8);
    session.n_equal = row.integer(9);
    session.load_ms = row.real(10);
    return session;
}

/// What is as right as the expected answers is a note of the plan, and no column: a run whose
/// questions have none is read by an earlier assay, and one that an earlier assay made by this one.
std::string alternatives_note(std::string_view plan_sha256) {
    return fmt::format("alternatives of plan {}", plan_sha256);
}

void save_alternatives(Database& db,
                       std::string_view plan_sha256,
                       std::span<const Question> questions) {
    const std::string key = alternatives_note(plan_sha256);
    auto lists = nlohmann::json::array();
    bool any = false;
    for (const Question& question : questions) {
        lists.push_back(question.alternatives);
        any = any || !question.alternatives.empty();
    }
    db.execute("DELETE FROM notes WHERE key = ?1", key);
    if (any) {
        const std::string text = lists.dump(
            -1, ' ', false, nlohmann::json::error_handler_t::replace);
        db.execute("INSERT INTO notes (key, value) VALUES (?1, ?2)", key, Blob(text));
    }
}

void load_alternatives(const Database& db,
                       std::string_view plan_sha256,
                       std::vector<Question>& questions) {
    Statement row = db.query("SELECT value FROM notes WHERE key = ?1",
                             alternatives_note(plan_sha256));
    if (!row.step()) {
        return;
    }
    const auto lists = nlohmann::json::parse(row.bytes(0));
    for (std::size_t i = 0; i < questions.size(); ++i) {
        questions[i].alternatives = lists.at(i).get<std::vector<std::string>>();
    }
}

}  // namespace

void Store::save_questions(std::string_view plan_sha256, std::span<const Question> questions) {
    Database& db = impl_->database;
    Transaction transaction(db);
    db.execute("DELETE FROM questions WHERE plan_sha256 = ?1",
               plan_sha256);  // their contexts go with them
    save_alternatives(db, plan_sha256, questions);
    for (std::size_t i = 0; i < questions.size(); ++i) {
        const Question& q = questions[i];
        db.execute(
            "INSERT INTO questions (plan_sha256, position, id, text, expected, cluster, place) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            plan_sha256,
            i,
            Blob(q.id),
            Blob(q.text),
            Blob(q.expected),
            Blob(q.cluster),
            Blob(q.place));
        for (std::size_t j = 0; j < q.contexts.size(); ++j) {
            db.execute(
                "INSERT INTO question_contexts (plan_sha256, question_position, position, text) "
                "VALUES (?1, ?2, ?3, ?4)",
                plan_sha256,
                i,
                j,
                Blob(q.contexts[j]));
        }
    }
    transaction.commit();
}

std::vector<Question> Store::questions(std::string_view plan_sha256) const {
    const Database& db = impl_->database;
    std::vector<Question> questions;
    Statement row = db.query(
        "SELECT id, text, expected, cluster, place FROM questions WHERE plan_sha256 = ?1 ORDER BY "
        "position",
        plan_sha256);
    while (row.step()) {
        Question q;
        q.id = row.bytes(0);
        q.text = row.bytes(1);
        q.expected = row.optional_bytes(2);
        q.cluster = row.optional_bytes(3);
        q.place = row.bytes(4);
        questions.push_back(std::move(q));
    }
    Statement context = db.query(
        "SELECT question_position, text FROM question_contexts WHERE plan_sha256 = ?1 "
        "ORDER BY question_position, position",
        plan_sha256);
    while (context.step()) {
        questions.at(static_cast<std::size_t>(context.integer(0)))
            .contexts.push_back(context.bytes(1));
    }
    load_alternatives(db, plan_sha256, questions);
    return questions;
}

void Store::save_variant(std::string_view plan_sha256, const Variant& variant, int position) {
    const ModelFile& file = variant.file;
    impl_->database.execute(
        "INSERT OR REPLACE INTO variants (plan_sha256, position, name, role, recipe, path, sha256, "
        "size_bytes, "
        "tensor_bytes, n_weights, tensor_types, architecture, file_type, context_length, n_layers, "
        "has_chat_template, "
        "answers, served) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, "
        "?15, ?16, ?17, ?18)",
        plan_sha256,
        position,
        variant.name,
        name_of(variant.role),
        variant.origin,
        Blob(file.path),
        file.sha256,
        file.size_bytes,
        file.tensor_bytes,
        file.n_weights,
        types_to_json(file.tensor_types),
        Blob(file.architecture),
        Blob(file.file_type),
        file.context_length,
        file.n_layers,
        file.has_chat_template,
        Blob(to_json(variant.answers)),
        Blob(to_json(variant.served)));
}

std::vector<Variant> Store::variants(std::string_view plan_sha256) const {
    std::vector<Variant> variants;
    Statement row = impl_->database.query(
        "SELECT name, role, recipe, path, sha256, size_bytes, tensor_bytes, n_weights, "
        "tensor_types, architecture, "
        "file_type, context_length, n_layers, has_chat_template, answers, served FROM variants "
        "WHERE plan_sha256 = ?1 ORDER BY position",
        plan_sha256);
    while (row.step()) {
        variants.push_back(variant_of(row));
    }
    return variants;
}

void Store::save_session(const EngineSession& session) {
    const EngineInfo& engine = session.engine;
    impl_->database.execute(
        "INSERT INTO engine_sessions (model_sha256, engine_name, engine_version, "
        "engine_fingerprint, "
        "engine_description, n_parallel, peak_memory_bytes, saved_at, n_checked, n_equal, "
        "load_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        session.model_sha256,
        engine.name,
        engine.version,
        engine.fingerprint,
        engine.description,
        session.n_parallel,
        session.peak_memory_bytes,
        session.saved_at,
        session.n_checked,
        session.n_equal,
        session.load_ms);
}

std::vector<EngineSession> Store::sessions(std::string_view model_sha256) const {
    std::vector<EngineSession> sessions;
    Statement row = impl_->database.query(
        "SELECT model_sha256, engine_name, engine_version, engine_fingerprint, engine_description, "
        "n_parallel, "
        "peak_memory_bytes, saved_at, n_checked, n_equal, load_ms FROM engine_sessions "
        "WHERE model_sha256 = ?1 ORDER BY id",
        model_sha256);
    while (row.step()) {
        sessions.push_back(session_of(row));
    }
    return sessions;
}

}  // namespace assay::store
