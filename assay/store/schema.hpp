#pragma once
// Internal to store/: the tables, as a list of migrations that only ever grows at its end.

#include <cstdint>
#include <span>
#include <string_view>

#include "assay/store/database.hpp"

namespace assay::store {

/// Migration i brings a file from version i to i + 1. Those that were released are never changed.
[[nodiscard]] std::span<const std::string_view> migrations();

/// The file's version (SQLite's user_version); 0: a new, empty file. Throws Error where the file is
/// another program's or was written by an assay that knows more than `n_known` migrations.
[[nodiscard]] std::int64_t checked_version(const Database& database, std::size_t n_known);

/// Applies what the file lacks, each migration in a transaction of its own.
void migrate(Database& database, std::span<const std::string_view> known);

}  // namespace assay::store
