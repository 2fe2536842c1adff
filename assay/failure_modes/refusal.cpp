#include "assay/failure_modes/refusal.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <vector>

#include "assay/base/text.hpp"
#include "assay/failure_modes/words.hpp"

namespace assay::failure_modes {
namespace {

constexpr std::array<std::string_view, 12> kLeadIns = {"answer",
                                                       "the",
                                                       "is",
                                                       "to",
                                                       "this",
                                                       "question",
                                                       "a",
                                                       "correct",
                                                       "final",
                                                       "my",
                                                       "response",
                                                       "here"};
constexpr std::array<std::string_view, 25> kDeclines = {
    " i don't know ",        " i do not know ",     " i'm not sure ",  " i am not sure ",
    " i'm unsure ",          " i am unsure ",       " i cannot ",      " i can't ",
    " i can not ",           " i'm unable ",        " i am unable ",   " i'm not able ",
    " i am not able ",       " i'm sorry ",         " i am sorry ",    " as an ai ",
    " i don't have ",        " i do not have ",     " i'm afraid ",    " unable to answer ",
    " cannot be answered ",  " can't be answered ", " cannot answer ", " can't answer ",
    " cannot be determined "};
constexpr std::array<std::string_view, 9> kSources = {"passage",
                                                      "passages",
                                                      "context",
                                                      "contexts",
                                                      "text",
                                                      "document",
                                                      "information",
                                                      "source",
                                                      "sources"};
constexpr std::array<std::string_view, 5> kNegations = {"not", "don't", "doesn't", "no", "nothing"};
constexpr std::array<std::string_view, 15> kSaying = {"say",
                                                      "says",
                                                      "state",
                                                      "stated",
                                                      "contain",
                                                      "mention",
                                                      "mentioned",
                                                      "provide",
                                                      "provided",
                                                      "give",
                                                      "given",
                                                      "specify",
                                                      "include",
                                                      "answer",
                                                      "report"};
/// Words between a negation and its verb or its source: "do not actually contain", "is not stated
/// in any of the passages".
constexpr std::size_t kNearby = 6;
/// A citation is shorter than this; "[" far before "]" is none.
constexpr std::size_t kBracketBytes = 30;

bool is_one_of(const std::string& word, std::span<const std::string_view> list) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

std::string without_brackets(std::string_view text) {
    std::string out(text);
    for (std::size_t at = 0; (at = out.find('[', at)) != std::string::npos; ++at) {
        const std::size_t length = std::string_view(out).substr(at, kBracketBytes).find(']');
        if (length != std::string::npos) {
            std::fill_n(out.begin() + static_cast<std::ptrdiff_t>(at), length, ' ');
        }
    }
    return out;
}

std::vector<std::string> first_words(std::string_view text) {
    std::vector<std::string> all = words(text);
    if (all.size() > kRefusalWords + kNearby) {
        all.resize(kRefusalWords + kNearby);
    }
    return all;
}

}  // namespace

bool is_empty_answer(std::string_view text) {
    const std::vector<std::string> all = words(without_brackets(text));
    if (std::all_of(all.begin(), all.end(), [](const std::string& word) {
            return is_one_of(word, kLeadIns);
        })) {
        return true;
    }
    return trim(text).ends_with(':') && all.size() <= kLeadInWords;
}

bool declines(std::string_view text) {
    const std::string start = joined(first_words(text));
    return std::any_of(kDeclines.begin(), kDeclines.end(), [&](std::string_view phrase) {
        return start.find(phrase) != std::string::npos;
    });
}

bool says_sources_do_not_say(std::string_view text) {
    const std::vector<std::string> all = first_words(text);
    if (joined(all).find(" there is no information ") != std::string::npos) {
        return true;
    }
    for (std::size_t i = 0; i < std::min(all.size(), kRefusalWords); ++i) {
        if (!is_one_of(all[i], kNegations)) {
            continue;
        }
        const std::size_t from = i > kNearby ? i - kNearby : 0,
                          to = std::min(all.size(), i + kNearby + 1);
        bool source = false, saying = false;
        for (std::size_t j = from; j < to; ++j) {
            source = source || is_one_of(all[j], kSources);
            saying = saying || (j > i && is_one_of(all[j], kSaying));
        }
        if (source && saying) {
            return true;
        }
    }
    return false;
}

bool is_no_answer(std::string_view text, std::optional<std::string_view> expected) {
    if (is_empty_answer(text)) {
        return true;
    }
    if (!declines(text) && !says_sources_do_not_say(text)) {
        return false;
    }
    return !expected || !says_sources_do_not_say(*expected);
}

}  // namespace assay::failure_modes
