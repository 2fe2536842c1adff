#pragma once
// Answers that equal what they should be compared with. Mostly a mistake: a field that holds the
// expected answer was read as the model's, or one file or model was named twice. Every verdict is
// then a tie, and "equivalent" says nothing.
//
// When a source's answers are taken for the expected answers:
//   - of at least kFewestEqual questions whose expected answer is long (kLongText characters), at
//     least kEqualShare have it as their answer, to the letter; or
//   - all of at least kFewestEqual answers are, however short: then being right means being equal,
//     and only an answer that is wrong shows that somebody answered.
// When two sources are taken for one: each of at least kFewestEqual questions has the same answer
// from both, and that many are long, or both come from one file. Short answers of two good models
// are often the same. Not where assay ran both: it hashed the files and made the answers itself, so
// that equal answers are what a lossless or mild quantization gives.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/records/analysis.hpp"

namespace assay::analysis {

inline constexpr std::size_t kFewestEqual = 10;
inline constexpr double kEqualShare = 0.9;
inline constexpr std::size_t kLongText = 20;

/// A variant's answers. The texts must outlive the call.
struct AnswerSource {
    std::string name;
    bool made_here = false;   ///< by assay-engine, from a file that was hashed
    std::string answer_file;  ///< SHA-256 of the file that the answers were read from; empty: none
    std::vector<std::optional<std::string_view>> texts;  ///< by question; empty: none
};

/// For each source (the baseline first) a sentence that says what its answers equal; empty: nothing
/// that matters. What is said of the baseline is said of every variant. `expected`: by question.
[[nodiscard]] std::vector<std::string> equal_answers(
    std::span<const AnswerSource> sources,
    std::span<const std::optional<std::string_view>> expected);

/// The decision, or not_measured where `what_is_equal` says something and nobody has accepted it.
[[nodiscard]] Decision gate_equal_answers(const Decision& decision,
                                          const std::string& what_is_equal,
                                          bool accepted);

}  // namespace assay::analysis
