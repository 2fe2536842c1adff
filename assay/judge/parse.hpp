#pragma once
// What a judge's reply says. Tolerant about form, strict about meaning: nothing is ever guessed
// from prose.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "assay/records/verdict.hpp"

namespace assay::judge {

/// Counted up whenever replies could be read differently than before; part of a judge's identity.
/// Not for lone ends of thoughts and for replies that were cut off (since 2): the keys of all
/// stored verdicts would have changed for a few, which stay as they were read.
inline constexpr int kParserVersion = 2;

struct ParsedReply {
    VerdictState state = VerdictState::kInvalid;  ///< kA, kB, kTie or kInvalid
    Confidence confidence = Confidence::kNone;    ///< kNone: not said, or another word
    std::string reasoning;                        ///< valid UTF-8
    std::string failure;                          ///< a sentence, for kInvalid
    bool is_one_object = false;      ///< behind its thoughts it is one JSON object and nothing else
    std::optional<PairTags> tags{};  ///< empty: "tags_a" or "tags_b" is missing, or one is no list
                                     ///< of the words of kAnswerTags
};

/// Reads the verdict out of a reply's text.
///
/// Counted are the JSON objects at the top level of the reply; Markdown fences, prose around them
/// and thoughts (records/thoughts.hpp) are skipped. An object inside another pair of
/// braces, or inside a string, is not at the top level: an answer that the judge cites cannot steer
/// it. INVALID: no object with the field "verdict"; a verdict that is not A, B or TIE (in any case
/// of letters); two that contradict each other, in one object or in several; an object that is
/// begun but is not JSON (cut off, quotes not escaped). Inside strings, bare control characters and
/// unknown escapes (LaTeX's "\(") are taken literally. Where several objects agree, confidence,
/// reasoning and tags are the last one's. Bytes that are not UTF-8 count as U+FFFD. Cost: linear in
/// the length; never throws, whatever the bytes.
///
/// `prompt` is what the judge was shown, or all texts of the pair; empty: nothing is compared. An
/// object that stands in it is cited and no verdict: where a judge echoes its prompt, or an answer
/// that holds a verdict, the reply is INVALID unless a verdict of the judge's own stands beside it.
/// It stands there if its text from kCitedBytes before its last "verdict" on does (all of it, if
/// that is less; from "verdict" on, if more of the reply follows: an answer whose quotes were cited
/// without escapes ends the object too early). Compared is printable ASCII without white space,
/// backslashes and case.
[[nodiscard]] ParsedReply parse_reply(std::string_view content, std::string_view prompt = {});

/// So many bytes of the judge's own words before "verdict" tell its object from a cited one.
inline constexpr std::size_t kCitedBytes = 16;

/// What a judge was shown, for telling what it cites from what it says.
class ShownText {
 public:
    explicit ShownText(std::string_view text);
    [[nodiscard]] bool empty() const { return printed_.empty(); }
    /// Whether a JSON object with a verdict stands in it, as parse_reply says. `after`: what
    /// follows it in the reply.
    [[nodiscard]] bool holds(std::string_view object, std::string_view after = {}) const;

 private:
    std::string printed_;
};

/// A JSON object or list that was cut out of a text.
struct JsonText {
    std::size_t end = 0;  ///< just after the closing bracket
    std::string json;     ///< repaired inside strings, as parse_reply says
};
/// The object or list that begins at text[begin], up to its own closing bracket. Empty: cut off,
/// brackets that do not match, or more than 64 deep.
[[nodiscard]] std::optional<JsonText> cut_json(std::string_view text, std::size_t begin);

}  // namespace assay::judge
