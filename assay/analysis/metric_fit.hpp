#pragma once
// Whether a metric of words in common can tell good answers from bad ones on these texts.
//
//   - rouge_l and token_f1 take what stands between spaces as a word (rouge_l knows only a-z and
//     0-9). Where expected answers are in scripts without spaces between words, every answer is one
//     word, right or wrong, so all verdicts are ties: refused
//   - expected answers of one or two words beside answers that are sentences: the metric falls with
//     each further word and hardly with a wrong one, so it measures length: a warning

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/records/answer.hpp"
#include "assay/records/judge_spec.hpp"
#include "assay/records/question.hpp"

namespace assay::analysis {

/// More than this share of the expected answers' letters in such scripts.
inline constexpr double kMostWithoutSpaces = 0.20;
inline constexpr std::int64_t kShortWords = 2;
/// This share of the expected answers, or more, has at most kShortWords words ...
inline constexpr double kShortShare = 0.80;
/// ... and the median of all answers has this many, or more.
inline constexpr std::int64_t kSentenceWords = 8;

/// Why a metric (a name of kReferenceMetrics) cannot be used with these expected answers, a
/// sentence without a full stop; empty: it can.
[[nodiscard]] std::string why_metric_cannot(std::string_view metric,
                                            std::span<const Question> questions);

/// A variant's answers by question; empty: there is none.
using AnswersOfVariant = std::vector<std::optional<Answer>>;

/// A sentence where the expected answers are far shorter than the answers of all variants; empty:
/// they are not.
[[nodiscard]] std::string short_answers_note(std::string_view metric,
                                             std::span<const Question> questions,
                                             std::span<const AnswersOfVariant* const> variants);
/// Likewise of each metric among the judges that has something to say.
[[nodiscard]] std::vector<std::string> short_answers_notes(
    std::span<const JudgeSpec> judges,
    std::span<const Question> questions,
    std::span<const AnswersOfVariant* const> variants);

}  // namespace assay::analysis
