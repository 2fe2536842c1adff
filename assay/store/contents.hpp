#pragma once
// Internal to store/: what each table held when assay last wrote to it, so that a change by another
// hand is found. Store::contents and its neighbours are there, too.

#include "assay/store/database.hpp"

namespace assay::store {

/// Keeps the notes "contents of TABLE" right from now on, in the transaction of each write. Tables
/// that have none yet, or all of them with `anew`, are counted as they are.
void watch_contents(Database& database, bool anew);

}  // namespace assay::store
