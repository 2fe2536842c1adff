#include "assay/store/vector_cache.hpp"

#include "assay/base/result.hpp"
#include "assay/base/text.hpp"
#include "assay/store/database.hpp"

namespace assay::store {
namespace {

/// About a second of an embedder's work: so much is lost at most when assay is killed.
constexpr std::size_t kMostPending = 32;

}  // namespace

VectorCache::VectorCache(const std::filesystem::path& file) : file_(file) {
    std::error_code error;
    std::filesystem::create_directories(file.parent_path(), error);
    if (error) {
        throw_operational("the folder of the cache cannot be made: " + error.message(),
                          to_valid_utf8(file.parent_path().native()),
                          "Name another one in ASSAY_CACHE.");
    }
    database_ = std::make_unique<Database>(file, OpenMode::kReadWrite);
    database_->execute_script(
        "CREATE TABLE IF NOT EXISTS vectors ("
        "embedder TEXT NOT NULL, text_sha256 TEXT NOT NULL, cut INTEGER NOT NULL, "
        "vector BLOB NOT NULL, PRIMARY KEY (embedder, text_sha256)) STRICT, WITHOUT ROWID");
}

VectorCache::~VectorCache() {
    try {
        flush();
    } catch (const std::exception&) {  // vectors that are not kept are made again
    }
}

std::optional<VectorCache::Entry> VectorCache::find(std::string_view embedder,
                                                    std::string_view text_sha256) const {
    Statement rows = database_->query(
        "SELECT vector, cut FROM vectors WHERE embedder = ?1 AND text_sha256 = ?2",
        embedder,
        text_sha256);
    if (!rows.step()) {
        return std::nullopt;
    }
    return Entry{rows.bytes(0), rows.boolean(1)};
}

void VectorCache::put(std::string_view embedder, std::string_view text_sha256, Entry entry) {
    pending_.push_back({std::string(embedder), std::string(text_sha256), std::move(entry)});
    if (pending_.size() >= kMostPending) {
        flush();
    }
}

void VectorCache::flush() {
    if (pending_.empty()) {
        return;
    }
    Transaction transaction(*database_);
    for (const Row& row : pending_) {
        database_->execute(
            "INSERT OR REPLACE INTO vectors (embedder, text_sha256, cut, vector) "
            "VALUES (?1, ?2, ?3, ?4)",
            row.embedder,
            row.text_sha256,
            row.entry.cut,
            Blob(row.entry.vector));
    }
    transaction.commit();
    pending_.clear();
}

}  // namespace assay::store
