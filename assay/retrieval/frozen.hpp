#pragma once
// What was retrieved for the questions of a run, as it is kept in the store.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "assay/records/question.hpp"
#include "assay/retrieval/corpus_files.hpp"
#include "assay/retrieval/passage.hpp"
#include "assay/retrieval/retriever.hpp"
#include "assay/store/store.hpp"

namespace assay::retrieval {

/// A passage that was found, at a rank of its own among those of a question.
struct FrozenFind {
    std::size_t passage = 0;  ///< place in FrozenRetrieval::passages
    std::vector<LegScore> legs;
    std::vector<std::size_t> gold;  ///< places in FrozenQuestion::gold: the gold ids that mean it
    friend bool operator==(const FrozenFind&, const FrozenFind&) = default;
};

/// What only an embedder brings.
struct FrozenDense {
    std::string model;                    ///< name of its file
    std::string engine;                   ///< EmbedderFacts::engine
    std::int64_t n_dims = 0;              ///< values of a vector
    std::int64_t n_tokens = 0;            ///< the most of a text that it sees
    std::int64_t n_cut = 0;               ///< passages of the corpus that are longer
    std::set<std::string> cut_questions;  ///< ids of those that are longer
};

struct FrozenQuestion {
    std::string text_sha256;
    std::vector<std::string> gold;
    std::vector<FrozenFind> found;  ///< by rank; the first `top` are its contexts. The last leg of
                                    ///< each says its rank
};

struct FrozenRetrieval {
    std::string corpus;  ///< name only
    std::vector<HashedFile> files;
    std::map<std::string, std::int64_t> left_out{};  ///< CorpusListing::left_out
    std::int64_t n_passages = 0;
    std::vector<std::string> duplicates;  ///< ids
    std::string passages_sha256;          ///< of all passages of the corpus
    std::string sqlite_version;
    std::vector<Rule> rules;
    std::optional<FrozenDense> dense{};               ///< empty: no embedder
    std::vector<Passage> passages;                    ///< those that were found for any question
    std::map<std::string, FrozenQuestion> questions;  ///< by id

    /// What was retrieved for this question; null: nothing yet, or it had another text.
    [[nodiscard]] const FrozenQuestion* of(const Question& question) const;
};

[[nodiscard]] std::string to_json_text(const FrozenRetrieval& frozen);
/// Throws Error kOperational where it cannot be read.
[[nodiscard]] FrozenRetrieval frozen_from_json(std::string_view text);

/// How rules or files differ from those that were frozen: the first difference as a clause ("top
/// was 4 and is 8"). Empty: they do not.
[[nodiscard]] std::string first_difference(const FrozenRetrieval& frozen,
                                           const std::vector<Rule>& rules,
                                           const std::vector<HashedFile>& files);

/// The JSON text that the run keeps; empty: nothing was retrieved.
[[nodiscard]] std::optional<std::string> stored_retrieval(const store::Store& store);
/// Keeps `text` in place of `before`, from which it was made. Throws Error kOperational where the
/// run holds another one by now.
void freeze(store::Store& store, const std::optional<std::string>& before, const std::string& text);

}  // namespace assay::retrieval
