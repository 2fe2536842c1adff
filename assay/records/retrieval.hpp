#pragma once
// What a report says of retrieval: plain figures, counted from what was frozen in the store.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/records/analysis.hpp"

namespace assay {

/// How well one way of searching found the gold passages. Each estimate is over the questions that
/// have gold passages.
struct LegQuality {
    std::string leg;        ///< "lexical", "dense", "fused"
    Estimate hit_at_1;      ///< share of questions with a gold passage at rank 1
    Estimate hit_at_4;      ///< ... among the first 4
    Estimate hit_at_10;     ///< ... among the first 10
    Estimate mrr;           ///< mean of 1 / rank of the first gold passage, 0 beyond rank 10
    Estimate recall_at_4;   ///< mean share of a question's gold passages among the first 4
    Estimate recall_at_10;  ///< ... among the first 10
};

/// The embedder of a search.
struct EmbedderReport {
    std::string model;          ///< name of its file
    std::int64_t n_dims = 0;    ///< values of a vector
    std::int64_t n_tokens = 0;  ///< the most of a text that it sees
    std::int64_t n_cut = 0;     ///< passages of the corpus that are longer
    std::int64_t n_cut_questions = 0;
};

struct RetrievalReport {
    std::string corpus;  ///< name only, without the folders of this machine
    std::int64_t n_files = 0;
    std::string left_out{};               ///< files of the folder: "2 .png, 1 hidden"; empty: none
    std::int64_t n_passages = 0;          ///< in the index
    std::vector<std::string> duplicates;  ///< ids of passages that were left out, since another has
                                          ///< the same text
    std::string passages_sha256;
    int top = 0;
    std::optional<EmbedderReport> embedder{};  ///< empty: the search is lexical only
    std::vector<std::string> rules;  ///< what the search is made of: "lexical: SQLite FTS5 ..."

    std::int64_t n_questions = 0;
    std::int64_t n_without = 0;           ///< questions for which no passage was found
    double mean_words = 0;                ///< of a question's contexts, all together
    std::optional<double> mean_tokens{};  ///< likewise, of the first model that made tokens of
                                          ///< them here; empty: none did

    std::int64_t n_gold = 0;         ///< questions with gold passages
    std::int64_t n_hit = 0;          ///< of these: one is among the contexts
    std::vector<LegQuality> legs{};  ///< empty: no question has gold passages

    std::int64_t n_expected = 0;          ///< questions with an expected answer
    std::int64_t n_leaked = 0;            ///< of these: a context holds it word for word
    std::int64_t n_found_themselves = 0;  ///< questions that stand in their own contexts word for
                                          ///< word
};

/// The outcomes of one comparison, apart for questions whose contexts hold a gold passage (hit)
/// and for those whose contexts do not (miss).
struct OutcomesByHit {
    std::string variant;
    std::string judge;
    Counts hit;
    Counts miss;
};

}  // namespace assay
