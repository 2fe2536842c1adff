#pragma once
// Internal to store/: what each table held when assay last wrote to it, so that a change by another
// hand is found.

#include <map>
#include <string>
#include <string_view>

#include "assay/store/database.hpp"

namespace assay::store {

/// Notes whose key begins like this are the account itself, and not part of what it accounts for.
inline constexpr std::string_view kContentsBegun = "contents begun";  ///< rows that were there
inline constexpr std::string_view kContentsShown = "contents shown in files";
/// The note that holds by which version of the rules they were written.
inline constexpr std::string_view kRulesShown = "rules of files";

/// Keeps the notes "contents of TABLE" right from now on, in the transaction of each write. Tables
/// that have none yet, or all of them with `anew`, are counted as they are.
void watch_contents(Database& database, bool anew);

/// Table -> number of its rows, a space, and the sum of their hashes.
using Contents = std::map<std::string, std::string>;
/// What the tables hold. Reads everything.
[[nodiscard]] Contents contents_now(const Database& database);
/// What they held after the last write; a table that was never counted is not there.
[[nodiscard]] Contents contents_written(const Database& database);

}  // namespace assay::store
