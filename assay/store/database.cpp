#include "assay/store/database.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cctype>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <system_error>

#include "assay/base/result.hpp"

namespace assay::store {
namespace {

constexpr int kBusyTimeoutMs = 5000;

constexpr const char*
    kFreeSpace = "Nothing that was stored is lost; free some space and run the same command again";
constexpr const char* kMakeWritable =
    "Nothing that was stored is lost; make the folder writable and run the same command again";
constexpr const char* kDamaged = "Move the file away to start anew, or use another --run";

/// `file:` URI of a path, everything but unreserved characters and '/' escaped.
std::string immutable_uri(const std::string& path) {
    std::string uri = "file:";
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (byte < 0x80 && std::isalnum(byte) != 0) ||
                           std::strchr("/._-~", c) != nullptr;
        uri += plain && c != '\0' ? std::string(1, c) : fmt::format("%{:02X}", byte);
    }
    return uri + "?immutable=1";
}

}  // namespace

Statement::~Statement() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

bool Statement::step() {
    const int rc = sqlite3_step(statement_);
    if (rc == SQLITE_ROW) {
        return true;
    }
    if (rc == SQLITE_DONE) {
        return false;
    }
    database_.raise();
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_, column);
}

double Statement::real(int column) const {
    return sqlite3_column_double(statement_, column);
}

std::string Statement::bytes(int column) const {
    const void* data = sqlite3_column_blob(statement_, column);
    const int size = sqlite3_column_bytes(statement_, column);
    return size == 0 ? std::string()
                     : std::string(static_cast<const char*>(data), static_cast<std::size_t>(size));
}

std::optional<std::string> Statement::optional_bytes(int column) const {
    if (sqlite3_column_type(statement_, column) == SQLITE_NULL) {
        return std::nullopt;
    }
    return bytes(column);
}

void Statement::bind_integer(int index, std::int64_t value) {
    if (sqlite3_bind_int64(statement_, index, value) != SQLITE_OK) {
        database_.raise();
    }
}

void Statement::bind_real(int index, double value) {
    ASSAY_CHECK(!std::isnan(value));  // SQLite would store NULL
    if (sqlite3_bind_double(statement_, index, value) != SQLITE_OK) {
        database_.raise();
    }
}

void Statement::bind_text(int index, std::string_view value) {
    // A null pointer would bind NULL, and an empty string_view may hold one.
    const char* data = value.empty() ? "" : value.data();
    if (sqlite3_bind_text64(statement_, index, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8) !=
        SQLITE_OK) {
        database_.raise();
    }
}

void Statement::bind_blob(int index, std::optional<std::string_view> value) {
    if (!value) {
        return;  // unbound is NULL
    }
    const char* data = value->empty() ? "" : value->data();
    if (sqlite3_bind_blob64(statement_, index, data, value->size(), SQLITE_TRANSIENT) !=
        SQLITE_OK) {
        database_.raise();
    }
}

Database::Database(std::filesystem::path path, OpenMode mode) : path_(std::move(path)) {
    try {
        open_handle(mode);
        if (mode == OpenMode::kReadOnly && reads_only_as_immutable()) {
            close();
            open_immutable();
        }
        // the first look into the file: is it one of SQLite's?
        static_cast<void>(number("PRAGMA schema_version"));
    } catch (...) {
        close();
        throw;
    }
}

Database::~Database() {
    close();
}

void Database::open_handle(OpenMode mode) {
    const int flags = mode == OpenMode::kReadOnly ? SQLITE_OPEN_READONLY
                                                  : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    if (sqlite3_open_v2(path_.c_str(), &handle_, flags, nullptr) != SQLITE_OK) {
        raise();
    }
    sqlite3_extended_result_codes(handle_, 1);
    sqlite3_busy_timeout(handle_, kBusyTimeoutMs);
}

/// A write-ahead log needs a shared-memory file beside the database even for reading. In a folder
/// that cannot be written there is none; if no log is left either, the file is complete and nobody
/// changes it, which is what immutable says.
bool Database::reads_only_as_immutable() {
    const int rc = sqlite3_exec(
                       handle_, "SELECT count(*) FROM sqlite_master", nullptr, nullptr, nullptr) &
                   0xFF;
    if (rc != SQLITE_CANTOPEN && rc != SQLITE_READONLY) {
        return false;
    }
    std::error_code error;
    const auto log_size = std::filesystem::file_size(path_.string() + "-wal", error);
    return error == std::errc::no_such_file_or_directory || (!error && log_size == 0);
}

