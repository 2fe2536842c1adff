#include "assay/analysis/metric_fit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "assay/base/unicode_text.hpp"

namespace assay::analysis {
namespace {

/// The metric that counts characters, so that it needs no words.
constexpr std::string_view kMetricOfCharacters = "chrf";

}  // namespace

std::string why_metric_cannot(std::string_view metric, std::span<const Question> questions) {
    if (metric == kMetricOfCharacters) {
        return "";
    }
    LetterCounts all;
    for (const Question& question : questions) {
        const LetterCounts own = letters_of(question.expected.value_or(""));
        all.n += own.n;
        all.n_without_word_spaces += own.n_without_word_spaces;
    }
    const auto n = static_cast<double>(all.n),
               without = static_cast<double>(all.n_without_word_spaces);
    if (!(without > kMostWithoutSpaces * n)) {
        return "";
    }
    return fmt::format(
        "{:.0f} % of the letters of the expected answers are of scripts without spaces between "
        "words (Chinese, Japanese, Thai ...), and {} compares words: it sees no difference there",
        100 * without / n,
        metric);
}

std::string short_answers_note(std::string_view metric,
                               std::span<const Question> questions,
                               std::span<const AnswersOfVariant* const> variants) {
    std::int64_t n = 0, n_short = 0;
    for (const Question& question : questions) {
        if (question.expected) {
            ++n;
            n_short += n_words(*question.expected) <= kShortWords;
        }
    }
    std::vector<std::int64_t> lengths;
    for (const AnswersOfVariant* answers : variants) {
        for (const std::optional<Answer>& answer : *answers) {
            if (answer && answer->stop_reason != StopReason::kFailed) {
                lengths.push_back(n_words(answer->text));
            }
        }
    }
    const bool mostly_short = n > 0 &&
                              static_cast<double>(n_short) >= kShortShare * static_cast<double>(n);
    if (!mostly_short || lengths.empty()) {
        return "";
    }
    const auto middle = lengths.begin() + static_cast<std::ptrdiff_t>(lengths.size() / 2);
    std::nth_element(lengths.begin(), middle, lengths.end());
    if (*middle < kSentenceWords) {
        return "";
    }
    return fmt::format(
        "{} of {} expected answers have one or two words and the median answer has {}: {} then "
        "measures how long an answer is rather than whether it is right. An LLM judge fits, or "
        "answers that are asked for in a word, or expected answers that are sentences.",
        n_short,
        n,
        *middle,
        metric);
}

std::vector<std::string> short_answers_notes(std::span<const JudgeSpec> judges,
                                             std::span<const Question> questions,
                                             std::span<const AnswersOfVariant* const> variants) {
    std::vector<std::string> out;
    for (const JudgeSpec& judge : judges) {
        if (judge.kind() != JudgeKind::kMetric) {
            continue;
        }
        std::string note = short_answers_note(judge.metric().metric, questions, variants);
        if (!note.empty()) {
            out.push_back(std::move(note));
        }
    }
    return out;
}

}  // namespace assay::analysis
