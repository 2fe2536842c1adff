#pragma once
// Verdicts that were made elsewhere -> outcomes. What the formats look like is said in
// docs/formats.md, "Outcomes that assay stats reads"; each has a file of its own here
// (outcome_formats.hpp).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/records/dependence.hpp"
#include "assay/records/outcome.hpp"

namespace assay::exchange {

enum class OutcomeFormat {
    kOutcomes,    ///< assay's own: JSONL, a JSON list, or CSV
    kStudy,       ///< the study's evaluation_results.json
    kAlpacaEval,  ///< annotations.json
    kArenaHard,   ///< model_judgment/<judge>/<model>.jsonl
    kArenaVotes,  ///< votes between two models
    kFastChat,    ///< mt-bench's pairwise judgments
};
/// outcomes | study | alpaca-eval | arena-hard | arena-votes | fastchat
[[nodiscard]] std::string_view name_of(OutcomeFormat format);
[[nodiscard]] std::optional<OutcomeFormat> outcome_format_of(std::string_view name);

/// The outcomes of one variant by one judge.
struct OutcomeGroup {
    std::string variant;   ///< empty: not named
    std::string baseline;  ///< empty: not named
    std::string judge;     ///< empty: not named
    std::vector<Outcome> outcomes;
    Dependence dependence;           ///< of these outcomes
    std::int64_t n_texts = 0;        ///< comparisons of which the file has both answers
    std::int64_t n_equal_texts = 0;  ///< of those: equal but for white space at the ends
};

struct OutcomeSet {
    OutcomeFormat format = OutcomeFormat::kOutcomes;
    std::vector<OutcomeGroup> groups;  ///< in the order in which the file first names them; never
                                       ///< empty
    std::vector<std::string> notes;    ///< sentences: what was concluded or left out in reading
};

/// A file and what its user knows of it. The texts must outlive the call.
struct OutcomeSource {
    std::string name;  ///< of the file, for messages
    std::string_view text;
    std::string baseline;  ///< name of the baseline, where the file does not tell it from the
                           ///< variant; may be empty
    std::string variant;   ///< name of the variant, likewise, and for files that name none; may be
                           ///< empty
    std::string judge;     ///< for files that name none; may be empty
};

/// More pairs of variant and judge than this in one file are taken for a mistake.
inline constexpr std::size_t kMostOutcomeGroups = 1000;

using OutcomesOrProblems = tl::expected<OutcomeSet, std::vector<Failure>>;

/// The format by the keys of the first object, or by the head of a CSV file. On failure a sentence
/// that says what was seen and which formats there are.
[[nodiscard]] Result<OutcomeFormat> detect_outcome_format(const OutcomeSource& source);

/// Reads a file of that format (empty: the one that it looks like). On failure the errors with
/// their places
/// ("verdicts.jsonl:12"), by line. Time grows in proportion to the text (n log n if the two orders
/// of a question stand far apart).
[[nodiscard]] OutcomesOrProblems read_outcomes(const OutcomeSource& source,
                                               std::optional<OutcomeFormat> format = std::nullopt);

}  // namespace assay::exchange
