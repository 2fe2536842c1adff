#include "assay/retrieval/corpus.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"
#include "assay/intake/encoding.hpp"
#include "assay/intake/rows.hpp"
#include "assay/retrieval/chunks.hpp"
#include "assay/retrieval/corpus_problems.hpp"
#include "assay/retrieval/document.hpp"
#include "assay/retrieval/html.hpp"
#include "assay/retrieval/pdf.hpp"
#include "assay/retrieval/text_search.hpp"

namespace assay::retrieval {
namespace {

class CorpusReader {
 public:
    explicit CorpusReader(const std::atomic<bool>* cancel) : cancel_(cancel) {}

    Corpus read(std::span<const CorpusFile> files, Progress& progress) {
        progress.begin("corpus", files.size(), "files");
        for (const CorpusFile& file : files) {
            if (cancel_ != nullptr && *cancel_) {
                throw Error(ErrorKind::kInterrupted, {"stopped", {}, {}});
            }
            if (file.kind == FileKind::kPassages) {
                read_rows(file);
            } else {
                read_document(file);
            }
            progress.advance(1);
        }
        if (corpus_.passages.empty() && !problems_.any()) {
            problems_.add("the corpus holds no text",
                          files.empty() ? "" : files.front().name,
                          "Name another corpus.");
        }
        if (corpus_.passages.size() > kMostPassages) {
            problems_.add(fmt::format("the corpus has {} passages, and at most {} are indexed",
                                      corpus_.passages.size(),
                                      kMostPassages),
                          "",
                          "Leave out what no question is about.");
        }
        problems_.throw_if_any();
        progress.finish(fmt::format("{} passages, {} duplicates left out",
                                    corpus_.passages.size(),
                                    corpus_.duplicates.size()));
        return std::move(corpus_);
    }

 private:
    void read_document(const CorpusFile& file) {
        auto document = document_of(file);
        if (!document) {
            Failure failure = document.error();
            failure.place = failure.place.empty() ? file.name : failure.place;
            problems_.add(std::move(failure));
            return;
        }
        std::size_t n = 0;
        for (const DocumentPart& part : *document) {
            const std::string title = normal_text(part.heading);
            for (std::string& text : passages_of(part.text)) {
                add({fmt::format("{}#{}", file.name, ++n), title, std::move(text), file.name});
            }
        }
    }

    [[nodiscard]] Result<Document> document_of(const CorpusFile& file) const {
        if (file.kind == FileKind::kPdf) {
            const auto text = text_of_pdf(file.path, cancel_);
            if (!text) {
                return tl::unexpected(text.error());
            }
            return text_document(*text);
        }
        const auto bytes = read_file(file.path);
        if (!bytes) {
            return tl::unexpected(bytes.error());
        }
        if (file.kind == FileKind::kHtml) {
            if (!is_valid_utf8(*bytes)) {
                return fail("is not valid UTF-8", file.name, "Save the page as UTF-8.");
            }
            return without_nul(html_document(intake::without_mark(*bytes)), file.name);
        }
        const auto text = intake::text_of_file(*bytes, file.name);
        if (!text) {
            return tl::unexpected(text.error());
        }
        return without_nul(
            file.kind == FileKind::kMarkdown ? markdown_document(*text) : text_document(*text),
            file.name);
    }

    static Result<Document> without_nul(Document document, const std::string& name) {
        for (const DocumentPart& part : document) {
            if (part.text.find('\0') != std::string::npos) {
                return fail("holds a NUL character: it is no text", name, "Move it away.");
            }
        }
        return document;
    }

    void read_rows(const CorpusFile& file) {
        const auto bytes = read_file(file.path);
        if (!bytes) {
            problems_.add(bytes.error());
            return;
        }
        intake::RowProblems problems(file.name);
        const intake::Rows rows = intake::read_rows(*bytes, problems);
        for (const intake::Row& row : rows.rows) {
            const std::size_t n_before = problems.n_problems();
            auto passage = passage_of(row, file.name, problems);
            if (passage && problems.n_problems() == n_before) {
                add(std::move(*passage));
            }
            problems.count_row(problems.n_problems() == n_before);
        }
        for (Failure& failure : problems.take_problems()) {
            problems_.add(std::move(failure));
        }
    }

