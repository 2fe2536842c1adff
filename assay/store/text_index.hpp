#pragma once
// A full-text index in memory: SQLite's FTS5. It is no part of a run's file.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay::store {

class Database;

class TextIndex {
 public:
    /// How FTS5 makes words of a text: lower case without accents, then Porter's stemmer, which
    /// knows English.
    static constexpr std::string_view kTokenizer = "porter unicode61";

    TextIndex();
    ~TextIndex();
    TextIndex(const TextIndex&) = delete;
    TextIndex& operator=(const TextIndex&) = delete;

    /// Adds the texts 0 to n - 1, which `text_of` gives. To be called once.
    void add_all(std::size_t n, const std::function<std::string(std::size_t)>& text_of);

    struct Match {
        std::int64_t number = 0;
        double score = 0;  ///< BM25 with k1 = 1.2 and b = 0.75 (Robertson and Zaragoza 2009),
                           ///< larger is better
    };
    /// The `most` best texts that hold any of the words (letters and digits only), best first,
    /// equal scores by number. None for no word.
    [[nodiscard]] std::vector<Match> best(std::span<const std::string> words,
                                          std::int64_t most) const;

    /// Of SQLite, "3.40.1".
    [[nodiscard]] static std::string version();

 private:
    std::unique_ptr<Database> database_;
};

}  // namespace assay::store
