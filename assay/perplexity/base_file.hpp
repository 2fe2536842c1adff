#pragma once
// llama-perplexity's file of a baseline's log-probabilities (--kl-divergence-base): magic
// "_logits_", three int32 (tokens of a chunk, size of the vocabulary, chunks), all tokens as int32,
// then a row (row_scores.hpp) for each scored token. Numbers are little-endian.

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "assay/base/result.hpp"

namespace assay::perplexity {

struct BaseFileHead {
    std::int32_t n_ctx = 0;  ///< tokens of a chunk
    std::int32_t n_vocab = 0;
    std::int32_t n_chunks = 0;
    std::vector<std::int32_t> tokens{};  ///< n_ctx * n_chunks, as the text has them

    /// Of one chunk's rows.
    [[nodiscard]] std::uint64_t chunk_bytes() const;
    /// Of the whole file.
    [[nodiscard]] std::uint64_t file_bytes() const;
};

/// Reads such a file, chunk after chunk.
class BaseFileReader {
 public:
    /// Fails where the file is not there, is another one, says what cannot be, or has another
    /// length than it says.
    [[nodiscard]] static Result<BaseFileReader> open(const std::filesystem::path& path);

    [[nodiscard]] const BaseFileHead& head() const { return head_; }
    /// The rows of `n` chunks from `chunk` on.
    [[nodiscard]] Result<std::string> rows(std::int64_t chunk, std::int64_t n);

 private:
    BaseFileReader(std::filesystem::path path, std::ifstream file, BaseFileHead head);

    std::filesystem::path path_;
    std::ifstream file_;
    BaseFileHead head_;
    std::uint64_t rows_at_;
};

/// Writes such a file. The caller renames it when it is whole.
class BaseFileWriter {
 public:
    /// Throws Error kOperational if it cannot be written, as every call does.
    BaseFileWriter(const std::filesystem::path& path, const BaseFileHead& head);
    void append(std::string_view rows);
    void close();

 private:
    void check();
    std::filesystem::path path_;
    std::ofstream file_;
};

}  // namespace assay::perplexity
