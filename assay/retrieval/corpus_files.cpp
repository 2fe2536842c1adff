// Which files a corpus is made of.
//
// Problem: contexts must be the same wherever the same folder is read, nothing may be left out
// without a word, and nothing outside of the folder may get in.
//
// Model: the folder is walked, every entry is one of: a folder, a file of a kind that is read, one
// of another kind or with a hidden name (both are counted by kind and told), a link that stays
// inside (what it points to is read anyway), or a problem.
//
// Invariant: the files are in the order of the bytes of their names, which depends neither on the
// file system nor on the locale. It ends because links are not followed, so no folder is seen
// twice.

#include "assay/retrieval/corpus_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"
#include "assay/retrieval/corpus_problems.hpp"

namespace assay::retrieval {
namespace {

namespace fs = std::filesystem;

struct Ending {
    std::string_view ending;
    FileKind kind;
};
constexpr std::array<Ending, 7> kEndings{{{".txt", FileKind::kText},
                                          {".md", FileKind::kMarkdown},
                                          {".markdown", FileKind::kMarkdown},
                                          {".html", FileKind::kHtml},
                                          {".htm", FileKind::kHtml},
                                          {".xhtml", FileKind::kHtml},
                                          {".pdf", FileKind::kPdf}}};

std::string ending_of(const fs::path& path) {
    return to_lower_ascii(path.extension().string());
}

std::string kind_of_ending(const std::string& ending) {
    return ending.size() < 2 ? "without an ending" : shorten(to_valid_utf8(ending), 20);
}

/// A name that can stand in an id, a message and a report.
bool is_plain(const std::string& name) {
    return is_valid_utf8(name) && std::none_of(name.begin(), name.end(), [](char c) {
               return static_cast<unsigned char>(c) < ' ' || c == '\x7F';
           });
}

bool is_inside(const fs::path& path, const fs::path& folder) {
    const auto [end, _] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
    return end == folder.end();
}

class Walk {
 public:
    explicit Walk(fs::path folder) : folder_(std::move(folder)) {}

    CorpusListing listing() {
        walk(folder_);
        if (files_.empty() && !problems_.any()) {
            const std::string left_out = left_out_text(left_out_);
            problems_.add("the corpus holds no .txt, .md, .html or .pdf file" +
                              (left_out.empty() ? "" : "; left out: " + left_out),
                          to_valid_utf8(folder_.native()),
                          "Put documents into it, or name a JSONL file of passages.");
        }
        if (n_bytes_ > kMostCorpusBytes) {
            problems_.add(fmt::format("the corpus has {}, and at most {} are read",
                                      format_bytes(n_bytes_),
                                      format_bytes(kMostCorpusBytes)),
                          to_valid_utf8(folder_.native()),
                          "Leave out what no question is about.");
        }
        problems_.throw_if_any();
        std::sort(files_.begin(), files_.end(), [](const CorpusFile& a, const CorpusFile& b) {
            return a.name < b.name;
        });
        return {std::move(files_), std::move(left_out_)};
    }

 private:
    void walk(const fs::path& folder) {
        std::error_code error;
        std::vector<fs::path> entries;
        for (fs::directory_iterator it(folder, error), end; !error && it != end;
             it.increment(error)) {
            entries.push_back(it->path());
        }
        if (error) {
            problems_.add("cannot be read: " + error.message(), place_of(folder), "");
            return;
        }
        // problems are told in this order, too
        std::sort(entries.begin(), entries.end(), [](const fs::path& a, const fs::path& b) {
            return a.native() < b.native();
        });
        for (const fs::path& entry : entries) {
            if (entry.filename().native().starts_with('.')) {
                ++left_out_["hidden"];
            } else {
                look_at(entry);
            }
        }
    }

    void look_at(const fs::path& entry) {
        std::error_code error;
        const fs::file_status status = fs::symlink_status(entry, error);
        switch (status.type()) {
            case fs::file_type::directory:
                if (has_plain_name(entry)) {
                    walk(entry);
                }
                return;
            case fs::file_type::regular: add_file(entry); return;
            case fs::file_type::symlink: look_at_link(entry); return;
            default: break;
        }
        problems_.add("is neither a file nor a folder", place_of(entry), "Move it away.");
    }

