// Problem: a run takes hours and can be killed at any moment; what was computed must survive, and
// must never be mixed with what was not.
//
// Model: one SQLite file, one transaction a call. Whoever opens it to write holds the lock on the
// run directory (RunLock), so there is one writer. Whoever reads begins a transaction at once and
// sees the file as of that moment, also while a run goes on.
//
// Invariants: rows are added, and what others were computed from never changes: plans are kept by
// their hash with the order in which they were run, and the frozen margin and alpha are those of
// the first verdict (ON CONFLICT DO NOTHING). A file of another program or of a newer assay is
// refused before anything in it is changed; an older one is brought up to date by migrations, in
// one step each: in the file where it is written, in a copy in memory where it is only read.
//
// The tables of variants, answers, fidelity and verdicts are in store_variants.cpp,
// store_answers.cpp, store_fidelity.cpp and store_verdicts.cpp; the schema is in schema.cpp.

#include "assay/store/store.hpp"

#include <algorithm>
#include <system_error>

#include "assay/base/result.hpp"
#include "assay/store/contents.hpp"
#include "assay/store/impl.hpp"
#include "assay/store/schema.hpp"

namespace assay::store {
namespace {

constexpr const char* kFileName = "assay.sqlite";

constexpr std::string_view kSelectPlans =
    "SELECT p.sha256, p.json, p.margin, p.alpha, h.created_at, p.n_questions "
    "FROM plan_history h JOIN plans p ON p.sha256 = h.plan_sha256 ORDER BY h.position";
constexpr std::string_view kSelectLatestPlan =
    "SELECT p.sha256, p.json, p.margin, p.alpha, h.created_at, p.n_questions "
    "FROM plan_history h JOIN plans p ON p.sha256 = h.plan_sha256 ORDER BY h.position DESC LIMIT 1";

PlanRecord plan_of(const Statement& row) {
    return {.sha256 = row.bytes(0),
            .json = row.bytes(1),
            .margin = row.real(2),
            .alpha = row.real(3),
            .created_at = row.bytes(4),
            .n_questions = row.integer(5)};
}

/// A file of an older assay is brought up to date in memory. Its tables have other columns then; an
/// account that was right before is right again; one that was not stays wrong, and none stays none.
void read_as_new(Database& database) {
    database.move_to_memory();
    const Contents written = contents_written(database), now = contents_now(database);
    const bool is_right = !written.empty() &&
                          std::all_of(written.begin(), written.end(), [&](const auto& table) {
                              const auto found = now.find(table.first);
                              return found != now.end() && found->second == table.second;
                          });
    migrate(database, migrations());
    if (is_right) {
        watch_contents(database, true);
    }
}

}  // namespace

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() = default;

std::unique_ptr<Store> Store::open(const std::filesystem::path& run_dir) {
    std::error_code error;
    std::filesystem::create_directories(run_dir, error);
    if (error || !std::filesystem::is_directory(run_dir, error)) {
        throw_operational(
            "cannot make this folder: " + error.message(), run_dir.string(), "Use another --run");
    }
    auto lock = std::make_unique<RunLock>(run_dir);
    // Looked at before anything is changed: a file of another program stays as it is.
    auto impl = std::unique_ptr<Impl>(
        new Impl{std::move(lock), Database(run_dir / kFileName, OpenMode::kReadWrite)});
    Database& db = impl->database;
    const std::int64_t version = checked_version(db, migrations().size());
    // A file system without shared memory stays with a rollback journal: as safe, but readers and
    // the writer wait for each other.
    db.execute_script(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
    migrate(db, migrations());
    watch_contents(db, version < static_cast<std::int64_t>(migrations().size()));
    return std::unique_ptr<Store>(new Store(std::move(impl)));
}

std::unique_ptr<Store> Store::open_read_only(const std::filesystem::path& run_dir) {
    const std::filesystem::path file = run_dir / kFileName;
    const auto no_run = [&] {
        throw_usage("no run in " + run_dir.string(),
                    {},
                    "Name the run directory with --run, or start one with `assay run`");
    };
    std::error_code error;
    if (!std::filesystem::exists(file, error)) {
        no_run();
    }
    auto impl = std::unique_ptr<Impl>(new Impl{nullptr, Database(file, OpenMode::kReadOnly)});
    impl->database.execute_script("BEGIN");  // everything is read as of now
    const std::int64_t version = checked_version(impl->database, migrations().size());
    if (version == 0) {
        no_run();  // killed before the first table was made
    }
    if (version < static_cast<std::int64_t>(migrations().size())) {
        impl->database.execute_script("COMMIT");
        read_as_new(impl->database);
        impl->database.execute_script("BEGIN");
    }
    return std::unique_ptr<Store>(new Store(std::move(impl)));
}

void Store::save_plan(const PlanRecord& plan) {
    Database& db = impl_->database;
    Transaction transaction(db);
    const auto latest = latest_plan();
    db.execute(
        "INSERT INTO plans (sha256, json, margin, alpha, n_questions) VALUES (?1, ?2, ?3, ?4, ?5) "
        "ON CONFLICT (sha256) DO UPDATE SET json = excluded.json, margin = excluded.margin, "
        "alpha = excluded.alpha, n_questions = excluded.n_questions",
        plan.sha256,
        Blob(plan.json),
        plan.margin,
        plan.alpha,
        plan.n_questions);
    if (!latest || latest->sha256 != plan.sha256) {
        db.execute("INSERT INTO plan_history (plan_sha256, created_at) VALUES (?1, ?2)",
                   plan.sha256,
                   plan.created_at);
    }
    transaction.commit();
}

std::vector<PlanRecord> Store::plans() const {
    std::vector<PlanRecord> plans;
    Statement row = impl_->database.query(kSelectPlans);
    while (row.step()) {
        plans.push_back(plan_of(row));
    }
    return plans;
}

std::optional<PlanRecord> Store::latest_plan() const {
    Statement row = impl_->database.query(kSelectLatestPlan);
    if (!row.step()) {
        return std::nullopt;
    }
    return plan_of(row);
}

void Store::freeze_analysis(double margin, double alpha) {
    impl_->database.execute(
        "INSERT INTO frozen_analysis (id, margin, alpha) VALUES (1, ?1, ?2) ON CONFLICT (id) DO "
        "NOTHING",
        margin,
        alpha);
}

std::optional<FrozenAnalysis> Store::frozen_analysis() const {
    Statement row = impl_->database.query("SELECT margin, alpha FROM frozen_analysis");
    if (!row.step()) {
        return std::nullopt;
    }
    return FrozenAnalysis{.margin = row.real(0), .alpha = row.real(1)};
}

std::optional<std::string> Store::known_file_hash(std::string_view path,
                                                  std::uint64_t size_bytes,
                                                  std::int64_t mtime_ns) const {
    Statement row = impl_->database.query(
        "SELECT sha256 FROM file_hashes WHERE path = ?1 AND size_bytes = ?2 AND mtime_ns = ?3",
        Blob(path),
        size_bytes,
        mtime_ns);
    if (!row.step()) {
        return std::nullopt;
    }
    return row.bytes(0);
}

void Store::remember_file_hash(std::string_view path,
                               std::uint64_t size_bytes,
                               std::int64_t mtime_ns,
                               std::string_view sha256) {
    impl_->database.execute(
        "INSERT OR REPLACE INTO file_hashes (path, size_bytes, mtime_ns, sha256) VALUES (?1, ?2, "
        "?3, ?4)",
        Blob(path),
        size_bytes,
        mtime_ns,
        sha256);
}

std::vector<FileHash> Store::file_hashes() const {
    std::vector<FileHash> files;
    Statement row = impl_->database.query(
        "SELECT path, size_bytes, sha256 FROM file_hashes ORDER BY path");
    while (row.step()) {
        files.push_back({row.bytes(0), static_cast<std::uint64_t>(row.integer(1)), row.bytes(2)});
    }
    return files;
}

void Store::put_note(std::string_view key, std::string_view value) {
    impl_->database.execute(
        "INSERT OR REPLACE INTO notes (key, value) VALUES (?1, ?2)", key, Blob(value));
}

std::optional<std::string> Store::note(std::string_view key) const {
    Statement row = impl_->database.query("SELECT value FROM notes WHERE key = ?1", key);
    if (!row.step()) {
        return std::nullopt;
    }
    return row.bytes(0);
}

}  // namespace assay::store
