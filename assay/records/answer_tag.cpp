#include "assay/records/answer_tag.hpp"

#include <utility>

namespace assay {
namespace {

constexpr std::array<std::pair<AnswerTag, std::string_view>, 8> kNames{
    {{AnswerTag::kIncorrect, "incorrect"},
     {AnswerTag::kUnsupported, "unsupported"},
     {AnswerTag::kIncomplete, "incomplete"},
     {AnswerTag::kOffTopic, "off_topic"},
     {AnswerTag::kNoAnswer, "no_answer"},
     {AnswerTag::kTruncation, "truncation"},
     {AnswerTag::kRepetition, "repetition"},
     {AnswerTag::kFormatting, "formatting"}}};

}  // namespace

std::string_view name_of(AnswerTag value) {
    for (const auto& [tag, name] : kNames) {
        if (tag == value) {
            return name;
        }
    }
    return {};
}

std::optional<AnswerTag> answer_tag_of(std::string_view wanted) {
    for (const auto& [tag, name] : kNames) {
        if (name == wanted) {
            return tag;
        }
    }
    return std::nullopt;
}

std::vector<std::string> words_of(const std::set<AnswerTag>& tags) {
    std::vector<std::string> out;
    for (const AnswerTag tag : tags) {
        out.emplace_back(name_of(tag));
    }
    return out;
}

std::optional<std::set<AnswerTag>> tags_of_words(const std::vector<std::string>& words) {
    std::set<AnswerTag> out;
    for (const std::string& word : words) {
        const auto tag = answer_tag_of(word);
        if (!tag) {
            return std::nullopt;
        }
        out.insert(*tag);
    }
    return out;
}

std::optional<PairTags> pair_tags_of(const std::optional<std::set<AnswerTag>>& a,
                                     const std::optional<std::set<AnswerTag>>& b) {
    if (!a || !b) {
        return std::nullopt;
    }
    return PairTags{*a, *b};
}

}  // namespace assay
