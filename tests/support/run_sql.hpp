#pragma once
// The store of a run as another program sees it. Link SQLite::SQLite3.

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "temp_folder.hpp"

namespace assay::test {

/// Runs SQL on `run_dir/assay.sqlite` and gives the first column of every row.
inline std::vector<std::string> run_sql(const std::string& run_dir, const std::string& sql) {
    sqlite3* opened = nullptr;
    const int status = sqlite3_open_v2(
        (run_dir + "/assay.sqlite").c_str(), &opened, SQLITE_OPEN_READWRITE, nullptr);
    const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> database(opened, sqlite3_close);
    EXPECT_EQ(status, SQLITE_OK) << run_dir;
    std::vector<std::string> rows;
    const auto add = [](void* out, int n, char** values, char**) {
        const bool is_null = n == 0 || values[0] == nullptr;
        static_cast<std::vector<std::string>*>(out)->push_back(is_null ? "null" : values[0]);
        return 0;
    };
    char* error = nullptr;
    EXPECT_EQ(sqlite3_exec(database.get(), sql.c_str(), add, &rows, &error), SQLITE_OK)
        << sql << ": " << (error == nullptr ? "" : error);
    sqlite3_free(error);
    return rows;
}

/// Every file of a run, but for the two that SQLite keeps beside a store while it is read: they
/// hold nothing of the run as long as the log is empty.
inline std::map<std::string, std::string> files_of_run(const std::string& run_dir) {
    std::map<std::string, std::string> files = files_below(run_dir);
    files.erase("assay.sqlite-shm");
    if (const auto log = files.find("assay.sqlite-wal");
        log != files.end() && log->second.empty()) {
        files.erase(log);
    }
    return files;
}

}  // namespace assay::test