    /// A problem if not.
    bool has_plain_name(const fs::path& entry) {
        if (is_plain(entry.filename().native())) {
            return true;
        }
        problems_.add("the name is no UTF-8, or holds a control character",
                      place_of(entry),
                      "Rename it: passages are known by the names of their files.");
        return false;
    }

    void look_at_link(const fs::path& link) {
        std::error_code error;
        const fs::path target = fs::canonical(link, error);
        if (error) {
            problems_.add("is a symbolic link to nothing", place_of(link), "Remove it.");
        } else if (!is_inside(target, folder_)) {
            problems_.add("is a symbolic link out of the folder",
                          place_of(link),
                          "Copy into the folder what belongs to the corpus.");
        }
    }

    void add_file(const fs::path& path) {
        const std::string ending = ending_of(path);
        const auto known = std::find_if(
            kEndings.begin(), kEndings.end(), [&](const Ending& e) { return e.ending == ending; });
        if (known == kEndings.end()) {
            ++left_out_[kind_of_ending(ending)];
            return;
        }
        if (!has_plain_name(path)) {
            return;
        }
        std::error_code error;
        const std::uintmax_t size = fs::file_size(path, error);
        if (!error && size > kMostFileBytes) {
            problems_.add(fmt::format("has {}, and at most {} of a file are read",
                                      format_bytes(size),
                                      format_bytes(kMostFileBytes)),
                          place_of(path),
                          "Split it.");
            return;
        }
        n_bytes_ += error ? 0 : size;
        files_.push_back({path.lexically_relative(folder_).string(), path, known->kind});
    }

    [[nodiscard]] std::string place_of(const fs::path& path) const {
        return to_valid_utf8((folder_.filename() / path.lexically_relative(folder_)).native());
    }

    const fs::path folder_;
    std::vector<CorpusFile> files_;
    std::map<std::string, std::int64_t> left_out_;
    CorpusProblems problems_;
    std::uint64_t n_bytes_ = 0;
};

std::vector<CorpusFile> file_of_passages(const fs::path& file) {
    const std::string name = file.filename().string();
    CorpusProblems problems;
    const std::string ending = ending_of(file);
    if (ending != ".jsonl" && ending != ".ndjson") {
        problems.add("is neither a folder nor a JSONL file of passages",
                     to_valid_utf8(file.native()),
                     "Put documents into a folder and name that, or write passages as rows of "
                     "{\"id\": ..., \"title\": ..., \"text\": ...} into FILE.jsonl.");
    }
    std::error_code error;
    const std::uintmax_t size = fs::file_size(file, error);
    if (!error && size > kMostFileBytes) {
        problems.add(fmt::format("has {}, and at most {} of a file are read",
                                 format_bytes(size),
                                 format_bytes(kMostFileBytes)),
                     to_valid_utf8(file.native()),
                     "Leave out passages that no question is about.");
    }
    problems.throw_if_any();
    return {{to_valid_utf8(name), file, FileKind::kPassages}};
}

}  // namespace

std::string left_out_text(const std::map<std::string, std::int64_t>& left_out) {
    std::string out;
    for (const auto& [kind, n] : left_out) {
        out += fmt::format("{}{} {}", out.empty() ? "" : ", ", n, kind);
    }
    return out;
}

CorpusListing list_corpus(const fs::path& corpus) {
    std::error_code error;
    const fs::path found = fs::canonical(corpus, error);
    if (error) {
        throw_usage("the corpus cannot be read: " + error.message(),
                    to_valid_utf8(corpus.native()),
                    "Name a folder of documents or a JSONL file of passages.");
    }
    if (fs::is_directory(found, error)) {
        return Walk(found).listing();
    }
    if (!fs::is_regular_file(found, error)) {
        throw_usage("is neither a folder nor a file", to_valid_utf8(corpus.native()));
    }
    return {file_of_passages(found), {}};
}

std::vector<HashedFile> hashes_of(const std::vector<CorpusFile>& files) {
    std::vector<HashedFile> out;
    CorpusProblems problems;
    for (const CorpusFile& file : files) {
        auto hash = sha256_of_file(file.path);
        if (!hash) {
            problems.add(hash.error());
            continue;
        }
        out.push_back({file.name, std::move(*hash)});
    }
    problems.throw_if_any();
    return out;
}

}  // namespace assay::retrieval
