#pragma once
// The lexical leg: passages by the words that they share with a question (BM25).

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/retrieval/found.hpp"
#include "assay/retrieval/passage.hpp"

namespace assay::store {
class TextIndex;
}

namespace assay::retrieval {

/// The words of a question that are searched for, each once, sorted: runs of letters, digits and
/// marks in lower case (NFC). Stop words are left out, unless there are no others.
[[nodiscard]] std::vector<std::string> query_words(std::string_view question);

/// What the search is made of, for the settings of a frozen retrieval: another text, another
/// search.
[[nodiscard]] std::string lexical_rules();

class LexicalIndex {
 public:
    /// Of titles and texts. Which numbers words have in the whole corpus decides every score.
    explicit LexicalIndex(std::span<const Passage> passages);
    ~LexicalIndex();
    LexicalIndex(const LexicalIndex&) = delete;
    LexicalIndex& operator=(const LexicalIndex&) = delete;

    /// The `depth` best passages that hold one of the words or more, the best first; equal scores
    /// in the order of the corpus.
    [[nodiscard]] std::vector<Scored> search(std::string_view question, std::size_t depth) const;

 private:
    std::unique_ptr<store::TextIndex> index_;
};

}  // namespace assay::retrieval
