#pragma once
// Which files a corpus is made of.

#include <cstdint>
#include <filesystem>
#include <map>
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

struct CorpusListing {
    std::vector<CorpusFile> files;                 ///< by the bytes of their names
    std::map<std::string, std::int64_t> left_out;  ///< how many by kind: ".png", "hidden", "without
                                                   ///< an ending"
};

/// The files of a corpus: those of a folder and of all folders below (.txt, .md, .markdown, .html,
/// .htm, .xhtml, .pdf), or the one file of passages (.jsonl, .ndjson).
///
/// Left out and counted are files of other kinds, and files and folders whose names begin with '.'.
/// Symbolic links to what lies in the folder are left out, too: it is read under its own name.
/// Everything else that cannot be read is a problem, and Error kUsage is thrown with all of them: a
/// link out of the folder, a name that is no UTF-8, a file that is too large, a pipe, a folder
/// without a file that is read.
[[nodiscard]] CorpusListing list_corpus(const std::filesystem::path& corpus);

/// "2 .png, 1 hidden"; empty: nothing was.
[[nodiscard]] std::string left_out_text(const std::map<std::string, std::int64_t>& left_out);

/// A file as it was when it was read.
struct HashedFile {
    std::string name;
    std::string sha256;
    friend bool operator==(const HashedFile&, const HashedFile&) = default;
};
/// Throws Error kUsage where one cannot be read.
[[nodiscard]] std::vector<HashedFile> hashes_of(const std::vector<CorpusFile>& files);

}  // namespace assay::retrieval
