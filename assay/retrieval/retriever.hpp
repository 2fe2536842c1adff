#pragma once
// Question -> passages, the best first, with what each leg says of them.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "assay/records/plan.hpp"
#include "assay/retrieval/corpus.hpp"
#include "assay/retrieval/lexical.hpp"

namespace assay::retrieval {

/// Retrieval is measured down to this rank, so as many passages are kept of each question.
inline constexpr std::size_t kMeasuredDepth = 10;

inline constexpr std::string_view kLexicalLeg = "lexical";

/// What one leg says of a passage.
struct LegScore {
    std::string leg;
    std::int64_t rank = 0;  ///< from 1
    double score = 0;       ///< larger is better; comparable within one question and leg only
    friend bool operator==(const LegScore&, const LegScore&) = default;
};

struct Found {
    std::size_t place = 0;  ///< of the passage in the corpus
    std::vector<LegScore> legs;
};

/// A setting that decides what is found, and its value, in words.
struct Rule {
    std::string name;
    std::string value;
    friend bool operator==(const Rule&, const Rule&) = default;
};
/// All of them, in the order in which a difference is looked for.
[[nodiscard]] std::vector<Rule> rules_of(const RetrievalSettings& settings);

class Retriever {
 public:
    explicit Retriever(const Corpus& corpus) : lexical_(corpus.passages) {}

    /// The `depth` best; fewer where fewer have anything in common with the question.
    [[nodiscard]] std::vector<Found> find(std::string_view question, std::size_t depth) const;

 private:
    LexicalIndex lexical_;
};

}  // namespace assay::retrieval