    std::optional<Passage> passage_of(const intake::Row& row,
                                      const std::string& file,
                                      intake::RowProblems& problems) {
        const auto id = text_of(row, "id", true, problems);
        const auto text = text_of(row, "text", true, problems);
        const auto title = text_of(row, "title", false, problems);
        if (!id || !text) {
            return std::nullopt;
        }
        const bool has_control = std::any_of(
            id->begin(), id->end(), [](char c) { return static_cast<unsigned char>(c) < ' '; });
        if (has_control) {
            problems.problem(
                row.line, fmt::format("the id \"{}\" holds a control character", shorten(*id, 60)));
            return std::nullopt;
        }
        const auto [first, is_new] = line_of_id_.emplace(*id, row.line);
        if (!is_new) {
            problems.problem(
                row.line,
                fmt::format(
                    "the id \"{}\" stands in line {} already", shorten(*id, 60), first->second),
                "Every passage needs an id of its own.");
            return std::nullopt;
        }
        return Passage{*id, title.value_or(""), *text, file};
    }

    /// The text of a field; a problem where it is missing and needed, empty, or no text.
    static std::optional<std::string> text_of(const intake::Row& row,
                                              const std::string& name,
                                              bool needed,
                                              intake::RowProblems& problems) {
        const intake::Value* value = row.fields.member(name);
        if (value == nullptr || value->is_null() || (!needed && trim(value->text).empty())) {
            if (needed) {
                problems.problem(row.line,
                                 fmt::format("a passage has no {}", name),
                                 "Each row needs id and text: {\"id\": \"p1\", \"title\": \"...\", "
                                 "\"text\": \"...\"}.");
            }
            return std::nullopt;
        }
        auto text = intake::text_of(*value);
        if (!text) {
            problems.problem(row.line,
                             fmt::format("{} must be text, not {}", name, kind_of(*value)));
        } else if (trim(*text).empty()) {
            problems.problem(row.line, fmt::format("{} is empty", name));
        } else if (text->find('\0') != std::string::npos) {
            problems.problem(row.line, fmt::format("{} holds a NUL character", name));
        } else if (name == "text") {
            return text;
        } else {
            return std::string(trim(*text));
        }
        return std::nullopt;
    }

    void add(Passage passage) {
        const std::vector<std::string> same{normal_text(passage.title), normal_text(passage.text)};
        const auto [first, is_new] = place_of_text_.emplace(sha256_of_fields(same),
                                                            corpus_.passages.size());
        if (is_new) {
            corpus_.passages.push_back(std::move(passage));
        } else {
            corpus_.duplicates.push_back({passage.id, passage.file, first->second});
        }
    }

    const std::atomic<bool>* cancel_;
    Corpus corpus_;
    CorpusProblems problems_;
    std::map<std::string, std::int64_t> line_of_id_;
    std::map<std::string, std::size_t> place_of_text_;
};

}  // namespace

std::string Corpus::sha256() const {
    std::vector<std::string> fields;
    for (const Passage& passage : passages) {
        fields.insert(fields.end(), {passage.id, passage.title, passage.text});
    }
    return sha256_of_fields(fields);
}

std::map<std::string, std::vector<std::size_t>, std::less<>> Corpus::places_by_id() const {
    std::map<std::string, std::vector<std::size_t>, std::less<>> out;
    // A file of rows is no document: its name says nothing of any of them.
    const auto is_of_document = [](const auto& passage) {
        return passage.id.starts_with(passage.file + "#");
    };
    for (std::size_t i = 0; i < passages.size(); ++i) {
        if (is_of_document(passages[i])) {
            out[passages[i].file].push_back(i);
        }
    }
    for (const Duplicate& duplicate : duplicates) {
        if (is_of_document(duplicate)) {
            out[duplicate.file].push_back(duplicate.same_as);
        }
    }
    // An id counts before a file of that name.
    for (std::size_t i = 0; i < passages.size(); ++i) {
        out[passages[i].id] = {i};
    }
    for (const Duplicate& duplicate : duplicates) {
        out[duplicate.id] = {duplicate.same_as};
    }
    return out;
}

Corpus read_corpus(std::span<const CorpusFile> files,
                   Progress& progress,
                   const std::atomic<bool>* cancel) {
    return CorpusReader(cancel).read(files, progress);
}

}  // namespace assay::retrieval
