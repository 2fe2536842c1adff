#pragma once
// Vectors of texts, kept for later runs in a file of the cache folder. It is no part of a run.

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay::store {

class Database;

class VectorCache {
 public:
    /// Makes the file, and the folders above it, where they are missing. Throws Error where that
    /// fails, or the file is something else.
    explicit VectorCache(const std::filesystem::path& file);
    /// Keeps what was put.
    ~VectorCache();
    VectorCache(const VectorCache&) = delete;
    VectorCache& operator=(const VectorCache&) = delete;

    struct Entry {
        std::string vector;  ///< bytes of float32
        bool cut = false;    ///< the text had more tokens than the embedder saw
    };
    /// `embedder` is all that a vector depends on beside the text, as a hash.
    [[nodiscard]] std::optional<Entry> find(std::string_view embedder,
                                            std::string_view text_sha256) const;
    /// Is in the file after a few more, or after flush().
    void put(std::string_view embedder, std::string_view text_sha256, Entry entry);
    void flush();
    [[nodiscard]] const std::filesystem::path& file() const { return file_; }

 private:
    struct Row {
        std::string embedder;
        std::string text_sha256;
        Entry entry;
    };
    std::filesystem::path file_;
    std::unique_ptr<Database> database_;
    std::vector<Row> pending_;
};

}  // namespace assay::store