void Database::open_immutable() {
    const std::string uri = immutable_uri(path_.string());
    if (sqlite3_open_v2(uri.c_str(), &handle_, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, nullptr) !=
        SQLITE_OK) {
        raise();
    }
    sqlite3_extended_result_codes(handle_, 1);
}

void Database::move_to_memory() {
    sqlite3* file = handle_;
    sqlite3* memory = nullptr;
    int rc = sqlite3_open(":memory:", &memory);
    if (rc == SQLITE_OK) {
        sqlite3_backup* backup = sqlite3_backup_init(memory, "main", file, "main");
        if (backup != nullptr) {
            sqlite3_backup_step(backup, -1);
        }
        rc = sqlite3_backup_finish(backup);
    }
    if (rc != SQLITE_OK) {
        handle_ = memory;
        sqlite3_close_v2(file);
        raise();
    }
    close();
    handle_ = memory;
    sqlite3_extended_result_codes(handle_, 1);
}

void Database::close() {
    for (const auto& [sql, statement] : statements_) {
        sqlite3_finalize(statement);
    }
    statements_.clear();
    sqlite3_close_v2(handle_);
    handle_ = nullptr;
}

void Database::execute_script(std::string_view sql) {
    if (sqlite3_exec(handle_, std::string(sql).c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        raise();
    }
}

std::int64_t Database::number(std::string_view sql) const {
    Statement statement = query(sql);
    ASSAY_CHECK(statement.step());
    return statement.integer(0);
}

bool Database::in_transaction() const {
    return sqlite3_get_autocommit(handle_) == 0;
}

std::int64_t Database::changes() const {
    return sqlite3_changes64(handle_);
}

sqlite3_stmt* Database::prepare(std::string_view sql) const {
    const auto known = statements_.find(sql);
    if (known != statements_.end()) {
        ASSAY_CHECK(sqlite3_stmt_busy(known->second) == 0);
        return known->second;
    }
    sqlite3_stmt* statement = nullptr;
    const int rc = sqlite3_prepare_v3(handle_,
                                      sql.data(),
                                      static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT,
                                      &statement,
                                      nullptr);
    if (rc != SQLITE_OK) {
        raise();
    }
    statements_.emplace(sql, statement);
    return statement;
}

void Database::raise() const {
    const int code = handle_ == nullptr ? SQLITE_NOMEM : sqlite3_errcode(handle_) & 0xFF;
    std::string reason = handle_ == nullptr ? "out of memory" : sqlite3_errmsg(handle_);
    // SQLite notes the system's error only for these two, and keeps it for later ones.
    const bool has_system_error = code == SQLITE_IOERR || code == SQLITE_CANTOPEN;
    const int system_error = has_system_error ? sqlite3_system_errno(handle_) : 0;
    if (system_error != 0) {
        reason += fmt::format(" ({})", std::generic_category().message(system_error));
    }
    const std::string place = path_.string();
    switch (code) {
        case SQLITE_FULL:
        case SQLITE_IOERR: throw_operational("cannot write or read: " + reason, place, kFreeSpace);
        case SQLITE_READONLY:
        case SQLITE_CANTOPEN:
        case SQLITE_PERM:
            throw_operational("cannot open or write: " + reason, place, kMakeWritable);
        case SQLITE_NOTADB:
            throw_operational("is not an assay run file: " + reason, place, kDamaged);
        case SQLITE_CORRUPT: throw_operational("is damaged: " + reason, place, kDamaged);
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            throw_operational("another program keeps it locked: " + reason,
                              place,
                              "End that program and run the same command again");
        case SQLITE_NOMEM:
        case SQLITE_TOOBIG: throw_operational(reason, place, "Nothing that was stored is lost");
        default:
            throw std::logic_error(fmt::format("{}: {} (SQLite error {})", place, reason, code));
    }
}

Transaction::Transaction(Database& database) : database_(database) {
    database_.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
    // After a full disk or an I/O error SQLite may have rolled back by itself. A rollback that
    // fails changes nothing: the log's frames count only with a commit mark.
    try {
        if (database_.in_transaction()) {
            database_.execute("ROLLBACK");
        }
    } catch (const std::exception&) {
    }
}

void Transaction::commit() {
    database_.execute("COMMIT");
}

}  // namespace assay::store
