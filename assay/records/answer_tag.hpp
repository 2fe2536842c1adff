#pragma once
// What a judge may notice in an answer, if it is asked to (JudgeSpec::tags). What each tag means is
// in judge/prompt.hpp.

#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

enum class AnswerTag {
    kIncorrect,
    kUnsupported,
    kIncomplete,
    kOffTopic,
    kNoAnswer,
    kTruncation,
    kRepetition,
    kFormatting
};
/// In the order of prompts and tables.
inline constexpr std::array<AnswerTag, 8> kAnswerTags{AnswerTag::kIncorrect,
                                                      AnswerTag::kUnsupported,
                                                      AnswerTag::kIncomplete,
                                                      AnswerTag::kOffTopic,
                                                      AnswerTag::kNoAnswer,
                                                      AnswerTag::kTruncation,
                                                      AnswerTag::kRepetition,
                                                      AnswerTag::kFormatting};
struct PairTags {
    std::set<AnswerTag> a, b;
    friend bool operator==(const PairTags&, const PairTags&) = default;
};

/// incorrect | unsupported | incomplete | off_topic | no_answer | truncation | repetition |
/// formatting
[[nodiscard]] std::string_view name_of(AnswerTag value);
[[nodiscard]] std::optional<AnswerTag> answer_tag_of(std::string_view name);

/// The words of some tags, in the order of kAnswerTags; and back. Empty: one of the words is no
/// tag, so nothing is known of the others either.
[[nodiscard]] std::vector<std::string> words_of(const std::set<AnswerTag>& tags);
[[nodiscard]] std::optional<std::set<AnswerTag>> tags_of_words(
    const std::vector<std::string>& words);
/// Of both answers; empty: one of the lists is.
[[nodiscard]] std::optional<PairTags> pair_tags_of(const std::optional<std::set<AnswerTag>>& a,
                                                   const std::optional<std::set<AnswerTag>>& b);

}  // namespace assay
