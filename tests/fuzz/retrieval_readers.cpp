#include "tests/fuzz/retrieval_readers.hpp"

#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "assay/base/progress.hpp"
#include "assay/base/result.hpp"
#include "assay/base/text.hpp"
#include "assay/base/unicode_text.hpp"
#include "assay/retrieval/chunks.hpp"
#include "assay/retrieval/corpus.hpp"
#include "assay/retrieval/document.hpp"
#include "assay/retrieval/html.hpp"
#include "assay/retrieval/lexical.hpp"

namespace assay::fuzz {
namespace {

/// Parts of a document are text, and so are the passages that they are cut into.
void check_document(const retrieval::Document& document) {
    for (const retrieval::DocumentPart& part : document) {
        ASSAY_CHECK(is_valid_utf8(part.heading));
        ASSAY_CHECK(is_valid_utf8(part.text));
        for (const std::string& passage : retrieval::passages_of(part.text)) {
            ASSAY_CHECK(is_valid_utf8(passage));
            ASSAY_CHECK(!trim(passage).empty());
            ASSAY_CHECK(n_words(passage) <= retrieval::kMostWords);
        }
    }
}

}  // namespace

void read_html(std::string_view bytes) {
    check_document(retrieval::html_document(to_valid_utf8(bytes)));
}

void read_markdown(std::string_view bytes) {
    const std::string text = to_valid_utf8(bytes);
    check_document(retrieval::markdown_document(text));
    check_document(retrieval::text_document(text));
}

void read_passages(std::string_view bytes) {
    static const std::filesystem::path kFile = [] {
        std::string folder = (std::filesystem::temp_directory_path() / "assay-fuzz-XXXXXX")
                                 .string();
        ASSAY_CHECK(mkdtemp(folder.data()) != nullptr);
        return std::filesystem::path(folder) / "passages.jsonl";
    }();
    std::ofstream(kFile, std::ios::binary) << bytes;
    SilentProgress silent;
    try {
        const retrieval::Corpus corpus = retrieval::read_corpus(retrieval::list_corpus(kFile).files,
                                                                silent);
        ASSAY_CHECK(!corpus.passages.empty());
        const auto places = corpus.places_by_id();
        for (std::size_t i = 0; i < corpus.passages.size(); ++i) {
            const retrieval::Passage& passage = corpus.passages[i];
            ASSAY_CHECK(is_valid_utf8(passage.id) && is_valid_utf8(passage.text));
            ASSAY_CHECK(places.at(passage.id) == std::vector<std::size_t>{i});
        }
    } catch (const Error& error) {
        ASSAY_CHECK(error.kind() == ErrorKind::kUsage);
        ASSAY_CHECK(is_valid_utf8(error.what()));
    }
}

void read_query(std::string_view bytes) {
    const std::string question = to_valid_utf8(bytes);
    static const std::vector<retrieval::Passage> kPassages{{"a", "", "One passage.", "f"},
                                                           {"b", "", "Another text.", "f"}};
    static const retrieval::LexicalIndex kIndex(kPassages);
    const std::vector<std::string> words = retrieval::query_words(question);
    ASSAY_CHECK(std::is_sorted(words.begin(), words.end()));
    ASSAY_CHECK(kIndex.search(question, 10).size() <= kPassages.size());
}

}  // namespace assay::fuzz
