#pragma once
// Internal to store/: an SQLite connection whose failures are assay::Error, and whose statements
// clean up after themselves.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

struct sqlite3;
struct sqlite3_stmt;

namespace assay::store {

/// Bytes that may be no text: bound as BLOB, an empty optional as NULL. Strings are bound as TEXT.
struct Blob {
    explicit Blob(std::string_view b) : bytes(b) {}
    explicit Blob(const std::string& b) : bytes(b) {}
    explicit Blob(const std::optional<std::string>& b) {
        if (b) {
            bytes = *b;
        }
    }
    std::optional<std::string_view> bytes;
};

enum class OpenMode {
    kReadWrite,  ///< makes the file where it is missing
    kReadOnly,   ///< also from a folder that cannot be written, if no writer left a log behind
};

class Database;

/// One run of a prepared statement. When it is destroyed the statement is reset and can be used
/// again.
class Statement {
 public:
    /// Binds the values to ?1, ?2 ...
    template <class... Values>
    Statement(const Database& database, sqlite3_stmt* prepared, const Values&... values)
        : database_(database), statement_(prepared) {
        [[maybe_unused]] int index = 0;
        (bind(++index, values), ...);
    }
    ~Statement();
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    /// True: the columns of the next row can be read. False: there are no more.
    bool step();

    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] bool boolean(int column) const { return integer(column) != 0; }
    [[nodiscard]] double real(int column) const;
    /// TEXT or BLOB, all bytes; NULL is empty.
    [[nodiscard]] std::string bytes(int column) const;
    [[nodiscard]] std::optional<std::string> optional_bytes(int column) const;

 private:
    template <class T>
    void bind(int index, const T& value) {
        if constexpr (std::is_integral_v<T>) {
            bind_integer(index, static_cast<std::int64_t>(value));
        } else if constexpr (std::is_same_v<T, double>) {
            bind_real(index, value);
        } else if constexpr (std::is_same_v<T, Blob>) {
            bind_blob(index, value.bytes);
        } else {
            bind_text(index, value);
        }
    }
    void bind_integer(int index, std::int64_t value);
    void bind_real(int index, double value);
    void bind_text(int index, std::string_view value);
    void bind_blob(int index, std::optional<std::string_view> value);

    const Database& database_;
    sqlite3_stmt* statement_;
};

/// A connection. Waits up to 5 s for another process's lock.
class Database {
 public:
    /// Throws Error where the file cannot be opened or is no SQLite file. Changes nothing in it.
    Database(std::filesystem::path path, OpenMode mode);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// A bound statement; the text is prepared once. Not to be run twice at the same time.
    template <class... Values>
    [[nodiscard]] Statement query(std::string_view sql, const Values&... values) const {
        return Statement(*this, prepare(sql), values...);
    }
    /// Runs a statement that gives no rows. How many rows it changed.
    template <class... Values>
    std::int64_t execute(std::string_view sql, const Values&... values) {
        Statement statement(*this, prepare(sql), values...);
        while (statement.step()) {
        }
        return changes();
    }
    /// Runs several statements without values.
    void execute_script(std::string_view sql);
    /// The one integer that `sql` selects.
    [[nodiscard]] std::int64_t number(std::string_view sql) const;
    /// From now on this is a copy in memory of what the file holds; the file is closed and stays as
    /// it is. To be called outside of a transaction.
    void move_to_memory();
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] bool in_transaction() const;
    /// For functions of ours in SQL. Owned by this.
    [[nodiscard]] sqlite3* handle() const { return handle_; }

 private:
    friend class Statement;
    [[nodiscard]] sqlite3_stmt* prepare(std::string_view sql) const;
    [[nodiscard]] std::int64_t changes() const;
    /// Throws what the connection's last failure means for the user.
    [[noreturn]] void raise() const;
    void close();
    void open_handle(OpenMode mode);
    bool reads_only_as_immutable();
    void open_immutable();

    std::filesystem::path path_;
    sqlite3* handle_ = nullptr;
    mutable std::map<std::string, sqlite3_stmt*, std::less<>> statements_;
};

/// All or nothing: rolled back unless committed.
class Transaction {
 public:
    explicit Transaction(Database& database);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

 private:
    Database& database_;
};

}  // namespace assay::store
