#pragma once
// Which files a corpus is made of.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "assay/base/result.hpp"

namespace assay::retrieval {

/// The largest file that is read, in bytes.
inline constexpr std::uint64_t kMostFileBytes = 256'000'000;
/// The largest corpus, all files together, in bytes.
inline constexpr std::uint64_t kMostCorpusBytes = 2'000'000'000;

enum class FileKind {
    kText,
    kMarkdown,
    kHtml,
    kPdf,
    kPassages,  ///< JSONL, a passage a row
};

struct CorpusFile {
    std::string name;  ///< relative to the corpus's folder, with '/'; UTF-8
    std::filesystem::path path;
    FileKind kind = FileKind::kText;
};

/// The files of a corpus by the bytes of their names: those of a folder and of all folders below
/// (.txt, .md, .markdown, .html, .htm, .xhtml, .pdf), or the one file of passages (.jsonl,
/// .ndjson).
///
/// Left out are names that begin with '.', and symbolic links to what lies in the folder, which is
/// read under its own name. Everything else that cannot be read is a problem, and Error kUsage is
/// thrown with all of them: a file of another kind, a link out of the folder, a name that is no
/// UTF-8, a file that is too large, a folder without a file.
[[nodiscard]] std::vector<CorpusFile> list_corpus(const std::filesystem::path& corpus);

/// A file as it was when it was read.
struct HashedFile {
    std::string name;
    std::string sha256;
    friend bool operator==(const HashedFile&, const HashedFile&) = default;
};
/// Throws Error kUsage where one cannot be read.
[[nodiscard]] std::vector<HashedFile> hashes_of(const std::vector<CorpusFile>& files);

}  // namespace assay::retrieval
