#pragma once
// The passages of a corpus.

#include <atomic>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "assay/base/progress.hpp"
#include "assay/retrieval/corpus_files.hpp"
#include "assay/retrieval/passage.hpp"

namespace assay::retrieval {

/// The most passages of a corpus.
inline constexpr std::size_t kMostPassages = 2'000'000;

/// A passage that was left out, since one before it has the same title and text.
struct Duplicate {
    std::string id;
    std::string file;
    std::size_t same_as = 0;  ///< place of that passage in Corpus::passages
};

struct Corpus {
    std::vector<Passage> passages;  ///< by file, then as they stand there; a passage's number is
                                    ///< its place here
    std::vector<Duplicate> duplicates;

    /// SHA-256 of ids, titles and texts.
    [[nodiscard]] std::string sha256() const;
    /// The places of what a gold id names: a passage (of a duplicate, the one that was kept), or
    /// all passages of a file. By id.
    [[nodiscard]] std::map<std::string, std::vector<std::size_t>, std::less<>> places_by_id() const;
};

/// Reads the files. Documents are cut into passages (chunks.hpp), never across a heading; rows of a
/// JSONL file are passages as they are: `id` (text or a whole number, each once), `text`, and
/// `title` if there is one. Throws Error kUsage with all problems: a file that is no text, a PDF
/// that cannot be read or holds no text, a row without id or text, an id that stands twice, no
/// passage at all. `cancel` is looked at before each file, and may be null. Throws Error
/// kInterrupted where it is set.
[[nodiscard]] Corpus read_corpus(std::span<const CorpusFile> files,
                                 Progress& progress,
                                 const std::atomic<bool>* cancel = nullptr);

}  // namespace assay::retrieval
