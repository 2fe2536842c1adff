#pragma once
// A passage that was found for a question, and what each leg of the search says of it.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay::retrieval {

/// Retrieval is measured down to this rank, so as many passages are kept of each question.
inline constexpr std::size_t kMeasuredDepth = 10;

inline constexpr std::string_view kLexicalLeg = "lexical";
inline constexpr std::string_view kDenseLeg = "dense";
/// What the other legs say together.
inline constexpr std::string_view kFusedLeg = "fused";

/// What one leg says of a passage.
struct LegScore {
    std::string leg;
    std::int64_t rank = 0;  ///< from 1
    double score = 0;       ///< larger is better; comparable within one question and leg only
    friend bool operator==(const LegScore&, const LegScore&) = default;
};

struct Scored {
    std::size_t place = 0;  ///< of the passage in the corpus
    double score = 0;       ///< larger is better
};

struct Found {
    std::size_t place = 0;       ///< of the passage in the corpus
    std::vector<LegScore> legs;  ///< the last one is what decides
};

}  // namespace assay::retrieval
