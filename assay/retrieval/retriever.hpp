#pragma once
// Question -> passages, the best first, with what each leg says of them.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/base/progress.hpp"
#include "assay/retrieval/corpus.hpp"
#include "assay/retrieval/dense.hpp"
#include "assay/retrieval/found.hpp"
#include "assay/retrieval/lexical.hpp"

namespace assay::retrieval {

/// A setting that decides what is found, and its value, in words.
struct Rule {
    std::string name;
    std::string value;
    friend bool operator==(const Rule&, const Rule&) = default;
};
/// All of them, in the order in which a difference is looked for. Throws Error where the embedder's
/// file cannot be read.
[[nodiscard]] std::vector<Rule> rules_of(const SearchSetup& setup);

class Retriever {
 public:
    /// Both have to outlive it. As DenseLeg where there is an embedder.
    Retriever(const Corpus& corpus, const SearchSetup& setup, Progress& progress);

    struct Result {
        /// The `depth` best; fewer where fewer have anything in common with the question. Beside an
        /// embedder also those that a leg alone has among its first kMeasuredDepth. The last leg of
        /// each says its rank.
        std::vector<Found> found;
        bool cut = false;  ///< the embedder did not see all of the question
    };
    [[nodiscard]] Result find(const std::string& question, std::size_t depth);

    /// Passages of which the embedder saw only the beginning.
    [[nodiscard]] std::int64_t n_cut() const { return dense_ ? dense_->n_cut() : 0; }

 private:
    LexicalIndex lexical_;
    std::optional<DenseLeg> dense_;
};

}  // namespace assay::retrieval
