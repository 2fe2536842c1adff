#pragma once
// Words and sentences of a text by Unicode's rules (UAX 29, ICU's break iterators).

#include <string>
#include <string_view>
#include <vector>

namespace assay::pairing {

/// A stretch of a text in bytes, [begin, end).
struct Stretch {
    std::size_t begin = 0;
    std::size_t end = 0;
};

struct Word {
    Stretch place;
    bool is_number = false;   ///< "1,990" is one
    bool is_capital = false;  ///< it begins with a capital letter
    bool begins_sentence = false;
};

/// `text` is valid UTF-8. White space and punctuation are no words.
[[nodiscard]] std::vector<Word> words_of(std::string_view text);
/// Each with the white space that follows it; white space alone is none.
[[nodiscard]] std::vector<Stretch> sentences_of(std::string_view text);

[[nodiscard]] inline std::string_view part(std::string_view text, const Stretch& place) {
    return text.substr(place.begin, place.end - place.begin);
}
/// With the stretches, which are in order and do not overlap, replaced by what stands beside them.
struct Edit {
    Stretch place;
    std::string by;
};
[[nodiscard]] std::string edited(std::string_view text, const std::vector<Edit>& edits);

}  // namespace assay::pairing
